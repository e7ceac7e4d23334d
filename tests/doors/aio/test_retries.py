"""aiobotocore's retries are its own, and their back-off is awaited on the cloud's clock."""

from __future__ import annotations

import asyncio
import sys
import time
from unittest import mock

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from .conftest import create_client, turns

pytestmark = pytest.mark.asyncio

MODES = ("legacy", "standard", "adaptive")


def retrying(mode, attempts=4):
    from aiobotocore.config import AioConfig

    return create_client(config=AioConfig(retries={"mode": mode, "total_max_attempts": attempts}))


@pytest.fixture(params=MODES)
def mode(request):
    return request.param


async def test_a_throttled_call_is_retried_until_it_goes_well(fake_cloud, fake_clock, mode):
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException", times=2)
    before, started = fake_clock.now(), time.monotonic()
    async with retrying(mode) as client:
        answer = await client.list_queues()

    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert [call.error_code for call in fake_cloud.calls] == ["ThrottlingException", "ThrottlingException", None]
    assert before < fake_clock.now() <= before + 60_000
    assert time.monotonic() - started < 1


async def test_a_call_that_is_throttled_for_good_fails_after_its_attempts(fake_cloud, fake_clock, mode):
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException", times=None)
    async with retrying(mode) as client:
        with pytest.raises(ClientError, match=r"reached max retries: 3") as caught:
            await client.list_queues()
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 3
    assert len(fake_cloud.calls) == 4


async def test_with_the_clock_flowing_it_takes_no_real_time_where_nobody_else_is_there(fake_cloud, mode):
    fake_cloud.faults.fail("sqs", "ListQueues", "ServiceUnavailable", times=3)
    before, started = fake_cloud.clock.now(), time.monotonic()
    async with retrying(mode) as client:
        await client.list_queues()
    assert fake_cloud.clock.now() > before
    assert time.monotonic() - started < 1


async def test_with_the_clock_flowing_the_back_off_is_real_where_another_task_waits_for_something_real(fake_cloud):
    sleeper = asyncio.create_task(asyncio.sleep(5))
    fake_cloud.faults.fail("sqs", "ListQueues", "ServiceUnavailable", times=1)
    with mock.patch("random.random", return_value=0.05):
        async with retrying("standard") as client:
            started = time.monotonic()
            await client.list_queues()
    assert 0.01 < time.monotonic() - started < 4
    sleeper.cancel()


async def test_other_tasks_run_while_a_call_backs_off(fake_cloud, fake_clock):
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException", times=2)
    log = []

    async def ticker():
        for number in range(30):
            log.append(number)
            await asyncio.sleep(0)

    task = asyncio.create_task(ticker())
    async with retrying("standard") as client:
        before = fake_clock.now()
        call = asyncio.create_task(client.list_queues())
        await task
        assert not call.done()
        assert fake_clock.now() == before
        await call
    assert len(log) == 30


async def test_errors_of_the_caller_are_not_retried(fake_cloud, fake_clock, mode, either_way):
    before = fake_clock.now()
    async with retrying(mode) as client:
        with pytest.raises(client.exceptions.QueueDoesNotExist):
            await either_way(client).get_queue_url(QueueName="missing")
    assert len(fake_cloud.calls) == 1
    assert fake_clock.now() == before


async def test_a_connection_that_breaks_is_tried_again(fake_cloud, fake_clock, mode):
    fake_cloud.faults.lose_answer("sqs", "CreateQueue", times=2)
    async with retrying(mode) as client:
        answer = await client.create_queue(QueueName="jobs")
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert [call.operation for call in fake_cloud.calls] == ["CreateQueue"] * 3


async def test_a_network_that_stays_broken_is_told_as_botocore_tells_it(fake_cloud, fake_clock):
    async with retrying("standard") as client:
        fake_cloud.faults.lose_answer("sqs", "ListQueues", times=None)
        with pytest.raises(ConnectionClosedError):
            await client.list_queues()
        fake_cloud.faults.clear()
        fake_cloud.faults.time_out("sqs", "ListQueues", times=None)
        with pytest.raises(ReadTimeoutError):
            await client.list_queues()


async def test_the_adaptive_mode_limits_its_rate_on_the_clock(fake_cloud, fake_clock):
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException", times=1)
    before, started = fake_clock.now(), time.monotonic()
    async with retrying("adaptive") as client:
        for _ in range(20):
            await client.list_queues()
    # The rate starts anew at half a request a second and grows from there.
    assert fake_clock.now() - before > 3_000
    assert time.monotonic() - started < 2


async def test_a_long_poll_whose_retries_are_used_up_backs_off_on_the_clock(fake_cloud, fake_clock):
    started = time.monotonic()
    async with retrying("standard", attempts=3) as client:
        url = (await client.create_queue(QueueName="jobs"))["QueueUrl"]
        fake_cloud.faults.fail("sqs", "ReceiveMessage", "ServiceUnavailable", times=None)
        # More failures than the client's quota of retries pays for.
        for _ in range(70):
            with pytest.raises(ClientError):
                await client.receive_message(QueueUrl=url, WaitTimeSeconds=20)
    assert time.monotonic() - started < 5


async def test_a_user_who_replaces_asyncio_sleep_gets_the_back_offs(fake_cloud, fake_clock):
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException", times=2)
    before = fake_clock.now()
    async with retrying("standard") as client:
        with mock.patch("asyncio.sleep", mock.AsyncMock()) as sleep:
            await client.list_queues()
    assert sleep.await_count == 2
    assert fake_clock.now() == before


async def test_a_cancelled_back_off_is_forgotten(fake_cloud, fake_clock):
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException", times=2)
    busy = asyncio.create_task(turns(sys.maxsize))
    async with retrying("standard") as client:
        call = asyncio.create_task(client.list_queues())
        await turns()
        assert [due.what for due in fake_clock.upcoming()] == ["retry back-off ends"]
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    assert fake_clock.upcoming() == []
    busy.cancel()
