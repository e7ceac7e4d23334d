"""celery with its SQS transport, its event loop off: the loop's HTTP client is not botocore's.

`use_eventloop=False` is what a worker does by itself under gevent and eventlet. A long poll of a worker that
runs in the test's thread moves the cloud's clock, and celery's with it, so hours of a worker pass in an instant.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import kombu.pools
import pytest
from celery import Celery, signals
from celery.contrib.testing.app import setup_default_app
from celery.contrib.testing.worker import start_worker
from celery.exceptions import Reject
from celery.worker import state

from pytest_cloudfakes import FakeCloud

REGION = "eu-west-1"


@pytest.fixture
def app(fake_cloud: FakeCloud) -> Iterator[Celery]:
    app = Celery("shop", broker="sqs://", backend="cache+memory://", set_as_current=False)
    app.conf.update(
        broker_transport_options={
            "region": REGION,
            "wait_time_seconds": 20,
            "polling_interval": 0,
            "visibility_timeout": 40,
        },
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_prefetch_multiplier=1,
    )
    with setup_default_app(app):
        app.set_current()
        yield app
    # kombu keeps connections for the whole process, and they remember the URLs of queues they have seen.
    kombu.pools.reset()


@pytest.fixture
def work(app: Celery) -> Iterator[Callable[[Callable[[], bool]], None]]:
    """Runs a worker in this thread until what it did is enough."""

    def run_until(enough: Callable[[], bool]) -> None:
        def stop_if_enough(**kwargs: Any) -> None:
            if enough():
                state.should_stop = 0

        worker = app.WorkController(
            pool="solo", concurrency=1, use_eventloop=False,
            without_heartbeat=True, without_mingle=True, without_gossip=True,
        )  # fmt: skip
        signals.task_postrun.connect(stop_if_enough)
        try:
            worker.start()
        finally:
            signals.task_postrun.disconnect(stop_if_enough)
            state.should_stop = None

    yield run_until
    state.should_stop = None


Work = Callable[[Callable[[], bool]], None]

virtual_time = pytest.mark.cloudfakes(freeze=True)


@virtual_time
def test_tasks_run_in_the_worker_and_their_results_come_back(app: Celery, work: Work, sqs: Any) -> None:
    ran = []

    @app.task(shared=False, name="resize")
    def resize(picture: str, width: int) -> str:
        ran.append(picture)
        return f"{picture}@{width}"

    results = [resize.delay(picture, width=100) for picture in ("cat.png", "dog.png")]
    assert not results[0].ready()

    work(lambda: len(ran) == 2)
    assert sorted(result.get(interval=0.01, disable_sync_subtasks=False) for result in results) == [
        "cat.png@100",
        "dog.png@100",
    ]
    assert counts(sqs, "celery") == (0, 0)


@virtual_time
def test_a_task_that_fails_is_acknowledged_and_its_error_comes_back(app: Celery, work: Work, sqs: Any) -> None:
    @app.task(shared=False, name="resize")
    def resize(picture: str) -> None:
        raise ValueError(f"no picture: {picture}")

    result = resize.delay("notes.txt")
    work(lambda: True)

    with pytest.raises(ValueError, match=r"no picture: notes\.txt"):
        result.get(interval=0.01, disable_sync_subtasks=False)
    assert counts(sqs, "celery") == (0, 0)


@virtual_time
def test_a_task_taken_by_a_worker_that_died_runs_again_after_the_visibility_timeout(
    app: Celery, work: Work, sqs: Any, fake_clock: Any
) -> None:
    ran_at = []

    @app.task(shared=False, name="resize", acks_late=True)
    def resize(picture: str) -> None:
        ran_at.append(fake_clock.now())

    resize.delay("cat.png")
    sqs.receive_message(QueueUrl=url_of(sqs, "celery"))
    died_at = fake_clock.now()

    work(lambda: True)
    assert [at - died_at for at in ran_at] == [40_000]


@virtual_time
def test_a_delayed_task_runs_when_its_delay_ends(app: Celery, work: Work, fake_clock: Any) -> None:
    ran_at = []

    @app.task(shared=False, name="remind")
    def remind() -> None:
        ran_at.append(fake_clock.now())

    sent_at = fake_clock.now()
    remind.apply_async(DelaySeconds=900)

    work(lambda: True)
    assert [at - sent_at for at in ran_at] == [900_000]


@virtual_time
def test_a_poison_task_reaches_the_dead_letter_queue(app: Celery, work: Work, sqs: Any, fake_clock: Any) -> None:
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
    app.conf.broker_transport_options["sqs-creation-attributes"] = {"RedrivePolicy": policy}
    attempts = []

    @app.task(shared=False, name="bill", acks_late=True)
    def bill(order: str) -> None:
        attempts.append(fake_clock.now())
        raise Reject("no such customer", requeue=False)

    bill.delay("order 1")
    work(lambda: len(attempts) == 3)
    assert [later - earlier for earlier, later in itertools.pairwise(attempts)] == [40_000, 40_000]

    fake_clock.advance(40)
    assert "Messages" not in sqs.receive_message(QueueUrl=url_of(sqs, "celery"))
    [message] = sqs.receive_message(QueueUrl=dead, MessageSystemAttributeNames=["All"])["Messages"]
    assert message["Attributes"]["DeadLetterQueueSourceArn"] == arn.replace(":dead", ":celery")


@virtual_time
def test_tasks_of_one_group_run_in_order_on_a_fifo_queue(app: Celery, work: Work) -> None:
    app.conf.task_default_queue = "orders.fifo"
    ran = []

    @app.task(shared=False, name="ship")
    def ship(order: int) -> None:
        ran.append(order)

    for order in range(12):
        ship.apply_async((order,), MessageGroupId="customer-7")

    work(lambda: len(ran) == 12)
    assert ran == list(range(12))


def test_a_worker_in_a_thread_gets_a_task_the_moment_it_is_sent(app: Celery, fake_cloud: FakeCloud) -> None:
    done = threading.Event()

    @app.task(shared=False, name="resize")
    def resize(picture: str) -> None:
        state.should_stop = 0
        done.set()

    try:
        with start_worker(app, perform_ping_check=False, use_eventloop=False):
            resize.delay("cat.png")
            assert done.wait(10)
            # A worker that is to stop polls once more, and this ends the poll.
            resize.delay("dog.png")
    finally:
        state.should_stop = None


def url_of(sqs: Any, queue: str) -> str:
    return str(sqs.get_queue_url(QueueName=queue)["QueueUrl"])


def counts(sqs: Any, queue: str) -> tuple[int, int]:
    """How many messages are visible, and how many in flight."""
    attributes = sqs.get_queue_attributes(QueueUrl=url_of(sqs, queue), AttributeNames=["All"])["Attributes"]
    visible, in_flight = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
    return int(attributes[visible]), int(attributes[in_flight])
