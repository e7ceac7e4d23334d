"""Delivery to functions: AWS's event, errors of the function, and functions that aren't there."""

from __future__ import annotations

import json

import pytest

ARN = "arn:aws:lambda:us-east-1:123456789012:function:thumbnail"


@pytest.fixture
def function(fake_cloud, topic, subscribe):
    """A function that is subscribed to the topic."""
    registered = fake_cloud.lambdas.register("thumbnail", lambda event, context: None)
    registered.subscription = subscribe(topic, ARN, "lambda")
    return registered


def test_a_function_gets_one_record(sns, topic, function):
    published = sns.publish(TopicArn=topic, Message="Hello world.", Subject="s")
    ((record,),) = [event["Records"] for event in function.events]
    body = record.pop("Sns")
    assert record == {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": function.subscription,
    }
    address = "https://sns.us-east-1.amazonaws.com/"
    assert body.pop("UnsubscribeUrl") == f"{address}?Action=Unsubscribe&SubscriptionArn={function.subscription}"
    assert body.pop("SigningCertUrl").startswith(f"{address}SimpleNotificationService-")
    assert len(body.pop("Signature")) == 344
    assert body.pop("Timestamp").endswith("Z")
    assert body == {
        "Type": "Notification",
        "MessageId": published["MessageId"],
        "TopicArn": topic,
        "Subject": "s",
        "Message": "Hello world.",
        "SignatureVersion": "1",
        "MessageAttributes": {},
    }


def test_a_missing_subject_is_null(sns, topic, function):
    sns.publish(TopicArn=topic, Message="m")
    assert function.events[0]["Records"][0]["Sns"]["Subject"] is None


def test_the_event_is_signed_in_version_1_whatever_the_topic_says(sns, topic, function):
    sns.set_topic_attributes(TopicArn=topic, AttributeName="SignatureVersion", AttributeValue="2")
    sns.publish(TopicArn=topic, Message="m")
    assert function.events[0]["Records"][0]["Sns"]["SignatureVersion"] == "1"


def test_attributes_come_as_texts_or_binary(sns, topic, function):
    attributes = {
        "text": {"DataType": "String", "StringValue": "x"},
        "list": {"DataType": "String.Array", "StringValue": '["a"]'},
        "number": {"DataType": "Number", "StringValue": "5"},
        "bytes": {"DataType": "Binary", "BinaryValue": b"\x02\x03\x04"},
    }
    sns.publish(TopicArn=topic, Message="m", MessageAttributes=attributes)
    assert function.events[0]["Records"][0]["Sns"]["MessageAttributes"] == {
        "text": {"Type": "String", "Value": "x"},
        "list": {"Type": "String", "Value": '["a"]'},
        "number": {"Type": "String", "Value": "5"},
        "bytes": {"Type": "Binary", "Value": "AgME"},
    }


def test_a_function_that_fails_is_invoked_again_and_sns_counts_it_as_delivered(
    sns, topic, fake_cloud, fake_clock, fake_sns, subscribe, seconds
):
    def fail(event, context):
        raise ValueError("no")

    function = fake_cloud.lambdas.register("thumbnail", fail)
    subscribe(topic, ARN, "lambda")
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(1000)
    assert seconds([invocation.at for invocation in function.invocations]) == [0, 60, 180]
    (delivery,) = fake_sns.topic("orders").deliveries
    assert (delivery.state, delivery.attempt_count) == ("delivered", 1)
    (discarded,) = function.discarded
    assert (repr(discarded.error), discarded.attempt) == ("ValueError('no')", 3)


def test_a_function_that_is_not_there_is_not_tried_again(sns, topic, subscribe, fake_sns, fake_clock, queue, envelopes):
    dead = queue("dead")
    subscribe(topic, ARN, "lambda", RedrivePolicy={"deadLetterTargetArn": dead})
    sns.publish(TopicArn=topic, Message="m")
    assert [envelope["Message"] for envelope in envelopes(dead)] == ["m"]
    assert [each.attempt_count for each in fake_sns.topic("orders").deliveries] == [1]


def test_a_function_may_call_aws(sns, sqs, topic, fake_cloud, subscribe, queue, bodies):
    results = queue("results")

    def work(event, context):
        for record in event["Records"]:
            url = sqs.get_queue_url(QueueName="results")["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody=record["Sns"]["Message"].upper())

    fake_cloud.lambdas.register("thumbnail", work)
    subscribe(topic, ARN, "lambda")
    sns.publish(TopicArn=topic, Message="cat.png")
    assert bodies(results) == ["CAT.PNG"]


def test_a_function_that_answers_itself_for_ever_is_found(sns, topic, fake_cloud, subscribe, monkeypatch):
    from pytest_cloudfakes import CloudFakesError, outside

    monkeypatch.setattr(outside, "LIMIT", 100)
    fake_cloud.lambdas.register("thumbnail", lambda event, context: sns.publish(TopicArn=topic, Message="m"))
    subscribe(topic, ARN, "lambda")
    with pytest.raises(CloudFakesError, match="an invocation of thumbnail came after 100 other pieces"):
        sns.publish(TopicArn=topic, Message="m")


def test_the_event_is_what_json_makes_of_it(sns, topic, function):
    sns.publish(TopicArn=topic, Message="größer ✓")
    assert json.loads(json.dumps(function.events[0])) == function.events[0]
