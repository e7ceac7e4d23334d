"""freezegun and time-machine beside waits in a loop: no freeze hangs them, and the cloud follows."""

from __future__ import annotations

import asyncio
import datetime
import time

import freezegun
import pytest
import time_machine

from pytest_cloudfakes import FakeCloud

from .conftest import KEYS, create_client, turns

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("never_hangs")]

NOON = datetime.datetime(2030, 5, 1, 12, tzinfo=datetime.timezone.utc)


@pytest.fixture(params=["freezegun with asyncio real", "freezegun", "time-machine"])
def frozen(request):
    """A context in which time is frozen at noon."""
    if request.param == "time-machine":
        return lambda: time_machine.travel(NOON, tick=False)
    return lambda: freezegun.freeze_time(NOON, real_asyncio="real" in request.param)


@pytest.mark.parametrize("held", [True, False], ids=["held", "flowing"])
async def test_a_long_poll_moves_the_freeze_along(frozen, held):
    async with create_client(**KEYS) as client:
        with frozen(), FakeCloud() as cloud:
            if held:
                cloud.clock.hold()
            url = (await client.create_queue(QueueName="jobs"))["QueueUrl"]
            await client.send_message(QueueUrl=url, MessageBody="cat.png", DelaySeconds=5)
            answer = await client.receive_message(QueueUrl=url, WaitTimeSeconds=20)
            assert answer["Messages"][0]["Body"] == "cat.png"
            assert datetime.datetime.now(datetime.timezone.utc) == NOON + datetime.timedelta(seconds=5)


async def test_a_worker_that_is_waited_for_moves_it_too(frozen):
    async with create_client(**KEYS) as client:
        with frozen(), FakeCloud() as cloud:
            cloud.clock.hold()
            url = (await client.create_queue(QueueName="jobs"))["QueueUrl"]
            poll = asyncio.create_task(client.receive_message(QueueUrl=url, WaitTimeSeconds=20))
            done = asyncio.Event()
            poll.add_done_callback(lambda _: done.set())
            await done.wait()
            assert cloud.clock.now() == NOON.timestamp() * 1000 + 20_000


async def test_ticking_a_freeze_wakes_a_waiting_task():
    async with create_client(**KEYS) as client:
        with freezegun.freeze_time(NOON, real_asyncio=True) as freeze, FakeCloud():
            url = (await client.create_queue(QueueName="jobs"))["QueueUrl"]
            poll = asyncio.create_task(client.receive_message(QueueUrl=url, WaitTimeSeconds=20))
            await turns()
            await asyncio.sleep(0.05)
            assert not poll.done()
            freeze.tick(20)
            await asyncio.wait_for(poll, 5)


async def test_back_off_in_a_freeze(frozen):
    async with create_client(**KEYS) as client:
        with frozen(), FakeCloud() as cloud:
            cloud.faults.fail("sqs", "ListQueues", "ThrottlingException", times=3)
            await client.list_queues()
            assert cloud.clock.datetime() > NOON


@pytest.mark.cloudfakes(freeze=True)
async def test_the_clouds_own_freeze(fake_clock):
    async with create_client() as client:
        url = (await client.create_queue(QueueName="jobs"))["QueueUrl"]
        before = time.time()
        await client.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        assert time.time() - before == pytest.approx(20)
