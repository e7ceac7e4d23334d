"""Subscriptions: endpoints of each protocol, attributes, lists and how they end."""

from __future__ import annotations

import json

import boto3
import pytest

QUEUE = "arn:aws:sqs:us-east-1:123456789012:billing"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:thumbnail"
STREAM = "arn:aws:firehose:us-east-1:123456789012:deliverystream/archive"
ROLE = "arn:aws:iam::123456789012:role/firehose"


def set_attribute(sns, subscription, name, value):
    given = value if isinstance(value, str) else json.dumps(value)
    sns.set_subscription_attributes(SubscriptionArn=subscription, AttributeName=name, AttributeValue=given)


def test_a_new_subscription_has_these_attributes(topic, subscribe, attributes_of):
    subscription = subscribe(topic, QUEUE)
    assert subscription.startswith(f"{topic}:")
    assert attributes_of(subscription) == {
        "ConfirmationWasAuthenticated": "true",
        "Endpoint": QUEUE,
        "Owner": "123456789012",
        "PendingConfirmation": "false",
        "Protocol": "sqs",
        "RawMessageDelivery": "false",
        "SubscriptionArn": subscription,
        "SubscriptionPrincipal": "arn:aws:iam::123456789012:user/cloudfakes",
        "TopicArn": topic,
    }


def test_a_queue_need_not_exist(topic, subscribe):
    assert subscribe(topic, QUEUE + "-that-is-not-there")


@pytest.mark.parametrize(
    "protocol, endpoint",
    [
        ("http", "http://example.com"),
        ("https", "https://example.com/hook?x=1"),
        ("email", "me@example.com"),
        ("email-json", "me@example.com"),
        ("sms", "+15551234567"),
        ("sqs", QUEUE),
        ("lambda", FUNCTION),
    ],
)
def test_an_endpoint_of_each_protocol(topic, subscribe, protocol, endpoint):
    assert subscribe(topic, endpoint, protocol)


@pytest.mark.parametrize(
    "protocol, endpoint, text",
    [
        ("sqs", "https://sqs.us-east-1.amazonaws.com/123456789012/billing", "Invalid parameter: SQS endpoint ARN"),
        ("sqs", "arn:aws:sqs:us-east-1", "Invalid parameter: SQS endpoint ARN"),
        ("sqs", FUNCTION, "Invalid parameter: SQS endpoint ARN"),
        ("sms", "+15--551234567", "Invalid SMS endpoint: +15--551234567"),
        ("sms", "NAA+15551234567", "Invalid SMS endpoint: NAA+15551234567"),
        ("sms", "+15551234567.", "Invalid SMS endpoint: +15551234567."),
        ("sms", "/+15551234567", "Invalid SMS endpoint: /+15551234567"),
        ("http", "https://example.com", None),
        ("https", "http://example.com", None),
        ("https", "example.com", None),
        ("email", "example.com", None),
        ("lambda", QUEUE, None),
        ("firehose", QUEUE, None),
        ("application", QUEUE, None),
        ("application", "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/app/missing", None),
        ("pigeon", "x", None),
    ],
)
def test_an_endpoint_that_does_not_fit_its_protocol(topic, subscribe, invalid, protocol, endpoint, text):
    with invalid(text):
        subscribe(topic, endpoint, protocol)


def test_an_endpoint_has_to_be_given(sns, topic, invalid):
    with invalid("Invalid parameter: Endpoint"):
        sns.subscribe(TopicArn=topic, Protocol="sqs")


def test_firehose_needs_a_role(topic, subscribe, attributes_of, invalid):
    with invalid():
        subscribe(topic, STREAM, "firehose")
    assert attributes_of(subscribe(topic, STREAM, "firehose", SubscriptionRoleArn=ROLE))["SubscriptionRoleArn"] == ROLE


def test_subscribing_to_a_topic_that_is_not_there(sns, fake_sns, invalid, not_found):
    for arn, elements in (("randomstring", 1), ("arn:aws:sns:us-east-1:random", 5)):
        with invalid(f"Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not {elements}"):
            sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=QUEUE)
    with not_found("Topic"):
        sns.subscribe(TopicArn="arn:aws:sns:us-east-1:123456789012:none", Protocol="sqs", Endpoint=QUEUE)


def test_a_fifo_queue_is_for_fifo_topics(topic, fifo_topic, subscribe, invalid):
    subscribe(fifo_topic, QUEUE + ".fifo")
    text = "FIFO SQS Queues can not be subscribed to standard SNS topics"
    with invalid(f"Invalid parameter: Invalid parameter: Endpoint Reason: {text}"):
        subscribe(topic, QUEUE + ".fifo")


def test_a_fifo_topic_takes_queues_of_both_types_and_nothing_else(fifo_topic, subscribe, invalid):
    subscribe(fifo_topic, QUEUE)
    for protocol, endpoint in (("lambda", FUNCTION), ("email", "me@example.com"), ("https", "https://example.com")):
        with invalid():
            subscribe(fifo_topic, endpoint, protocol)


def test_subscribing_again_gives_the_same_subscription(topic, subscribe, invalid):
    subscription = subscribe(topic, QUEUE, RawMessageDelivery="true")
    assert subscribe(topic, QUEUE, RawMessageDelivery="true") == subscription
    assert subscribe(topic, QUEUE) == subscription
    with invalid("Invalid parameter: Attributes Reason: Subscription already exists with different attributes"):
        subscribe(topic, QUEUE, RawMessageDelivery="false")


def test_two_queues_and_two_protocols_are_different_subscriptions(topic, subscribe):
    arns = {subscribe(topic, QUEUE), subscribe(topic, QUEUE + "2"), subscribe(topic, "+15551234567", "sms")}
    assert len(arns) == 3


# ── attributes ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_attributes_of_a_subscription_that_is_not_there(sns, topic, subscribe, not_found, invalid):
    subscription = subscribe(topic, QUEUE)
    sns.unsubscribe(SubscriptionArn=subscription)
    with not_found("Subscription"):
        set_attribute(sns, subscription, "RawMessageDelivery", "true")
    with not_found("Subscription"):
        sns.get_subscription_attributes(SubscriptionArn=subscription)
    with invalid("Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1"):
        sns.get_subscription_attributes(SubscriptionArn="x")


def test_the_scope_of_a_filter_policy_is_shown_beside_a_policy_only(sns, topic, subscribe, attributes_of, invalid):
    subscription = subscribe(topic, QUEUE)
    assert "FilterPolicyScope" not in attributes_of(subscription)
    set_attribute(sns, subscription, "FilterPolicyScope", "MessageBody")
    assert "FilterPolicyScope" not in attributes_of(subscription)
    text = "Invalid value [RandomValue]. Please use either MessageBody or MessageAttributes"
    with invalid(f"Invalid parameter: FilterPolicyScope: {text}"):
        set_attribute(sns, subscription, "FilterPolicyScope", "RandomValue")
    set_attribute(sns, subscription, "FilterPolicy", '{"attr":["match-this"]}')
    shown = attributes_of(subscription)
    assert (shown["FilterPolicyScope"], shown["FilterPolicy"]) == ("MessageBody", '{"attr":["match-this"]}')


@pytest.mark.parametrize("empty", ["{}", ""])
def test_an_empty_filter_policy_takes_it_away(sns, topic, subscribe, attributes_of, empty):
    subscription = subscribe(topic, QUEUE, FilterPolicy={"a": ["x"]})
    assert attributes_of(subscription)["FilterPolicyScope"] == "MessageAttributes"
    set_attribute(sns, subscription, "FilterPolicy", empty)
    assert not {"FilterPolicy", "FilterPolicyScope"} & set(attributes_of(subscription))


def test_a_malformed_filter_policy_is_told_by_each_operation_in_its_way(sns, topic, subscribe, invalid):
    place = '\n at [Source: (String)"{"key":[]}"; line: 1, column: 10]'
    with invalid(f"Invalid parameter: Attributes Reason: FilterPolicy: Empty arrays are not allowed{place}"):
        subscribe(topic, QUEUE, FilterPolicy={"key": []})
    subscription = subscribe(topic, QUEUE)
    with invalid(f"Invalid parameter: FilterPolicy: Empty arrays are not allowed{place}"):
        set_attribute(sns, subscription, "FilterPolicy", {"key": []})


def test_a_nested_filter_policy_needs_the_scope_of_bodies(sns, topic, subscribe, attributes_of, invalid):
    subscription = subscribe(topic, QUEUE)
    policy = {"object": {"key": [{"prefix": "auto-"}]}}
    with invalid("Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy"):
        set_attribute(sns, subscription, "FilterPolicy", policy)
    set_attribute(sns, subscription, "FilterPolicyScope", "MessageBody")
    set_attribute(sns, subscription, "FilterPolicy", policy)
    assert json.loads(attributes_of(subscription)["FilterPolicy"]) == policy


def test_a_scope_that_does_not_fit_the_policy_changes_nothing(sns, topic, subscribe, attributes_of, invalid):
    subscription = subscribe(topic, QUEUE, FilterPolicyScope="MessageBody", FilterPolicy={"a": {"b": ["x"]}})
    with invalid():
        set_attribute(sns, subscription, "FilterPolicyScope", "MessageAttributes")
    assert attributes_of(subscription)["FilterPolicyScope"] == "MessageBody"


def test_a_topic_has_a_quota_of_filter_policies(sns, topic, fake_sns, subscribe, refused):
    fake_sns.quotas.filter_policies = 1
    first = subscribe(topic, QUEUE, FilterPolicy={"a": ["x"]})
    second = subscribe(topic, QUEUE + "2")
    with refused("FilterPolicyLimitExceeded", status=403):
        set_attribute(sns, second, "FilterPolicy", {"a": ["x"]})
    set_attribute(sns, first, "FilterPolicy", {"a": ["y"]})
    set_attribute(sns, first, "FilterPolicy", "")
    set_attribute(sns, second, "FilterPolicy", {"a": ["x"]})


def test_an_account_has_a_quota_of_filter_policies(sns, create, fake_sns, subscribe, refused):
    fake_sns.quotas.account_filter_policies = 1
    subscription = subscribe(create("one"), QUEUE, FilterPolicy={"a": ["x"]})
    with refused("FilterPolicyLimitExceeded", status=403):
        subscribe(create("two"), QUEUE, FilterPolicy={"a": ["x"]})
    sns.unsubscribe(SubscriptionArn=subscription)
    subscribe(create("two"), QUEUE, FilterPolicy={"a": ["x"]})


@pytest.mark.parametrize("protocol, endpoint", [("email", "me@example.com"), ("lambda", FUNCTION), ("sms", "+15551")])
def test_raw_delivery_is_for_queues_urls_and_firehose(topic, subscribe, invalid, protocol, endpoint):
    subscribe(topic, endpoint, protocol, RawMessageDelivery="false")
    with invalid():
        subscribe(topic, endpoint + "2", protocol, RawMessageDelivery="true")


def test_raw_delivery_is_true_or_false(sns, topic, subscribe, attributes_of, invalid):
    subscription = subscribe(topic, QUEUE, RawMessageDelivery="true")
    assert attributes_of(subscription)["RawMessageDelivery"] == "true"
    with invalid():
        set_attribute(sns, subscription, "RawMessageDelivery", "yes")


@pytest.mark.parametrize(
    "policy",
    [
        "{",
        "[]",
        {},
        {"deadLetterTargetArn": "x"},
        {"deadLetterTargetArn": FUNCTION},
        {"deadLetterTargetArn": QUEUE + ".fifo"},
        {"deadLetterTargetArn": QUEUE.replace("us-east-1", "us-west-2")},
        {"deadLetterTargetArn": QUEUE.replace("123456789012", "111111111111")},
    ],
)
def test_a_dead_letter_queue_that_cannot_be(topic, subscribe, invalid, policy):
    with invalid():
        subscribe(topic, QUEUE, RedrivePolicy=policy)


def test_a_dead_letter_queue_is_of_the_topics_type(topic, fifo_topic, subscribe, attributes_of, invalid):
    policy = {"deadLetterTargetArn": QUEUE + "-dead"}
    shown = attributes_of(subscribe(topic, QUEUE, RedrivePolicy=policy))
    assert json.loads(shown["RedrivePolicy"]) == policy
    with invalid():
        subscribe(fifo_topic, QUEUE + ".fifo", RedrivePolicy=policy)
    subscribe(fifo_topic, QUEUE + ".fifo", RedrivePolicy={"deadLetterTargetArn": QUEUE + "-dead.fifo"})


def test_delivery_policies_are_for_urls(topic, subscribe, attributes_of, invalid):
    policy = {"healthyRetryPolicy": {"numRetries": 5}}
    subscription = subscribe(topic, "https://example.com", "https", DeliveryPolicy=policy)
    shown = attributes_of(subscription)
    assert json.loads(shown["DeliveryPolicy"]) == policy
    assert json.loads(shown["EffectiveDeliveryPolicy"])["healthyRetryPolicy"]["numRetries"] == 5
    with invalid():
        subscribe(topic, QUEUE, DeliveryPolicy=policy)


@pytest.mark.parametrize("name", ["Endpoint", "Owner", "Unknown", "ReplayStatus"])
def test_an_attribute_that_cannot_be_set(sns, topic, subscribe, invalid, name):
    subscription = subscribe(topic, QUEUE)
    with invalid("Invalid parameter: AttributeName"):
        set_attribute(sns, subscription, name, "x")


def test_an_unknown_attribute_makes_no_subscription(sns, topic, subscribe, invalid):
    with invalid():
        subscribe(topic, QUEUE, Unknown="x")
    assert sns.list_subscriptions()["Subscriptions"] == []


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_subscriptions_are_listed_by_topic_and_by_account(sns, create, subscribe):
    one, two = create("one"), create("two")
    first, second = subscribe(one, QUEUE), subscribe(two, QUEUE)
    row = {"SubscriptionArn": first, "Owner": "123456789012", "Protocol": "sqs", "Endpoint": QUEUE, "TopicArn": one}
    assert sns.list_subscriptions_by_topic(TopicArn=one)["Subscriptions"] == [row]
    assert {each["SubscriptionArn"] for each in sns.list_subscriptions()["Subscriptions"]} == {first, second}
    sns.unsubscribe(SubscriptionArn=first)
    assert sns.list_subscriptions_by_topic(TopicArn=one)["Subscriptions"] == []


def test_a_pending_subscription_does_not_tell_its_arn(sns, topic):
    answer = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="me@example.com")
    assert answer["SubscriptionArn"] == "pending confirmation"
    (row,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert row["SubscriptionArn"] == "PendingConfirmation"


def test_subscriptions_are_listed_a_hundred_a_page(sns, topic, subscribe):
    for number in range(101):
        subscribe(topic, f"{QUEUE}{number}")
    for pages in (
        sns.get_paginator("list_subscriptions").paginate(),
        sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic),
    ):
        assert [len(page["Subscriptions"]) for page in pages] == [100, 1]


def test_a_subscription_belongs_to_who_subscribed(fake_cloud, sns, topic):
    other = boto3.client("sns", region_name="us-east-1", **fake_cloud.credentials("111111111111"))
    queue = QUEUE.replace("123456789012", "111111111111")
    arn = other.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)["SubscriptionArn"]
    assert other.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["Owner"] == "111111111111"
    assert [row["SubscriptionArn"] for row in other.list_subscriptions()["Subscriptions"]] == [arn]
    assert sns.list_subscriptions()["Subscriptions"] == []
    assert [row["Owner"] for row in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]] == [
        "111111111111"
    ]


# ── ends ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_unsubscribing_can_be_repeated(sns, topic, subscribe, attributes_of, invalid):
    subscription = subscribe(topic, QUEUE)
    sns.unsubscribe(SubscriptionArn=subscription)
    sns.unsubscribe(SubscriptionArn=subscription)
    sns.unsubscribe(SubscriptionArn=f"{topic}:9d2b8a58-0000-0000-0000-000000000000")
    with invalid("Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1"):
        sns.unsubscribe(SubscriptionArn="not-an-arn")
    assert attributes_of(topic)["SubscriptionsDeleted"] == "1"


def test_deleting_a_topic_deletes_its_subscriptions(sns, create, subscribe, not_found):
    topic = create("orders")
    subscription = subscribe(topic, QUEUE)
    sns.delete_topic(TopicArn=topic)
    with not_found("Subscription"):
        sns.get_subscription_attributes(SubscriptionArn=subscription)
    create("orders")
    assert sns.list_subscriptions()["Subscriptions"] == []


def test_a_fifo_topic_has_at_most_a_hundred_subscriptions(fifo_topic, subscribe, refused):
    for number in range(100):
        subscribe(fifo_topic, f"{QUEUE}{number}")
    with refused("SubscriptionLimitExceeded", status=403):
        subscribe(fifo_topic, f"{QUEUE}100")
    subscribe(fifo_topic, f"{QUEUE}0")


def test_a_topic_of_large_messages_has_at_most_a_hundred_subscriptions(create, subscribe, invalid):
    topic = create("large", MaximumMessageSize="262145")
    for number in range(100):
        subscribe(topic, f"{QUEUE}{number}")
    with invalid():
        subscribe(topic, f"{QUEUE}100")


def test_an_account_has_a_quota_of_pending_subscriptions(topic, fake_sns, subscribe, refused):
    fake_sns.quotas.pending_subscriptions = 1
    subscribe(topic, "me@example.com", "email")
    with refused("SubscriptionLimitExceeded", status=403):
        subscribe(topic, "you@example.com", "email")
    fake_sns.topic("orders").subscription("me@example.com").confirm()
    subscribe(topic, "you@example.com", "email")
