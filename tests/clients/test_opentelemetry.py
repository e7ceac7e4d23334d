"""OpenTelemetry's instrumentation of botocore sees the calls as with AWS, whenever it is put on and off.

It wraps `BaseClient._make_api_call` and `Endpoint.prepare_request`, and undoes whatever lies on top of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from pytest_cloudfakes import FakeCloud

REGION = "eu-west-1"


class Telemetry:
    """OpenTelemetry as an application sets it up, with the finished spans kept in memory."""

    def __init__(self) -> None:
        self.provider = TracerProvider()
        self._exporter = InMemorySpanExporter()
        self.provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.tracer = self.provider.get_tracer("tests")
        self._instrumentor = BotocoreInstrumentor()

    def instrument(self, **hooks: Any) -> None:
        self._instrumentor.instrument(tracer_provider=self.provider, **hooks)

    def uninstrument(self) -> None:
        if self._instrumentor.is_instrumented_by_opentelemetry:
            self._instrumentor.uninstrument()

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self._exporter.get_finished_spans())

    @property
    def names(self) -> list[str]:
        return [span.name for span in self.spans]


@pytest.fixture
def telemetry(patches: Any) -> Iterator[Telemetry]:
    telemetry = Telemetry()
    yield telemetry
    telemetry.uninstrument()


@pytest.fixture(params=["instrumented before the cloud", "instrumented inside the cloud"])
def cloud(request: pytest.FixtureRequest, telemetry: Telemetry) -> Iterator[FakeCloud]:
    if "before" in request.param:
        telemetry.instrument()
    with FakeCloud() as cloud:
        if "inside" in request.param:
            telemetry.instrument()
        yield cloud


@pytest.fixture
def client(cloud: FakeCloud) -> Any:
    return boto3.client("sqs", region_name=REGION)


def test_a_span_has_service_operation_region_request_id_and_status(client: Any, telemetry: Telemetry) -> None:
    url = client.create_queue(QueueName="orders")["QueueUrl"]
    sent = client.send_message(QueueUrl=url, MessageBody="order 1")

    span = telemetry.spans[-1]
    assert (span.name, span.kind, span.status.status_code) == (
        "SQS.SendMessage", SpanKind.CLIENT, StatusCode.UNSET,
    )  # fmt: skip
    assert dict(span.attributes or {}) == {
        "rpc.system": "aws-api",
        "rpc.service": "SQS",
        "rpc.method": "SendMessage",
        "cloud.region": REGION,
        "server.address": f"sqs.{REGION}.amazonaws.com",
        "server.port": 443,
        "aws.queue_url": url,
        "messaging.system": "aws.sqs",
        "messaging.url": url,
        "messaging.destination": "orders",
        "messaging.message.id": sent["MessageId"],
        "aws.request_id": sent["ResponseMetadata"]["RequestId"],
        "http.status_code": 200,
        "retry_attempts": 0,
    }


def test_every_call_makes_one_span(client: Any, telemetry: Telemetry) -> None:
    url = client.create_queue(QueueName="orders")["QueueUrl"]
    client.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "order 1"}])
    [message] = client.receive_message(QueueUrl=url)["Messages"]
    client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    list(client.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 10}))

    assert telemetry.names == [
        "SQS.CreateQueue",
        "SQS.SendMessageBatch",
        "SQS.ReceiveMessage",
        "SQS.DeleteMessage",
        "SQS.ListQueues",
    ]
    assert telemetry.spans[2].attributes["messaging.message.id"] == message["MessageId"]


def test_an_error_of_aws_ends_the_span_with_its_status(client: Any, telemetry: Telemetry) -> None:
    with pytest.raises(ClientError) as caught:
        client.get_queue_url(QueueName="nowhere")

    [span] = telemetry.spans
    assert span.status.status_code is StatusCode.ERROR
    assert str(caught.value) in str(span.status.description)
    assert span.attributes["http.status_code"] == 400
    assert span.attributes["aws.request_id"] == caught.value.response["ResponseMetadata"]["RequestId"]
    assert [event.name for event in span.events] == ["exception"]


def test_retries_are_part_of_the_span(client: Any, cloud: FakeCloud, telemetry: Telemetry) -> None:
    cloud.clock.hold()
    cloud.faults.fail("sqs", "ListQueues", "RequestThrottled", times=2)
    client.list_queues()

    [span] = telemetry.spans
    assert span.attributes["retry_attempts"] == 2
    assert span.attributes["http.status_code"] == 200


def test_the_trace_header_of_a_request_becomes_the_trace_header_of_the_message(
    client: Any, telemetry: Telemetry
) -> None:
    url = client.create_queue(QueueName="orders")["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody="order 1")
    span = telemetry.spans[-1]

    received = client.receive_message(QueueUrl=url, MessageSystemAttributeNames=["AWSTraceHeader"])
    trace_id = f"{span.context.trace_id:032x}"
    assert received["Messages"][0]["Attributes"] == {
        "AWSTraceHeader": f"Root=1-{trace_id[:8]}-{trace_id[8:]};Parent={span.context.span_id:016x};Sampled=1"
    }


def test_spans_of_calls_are_children_of_the_current_span(client: Any, telemetry: Telemetry) -> None:
    with telemetry.tracer.start_as_current_span("checkout"):
        client.list_queues()

    call, checkout = telemetry.spans
    assert call.parent is not None
    assert call.parent.span_id == checkout.context.span_id


def test_hooks_see_the_parameters_and_the_answer(telemetry: Telemetry) -> None:
    seen: list[Any] = []
    telemetry.instrument(
        request_hook=lambda span, service, operation, parameters: seen.append((operation, parameters)),
        response_hook=lambda span, service, operation, answer: seen.append((operation, answer)),
    )
    with FakeCloud():
        answer = boto3.client("sqs", region_name=REGION).create_queue(QueueName="orders")

    assert seen == [("CreateQueue", {"QueueName": "orders"}), ("CreateQueue", answer)]


def test_a_client_made_before_everything_is_seen(telemetry: Telemetry, elsewhere: Any) -> None:
    with FakeCloud():
        telemetry.instrument()
        elsewhere.create_queue(QueueName="orders")

    assert telemetry.names == ["SQS.CreateQueue"]


def test_taken_off_inside_it_sees_no_more_and_the_cloud_goes_on(client: Any, telemetry: Telemetry) -> None:
    client.create_queue(QueueName="orders")
    telemetry.uninstrument()

    assert client.list_queues()["QueueUrls"]
    assert telemetry.names == ["SQS.CreateQueue"]


@pytest.mark.parametrize("order", ["on off enter leave", "on enter off leave", "enter on off leave"])
def test_taken_off_before_the_cloud_ends_it_leaves_botocore_as_it_was(
    order: str, telemetry: Telemetry, patches: Callable[[], dict[str, object]]
) -> None:
    before = patches()
    run(order, telemetry)
    assert changed(before, patches()) == []


@pytest.mark.parametrize("order", ["on enter leave off", "enter on leave off"])
def test_taken_off_after_the_cloud_it_leaves_botocore_as_it_was(
    order: str, telemetry: Telemetry, patches: Callable[[], dict[str, object]]
) -> None:
    before = patches()
    run(order, telemetry)
    assert changed(before, patches()) == []


@pytest.mark.parametrize("order", ["on enter leave", "enter on leave"])
def test_it_stays_on_when_the_cloud_ends(order: str, telemetry: Telemetry, elsewhere: Any) -> None:
    run(order, telemetry)
    answer = elsewhere.list_queues()

    assert answer["ResponseMetadata"]["RequestId"] == "from-elsewhere"
    assert [span.attributes["aws.request_id"] for span in telemetry.spans] == ["from-elsewhere"]


@pytest.mark.parametrize("order", ["enter on leave", "on enter leave"])
def test_the_next_cloud_is_seen_like_the_one_before(order: str, telemetry: Telemetry) -> None:
    run(order, telemetry)
    with FakeCloud():
        boto3.client("sqs", region_name=REGION).create_queue(QueueName="orders")

    assert telemetry.names == ["SQS.CreateQueue"]


def run(order: str, telemetry: Telemetry) -> None:
    """Put OpenTelemetry on and off and enter and leave a cloud, in an order."""
    cloud = FakeCloud()
    steps = {
        "on": telemetry.instrument,
        "off": telemetry.uninstrument,
        "enter": cloud.start,
        "leave": cloud.stop,
    }
    for step in order.split():
        steps[step]()


def changed(before: dict[str, object], after: dict[str, object]) -> list[str]:
    return [name for name in before if before[name] is not after.get(name)]
