"""SubscribeToShard with aiobotocore: events that are awaited."""

from __future__ import annotations

import asyncio
import sys
import time

import pytest
import pytest_asyncio

from .conftest import create_client, turns

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("never_hangs")]

SHARD = "shardId-000000000000"


@pytest_asyncio.fixture
async def kinesis(fake_clock):
    async with create_client("kinesis") as client:
        yield client


@pytest_asyncio.fixture
async def subscribe(kinesis):
    await kinesis.create_stream(StreamName="clicks", ShardCount=1)
    arn = (await kinesis.describe_stream(StreamName="clicks"))["StreamDescription"]["StreamARN"]
    consumer = (await kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="reports"))["Consumer"]

    async def subscribe_to_shard():
        answer = await kinesis.subscribe_to_shard(
            ConsumerARN=consumer["ConsumerARN"], ShardId=SHARD, StartingPosition={"Type": "TRIM_HORIZON"}
        )
        return answer["EventStream"]

    return subscribe_to_shard


def data(event):
    return [record["Data"] for record in event["SubscribeToShardEvent"]["Records"]]


async def test_events_come_every_five_seconds_of_the_clouds_time(kinesis, subscribe, fake_clock):
    await kinesis.put_record(StreamName="clicks", Data=b"1", PartitionKey="key")
    began, started = fake_clock.now(), time.monotonic()
    seen = []
    async for event in await subscribe():
        seen.append((fake_clock.now() - began, data(event)))
        if len(seen) == 3:
            break
    assert seen == [(0, [b"1"]), (5_000, []), (10_000, [])]
    assert time.monotonic() - started < 1


async def test_a_subscription_ends_after_five_minutes(subscribe, fake_clock):
    began = fake_clock.now()
    async for _ in await subscribe():
        pass
    assert fake_clock.now() - began == 300_000


async def test_other_tasks_run_while_an_event_is_awaited(kinesis, subscribe, fake_clock):
    began = fake_clock.now()
    events = (await subscribe()).__aiter__()
    assert data(await events.__anext__()) == []
    following = asyncio.create_task(events.__anext__())
    await turns()
    assert not following.done()
    await kinesis.put_record(StreamName="clicks", Data=b"1", PartitionKey="key")
    assert data(await following) == [b"1"]
    assert fake_clock.now() - began < 5_000


async def test_a_reader_who_is_cancelled_leaves_nothing_behind(kinesis, subscribe, fake_clock):
    def is_awaited():
        return any("has an event" in due.what for due in fake_clock.upcoming())

    awake = asyncio.create_task(turns(sys.maxsize))  # so that held time doesn't go on by itself
    stream = await subscribe()
    events = stream.__aiter__()
    await events.__anext__()
    following = asyncio.create_task(events.__anext__())
    await turns()
    assert is_awaited()
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
    stream.close()
    assert not is_awaited()

    await kinesis.put_record(StreamName="clicks", Data=b"1", PartitionKey="key")
    fake_clock.advance(5)  # until when a shard has one subscription of a consumer
    assert data(await (await subscribe()).__aiter__().__anext__()) == [b"1"]
    awake.cancel()


async def test_a_stream_that_is_closed_ends(subscribe):
    stream = await subscribe()
    events = stream.__aiter__()
    await events.__anext__()
    stream.close()
    with pytest.raises(StopAsyncIteration):
        await events.__anext__()
