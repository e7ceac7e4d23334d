"""Confirming subscriptions: who has to, by what, and for how long."""

from __future__ import annotations

import json

import boto3
import pytest

HOURS = 3600


def token_of(server):
    return server.of("SubscriptionConfirmation")[-1].json()["Token"]


@pytest.fixture
def pending(server, topic, subscribe):
    """The ARN of a subscription that isn't confirmed."""
    return subscribe(topic, server.url, "https")


def test_an_endpoint_is_asked_to_confirm(fake_clock, server, topic, pending):
    (request,) = server.requests
    assert (request.method, request.url) == ("POST", "https://shop.example.com/hooks")
    message = request.json()
    assert list(message) == [
        "Type",
        "MessageId",
        "Token",
        "TopicArn",
        "Message",
        "SubscribeURL",
        "Timestamp",
        "SignatureVersion",
        "Signature",
        "SigningCertURL",
    ]
    assert message["Type"] == "SubscriptionConfirmation"
    assert message["Message"] == (
        f"You have chosen to subscribe to the topic {topic}.\n"
        "To confirm the subscription, visit the SubscribeURL included in this message."
    )
    url = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription"
    assert message["SubscribeURL"] == f"{url}&TopicArn={topic}&Token={message['Token']}"
    assert request.headers == {
        "x-amz-sns-message-type": "SubscriptionConfirmation",
        "x-amz-sns-message-id": message["MessageId"],
        "x-amz-sns-topic-arn": topic,
        "Content-Type": "text/plain; charset=UTF-8",
        "User-Agent": "Amazon Simple Notification Service Agent",
        "Accept-Encoding": "gzip,deflate",
    }


def test_nothing_is_delivered_before_it_is_confirmed(sns, server, topic, pending, attributes_of):
    assert attributes_of(pending)["PendingConfirmation"] == "true"
    assert attributes_of(topic)["SubscriptionsPending"] == "1"
    sns.publish(TopicArn=topic, Message="early")
    assert server.of("Notification") == []

    answer = sns.confirm_subscription(TopicArn=topic, Token=token_of(server))
    assert answer["SubscriptionArn"] == pending
    shown = attributes_of(pending)
    assert (shown["PendingConfirmation"], shown["ConfirmationWasAuthenticated"]) == ("false", "true")
    assert attributes_of(topic)["SubscriptionsConfirmed"] == "1"

    sns.publish(TopicArn=topic, Message="late")
    assert [each.json()["Message"] for each in server.of("Notification")] == ["late"]


def test_confirming_twice_gives_the_same_answer(sns, server, topic, pending):
    token = token_of(server)
    assert sns.confirm_subscription(TopicArn=topic, Token=token)["SubscriptionArn"] == pending
    assert sns.confirm_subscription(TopicArn=topic, Token=token)["SubscriptionArn"] == pending


def test_an_endpoint_may_confirm_while_it_is_asked(sns, server, topic, subscribe, attributes_of):
    def confirm(request):
        sns.confirm_subscription(TopicArn=topic, Token=request.json()["Token"])
        return 200

    server.answer = confirm
    assert attributes_of(subscribe(topic, server.url, "https"))["PendingConfirmation"] == "false"


def test_a_link_confirms_without_being_signed_in(fake_cloud, server, pending, attributes_of):
    answer = fake_cloud.http.get(server.requests[0].json()["SubscribeURL"])
    assert answer.status == 200
    assert f"<SubscriptionArn>{pending}</SubscriptionArn>" in answer.text
    shown = attributes_of(pending)
    assert (shown["PendingConfirmation"], shown["ConfirmationWasAuthenticated"]) == ("false", "false")


@pytest.mark.parametrize("of, text", [("topic", "Invalid parameter: Topic"), ("token", "Invalid parameter: Token")])
def test_a_link_that_leads_nowhere(fake_cloud, server, pending, of, text):
    url = server.requests[0].json()["SubscribeURL"]
    broken = url.replace("orders", "other") if of == "topic" else url[:-1] + ("0" if url[-1] != "0" else "1")
    answer = fake_cloud.http.get(broken)
    assert answer.status == 400
    assert f"<Message>{text}</Message>" in answer.text


def test_an_address_of_sns_that_says_nothing(fake_cloud, sns, topic):
    root = "https://sns.us-east-1.amazonaws.com/"
    assert fake_cloud.http.get(root).status == 400
    assert fake_cloud.http.get(f"{root}?Action=ConfirmSubscription&TopicArn=x&Token=y").status == 400
    assert fake_cloud.http.get(f"{root}?Action=Unsubscribe&SubscriptionArn=x").status == 200


def test_tokens_that_confirm_nothing(sns, server, topic, pending, create, invalid):
    token = token_of(server)
    with invalid("Invalid token"):
        sns.confirm_subscription(TopicArn=topic, Token="randomtoken")
    with invalid("Invalid parameter: Token"):
        sns.confirm_subscription(TopicArn=topic, Token=token[:-4] + "0000")
    with invalid("Invalid parameter: Token"):
        sns.confirm_subscription(TopicArn=topic + "x", Token=token)
    with invalid("Invalid parameter: Token"):
        sns.confirm_subscription(TopicArn=create("other"), Token=token)


def test_a_token_confirms_for_two_days(sns, fake_clock, server, topic, pending, invalid):
    fake_clock.advance(48 * HOURS - 0.001)
    assert sns.confirm_subscription(TopicArn=topic, Token=token_of(server))["SubscriptionArn"] == pending


def test_a_token_no_longer_confirms_after_two_days(sns, fake_clock, server, topic, pending, invalid):
    fake_clock.advance(48 * HOURS)
    with invalid("Invalid parameter: Token"):
        sns.confirm_subscription(TopicArn=topic, Token=token_of(server))


def test_an_unconfirmed_subscription_is_removed_after_three_days(fake_clock, sns, topic, pending):
    def listed():
        return sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]

    fake_clock.assert_holds_until(72 * HOURS, listed)


def test_a_confirmed_subscription_stays(fake_clock, sns, server, topic, pending):
    sns.confirm_subscription(TopicArn=topic, Token=token_of(server))
    fake_clock.advance(100 * HOURS)
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]


def test_subscribing_again_asks_again(server, topic, subscribe, sns):
    first = subscribe(topic, server.url, "https")
    assert subscribe(topic, server.url, "https") == first
    assert len(server.of("SubscriptionConfirmation")) == 2
    sns.confirm_subscription(TopicArn=topic, Token=token_of(server))
    subscribe(topic, server.url, "https")
    assert len(server.of("SubscriptionConfirmation")) == 2


def test_the_request_to_confirm_is_tried_again(seconds, fake_clock, server, pending, topic, subscribe):
    server.forget()
    server.answer = 503
    subscribe(topic, server.url + "/other", "https")
    fake_clock.advance(1000)
    assert seconds(server.times) == [0, 20, 40, 60]


def test_the_request_to_confirm_is_not_tried_again_after_a_client_error(fake_clock, server, topic, subscribe):
    server.answer = 404
    subscribe(topic, server.url, "https")
    fake_clock.advance(1000)
    assert len(server.requests) == 1


def test_an_unreachable_endpoint_can_be_subscribed_and_asked_later(fake_clock, sns, topic, fake_cloud, subscribe):
    subscribe(topic, "https://down.example.com", "https")
    got = []
    fake_cloud.http.register("https://down.example.com", got.append)
    fake_clock.advance(20)
    assert [request.json()["Type"] for request in got] == ["SubscriptionConfirmation"]


def test_a_pending_subscription_cannot_be_taken_away(sns, topic, pending, invalid):
    with invalid():
        sns.unsubscribe(SubscriptionArn=pending)


# ── unsubscribing ────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_endpoint_is_told_that_it_was_unsubscribed_and_can_undo_that(sns, topic, subscribed_server, fake_cloud):
    server = subscribed_server
    (row,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    sns.unsubscribe(SubscriptionArn=row["SubscriptionArn"])
    (request,) = server.requests
    message = request.json()
    assert request.headers["x-amz-sns-subscription-arn"] == row["SubscriptionArn"]
    assert message["Message"] == (
        f"You have chosen to deactivate subscription {row['SubscriptionArn']}.\n"
        "To cancel this operation and restore the subscription, visit the SubscribeURL included in this message."
    )
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []
    fake_cloud.http.get(message["SubscribeURL"])
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == [row]


def test_the_link_in_a_message_unsubscribes(sns, topic, subscribed_server, fake_cloud):
    sns.publish(TopicArn=topic, Message="m")
    assert fake_cloud.http.get(subscribed_server.requests[0].json()["UnsubscribeURL"]).status == 200
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def test_a_subscription_may_want_unsubscribing_to_be_signed(sns, topic, server, pending, fake_cloud):
    sns.confirm_subscription(TopicArn=topic, Token=token_of(server), AuthenticateOnUnsubscribe="true")
    url = f"https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={pending}"
    assert fake_cloud.http.get(url).status == 403
    sns.unsubscribe(SubscriptionArn=pending)
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


# ── other protocols ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_email_address_gets_a_link(sns, topic, fake_sns, fake_cloud, subscribe, attributes_of):
    arn = subscribe(topic, "me@example.com", "email")
    (mail,) = fake_sns.outbox.to("me@example.com")
    assert mail.subject == "AWS Notification - Subscription Confirmation"
    fake_cloud.http.get(mail.text.rpartition("visit ")[2])
    assert attributes_of(arn)["PendingConfirmation"] == "false"


def test_a_program_behind_an_email_address_gets_json(sns, topic, fake_sns, subscribe):
    subscribe(topic, "me@example.com", "email-json")
    assert json.loads(fake_sns.outbox[0].text)["Type"] == "SubscriptionConfirmation"


@pytest.mark.parametrize(
    "protocol, endpoint", [("sms", "+15551234567"), ("sqs", "arn:aws:sqs:us-east-1:123456789012:q")]
)
def test_who_needs_no_confirmation(topic, subscribe, attributes_of, protocol, endpoint):
    assert attributes_of(subscribe(topic, endpoint, protocol))["PendingConfirmation"] == "false"


def test_a_queue_of_another_account_is_asked_and_its_owner_confirms(fake_cloud, sns, topic, subscribe, attributes_of):
    credentials = fake_cloud.credentials("111111111111")
    other = boto3.client("sqs", region_name="us-east-1", **credentials)
    url = other.create_queue(QueueName="theirs")["QueueUrl"]
    arn = subscribe(topic, "arn:aws:sqs:us-east-1:111111111111:theirs")
    assert attributes_of(arn)["PendingConfirmation"] == "true"

    (message,) = other.receive_message(QueueUrl=url)["Messages"]
    token = json.loads(message["Body"])["Token"]
    boto3.client("sns", region_name="us-east-1", **credentials).confirm_subscription(TopicArn=topic, Token=token)
    sns.publish(TopicArn=topic, Message="m")
    (message,) = other.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"])["Message"] == "m"


def test_a_queue_whose_owner_subscribes_needs_no_confirmation(fake_cloud, topic):
    credentials = fake_cloud.credentials("111111111111")
    other = boto3.client("sns", region_name="us-east-1", **credentials)
    answer = other.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:111111111111:theirs")
    assert answer["SubscriptionArn"].startswith(topic)
