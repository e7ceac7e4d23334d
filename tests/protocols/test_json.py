"""AWS JSON beyond round trips."""

from __future__ import annotations

import datetime
import gc
import json

import botocore.loaders
import pytest
from botocore.model import ServiceModel

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.exceptions import CloudFakesError
from pytest_cloudfakes.protocols import Headers, HttpRequest, protocol_for
from pytest_cloudfakes.protocols.json import Json

RFC_822 = "Tue, 14 Nov 2023 22:13:20 GMT"


@pytest.fixture
def kinesis(peer):
    return peer("kinesis")


def asked(target, content_type="application/x-amz-json-1.1"):
    headers = [("x-amz-target", target)] if target else []
    return HttpRequest("POST", "/", "", Headers([*headers, ("content-type", content_type)]), b"{}")


def decoded(client, operation, body):
    model = client.service_model.operation_model(operation)
    return client.protocol.decode(model, HttpRequest("POST", "/", "", Headers(), body))


def test_the_target_names_the_operation_in_any_case_of_its_header(kinesis):
    request = asked("Kinesis_20131202.PutRecord")
    assert kinesis.protocol.find_operation(kinesis.service_model, request) == "PutRecord"


@pytest.mark.parametrize("target", ["Kinesis_20131202.Nonsense", "Firehose_20150804.PutRecord", "PutRecord", "."])
def test_an_unknown_target_is_an_unknown_operation(target, kinesis):
    with pytest.raises(ApiError) as caught:
        kinesis.protocol.find_operation(kinesis.service_model, asked(target))
    assert (caught.value.code, caught.value.status) == ("UnknownOperationException", 400)


@pytest.mark.parametrize(
    "request_",
    [asked(None), asked("Kinesis_20131202.PutRecord", "text/plain"), asked("Kinesis_20131202.PutRecord", "")],
)
def test_what_is_not_aws_json_at_all_gets_the_short_answer(request_, kinesis):
    with pytest.raises(ApiError) as caught:
        kinesis.protocol.find_operation(kinesis.service_model, request_)
    answer = kinesis.protocol.encode_error(None, kinesis.service_model, caught.value, "request-1")
    assert (answer.status, answer.body) == (404, b"<UnknownOperationException/>\n")


@pytest.mark.parametrize("body", [b"{", b"[]", b"1", b'"a"', b"null", b"\xff", b'{"a": NaN}', b"{}x", b'{"a": "\xc3"}'])
def test_a_body_that_is_no_json_object_is_a_serialization_error(body, kinesis):
    with pytest.raises(ApiError) as caught:
        decoded(kinesis, "ListStreams", body)
    assert (caught.value.code, caught.value.status) == ("SerializationException", 400)


def test_an_empty_body_has_no_parameters(kinesis):
    assert decoded(kinesis, "ListStreams", b"") == {}


def test_unknown_members_and_nulls_are_ignored(kinesis):
    assert decoded(kinesis, "ListStreams", b'{"Limit": 1, "New": {"x": 1}, "NextToken": null}') == {"Limit": 1}


def test_the_last_of_several_members_of_a_name_counts(kinesis):
    assert decoded(kinesis, "ListStreams", b'{"Limit": 1, "Limit": 2}') == {"Limit": 2}


def test_a_null_in_a_list_is_refused(kinesis):
    with pytest.raises(ApiError, match="SerializationException"):
        decoded(kinesis, "PutRecords", b'{"Records": [null]}')


@pytest.mark.parametrize("data", ["$", "YQ", "YQ=\u00e9", "Y Q="])
def test_a_blob_that_is_no_base64_is_refused(data, kinesis):
    with pytest.raises(ApiError, match="SerializationException"):
        decoded(kinesis, "PutRecord", json.dumps({"Data": data}).encode())


@pytest.mark.parametrize("stamp", [1.7e9, 1_700_000_000, "1700000000", "2023-11-14T22:13:20Z", RFC_822])
def test_an_instant_is_read_in_any_form(stamp, kinesis):
    body = json.dumps({"Timestamp": stamp}).encode()
    expected = datetime.datetime(2023, 11, 14, 22, 13, 20, tzinfo=datetime.timezone.utc)
    assert decoded(kinesis, "GetShardIterator", body) == {"Timestamp": expected}


@pytest.mark.parametrize("stamp", ["yesterday", "", 1e300, 10**400, True, [], "2023-13-01T00:00:00Z"])
def test_what_is_no_instant_is_refused(stamp, kinesis):
    with pytest.raises(ApiError, match="SerializationException"):
        decoded(kinesis, "GetShardIterator", json.dumps({"Timestamp": stamp}).encode())


def test_a_whole_number_may_be_written_as_a_fraction(kinesis):
    assert decoded(kinesis, "ListStreams", b'{"Limit": 3.0}') == {"Limit": 3}


def test_an_instant_is_sent_to_the_millisecond(kinesis):
    moment = datetime.datetime(2023, 11, 14, 22, 13, 20, 123_000, tzinfo=datetime.timezone.utc)
    model = kinesis.service_model.operation_model("GetRecords")
    answer = kinesis.protocol.encode(model, {"Records": [{"ApproximateArrivalTimestamp": moment}]}, "request-1")
    assert json.loads(answer.body) == {"Records": [{"ApproximateArrivalTimestamp": 1700000000.123}]}


def test_an_operation_without_an_answer_has_an_empty_body(kinesis):
    answer = kinesis.protocol.encode(kinesis.service_model.operation_model("CreateStream"), {}, "request-1")
    assert answer.body == b""
    assert answer.headers == {
        "x-amzn-RequestId": "request-1",
        "Content-Type": "application/x-amz-json-1.1",
        "Content-Length": "0",
    }


def test_what_is_compiled_goes_with_the_model_it_was_compiled_for():
    model = ServiceModel(botocore.loaders.Loader().load_service_model("kinesis", "service-2"), "kinesis")
    protocol = Json()
    operation = model.operation_model("GetRecords")
    protocol.decode(operation, asked("Kinesis_20131202.GetRecords"))
    protocol.encode(operation, {"Records": []}, "request-1")
    assert (len(protocol._readers), len(protocol._encoders)) == (1, 1)
    del model, operation
    gc.collect()
    assert (len(protocol._readers), len(protocol._encoders)) == (0, 0)


def test_a_protocol_that_is_not_faked_is_named(models):
    with pytest.raises(CloudFakesError, match="'ec2' of ec2"):
        protocol_for(models("ec2"))
