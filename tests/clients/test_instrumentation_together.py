"""Several that patch botocore at once, in every order with the cloud: each sees each call once."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.client
import pytest
import sentry_sdk
from aws_xray_sdk.core import patch, patcher, xray_recorder
from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sentry_sdk import integrations
from sentry_sdk.integrations.boto3 import Boto3Integration
from sentry_sdk.transport import Transport

from pytest_cloudfakes import FakeCloud

Seen = dict[str, list[str]]
ORDERS = list(itertools.permutations(["OpenTelemetry", "X-Ray", "Sentry", "cloud"]))


@pytest.fixture
def seen() -> Seen:
    """The operations that each of them saw."""
    return {}


@pytest.fixture
def put_on(seen: Seen, patches: Any) -> Iterator[dict[str, Callable[[], None]]]:
    """Each of them as an application puts it on. All are off afterwards, those too that have no way back."""
    emitter = xray_recorder.emitter
    yield {
        "OpenTelemetry": lambda: opentelemetry(seen),
        "X-Ray": lambda: xray(seen),
        "Sentry": lambda: sentry(seen),
    }
    if BotocoreInstrumentor().is_instrumented_by_opentelemetry:
        BotocoreInstrumentor().uninstrument()
    xray_recorder.clear_trace_entities()
    xray_recorder.emitter = emitter
    vars(botocore.client).pop("_xray_enabled", None)
    patcher._PATCHED_MODULES.discard("botocore")
    sentry_sdk.init()
    integrations._processed_integrations.discard(Boto3Integration.identifier)
    integrations._installed_integrations.discard(Boto3Integration.identifier)


def opentelemetry(seen: Seen) -> None:
    operations = seen["OpenTelemetry"] = []

    class Exporter(InMemorySpanExporter):
        def export(self, spans: Any) -> Any:
            operations.extend(span.attributes["rpc.method"] for span in spans)
            return super().export(spans)

    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(Exporter()))
    BotocoreInstrumentor().instrument(tracer_provider=provider)


def xray(seen: Seen) -> None:
    operations = seen["X-Ray"] = []

    class Emitter:
        def send_entity(self, segment: Any) -> None:
            operations.extend(call.aws["operation"] for call in segment.subsegments)

    xray_recorder.configure(service="shop", sampling=False, emitter=Emitter(), plugins=())
    xray_recorder.begin_segment("checkout")
    patch(["botocore"])


def sentry(seen: Seen) -> None:
    operations = seen["Sentry"] = []

    class Kept(Transport):
        def capture_envelope(self, envelope: Any) -> None:
            transaction = envelope.get_transaction_event()
            operations.extend(span["data"]["rpc.method"] for span in transaction["spans"])

    sentry_sdk.init(
        dsn="https://key@sentry.invalid/1",
        transport=Kept(),
        traces_sample_rate=1.0,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[Boto3Integration()],
    )


@pytest.mark.parametrize("order", ORDERS, ids=", ".join)
def test_each_sees_each_call_once(order: tuple[str, ...], put_on: dict[str, Callable[[], None]], seen: Seen) -> None:
    with contextlib.ExitStack() as stack:
        for step in order:
            if step == "cloud":
                cloud = stack.enter_context(FakeCloud())
            else:
                put_on[step]()
        with sentry_sdk.start_transaction(name="checkout"):
            client = boto3.client("sqs", region_name="eu-west-1")
            url = client.create_queue(QueueName="orders")["QueueUrl"]
            client.send_message(QueueUrl=url, MessageBody="order 1")
    xray_recorder.end_segment()

    calls = ["CreateQueue", "SendMessage"]
    assert seen == {"OpenTelemetry": calls, "X-Ray": calls, "Sentry": calls}
    assert [call.operation for call in cloud.calls] == calls


@pytest.mark.parametrize("order", ORDERS, ids=", ".join)
def test_each_goes_on_without_the_cloud(
    order: tuple[str, ...], put_on: dict[str, Callable[[], None]], seen: Seen, elsewhere: Any
) -> None:
    with contextlib.ExitStack() as stack:
        for step in order:
            if step == "cloud":
                stack.enter_context(FakeCloud())
            else:
                put_on[step]()
    with sentry_sdk.start_transaction(name="checkout"):
        assert elsewhere.list_queues()["ResponseMetadata"]["RequestId"] == "from-elsewhere"
    xray_recorder.end_segment()

    assert seen == {"OpenTelemetry": ["ListQueues"], "X-Ray": ["ListQueues"], "Sentry": ["ListQueues"]}
