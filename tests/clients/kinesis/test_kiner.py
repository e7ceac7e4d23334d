"""kiner's producer: batches, and another attempt for those entries of a batch that failed."""

from __future__ import annotations

from typing import Any

import pytest
from kiner.producer import KinesisProducer


@pytest.fixture
def producer(kinesis: Any, stream: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A producer whose pauses take no time; its thread that flushes now and then isn't needed."""
    monkeypatch.setattr("kiner.producer.time.sleep", lambda seconds: None)
    monkeypatch.setattr(KinesisProducer, "monitor", lambda producer: None)
    found = KinesisProducer("clicks", batch_size=10, kinesis_client=kinesis, threads=1)
    yield found
    found.close()


def test_a_batch_is_written_on_closing(producer: Any, stream: Any) -> None:
    producer.put_records(["one", "two"], partition_key="k")
    assert stream.records == []
    producer.close()
    assert [record.data for record in stream.records] == [b"one", b"two"]


def test_only_what_failed_is_written_again(producer: Any, stream: Any, fake_kinesis: Any, fake_cloud: Any) -> None:
    fake_kinesis.throttle_writes("clicks", records=2)
    producer.put_records(["one", "two", "three"], partition_key="k")
    producer.close()
    assert [record.data for record in stream.records] == [b"three", b"one", b"two"]
    sizes = [len(call.parameters["Records"]) for call in fake_cloud.calls if call.operation == "PutRecords"]
    assert sizes == [3, 2]


def test_a_storm_of_throttles_loses_nothing(producer: Any, stream: Any, fake_kinesis: Any) -> None:
    fake_kinesis.throttle_writes("clicks", records=25)
    producer.put_records([str(number) for number in range(10)], partition_key="k")
    producer.close()
    assert sorted(int(record.data) for record in stream.records) == list(range(10))
    [shard] = stream.shards
    assert shard.throttled_writes == 25
