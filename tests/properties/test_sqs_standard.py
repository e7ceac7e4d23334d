"""A standard queue with a dead-letter queue, held against a list of messages and the rules in their plainest form."""

import json

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pytest_cloudfakes import FakeCloud
from pytest_cloudfakes.api import ApiCall, ApiError, Caller

CALLER = Caller("123456789012")
RETENTION = {"jobs": 100, "dead": 150}
MAXIMUM = 2


class ModelMessage:
    def __init__(self, body, sent, ready, place):
        self.body = body
        self.sent = sent
        self.ready = ready
        self.place = place
        self.until = 0
        self.count = 0
        self.received = 0
        self.handle = None

    def visible(self, now):
        return self.ready <= now and self.until <= now

    def delayed(self, now):
        return self.ready > now


class StandardQueue(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.cloud = FakeCloud()
        self.cloud.clock.hold()
        self.urls = {
            "dead": self.call("CreateQueue", QueueName="dead", Attributes={"MessageRetentionPeriod": "150"})["QueueUrl"]
        }
        policy = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": MAXIMUM}
        attributes = {"MessageRetentionPeriod": "100", "RedrivePolicy": json.dumps(policy)}
        self.urls["jobs"] = self.call("CreateQueue", QueueName="jobs", Attributes=attributes)["QueueUrl"]
        self.model = {"jobs": [], "dead": []}
        self.handles = []
        self.sent = 0
        self.places = 0

    # ── the queue ────────────────────────────────────────────────────────────────────────────────────────────────

    def call(self, operation, **parameters):
        call = ApiCall("sqs", operation, parameters, caller=CALLER, region="us-east-1", request_id="r")
        return self.cloud.call(call)

    @property
    def now(self):
        return self.cloud.clock.now()

    def expire(self):
        for name, messages in self.model.items():
            messages[:] = [m for m in messages if self.now < m.sent + 1000 * RETENTION[name]]

    # ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(delay=st.sampled_from([None, 0, 1, 7]))
    def send(self, delay):
        self.sent += 1
        body = f"message {self.sent}"
        extra = {} if delay is None else {"DelaySeconds": delay}
        self.call("SendMessage", QueueUrl=self.urls["jobs"], MessageBody=body, **extra)
        ready = self.now + 1000 * (delay or 0)
        self.model["jobs"].append(ModelMessage(body, self.now, ready, (ready, 0 if delay else 1, self.sent)))

    @rule(
        name=st.sampled_from(["jobs", "jobs", "dead"]),
        count=st.integers(1, 10),
        timeout=st.sampled_from([0, 1, 5, 30, 200]),
    )
    def receive(self, name, count, timeout):
        answer = self.call(
            "ReceiveMessage",
            QueueUrl=self.urls[name],
            MaxNumberOfMessages=count,
            VisibilityTimeout=timeout,
            AttributeNames=["ApproximateReceiveCount"],
        )
        expected = []
        for message in sorted((m for m in self.model[name] if m.visible(self.now)), key=lambda m: m.place):
            if len(expected) == count:
                break
            if name == "jobs" and message.count >= MAXIMUM:
                self.bury(message)
                continue
            message.count += 1
            message.received = self.now
            message.until = self.now + 1000 * timeout
            expected.append(message)
        got = answer.get("Messages", [])
        assert [(m["Body"], m["Attributes"]["ApproximateReceiveCount"]) for m in got] == [
            (m.body, str(m.count)) for m in expected
        ]
        for message, found in zip(expected, got, strict=True):
            message.handle = found["ReceiptHandle"]
            self.handles.append((name, message, found["ReceiptHandle"]))

    def bury(self, message):
        self.model["jobs"].remove(message)
        self.places += 1
        moved = ModelMessage(message.body, message.sent, self.now, (self.now, 1, self.places))
        moved.count = message.count
        self.model["dead"].append(moved)
        self.expire()

    @precondition(lambda self: self.handles)
    @rule(data=st.data())
    def delete(self, data):
        name, message, handle = data.draw(st.sampled_from(self.handles))
        self.call("DeleteMessage", QueueUrl=self.urls[name], ReceiptHandle=handle)
        if message in self.model[name] and message.handle == handle:
            self.model[name].remove(message)

    @precondition(lambda self: self.handles)
    @rule(data=st.data(), timeout=st.sampled_from([0, 3, 50]))
    def change_visibility(self, data, timeout):
        name, message, handle = data.draw(st.sampled_from(self.handles))
        in_flight = message in self.model[name] and message.until > self.now
        try:
            self.call(
                "ChangeMessageVisibility", QueueUrl=self.urls[name], ReceiptHandle=handle, VisibilityTimeout=timeout
            )
        except ApiError:
            assert not in_flight
        else:
            assert in_flight
            message.until = self.now + 1000 * timeout

    @rule(seconds=st.sampled_from([0.001, 0.999, 1, 4, 29, 100]))
    def advance(self, seconds):
        self.cloud.clock.advance(seconds)
        self.expire()

    # ── what always holds ────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def nothing_is_lost_and_nothing_is_doubled(self):
        for name, messages in self.model.items():
            view = self.cloud.sqs.queue(name)
            now = self.now
            assert sorted(m.body for m in view.visible) == sorted(m.body for m in messages if m.visible(now))
            assert sorted(m.body for m in view.delayed) == sorted(m.body for m in messages if m.delayed(now))
            flying = sorted(m.body for m in messages if not m.delayed(now) and not m.visible(now))
            assert sorted(m.body for m in view.in_flight) == flying

    @invariant()
    def the_clock_knows_what_comes_next(self):
        due = [m.until for messages in self.model.values() for m in messages if m.until > self.now]
        due += [m.ready for messages in self.model.values() for m in messages if m.ready > self.now]
        due += [m.sent + 1000 * RETENTION[name] for name, messages in self.model.items() for m in messages]
        coming = self.cloud.clock.upcoming()
        assert (coming[0].at if coming else None) == min(due, default=None)


StandardQueue.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestStandardQueue = StandardQueue.TestCase
