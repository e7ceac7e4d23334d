"""Amazon SNS: publishing to some subscriptions against the floor, and to many against few."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

from benchmarks.answers import SNS, TOPIC_ARN
from benchmarks.clouds import HAS_MOTO, make_client, the_cloud
from benchmarks.comparison import Comparison, Row, Side
from benchmarks.worker import Measurement, Measurements, per_call
from pytest_cloudfakes.services import FAKED


def comparisons(*, quick: bool) -> Iterator[Comparison]:
    """Fan-out."""
    if "sns" not in FAKED:
        return
    count, rounds = (5, 1) if quick else (100, 40)
    for kind in ("cloud", "moto") if HAS_MOTO else ("cloud",):
        target = (0.30, 0.20) if kind == "cloud" else (None, None)
        yield Comparison(
            "sns-calls" if kind == "cloud" else "sns-moto",
            f"Amazon SNS{'' if kind == 'cloud' else ' of moto'}, three SQS subscriptions : botocore alone",
            # More messages in its queues make moto's calls slower.
            Side("benchmarks.topics:publishing", (kind, count if kind == "cloud" else min(count, 10))),
            Side("benchmarks.topics:publishing", ("floor", count)),
            (Row("publish", "publish", *target),),
            rounds,
        )
    few, many = (2, 20) if quick else (100, 1_000)
    yield Comparison(
        "many-subscriptions",
        f"Publish to a topic with {many:,} filter policies, per policy : with {few:,}",
        Side("benchmarks.topics:filtering", (many,)),
        Side("benchmarks.topics:filtering", (few,)),
        (Row("all match", "all match", 1.3), Row("none match", "none matches", 1.3)),
        rounds // 2 + 1,
    )


def publishing(kind: str, count: int) -> Measurements:
    """Publish to a topic with three queues, which are new in every round."""
    client = make_client(kind, "sns", SNS)
    sqs = None if kind == "floor" else make_client(kind, "sqs")
    numbers = itertools.count()
    topic = TOPIC_ARN
    queues: list[str] = []

    def new_topic() -> None:
        nonlocal topic
        if sqs is None:
            return
        if queues:
            client.delete_topic(TopicArn=topic)
        while queues:
            sqs.delete_queue(QueueUrl=queues.pop())
        topic = client.create_topic(Name=f"orders-{next(numbers)}")["TopicArn"]
        queues.extend(_subscribe_queue(client, sqs, topic, f"queue-{next(numbers)}") for _ in range(3))

    return {"publish": per_call(count, lambda: client.publish(TopicArn=topic, Message="hello"), before=new_topic)}


def filtering(policies: int) -> Measurements:
    """Publish to a topic with so many filter policies: seconds per policy, if all of them match and if none does."""
    client, sqs = make_client("cloud", "sns"), make_client("cloud", "sqs")
    the_cloud().sns.quotas.filter_policies = policies
    topic = client.create_topic(Name="orders")["TopicArn"]
    for n in range(policies):
        policy = {"kind": ["book"], "number": [{"numeric": [">=", n]}]}
        _subscribe_queue(client, sqs, topic, f"queue-{n}", FilterPolicy=json.dumps(policy))

    def publishes(kind: str) -> Measurement:
        number = {"DataType": "Number", "StringValue": str(policies)}
        attributes = {"kind": {"DataType": "String", "StringValue": kind}, "number": number}

        def publish() -> None:
            client.publish(TopicArn=topic, Message="hello", MessageAttributes=attributes)

        measured = per_call(5, publish)
        return lambda: measured() / policies

    return {"all match": publishes("book"), "none match": publishes("film")}


def _subscribe_queue(client: Any, sqs: Any, topic: str, name: str, **attributes: str) -> str:
    """A queue of its own behind a topic; its URL."""
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    client.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=attributes)
    return url
