"""Programs nobody here wrote, run unchanged against the fakes: task queues, and instrumentation.

They need the packages of requirements.txt (`tox -e clients`). Where one is missing, its tests aren't
collected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import boto3
import botocore.client
import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse

from pytest_cloudfakes import FakeCloud

PACKAGES = {
    "test_celery.py": "celery",
    "test_dramatiq.py": "dramatiq_sqs",
    "test_kombu.py": "kombu",
    "test_opentelemetry.py": "opentelemetry",
    "test_opentelemetry_messaging.py": "opentelemetry",
    "test_powertools_batch.py": "aws_lambda_powertools",
    "test_pyqs.py": "pyqs",
    "test_sentry.py": "sentry_sdk",
    "test_sqs_workers.py": "sqs_workers",
    "test_xray.py": "aws_xray_sdk",
}
collect_ignore = [file for file, package in PACKAGES.items() if find_spec(package) is None]

REGION = "eu-west-1"


@pytest.fixture
def sqs(fake_cloud: FakeCloud) -> Any:
    return boto3.client("sqs", region_name=REGION)


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
