"""Programs nobody here wrote, run unchanged against the fakes: task queues, and instrumentation.

They need the packages of requirements.txt (`tox -e clients`); elsewhere none of them is collected.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import boto3
import botocore.client
import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse

from pytest_cloudfakes import FakeCloud

PACKAGES = (
    "aws_lambda_powertools",
    "aws_xray_sdk",
    "awscli",
    "celery",
    "dramatiq_sqs",
    "opentelemetry",
    "pycurl",
    "pyqs",
    "sentry_sdk",
    "sqs_workers",
)
collect_ignore_glob = [] if all(find_spec(package) for package in PACKAGES) else ["test_*.py"]

REGION = "eu-west-1"


@pytest.fixture
def sqs(fake_cloud: FakeCloud) -> Any:
    return boto3.client("sqs", region_name=REGION)


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Wait until something is so in another process, which nothing tells."""

    def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    return wait


@pytest.fixture
def waits_in_the_cloud(fake_cloud: FakeCloud, until: Callable[[Callable[[], object]], None]) -> Callable[[], None]:
    """Wait until the long poll of another process has arrived."""
    clock, what = fake_cloud.clock, "the wait of a ReceiveMessage ends"
    return lambda: until(lambda: any(due.what == what for due in clock.upcoming()))


@pytest.fixture
def patches() -> Iterator[Callable[[], dict[str, object]]]:
    """What instrumentation wraps in botocore, as it is at that moment; put back for those that never do."""
    before = botocore_attributes()
    yield botocore_attributes
    for owner in (botocore.client.BaseClient, botocore.endpoint.Endpoint):
        for name, value in before.items():
            holder, _, attribute = name.partition(".")
            if holder == owner.__name__ and vars(owner)[attribute] is not value:
                setattr(owner, attribute, value)


def botocore_attributes() -> dict[str, object]:
    return {
        f"{owner.__name__}.{name}": value
        for owner in (botocore.client.BaseClient, botocore.endpoint.Endpoint)
        for name, value in vars(owner).items()
        if callable(value)
    }


@pytest.fixture
def elsewhere() -> Any:
    """A client for the time without a cloud. A handler answers in place of AWS, so nothing goes out."""
    session = boto3.Session("AKIAIOSFODNN7EXAMPLE", "secret", region_name=REGION)
    client = session.client("sqs")
    client.meta.events.register("before-send.sqs", answer_as_aws)
    return client


def answer_as_aws(request: Any, **kwargs: Any) -> AWSResponse:
    response = AWSResponse(request.url, 200, {"x-amzn-RequestId": "from-elsewhere"}, None)
    response._content = b'{"QueueUrls": []}'
    return response
