"""A receive that is cancelled leaves the queue as if it had not been called."""

from __future__ import annotations

import asyncio
import sys

import pytest
import pytest_asyncio

from .conftest import create_client, turns

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("never_hangs")]


@pytest_asyncio.fixture
async def stays_awake():
    """A task that can always run, so that held time doesn't go on by itself."""
    task = asyncio.create_task(turns(sys.maxsize))
    yield
    task.cancel()


@pytest.fixture
def state(fake_cloud):
    """Everything of the queue that a receive changes."""

    def look():
        queue = fake_cloud.sqs.queue("jobs", region="eu-west-1")
        messages = [(each.body, each.receive_count, each.first_received_at) for each in queue.visible]
        return messages, len(queue.in_flight), [due for due in fake_cloud.clock.upcoming() if "ends" in due.what]

    return look


async def cancel(task):
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_before_the_answer(stays_awake, fake_clock, send, bodies, state, either_way, sqs):
    either_way(sqs)
    before = state()
    poll = asyncio.create_task(bodies(wait=20))
    await turns()
    assert state() != before
    await cancel(poll)
    assert state() == before

    await send("cat.png")
    assert await bodies() == ["cat.png"]


async def test_before_the_call_was_made(stays_awake, fake_cloud, queue_url, bodies):
    poll = asyncio.create_task(bodies(wait=20))
    await asyncio.sleep(0)
    await cancel(poll)
    assert [call.operation for call in fake_cloud.calls] == ["CreateQueue"]


@pytest.mark.parametrize("batch", [1, 10])
async def test_at_the_moment_of_the_answer(stays_awake, fake_clock, send, bodies, state, either_way, sqs, batch):
    either_way(sqs)
    poll = asyncio.create_task(bodies(wait=20, MaxNumberOfMessages=batch))
    await turns()
    await send("cat.png")
    # The message has been given to the one that waits, who hasn't had a turn yet.
    assert state()[0] == []
    poll.cancel()
    with pytest.raises(asyncio.CancelledError):
        await poll
    assert state() == ([("cat.png", 0, None)], 0, [])
    assert await bodies() == ["cat.png"]


async def test_another_waiter_gets_the_message_of_one_that_is_cancelled_with_it(stays_awake, fake_clock, send, bodies):
    first = asyncio.create_task(bodies(wait=20))
    await turns()
    second = asyncio.create_task(bodies(wait=20))
    await turns()
    await send("cat.png")
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await second == ["cat.png"]


async def test_a_cancelled_waiter_loses_its_place(stays_awake, fake_clock, send, bodies):
    polls = []
    for _ in range(3):
        polls.append(asyncio.create_task(bodies(wait=20)))
        await turns()
    await cancel(polls[0])
    await send("1")
    await send("2")
    assert await polls[1] == ["1"]
    assert await polls[2] == ["2"]


async def test_a_fifo_group_is_free_again(stays_awake, fake_clock, sqs):
    url = (await sqs.create_queue(QueueName="orders.fifo", Attributes={"FifoQueue": "true"}))["QueueUrl"]
    poll = asyncio.create_task(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
    await turns()
    await sqs.send_message(QueueUrl=url, MessageBody="1", MessageGroupId="group", MessageDeduplicationId="1")
    poll.cancel()
    with pytest.raises(asyncio.CancelledError):
        await poll
    await sqs.send_message(QueueUrl=url, MessageBody="2", MessageGroupId="group", MessageDeduplicationId="2")
    answer = await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
    assert [message["Body"] for message in answer["Messages"]] == ["1", "2"]
    assert [message["Attributes"]["ApproximateReceiveCount"] for message in answer["Messages"]] == ["1", "1"]


async def test_a_dead_letter_queue_is_not_a_receive_nearer(stays_awake, fake_clock, sqs, bodies, send, queue_url):
    dead = (await sqs.create_queue(QueueName="dead"))["QueueUrl"]
    arn = (await sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"]))["Attributes"]["QueueArn"]
    policy = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": 1}}'
    await sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"RedrivePolicy": policy})
    poll = asyncio.create_task(bodies(wait=20))
    await turns()
    await send("cat.png")
    poll.cancel()
    with pytest.raises(asyncio.CancelledError):
        await poll
    assert await bodies(VisibilityTimeout=0) == ["cat.png"]
    assert await bodies() == []


async def test_after_the_answer_it_is_too_late(stays_awake, fake_clock, send, bodies, state):
    await send("cat.png")
    poll = asyncio.create_task(bodies(wait=20))
    await turns()
    assert not poll.cancel()
    assert await poll == ["cat.png"]
    assert state()[1] == 1


async def test_wait_for_gives_up_in_real_time_and_takes_nothing(stays_awake, fake_clock, send, bodies, state):
    before = fake_clock.now()
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(bodies(wait=20), 0.02)
    assert fake_clock.now() == before
    await send("cat.png")
    assert state()[0] == [("cat.png", 0, None)]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.timeout came with Python 3.11")
async def test_a_timeout_gives_up_in_real_time_and_takes_nothing(stays_awake, fake_clock, send, bodies, state):
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await bodies(wait=20)
    await send("cat.png")
    assert state()[0] == [("cat.png", 0, None)]


async def test_a_shielded_receive_goes_on(stays_awake, fake_clock, send, bodies):
    poll = asyncio.ensure_future(bodies(wait=20))
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.shield(poll), 0.02)
    await send("cat.png")
    assert await poll == ["cat.png"]


async def test_a_loop_that_is_closed_with_calls_waiting_takes_nothing(fake_cloud, state):
    """As when a test ends: `asyncio.run` cancels what is left."""

    def in_a_loop_of_its_own():
        async def main():
            async with create_client() as client:
                url = (await client.create_queue(QueueName="jobs"))["QueueUrl"]
                left = asyncio.create_task(client.receive_message(QueueUrl=url, WaitTimeSeconds=20))
                await turns()
                assert not left.done()

        asyncio.run(main())

    await asyncio.to_thread(in_a_loop_of_its_own)
    assert state() == ([], 0, [])
