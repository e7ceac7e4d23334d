"""Eight threads against one: what a call costs, and whether every message is received once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

from benchmarks.clouds import make_client
from benchmarks.comparison import Comparison, Row, Side
from benchmarks.worker import Measurements, cpu_seconds


def comparisons(*, quick: bool) -> Iterator[Comparison]:
    """The same work shared by eight threads."""
    count, rounds = (80, 1) if quick else (4_000, 25)
    yield Comparison(
        "threads",
        "Eight threads on one queue : one thread",
        Side("benchmarks.threads:workers", (8, count)),
        Side("benchmarks.threads:workers", (1, count)),
        (Row("cycle", "send + receive + delete, CPU time", 1.5),),
        rounds,
        one_core=False,
    )


def workers(threads: int, count: int) -> Measurements:
    """So many messages sent, received and deleted by so many threads."""
    client = make_client("cloud", "sqs")
    url = client.create_queue(QueueName="jobs")["QueueUrl"]
    sent: Counter[str] = Counter()
    received: Counter[str] = Counter()

    def work() -> None:
        for _ in range(count // threads):
            sent[client.send_message(QueueUrl=url, MessageBody="hello")["MessageId"]] += 1
            # There is one for each: every thread sends before it receives.
            (message,) = client.receive_message(QueueUrl=url)["Messages"]
            received[message["MessageId"]] += 1
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def work_together() -> None:
        crew = [threading.Thread(target=work) for _ in range(threads)]
        for each in crew:
            each.start()
        for each in crew:
            each.join()

    def cycle() -> float:
        sent.clear()
        received.clear()
        seconds = cpu_seconds(work_together)
        assert len(sent) == count // threads * threads, "a thread failed"
        assert received == sent, "a message was lost or received twice"
        return seconds / len(sent)

    return {"cycle": cycle}
