"""One primitive for every wait: answered by a state change, by the clock, or by real elapsed time."""

from __future__ import annotations

import threading
import time

import pytest

from pytest_cloudfakes import FakeCloud


def wait_for(cloud: FakeCloud, seconds: float, *, label: str = "long poll ends"):
    """Register a wait as a service does; returns what a test may answer, and what waits for it."""
    with cloud.lock:
        cloud.clock.refresh()
        until = cloud.clock.latest + round(seconds * 1000)
        pending = cloud.clock.pending(until, lambda: "nothing", service="test", resource="queue", what=label)

    def wait():
        with cloud.lock:
            return cloud.clock.wait(pending)

    return pending, wait


class InThread:
    """Runs a function in a thread and keeps its result."""

    def __init__(self, function) -> None:
        self.result = None
        self.thread = threading.Thread(target=self._run, args=(function,), daemon=True)
        self.thread.start()

    def _run(self, function) -> None:
        self.result = function()

    def join(self) -> object:
        self.thread.join(timeout=60)
        assert not self.thread.is_alive()
        return self.result


def test_a_held_clock_jumps_to_the_end_of_a_wait_that_nothing_answers(cloud, clock, diary):
    _, wait = wait_for(cloud, 20)
    started = time.monotonic()
    assert wait() == "nothing"
    assert diary.since() == 20
    assert time.monotonic() - started < 5


def test_a_held_clock_jumps_only_as_far_as_the_event_that_answers(cloud, diary):
    pending, wait = wait_for(cloud, 20)
    diary.at(7, "a message appears", then=lambda: pending.answer("message"))
    diary.at(8, "something later")
    assert wait() == "message"
    assert diary.happened == [(7, "a message appears")]
    assert diary.since() == 7


def test_flowing_time_jumps_too_when_no_thread_could_change_anything():
    with FakeCloud() as cloud:
        before = cloud.clock.now()
        _, wait = wait_for(cloud, 20)
        started = time.monotonic()
        assert wait() == "nothing"
        assert time.monotonic() - started < 5
        assert cloud.clock.now() - before >= 20_000


def test_flowing_time_waits_for_real_where_another_thread_may_answer():
    with FakeCloud() as cloud:
        pending, wait = wait_for(cloud, 20)
        ready = threading.Event()

        def producer() -> None:
            ready.wait(60)
            with cloud.lock:
                pending.answer("from the thread")

        thread = InThread(producer)
        before = cloud.clock.now()
        ready.set()
        assert wait() == "from the thread"
        assert cloud.clock.now() - before < 10_000
        thread.join()


def test_a_wait_in_another_thread_is_ended_by_moving_the_held_clock(cloud, clock):
    _, wait = wait_for(cloud, 20)
    worker = InThread(wait)
    clock.advance(19.999)
    assert worker.thread.is_alive()
    clock.advance(0.001)
    assert worker.join() == "nothing"


def test_a_wait_in_another_thread_is_answered_by_a_state_change_while_time_stands(cloud, clock, diary):
    pending, wait = wait_for(cloud, 20)
    worker = InThread(wait)
    with cloud.lock:
        pending.answer("message")
    assert worker.join() == "message"
    assert diary.since() == 0


def test_a_wait_in_another_thread_lasts_no_longer_than_it_would_for_real(cloud, diary):
    _, wait = wait_for(cloud, 0.15)
    assert InThread(wait).join() == "nothing"
    assert diary.since() == 0


def test_the_clouds_lock_is_free_while_somebody_waits(cloud, clock):
    _, wait = wait_for(cloud, 5)
    worker = InThread(wait)
    assert cloud.lock.acquire(timeout=60)
    cloud.lock.release()
    clock.advance(5)
    worker.join()


def test_sleeping_takes_the_clouds_time_and_no_real_time(cloud, clock, diary):
    started = time.monotonic()
    clock.sleep(3600, "a long back-off")
    assert diary.since() == 3600
    assert time.monotonic() - started < 5


def test_a_wait_is_listed_among_what_is_due(cloud, clock):
    wait_for(cloud, 20, label="long poll ends")
    assert [due.what for due in clock.upcoming()] == ["long poll ends"]


def test_a_cancelled_wait_is_forgotten_and_its_service_told(cloud, clock):
    pending, _ = wait_for(cloud, 20)
    told = []
    pending.on_cancel = lambda: told.append("forget it")
    pending.cancel()
    assert told == ["forget it"]
    assert clock.upcoming() == []


def test_an_answer_that_nobody_saw_is_taken_back_once(cloud):
    pending, _ = wait_for(cloud, 20)
    undone = []
    pending.undo = lambda: undone.append("put back")
    pending.answer("message")
    pending.cancel()
    pending.cancel()
    assert undone == ["put back"]


def test_an_answer_is_mapped_at_the_instant_at_which_it_comes(cloud, diary):
    pending, wait = wait_for(cloud, 20)
    pending.then(str.upper).then(lambda value: (value, diary.since()))
    diary.at(3, "appears", then=lambda: pending.answer("message"))
    assert wait() == ("MESSAGE", 3)


def test_a_failure_reaches_the_one_who_waits(cloud, diary):
    pending, wait = wait_for(cloud, 20)
    diary.at(3, "deleted", then=lambda: pending.fail(ValueError("gone")))
    with pytest.raises(ValueError, match="gone"):
        wait()


def test_only_the_first_answer_counts(cloud):
    pending, wait = wait_for(cloud, 20)
    pending.answer("first")
    pending.answer("second")
    pending.fail(ValueError("third"))
    assert wait() == "first"


def test_eight_threads_wait_and_each_gets_its_own_answer(cloud):
    waits = [wait_for(cloud, 20) for _ in range(8)]
    workers = [InThread(wait) for _, wait in waits]
    with cloud.lock:
        for number, (pending, _) in enumerate(waits):
            pending.answer(number)
    assert [worker.join() for worker in workers] == list(range(8))


def test_a_thread_is_company_although_it_has_the_identifier_of_one_that_ended():
    leaving = threading.Event()
    earlier = threading.Thread(target=leaving.wait, args=(10,))
    earlier.start()
    with FakeCloud() as cloud:
        leaving.set()
        earlier.join()
        pending, wait = wait_for(cloud, 20)
        go = threading.Event()

        def producer() -> None:
            go.wait(10)
            with cloud.lock:
                pending.answer("from the thread")

        thread = InThread(producer)
        before = cloud.clock.now()
        go.set()
        assert wait() == "from the thread"
        assert cloud.clock.now() - before < 10_000
        thread.join()
