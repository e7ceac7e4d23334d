"""A million messages against a thousand: what a call costs must not depend on how much there is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from benchmarks.clouds import HAS_MOTO, make_client
from benchmarks.comparison import Comparison, Row, Side
from benchmarks.worker import Measurements, for_each, per_call
from pytest_cloudfakes import current_cloud

_HALF_A_DAY = 43_200


def comparisons(*, quick: bool) -> Iterator[Comparison]:
    """Three kinds of queue."""
    few, many, rounds = (100, 1_000, 1) if quick else (1_000, 1_000_000, 60)
    rows = (
        Row("receive", "receive", 1.3),
        Row("delete", "delete", 1.3),
        Row("send", "send", 1.3),
        Row("advance", "advance the clock, nothing being due", 1.3),
    )
    yield Comparison(
        "many-visible",
        f"Standard queue, {many:,} messages visible : {few:,}",
        Side("benchmarks.many:standard", (many, 0)),
        Side("benchmarks.many:standard", (few, 0)),
        rows,
        rounds,
    )
    in_flight = min(many // 2, _IN_FLIGHT)
    yield Comparison(
        "many-in-flight",
        f"Standard queue, {in_flight:,} of {many:,} messages in flight : {few // 2:,} of {few:,}",
        Side("benchmarks.many:standard", (many, in_flight)),
        Side("benchmarks.many:standard", (few, few // 2)),
        rows,
        rounds,
    )
    yield Comparison(
        "many-fifo",
        f"FIFO queue, {many:,} messages in {many // 100:,} groups : {few:,} in {few // 2:,}",
        Side("benchmarks.many:fifo", (many, many // 100)),
        Side("benchmarks.many:fifo", (few, few // 2)),
        rows,
        rounds,
    )
    if HAS_MOTO:
        yield Comparison(
            "many-moto",
            f"Standard queue of moto, {few:,} messages : of pytest-cloudfakes, as many",
            Side("benchmarks.many:standard", (few, 0, "moto")),
            Side("benchmarks.many:standard", (few, 0)),
            (Row("receive", "receive"), Row("delete", "delete"), Row("send", "send")),
            rounds // 20 + 1,
        )


_IN_FLIGHT = 110_000
"""As many as there may be (120,000 in flight), and some room for receiving more."""


def standard(count: int, in_flight: int, kind: str = "cloud") -> Measurements:
    """A standard queue with so many messages, so many of them in flight with deadlines that differ."""
    client = make_client(kind, "sqs")
    url = client.create_queue(QueueName="jobs")["QueueUrl"]
    _fill(client, url, ({"MessageBody": f"message {n}"} for n in range(count)))
    for n in range(0, in_flight, 10):
        client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=_HALF_A_DAY - n // 10 % 3_600)
    return _in_turn(client, url, min(200, count // 10), itertools.repeat({}))


def fifo(count: int, groups: int) -> Measurements:
    """A FIFO queue with so many messages, the groups taking turns."""
    client = make_client("cloud", "sqs")
    url = client.create_queue(QueueName="jobs.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    fields = ({"MessageGroupId": f"g{n % groups}", "MessageDeduplicationId": f"d{n}"} for n in itertools.count())
    _fill(client, url, ({"MessageBody": f"message {n}", **next(fields)} for n in range(count)))
    # A receive locks its group until the delete, so no more receives in a row than there are groups.
    return _in_turn(client, url, min(250, groups // 2), fields)


def _fill(client: Any, url: str, messages: Iterator[dict[str, str]]) -> None:
    while entries := [{"Id": str(n), **each} for n, each in enumerate(itertools.islice(messages, 10))]:
        client.send_message_batch(QueueUrl=url, Entries=entries)


def _in_turn(client: Any, url: str, count: int, fields: Iterator[dict[str, str]]) -> Measurements:
    """Receive some, delete them, send as many: the queue is as before."""
    handles: list[str] = []

    def receive(_: int) -> None:
        (message,) = client.receive_message(QueueUrl=url)["Messages"]
        handles.append(message["ReceiptHandle"])

    def delete(handle: str) -> None:
        client.delete_message(QueueUrl=url, ReceiptHandle=handle)

    def received() -> list[str]:
        taken = handles.copy()
        handles.clear()
        return taken

    def send(more: dict[str, str]) -> None:
        client.send_message(QueueUrl=url, MessageBody="hello", **more)

    measurements = {
        "receive": for_each(lambda: range(count), receive),
        "delete": for_each(received, delete),
        "send": for_each(lambda: itertools.islice(fields, count), send),
    }
    cloud = current_cloud()
    if cloud is not None:
        measurements["advance"] = per_call(1_000, lambda: cloud.clock.advance(0.001))
    return measurements
