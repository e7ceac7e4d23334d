"""sqs-workers: batches, back-off by visibility, dead letters sent back, workers that stop when idle."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from sqs_workers import SQSEnv, create_fifo_queue, create_standard_queue
from sqs_workers.backoff_policies import ConstantBackoff
from sqs_workers.deadletter_queue import DeadLetterQueue
from sqs_workers.shutdown_policies import IdleShutdown

from pytest_cloudfakes import FakeCloud


@pytest.fixture
def env(fake_cloud: FakeCloud) -> SQSEnv:
    session = boto3.Session(region_name="eu-west-1")
    env = SQSEnv(session=session, queue_prefix="shop_", codec="json", backoff_policy=ConstantBackoff(60))
    create_standard_queue(env, "orders_dead")
    policy = env.redrive_policy("orders_dead", max_receive_count=2)
    create_standard_queue(env, "orders", visibility_timeout=30, redrive_policy=policy)
    return env


def test_jobs_added_in_a_batch_are_processed_and_deleted_in_batches(env: SQSEnv, fake_cloud: Any) -> None:
    billed = []
    orders = env.queue("orders")

    @orders.processor("bill")
    def bill(order: int) -> None:
        billed.append(order)

    with orders.add_batch():
        for number in range(25):
            bill.delay(order=number)
    while orders.process_batch().total_count():
        pass

    assert sorted(billed) == list(range(25))
    made = [call.operation for call in fake_cloud.calls]
    assert made.count("SendMessageBatch") == 3
    assert made.count("DeleteMessageBatch") == 3


def test_a_failing_job_backs_off_by_its_visibility_timeout_and_ends_in_the_dead_letter_queue(
    env: SQSEnv, fake_clock: Any
) -> None:
    orders = env.queue("orders")

    @orders.processor("bill")
    def bill(order: int) -> None:
        raise ValueError(order)

    bill.delay(order=1)
    for _ in range(2):
        assert orders.process_batch().failed_count() == 1
        fake_clock.advance(59.999)
        assert orders.process_batch().total_count() == 0
        fake_clock.advance(0.001)
    assert orders.process_batch().total_count() == 0
    assert len(env.queue("orders_dead").get_raw_messages(0)) == 1


def test_dead_letters_are_pushed_back_to_their_queue(env: SQSEnv, fake_clock: Any) -> None:
    orders = env.queue("orders")
    billed = []

    @orders.processor("bill")
    def bill(order: int) -> None:
        billed.append(order)
        if len(billed) <= 2:
            raise ValueError(order)

    bill.delay(order=1)
    for _ in range(3):
        orders.process_batch()
        fake_clock.advance(60)
    dead = env.queue("orders_dead", DeadLetterQueue.maker(orders))
    assert dead.process_batch().succeeded_count() == 1

    assert orders.process_batch().total_count() == 0
    fake_clock.advance(1)
    assert orders.process_batch().succeeded_count() == 1
    assert billed == [1, 1, 1]


def test_jobs_of_a_fifo_queue_are_deduplicated_and_run_in_order(env: SQSEnv) -> None:
    create_fifo_queue(env, "orders.fifo", content_based_deduplication=True)
    orders = env.queue("orders.fifo")
    billed = []

    @orders.processor("bill")
    def bill(order: int) -> None:
        billed.append(order)

    for number in (3, 1, 2, 1, 3):
        bill.delay(order=number)
    orders.process_batch()
    assert billed == [3, 1, 2]


@pytest.mark.cloudfakes(freeze=True)
def test_a_worker_stops_when_its_queue_was_idle_in_virtual_time(env: SQSEnv, fake_clock: Any) -> None:
    orders = env.queue("orders")

    @orders.processor("bill")
    def bill(order: int) -> None: ...

    bill.delay(order=1, _delay_seconds=45)
    start = fake_clock.now()
    orders.process_queue(IdleShutdown(50), wait_second=10)

    assert fake_clock.now() - start == (45 + 50) * 1000


def test_the_queues_of_an_environment_are_listed_by_their_prefix(env: SQSEnv, sqs: Any) -> None:
    sqs.create_queue(QueueName="other")

    assert sorted(env.get_all_known_queues()) == ["orders", "orders_dead"]
