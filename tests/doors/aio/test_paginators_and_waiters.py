"""Paginators walk through real pages; waiters wait on the cloud's clock."""

from __future__ import annotations

import asyncio
import time

import pytest
from botocore.exceptions import WaiterError

from .conftest import create_client, turns

pytestmark = pytest.mark.asyncio


async def test_a_paginator_walks_through_all_pages(sqs, fake_cloud, either_way):
    for number in range(5):
        await sqs.create_queue(QueueName=f"jobs-{number}")
    pages = either_way(sqs).get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 2})
    sizes = [len(page["QueueUrls"]) async for page in pages]
    assert sizes == [2, 2, 1]
    assert [call.operation for call in fake_cloud.calls].count("ListQueues") == 3


async def test_its_search_and_its_full_result(sqs):
    for number in range(3):
        await sqs.create_queue(QueueName=f"jobs-{number}")
    paginator = sqs.get_paginator("list_queues")
    pages = paginator.paginate(PaginationConfig={"PageSize": 1})
    assert len((await pages.build_full_result())["QueueUrls"]) == 3
    assert [url[-1] async for url in paginator.paginate().search("QueueUrls[]")] == ["0", "1", "2"]


@pytest.mark.cloudfakes(transitions="documented")
async def test_a_waiter_looks_again_on_the_clock(fake_cloud, fake_clock):
    started, before = time.monotonic(), fake_clock.now()
    async with create_client("kinesis") as kinesis:
        await kinesis.create_stream(StreamName="clicks", ShardCount=1)
        await kinesis.get_waiter("stream_exists").wait(StreamName="clicks", WaiterConfig={"Delay": 30})
    assert fake_clock.now() - before == 30_000
    assert [call.operation for call in fake_cloud.calls] == ["CreateStream", "DescribeStream", "DescribeStream"]
    assert time.monotonic() - started < 1


async def test_a_waiter_gives_up_on_the_clock(fake_clock):
    started, before = time.monotonic(), fake_clock.now()
    async with create_client("kinesis") as kinesis:
        await kinesis.create_stream(StreamName="clicks", ShardCount=1)
        waiter = kinesis.get_waiter("stream_not_exists")
        with pytest.raises(WaiterError, match="Max attempts exceeded"):
            await waiter.wait(StreamName="clicks", WaiterConfig={"Delay": 10, "MaxAttempts": 4})
    assert fake_clock.now() - before == 30_000
    assert time.monotonic() - started < 1


async def test_a_waiter_sees_what_another_task_does_meanwhile(fake_clock):
    async with create_client("kinesis") as kinesis:
        await kinesis.create_stream(StreamName="clicks", ShardCount=1)
        before = fake_clock.now()
        waiting = asyncio.create_task(kinesis.get_waiter("stream_not_exists").wait(StreamName="clicks"))
        await turns()
        await kinesis.delete_stream(StreamName="clicks")
        await waiting
    assert fake_clock.now() - before == 10_000
