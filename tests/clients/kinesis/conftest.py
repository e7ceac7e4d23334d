"""Consumers and producers of streams that nobody here wrote, run unchanged against the fake.

They need the packages of requirements.txt (`tox -e clients-kinesis`); elsewhere none of them is collected.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import boto3
import pytest

PACKAGES = ("aws_kinesis_agg", "kcpy", "kinesis", "kiner", "unistream_aws_kinesis")
collect_ignore_glob = [] if all(find_spec(package) for package in PACKAGES) else ["test_*.py"]

SHARD = "shardId-000000000000"


@pytest.fixture
def kinesis(fake_kinesis: Any) -> Any:
    return boto3.client("kinesis", region_name="us-east-1")


@pytest.fixture
def stream(fake_kinesis: Any) -> Any:
    """A stream with one shard."""
    return fake_kinesis.create_stream("clicks")


@pytest.fixture
def split(kinesis: Any) -> Any:
    """Split the first shard in the middle."""
    return lambda: kinesis.update_shard_count(StreamName="clicks", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
