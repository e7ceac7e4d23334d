"""Delivery under failures that pass: nothing is lost, and FIFO topics keep the order of each group."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_cloudfakes import FakeCloud
from pytest_cloudfakes.api import Caller

OWNER = Caller("123456789012")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.sampled_from(["a", "b"])),
        st.tuples(st.just("fail"), st.integers(1, 9)),
        st.tuples(st.just("lose answer"), st.just(1)),
        st.tuples(st.just("advance"), st.sampled_from([0.5, 3, 60])),
    ),
    max_size=12,
)


def call(cloud, service, operation, **parameters):
    return cloud.invoke(service, operation, parameters, caller=OWNER, region="us-east-1")


def run(steps, *, fifo):
    """Publish and fail as told, then wait until nothing is under way; what was published, and what queues have."""
    suffix = ".fifo" if fifo else ""
    with FakeCloud() as cloud:
        cloud.clock.hold()
        attributes = {"FifoTopic": "true"} if fifo else {}
        topic = call(cloud, "sns", "CreateTopic", Name=f"orders{suffix}", Attributes=attributes)["TopicArn"]
        for name in ("billing", "shipping"):
            given = {"FifoQueue": "true"} if fifo else {}
            call(cloud, "sqs", "CreateQueue", QueueName=name + suffix, Attributes=given)
            endpoint = f"arn:aws:sqs:us-east-1:123456789012:{name}{suffix}"
            raw = {"RawMessageDelivery": "true"}
            call(cloud, "sns", "Subscribe", TopicArn=topic, Protocol="sqs", Endpoint=endpoint, Attributes=raw)
        published = []
        for kind, value in steps:
            if kind == "publish":
                body = f"{value}{len(published)}"
                ids = {"MessageGroupId": value, "MessageDeduplicationId": body} if fifo else {}
                call(cloud, "sns", "Publish", TopicArn=topic, Message=body, **ids)
                published.append(body)
            elif kind == "fail":
                cloud.faults.fail("sqs", "SendMessage", times=value)
            elif kind == "lose answer":
                cloud.faults.lose_answer("sqs", "SendMessage")
            else:
                cloud.clock.advance(value)
        cloud.clock.run_until_idle()
        assert cloud.sns.topic(f"orders{suffix}").failed == []
        return published, [
            [message.body for message in cloud.sqs.queue(name + suffix).messages] for name in ("billing", "shipping")
        ]


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_standard_topics_deliver_at_least_once(steps):
    published, received = run(steps, fifo=False)
    for bodies in received:
        assert set(bodies) == set(published)


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_fifo_topics_deliver_once_and_in_order_of_each_group(steps):
    published, received = run(steps, fifo=True)
    for bodies in received:
        for group in ("a", "b"):
            assert [body for body in bodies if body[0] == group] == [body for body in published if body[0] == group]
