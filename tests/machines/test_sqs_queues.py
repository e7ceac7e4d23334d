"""The machine of queues on a bare scheduler: no client, no cloud, no botocore."""

import contextlib
import random

import pytest

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.ids import Ids
from pytest_cloudfakes.pending import Pending
from pytest_cloudfakes.schedule import Schedule
from pytest_cloudfakes.scheduler import Scheduler, Timer
from pytest_cloudfakes.services.sqs.registry import Registry
from pytest_cloudfakes.services.sqs.waiting import Wanted


class BareClock:
    """As much of a clock as a service sees, on the scheduler alone."""

    def __init__(self):
        self.time = 1_000_000
        self.scheduler = Scheduler()
        self.ran = 0

    def now(self):
        return self.time

    def at(self, due, action, **about):
        return self.scheduler.add(Timer(due, action, **about))

    def pending(self, until, at_end, **about):
        waiting = Pending()

        def end():
            waiting.on_cancel()
            waiting.answer(at_end())

        waiting.timer = self.at(until, end, **about)
        return waiting

    def advance(self, by):
        target = self.time + by
        while (due := self.scheduler.next_due()) is not None and due <= target:
            self.time = max(self.time, due)
            self.ran += 1
            self.scheduler.pop().action()
        self.time = target


@pytest.fixture
def clock():
    return BareClock()


@pytest.fixture
def registry(clock):
    return Registry(
        account="123456789012",
        region="us-east-1",
        partition="aws",
        clock=clock,
        ids=Ids(0),
        schedule=Schedule(),
        happened=lambda *_: None,
    )


@pytest.fixture
def queue(registry):
    return registry.create("jobs", {}, {})


def send(queue, body="body", delay=None, group=None, key=None):
    return queue.send(
        body,
        delay_seconds=delay,
        attributes=None,
        trace_header=None,
        deduplication_id=key,
        group_id=group,
        sender_id="sender",
    )


def test_a_queue_has_two_timers_however_many_messages_it_has(clock, queue):
    for number in range(1_000):
        send(queue, delay=number % 900)
        clock.advance(1)
    queue.receive(Wanted(10))
    assert len(clock.scheduler) == 2


def test_a_jump_over_nothing_runs_nothing(clock, queue):
    for _ in range(100):
        send(queue)
    clock.advance(345_599_999)
    assert clock.ran == 0


def test_a_jump_runs_one_event_for_each_instant(clock, queue):
    for number in range(100):
        send(queue, delay=1 + number % 10)
    clock.advance(60_000)
    assert clock.ran == 10
    assert queue.visible == 100


def test_events_at_the_same_instant_see_each_other(clock, queue):
    send(queue)
    seen = []
    clock.at(clock.time + 30_000, lambda: seen.append(queue.receive(Wanted())), service="", resource="", what="")
    queue.receive(Wanted())
    clock.advance(30_000)
    assert [message.receive_count for message in seen[0]] == [2]


def test_a_timer_isnt_made_anew_for_each_receive(clock, queue):
    added = clock.scheduler._added
    for _ in range(100):
        send(queue)
        (message,) = queue.receive(Wanted())
        queue.delete(queue.handle(message))
    assert clock.scheduler._added - added <= 3


def test_groups_that_are_empty_are_forgotten(clock, registry):
    queue = registry.create("jobs.fifo", {"FifoQueue": "true"}, {})
    for number in range(100):
        send(queue, group=str(number), key=str(number))
        (message,) = queue.receive(Wanted())
        queue.delete(queue.handle(message))
    assert not queue._groups


def test_changing_the_retention_of_a_large_queue_is_linear(clock, registry, queue):
    for _ in range(1_000):
        send(queue)
        clock.advance(1_000)
    registry.change(queue, {"MessageRetentionPeriod": "500"})
    assert queue.visible == 499
    registry.change(queue, {"MessageRetentionPeriod": "600"})
    assert queue.visible == 499


class TestAgainstTheClock:
    """Whatever is done, a queue knows how many messages it has in which state."""

    @pytest.mark.parametrize("seed", range(5))
    @pytest.mark.parametrize("name", ["jobs", "jobs.fifo"])
    def test_counters_agree_with_the_messages(self, clock, registry, seed, name):
        choose = random.Random(seed)
        fifo = name.endswith(".fifo")
        values = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if fifo else {}
        queue = registry.create(name, {**values, "MessageRetentionPeriod": "120"}, {})
        handles = []
        for step in range(400):
            action = choose.randrange(8)
            if action < 3:
                group = str(choose.randrange(4)) if fifo else None
                send(queue, str(step), None if fifo else choose.choice([None, 0, 5]), group)
            elif action < 5:
                taken = queue.receive(Wanted(choose.randrange(1, 11), 1000 * choose.choice([0, 1, 10, 50]), 0))
                handles += map(queue.handle, taken)
            elif handles and action == 5:
                with contextlib.suppress(ApiError):
                    queue.delete(choose.choice(handles))
            elif handles and action == 6:
                with contextlib.suppress(ApiError):
                    queue.change_visibility(choose.choice(handles), choose.choice([0, 5, 40]))
            else:
                clock.advance(choose.randrange(20_000))
            states = [message.state.value for message in queue.messages()]
            assert (queue.visible, queue.in_flight, queue.delayed) == tuple(
                map(states.count, ("visible", "in flight", "delayed"))
            )
