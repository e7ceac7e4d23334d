"""When a cloud goes off, aiobotocore and botocore are exactly as before, and nested clouds are separate."""

from __future__ import annotations

import asyncio

import pytest

from pytest_cloudfakes import FakeCloud

from .conftest import KEYS, create_client, in_a_loop, turns

pytestmark = pytest.mark.asyncio


@pytest.fixture
def unchanged(as_before):
    """Nothing differs after the test, once everything that the test needs has been loaded."""
    yield
    assert as_before() == []


@pytest.fixture(autouse=True, scope="module")
def loaded():
    async def use():
        async with create_client(**KEYS) as client:
            client.meta.events.register("before-send", lambda **kwargs: None)
            await client.list_queues()

    with FakeCloud():
        in_a_loop(use())


async def queues(client):
    return [url.rsplit("/", 1)[1] for url in (await client.list_queues()).get("QueueUrls", [])]


async def test_the_inner_cloud_is_fresh_and_the_outer_one_is_back_afterwards(either_way, unchanged):
    async with create_client(**KEYS) as client:
        either_way(client)
        with FakeCloud() as outer:
            await client.create_queue(QueueName="outer")
            with FakeCloud() as inner:
                assert await queues(client) == []
                await client.create_queue(QueueName="inner")
            assert await queues(client) == ["outer"]
    assert [call.operation for call in inner.calls] == ["ListQueues", "CreateQueue"]
    assert [call.operation for call in outer.calls] == ["CreateQueue", "ListQueues"]


async def test_after_calls_of_every_kind(unchanged):
    async with create_client(**KEYS) as client:
        with FakeCloud() as cloud:
            cloud.clock.hold()
            url = (await client.create_queue(QueueName="jobs"))["QueueUrl"]
            await client.receive_message(QueueUrl=url, WaitTimeSeconds=20)
            cloud.faults.fail("sqs", "ListQueues", "ThrottlingException")
            await client.list_queues()
            with pytest.raises(client.exceptions.QueueDoesNotExist):
                await client.get_queue_url(QueueName="missing")


async def test_after_a_test_that_fails(unchanged):
    async def fails():
        with FakeCloud():
            async with create_client(**KEYS) as client:
                await client.list_queues()
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()


async def test_two_clouds_that_wait_keep_their_own_time(unchanged):
    async with create_client(**KEYS) as client:
        with FakeCloud() as outer, FakeCloud() as inner:
            outer.clock.hold()
            inner.clock.hold()
            before = outer.clock.now(), inner.clock.now()
            url = (await client.create_queue(QueueName="jobs"))["QueueUrl"]
            await client.receive_message(QueueUrl=url, WaitTimeSeconds=20)
            assert (outer.clock.now(), inner.clock.now()) == (before[0], before[1] + 20_000)


async def test_a_call_that_still_waits_when_its_cloud_goes_off_can_be_cancelled(unchanged):
    async with create_client(**KEYS) as client:
        with FakeCloud():
            url = (await client.create_queue(QueueName="jobs"))["QueueUrl"]
            sleeper = asyncio.create_task(asyncio.sleep(60))
            poll = asyncio.create_task(client.receive_message(QueueUrl=url, WaitTimeSeconds=20))
            await turns()
        poll.cancel()
        sleeper.cancel()
        with pytest.raises(asyncio.CancelledError):
            await poll


async def test_the_decorator_on_a_coroutine(unchanged):
    @FakeCloud()
    async def decorated():
        async with create_client(**KEYS) as client:
            found = await queues(client)
            await client.create_queue(QueueName="jobs")
        return found

    assert await decorated() == []
    assert await decorated() == []
