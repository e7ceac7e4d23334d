"""unistream's consumer: batches with a checkpoint that holds the shard iterator, and the state of each record."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import unistream.api as unistream
from unistream_aws_kinesis.api import AwsKinesisStreamConsumer, AwsKinesisStreamProducer, KinesisRecord

SHARD = "shardId-000000000000"


@dataclasses.dataclass(frozen=True)
class Click(KinesisRecord):
    page: str = ""


@dataclasses.dataclass
class Reader(AwsKinesisStreamConsumer):
    """Remembers the pages, and fails at those that it is told to."""

    def process_record(self, record: Any) -> None:
        if record.page in self.failing:  # type: ignore[attr-defined]
            raise ValueError(record.page)
        self.seen.append(record.page)  # type: ignore[attr-defined]


@pytest.fixture
def reader(kinesis: Any, stream: Any, tmp_path: Path) -> Any:
    """A consumer that begins where its checkpoint says, else with the oldest record."""

    def make(failing: tuple[str, ...] = ()) -> Any:
        iterator = kinesis.get_shard_iterator(StreamName="clicks", ShardId=SHARD, ShardIteratorType="TRIM_HORIZON")[
            "ShardIterator"
        ]
        checkpoint = unistream.SimpleCheckpoint.load(
            checkpoint_file=str(tmp_path / "checkpoint.json"),
            records_file=str(tmp_path / "records.json"),
            initial_pointer=iterator,
            start_pointer=iterator,
            max_attempts=1,
        )
        consumer = Reader.new(
            record_class=Click,
            consumer_id="reader",
            kinesis_client=kinesis,
            stream_name="clicks",
            shard_id=SHARD,
            checkpoint=checkpoint,
            limit=2,
            delay=0,
            exp_backoff_min=0,
            exp_backoff_max=0,
        )
        consumer.seen, consumer.failing = [], failing
        return consumer

    return make


@pytest.fixture
def click(kinesis: Any, tmp_path: Path) -> Any:
    """Send clicks through unistream's own producer."""

    def send(*pages: str) -> None:
        buffer = unistream.FileBuffer(record_class=Click, path_wal=tmp_path / "buffer.log", max_records=len(pages))
        producer = AwsKinesisStreamProducer.new(
            buffer=buffer,
            retry_config=unistream.RetryConfig(exp_backoff=[1]),
            kinesis_client=kinesis,
            stream_name="clicks",
        )
        for page in pages:
            producer.put(Click(id=page, create_at="2026-01-31T00:00:00+00:00", page=page), verbose=False)

    return send


def test_batches_come_one_after_the_other(reader: Any, click: Any) -> None:
    click("home", "cart", "pay")
    consumer = reader()
    for _ in range(3):
        consumer.process_batch()
    assert consumer.seen == ["home", "cart", "pay"]


def test_a_new_consumer_goes_on_from_the_checkpoint(reader: Any, click: Any) -> None:
    click("home", "cart", "pay")
    reader().process_batch()
    second = reader()
    second.process_batch()
    assert second.seen == ["pay"]


def test_a_record_that_fails_does_not_stop_the_others(reader: Any, click: Any) -> None:
    click("home", "cart", "pay")
    consumer = reader(failing=("cart",))
    for _ in range(2):
        consumer.process_batch()
    assert consumer.seen == ["home", "pay"]


def test_the_end_of_a_split_shard_ends_the_consumer(reader: Any, click: Any, split: Any) -> None:
    click("home")
    split()
    consumer = reader()
    with pytest.raises(unistream.StreamIsClosedError):
        consumer.process_batch()
    assert consumer.seen == ["home"]


def test_a_checkpoint_older_than_five_minutes_is_of_no_use(
    fake_clock: Any, reader: Any, click: Any, kinesis: Any
) -> None:
    click("home", "cart", "pay")
    reader().process_batch()
    fake_clock.advance(300.001)
    with pytest.raises(kinesis.exceptions.ExpiredIteratorException):
        reader().process_batch()
