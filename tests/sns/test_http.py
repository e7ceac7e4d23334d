"""Delivery to HTTP(S) endpoints: the request, retry and throttle policies, and what counts as an answer."""

from __future__ import annotations

import json

import pytest

from pytest_cloudfakes.http_targets import HttpResponse, Unreachable


def policy(**healthy):
    return {"healthyRetryPolicy": healthy}


@pytest.fixture
def connect(fake_sns, server, topic):
    """Subscribe the server, confirmed; with attributes."""

    def subscribe(**attributes):
        view = fake_sns.subscribe("orders", "https", server.url, attributes)
        server.forget()
        return view

    return subscribe


def test_a_message_is_posted_in_an_envelope(sns, topic, subscribed_server, fake_sns):
    published = sns.publish(TopicArn=topic, Message="m", Subject="s")
    (request,) = subscribed_server.requests
    subscription = fake_sns.topic("orders").subscriptions[0].arn
    assert (request.method, request.url) == ("POST", "https://shop.example.com/hooks")
    assert request.headers == {
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": published["MessageId"],
        "x-amz-sns-topic-arn": topic,
        "x-amz-sns-subscription-arn": subscription,
        "Content-Type": "text/plain; charset=UTF-8",
        "User-Agent": "Amazon Simple Notification Service Agent",
        "Accept-Encoding": "gzip,deflate",
    }
    message = request.json()
    assert (message["Type"], message["MessageId"], message["Message"]) == ("Notification", published["MessageId"], "m")


def test_a_raw_message_is_posted_as_it_is(sns, topic, server, connect):
    connect(RawMessageDelivery=True)
    sns.publish(TopicArn=topic, Message="größer", MessageAttributes={"a": {"DataType": "String", "StringValue": "x"}})
    (request,) = server.requests
    assert request.body == "größer".encode()
    assert request.headers["x-amz-sns-rawdelivery"] == "true"


def test_a_request_policy_sets_the_content_type(sns, topic, server, connect):
    connect(DeliveryPolicy={"requestPolicy": {"headerContentType": "application/json"}})
    sns.publish(TopicArn=topic, Message="m")
    assert server.requests[0].headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_an_answer_that_is_success(sns, topic, subscribed_server, fake_sns, fake_clock, status):
    subscribed_server.answer = status
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(1000)
    assert [each.state for each in fake_sns.topic("orders").deliveries] == ["delivered"]
    assert len(subscribed_server.requests) == 1


@pytest.mark.parametrize("status", [301, 400, 404, 410, 499])
def test_an_answer_that_is_not_tried_again(sns, topic, subscribed_server, fake_sns, fake_clock, status):
    subscribed_server.answer = status
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(1000)
    (delivery,) = fake_sns.topic("orders").failed
    assert [(attempt.outcome, attempt.reason) for attempt in delivery.attempts] == [("client error", f"HTTP {status}")]


@pytest.mark.parametrize("status", [429, 500, 503, 599])
def test_an_answer_that_is_tried_again(sns, topic, subscribed_server, fake_sns, fake_clock, seconds, status):
    subscribed_server.answer = status
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(1000)
    assert seconds(subscribed_server.times) == [0, 20, 40, 60]
    (delivery,) = fake_sns.topic("orders").failed
    assert delivery.attempt_count == 4
    assert seconds([attempt.at for attempt in delivery.attempts]) == [0, 20, 40, 60]


def test_retries_carry_the_same_message(sns, topic, subscribed_server, fake_clock):
    subscribed_server.answer = 500
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(60)
    assert len(subscribed_server.requests) == 4
    assert len({(request.body, request.headers["x-amz-sns-message-id"]) for request in subscribed_server.requests}) == 1


def test_an_endpoint_that_recovers_gets_the_message(sns, topic, subscribed_server, fake_sns, fake_clock, seconds):
    subscribed_server.answer = lambda _: 503 if len(subscribed_server.requests) < 4 else 200
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(59.999)
    assert fake_sns.topic("orders").deliveries[0].state == "waiting"
    fake_clock.advance(0.001)
    assert fake_sns.topic("orders").deliveries[0].state == "delivered"


def test_an_answer_has_fifteen_seconds(sns, topic, subscribed_server, fake_sns, fake_clock):
    subscribed_server.answer = HttpResponse(200, delay=14.999)
    sns.publish(TopicArn=topic, Message="m")
    assert fake_sns.topic("orders").deliveries[0].state == "in progress"
    fake_clock.advance(14.999)
    assert fake_sns.topic("orders").deliveries[0].state == "delivered"


def test_the_delay_counts_from_the_end_of_an_attempt(sns, topic, subscribed_server, fake_sns, fake_clock, seconds):
    subscribed_server.answer = HttpResponse(200, delay=15)
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(119.999)
    assert seconds(subscribed_server.times) == [0, 35, 70, 105]
    assert fake_sns.topic("orders").failed == []
    fake_clock.advance(0.001)
    assert fake_sns.topic("orders").failed[0].attempts[-1].reason == "it didn't answer within 15 seconds"


def test_a_time_out_takes_fifteen_seconds(sns, topic, subscribed_server, fake_clock, seconds):
    def hang(_):
        raise Unreachable("hangs", timed_out=True)

    subscribed_server.answer = hang
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(100)
    assert seconds(subscribed_server.times) == [0, 35, 70]


def test_a_server_whose_code_fails_answers_with_an_error(sns, topic, subscribed_server, fake_sns):
    def fail(_):
        raise KeyError("order")

    subscribed_server.answer = fail
    sns.publish(TopicArn=topic, Message="m")
    (attempt,) = fake_sns.topic("orders").deliveries[0].attempts
    assert (attempt.outcome, attempt.reason) == ("server error", "KeyError('order')")


def test_nobody_at_an_address_is_tried_again(sns, topic, subscribed_server, fake_cloud, fake_sns, fake_clock):
    fake_cloud.http.unregister(subscribed_server.url)
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(30)
    fake_cloud.http.register(subscribed_server.url, subscribed_server)
    fake_clock.advance(10)
    assert len(subscribed_server.requests) == 1
    delivery = fake_sns.topic("orders").deliveries[0]
    assert (delivery.state, delivery.attempt_count) == ("delivered", 3)


def test_what_failed_for_good_goes_to_the_dead_letter_queue(
    sns, topic, server, connect, queue, envelopes, fake_clock, fake_sns
):
    dead = queue("dead")
    connect(RedrivePolicy={"deadLetterTargetArn": dead})
    server.answer = 500
    published = sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(59.999)
    assert envelopes(dead) == []
    fake_clock.advance(0.001)
    (envelope,) = envelopes(dead)
    assert (envelope["MessageId"], envelope["Message"]) == (published["MessageId"], "m")
    assert fake_sns.topic("orders").deliveries[0].state == "dead-lettered"


# ── policies ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "given, times",
    [
        ({"numRetries": 0}, [0]),
        ({"numRetries": 2, "minDelayTarget": 5, "maxDelayTarget": 5}, [0, 5, 10]),
        ({"numRetries": 3, "numNoDelayRetries": 3}, [0, 0, 0, 0]),
        ({"numRetries": 2, "numMinDelayRetries": 2, "minDelayTarget": 1, "maxDelayTarget": 60}, [0, 1, 2]),
        ({"numRetries": 2, "numMaxDelayRetries": 2, "minDelayTarget": 1, "maxDelayTarget": 60}, [0, 60, 120]),
        ({"numRetries": 3, "minDelayTarget": 10, "maxDelayTarget": 30}, [0, 10, 30, 60]),
        (
            {"numRetries": 3, "minDelayTarget": 10, "maxDelayTarget": 90, "backoffFunction": "geometric"},
            [0, 10, 40, 130],
        ),
        (
            {
                "numRetries": 5,
                "numNoDelayRetries": 1,
                "numMinDelayRetries": 1,
                "numMaxDelayRetries": 1,
                "minDelayTarget": 2,
                "maxDelayTarget": 8,
            },
            [0, 0, 2, 4, 12, 20],
        ),
    ],
)
def test_a_subscriptions_retry_policy(sns, topic, server, connect, fake_clock, seconds, given, times):
    connect(DeliveryPolicy=policy(**given))
    server.answer = 500
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(1000)
    assert seconds(server.times) == times


def set_policy(sns, topic, **http):
    text = json.dumps({"http": http})
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DeliveryPolicy", AttributeValue=text)


def test_a_topics_retry_policy_is_for_subscriptions_without_their_own(sns, topic, server, connect, fake_clock, seconds):
    set_policy(sns, topic, defaultHealthyRetryPolicy={"numRetries": 1})
    subscription = connect()
    server.answer = 500
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(1000)
    assert seconds(server.times) == [0, 20]
    effective = json.loads(subscription.attributes["EffectiveDeliveryPolicy"])
    assert effective["healthyRetryPolicy"]["numRetries"] == 1


def test_a_topic_may_forbid_policies_of_its_own(sns, topic, server, connect, fake_clock, seconds):
    set_policy(sns, topic, disableSubscriptionOverrides=True)
    connect(DeliveryPolicy=policy(numRetries=0))
    server.answer = 500
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(1000)
    assert seconds(server.times) == [0, 20, 40, 60]


def test_a_throttle_lets_so_many_through_in_a_second_and_the_others_wait_in_order(
    sns, topic, server, connect, fake_clock, seconds, fake_sns
):
    connect(DeliveryPolicy={"throttlePolicy": {"maxReceivesPerSecond": 2}})
    for number in range(5):
        sns.publish(TopicArn=topic, Message=str(number))
    assert len(server.requests) == 2
    fake_clock.advance(0.999)
    assert len(server.requests) == 2
    fake_clock.advance(0.001)
    assert len(server.requests) == 4
    fake_clock.advance(1)
    assert [request.json()["Message"] for request in server.requests] == ["0", "1", "2", "3", "4"]
    assert seconds(server.times) == [0, 0, 1, 1, 2]
    assert {each.state for each in fake_sns.topic("orders").deliveries} == {"delivered"}
    assert {each.attempt_count for each in fake_sns.topic("orders").deliveries} == {1}


def test_what_was_to_be_tried_again_is_dropped_when_the_subscription_goes(
    sns, topic, subscribed_server, fake_sns, fake_clock
):
    subscribed_server.answer = 500
    sns.publish(TopicArn=topic, Message="m")
    sns.delete_topic(TopicArn=topic)
    fake_clock.advance(1000)
    assert len(subscribed_server.of("Notification")) == 1
    assert [each.state for each in fake_sns.deliveries] == ["dropped"]


def test_a_message_that_is_published_by_a_server_is_delivered(sns, topic, subscribed_server):
    def publish_once(request):
        if request.json()["Message"] == "first":
            sns.publish(TopicArn=topic, Message="second")
        return 200

    subscribed_server.answer = publish_once
    sns.publish(TopicArn=topic, Message="first")
    assert [request.json()["Message"] for request in subscribed_server.requests] == ["first", "second"]
