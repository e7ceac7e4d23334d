"""Handlers on botocore's events see what they see with AWS: the same events, keywords, types and contents."""

from __future__ import annotations

import re
import time
from unittest import mock

import boto3
import botocore.awsrequest
import botocore.httpsession
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.model import OperationModel

from pytest_cloudfakes import FakeCloud

EVENTS = (
    "provide-client-params",
    "before-parameter-build",
    "before-endpoint-resolution",
    "before-call",
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
    "response-received",
    "before-parse",
    "needs-retry",
    "after-call",
    "after-call-error",
)
QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs"
MESSAGE = {"MessageId": "11111111-2222-4333-8444-555555555555", "MD5OfMessageBody": "e58706c74d2bf10964d0196b85e4d485"}
MISSING = ("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
NOT_TO_COMPARE = {
    # Only with a connection, or with a body that is measured.
    "content-length",
    "connection",
}


@pytest.fixture
def client():
    config = Config(retries={"mode": "standard", "total_max_attempts": 3})
    return boto3.client(
        "sqs",
        region_name="eu-west-1",
        aws_access_key_id="111122223333",
        aws_secret_access_key="cloudfakes",
        config=config,
    )


@pytest.fixture
def aws(client):
    """Tells the events of one call of send_message, answered by AWS's bytes."""

    def call(*answers, **parameters):
        waiting = list(answers)
        with (
            mock.patch(
                "botocore.httpsession.URLLib3Session.send", lambda session, request: waiting.pop(0)(client, request)
            ),
            mock.patch.object(time, "sleep"),
        ):
            return events_of(client, **parameters)

    return call


@pytest.fixture
def faked(client):
    """Tells the events of the same call to a cloud."""

    def call(arrange=lambda cloud: None, **parameters):
        with FakeCloud() as cloud:
            cloud.clock.hold()
            cloud.client("sqs", region="eu-west-1", account="111122223333").create_queue(QueueName="jobs")
            arrange(cloud)
            return events_of(client, **parameters)

    return call


def went_well(client, request):
    if client.meta.service_model.metadata["protocol"] == "query":
        members = "".join(f"<{name}>{value}</{name}>" for name, value in MESSAGE.items())
        return response(
            request,
            200,
            f"<SendMessageResponse><SendMessageResult>{members}</SendMessageResult>"
            "<ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata>"
            "</SendMessageResponse>",
        )
    members = ",".join(f'"{name}":"{value}"' for name, value in reversed(MESSAGE.items()))
    return response(request, 200, "{" + members + "}")


def went_wrong(status, code, query_code, text):
    fault = "Sender" if status < 500 else "Receiver"

    def answer(client, request):
        if client.meta.service_model.metadata["protocol"] == "query":
            return response(
                request,
                status,
                f"<ErrorResponse><Error><Type>{fault}</Type><Code>{query_code or code}</Code>"
                f"<Message>{text}</Message><Detail/></Error><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>",
            )
        body = f'{{"__type":"com.amazonaws.sqs#{code}","message":"{text}"}}'
        return response(request, status, body, {"x-amzn-query-error": f"{query_code};{fault}"} if query_code else None)

    return answer


def response(request, status, body, headers=None):
    kind = "text/xml" if body.startswith("<") else "application/x-amz-json-1.0"
    headers = {
        "x-amzn-RequestId": "00000000-0000-4000-8000-000000000000",
        "Date": "Sat, 31 Jan 2026 12:00:00 GMT",
        "Content-Type": kind,
        **(headers or {}),
    }
    return AWSResponse(request.url, status, headers, Raw([body.encode()]))


class Raw(list):
    def stream(self, **kwargs):
        return iter(self)


def events_of(client, **parameters):
    """Name and described keywords of every event of one call, and how it ended."""
    seen = []

    def note(event_name, **kwargs):
        seen.append((event_name, {name: described(value) for name, value in kwargs.items()}))

    for event in EVENTS:
        client.meta.events.register_first(event, note, unique_id=f"note-{event}")
    try:
        outcome = described(client.send_message(**{"QueueUrl": QUEUE, "MessageBody": "cat.png", **parameters}))
    except Exception as error:  # noqa: BLE001 what it is, is compared
        outcome = described(error)
    finally:
        for event in EVENTS:
            client.meta.events.unregister(event, unique_id=f"note-{event}")
    return [*seen, ("outcome", outcome)]


def described(value):
    """Type and content, without what differs from call to call."""
    if isinstance(value, (str, bytes)):
        return type(value).__name__, without_chance(value)
    if isinstance(value, dict) or hasattr(value, "items"):
        items = [
            (str(name).lower(), described(item))
            for name, item in value.items()
            if str(name).lower() not in NOT_TO_COMPARE
        ]
        return type(value).__name__, sorted(items, key=lambda item: item[0])
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [described(item) for item in value]
    if value is None or isinstance(value, (int, float)):
        return value
    if isinstance(value, OperationModel):
        return "OperationModel", value.name
    if isinstance(value, ClientError):
        return type(value).__name__, str(value), described(value.response)
    if isinstance(value, Exception):
        return type(value).__name__, without_chance(str(value))
    if isinstance(value, AWSResponse):
        return "AWSResponse", value.status_code, value.url, described(value.headers), without_chance(value.content)
    if type(value).__module__ == "botocore.awsrequest":
        return (
            type(value).__name__,
            value.method,
            without_chance(value.url),
            described(value.headers),
            described(value_body(value)),
        )
    return type(value).__name__


def value_body(request):
    return request.body if isinstance(request, botocore.awsrequest.AWSPreparedRequest) else request.data


CHANCE = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uuid>"),
    (r"\d{8}T\d{6}Z", "<instant>"),
    (r"(?<=/)20\d{6}(?=/)", "<day>"),
    (r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", "<date>"),
    (r"(?<=Signature=)[0-9a-f]{64}", "<signature>"),
    (r"https://queue\.amazonaws\.com/doc/2012-11-05/|http://queue\.amazonaws\.com/doc/2012-11-05/", "<namespace>"),
)


def without_chance(text):
    if isinstance(text, bytes):
        text = text.decode()
    for pattern, name in CHANCE:
        text = re.sub(pattern, name, text)
    return text


def same_bodies(events):
    """Bodies may be written differently, as long as they are parsed to the same."""
    text = repr(events)
    text = re.sub(r"'<(?:\?xml|SendMessageResponse|ErrorResponse).*?(?:Response)>\\?n?'", "'<xml>'", text)
    return re.sub(r"'\{\"[^']*\}'", "'<json>'", text)


def assert_same(real, fake):
    assert [name for name, _ in fake] == [name for name, _ in real]
    for (name, expected), (_, seen) in zip(real, fake, strict=True):
        if isinstance(expected, dict):
            assert list(seen) == list(expected), name
        assert same_bodies(seen) == same_bodies(expected), name


def test_a_call_that_goes_well(aws, faked):
    real = aws(went_well)
    assert [name.partition(".")[0] for name, _ in real][-2:] == ["after-call", "outcome"]
    assert_same(real, faked())


def test_a_call_that_goes_wrong(aws, faked):
    missing = {"QueueUrl": QUEUE + "-missing"}
    real = aws(went_wrong(400, *MISSING), **missing)
    assert_same(real, faked(**missing))


def test_a_call_that_is_throttled_and_retried(aws, faked):
    throttled = went_wrong(403, "RequestThrottled", "RequestThrottled", "Request is throttled.")

    def arrange(cloud):
        cloud.faults.fail("sqs", "SendMessage", "RequestThrottled", message="Request is throttled.")

    real = aws(throttled, went_well)
    assert len([name for name, _ in real if name.startswith("needs-retry")]) == 2
    assert_same(real, faked(arrange))


def test_a_call_whose_service_is_unavailable_for_good(aws, faked):
    unavailable = went_wrong(503, "ServiceUnavailable", None, "Service Unavailable")
    real = aws(unavailable, unavailable, unavailable)
    assert_same(real, faked(lambda cloud: cloud.faults.fail("sqs", "SendMessage", "ServiceUnavailable", times=3)))


def test_a_call_that_the_client_refuses(aws, faked):
    real = aws(MessageBody=7)
    assert real[-1][1][0] == "ParamValidationError"
    assert_same(real, faked(MessageBody=7))


def test_a_connection_that_breaks(aws, faked):
    def broken(client, request):
        raise botocore.exceptions.ConnectionClosedError(endpoint_url=request.url, request=request)

    real = aws(broken, broken, broken)
    assert real[-2][0].startswith("after-call-error")
    assert_same(real, faked(lambda cloud: cloud.faults.lose_answer("sqs", "SendMessage", times=3)))


@pytest.mark.parametrize("event", EVENTS[:-1])
def test_a_handler_registered_on_a_used_client_is_called_and_after_it_left_no_longer(client, event):
    with FakeCloud() as cloud:
        url = client.create_queue(QueueName="jobs")["QueueUrl"]
        client.send_message(QueueUrl=url, MessageBody="before")
        seen = []
        handler = lambda **kwargs: seen.append(kwargs["event_name"])  # noqa: E731
        client.meta.events.register(f"{event}.sqs.SendMessage", handler)
        client.send_message(QueueUrl=url, MessageBody="during")
        client.meta.events.unregister(f"{event}.sqs.SendMessage", handler)
        client.send_message(QueueUrl=url, MessageBody="after")

        known = {name for name, _ in events_of(client, QueueUrl=url)}
    assert len(cloud.calls) == 5
    assert len(seen) == (1 if f"{event}.sqs.SendMessage" in known else 0)


@pytest.mark.parametrize(
    "event",
    [
        "before-parameter-build.sqs.SendMessage",
        "provide-client-params.sqs.SendMessage",
        "before-parameter-build",
        "provide-client-params.*.SendMessage",
    ],
)
def test_a_handler_may_change_the_parameters(client, event):
    def change(params, **kwargs):
        params["MessageBody"] = "changed"

    with FakeCloud() as cloud:
        url = client.create_queue(QueueName="jobs")["QueueUrl"]
        client.meta.events.register(event, change)
        client.send_message(QueueUrl=url, MessageBody="cat.png")
        client.meta.events.unregister(event, change)
    assert cloud.calls[-1].parameters["MessageBody"] == "changed"


def test_a_handler_of_before_send_may_answer_instead(client):
    def answer(request, **kwargs):
        return went_well(client, request)

    with FakeCloud() as cloud:
        client.list_queues()
        client.meta.events.register("before-send.sqs.SendMessage", answer)
        assert client.send_message(QueueUrl=QUEUE, MessageBody="cat.png")["MessageId"] == MESSAGE["MessageId"]
        client.meta.events.unregister("before-send.sqs.SendMessage", answer)
    assert [call.operation for call in cloud.calls] == ["ListQueues"]


def test_a_handler_of_after_call_may_change_the_answer(client):
    def mark(parsed, **kwargs):
        parsed["Marked"] = True

    with FakeCloud():
        client.meta.events.register_last("after-call.sqs.ListQueues", mark)
        assert client.list_queues()["Marked"] is True
        client.meta.events.unregister("after-call.sqs.ListQueues", mark)


def test_a_handler_on_the_session_is_noticed_by_its_clients(fake_cloud):
    session = boto3.Session()
    seen = []
    session.events.register("before-send.sqs", lambda **kwargs: seen.append(kwargs["event_name"]))
    session.client("sqs").list_queues()

    assert seen == ["before-send.sqs.ListQueues"]


def test_the_history_recorder_is_told_of_every_step(fake_cloud, sqs):
    from botocore.history import get_global_history_recorder

    class Handler:
        def __init__(self):
            self.events = []

        def emit(self, event_type, payload, source):
            self.events.append(event_type)

    recorder, handler = get_global_history_recorder(), Handler()
    sqs.list_queues()
    recorder.add_handler(handler)
    recorder.enable()
    try:
        sqs.list_queues()
    finally:
        recorder.disable()
        recorder._handlers.remove(handler)
    assert handler.events == ["API_CALL", "HTTP_REQUEST", "HTTP_RESPONSE", "PARSED_RESPONSE"]
