"""A call that waits is awaited: other tasks run on, and held time goes on only when nothing else can happen."""

from __future__ import annotations

import asyncio
import sys
import threading
import time

import boto3
import pytest

from pytest_cloudfakes import awaiting

from .conftest import REGION, turns

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("never_hangs")]


@pytest.fixture
def since(fake_clock):
    """Seconds of the cloud since the test began."""
    began = fake_clock.now()
    return lambda: (fake_clock.now() - began) / 1000


async def test_a_long_poll_of_the_tests_own_task_takes_time_to_its_end(bodies, since):
    assert await bodies(wait=20) == []
    assert since() == 20


async def test_it_takes_time_to_the_first_event_that_answers_it(send, bodies, since):
    await send("cat.png", DelaySeconds=5)
    assert await bodies(wait=20) == ["cat.png"]
    assert since() == 5


async def test_tasks_that_can_run_do_so_before_time_goes_on(send, bodies, since):
    log = []

    async def ticker():
        for _ in range(1000):
            log.append(since())
            await asyncio.sleep(0)
        await send("after the ticks")

    ticks = asyncio.create_task(ticker())
    assert await bodies(wait=20) == ["after the ticks"]
    await ticks
    assert log == [0] * 1000
    assert since() == 0


async def test_what_another_task_sends_ends_the_wait(send, bodies, since):
    received = asyncio.create_task(bodies(wait=20))
    await turns()
    assert not received.done()
    await send("cat.png")
    assert await received == ["cat.png"]
    assert since() == 0


async def test_messages_go_to_waiting_tasks_in_the_order_in_which_they_came(send, bodies, since):
    waiting = []
    for _ in range(3):
        waiting.append(asyncio.create_task(bodies(wait=20)))
        await turns()
    for body in ("1", "2", "3"):
        await send(body)
    assert await asyncio.gather(*waiting) == [["1"], ["2"], ["3"]]
    assert since() == 0


async def test_gathered_polls_end_at_their_own_instants(bodies, since):
    async def poll(seconds):
        await bodies(wait=seconds)
        return since()

    assert await asyncio.gather(poll(3), poll(1), poll(2)) == [3, 1, 2]


async def test_a_message_that_reappears_is_received_by_who_waits(send, bodies, since):
    await send("cat.png")
    assert await bodies(VisibilityTimeout=7) == ["cat.png"]
    assert await asyncio.gather(bodies(wait=20), bodies(wait=20)) == [["cat.png"], []]
    assert since() == 20


async def test_wait_for_gives_the_answer_or_ends_in_real_time(send, bodies, since):
    assert await asyncio.wait_for(bodies(wait=5), timeout=60) == []
    assert since() == 5


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.timeout and TaskGroup came with Python 3.11")
async def test_timeouts_and_task_groups(send, bodies, since):
    async with asyncio.timeout(60):
        assert await bodies(wait=5) == []
    async with asyncio.TaskGroup() as group:
        polls = [group.create_task(bodies(wait=20)) for _ in range(2)]
        group.create_task(send("cat.png", DelaySeconds=3))
    assert [poll.result() for poll in polls] == [["cat.png"], []]
    assert since() == 25


@pytest.mark.parametrize("kind", ["event", "queue", "lock", "condition", "task", "shield", "wait", "as_completed"])
async def test_time_goes_on_for_a_worker_that_the_tests_own_task_waits_for(send, bodies, since, kind):
    done, results, lock, condition = asyncio.Event(), asyncio.Queue(), asyncio.Lock(), asyncio.Condition()

    async def work():
        async with lock:
            result = await bodies(wait=20)
        done.set()
        await results.put(result)
        async with condition:
            condition.notify_all()
        return result

    await send("cat.png", DelaySeconds=15)
    worker = asyncio.create_task(work())
    await turns()
    if kind == "event":
        await done.wait()
    elif kind == "queue":
        assert await results.get() == ["cat.png"]
    elif kind == "lock":
        async with lock:
            pass
    elif kind == "condition":
        async with condition:
            await condition.wait()
    elif kind == "task":
        assert await worker == ["cat.png"]
    elif kind == "shield":
        assert await asyncio.shield(worker) == ["cat.png"]
    elif kind == "wait":
        await asyncio.wait([worker])
    else:
        for finished in asyncio.as_completed([worker]):
            assert await finished == ["cat.png"]
    assert since() == 15
    await worker


async def worker_for_ever(bodies, polls):
    while True:
        await bodies(wait=20)
        polls.append(1)


@pytest.mark.parametrize("what", ["sleep", "thread", "subprocess", "socket", "future"])
async def test_time_stands_while_the_tests_own_task_waits_for_something_real(bodies, since, what):
    polls = []
    worker = asyncio.create_task(worker_for_ever(bodies, polls))
    await turns()
    if what == "sleep":
        await asyncio.sleep(0.1)
    elif what == "thread":
        await asyncio.to_thread(time.sleep, 0.1)
    elif what == "subprocess":
        process = await asyncio.create_subprocess_exec(sys.executable, "-S", "-c", "import time; time.sleep(0.1)")
        await process.wait()
    elif what == "socket":
        await slow_answer()
    else:
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.1, future.set_result, None)
        await future
    assert since() == 0
    assert polls == []
    worker.cancel()


async def slow_answer():
    """What a server in the same loop answers after a while."""

    async def answer(reader, writer):
        await asyncio.sleep(0.1)
        writer.write(b"x")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    await reader.read()
    writer.close()
    server.close()


async def test_time_stands_while_a_task_that_the_own_one_may_wait_for_does_something_real(send, bodies, since):
    """Else a message would reappear while a worker is busy with it."""
    await send("cat.png")
    done = asyncio.Event()

    async def work():
        assert await bodies(wait=20, VisibilityTimeout=30) == ["cat.png"]
        await asyncio.sleep(0.2)
        done.set()

    busy = asyncio.create_task(work())
    await turns()
    other = asyncio.create_task(worker_for_ever(bodies, []))
    await done.wait()
    assert since() == 0
    await busy
    other.cancel()


@pytest.mark.parametrize("awaited", ["task", "gather", "wait_for"])
async def test_time_stands_while_the_own_task_waits_for_one_that_waits_for_something_real(
    bodies, since, awaited, monkeypatch
):
    monkeypatch.setattr(awaiting, "LONG_REST", 0.05)
    worker = asyncio.create_task(worker_for_ever(bodies, []))
    await turns()
    real = asyncio.create_task(asyncio.sleep(0.2))
    if awaited == "task":
        await real
    elif awaited == "gather":
        await asyncio.gather(real, asyncio.to_thread(time.sleep, 0.2))
    elif sys.version_info >= (3, 12):
        await asyncio.wait_for(real, 10)
    assert since() == 0
    worker.cancel()


async def test_time_goes_on_slowly_where_something_real_does_not_come(send, bodies, since, monkeypatch):
    """A task that waits for a connection, say, for as long as the test lasts: a long poll is over after a while."""
    monkeypatch.setattr(awaiting, "LONG_REST", 0.3)
    forever = asyncio.create_task(asyncio.sleep(100))
    started = time.monotonic()
    poll = asyncio.create_task(bodies(wait=20))
    done = asyncio.Event()
    poll.add_done_callback(lambda _: done.set())
    await done.wait()
    assert since() == 20
    assert 0.3 < time.monotonic() - started < 3
    forever.cancel()


async def test_a_worker_moves_no_time_while_the_test_moves_it(fake_clock, send, bodies, since):
    polls = []
    worker = asyncio.create_task(worker_for_ever(bodies, polls))
    await turns()
    fake_clock.advance(19.999)
    await turns()
    assert polls == []
    fake_clock.advance(0.001)
    await turns()
    assert polls == [1]
    assert since() == 20
    worker.cancel()


async def test_the_flowing_clock_jumps_where_nobody_else_is_there(fake_cloud, bodies):
    before, started = fake_cloud.clock.now(), time.monotonic()
    assert await bodies(wait=20) == []
    assert fake_cloud.clock.now() - before >= 20_000
    assert time.monotonic() - started < 2


async def test_with_the_clock_flowing_a_message_from_a_thread_ends_the_wait(queue_url, bodies):
    def produce():
        time.sleep(0.05)
        boto3.client("sqs", region_name=REGION).send_message(QueueUrl=queue_url, MessageBody="cat.png")

    thread = threading.Thread(target=produce)
    thread.start()
    assert await bodies(wait=20) == ["cat.png"]
    thread.join()


async def test_with_the_clock_flowing_a_task_that_is_about_to_send_is_waited_for(fake_cloud, send, bodies):
    before = fake_cloud.clock.now()

    async def produce():
        await asyncio.sleep(0.05)
        await send("cat.png")

    producer = asyncio.create_task(produce())
    assert await bodies(wait=20) == ["cat.png"]
    assert fake_cloud.clock.now() - before < 5_000
    await producer


async def test_a_boto3_call_in_a_thread_of_the_loop_does_not_block_it(queue_url, send, since):
    sqs = boto3.client("sqs", region_name=REGION)
    received = asyncio.create_task(asyncio.to_thread(sqs.receive_message, QueueUrl=queue_url, WaitTimeSeconds=20))
    await asyncio.sleep(0.05)
    await send("cat.png")
    assert (await received)["Messages"][0]["Body"] == "cat.png"
    assert since() == 0


async def test_an_error_of_an_event_is_for_the_one_who_waits(fake_clock, bodies):
    def broken():
        raise ZeroDivisionError

    fake_clock.at(fake_clock.now() + 1000, broken, service="sqs", resource="jobs", what="breaks")
    with pytest.raises(ZeroDivisionError):
        await bodies(wait=20)
