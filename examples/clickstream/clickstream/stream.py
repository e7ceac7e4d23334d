"""The stream of clicks, and the boto3 client, which is made when the module is imported."""

from __future__ import annotations

import os
from typing import Any, Final

import boto3
from botocore.config import Config

NAME: Final = os.environ.get("CLICKS_STREAM", "clicks")
SHARDS: Final = int(os.environ.get("CLICKS_SHARDS", "2"))

kinesis: Final = boto3.client(
    "kinesis",
    region_name=os.environ.get("CLICKS_REGION", "eu-central-1"),
    config=Config(retries={"mode": "standard", "total_max_attempts": 3}),
)


def create() -> None:
    """Create the stream and wait until it can be used."""
    kinesis.create_stream(StreamName=NAME, ShardCount=SHARDS)
    kinesis.get_waiter("stream_exists").wait(StreamName=NAME)


def shards() -> list[dict[str, Any]]:
    """All shards that haven't expired, parents before their children."""
    answer = kinesis.list_shards(StreamName=NAME)
    found: list[dict[str, Any]] = answer["Shards"]
    while "NextToken" in answer:
        # The stream must not be named again, as botocore's paginator does.
        answer = kinesis.list_shards(NextToken=answer["NextToken"])
        found += answer["Shards"]
    return found
