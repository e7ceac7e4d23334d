"""pyqs, a small task queue: its decorator, and its workers (processes, here driven by hand in this one)."""

from __future__ import annotations

import os
from typing import Any

import pyqs
import pytest
from pyqs.worker import SimpleManagerWorker, SimpleProcessWorker

ran: list[str] = []


@pyqs.task(queue="pictures")
def resize(picture: str) -> None:
    if picture.endswith(".txt"):
        raise ValueError(picture)
    ran.append(picture)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    ran.clear()
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


@pytest.fixture
def worker(sqs: Any) -> SimpleProcessWorker:
    url = sqs.create_queue(QueueName="pictures", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
    return SimpleProcessWorker(url, interval=0, batchsize=10, parent_id=os.getpid())


def work(worker: SimpleProcessWorker) -> int:
    """What one turn of the worker's loop does; the number of messages it read."""
    messages = worker.read_message()
    for message in messages:
        packed = {
            "queue": worker.queue_url,
            "message": message,
            "start_time": 0,
            "timeout": worker.visibility_timeout,
        }
        worker.process_message(packed)
    return len(messages)


def test_the_decorator_creates_the_queue_that_does_not_exist(fake_cloud: Any, sqs: Any) -> None:
    resize.delay("cat.png")

    [url] = sqs.list_queues()["QueueUrls"]
    assert url.endswith("/pictures")


def test_the_worker_reads_the_visibility_timeout_of_its_queue(worker: SimpleProcessWorker) -> None:
    assert worker.visibility_timeout == 30


def test_a_task_runs_and_its_message_is_deleted(worker: SimpleProcessWorker, fake_clock: Any) -> None:
    resize.delay("cat.png")

    assert work(worker) == 1
    assert ran == ["cat.png"]
    fake_clock.advance(30)
    assert work(worker) == 0


def test_a_task_that_fails_comes_again_after_the_visibility_timeout(
    worker: SimpleProcessWorker, fake_clock: Any
) -> None:
    resize.delay("notes.txt")
    assert work(worker) == 1

    start = fake_clock.now()
    assert work(worker) == 0
    assert fake_clock.now() - start == 20_000
    assert work(worker) == 1
    assert fake_clock.now() - start == 30_000


def test_a_delayed_task_is_read_when_its_delay_ends(worker: SimpleProcessWorker, fake_clock: Any) -> None:
    resize.delay("cat.png", _delay_seconds=8)
    start = fake_clock.now()

    assert work(worker) == 1
    assert fake_clock.now() - start == 8_000


def test_a_manager_finds_its_queues_by_a_pattern(sqs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SimpleManagerWorker, "_register_signals", lambda self: None)
    for name in ("shop-orders", "shop-bills", "other"):
        sqs.create_queue(QueueName=name)

    manager = SimpleManagerWorker(["shop-*"], worker_concurrency=1, interval=0, batchsize=10)
    assert sorted(url.rpartition("/")[2] for url in manager.queue_urls) == ["shop-bills", "shop-orders"]
