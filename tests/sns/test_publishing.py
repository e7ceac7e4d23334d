"""Publish and PublishBatch: what a message must be, its attributes, and structured messages."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/app/0b2e5e5c-0000-0000-0000-000000000000"
VALUES = {"DataType": "String", "StringValue": "x"}


@pytest.fixture
def publish(sns, topic):
    return lambda message="m", **parameters: sns.publish(TopicArn=topic, Message=message, **parameters)


@pytest.fixture
def listening(topic, queue, subscribe):
    """The ARN of a queue that gets what is published, in envelopes."""
    arn = queue("billing")
    subscribe(topic, arn)
    return arn


@pytest.fixture
def invalid_value(refused):
    return lambda message=None: refused("ParameterValueInvalid", message)


def test_a_message_gets_an_id(publish):
    first, second = publish(), publish()
    assert first["MessageId"] != second["MessageId"]
    assert "SequenceNumber" not in first


def test_a_topic_may_be_the_target(sns, topic, listening, texts):
    sns.publish(TargetArn=topic, Message="m")
    assert texts(listening) == ["m"]


@pytest.mark.parametrize(
    "to", [{}, {"TopicArn": "arn:aws:sns:us-east-1:123456789012:orders", "PhoneNumber": "+15551234567"}]
)
def test_a_message_has_one_target(sns, topic, invalid, to):
    with invalid("Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter"):
        sns.publish(Message="m", **to)


def test_targets_that_are_not_there(sns, topic, not_found, invalid):
    with not_found("Topic"):
        sns.publish(TopicArn=topic + "x", Message="m")
    text = "Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified"
    with invalid(text):
        sns.publish(TargetArn=ENDPOINT, Message="m")


def test_a_message_is_not_empty(publish, invalid):
    with invalid("Invalid parameter: Empty message"):
        publish("")


def test_a_message_has_at_most_256_kilobytes(publish, invalid):
    publish("x" * 262_144)
    with invalid("Invalid parameter: Message too long"):
        publish("x" * 262_145)
    publish("ü" * 131_072)
    with invalid():
        publish("ü" * 131_072 + "x")


def test_attributes_count_with_name_type_and_value(publish, invalid):
    attributes = {"name": {"DataType": "String", "StringValue": "value"}}
    room = 262_144 - len("nameStringvalue")
    publish("x" * room, MessageAttributes=attributes)
    with invalid("Invalid parameter: Message too long"):
        publish("x" * (room + 1), MessageAttributes=attributes)


def test_a_topic_may_take_smaller_and_larger_messages(sns, topic, publish, invalid):
    for size in (1_024, 1_048_576):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="MaximumMessageSize", AttributeValue=str(size))
        publish("x" * size)
        with invalid("Invalid parameter: Message too long"):
            publish("x" * (size + 1))


@pytest.mark.parametrize("subject", ["x", "x" * 99, "[Subject] Größe"])
def test_a_subject_that_is_taken(publish, listening, envelopes, subject):
    publish(Subject=subject)
    assert [envelope["Subject"] for envelope in envelopes(listening)] == [subject]


@pytest.mark.parametrize("subject", ["", "x" * 100, "a\nb", "a\tb", "\x7f"])
def test_a_subject_that_is_not_taken(publish, invalid, subject):
    with invalid("Invalid parameter: Subject"):
        publish(Subject=subject)


@pytest.mark.parametrize("code", ["KMSThrottling", "KMSDisabled", "KMSAccessDenied", "InvalidSecurity"])
def test_errors_that_only_a_test_can_cause(fake_cloud, publish, code):
    fake_cloud.faults.fail("sns", "Publish", code)
    with pytest.raises(ClientError) as caught:
        publish()
    assert caught.value.response["Error"]["Code"] == code


# ── structured messages ──────────────────────────────────────────────────────────────────────────────────────────


def test_each_protocol_gets_its_own_text(sns, topic, fake_sns, queue, subscribe, texts):
    subscribe(topic, queue("billing"))
    fake_sns.subscribe("orders", "email", "me@example.com")
    subscribe(topic, "+15551234567", "sms")
    text = json.dumps({"default": "for all", "sqs": "for queues", "email": "for people", "other": "x", "sms": 5})
    sns.publish(TopicArn=topic, Message=text, MessageStructure="json")
    assert texts("arn:aws:sqs:us-east-1:123456789012:billing") == ["for queues"]
    assert [mail.text for mail in fake_sns.outbox.emails][1:] == ["for people"]
    assert [each.text for each in fake_sns.outbox.sms] == ["for all"]


@pytest.mark.parametrize(
    "text, reason",
    [
        ('{"email":"x"}', "No default entry in JSON message body"),
        ('{"default":5}', "No default entry in JSON message body"),
        ('{"default":{"object":"test"}}', "No default entry in JSON message body"),
        ('["default"]', "No default entry in JSON message body"),
        ("{", "JSON message body failed to parse"),
        ("text", "JSON message body failed to parse"),
    ],
)
def test_a_structured_message_that_is_none(publish, invalid, text, reason):
    with invalid(f"Invalid parameter: Message Structure - {reason}"):
        publish(text, MessageStructure="json")


def test_of_duplicate_keys_the_last_counts(publish, listening, texts):
    publish('{"default":"one","default":"two"}', MessageStructure="json")
    assert texts(listening) == ["two"]


def test_json_is_the_only_structure(publish, invalid):
    with invalid("Invalid parameter: MessageStructure"):
        publish(MessageStructure="xml")


# ── message attributes ───────────────────────────────────────────────────────────────────────────────────────────


def test_attributes_travel_in_the_envelope(publish, listening, envelopes):
    publish(
        MessageAttributes={
            "text": {"DataType": "String", "StringValue": "x"},
            "list": {"DataType": "String.Array", "StringValue": '["a",1]'},
            "number": {"DataType": "Number.int", "StringValue": "99.12"},
            "bytes": {"DataType": "Binary", "BinaryValue": b"\x02\x03\x04"},
        }
    )
    (envelope,) = envelopes(listening)
    assert envelope["MessageAttributes"] == {
        "text": {"Type": "String", "Value": "x"},
        "list": {"Type": "String.Array", "Value": '["a",1]'},
        "number": {"Type": "Number.int", "Value": "99.12"},
        "bytes": {"Type": "Binary", "Value": "AgME"},
    }


EMPTY = "The message attribute 'a' must contain non-empty message attribute value for message attribute type '{}'."
FIELD = "The message attribute 'a' with type '{}' must use field '{}'."
TYPE = (
    "The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is "
    "Binary, Number, and String."
)


@pytest.mark.parametrize(
    "attribute, text",
    [
        ({"DataType": "String", "StringValue": ""}, EMPTY.format("String")),
        ({"DataType": "String"}, EMPTY.format("String")),
        ({"DataType": "Binary", "BinaryValue": b""}, EMPTY.format("Binary")),
        ({"DataType": "String", "BinaryValue": b"x"}, FIELD.format("String", "String")),
        ({"DataType": "Number", "BinaryValue": b"x"}, FIELD.format("Number", "String")),
        ({"DataType": "Binary", "StringValue": "x"}, FIELD.format("Binary", "Binary")),
        ({"DataType": "InvalidType", "StringValue": "x"}, TYPE),
        ({"DataType": "prefixed-Number", "StringValue": "1"}, TYPE),
        ({"DataType": "Number", "StringValue": "x"}, None),
        ({"DataType": "Number", "StringValue": "1000000001"}, None),
        ({"DataType": "Number", "StringValue": "0.000001"}, None),
    ],
)
def test_a_message_attribute_that_is_refused(sns, topic, publish, invalid_value, attribute, text):
    with invalid_value(text):
        publish(MessageAttributes={"a": attribute})
    with invalid_value(text):
        sns.publish_batch(
            TopicArn=topic,
            PublishBatchRequestEntries=[
                {"Id": "1", "Message": "m", "MessageAttributes": {"a": attribute}},
                {"Id": "2", "Message": "m"},
            ],
        )


@pytest.mark.parametrize(
    "attribute",
    [
        {"DataType": "Number", "StringValue": "-1000000000"},
        {"DataType": "Number", "StringValue": "0.00001"},
        {"DataType": "Number", "StringValue": "1.000000000"},
        {"DataType": "Number.custom", "StringValue": "1e3"},
        {"DataType": "String.custom", "StringValue": "x"},
    ],
)
def test_a_message_attribute_that_is_taken(publish, attribute):
    assert publish(MessageAttributes={"a": attribute})["MessageId"]


@pytest.mark.parametrize(
    "name, text",
    [
        ("a" * 257, "Length of message attribute name must be less than 256 bytes."),
        (
            "a^b",
            (
                "Invalid non-alphanumeric character '#x5E' was found in the message attribute name. Can only include "
                "alphanumeric characters, hyphens, underscores, or dots."
            ),
        ),
        (".a", "Invalid message attribute name starting with character '.' was found."),
        ("a.", "Invalid message attribute name ending with character '.' was found."),
        ("a..b", "Message attribute name can not have successive '.' character."),
        ("AWS.own", None),
        ("amazon.own", None),
    ],
)
def test_a_name_that_is_refused(publish, invalid_value, name, text):
    with invalid_value(text):
        publish(MessageAttributes={name: VALUES})


@pytest.mark.parametrize("name", ["a" * 256, "A-Z_0.9", "AWS.SNS.SMS.SenderID", "AWS.SNS.MOBILE.GCM.TTL"])
def test_a_name_that_is_taken(publish, name):
    assert publish(MessageAttributes={name: VALUES})["MessageId"]


@pytest.mark.parametrize("batch", [False, True])
def test_a_missing_type_is_found_by_the_model(sns, topic, publish, refused, batch):
    plain = boto3.client("sns", region_name="us-east-1", config=Config(parameter_validation=False))
    attributes = {"attr1": {"StringValue": "x"}}
    path = "publishBatchRequestEntries.1.member.messageAttributes" if batch else "messageAttributes"
    text = f"Value null at '{path}.attr1.member.dataType' failed to satisfy constraint: Member must not be null"
    with refused("ValidationError", f"1 validation error detected: {text}"):
        if batch:
            entries = [{"Id": "1", "Message": "m", "MessageAttributes": attributes}]
            plain.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
        else:
            plain.publish(TopicArn=topic, Message="m", MessageAttributes=attributes)


# ── batches ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def publish_batch(sns, topic):
    def publish(*entries):
        made = [entry if isinstance(entry, dict) else {"Id": entry, "Message": f"m{entry}"} for entry in entries]
        return sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=made)

    return publish


def test_a_batch_of_ten_is_published(publish_batch, listening, envelopes):
    answer = publish_batch(*map(str, range(10)))
    assert answer["Failed"] == []
    assert [each["Id"] for each in answer["Successful"]] == [str(n) for n in range(10)]
    found = envelopes(listening)
    assert [each["Message"] for each in found] == [f"m{n}" for n in range(10)]
    assert [each["MessageId"] for each in found] == [each["MessageId"] for each in answer["Successful"]]


def test_batches_that_are_none(publish_batch, refused):
    with refused("EmptyBatchRequest"):
        publish_batch()
    with refused("TooManyEntriesInBatchRequest"):
        publish_batch(*map(str, range(11)))
    with refused("BatchEntryIdsNotDistinct"):
        publish_batch("1", "1")


@pytest.mark.parametrize("name", ["a" * 80, "valid-message_123"])
def test_an_id_that_is_taken(publish_batch, name):
    assert publish_batch(name)["Successful"][0]["Id"] == name


@pytest.mark.parametrize(
    "name, problem",
    [
        ("message.id", "contains an impermissible character"),
        ("msg@123#test", "contains an impermissible character"),
        ("a" * 81, "is too long"),
        ("a" * 91, "is too long"),
    ],
)
def test_an_id_that_is_refused(publish_batch, refused, name, problem):
    text = f"The Id of a batch entry in the batch request {problem}: {name}"
    with refused("InvalidBatchEntryId", text):
        publish_batch(name)


def test_all_messages_of_a_batch_together_have_at_most_256_kilobytes(publish_batch, refused):
    text = "The length of all the messages put together is more than the limit."
    half = {"Id": "1", "Message": "x" * 131_072}
    assert len(publish_batch(half, {**half, "Id": "2"})["Successful"]) == 2
    with refused("BatchRequestTooLong", text):
        publish_batch(half, {"Id": "2", "Message": "x" * 131_073})
    with refused("BatchRequestTooLong", text):
        publish_batch(half, {**half, "Id": "2", "MessageAttributes": {"a": VALUES}})


def test_an_entry_that_fails_lets_the_others_through(publish_batch, listening, texts):
    answer = publish_batch("1", {"Id": "2", "Message": "m", "Subject": "a\nb"}, "3")
    assert [each["Id"] for each in answer["Successful"]] == ["1", "3"]
    assert answer["Failed"] == [
        {"Id": "2", "Code": "InvalidParameter", "Message": "Invalid parameter: Subject", "SenderFault": True}
    ]
    assert texts(listening) == ["m1", "m3"]
