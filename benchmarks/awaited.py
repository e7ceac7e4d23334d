"""The calls of `calls.py` from asyncio: aiobotocore with a fake cloud, as multiples of aiobotocore alone."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from benchmarks.answers import MISSING_QUEUE_URL, SQS
from benchmarks.comparison import Comparison, Row, Side
from benchmarks.floor import CREDENTIALS, AtOnce
from benchmarks.worker import Measurement, Measurements, cpu_seconds
from pytest_cloudfakes import FakeCloud

HAS_AIOBOTOCORE = importlib.util.find_spec("aiobotocore") is not None


def comparisons(*, quick: bool) -> Iterator[Comparison]:
    """Where aiobotocore is installed."""
    if not HAS_AIOBOTOCORE:
        return
    count, rounds = (10, 1) if quick else (200, 40)
    yield Comparison(
        "aiobotocore-calls",
        "Amazon SQS with aiobotocore, the short way : aiobotocore alone",
        Side("benchmarks.awaited:sqs", ("cloud", count)),
        Side("benchmarks.awaited:sqs", ("floor", count)),
        (
            Row("send", "send", 0.20),
            Row("receive and delete", "receive + delete", 0.20),
            Row("error", "a call that fails", 0.20),
        ),
        rounds,
    )


def sqs(kind: str, count: int) -> Measurements:
    """Calls of one client, one after the other in one task."""
    if kind == "cloud":
        FakeCloud().start()
    loop = asyncio.new_event_loop()
    client = loop.run_until_complete(_client(kind))
    url = loop.run_until_complete(client.create_queue(QueueName="jobs"))["QueueUrl"]

    async def send() -> None:
        await client.send_message(QueueUrl=url, MessageBody="hello")

    async def receive_and_delete() -> None:
        (message,) = (await client.receive_message(QueueUrl=url))["Messages"]
        await client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    async def error() -> None:
        try:
            await client.send_message(QueueUrl=MISSING_QUEUE_URL, MessageBody="hello")
        except client.exceptions.QueueDoesNotExist:
            return
        raise AssertionError("no error")

    def measured(call: Callable[[], Awaitable[None]]) -> Measurement:
        async def calls() -> None:
            for _ in range(count):
                await call()

        return lambda: cpu_seconds(lambda: loop.run_until_complete(calls())) / count

    return {"send": measured(send), "receive and delete": measured(receive_and_delete), "error": measured(error)}


async def _client(kind: str) -> Any:
    from aiobotocore.session import get_session

    client = await get_session().create_client("sqs", region_name="us-east-1", **CREDENTIALS).__aenter__()
    if kind == "floor":
        _AwaitedAtOnce(client, SQS)
    return client


class _AwaitedAtOnce(AtOnce):
    """In place of aiobotocore's HTTP session."""

    async def send(self, request: Any) -> Any:  # type: ignore[override]
        """Answer."""
        from aiobotocore.awsrequest import AioAWSResponse

        status, headers, body = self.respond(request)
        return AioAWSResponse(request.url, status, headers, _Raw(body))


class _Raw:
    """The part of aiohttp's response that aiobotocore reads."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self) -> bytes:
        return self._body
