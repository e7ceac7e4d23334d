"""Test runners for coroutines: each finds the test's own task, so that its waits take no real time."""

from __future__ import annotations

import textwrap
from importlib.util import find_spec

import pytest

from .conftest import HAS_HTTPX_BACKEND

BODY = """
import asyncio, time
import pytest

async def polled(make_client, fake_clock):
    began, started = fake_clock.now(), time.perf_counter()
    async with make_client() as sqs:
        url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        await sqs.send_message(QueueUrl=url, MessageBody="cat.png", DelaySeconds=5)
        answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        assert answer["Messages"][0]["Body"] == "cat.png"
        await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
    assert fake_clock.now() - began == 25_000
    assert time.perf_counter() - started < 2

def client():
    from aiobotocore.session import get_session
    return get_session().create_client("sqs", region_name="eu-west-1")

def client_on_httpx():
    from aiobotocore.config import AioConfig
    from aiobotocore.httpxsession import HttpxSession
    from aiobotocore.session import get_session
    config = AioConfig(http_session_cls=HttpxSession)
    return get_session().create_client("sqs", region_name="eu-west-1", config=config)
"""


@pytest.fixture
def run(pytester):
    """Run a test file in a pytest of its own."""

    def run_pytest(source, *arguments):
        pytester.makepyfile(BODY + textwrap.dedent(source))
        return pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider", *arguments)

    return run_pytest


def test_pytest_asyncio(run):
    result = run(
        """
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def sqs(fake_cloud):
            async with client() as made:
                yield made

        @pytest.mark.asyncio
        async def test_it(fake_clock):
            await polled(client, fake_clock)

        @pytest.mark.asyncio
        async def test_with_a_client_from_a_fixture(sqs, fake_clock):
            await polled(client, fake_clock)
            assert (await sqs.list_queues())["QueueUrls"]
        """
    )
    result.assert_outcomes(passed=2)


def test_anyios_plugin_on_asyncio(run):
    pytest.importorskip("anyio")
    result = run(
        """
        pytestmark = pytest.mark.anyio

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.fixture
        async def sqs(fake_cloud):
            async with client() as made:
                yield made

        async def test_it(sqs, fake_clock):
            await polled(client, fake_clock)
            assert (await sqs.list_queues())["QueueUrls"]

        async def test_a_task_group(fake_clock):
            import anyio

            async with anyio.create_task_group() as group:
                group.start_soon(polled, client, fake_clock)
        """,
        "-p",
        "no:asyncio",
    )
    result.assert_outcomes(passed=2)


@pytest.mark.skipif(not (HAS_HTTPX_BACKEND and find_spec("trio")), reason="trio needs aiobotocore's backend for httpx")
def test_anyios_plugin_on_both_backends(run):
    result = run(
        """
        pytestmark = pytest.mark.anyio

        async def test_it(anyio_backend, fake_clock):
            await polled(client_on_httpx, fake_clock)

        async def test_a_task_group(anyio_backend, fake_clock):
            import anyio

            async with anyio.create_task_group() as group:
                group.start_soon(polled, client_on_httpx, fake_clock)
        """,
        "-p",
        "no:asyncio",
    )
    result.assert_outcomes(passed=4)


def test_unittest(run):
    result = run(
        """
        import unittest
        from pytest_cloudfakes import FakeCloud

        class Test(unittest.IsolatedAsyncioTestCase):
            async def test_it(self):
                with FakeCloud() as cloud:
                    cloud.clock.hold()
                    await polled(client, cloud.clock)

            @FakeCloud()
            async def test_decorated(self):
                await client().__aenter__()
        """
    )
    result.assert_outcomes(passed=2)
