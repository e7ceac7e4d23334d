"""kcpy's consumer of one shard, which keeps sequence numbers in SQLite."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from kcpy.checkpoint import Checkpoint
from kcpy.core import ShardConsumer

SHARD = "shardId-000000000000"


@pytest.fixture
def consumer(stream: Any, tmp_path: Path) -> Any:
    """A consumer with a checkpoint that the next one finds again."""

    def make() -> ShardConsumer:
        checkpoint = Checkpoint(str(tmp_path / "checkpoints.db"), "kcpy", "reader", "clicks", SHARD)
        found = ShardConsumer("clicks", SHARD, {"region_name": "us-east-1"}, checkpoint)
        found.sleep_time = 0
        return found

    return make


def test_records_come_in_order(fake_kinesis: Any, consumer: Any) -> None:
    fake_kinesis.put_many("clicks", [b"1", b"2", b"3"])
    assert [record["Data"] for record in islice(iter(consumer()), 3)] == [b"1", b"2", b"3"]


def test_a_new_consumer_goes_on_after_the_last_batch(fake_kinesis: Any, consumer: Any) -> None:
    fake_kinesis.put_many("clicks", [b"1", b"2"])
    records = iter(consumer())
    assert [record["Data"] for record in islice(records, 2)] == [b"1", b"2"]
    fake_kinesis.put_many("clicks", [b"3"])
    next(records)  # the batch before is checked in now
    fake_kinesis.put_many("clicks", [b"4"])
    assert [record["Data"] for record in islice(iter(consumer()), 2)] == [b"3", b"4"]


def test_the_end_of_a_shard_is_a_missing_iterator(fake_kinesis: Any, consumer: Any, split: Any) -> None:
    fake_kinesis.put_many("clicks", [b"1"])
    split()
    records = iter(consumer())
    assert next(records)["Data"] == b"1"
    with pytest.raises(KeyError, match="NextShardIterator"):
        next(records)
