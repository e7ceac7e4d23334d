"""Sentry's boto3 integration sees the calls as with AWS.

It replaces `BaseClient.__init__` and `_make_api_call` for good, and gives each client made since two
handlers, on request-created and on before-sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import sentry_sdk
from botocore.exceptions import ClientError
from sentry_sdk import integrations
from sentry_sdk.integrations.boto3 import Boto3Integration
from sentry_sdk.transport import Transport

from pytest_cloudfakes import FakeCloud

REGION = "eu-west-1"


class Sentry(Transport):
    """Sentry as an application sets it up; what would be sent to it is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []

    def capture_envelope(self, envelope: Any) -> None:
        self.events += [item.payload.json for item in envelope.items if item.type in ("transaction", "event")]

    def start(self) -> None:
        sentry_sdk.init(
            dsn="https://key@sentry.invalid/1",
            transport=self,
            traces_sample_rate=1.0,
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[Boto3Integration()],
        )

    @property
    def spans(self) -> list[dict[str, Any]]:
        return [span for event in self.events for span in event.get("spans", [])]


@pytest.fixture
def sentry(patches: Any) -> Iterator[Sentry]:
    """The fixture `patches` puts back what Sentry never does, so it has to forget that it was set up."""
    sentry = Sentry()
    with sentry_sdk.isolation_scope():
        yield sentry
    sentry_sdk.init()
    integrations._processed_integrations.discard(Boto3Integration.identifier)
    integrations._installed_integrations.discard(Boto3Integration.identifier)


@pytest.fixture(params=["set up before the cloud", "set up inside the cloud"])
def cloud(request: pytest.FixtureRequest, sentry: Sentry) -> Iterator[FakeCloud]:
    if "before" in request.param:
        sentry.start()
    with FakeCloud() as cloud:
        if "inside" in request.param:
            sentry.start()
        yield cloud


@pytest.fixture
def client(cloud: FakeCloud) -> Any:
    return boto3.client("sqs", region_name=REGION)


def test_a_span_has_service_operation_region_request_id_and_status(client: Any, sentry: Sentry) -> None:
    with sentry_sdk.start_transaction(name="checkout"):
        answer = client.create_queue(QueueName="orders")

    [span] = sentry.spans
    assert (span["op"], span["description"], span["origin"]) == (
        "http.client", "aws.sqs.CreateQueue", "auto.http.boto3",
    )  # fmt: skip
    expected = {
        "rpc.service": "SQS",
        "rpc.method": "CreateQueue",
        "cloud.region": REGION,
        "server.address": f"sqs.{REGION}.amazonaws.com",
        "server.port": 443,
        "http.response.status_code": 200,
        "aws.request_id": answer["ResponseMetadata"]["RequestId"],
    }
    assert {name: span["data"].get(name) for name in expected} == expected


def test_the_request_as_it_is_sent_is_seen(client: Any, sentry: Sentry) -> None:
    with sentry_sdk.start_transaction(name="checkout"):
        client.create_queue(QueueName="orders")

    [span] = sentry.spans
    assert span["data"]["aws.request.url"] == f"https://sqs.{REGION}.amazonaws.com/"
    assert span["data"]["http.method"] == "POST"


def test_an_error_of_aws_ends_the_span_with_its_code(client: Any, sentry: Sentry) -> None:
    with sentry_sdk.start_transaction(name="checkout"), pytest.raises(ClientError) as caught:
        client.get_queue_url(QueueName="nowhere")

    [span] = sentry.spans
    assert span["status"] == "internal_error"
    assert span["data"]["error.type"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert span["data"]["http.response.status_code"] == 400
    assert span["data"]["aws.request_id"] == caught.value.response["ResponseMetadata"]["RequestId"]


def test_retries_are_counted(client: Any, cloud: FakeCloud, sentry: Sentry) -> None:
    cloud.clock.hold()
    cloud.faults.fail("sqs", "ListQueues", "RequestThrottled", times=2)
    with sentry_sdk.start_transaction(name="checkout"):
        client.list_queues()

    [span] = sentry.spans
    assert span["data"]["http.request.resend_count"] == 2


def test_a_request_carries_the_trace(client: Any, sentry: Sentry) -> None:
    headers: list[Any] = []
    client.meta.events.register("before-send", lambda request, **kwargs: headers.append(request.headers))
    with sentry_sdk.start_transaction(name="checkout") as transaction:
        client.create_queue(QueueName="orders")

    assert headers[0]["sentry-trace"].decode().startswith(transaction.trace_id)


def test_set_up_inside_one_cloud_it_sees_the_next_one_once(sentry: Sentry) -> None:
    with FakeCloud():
        sentry.start()
    with FakeCloud() as cloud, sentry_sdk.start_transaction(name="checkout"):
        boto3.client("sqs", region_name=REGION).create_queue(QueueName="orders")

    assert [span["description"] for span in sentry.spans] == ["aws.sqs.CreateQueue"]
    assert [call.operation for call in cloud.calls] == ["CreateQueue"]


def test_set_up_inside_it_stays_when_the_cloud_ends(sentry: Sentry, elsewhere: Any) -> None:
    with FakeCloud():
        sentry.start()
    with sentry_sdk.start_transaction(name="checkout"):
        elsewhere.list_queues()

    assert [span["data"]["aws.request_id"] for span in sentry.spans] == ["from-elsewhere"]
