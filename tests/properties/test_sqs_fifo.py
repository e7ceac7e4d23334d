"""A FIFO queue with a dead-letter queue, held against lists of messages and the rules in their plainest form."""

import json

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pytest_cloudfakes import FakeCloud
from pytest_cloudfakes.api import ApiCall, ApiError, Caller

CALLER = Caller("123456789012")
RETENTION = {"jobs.fifo": 500, "dead.fifo": 700}
MAXIMUM = 2
INTERVAL = 300_000


class ModelMessage:
    def __init__(self, body, group, sent, place):
        self.body = body
        self.group = group
        self.sent = sent
        self.place = place
        self.until = 0
        self.changed = False
        self.count = 0
        self.moved = False
        self.handle = None
        self.received = None

    def delayed(self, now, delay):
        return not self.moved and not self.count and self.sent + delay > now


class FifoQueue(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.cloud = FakeCloud()
        self.cloud.clock.hold()
        base = {"FifoQueue": "true"}
        self.urls = {}
        self.create("dead.fifo", MessageRetentionPeriod="700", **base)
        policy = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead.fifo", "maxReceiveCount": MAXIMUM}
        self.create("jobs.fifo", MessageRetentionPeriod="500", RedrivePolicy=json.dumps(policy), **base)
        self.model = {"jobs.fifo": [], "dead.fifo": []}
        self.delay = {"jobs.fifo": 0, "dead.fifo": 0}
        self.scope = "queue"
        self.seen = {}
        self.handles = []
        self.places = 0
        self.delivered = {}

    def create(self, name, **attributes):
        self.urls[name] = self.call("CreateQueue", QueueName=name, Attributes=attributes)["QueueUrl"]

    def call(self, operation, **parameters):
        call = ApiCall("sqs", operation, parameters, caller=CALLER, region="us-east-1", request_id="r")
        return self.cloud.call(call)

    @property
    def now(self):
        return self.cloud.clock.now()

    def expire(self):
        for name, messages in self.model.items():
            messages[:] = [m for m in messages if self.now < m.sent + 1000 * RETENTION[name]]

    def hidden(self, name, message):
        return message.until > self.now or message.delayed(self.now, self.delay[name])

    # ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(group=st.sampled_from("abc"), key=st.integers(0, 12))
    def send(self, group, key):
        self.places += 1
        body = f"message {self.places}"
        answer = self.call(
            "SendMessage",
            QueueUrl=self.urls["jobs.fifo"],
            MessageBody=body,
            MessageGroupId=group,
            MessageDeduplicationId=str(key),
        )
        remembered = (group, key) if self.scope == "messageGroup" else key
        at, message_id, number = self.seen.get(remembered, (None, None, None))
        if at is not None and self.now < at + INTERVAL:
            assert (answer["MessageId"], answer["SequenceNumber"]) == (message_id, number)
            return
        self.seen[remembered] = (self.now, answer["MessageId"], answer["SequenceNumber"])
        self.model["jobs.fifo"].append(ModelMessage(body, group, self.now, self.places))

    @rule(
        name=st.sampled_from(["jobs.fifo", "jobs.fifo", "dead.fifo"]),
        count=st.integers(1, 10),
        timeout=st.sampled_from([0, 1, 5, 30, 200]),
    )
    def receive(self, name, count, timeout):
        answer = self.call(
            "ReceiveMessage",
            QueueUrl=self.urls[name],
            MaxNumberOfMessages=count,
            VisibilityTimeout=timeout,
            AttributeNames=["ApproximateReceiveCount", "MessageGroupId"],
        )
        expected = []
        served = set()
        while len(expected) < count:
            heads = {}
            for message in self.model[name]:
                heads.setdefault(message.group, message)
            open_groups = [m for m in heads.values() if m.group not in served and not self.hidden(name, m)]
            if not open_groups:
                break
            group = min(open_groups, key=lambda m: m.place).group
            served.add(group)
            for message in [m for m in self.model[name] if m.group == group]:
                if self.hidden(name, message) or len(expected) == count:
                    break
                if name == "jobs.fifo" and message.count >= MAXIMUM:
                    self.bury(message)
                    continue
                message.count += 1
                message.received = self.now
                message.until = self.now + 1000 * timeout
                message.changed = False
                expected.append(message)
        got = answer.get("Messages", [])
        assert [(m["Body"], m["Attributes"]["ApproximateReceiveCount"]) for m in got] == [
            (m.body, str(m.count)) for m in expected
        ]
        for message, found in zip(expected, got, strict=True):
            assert found["Attributes"]["MessageGroupId"] == message.group
            message.handle = found["ReceiptHandle"]
            self.handles.append((name, message, found["ReceiptHandle"]))

    def bury(self, message):
        self.model["jobs.fifo"].remove(message)
        self.places += 1
        moved = ModelMessage(message.body, message.group, self.now, self.places)
        moved.count = message.count
        moved.moved = True
        self.model["dead.fifo"].append(moved)

    def in_flight(self, name, message, handle):
        return message in self.model[name] and message.handle == handle and message.until > self.now

    @precondition(lambda self: self.handles)
    @rule(data=st.data())
    def delete(self, data):
        name, message, handle = data.draw(st.sampled_from(self.handles))
        here = message in self.model[name]
        at_once = message.handle == handle and message.until == message.received == self.now and not message.changed
        allowed = not here or self.in_flight(name, message, handle) or at_once
        try:
            self.call("DeleteMessage", QueueUrl=self.urls[name], ReceiptHandle=handle)
        except ApiError:
            assert not allowed
        else:
            assert allowed
            if here:
                self.model[name].remove(message)

    @precondition(lambda self: self.handles)
    @rule(data=st.data(), timeout=st.sampled_from([0, 3, 50]))
    def change_visibility(self, data, timeout):
        name, message, handle = data.draw(st.sampled_from(self.handles))
        allowed = self.in_flight(name, message, handle)
        try:
            self.call(
                "ChangeMessageVisibility", QueueUrl=self.urls[name], ReceiptHandle=handle, VisibilityTimeout=timeout
            )
        except ApiError:
            assert not allowed
        else:
            assert allowed
            message.until = self.now + 1000 * timeout
            message.changed = True

    @rule(delay=st.sampled_from([0, 2, 40]))
    def change_delay(self, delay):
        self.call("SetQueueAttributes", QueueUrl=self.urls["jobs.fifo"], Attributes={"DelaySeconds": str(delay)})
        self.delay["jobs.fifo"] = 1000 * delay

    @rule(scope=st.sampled_from(["queue", "messageGroup"]))
    def change_scope(self, scope):
        self.call("SetQueueAttributes", QueueUrl=self.urls["jobs.fifo"], Attributes={"DeduplicationScope": scope})
        self.scope = scope

    @rule(seconds=st.sampled_from([0.001, 0.999, 1, 4, 29, 299, 300]))
    def advance(self, seconds):
        self.cloud.clock.advance(seconds)
        self.expire()

    # ── what always holds ────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def nothing_is_lost_doubled_or_out_of_order(self):
        for name, messages in self.model.items():
            view = self.cloud.sqs.queue(name)
            assert [m.body for m in view.messages] == [m.body for m in messages]
            delayed = [m.body for m in messages if m.delayed(self.now, self.delay[name])]
            assert [m.body for m in view.delayed] == delayed
            assert [m.body for m in view.in_flight] == [m.body for m in messages if m.until > self.now]


FifoQueue.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestFifoQueue = FifoQueue.TestCase
