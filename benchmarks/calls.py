"""Single calls, as multiples of the same call to botocore with nothing behind it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from benchmarks.answers import MISSING_QUEUE_URL, SQS
from benchmarks.clouds import HAS_MOTO, make_client
from benchmarks.comparison import Comparison, Row, Side
from benchmarks.worker import Measurements, per_call

Target = tuple[float | None, float | None]
"""The most that a quotient may be, and what it aims at."""


def comparisons(*, quick: bool) -> Iterator[Comparison]:
    """Calls the short way, the long way, and moto's."""
    count, rounds = (10, 1) if quick else (200, 40)
    yield Comparison(
        "sqs-calls",
        "Amazon SQS, the short way : botocore alone",
        **_against_floor("cloud", count),
        rows=_rows(one=(0.20, 0.12), ten=(0.35, None)),
        rounds=rounds,
    )
    # Of a batch the long way adds what the short way costs too: its target is that of the short way.
    for event, what in (("before-call", "before the request is made"), ("before-send", "that sees the request")):
        yield Comparison(
            f"sqs-long-way-{event}",
            f"Amazon SQS, the long way, the client having a handler {what} : botocore alone, with it as well",
            **_against_floor("cloud", count, event),
            rows=_rows(one=(1.15, None), ten=(None, None)),
            rounds=rounds,
        )
    if HAS_MOTO:
        yield Comparison(
            "sqs-moto",
            "Amazon SQS of moto, with up to ten messages in the queue : botocore alone",
            # More would make its calls slower.
            **_against_floor("moto", 10),
            rows=_rows(one=(None, None), ten=(None, None)),
            rounds=rounds,
        )


def _against_floor(kind: str, count: int, *handlers: str) -> dict[str, Side]:
    return {
        "subject": Side("benchmarks.calls:sqs", (kind, count, *handlers)),
        "base": Side("benchmarks.calls:sqs", ("floor", count, *handlers)),
    }


def _rows(*, one: Target, ten: Target) -> tuple[Row, ...]:
    return (
        Row("send", "send", *one),
        Row("receive and delete", "receive + delete", *one),
        Row("error", "a call that fails", *one),
        Row("send ten", "send a batch of ten", *ten),
        Row("receive ten and delete", "receive ten + delete them as a batch", *ten),
    )


def sqs(kind: str, count: int, *handlers: str) -> Measurements:
    """Calls of one client to a queue that is new in every round and empty between the measurements."""
    client = make_client(kind, "sqs", SQS)
    numbers = itertools.count()
    url = ""

    def new_queue() -> None:
        nonlocal url
        url = client.create_queue(QueueName=f"jobs-{next(numbers)}")["QueueUrl"]

    for event in handlers:
        client.meta.events.register(f"{event}.sqs", _listen)
    entries = [{"Id": str(n), "MessageBody": "hello"} for n in range(10)]

    def send() -> None:
        client.send_message(QueueUrl=url, MessageBody="hello")

    def receive_and_delete() -> None:
        (message,) = client.receive_message(QueueUrl=url)["Messages"]
        client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def error() -> None:
        try:
            client.send_message(QueueUrl=MISSING_QUEUE_URL, MessageBody="hello")
        except client.exceptions.QueueDoesNotExist:
            return
        raise AssertionError("no error")

    def send_ten() -> None:
        client.send_message_batch(QueueUrl=url, Entries=entries)

    def receive_ten_and_delete() -> None:
        messages = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
        client.delete_message_batch(
            QueueUrl=url,
            Entries=[{"Id": str(n), "ReceiptHandle": each["ReceiptHandle"]} for n, each in enumerate(messages)],
        )

    return {
        "send": per_call(count, send, before=new_queue),
        "receive and delete": per_call(count, receive_and_delete),
        "error": per_call(count, error),
        "send ten": per_call(count // 5, send_ten),
        "receive ten and delete": per_call(count // 5, receive_ten_and_delete),
    }


def _listen(**_: Any) -> None:
    """Somebody's handler, which only looks."""
