"""async-kinesis: a producer and a consumer on aiobotocore, with checkpoints in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from kinesis import Consumer, MemoryCheckPointer, Producer


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def consumer(*, idle_timeout: float = 0.6, **options: Any) -> Consumer:
    """A consumer that is content with short pauses."""
    return Consumer("clicks", sleep_time_no_records=0.01, idle_timeout=idle_timeout, shard_fetch_rate=100, **options)


async def write(*items: Any) -> None:
    async with Producer("clicks", buffer_time=0.01) as producer:
        for item in items:
            await producer.put(item)
        await producer.flush()


async def read(reader: Consumer, count: int) -> list[Any]:
    """The next items; fewer if no more come."""
    found: list[Any] = []
    async for item in reader:
        found.append(item)
        if len(found) == count:
            break
    return found


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(work, 20))


def test_what_is_written_is_read(stream: Any) -> None:
    async def work() -> list[Any]:
        await write({"page": "home"}, {"page": "cart"})
        async with consumer() as reader:
            return await read(reader, 2)

    assert run(work()) == [{"page": "home"}, {"page": "cart"}]


def test_the_stream_is_created_and_waited_for(fake_kinesis: Any) -> None:
    async def work() -> None:
        async with Producer("fresh", create_stream=True, create_stream_shards=2, buffer_time=0.01) as producer:
            await producer.put({"page": "home"})
            await producer.flush()

    run(work())
    fresh = fake_kinesis.stream("fresh")
    assert (len(fresh.open_shards), len(fresh.records)) == (2, 1)


def test_refused_entries_are_written_again(stream: Any, fake_kinesis: Any) -> None:
    fake_kinesis.throttle_writes("clicks", records=2)
    run(write(*[{"number": number} for number in range(3)]))
    [shard] = stream.shards
    assert shard.throttled_writes == 2
    assert run(_read_all(3)) == [0, 1, 2]


async def _read_all(count: int) -> list[int]:
    async with consumer() as reader:
        return sorted(item["number"] for item in await read(reader, count))


def test_a_second_consumer_goes_on_from_the_checkpoint(stream: Any) -> None:
    checkpoints = MemoryCheckPointer()

    async def work() -> list[Any]:
        await write({"number": 1})
        async with consumer(checkpointer=checkpoints) as reader:
            await read(reader, 5)
        await write({"number": 2})
        async with consumer(checkpointer=checkpoints) as reader:
            return await read(reader, 5)

    assert run(work()) == [{"number": 2}]


def test_children_are_read_after_their_parent(stream: Any, split: Any) -> None:
    async def work() -> list[Any]:
        await write(*[{"number": number} for number in range(3)])
        split()
        await write(*[{"number": number} for number in range(3, 9)])
        async with consumer() as reader:
            return [item["number"] for item in await read(reader, 9)]

    numbers = run(work())
    assert numbers[:3] == [0, 1, 2]
    assert sorted(numbers) == list(range(9))
    assert len(stream.open_shards) == 2


def test_an_iterator_that_expired_is_fetched_anew(stream: Any, fake_cloud: Any) -> None:
    async def work() -> list[Any]:
        await write({"number": 1})
        async with consumer(idle_timeout=5) as reader:
            first = await read(reader, 1)
            fake_cloud.clock.advance(301)
            await write({"number": 2})
            return first + await read(reader, 1)

    assert run(work()) == [{"number": 1}, {"number": 2}]
