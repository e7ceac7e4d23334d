"""How much room a stored message or record takes, as a multiple of its body."""

from __future__ import annotations

import gc
import resource
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.clouds import make_client
from benchmarks.comparison import Comparison, Row, Side
from benchmarks.worker import Measurements

_KIB = 1024
_JOURNAL = 10_000
"""As many calls the cloud remembers. When it remembers so many of one kind, its memory of them no longer grows."""


def comparisons(*, quick: bool) -> Iterator[Comparison]:
    """As Python counts, and as the system does."""
    count = 100 if quick else 50_000
    for way, title in (("allocated", "what Python allocates"), ("resident", "what the process grows by")):
        yield Comparison(
            f"memory-{way}",
            f"What is stored with a body of 1 KiB, {title} : the body",
            Side("benchmarks.memory:stored", (way, count)),
            Side("benchmarks.memory:bodies"),
            (
                Row("standard", "a message in a standard queue", 1.6, unit="B"),
                Row("fifo", "a message in a FIFO queue", 1.6, unit="B"),
                Row("record", "a record in a stream", 1.8, unit="B"),
            ),
            1,
        )


def bodies() -> Measurements:
    """The base: bytes of a body."""
    return dict.fromkeys(("standard", "fifo", "record"), lambda: float(_KIB))


def stored(way: str, count: int) -> Measurements:
    """Bytes that one more message or record takes."""
    used = _resident
    if way == "allocated":
        tracemalloc.start()
        used = _allocated
    client = make_client("cloud", "sqs")
    plain = client.create_queue(QueueName="jobs")["QueueUrl"]
    fifo = client.create_queue(QueueName="jobs.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    kinesis = make_client("cloud", "kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)

    def measure(send: Callable[[int], Any]) -> float:
        for n in range(_JOURNAL):
            send(n)
        before = used()
        for n in range(count):
            send(n)
        return (used() - before) / count

    numbers = iter(range(1, sys.maxsize))

    def send_fifo(n: int) -> None:
        client.send_message(
            QueueUrl=fifo,
            MessageBody=_body(n),
            MessageGroupId=f"g{n % 1_000}",
            MessageDeduplicationId=f"d{next(numbers)}",
        )

    def put_record(n: int) -> None:
        kinesis.put_record(StreamName="clicks", Data=_body(n).encode(), PartitionKey=str(n))

    return {
        "standard": lambda: measure(lambda n: client.send_message(QueueUrl=plain, MessageBody=_body(n))),
        "fifo": lambda: measure(send_fifo),
        "record": lambda: measure(put_record),
    }


def _body(n: int) -> str:
    return f"{n:08}".ljust(_KIB, "x")


def _allocated() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def _resident() -> int:
    """The most that the process ever had; it only grows here."""
    gc.collect()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
