"""A real client of botocore, its requests answered where it would send them."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.protocols import Headers, HttpRequest, protocol_for


class QueueDoesNotExist(ApiError):
    code = "QueueDoesNotExist"
    query_code = "AWS.SimpleQueueService.NonExistentQueue"
    message = "The specified queue does not exist."


class Raw(io.BytesIO):
    def stream(self, **_):
        while piece := self.read(100):
            yield piece


@pytest.fixture
def client():
    """A client of a service and the requests that reached its server, which answers with what the test wants."""

    def make(service, answer):
        made = boto3.client(
            service,
            region_name="eu-west-1",
            aws_access_key_id="a",
            aws_secret_access_key="b",
            config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
        )
        model = made.meta.service_model
        protocol = protocol_for(model)
        calls = []

        def serve(request, **_):
            url = urlsplit(request.url)
            body = request.body or b""
            body = body.read() if hasattr(body, "read") else body.encode() if isinstance(body, str) else bytes(body)
            asked = HttpRequest(request.method, url.path or "/", url.query, Headers(request.headers.items()), body)
            operation = model.operation_model(protocol.find_operation(model, asked))
            calls.append((operation.name, protocol.decode(operation, asked)))
            if isinstance(answer, ApiError):
                http = protocol.encode_error(operation, model, answer, "request-1")
            else:
                http = protocol.encode(operation, answer, "request-1")
            sent = http.body if isinstance(http.body, bytes) else b"".join(http.body)
            return AWSResponse(request.url, http.status, {k.lower(): v for k, v in http.headers.items()}, Raw(sent))

        made.meta.events.register("before-send", serve)
        return made, calls

    return make


def test_sqs_sends_a_message(client):
    sqs, calls = client("sqs", {"MessageId": "m", "MD5OfMessageBody": "5d41402abc4b2a76b9719d911017c592"})
    answer = sqs.send_message(QueueUrl="https://sqs.eu-west-1.amazonaws.com/123456789012/jobs", MessageBody="hello")
    assert calls == [
        ("SendMessage", {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs", "MessageBody": "hello"})
    ]
    assert answer["MessageId"] == "m"
    assert answer["ResponseMetadata"]["RequestId"] == "request-1"


def test_sqs_raises_the_modelled_exception(client):
    sqs, _ = client("sqs", QueueDoesNotExist())
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
        sqs.get_queue_url(QueueName="jobs")
    assert caught.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"


def test_sns_publishes(client):
    sns, calls = client("sns", {"MessageId": "m"})
    attributes = {"a": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}
    assert sns.publish(TopicArn="t", Message="ü", MessageAttributes=attributes)["MessageId"] == "m"
    assert calls == [("Publish", {"TopicArn": "t", "Message": "ü", "MessageAttributes": attributes})]


def test_kinesis_subscribes(client):
    event = {"SubscribeToShardEvent": {"Records": [], "ContinuationSequenceNumber": "1", "MillisBehindLatest": 0}}
    kinesis, calls = client("kinesis", {"EventStream": [event, event]})
    arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/s/consumer/c:1"
    position = {"Type": "LATEST"}
    answer = kinesis.subscribe_to_shard(ConsumerARN=arn, ShardId="shardId-0", StartingPosition=position)
    assert list(answer["EventStream"]) == [event, event]
    assert calls == [("SubscribeToShard", {"ConsumerARN": arn, "ShardId": "shardId-0", "StartingPosition": position})]


def test_s3_puts_and_gets_an_object(client):
    s3, calls = client("s3", {"ETag": '"e"', "Body": b"content", "ContentLength": 7, "Metadata": {"a": "b"}})
    s3.put_object(Bucket="bucket", Key="a b/c", Body=b"content", Metadata={"a": "b"})
    answer = s3.get_object(Bucket="bucket", Key="a b/c")
    assert (answer["Body"].read(), answer["Metadata"], answer["ETag"]) == (b"content", {"a": "b"}, '"e"')
    (put, sent), (get, asked) = calls
    assert (put, sent["Key"], sent["Metadata"]) == ("PutObject", "a b/c", {"a": "b"})
    assert sent["Body"] == b"content"
    assert (get, asked["Bucket"], asked["Key"]) == ("GetObject", "bucket", "a b/c")


def test_s3_locates_a_bucket(client):
    s3, _ = client("s3", {"LocationConstraint": "eu-west-1"})
    assert s3.get_bucket_location(Bucket="bucket")["LocationConstraint"] == "eu-west-1"


def test_api_gateway_lists_apis(client):
    gateway, calls = client("apigateway", {"items": [{"id": "a", "name": "n"}], "position": "p"})
    answer = gateway.get_rest_apis(limit=5)
    assert (answer["items"], answer["position"]) == ([{"id": "a", "name": "n"}], "p")
    assert calls == [("GetRestApis", {"limit": 5})]


def test_an_unmodelled_error_is_a_client_error(client):
    error = type("Throttled", (ApiError,), {"code": "ThrottlingException", "message": "Rate exceeded"})()
    for service, call in (("kinesis", "list_streams"), ("lambda", "list_functions"), ("sns", "list_topics")):
        made, _ = client(service, error)
        with pytest.raises(ClientError, match=r"ThrottlingException.*Rate exceeded"):
            getattr(made, call)()
