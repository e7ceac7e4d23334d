"""Retries of deliveries to queues: 100,015 over 23 days, and what they cost."""

from __future__ import annotations

import pytest

HOUR, DAY = 3600, 86_400
LAST = 2_000_049.665
"""Seconds from the first attempt to the last."""


@pytest.fixture
def failing(fake_cloud, fake_clock, topic, queue, subscribe):
    """A queue whose calls fail until the fault is removed."""
    arn = queue("billing")
    subscribe(topic, arn)
    fault = fake_cloud.faults.fail("sqs", "SendMessage", "ServiceUnavailable", times=None)
    fault.arn = arn
    return fault


def test_a_failure_that_passes_is_tried_again_at_once(sns, fake_cloud, topic, queue, subscribe, texts, fake_sns):
    billing = queue("billing")
    subscribe(topic, billing)
    fake_cloud.faults.fail("sqs", "SendMessage", times=3)
    sns.publish(TopicArn=topic, Message="m")
    assert texts(billing) == ["m"]
    assert fake_sns.deliveries[0].attempt_count == 4


@pytest.mark.parametrize("error", ["ThrottlingException", "RequestThrottled", "InternalFailure"])
def test_throttles_and_failures_are_tried_again(sns, fake_cloud, fake_clock, topic, queue, subscribe, texts, error):
    billing = queue("billing")
    subscribe(topic, billing)
    fake_cloud.faults.fail("sqs", "SendMessage", error, times=5)
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(1.999)
    assert texts(billing) == []
    fake_clock.advance(0.001)
    assert texts(billing) == ["m"]


def test_an_error_of_the_caller_is_not_tried_again(sns, fake_cloud, fake_clock, topic, queue, subscribe, fake_sns):
    subscribe(topic, queue("billing"))
    fake_cloud.faults.fail("sqs", "SendMessage", "AccessDenied", times=1)
    sns.publish(TopicArn=topic, Message="m")
    assert [each.attempt_count for each in fake_sns.topic("orders").failed] == [1]


def test_the_attempts_of_the_first_minute(sns, fake_clock, failing, topic, fake_sns, seconds):
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(70)
    (delivery,) = fake_sns.deliveries
    assert seconds([attempt.at for attempt in delivery.attempts]) == [
        0, 0, 0, 0, 1, 2, 3, 4.037, 5.149, 6.409, 7.967, 10.12, 13.462, 19.184, 29.665, 49.665,
    ]  # fmt: skip


def test_a_queue_that_recovers_after_an_hour_gets_the_message_at_the_next_attempt(
    sns, fake_clock, failing, topic, texts, fake_sns
):
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(HOUR)
    failing.remove()
    assert texts(failing.arn) == []
    fake_clock.advance(9.664)
    assert texts(failing.arn) == []
    fake_clock.advance(0.001)
    assert texts(failing.arn) == ["m"]
    (delivery,) = fake_sns.deliveries
    assert (delivery.state, delivery.attempt_count) == ("delivered", 194)


def test_after_23_days_it_goes_to_the_dead_letter_queue(
    sns, fake_cloud, fake_clock, topic, queue, subscribe, texts, fake_sns, seconds
):
    billing, dead = queue("billing"), queue("dead")
    subscribe(topic, billing, RedrivePolicy={"deadLetterTargetArn": dead})
    fake_cloud.faults.fail(
        "sqs",
        "SendMessage",
        "ServiceUnavailable",
        times=None,
        when=lambda call: call.parameters["QueueUrl"].endswith("/billing"),
    )
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(HOUR)
    assert texts(dead) == []
    assert fake_sns.deliveries[0].attempt_count == 193


def test_23_days_of_attempts_in_vain_are_counted_and_cost_nothing(
    sns, fake_clock, failing, topic, fake_sns, fake_cloud
):
    for number in range(20):
        sns.publish(TopicArn=topic, Message=str(number))
    calls_before = len(fake_cloud.calls)
    fake_clock.advance(LAST - 0.001)
    assert {each.state for each in fake_sns.deliveries} == {"waiting"}
    assert fake_sns.topic("orders").failed == []
    fake_clock.advance(0.001)
    failed = fake_sns.topic("orders").failed
    assert [each.attempt_count for each in failed] == [100_016] * 20
    counted = failed[0].attempts[-1]
    assert (counted.count, counted.last_at) == (100_000, fake_clock.now())
    assert len(fake_cloud.calls) - calls_before < 1_000


def test_deliveries_that_wait_are_due(sns, fake_clock, failing, topic, fake_sns):
    sns.publish(TopicArn=topic, Message="m")
    (due,) = [each for each in fake_clock.upcoming() if each.service == "sns"]
    assert (due.resource, due.what) == ("orders", "attempt 5 to deliver to billing")
    assert fake_sns.deliveries[0].next_attempt_at == due.at


def test_a_lost_answer_makes_a_duplicate(sns, fake_cloud, topic, queue, subscribe, envelopes):
    billing = queue("billing")
    subscribe(topic, billing)
    fake_cloud.faults.lose_answer("sqs", "SendMessage")
    published = sns.publish(TopicArn=topic, Message="m")
    assert [each["MessageId"] for each in envelopes(billing)] == [published["MessageId"]] * 2


def test_a_slow_queue_gets_the_message_later(sns, fake_cloud, fake_clock, topic, queue, subscribe, texts, fake_sns):
    billing = queue("billing")
    subscribe(topic, billing)
    fake_cloud.faults.slow("sqs", "SendMessage", seconds=3)
    sns.publish(TopicArn=topic, Message="m")
    assert fake_sns.deliveries[0].state == "in progress"
    fake_clock.advance(3)
    assert texts(billing) == ["m"]
    assert fake_sns.deliveries[0].state == "delivered"


def test_a_dead_letter_queue_that_fails_is_tried_again(sns, fake_cloud, fake_clock, topic, queue, subscribe, texts):
    dead = queue("dead")
    gone = "arn:aws:sqs:us-east-1:123456789012:gone"
    subscribe(topic, gone, RedrivePolicy={"deadLetterTargetArn": dead})
    fake_cloud.faults.fail(
        "sqs", "SendMessage", times=4, when=lambda call: call.parameters["QueueUrl"].endswith("/dead")
    )
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(1)
    assert texts(dead) == ["m"]
