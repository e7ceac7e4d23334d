"""Whatever a schedule chooses, what AWS never does doesn't happen."""

import json
import random

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from pytest_cloudfakes import FakeCloud
from pytest_cloudfakes.api import ApiCall, ApiError, Caller
from pytest_cloudfakes.schedule import Schedule

CALLER = Caller("123456789012")
MAXIMUM = 3


class Drawn(Schedule):
    """Every choice drawn from one source."""

    friendly = False

    def __init__(self, source):
        self._source = source

    def choose(self, name, alternatives):
        return alternatives[self._source.randrange(len(alternatives))]


class World:
    """A queue with a dead-letter queue, and somebody who notes all that is sent and received."""

    def __init__(self, source, suffix):
        self.cloud = FakeCloud()
        self.cloud.schedule = Drawn(source)
        self.cloud.clock.hold()
        self.suffix = suffix
        fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if suffix else {}
        self.dead = self.call("CreateQueue", QueueName=f"dead{suffix}", Attributes=fifo)["QueueUrl"]
        policy = {
            "deadLetterTargetArn": f"arn:aws:sqs:us-east-1:123456789012:dead{suffix}",
            "maxReceiveCount": MAXIMUM,
        }
        attributes = {"MessageRetentionPeriod": "200", "RedrivePolicy": json.dumps(policy), **fifo}
        self.url = self.call("CreateQueue", QueueName=f"jobs{suffix}", Attributes=attributes)["QueueUrl"]
        self.sent = {}
        self.deliveries = {}
        self.handles = {}

    def call(self, operation, **parameters):
        call = ApiCall("sqs", operation, parameters, caller=CALLER, region="us-east-1", request_id="r")
        return self.cloud.call(call)

    def send(self, source):
        body = f"{len(self.sent)}"
        group = {"MessageGroupId": source.choice("ab")} if self.suffix or source.random() < 0.3 else {}
        delay = 0 if self.suffix else source.choice([0, 0, 5])
        extra = {} if self.suffix else {"DelaySeconds": delay}
        now = self.cloud.clock.now()
        self.call("SendMessage", QueueUrl=self.url, MessageBody=body, **group, **extra)
        self.sent[body] = (group.get("MessageGroupId"), now, now + 1000 * delay)

    def receive(self, source):
        try:
            answer = self.call(
                "ReceiveMessage",
                QueueUrl=self.url,
                MaxNumberOfMessages=source.randrange(1, 11),
                VisibilityTimeout=source.choice([5, 20]),
                AttributeNames=["All"],
            )
        except ApiError:
            return
        now = self.cloud.clock.now()
        for message in answer.get("Messages", []):
            body = message["Body"]
            _, sent, ready = self.sent[body]
            assert ready <= now < sent + 200_000
            assert message["ReceiptHandle"] not in self.handles
            self.deliveries.setdefault(body, []).append(now)
            assert message["Attributes"]["ApproximateReceiveCount"] == str(len(self.deliveries[body]))
            assert len(self.deliveries[body]) <= MAXIMUM
            self.handles[message["ReceiptHandle"]] = body

    def delete(self, source):
        if self.handles:
            handle = source.choice(sorted(self.handles))
            try:
                self.call("DeleteMessage", QueueUrl=self.url, ReceiptHandle=handle)
            except ApiError:
                assert self.suffix


@pytest.mark.parametrize("suffix", ["", ".fifo"])
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_what_never_happens(suffix, seed):
    source = random.Random(seed)
    world = World(source, suffix)
    for _ in range(60):
        source.choice([world.send, world.receive, world.receive, world.delete])(source)
        world.cloud.clock.advance(source.choice([0, 0.5, 3, 10]))
        queue = world.cloud.sqs.queue(f"jobs{suffix}")
        there = [message.body for message in queue.messages]
        gone = [message.body for message in (*queue.deleted, *queue.expired, *queue.moved)]
        assert sorted(there + gone) == sorted(world.sent)
        if suffix:
            for group in "ab":
                firsts = [
                    world.deliveries[body][0]
                    for body, about in world.sent.items()
                    if about[0] == group and body in world.deliveries
                ]
                assert firsts == sorted(firsts)
