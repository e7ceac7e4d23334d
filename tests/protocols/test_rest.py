"""REST services: which operation a path means, and what stands in headers, addresses and statuses."""

from __future__ import annotations

import datetime
import io
import json

import pytest

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.protocols import Headers, HttpRequest

MOMENT = datetime.datetime(2023, 11, 14, 22, 13, 20, tzinfo=datetime.timezone.utc)

S3_ROUTES = [
    ("GET", "/", "", {}, "ListBuckets"),
    ("GET", "/", "x-id=ListDirectoryBuckets", {}, "ListDirectoryBuckets"),
    ("GET", "/bucket", "", {}, "ListObjects"),
    ("GET", "/bucket/", "prefix=a", {}, "ListObjects"),
    ("GET", "/bucket", "list-type=2&prefix=a", {}, "ListObjectsV2"),
    ("GET", "/bucket", "versions", {}, "ListObjectVersions"),
    ("GET", "/bucket", "uploads=", {}, "ListMultipartUploads"),
    ("GET", "/bucket", "lifecycle", {}, "GetBucketLifecycleConfiguration"),
    ("GET", "/bucket", "notification", {}, "GetBucketNotificationConfiguration"),
    ("GET", "/bucket", "analytics", {}, "ListBucketAnalyticsConfigurations"),
    ("GET", "/bucket", "analytics&id=a", {}, "GetBucketAnalyticsConfiguration"),
    ("PUT", "/bucket", "", {}, "CreateBucket"),
    ("PUT", "/bucket", "notification", {}, "PutBucketNotificationConfiguration"),
    ("POST", "/bucket", "delete", {}, "DeleteObjects"),
    ("GET", "/bucket/a/b.txt", "", {}, "GetObject"),
    ("GET", "/bucket/a/", "", {}, "GetObject"),
    ("GET", "/bucket//", "", {}, "GetObject"),
    ("GET", "/bucket/a", "x-id=GetObject&response-content-type=b", {}, "GetObject"),
    ("GET", "/bucket/a", "acl", {}, "GetObjectAcl"),
    ("GET", "/bucket/a", "attributes", {}, "GetObjectAttributes"),
    ("GET", "/bucket/a", "uploadId=1", {}, "ListParts"),
    ("HEAD", "/bucket/a", "", {}, "HeadObject"),
    ("HEAD", "/bucket", "", {}, "HeadBucket"),
    ("PUT", "/bucket/a", "", {}, "PutObject"),
    ("PUT", "/bucket/a", "", {"X-Amz-Copy-Source": "/b/c"}, "CopyObject"),
    ("PUT", "/bucket/a", "partNumber=1&uploadId=1", {}, "UploadPart"),
    ("PUT", "/bucket/a", "partNumber=1&uploadId=1", {"x-amz-copy-source": "/b/c"}, "UploadPartCopy"),
    ("POST", "/bucket/a", "uploads", {}, "CreateMultipartUpload"),
    ("POST", "/bucket/a", "uploadId=1", {}, "CompleteMultipartUpload"),
    ("DELETE", "/bucket/a", "uploadId=1", {}, "AbortMultipartUpload"),
    ("DELETE", "/bucket/a", "", {}, "DeleteObject"),
]


@pytest.fixture
def s3(peer):
    return peer("s3")


def request(method="GET", path="/", query="", headers=(), body=b""):
    return HttpRequest(method, path, query, Headers(dict(headers).items()), body)


def decoded(client, operation, asked):
    return client.protocol.decode(client.service_model.operation_model(operation), asked)


def encoded(client, operation, answer):
    return client.protocol.encode(client.service_model.operation_model(operation), answer, "request-1")


@pytest.mark.parametrize("method, path, query, headers, operation", S3_ROUTES)
def test_s3_tells_its_operations_apart(method, path, query, headers, operation, s3):
    if operation not in s3.service_model.operation_names:
        pytest.skip("this botocore doesn't know it yet")
    assert s3.protocol.find_operation(s3.service_model, request(method, path, query, headers)) == operation


@pytest.mark.parametrize(
    "service, method, path, code",
    [
        ("s3", "PATCH", "/bucket", "MethodNotAllowed"),
        ("lambda", "GET", "/2015-03-31/nonsense", "AccessDeniedException"),
        ("apigateway", "PUT", "/restapis//resources", "AccessDeniedException"),
    ],
)
def test_a_path_that_means_nothing_is_refused(service, method, path, code, peer):
    client = peer(service)
    with pytest.raises(ApiError) as caught:
        client.protocol.find_operation(client.service_model, request(method, path))
    assert caught.value.code == code


@pytest.mark.parametrize(
    "service, method, path, operation",
    [
        ("lambda", "GET", "/2015-03-31/functions/", "ListFunctions"),
        ("lambda", "GET", "/2015-03-31/functions", "ListFunctions"),
        ("apigatewaymanagementapi", "POST", "/%40connections/a%3D", "PostToConnection"),
        ("apigateway", "GET", "/restapis/a/models/b/default_template", "GetModelTemplate"),
        ("apigateway", "GET", "/tags/arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Frestapis%2Fa", "GetTags"),
    ],
)
def test_a_path_may_be_written_in_several_ways(service, method, path, operation, peer):
    client = peer(service)
    assert client.protocol.find_operation(client.service_model, request(method, path)) == operation


def test_a_key_keeps_its_slashes_and_gets_its_characters_back(s3):
    parameters = decoded(s3, "GetObject", request(path="/bucket/a//b%2Fc%20%E2%82%AC+/"))
    assert parameters == {"Bucket": "bucket", "Key": "a//b/c €+/"}


def test_headers_and_parameters_of_the_address_become_typed_values(s3):
    headers = {"range": "bytes=0-1", "If-Modified-Since": "Tue, 14 Nov 2023 22:13:20 GMT"}
    asked = request(
        path="/bucket/a", query="partNumber=2&response-expires=Tue%2C%2014%20Nov%202023%2022%3A13%3A20%20GMT"
    )
    asked.headers = Headers(headers.items())
    parameters = decoded(s3, "GetObject", asked)
    assert parameters.pop("ResponseExpires") == MOMENT
    assert parameters == {
        "Bucket": "bucket",
        "Key": "a",
        "Range": "bytes=0-1",
        "IfModifiedSince": MOMENT,
        "PartNumber": 2,
    }


@pytest.mark.parametrize("query", ["partNumber=x", "partNumber=", "partNumber=1.5"])
def test_s3_refuses_an_argument_of_another_type(query, s3):
    with pytest.raises(ApiError) as caught:
        decoded(s3, "GetObject", request(path="/bucket/a", query=query))
    assert (caught.value.code, caught.value.status) == ("InvalidArgument", 400)


def test_metadata_is_what_begins_with_its_prefix(s3):
    headers = {"X-Amz-Meta-One": "1", "x-amz-meta-two": "2", "x-amz-other": "3"}
    parameters = decoded(s3, "PutObject", request("PUT", "/bucket/a", headers=headers, body=b"raw"))
    assert parameters == {"Bucket": "bucket", "Key": "a", "Body": b"raw", "Metadata": {"One": "1", "two": "2"}}


def test_a_list_in_a_header_may_quote_its_items(s3):
    headers = {"x-amz-object-attributes": 'ETag, "a,\\"b" ,ObjectSize'}
    parameters = decoded(s3, "GetObjectAttributes", request(path="/bucket/a", query="attributes", headers=headers))
    assert parameters["ObjectAttributes"] == ["ETag", 'a,"b', "ObjectSize"]


@pytest.mark.parametrize(
    "body", [b"<", b"x", b"<!DOCTYPE a><Delete/>", b"<Delete><Quiet>maybe</Quiet></Delete>", b"\xff"]
)
def test_s3_refuses_a_document_that_is_not_well_formed_or_does_not_fit(body, s3):
    with pytest.raises(ApiError) as caught:
        decoded(s3, "DeleteObjects", request("POST", "/bucket", "delete", body=body))
    assert (caught.value.code, caught.value.status) == ("MalformedXML", 400)


def test_a_document_may_have_any_namespace_or_none(s3):
    keys = b"<Object><Key>a</Key></Object><Object><Key>b</Key></Object>"
    for opening in (b"<Delete>", b'<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'):
        parameters = decoded(
            s3, "DeleteObjects", request("POST", "/bucket", "delete", body=opening + keys + b"</Delete>")
        )
        assert parameters["Delete"] == {"Objects": [{"Key": "a"}, {"Key": "b"}]}


def test_an_answer_of_s3_has_the_root_of_its_reference(s3):
    answer = encoded(s3, "ListObjectsV2", {"Name": "b", "Contents": [{"Key": "a & b", "Size": 1}], "KeyCount": 1})
    assert answer.headers["Content-Type"] == "application/xml"
    assert answer.body.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        "<Contents><Key>a &amp; b</Key><Size>1</Size></Contents><Name>b</Name><KeyCount>1</KeyCount></ListBucketResult>"
    )


@pytest.mark.parametrize("region", ["eu-west-1", None])
def test_the_location_of_a_bucket_is_the_root_itself(region, s3):
    answer = encoded(s3, "GetBucketLocation", {"LocationConstraint": region} if region else {})
    assert answer.body.decode().endswith(f">{region or ''}</LocationConstraint>")


def test_every_answer_of_s3_names_its_request_twice(s3):
    answer = encoded(s3, "PutObject", {"ETag": '"e"'})
    assert answer.headers["x-amz-request-id"] == "request-1"
    assert answer.headers["x-amz-id-2"]
    assert (answer.body, answer.headers["Content-Length"], answer.headers["ETag"]) == (b"", "0", '"e"')


def test_head_gives_the_length_of_what_get_would_give(s3):
    answer = encoded(s3, "HeadObject", {"ContentLength": 12, "ContentType": "text/plain"})
    assert (answer.body, answer.headers["Content-Length"]) == (b"", "12")


def test_a_body_may_come_from_a_file_piece_by_piece(s3):
    answer = encoded(s3, "GetObject", {"Body": io.BytesIO(b"x" * 70_000), "ContentLength": 70_000})
    assert [len(piece) for piece in answer.body] == [65_536, 4_464]
    assert answer.headers["Content-Length"] == "70000"


def test_what_a_header_can_not_carry_is_encoded_or_left_out(s3):
    answer = encoded(s3, "HeadObject", {"Metadata": {"a": "é", "b": "line\r\nX-Evil: 1"}})
    assert answer.headers["x-amz-meta-a"] == "=?UTF-8?B?w6k=?="
    assert answer.headers["x-amz-meta-b"] == "line X-Evil: 1"


def test_an_event_of_rest_json_has_the_status_that_the_service_gives(peer):
    client = peer("lambda")
    answer = encoded(client, "Invoke", {"StatusCode": 202, "FunctionError": "Unhandled", "Payload": b""})
    assert (answer.status, answer.body, answer.headers["X-Amz-Function-Error"]) == (202, b"", "Unhandled")


def test_the_status_of_a_success_is_the_models(peer):
    client = peer("apigateway")
    assert encoded(client, "CreateRestApi", {"id": "a"}).status == 201
    deleted = encoded(client, "DeleteRestApi", {})
    assert (deleted.status, deleted.body) == (202, b"")


def test_members_have_their_names_on_the_wire(peer):
    answer = encoded(peer("apigateway"), "GetRestApis", {"items": [{"id": "a", "createdDate": MOMENT}]})
    assert list(json.loads(answer.body)) == ["item"]


def test_parameters_that_the_model_does_not_bind_go_to_its_map(peer):
    client = peer("apigateway")
    asked = request(path="/restapis/a/stages/b/exports/oas30", query="extensions=apigateway&x=1")
    parameters = decoded(client, "GetExport", asked)
    assert parameters["parameters"] == {"extensions": "apigateway", "x": "1"}


@pytest.mark.parametrize("body", [b"null", b"[]", b"{", b"\xff"])
def test_rest_json_refuses_a_body_that_is_no_object(body, peer):
    client = peer("apigateway")
    with pytest.raises(ApiError) as caught:
        decoded(client, "CreateRestApi", request("POST", "/restapis", body=body))
    assert (caught.value.code, caught.value.status) == ("SerializationException", 400)
