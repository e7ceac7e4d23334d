"""The query protocol beyond round trips, and SQS as it was spoken before JSON."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.protocols import Headers, HttpRequest

FORM = "application/x-www-form-urlencoded"


def form(fields, path="/"):
    headers = Headers([("Content-Type", FORM), ("Host", "sqs.eu-west-1.amazonaws.com")])
    return HttpRequest("POST", path, "", headers, urlencode(fields).encode())


def decoded(client, request):
    name = client.protocol.find_operation(client.service_model, request)
    return client.protocol.decode(client.service_model.operation_model(name), request)


@pytest.fixture
def sns(peer):
    return peer("sns")


@pytest.fixture
def sqs(peer):
    return peer("sqs query")


def test_an_action_may_stand_in_the_address(sns):
    request = HttpRequest("GET", "/", "Action=ListTopics&NextToken=a%2Bb", Headers(), b"")
    assert decoded(sns, request) == {"NextToken": "a+b"}


def test_a_request_without_an_action_is_refused(sns):
    with pytest.raises(ApiError) as caught:
        decoded(sns, form({"TopicArn": "t"}))
    assert (caught.value.code, caught.value.status) == ("MissingAction", 400)


@pytest.mark.parametrize(
    "service, text",
    [
        ("sns", "Could not find operation Fly for version 2010-03-31"),
        ("sqs query", "The action Fly is not valid for this endpoint."),
    ],
)
def test_an_unknown_action_is_refused(service, text, peer):
    client = peer(service)
    with pytest.raises(ApiError) as caught:
        decoded(client, form({"Action": "Fly"}))
    assert (caught.value.code, caught.value.text) == ("InvalidAction", text)


@pytest.mark.parametrize("body", [b"Action=Publish&Message=%ff", "Action=Publish&Message=é".encode(), b"\xff"])
def test_a_form_that_is_not_utf_8_is_refused(body, sns):
    request = HttpRequest("POST", "/", "", Headers(), body)
    with pytest.raises(ApiError) as caught:
        sns.protocol.decode(sns.service_model.operation_model("Publish"), request)
    assert caught.value.code == "MalformedQueryString"


def test_entries_come_in_the_order_of_their_numbers_with_gaps(sns):
    fields = {f"TagKeys.member.{n}": f"key {n}" for n in (10, 2, 1)}
    keys = decoded(sns, form({"Action": "UntagResource", "ResourceArn": "t", **fields}))["TagKeys"]
    assert keys == ["key 1", "key 2", "key 10"]


@pytest.mark.parametrize(
    "fields",
    [
        {"TagKeys": "a"},
        {"TagKeys.member.x": "a"},
        {"TagKeys.member.1.2": "a"},
        {"ResourceArn.1": "a"},
        {"TagKeys.member.99999999999999999999": "a"},
    ],
)
def test_a_parameter_of_another_kind_is_malformed_input(fields, sns):
    with pytest.raises(ApiError) as caught:
        decoded(sns, form({"Action": "UntagResource", **fields}))
    assert caught.value.code == "MalformedInput"


def test_an_empty_list_is_sent_as_an_empty_text(sns):
    assert decoded(sns, form({"Action": "UntagResource", "TagKeys": ""})) == {"TagKeys": []}


def test_text_survives_xml(sns):
    given = {"Attributes": {"a": "line\r\nnext\ttab", "b": "]]> & <x> \"'", "c": ""}}
    model = sns.service_model.operation_model("GetTopicAttributes")
    assert sns.answer(model, sns.protocol.encode(model, given, "request-1")) == given


def test_half_a_surrogate_pair_becomes_a_question_mark(sns):
    model = sns.service_model.operation_model("GetTopicAttributes")
    answer = sns.protocol.encode(model, {"Attributes": {"a": "\ud800"}}, "request-1")
    assert sns.answer(model, answer) == {"Attributes": {"a": "?"}}


def test_the_envelope_is_the_services_own(sns):
    model = sns.service_model.operation_model("Publish")
    assert sns.protocol.encode(model, {"MessageId": "m"}, "request-1").body.decode() == (
        '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m</MessageId>'
        "</PublishResult><ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata></PublishResponse>"
    )


# The forms of the API reference of 2012-11-05.
SPOKEN = [
    (
        "SendMessage",
        (
            "QueueUrl=q&MessageBody=b&DelaySeconds=5&MessageAttribute.1.Name=n&MessageAttribute.1.Value.StringValue=v"
            "&MessageAttribute.1.Value.DataType=String&MessageSystemAttribute.1.Name=AWSTraceHeader"
            "&MessageSystemAttribute.1.Value.StringValue=t&MessageSystemAttribute.1.Value.DataType=String"
        ),
        {
            "QueueUrl": "q",
            "MessageBody": "b",
            "DelaySeconds": 5,
            "MessageAttributes": {"n": {"StringValue": "v", "DataType": "String"}},
            "MessageSystemAttributes": {"AWSTraceHeader": {"StringValue": "t", "DataType": "String"}},
        },
    ),
    (
        "SendMessageBatch",
        (
            "QueueUrl=q&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=b"
            "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=n"
            "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.BinaryValue=AAE%3D"
            "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType=Binary"
        ),
        {
            "QueueUrl": "q",
            "Entries": [
                {
                    "Id": "a",
                    "MessageBody": "b",
                    "MessageAttributes": {"n": {"BinaryValue": b"\x00\x01", "DataType": "Binary"}},
                }
            ],
        },
    ),
    (
        "ReceiveMessage",
        "QueueUrl=q&MaxNumberOfMessages=10&AttributeName.1=All&MessageAttributeName.1=.*&MessageAttributeName.2=n",
        {"QueueUrl": "q", "MaxNumberOfMessages": 10, "AttributeNames": ["All"], "MessageAttributeNames": [".*", "n"]},
    ),
    (
        "CreateQueue",
        "QueueName=q&Attribute.1.Name=VisibilityTimeout&Attribute.1.Value=40&Tag.1.Key=k&Tag.1.Value=v",
        {"QueueName": "q", "Attributes": {"VisibilityTimeout": "40"}, "tags": {"k": "v"}},
    ),
    (
        "DeleteMessageBatch",
        "QueueUrl=q&DeleteMessageBatchRequestEntry.1.Id=a&DeleteMessageBatchRequestEntry.1.ReceiptHandle=r",
        {"QueueUrl": "q", "Entries": [{"Id": "a", "ReceiptHandle": "r"}]},
    ),
    (
        "AddPermission",
        "QueueUrl=q&Label=l&AWSAccountId.1=125074342641&ActionName.1=SendMessage&ActionName.2=ReceiveMessage",
        {
            "QueueUrl": "q",
            "Label": "l",
            "AWSAccountIds": ["125074342641"],
            "Actions": ["SendMessage", "ReceiveMessage"],
        },
    ),
    ("UntagQueue", "QueueUrl=q&TagKey.1=a", {"QueueUrl": "q", "TagKeys": ["a"]}),
]


@pytest.mark.parametrize("action, fields, parameters", SPOKEN, ids=[name for name, _, _ in SPOKEN])
def test_sqs_understands_the_forms_of_its_older_protocol(action, fields, parameters, sqs):
    assert decoded(sqs, form([("Action", action), ("Version", "2012-11-05"), *parse_qsl(fields)])) == parameters


def test_sqs_answers_in_its_older_protocol(sqs):
    message = {
        "MessageId": "m",
        "Body": "b",
        "Attributes": {"SenderId": "s"},
        "MessageAttributes": {"n": {"StringValue": "v", "DataType": "String"}},
    }
    model = sqs.service_model.operation_model("ReceiveMessage")
    assert sqs.protocol.encode(model, {"Messages": [message]}, "request-1").body.decode().split("<Message>")[1] == (
        "<MessageId>m</MessageId><Body>b</Body><Attribute><Name>SenderId</Name><Value>s</Value></Attribute>"
        "<MessageAttribute><Name>n</Name><Value><StringValue>v</StringValue><DataType>String</DataType></Value>"
        "</MessageAttribute></Message></ReceiveMessageResult>"
        "<ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata></ReceiveMessageResponse>"
    )


def test_sqs_finds_the_queue_in_the_address_that_old_clients_use(sqs):
    request = form({"Action": "SendMessage", "MessageBody": "b"}, path="/123456789012/jobs")
    assert decoded(sqs, request)["QueueUrl"] == "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"


def test_sqs_takes_no_queue_from_an_address_that_names_none(sqs):
    assert decoded(sqs, form({"Action": "SendMessage", "MessageBody": "b"})) == {"MessageBody": "b"}
