"""trio, through aiobotocore's backend for httpx."""

from __future__ import annotations

import math
import subprocess
import sys
import time

import boto3
import pytest
import trio
import trio.testing
from botocore.exceptions import ClientError

from pytest_cloudfakes import NotFaked

from .conftest import REGION, create_client

pytestmark = [
    pytest.mark.usefixtures("never_hangs"),
    pytest.mark.filterwarnings("ignore:.*httpx:DeprecationWarning"),
]


def create(service="sqs", **parameters):
    from aiobotocore.config import AioConfig
    from aiobotocore.httpxsession import HttpxSession

    return create_client(service, config=AioConfig(http_session_cls=HttpxSession, **parameters))


@pytest.fixture
def since(fake_clock):
    began = fake_clock.now()
    return lambda: (fake_clock.now() - began) / 1000


class Jobs:
    """A queue, for coroutines."""

    def __init__(self, client, url):
        self.client, self.url = client, url

    async def send(self, body, **parameters):
        await self.client.send_message(QueueUrl=self.url, MessageBody=body, **parameters)

    async def receive(self, wait=0, **parameters):
        answer = await self.client.receive_message(QueueUrl=self.url, WaitTimeSeconds=wait, **parameters)
        return [message["Body"] for message in answer.get("Messages", [])]

    async def for_ever(self, polls):
        while True:
            await self.receive(20)
            polls.append(1)


@pytest.fixture
def in_trio(fake_cloud):
    """Run a coroutine function with a queue."""

    def run(test, **options):
        async def main():
            async with create() as client:
                await test(Jobs(client, (await client.create_queue(QueueName="jobs"))["QueueUrl"]))

        trio.run(main, **options)

    return run


def test_a_long_poll_of_the_tests_own_task(in_trio, since):
    async def test(jobs):
        await jobs.send("cat.png", DelaySeconds=5)
        assert await jobs.receive(20) == ["cat.png"]
        assert since() == 5
        assert await jobs.receive(20) == []
        assert since() == 25

    in_trio(test)


def test_tasks_that_can_run_do_so_before_time_goes_on(in_trio, since):
    log = []

    async def test(jobs):
        async def ticker():
            for _ in range(100):
                log.append(since())
                await trio.lowlevel.checkpoint()
            await jobs.send("after the ticks")

        async with trio.open_nursery() as nursery:
            nursery.start_soon(ticker)
            assert await jobs.receive(20) == ["after the ticks"]

    in_trio(test)
    assert log == [0] * 100
    assert since() == 0


@pytest.mark.parametrize("kind", ["nursery", "event", "channel", "lock"])
def test_time_goes_on_for_a_worker_that_the_tests_own_task_waits_for(in_trio, since, kind):
    async def test(jobs):
        done, lock = trio.Event(), trio.Lock()
        put, get = trio.open_memory_channel(math.inf)

        async def work():
            async with lock:
                assert await jobs.receive(20) == ["cat.png"]
            done.set()
            put.send_nowait(1)

        await jobs.send("cat.png", DelaySeconds=15)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(work)
            await trio.testing.wait_all_tasks_blocked()
            if kind == "event":
                await done.wait()
            elif kind == "channel":
                await get.receive()
            elif kind == "lock":
                async with lock:
                    pass

    in_trio(test)
    assert since() == 15


@pytest.mark.parametrize("what", ["sleep", "thread", "subprocess"])
def test_time_stands_while_the_tests_own_task_waits_for_something_real(in_trio, since, what):
    polls = []

    async def test(jobs):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(jobs.for_ever, polls)
            if what == "sleep":
                await trio.sleep(0.1)
            elif what == "thread":
                await trio.to_thread.run_sync(time.sleep, 0.1)
            else:
                await trio.run_process([sys.executable, "-S", "-c", "import time; time.sleep(0.1)"])
            nursery.cancel_scope.cancel()

    in_trio(test)
    assert since() == 0
    assert polls == []


def test_time_stands_while_a_worker_that_the_own_task_waits_for_does_something_real(in_trio, since):
    async def test(jobs):
        async def work():
            await trio.sleep(0.1)
            await jobs.send("cat.png")

        async def receive():
            assert await jobs.receive(20) == ["cat.png"]

        async with trio.open_nursery() as nursery:
            nursery.start_soon(work)
            nursery.start_soon(receive)

    in_trio(test)
    assert since() == 0


def test_a_thread_may_send_meanwhile(fake_cloud, in_trio):
    sqs = boto3.client("sqs", region_name=REGION)

    async def test(jobs):
        async def send():
            await trio.to_thread.run_sync(
                lambda: (time.sleep(0.05), sqs.send_message(QueueUrl=jobs.url, MessageBody="cat.png"))
            )

        async with trio.open_nursery() as nursery:
            nursery.start_soon(send)
            assert await jobs.receive(20) == ["cat.png"]

    in_trio(test)


@pytest.mark.parametrize("when", ["before the answer", "with the answer", "by a deadline"])
def test_a_receive_that_is_cancelled_leaves_the_queue_as_if_it_had_not_been_called(in_trio, fake_clock, when):
    async def test(jobs):
        async def stay_awake():
            while True:
                await trio.lowlevel.checkpoint()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(stay_awake)
            async with trio.open_nursery() as polls:
                polls.start_soon(jobs.receive, 20)
                for _ in range(20):
                    await trio.lowlevel.checkpoint()
                if when == "with the answer":
                    await jobs.send("cat.png")
                if when == "by a deadline":
                    polls.cancel_scope.deadline = trio.current_time() + 0.02
                else:
                    polls.cancel_scope.cancel()
            if when != "with the answer":
                await jobs.send("cat.png")
            answer = await jobs.client.receive_message(QueueUrl=jobs.url, AttributeNames=["All"])
            (message,) = answer["Messages"]
            assert message["Attributes"]["ApproximateReceiveCount"] == "1"
            nursery.cancel_scope.cancel()

    in_trio(test)
    assert [due.what for due in fake_clock.upcoming() if "wait" in due.what] == []


def test_retries_and_waiters_take_the_clouds_time(fake_cloud, fake_clock):
    async def test(mode):
        async with create(retries={"mode": mode, "total_max_attempts": 4}) as client:
            fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException", times=2)
            return await client.list_queues()

    for mode in ("legacy", "standard", "adaptive"):
        before, started = fake_clock.now(), time.monotonic()
        assert trio.run(test, mode)["ResponseMetadata"]["RetryAttempts"] == 2
        assert fake_clock.now() > before
        assert time.monotonic() - started < 1


def test_a_long_poll_whose_retries_are_used_up_backs_off_on_the_clock(fake_cloud, fake_clock):
    async def test():
        async with create(retries={"mode": "standard", "total_max_attempts": 3}) as client:
            url = (await client.create_queue(QueueName="jobs"))["QueueUrl"]
            fake_cloud.faults.fail("sqs", "ReceiveMessage", "ServiceUnavailable", times=None)
            # More failures than the client's quota of retries pays for.
            for _ in range(70):
                with pytest.raises(ClientError):
                    await client.receive_message(QueueUrl=url, WaitTimeSeconds=20)

    started = time.monotonic()
    trio.run(test)
    assert time.monotonic() - started < 5


def test_a_clock_of_trios_that_jumps_too(in_trio, since):
    async def test(jobs):
        async def send():
            await trio.sleep(1000)
            await jobs.send("cat.png")

        async with trio.open_nursery() as nursery:
            nursery.start_soon(send)
            assert await jobs.receive(20) == []

    in_trio(test, clock=trio.testing.MockClock(autojump_threshold=0))
    assert since() == 20


def test_nothing_leaves_the_process(fake_cloud):
    from aiobotocore.utils import AnyioInstanceMetadataFetcher

    async def test():
        async with create("glue") as glue:
            with pytest.raises(NotFaked):
                await glue.get_databases()
        assert await AnyioInstanceMetadataFetcher(timeout=0.1).retrieve_iam_role_credentials() == {}

    trio.run(test)


def test_it_is_no_burden_where_trio_is_merely_installed():
    code = "import sys, pytest_cloudfakes.awaiting; assert 'trio' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=20)
