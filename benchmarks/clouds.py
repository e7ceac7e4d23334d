"""What is behind a side's clients: this library's cloud, moto, or nothing but botocore."""

from __future__ import annotations

import importlib.util
import os
from typing import Any

import boto3

from benchmarks import floor
from pytest_cloudfakes import FakeCloud

HAS_MOTO = importlib.util.find_spec("moto") is not None


def sqs_client(kind: str) -> Any:
    """A client: "floor", "cloud" or "moto"; what answers it stays on as long as this process lives."""
    if kind == "floor":
        return floor.client()
    if kind == "cloud":
        switched_on()
    else:
        moto_switched_on()
    return boto3.client("sqs", region_name="us-east-1")


def switched_on() -> FakeCloud:
    """A fake cloud that stays on."""
    return FakeCloud().start()


def moto_switched_on() -> None:
    """Switch moto on for good."""
    from moto import mock_aws

    os.environ |= {"AWS_ACCESS_KEY_ID": "moto", "AWS_SECRET_ACCESS_KEY": "moto"}
    mock_aws().start()
