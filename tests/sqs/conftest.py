"""A client, queues, and ways to say what AWS answers. The tests themselves use boto3 only, and move the clock."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_cloudfakes.api import ApiCall, Caller


@pytest.fixture
def sqs(fake_sqs):
    return boto3.client("sqs", region_name="us-east-1")


@pytest.fixture
def create(sqs):
    """Create a queue, a FIFO one by its name, with attributes as text or numbers; its URL."""

    def create_queue(name="jobs", **attributes):
        attributes = {key: value if isinstance(value, str) else str(value) for key, value in attributes.items()}
        if name.endswith(".fifo"):
            attributes.setdefault("FifoQueue", "true")
        return sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    return create_queue


@pytest.fixture
def queue_url(create):
    return create("jobs")


@pytest.fixture
def fifo_url(create):
    return create("jobs.fifo", ContentBasedDeduplication="true")


@pytest.fixture
def receive(sqs):
    """Receive up to ten messages."""

    def receive_messages(url, count=10, **parameters):
        return sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=count, **parameters).get("Messages", [])

    return receive_messages


@pytest.fixture
def bodies(receive):
    """Receive up to ten messages, and tell their bodies."""
    return lambda url, count=10, **parameters: [message["Body"] for message in receive(url, count, **parameters)]


@pytest.fixture
def attributes_of(sqs):
    return lambda url, *names: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(names or ["All"])).get(
        "Attributes", {}
    )


@pytest.fixture
def counts(attributes_of):
    """How many messages are visible, in flight and delayed."""

    def count(url):
        found = attributes_of(url)
        return tuple(int(found[f"ApproximateNumberOfMessages{state}"]) for state in ("", "NotVisible", "Delayed"))

    return count


@pytest.fixture
def send(sqs):
    """Send a message to a standard queue, or to a group of a FIFO queue."""

    def send_message(url, body="message", group=None, **parameters):
        if url.endswith(".fifo"):
            group = group or "group"
        if group is not None:
            parameters["MessageGroupId"] = group
        return sqs.send_message(QueueUrl=url, MessageBody=body, **parameters)

    return send_message


@pytest.fixture
def by_query(sqs):
    """Whether the installed botocore is of old and speaks the query protocol.

    Its errors have one code and no members, and empty lists aren't there.
    """
    return sqs.meta.service_model.metadata["protocol"] == "query"


@pytest.fixture
def refused(by_query):
    """Expect an error of AWS: its code, the shape's name where they differ, text and status."""

    @contextlib.contextmanager
    def expect(code, message=None, *, shape=None, status=400):
        seen = SimpleNamespace()
        with pytest.raises(ClientError) as caught:
            yield seen
        response = caught.value.response
        seen.response, seen.exception = response, caught.value
        error = response["Error"]
        assert error["Code"] == code
        assert by_query or error["QueryErrorCode"] == (shape or code.rpartition(".")[2])
        assert error["Type"] == "Sender"
        assert response["ResponseMetadata"]["HTTPStatusCode"] == status
        if message is not None:
            assert error["Message"] == message

    return expect


@pytest.fixture
def invalid(refused):
    """Expect InvalidParameterValue."""
    return lambda message=None: refused("InvalidParameterValue", message, shape="InvalidParameterValueException")


@pytest.fixture
def no_such_queue(refused):
    return lambda: refused("AWS.SimpleQueueService.NonExistentQueue", shape="QueueDoesNotExist")


@pytest.fixture
def waiting_receive(fake_cloud):
    """Begin a receive that waits, without waiting for it: the `Pending` that will have the answer."""

    def begin(url, **parameters):
        call = ApiCall(
            "sqs",
            "ReceiveMessage",
            {"QueueUrl": url, "WaitTimeSeconds": 20, **parameters},
            caller=Caller("123456789012"),
            region="us-east-1",
            request_id="request",
        )
        with fake_cloud.lock:
            return fake_cloud.handle_call(call)

    return begin
