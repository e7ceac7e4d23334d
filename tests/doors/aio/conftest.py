"""aiobotocore's clients as a door to the cloud. Where it isn't installed, none of this is collected."""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, TypeVar

import pytest
import pytest_asyncio

from pytest_cloudfakes import FakeCloud


def _is_installed(*names: str) -> bool:
    try:
        return all(find_spec(name) for name in names)
    except ModuleNotFoundError:
        return False


HAS_HTTPX_BACKEND = _is_installed("aiobotocore.httpxsession") and (_is_installed("httpx2") or _is_installed("httpx"))
"""Whether aiobotocore can do without aiohttp, and so run on trio."""

collect_ignore_glob = [] if _is_installed("aiobotocore") else ["test_*.py"]
if not _is_installed("aioboto3"):
    collect_ignore_glob.append("test_aioboto3.py")
if not (HAS_HTTPX_BACKEND and _is_installed("trio")):
    collect_ignore_glob.append("test_trio.py")

T = TypeVar("T")

REGION = "eu-west-1"
KEYS = {"aws_access_key_id": "111122223333", "aws_secret_access_key": "secret"}


@functools.cache
def _session() -> Any:
    """One session, which reads each service's model once."""
    from aiobotocore.session import get_session

    return get_session()


def create_client(service: str = "sqs", **parameters: Any) -> Any:
    """A client, to be entered."""
    return _session().create_client(service, **{"region_name": REGION, **parameters})


@pytest_asyncio.fixture
async def sqs(fake_cloud: FakeCloud) -> AsyncIterator[Any]:
    async with create_client() as client:
        yield client


@pytest_asyncio.fixture
async def queue_url(sqs: Any) -> str:
    return (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]


@pytest.fixture
def bodies(sqs: Any, queue_url: str) -> Callable[..., Any]:
    """Receive, and get the bodies."""

    async def receive(wait: int = 0, **parameters: Any) -> list[str]:
        answer = await sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=wait, **parameters)
        return [message["Body"] for message in answer.get("Messages", [])]

    return receive


@pytest.fixture
def send(sqs: Any, queue_url: str) -> Callable[..., Any]:
    """Send a message."""
    return lambda body, **parameters: sqs.send_message(QueueUrl=queue_url, MessageBody=body, **parameters)


def module_of_botocores_tests(name: str) -> Any:
    """A module of the folder above, loaded by its path: tests are no package in which it would have a name."""
    path = Path(__file__).parents[1] / f"{name}.py"
    spec = spec_from_file_location(f"botocores_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def in_a_loop(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run it in a loop of its own. A plugin may have put another one into this thread, which stays."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


async def turns(count: int = 20) -> None:
    """Let the other tasks have so many turns, so that each gets as far as it can."""
    for _ in range(count):
        await asyncio.sleep(0)
