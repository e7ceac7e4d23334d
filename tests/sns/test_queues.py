"""Delivery to queues: envelopes, raw messages, other regions and accounts, and what a queue's policy allows."""

from __future__ import annotations

import datetime
import hashlib
import json

import boto3
import pytest

ATTRIBUTES = {
    "attr1": {"DataType": "Number", "StringValue": "111"},
    "attr2": {"DataType": "Binary", "BinaryValue": b"\x02\x03\x04"},
}


def ten(count):
    return {f"a{n}": {"DataType": "String", "StringValue": "x"} for n in range(count)}


def test_a_message_comes_in_an_envelope(sns, topic, queue, subscribe, messages):
    billing = queue("billing")
    subscription = subscribe(topic, billing)
    published = sns.publish(TopicArn=topic, Message='say "hi"\n', Subject="Greeting", MessageAttributes=ATTRIBUTES)
    (message,) = messages(billing)
    assert hashlib.md5(message["Body"].encode(), usedforsecurity=False).hexdigest() == message["MD5OfBody"]
    assert message["Attributes"]["SenderId"] != "AIDA0000000000000000X"
    assert "MessageAttributes" not in message
    envelope = json.loads(message["Body"])
    assert list(envelope) == [
        "Type",
        "MessageId",
        "TopicArn",
        "Subject",
        "Message",
        "Timestamp",
        "SignatureVersion",
        "Signature",
        "SigningCertURL",
        "UnsubscribeURL",
        "MessageAttributes",
    ]
    assert envelope["Type"] == "Notification"
    assert envelope["MessageId"] == published["MessageId"] != message["MessageId"]
    assert (envelope["TopicArn"], envelope["Subject"], envelope["Message"]) == (topic, "Greeting", 'say "hi"\n')
    assert envelope["SignatureVersion"] == "1"
    address = "https://sns.us-east-1.amazonaws.com/"
    assert envelope["UnsubscribeURL"] == f"{address}?Action=Unsubscribe&SubscriptionArn={subscription}"
    assert envelope["SigningCertURL"].startswith(f"{address}SimpleNotificationService-")


def test_what_a_message_lacks_is_left_out(sns, topic, queue, subscribe, envelopes):
    billing = queue("billing")
    subscribe(topic, billing)
    sns.publish(TopicArn=topic, Message="m")
    (envelope,) = envelopes(billing)
    assert not {"Subject", "MessageAttributes", "SequenceNumber"} & set(envelope)


@pytest.mark.cloudfakes(start=datetime.datetime(2026, 1, 31, 12, 0, 0, 5000, datetime.timezone.utc))
def test_the_time_of_a_message_is_the_clouds(fake_clock, sns, topic, queue, subscribe, envelopes):
    billing = queue("billing")
    subscribe(topic, billing)
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(61)
    sns.publish(TopicArn=topic, Message="m")
    assert [each["Timestamp"] for each in envelopes(billing)] == [
        "2026-01-31T12:00:00.005Z",
        "2026-01-31T12:01:01.005Z",
    ]


def test_a_raw_message_is_its_text_with_its_attributes(sns, topic, queue, subscribe, messages):
    billing = queue("billing")
    subscribe(topic, billing, RawMessageDelivery="true")
    array = {"DataType": "String.Array", "StringValue": '["a"]'}
    sns.publish(TopicArn=topic, Message="Test msg", Subject="lost", MessageAttributes={**ATTRIBUTES, "array": array})
    (message,) = messages(billing)
    assert message["Body"] == "Test msg"
    assert message["MessageAttributes"] == {**ATTRIBUTES, "array": array}


def test_the_digest_of_raw_attributes_is_the_recorded_one(sns, topic, queue, subscribe, messages):
    billing = queue("billing")
    subscribe(topic, billing, RawMessageDelivery="true")
    attributes = {"attr1": {"DataType": "Number", "StringValue": "99.12"}}
    sns.publish(TopicArn=topic, Message="Test msg", MessageAttributes=attributes)
    assert messages(billing)[0]["MD5OfMessageAttributes"] == "d302007e9aa062660afc85fd0a482472"


def test_raw_delivery_takes_ten_attributes_at_most(sns, topic, queue, subscribe, messages):
    billing, dead = queue("billing"), queue("dead")
    subscribe(topic, billing, RawMessageDelivery="true", RedrivePolicy={"deadLetterTargetArn": dead})
    sns.publish(TopicArn=topic, Message="ten", MessageAttributes=ten(10))
    sns.publish(TopicArn=topic, Message="eleven", MessageAttributes=ten(11))
    assert [message["Body"] for message in messages(billing)] == ["ten"]
    assert [message["Body"] for message in messages(dead)] == ["eleven"]


def test_envelopes_take_more_than_ten_attributes(sns, topic, queue, subscribe, envelopes):
    billing = queue("billing")
    subscribe(topic, billing)
    sns.publish(TopicArn=topic, Message="m", MessageAttributes=ten(11))
    assert len(envelopes(billing)[0]["MessageAttributes"]) == 11


def test_every_subscriber_gets_the_message_once(sns, topic, queue, subscribe, envelopes):
    queues = [queue(name) for name in ("billing", "shipping", "audit")]
    for arn in queues:
        subscribe(topic, arn)
    published = sns.publish(TopicArn=topic, Message="m")
    for arn in queues:
        assert [each["MessageId"] for each in envelopes(arn)] == [published["MessageId"]]


def test_a_filter_policy_on_attributes(sns, topic, queue, subscribe, texts):
    billing = queue("billing")
    subscribe(topic, billing, FilterPolicy={"price": [{"numeric": [">", 0, "<=", 100]}]})
    for price in ("0", "99", "100", "111"):
        attributes = {"price": {"DataType": "Number", "StringValue": price}}
        sns.publish(TopicArn=topic, Message=price, MessageAttributes=attributes)
    sns.publish(TopicArn=topic, Message="no price")
    assert texts(billing) == ["99", "100"]


def test_a_filter_policy_on_bodies(sns, topic, queue, subscribe, bodies):
    billing = queue("billing")
    policy = {"object": {"key": [{"prefix": "auto-"}, "hardcodedvalue"]}}
    subscribe(topic, billing, RawMessageDelivery="true", FilterPolicyScope="MessageBody", FilterPolicy=policy)
    wanted = ['{"object":{"key":"auto-test"}}', '{"object":{"key":"hardcodedvalue"}}']
    for text in (*wanted, '{"object":{"key":"test"}}', "no JSON", '{"object":"auto-"}'):
        sns.publish(TopicArn=topic, Message=text)
    assert bodies(billing) == wanted


def test_a_changed_filter_policy_counts_from_the_next_message_on(sns, topic, queue, subscribe, texts):
    billing = queue("billing")
    subscription = subscribe(topic, billing, FilterPolicy={"kind": ["book"]})
    sns.publish(TopicArn=topic, Message="1")
    sns.set_subscription_attributes(
        SubscriptionArn=subscription, AttributeName="FilterPolicy", AttributeValue='{"kind":[{"exists":false}]}'
    )
    sns.publish(TopicArn=topic, Message="2")
    assert texts(billing) == ["2"]


def test_each_message_of_a_batch_is_filtered(sns, topic, queue, subscribe, texts):
    billing = queue("billing")
    subscribe(topic, billing, FilterPolicy={"kind": ["book"]})
    entries = [
        {"Id": kind, "Message": kind, "MessageAttributes": {"kind": {"DataType": "String", "StringValue": kind}}}
        for kind in ("book", "film")
    ]
    sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    assert texts(billing) == ["book"]


def test_a_queue_of_another_region(sns, topic, subscribe):
    west = boto3.client("sqs", region_name="us-west-2")
    url = west.create_queue(QueueName="far")["QueueUrl"]
    subscribe(topic, "arn:aws:sqs:us-west-2:123456789012:far")
    sns.publish(TopicArn=topic, Message="m")
    (message,) = west.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"])["Message"] == "m"


def test_a_message_group_goes_on_to_a_standard_queue(sns, topic, queue, subscribe, messages):
    billing = queue("billing")
    subscribe(topic, billing)
    sns.publish(TopicArn=topic, Message="m", MessageGroupId="tenant")
    assert messages(billing)[0]["Attributes"]["MessageGroupId"] == "tenant"


def test_the_trace_header_goes_on(fake_cloud, sns, topic, queue, subscribe, messages):
    billing = queue("billing")
    subscribe(topic, billing)
    header = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1"
    sns.meta.events.register(
        "before-sign.sns.Publish", lambda request, **_: request.headers.add_header("X-Amzn-Trace-Id", header)
    )
    sns.publish(TopicArn=topic, Message="m")
    assert messages(billing)[0]["Attributes"]["AWSTraceHeader"] == header


# ── dead letters ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("raw", ["false", "true"])
def test_a_message_for_a_deleted_queue_goes_to_the_dead_letter_queue(
    sns, sqs, topic, queue, subscribe, messages, fake_sns, raw
):
    billing, dead = queue("billing"), queue("dead")
    subscription = subscribe(topic, billing, RawMessageDelivery=raw, RedrivePolicy={"deadLetterTargetArn": dead})
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName="billing")["QueueUrl"])
    published = sns.publish(TopicArn=topic, Message="m", MessageAttributes=ATTRIBUTES)
    (message,) = messages(dead)
    if raw == "true":
        assert (message["Body"], message["MessageAttributes"]) == ("m", ATTRIBUTES)
    else:
        envelope = json.loads(message["Body"])
        assert (envelope["MessageId"], envelope["Message"]) == (published["MessageId"], "m")
        assert envelope["UnsubscribeURL"].endswith(subscription)
        assert "MessageAttributes" not in message
    (delivery,) = fake_sns.topic("orders").deliveries
    assert (delivery.state, delivery.attempt_count) == ("dead-lettered", 1)
    assert sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]["Endpoint"] == billing


def test_without_a_dead_letter_queue_the_message_is_lost_and_that_is_seen(sns, topic, queue, subscribe, fake_sns):
    subscribe(topic, "arn:aws:sqs:us-east-1:123456789012:none")
    sns.publish(TopicArn=topic, Message="m")
    (delivery,) = fake_sns.topic("orders").failed
    assert (delivery.state, delivery.text) == ("failed", "m")
    assert [(attempt.outcome, attempt.reason) for attempt in delivery.attempts] == [
        ("client error", "AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist.")
    ]


def test_a_dead_letter_queue_that_is_gone_loses_the_message(sns, topic, subscribe, fake_sns):
    gone = "arn:aws:sqs:us-east-1:123456789012:gone"
    subscribe(topic, gone, RedrivePolicy={"deadLetterTargetArn": gone + "-too"})
    sns.publish(TopicArn=topic, Message="m")
    assert [each.state for each in fake_sns.topic("orders").deliveries] == ["failed"]


def test_other_subscribers_are_served_all_the_same(sns, topic, queue, subscribe, texts):
    subscribe(topic, "arn:aws:sqs:us-east-1:123456789012:none")
    billing = queue("billing")
    subscribe(topic, billing)
    sns.publish(TopicArn=topic, Message="m")
    assert texts(billing) == ["m"]


# ── permissions ──────────────────────────────────────────────────────────────────────────────────────────────────


def allow(sqs, name, topic):
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": f"arn:aws:sqs:us-east-1:123456789012:{name}",
                "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
            }
        ],
    }
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})


@pytest.mark.cloudfakes(policies="enforced")
def test_a_queue_has_to_allow_the_topic(sns, sqs, topic, queue, subscribe, texts, fake_sns):
    billing, dead = queue("billing"), queue("dead")
    subscribe(topic, billing, RedrivePolicy={"deadLetterTargetArn": dead})
    sns.publish(TopicArn=topic, Message="lost")
    assert [each.state for each in fake_sns.deliveries] == ["failed"]

    allow(sqs, "dead", topic)
    sns.publish(TopicArn=topic, Message="dead")
    allow(sqs, "billing", topic)
    sns.publish(TopicArn=topic, Message="delivered")
    assert (texts(billing), texts(dead)) == (["delivered"], ["dead"])


@pytest.mark.cloudfakes(policies="enforced")
def test_a_queue_may_allow_another_topic_only(sns, sqs, create, queue, subscribe, texts):
    one, two, billing = create("one"), create("two"), queue("billing")
    allow(sqs, "billing", two)
    for topic in (one, two):
        subscribe(topic, billing)
        sns.publish(TopicArn=topic, Message=topic.rpartition(":")[2])
    assert texts(billing) == ["two"]


# ── the two ways to a queue ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("faults", [False, True])
@pytest.mark.parametrize("raw", ["false", "true"])
def test_a_queue_gets_the_same_whether_or_not_faults_are_armed(
    fake_cloud, sns, topic, queue, subscribe, messages, faults, raw
):
    billing = queue("billing")
    subscribe(topic, billing, RawMessageDelivery=raw)
    if faults:
        fake_cloud.faults.fail("sqs", "PurgeQueue", times=None)
    sns.publish(TopicArn=topic, Message="m", MessageAttributes=ATTRIBUTES, MessageGroupId="tenant")
    (message,) = messages(billing)
    assert message["Attributes"]["SenderId"] == "AIDAIT2UOQQY3AUEKVGXU"
    assert message["Attributes"]["MessageGroupId"] == "tenant"
    assert message["Body"] == "m" if raw == "true" else json.loads(message["Body"])["Message"] == "m"
    assert message.get("MessageAttributes") == (ATTRIBUTES if raw == "true" else None)
    assert hashlib.md5(message["Body"].encode(), usedforsecurity=False).hexdigest() == message["MD5OfBody"]
