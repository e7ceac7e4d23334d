"""Several loops, in several threads, beside botocore's clients in others; and uvloop."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from .conftest import REGION, create_client, in_a_loop, turns

pytestmark = pytest.mark.usefixtures("never_hangs")


async def consume(url, count):
    """Receive and delete until so many messages have come."""
    bodies = []
    async with create_client() as client:
        while len(bodies) < count:
            answer = await client.receive_message(QueueUrl=url, WaitTimeSeconds=20)
            for message in answer.get("Messages", []):
                bodies.append(message["Body"])
                await client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return bodies


@pytest.fixture
def url(fake_cloud):
    return boto3.client("sqs", region_name=REGION).create_queue(QueueName="jobs")["QueueUrl"]


@pytest.mark.parametrize("held", [True, False], ids=["held", "flowing"])
def test_loops_in_several_threads_share_a_queue(fake_cloud, url, held):
    if held:
        fake_cloud.clock.hold()
    sqs = boto3.client("sqs", region_name=REGION)
    with ThreadPoolExecutor(4) as threads:
        consumers = [threads.submit(lambda: in_a_loop(consume(url, 25))) for _ in range(4)]
        for number in range(100):
            sqs.send_message(QueueUrl=url, MessageBody=str(number))
            if number % 10 == 0:
                time.sleep(0.001)
        # Whoever has had his share leaves; nobody gets a message twice, and none is left.
        received = [body for consumer in consumers for body in consumer.result(10)]
    assert sorted(received, key=int) == [str(number) for number in range(100)]


@pytest.mark.parametrize("number", range(3))
def test_a_loop_in_another_thread_moves_no_held_time(fake_cloud, fake_clock, url, number):
    before = fake_clock.now()
    with ThreadPoolExecutor(1) as threads:
        consumer = threads.submit(lambda: in_a_loop(consume(url, 1)))
        while not any("the wait of" in due.what for due in fake_clock.upcoming()):
            time.sleep(0.001)
        assert fake_clock.now() == before
        fake_clock.advance(20)
        boto3.client("sqs", region_name=REGION).send_message(QueueUrl=url, MessageBody="cat.png")
        assert consumer.result(10) == ["cat.png"]
    assert fake_clock.now() == before + 20_000


def test_one_loop_after_the_other(fake_clock, url):
    before = fake_clock.now()

    async def poll():
        async with create_client() as client:
            await client.receive_message(QueueUrl=url, WaitTimeSeconds=20)

    for _ in range(3):
        in_a_loop(poll())
    assert fake_clock.now() == before + 60_000


def test_with_the_clock_flowing_a_boto3_producer_in_a_thread_is_waited_for(fake_cloud, url):
    def produce():
        sqs = boto3.client("sqs", region_name=REGION)
        for number in range(5):
            time.sleep(0.01)
            sqs.send_message(QueueUrl=url, MessageBody=str(number))

    before = fake_cloud.clock.now()
    thread = threading.Thread(target=produce)
    thread.start()
    assert in_a_loop(consume(url, 5)) == ["0", "1", "2", "3", "4"]
    thread.join()
    assert fake_cloud.clock.now() - before < 5_000


def test_uvloop(fake_clock, url):
    uvloop = pytest.importorskip("uvloop")
    before = fake_clock.now()
    log = []

    async def ticker():
        for _ in range(100):
            log.append(fake_clock.now() - before)
            await asyncio.sleep(0)

    async def main():
        async with create_client() as client:
            ticks = asyncio.create_task(ticker())
            await client.send_message(QueueUrl=url, MessageBody="cat.png", DelaySeconds=5)
            answer = await client.receive_message(QueueUrl=url, WaitTimeSeconds=20)
            await ticks
            assert answer["Messages"][0]["Body"] == "cat.png"
            poll = asyncio.create_task(client.receive_message(QueueUrl=url, WaitTimeSeconds=20))
            await turns()
            await asyncio.sleep(0.05)
            assert fake_clock.now() - before == 5_000
            poll.cancel()

    loop = uvloop.new_event_loop()
    loop.run_until_complete(main())
    loop.close()
    assert log == [0] * 100
