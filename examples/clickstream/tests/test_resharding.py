"""The stream grows and shrinks under its consumer; every click is counted, and a user's clicks stay in order."""

from __future__ import annotations

import json

import pytest

from clickstream import stream
from clickstream.consumer import Consumer

USERS = [f"user-{number}" for number in range(20)]


@pytest.fixture
def seen(monkeypatch):
    """The pages of each user in the order in which they were read."""
    pages = {}
    get_records = stream.kinesis.get_records

    def watch(**parameters):
        answer = get_records(**parameters)
        for record in answer["Records"]:
            click = json.loads(record["Data"])
            pages.setdefault(click["user"], []).append(click["page"])
        return answer

    monkeypatch.setattr(stream.kinesis, "get_records", watch)
    return pages


def everybody(page):
    return [(user, page) for user in USERS]


def scale(target):
    stream.kinesis.update_shard_count(StreamName=stream.NAME, TargetShardCount=target, ScalingType="UNIFORM_SCALING")


def test_a_split_is_followed(producer, start, read_all, checkpoints, clicks, seen):
    producer.send(everybody("1"))
    consumer = start()
    consumer.work()
    scale(4)
    producer.send(everybody("2"))

    read_all(consumer)
    assert checkpoints.views() == {"1": 20, "2": 20}
    assert all(pages == ["1", "2"] for pages in seen.values())
    assert [checkpoints.finished(shard.shard_id) for shard in clicks.shards] == [True] * 2 + [False] * 4


def test_a_merge_is_followed(producer, start, read_all, checkpoints, seen):
    producer.send(everybody("1"))
    scale(1)
    producer.send(everybody("2"))

    read_all(start())
    assert checkpoints.views() == {"1": 20, "2": 20}
    assert all(pages == ["1", "2"] for pages in seen.values())


def test_children_wait_for_both_parents(producer, start, clicks):
    producer.send(everybody("1"))
    scale(1)
    consumer = start()

    parents = [shard.shard_id for shard in clicks.shards if not shard.is_open]
    assert consumer.ready() == parents
    consumer.read(parents[0])
    assert consumer.ready() == parents[1:]
    consumer.read(parents[1])
    assert consumer.ready() == [shard.shard_id for shard in clicks.open_shards]


@pytest.mark.cloudfakes(transitions="documented")
def test_the_stream_is_read_and_written_while_it_is_updating(
    producer, start, read_all, checkpoints, clicks, fake_clock
):
    fake_clock.run_until_idle()
    scale(4)
    producer.send(everybody("1"))
    consumer = start()
    assert clicks.status == "UPDATING"
    assert consumer.work() == 20

    fake_clock.advance(30)
    producer.send(everybody("2"))
    read_all(consumer)
    assert checkpoints.views() == {"1": 20, "2": 20}


def test_a_parent_that_has_expired_holds_nobody_up(producer, checkpoints, clicks, fake_clock, read_all):
    scale(4)
    fake_clock.advance(24 * 3600)
    producer.send(everybody("1"))

    assert [shard.is_open for shard in clicks.shards] == [True] * 4
    assert read_all(Consumer(checkpoints)) == 20
