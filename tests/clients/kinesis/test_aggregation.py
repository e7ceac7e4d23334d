"""aws-kinesis-agg: many records of a user in one of Kinesis, and apart again."""

from __future__ import annotations

from typing import Any

import pytest
from aws_kinesis_agg import aggregator, deaggregator

SHARD = "shardId-000000000000"


@pytest.fixture
def read(kinesis: Any) -> Any:
    def records() -> list[Any]:
        iterator = kinesis.get_shard_iterator(StreamName="clicks", ShardId=SHARD, ShardIteratorType="TRIM_HORIZON")[
            "ShardIterator"
        ]
        found: list[Any] = kinesis.get_records(ShardIterator=iterator)["Records"]
        return found

    return records


def put(kinesis: Any, aggregated: Any) -> None:
    key, _, data = aggregated.get_contents()
    kinesis.put_record(StreamName="clicks", PartitionKey=key, Data=data)


def test_records_come_apart_as_they_went_together(kinesis: Any, stream: Any, read: Any) -> None:
    together = aggregator.RecordAggregator()
    for number in range(100):
        together.add_user_record(f"key {number % 3}", b"click %d" % number)
    put(kinesis, together.clear_and_get())

    assert len(stream.records) == 1
    apart = list(deaggregator.iter_deaggregate_records(read(), data_format="Boto3"))
    assert [record["kinesis"]["partitionKey"] for record in apart[:4]] == ["key 0", "key 1", "key 2", "key 0"]
    assert len(apart) == 100
    assert {record["kinesis"]["sequenceNumber"] for record in apart} == {stream.records[0].sequence_number}


def test_a_full_record_goes_out_and_the_next_one_begins(kinesis: Any, stream: Any, read: Any) -> None:
    together = aggregator.RecordAggregator(max_size=1_000)
    together.on_record_complete(lambda full: put(kinesis, full), execute_on_new_thread=False)
    for number in range(100):
        together.add_user_record("key", b"click %03d" % number)
    put(kinesis, together.clear_and_get())

    assert len(stream.records) > 1
    assert all(len(record.data) <= 1_000 for record in stream.records)
    assert sum(1 for _ in deaggregator.iter_deaggregate_records(read(), data_format="Boto3")) == 100
