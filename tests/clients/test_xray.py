"""The AWS X-Ray SDK sees the calls as with AWS. It patches botocore for good, there is no way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.client
import pytest
from aws_xray_sdk.core import patch, patcher, xray_recorder
from aws_xray_sdk.core.models.subsegment import Subsegment
from botocore.exceptions import ClientError

from pytest_cloudfakes import FakeCloud

REGION = "eu-west-1"


class Kept:
    """Takes the place of the emitter, which would send segments to the X-Ray daemon."""

    def send_entity(self, entity: Any) -> None: ...

    def set_daemon_address(self, address: str | None) -> None: ...


@pytest.fixture(scope="module", autouse=True)
def recorder() -> None:
    """The SDK sets itself up when it is imported, with a socket to its daemon."""
    xray_recorder.emitter._socket.close()
    xray_recorder.configure(service="shop", sampling=False, emitter=Kept(), plugins=())


@pytest.fixture
def segment(patches: Any) -> Iterator[Any]:
    yield xray_recorder.begin_segment("checkout")
    xray_recorder.clear_trace_entities()
    unpatch()


def unpatch() -> None:
    """Forget that botocore was patched; the fixture `patches` puts back what was."""
    vars(botocore.client).pop("_xray_enabled", None)
    patcher._PATCHED_MODULES.discard("botocore")


@pytest.fixture(params=["patched before the cloud", "patched inside the cloud"])
def cloud(request: pytest.FixtureRequest, segment: Any) -> Iterator[FakeCloud]:
    if "before" in request.param:
        patch(["botocore"])
    with FakeCloud() as cloud:
        if "inside" in request.param:
            patch(["botocore"])
        yield cloud


@pytest.fixture
def client(cloud: FakeCloud) -> Any:
    return boto3.client("sqs", region_name=REGION)


def calls(segment: Any) -> list[Subsegment]:
    return list(segment.subsegments)


def test_a_subsegment_has_service_operation_region_request_id_and_status(client: Any, segment: Any) -> None:
    url = client.create_queue(QueueName="orders")["QueueUrl"]
    sent = client.send_message(QueueUrl=url, MessageBody="order 1")

    call = calls(segment)[-1]
    assert (call.name, call.namespace, call.in_progress) == ("sqs", "aws", False)
    assert call.http == {"response": {"status": 200}}
    assert call.aws == {
        "operation": "SendMessage",
        "region": REGION,
        "request_id": sent["ResponseMetadata"]["RequestId"],
        "queue_url": url,
        "message_id": sent["MessageId"],
    }


def test_what_a_batch_came_to_is_counted(client: Any, segment: Any) -> None:
    url = client.create_queue(QueueName="orders")["QueueUrl"]
    entries = [
        {"Id": "1", "MessageBody": "order 1"},
        {"Id": "2", "MessageBody": "order 2", "DelaySeconds": 901},
    ]
    client.send_message_batch(QueueUrl=url, Entries=entries)
    client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)

    sent, received = calls(segment)[-2:]
    counts = (sent.aws["message_count"], sent.aws["successful_count"], sent.aws["failed_count"])
    assert counts == (2, 1, 1)
    assert received.aws["message_count"] == 1


def test_an_error_of_aws_is_recorded(client: Any, segment: Any) -> None:
    with pytest.raises(ClientError) as caught:
        client.get_queue_url(QueueName="nowhere")

    [call] = calls(segment)
    assert call.http == {"response": {"status": 400}}
    assert call.aws["request_id"] == caught.value.response["ResponseMetadata"]["RequestId"]
    assert [exception.type for exception in call.cause["exceptions"]] == ["QueueDoesNotExist"]


def test_the_trace_header_of_a_request_becomes_the_trace_header_of_the_message(client: Any, segment: Any) -> None:
    url = client.create_queue(QueueName="orders")["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody="order 1")
    sent = calls(segment)[-1]

    received = client.receive_message(QueueUrl=url, MessageSystemAttributeNames=["AWSTraceHeader"])
    header = received["Messages"][0]["Attributes"]["AWSTraceHeader"]
    assert header == f"Root={segment.trace_id};Parent={sent.id};Sampled=1"


def test_patched_inside_it_stays_when_the_cloud_ends(segment: Any, elsewhere: Any) -> None:
    with FakeCloud():
        patch(["botocore"])
    elsewhere.list_queues()

    assert [call.aws["request_id"] for call in calls(segment)] == ["from-elsewhere"]


def test_patched_inside_one_cloud_it_sees_the_next_one_once(segment: Any) -> None:
    with FakeCloud():
        patch(["botocore"])
    with FakeCloud() as cloud:
        boto3.client("sqs", region_name=REGION).create_queue(QueueName="orders")

    assert [call.aws["operation"] for call in calls(segment)] == ["CreateQueue"]
    assert [call.operation for call in cloud.calls] == ["CreateQueue"]


def test_patched_before_it_is_as_it_was_when_the_cloud_ends(
    segment: Any, patches: Callable[[], dict[str, object]]
) -> None:
    patch(["botocore"])
    before = patches()
    with FakeCloud():
        boto3.client("sqs", region_name=REGION).list_queues()

    after = patches()
    assert [name for name in before if before[name] is not after[name]] == []
