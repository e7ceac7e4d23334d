"""What AWS leaves open is asked of the schedule: here scripted ones drive it."""

from __future__ import annotations

import pytest

from pytest_cloudfakes.schedule import Schedule


class Script(Schedule):
    """Answers by name: the index of the alternative each time, and the first once a list is used up."""

    friendly = False

    def __init__(self):
        self.answers = {}
        self.asked = set()

    def choose(self, name, alternatives):
        self.asked.add(name)
        answers = self.answers.get(name, [])
        return alternatives[answers.pop(0) if answers else 0]


@pytest.fixture(autouse=True)
def script(fake_cloud):
    script = fake_cloud.schedule = Script()
    return script


@pytest.fixture
def subscribers(script, topic, queue, subscribe):
    arns = [queue(name) for name in ("one", "two", "three")]
    for arn in arns:
        subscribe(topic, arn)
    return arns


def endpoints(fake_sns):
    return [each.endpoint.rpartition(":")[2] for each in fake_sns.topic("orders").deliveries]


def test_the_first_alternatives_are_the_friendly_ones(sns, topic, subscribers, fake_sns, texts, script):
    sns.publish(TopicArn=topic, Message="m")
    assert endpoints(fake_sns) == ["one", "two", "three"]
    assert [texts(arn) for arn in subscribers] == [["m"]] * 3
    assert script.asked >= {"sns.publish.next", "sns.delivery.duplicate", "sns.delivery.late"}


def test_any_subscriber_may_come_first(sns, topic, subscribers, fake_sns, script):
    script.answers["sns.publish.next"] = [2, 1]
    sns.publish(TopicArn=topic, Message="m")
    assert endpoints(fake_sns) == ["three", "two", "one"]


def test_a_message_may_come_twice(sns, topic, subscribers, envelopes, script):
    script.answers["sns.delivery.duplicate"] = [1]
    published = sns.publish(TopicArn=topic, Message="m")
    first, second = envelopes(subscribers[0])
    assert first["MessageId"] == second["MessageId"] == published["MessageId"]
    assert len(envelopes(subscribers[1])) == 1


def test_a_message_may_come_late(sns, topic, subscribers, texts, script, fake_clock):
    script.answers["sns.delivery.late"] = [2]
    sns.publish(TopicArn=topic, Message="m")
    assert [texts(arn) for arn in subscribers] == [[], ["m"], ["m"]]
    fake_clock.advance(60)
    assert texts(subscribers[0]) == ["m"]


def test_a_retry_may_come_sooner_or_later(sns, topic, fake_sns, server, script, fake_clock, seconds):
    fake_sns.subscribe("orders", "https", server.url)
    server.forget()
    server.answer = 500
    script.answers["sns.retry.delay"] = [1, 2]
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(1000)
    assert seconds(server.times) == [0, 10, 40, 60]


def test_fifo_topics_keep_their_order_and_double_nothing(sns, fifo_topic, queue, subscribe, texts, script):
    billing = queue("billing.fifo")
    subscribe(fifo_topic, billing)
    script.answers["sns.delivery.duplicate"] = [1] * 9
    script.answers["sns.delivery.late"] = [2] * 9
    for number in range(3):
        sns.publish(TopicArn=fifo_topic, Message=str(number), MessageGroupId="g")
    assert texts(billing) == ["0", "1", "2"]
