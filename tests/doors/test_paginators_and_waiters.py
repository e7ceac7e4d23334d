"""What botocore builds on top of calls: paginators and waiters."""

from __future__ import annotations

import pytest
from botocore.exceptions import WaiterError
from botocore.waiter import WaiterModel, create_waiter_with_client

EXISTS = {
    "version": 2,
    "waiters": {
        "QueueExists": {
            "operation": "GetQueueUrl",
            "delay": 5,
            "maxAttempts": 4,
            "acceptors": [
                {"matcher": "status", "expected": 200, "state": "success"},
                {"matcher": "error", "expected": "AWS.SimpleQueueService.NonExistentQueue", "state": "retry"},
                {"matcher": "error", "expected": "QueueDoesNotExist", "state": "retry"},
            ],
        }
    },
}


@pytest.fixture
def waiter(sqs):
    return create_waiter_with_client("QueueExists", WaiterModel(EXISTS), sqs)


def test_a_paginator_goes_through_all_pages(sqs, either_way):
    for number in range(7):
        sqs.create_queue(QueueName=f"jobs-{number}")
    paginator = either_way(sqs).get_paginator("list_queues")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 3}))

    assert [len(page["QueueUrls"]) for page in pages] == [3, 3, 1]
    assert len(list(paginator.paginate(PaginationConfig={"PageSize": 2}).search("QueueUrls[]"))) == 7


def test_a_waiter_waits_on_the_clock(fake_clock, sqs, waiter, either_way, real_sleeps):
    either_way(sqs)
    before = fake_clock.now()
    fake_clock.at(
        before + 7_000,
        lambda: fake_clock_creates(fake_clock, sqs),
        service="sqs",
        resource="jobs",
        what="somebody creates the queue",
    )
    with real_sleeps() as sleeps:
        waiter.wait(QueueName="jobs")

    assert fake_clock.now() - before == 10_000
    assert sleeps == []


def fake_clock_creates(clock, sqs):
    sqs.create_queue(QueueName="jobs")


def test_a_waiter_gives_up_after_its_attempts(fake_clock, waiter):
    before = fake_clock.now()
    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        waiter.wait(QueueName="jobs")
    assert fake_clock.now() - before == 3 * 5_000


def test_a_waiter_takes_no_real_time_when_nobody_else_could_help(fake_cloud, waiter, real_sleeps):
    before = fake_cloud.clock.now()
    with real_sleeps() as sleeps, pytest.raises(WaiterError):
        waiter.wait(QueueName="jobs")

    assert 15_000 <= fake_cloud.clock.now() - before < 16_000
    assert sleeps == []
