"""What is behind a side's clients: this library's cloud, moto, or nothing but botocore."""

from __future__ import annotations

import functools
import importlib.util
import os
from collections.abc import Sequence
from typing import Any

import boto3

from benchmarks import floor
from benchmarks.floor import Prepared
from pytest_cloudfakes import FakeCloud, current_cloud

HAS_MOTO = importlib.util.find_spec("moto") is not None


def make_client(kind: str, service: str, prepared: Sequence[Prepared] = ()) -> Any:
    """A client: "floor", "cloud" or "moto". What answers it stays on as long as this process lives."""
    if kind == "floor":
        return floor.client(service, prepared)
    if kind == "moto":
        _switch_moto_on()
    elif current_cloud() is None:
        FakeCloud().start()
    return boto3.client(service, region_name="us-east-1")


def the_cloud() -> FakeCloud:
    """The cloud that is on."""
    cloud = current_cloud()
    assert cloud is not None
    return cloud


@functools.cache
def _switch_moto_on() -> None:
    from moto import mock_aws

    os.environ |= {"AWS_ACCESS_KEY_ID": "moto", "AWS_SECRET_ACCESS_KEY": "moto"}
    mock_aws().start()
