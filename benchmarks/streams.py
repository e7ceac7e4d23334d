"""Amazon Kinesis: single calls against the floor, and a million records against a thousand."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

from benchmarks.answers import KINESIS, SHARD, STREAM_ITERATOR
from benchmarks.clouds import make_client, the_cloud
from benchmarks.comparison import Comparison, Row, Side
from benchmarks.worker import Measurements, per_call

_STREAM = "clicks"
_HUNDRED = 100


def comparisons(*, quick: bool) -> Iterator[Comparison]:
    """Calls, and long streams."""
    count, rounds = (5, 1) if quick else (100, 40)
    few, many = (200, 2_000) if quick else (1_000, 1_000_000)
    yield Comparison(
        "kinesis-calls",
        "Amazon Kinesis, the short way : botocore alone",
        Side("benchmarks.streams:calls", ("cloud", count)),
        Side("benchmarks.streams:calls", ("floor", count)),
        (
            Row("put", "put_record", 0.20, 0.12),
            Row("put hundred", "put_records, 100", 0.60),
            Row("get hundred", "get_records, 100", 0.30, 0.12),
        ),
        rounds,
    )
    yield Comparison(
        "many-records",
        f"Stream of one shard with {many:,} records : {few:,}",
        Side("benchmarks.streams:reading", (many, count)),
        Side("benchmarks.streams:reading", (few, count)),
        (
            Row("tip", "get_records at the tip", 1.3),
            Row("middle", "get_records in the middle", 1.3),
            Row("timestamp", "get_shard_iterator AT_TIMESTAMP", 1.3),
            Row("put", "put_record", 1.3),
        ),
        rounds,
    )


def calls(kind: str, count: int) -> Measurements:
    """Calls of one client to a stream of one shard."""
    client = make_client(kind, "kinesis", KINESIS)
    client.create_stream(StreamName=_STREAM, ShardCount=1)
    hundred = [{"Data": b"hello", "PartitionKey": f"k{n}"} for n in range(_HUNDRED)]
    iterator = STREAM_ITERATOR
    if kind == "cloud":
        client.put_records(StreamName=_STREAM, Records=hundred)
        iterator = _iterator(client, ShardIteratorType="TRIM_HORIZON")

    def put_hundred() -> None:
        client.put_records(StreamName=_STREAM, Records=hundred)

    def get_hundred() -> None:
        client.get_records(ShardIterator=iterator, Limit=_HUNDRED)

    return {
        "put": per_call(count, lambda: _put(client)),
        "put hundred": per_call(count // 5, put_hundred),
        "get hundred": per_call(count // 5, get_hundred),
    }


def reading(records: int, count: int) -> Measurements:
    """Reading a shard with so many records, a millisecond apart."""
    client, clock = make_client("cloud", "kinesis"), the_cloud().clock
    clock.hold()
    client.create_stream(StreamName=_STREAM, ShardCount=1)
    numbers = itertools.count()
    middle = clock.datetime()
    for filled in range(0, records, 500):
        batch = [{"Data": b"hello", "PartitionKey": str(next(numbers))} for _ in range(min(500, records - filled))]
        client.put_records(StreamName=_STREAM, Records=batch)
        clock.advance(0.001)
        if filled < records // 2:
            middle = clock.datetime()
    at_tip = _iterator(client, ShardIteratorType="LATEST")
    _put(client)
    in_middle = _iterator(client, ShardIteratorType="AT_TIMESTAMP", Timestamp=middle - dt.timedelta(milliseconds=1))
    return {
        "tip": per_call(count, lambda: client.get_records(ShardIterator=at_tip, Limit=1)),
        "middle": per_call(count, lambda: client.get_records(ShardIterator=in_middle, Limit=10)),
        "timestamp": per_call(count, lambda: _iterator(client, ShardIteratorType="AT_TIMESTAMP", Timestamp=middle)),
        "put": per_call(count, lambda: _put(client)),
    }


def _put(client: Any) -> None:
    client.put_record(StreamName=_STREAM, Data=b"hello", PartitionKey="key")


def _iterator(client: Any, **where: Any) -> Any:
    return client.get_shard_iterator(StreamName=_STREAM, ShardId=SHARD, **where)["ShardIterator"]
