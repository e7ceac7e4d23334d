"""Travelling over what is due: n events cost n log n."""

from __future__ import annotations

import math
from collections.abc import Iterator

from benchmarks.clouds import make_client, the_cloud
from benchmarks.comparison import Comparison, Row, Side
from benchmarks.worker import Measurements, cpu_seconds


def comparisons(*, quick: bool) -> Iterator[Comparison]:
    """Many events against few, each divided by n log n."""
    few, many, rounds = (50, 200, 1) if quick else (1_000, 100_000, 7)
    yield Comparison(
        "travel",
        f"Advancing the clock over {many:,} events, by n log n : over {few:,}",
        Side("benchmarks.travel:visibility_timeouts", (many,)),
        Side("benchmarks.travel:visibility_timeouts", (few,)),
        (Row("advance", "visibility timeouts, each at its own instant", 1.3),),
        rounds,
    )


def visibility_timeouts(count: int) -> Measurements:
    """So many messages of which each becomes visible again in a millisecond of its own."""
    client, clock = make_client("cloud", "sqs"), the_cloud().clock
    clock.hold()
    url = client.create_queue(QueueName="jobs")["QueueUrl"]
    for _ in range(count):
        client.send_message(QueueUrl=url, MessageBody="hello")

    def advance() -> float:
        for _ in range(count):
            client.receive_message(QueueUrl=url, VisibilityTimeout=600)
            clock.advance(0.001)
        seconds = cpu_seconds(lambda: clock.advance(600))
        attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert attributes["ApproximateNumberOfMessages"] == str(count), attributes
        return seconds / (count * math.log2(count))

    return {"advance": advance}
