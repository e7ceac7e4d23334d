"""One queue and one held clock for an aiobotocore worker, a boto3 producer in a thread and an AWS CLI subprocess."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from importlib.util import find_spec

import boto3
import pytest

from .conftest import REGION, turns

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.cloudfakes(region=REGION),
    pytest.mark.skipif(not (find_spec("awscli") and find_spec("cheroot")), reason="needs the AWS CLI and cheroot"),
]

LIMIT = 40
"""Seconds that a subprocess may take, on a machine that has much else to do."""


@pytest.fixture
def aws(fake_aws_endpoint):
    """`aws sqs …` in a subprocess, and what it prints, as data."""

    async def run(*arguments):
        command = [sys.executable, "-m", "awscli", "--endpoint-url", fake_aws_endpoint.url, "--output", "json", "sqs"]
        process = await asyncio.create_subprocess_exec(
            *command, *arguments, env=fake_aws_endpoint.environment, stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await asyncio.wait_for(process.communicate(), LIMIT)
        assert process.returncode == 0
        return json.loads(printed or "null")

    return run


@pytest.fixture
def waiting(fake_clock):
    """Wait, in real time, until so many receivers wait."""

    def receivers():
        return sum(due.what == "the wait of a ReceiveMessage ends" for due in fake_clock.upcoming())

    async def wait_for(count):
        deadline = time.monotonic() + LIMIT
        while receivers() != count:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.005)

    return wait_for


@pytest.fixture
def worker(sqs, queue_url):
    """A worker that takes jobs and crashes before it deletes any."""

    async def work(taken):
        while True:
            answer = await sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=20)
            taken += [message["Body"] for message in answer.get("Messages", [])]

    return work


def produce(url, *jobs):
    """A producer: each job is delayed by so many seconds."""
    producer = boto3.client("sqs", region_name=REGION)
    for body, delay in jobs:
        producer.send_message(QueueUrl=url, MessageBody=body, DelaySeconds=delay)


async def test_a_worker_a_producer_and_a_subprocess(fake_clock, fake_sqs, queue_url, worker, aws, waiting):
    began, taken = fake_clock.now(), []
    working = asyncio.create_task(worker(taken))
    await waiting(1)
    receive = ("receive-message", "--queue-url", queue_url, "--wait-time-seconds", "20")
    received = asyncio.create_task(aws(*receive))
    await waiting(2)
    await asyncio.to_thread(produce, queue_url, ("cat.png", 10), ("dog.png", 15))

    # The worker came first, so the first job is its; then it waits again, behind the subprocess.
    fake_clock.advance(9.999)
    await turns()
    assert taken == []
    fake_clock.advance(0.001)
    await waiting(2)
    assert taken == ["cat.png"]
    fake_clock.advance(5)
    [dog] = (await received)["Messages"]
    assert dog["Body"] == "dog.png"
    await aws("delete-message", "--queue-url", queue_url, "--receipt-handle", dog["ReceiptHandle"])

    # The worker crashes. Its job is back thirty seconds after it was taken, for whoever waits by then.
    working.cancel()
    fake_clock.advance(24.999)
    received = asyncio.create_task(aws(*receive))
    await waiting(1)
    fake_clock.advance(0.001)
    [cat] = (await received)["Messages"]
    assert cat["Body"] == "cat.png"
    [in_flight] = fake_sqs.queue("jobs").in_flight
    assert in_flight.receive_count == 2
    assert fake_clock.now() == began + 40_000
