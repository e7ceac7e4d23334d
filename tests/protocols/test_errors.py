"""Errors as clients see them, per protocol."""

from __future__ import annotations

import json

import pytest

from pytest_cloudfakes.api import ApiError, InternalFailure
from pytest_cloudfakes.protocols.errors import SerializationException, UnknownOperationException


class QueueDoesNotExist(ApiError):
    code = "QueueDoesNotExist"
    query_code = "AWS.SimpleQueueService.NonExistentQueue"
    message = "The specified queue does not exist."


class InvalidParameterValue(ApiError):
    code = "InvalidParameterValueException"
    query_code = "InvalidParameterValue"
    message = "Value {value} for parameter {name} is invalid."


def error_of(client, operation, error):
    model = client.service_model.operation_model(operation)
    return client.error(model, client.protocol.encode_error(model, client.service_model, error, "request-1"))


@pytest.fixture
def sqs(peer):
    client = peer("sqs")
    if client.protocol.name != "json":
        pytest.skip("this botocore speaks SQS's older protocol")
    return client


def test_a_query_compatible_service_sends_both_codes(sqs):
    parsed = error_of(sqs, "SendMessage", QueueDoesNotExist())
    assert parsed["Error"] == {
        "Message": "The specified queue does not exist.",
        "Code": "AWS.SimpleQueueService.NonExistentQueue",
        "QueryErrorCode": "QueueDoesNotExist",
        "Type": "Sender",
    }


def test_the_older_sqs_protocol_has_the_older_code(peer):
    parsed = error_of(peer("sqs query"), "SendMessage", QueueDoesNotExist())
    assert parsed["Error"] == {
        "Type": "Sender",
        "Code": "AWS.SimpleQueueService.NonExistentQueue",
        "Message": "The specified queue does not exist.",
        "Detail": None,
    }
    assert parsed["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_an_error_that_the_model_does_not_know_has_no_members_beside_it(sqs):
    parsed = error_of(sqs, "SendMessage", InvalidParameterValue(value=1, name="DelaySeconds"))
    assert parsed["Error"]["Code"] == "InvalidParameterValue"
    assert parsed["Error"]["QueryErrorCode"] == "InvalidParameterValueException"
    assert parsed["Error"]["Message"] == "Value 1 for parameter DelaySeconds is invalid."
    assert "message" not in parsed


def test_the_body_of_an_sqs_error_names_its_namespace(sqs):
    answer = sqs.protocol.encode_error(None, sqs.service_model, QueueDoesNotExist(), "request-1")
    assert json.loads(answer.body) == {
        "__type": "com.amazonaws.sqs#QueueDoesNotExist",
        "message": "The specified queue does not exist.",
    }


def test_other_services_send_no_query_code(peer):
    client = peer("kinesis")
    answer = client.protocol.encode_error(None, client.service_model, QueueDoesNotExist(), "request-1")
    assert "x-amzn-query-error" not in answer.headers
    assert json.loads(answer.body)["__type"] == "QueueDoesNotExist"


def test_an_empty_text_is_not_sent(peer):
    client = peer("kinesis")
    answer = client.protocol.encode_error(None, client.service_model, UnknownOperationException(), "request-1")
    assert json.loads(answer.body) == {"__type": "UnknownOperationException"}
    assert answer.status == 400


@pytest.mark.parametrize("service", ["sqs", "sqs query", "kinesis", "sns", "apigateway", "s3"])
def test_a_failure_of_the_service_is_the_receivers_fault(service, peer):
    client = peer(service)
    parsed = error_of(client, client.service_model.operation_names[0], InternalFailure())
    assert parsed["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert parsed["Error"]["Code"] == "InternalFailure"
    assert parsed["Error"].get("Type", "Receiver") == "Receiver"


@pytest.mark.parametrize("code", ["NotFoundException", "NotFound"])
def test_sns_errors_are_found_by_shape_or_code_and_take_the_status_of_the_model(code, peer):
    error = type("NotFound", (ApiError,), {"code": code, "message": "Topic does not exist"})
    parsed = error_of(peer("sns"), "Publish", error())
    assert parsed["Error"] == {"Type": "Sender", "Code": "NotFound", "Message": "Topic does not exist"}
    assert parsed["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert "message" not in parsed  # XML has it as Message


def test_s3_errors_have_no_envelope_and_carry_what_the_model_does_not_know(peer):
    error = type("NoSuchKey", (ApiError,), {"code": "NoSuchKey", "status": 404, "message": "No.", "members": ("Key",)})
    parsed = error_of(peer("s3"), "GetObject", error(Key="a & b"))
    assert parsed["Error"] == {"Code": "NoSuchKey", "Message": "No.", "Key": "a & b"}
    assert parsed["ResponseMetadata"]["RequestId"] == "request-1"
    assert parsed["ResponseMetadata"]["HostId"]


def test_s3_answers_head_without_a_body(peer):
    error = type("NoSuchKey", (ApiError,), {"code": "NoSuchKey", "status": 404, "message": "No."})
    parsed = error_of(peer("s3"), "HeadObject", error())
    assert parsed["Error"] == {"Code": "404", "Message": "Not Found"}


def test_rest_json_errors_carry_their_code_in_a_header(peer):
    client = peer("lambda")
    members = {"code": "TooManyRequestsException", "members": ("retryAfterSeconds", "Reason"), "message": "Slow down"}
    error = type("TooMany", (ApiError,), members)(retryAfterSeconds="7", Reason="CallerRateLimitExceeded")
    answer = client.protocol.encode_error(None, client.service_model, error, "request-1")
    assert answer.status == 429
    assert answer.headers["x-amzn-ErrorType"] == "TooManyRequestsException"
    assert answer.headers["Retry-After"] == "7"
    assert json.loads(answer.body) == {"message": "Slow down", "Reason": "CallerRateLimitExceeded"}


@pytest.mark.parametrize(
    "value, text",
    [
        (True, "class java.lang.Boolean can not be converted to an String"),
        (1, "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String"),
    ],
)
def test_api_gateway_names_types_as_java_does(value, text, peer):
    client = peer("apigateway")
    operation = client.service_model.operation_model("CreateApiKey")
    request = client.request(operation, {"name": "key"})
    request.body = json.dumps({"name": value}).encode()
    with pytest.raises(SerializationException) as caught:
        client.protocol.decode(operation, request)
    assert caught.value.text == text


@pytest.mark.parametrize(
    "member, value, text",
    [
        ("MessageBody", 1, "NUMBER_VALUE can not be converted to a String"),
        ("MessageBody", {}, "Start of structure or map found where not expected."),
        ("DelaySeconds", "5", "STRING_VALUE can not be converted to an Integer"),
        ("DelaySeconds", True, "TRUE_VALUE can not be converted to an Integer"),
        ("MessageAttributes", [], "Start of list found where not expected"),
    ],
)
def test_a_value_of_another_type_is_named_in_the_words_of_aws(member, value, text, sqs):
    operation = sqs.service_model.operation_model("SendMessage")
    request = sqs.request(operation, {"QueueUrl": "q", "MessageBody": "b"})
    request.body = json.dumps({"QueueUrl": "q", member: value}).encode()
    with pytest.raises(SerializationException) as caught:
        sqs.protocol.decode(operation, request)
    assert caught.value.text == text
