"""OpenTelemetry's instrumentation of SQS clients: producers and consumers, linked by message attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from opentelemetry.instrumentation.boto3sqs import Boto3SQSInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from pytest_cloudfakes import FakeCloud

REGION = "eu-west-1"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture(params=["instrumented before the cloud", "instrumented inside the cloud"])
def client(request: pytest.FixtureRequest, exporter: InMemorySpanExporter) -> Iterator[Any]:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    instrumentor = Boto3SQSInstrumentor()
    if "before" in request.param:
        instrumentor.instrument(tracer_provider=provider)
    with FakeCloud():
        client = boto3.client("sqs", region_name=REGION)
        if "inside" in request.param:
            instrumentor.instrument(tracer_provider=provider)
        yield client
        instrumentor.uninstrument()


@pytest.fixture
def queue_url(client: Any) -> str:
    return str(client.create_queue(QueueName="orders")["QueueUrl"])


def spans(exporter: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [span for span in exporter.get_finished_spans() if span.name == name]


def test_a_sent_message_carries_its_trace_and_is_processed_in_a_linked_span(
    client: Any, queue_url: str, exporter: InMemorySpanExporter
) -> None:
    sent = client.send_message(QueueUrl=queue_url, MessageBody="order 1")
    for message in client.receive_message(QueueUrl=queue_url)["Messages"]:
        assert list(message["MessageAttributes"]) == ["traceparent"]
        client.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])

    [producer] = spans(exporter, "orders send")
    [consumer] = spans(exporter, "orders process")
    assert [link.context.span_id for link in consumer.links] == [producer.context.span_id]
    assert producer.attributes["messaging.message.id"] == sent["MessageId"]
    assert consumer.attributes["messaging.message.id"] == sent["MessageId"]
    assert len(spans(exporter, "orders receive")) == 1


def test_each_message_of_a_batch_has_a_span_of_its_own(
    client: Any, queue_url: str, exporter: InMemorySpanExporter
) -> None:
    entries = [{"Id": str(number), "MessageBody": f"order {number}"} for number in range(3)]
    sent = client.send_message_batch(QueueUrl=queue_url, Entries=entries)
    for message in client.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)["Messages"]:
        client.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])

    ids = {entry["MessageId"] for entry in sent["Successful"]}
    for name in ("orders send", "orders process"):
        assert {span.attributes["messaging.message.id"] for span in spans(exporter, name)} == ids


def test_a_message_nobody_deleted_is_processed_in_a_new_span_when_it_comes_back(
    client: Any, queue_url: str, exporter: InMemorySpanExporter
) -> None:
    client.send_message(QueueUrl=queue_url, MessageBody="order 1")
    client.receive_message(QueueUrl=queue_url, VisibilityTimeout=0)
    [message] = client.receive_message(QueueUrl=queue_url)["Messages"]
    client.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])

    assert len(spans(exporter, "orders receive")) == 2
    assert len(spans(exporter, "orders process")) == 1
    Boto3SQSInstrumentor.received_messages_spans.clear()
