"""The lock of a cloud."""

from __future__ import annotations

import threading

from pytest_cloudfakes.locks import CloudLock


def test_it_is_reentrant():
    lock = CloudLock()
    with lock, lock:
        pass
    assert lock.acquire(blocking=False)


def test_one_thread_at_a_time_has_it():
    lock, inside, most = CloudLock(), [], []

    def work():
        for _ in range(500):
            with lock:
                inside.append(threading.get_ident())
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert max(most) == 1
    assert len(most) == 8 * 500


def test_it_is_waited_for_however_long_that_takes():
    lock, got, letting_go = CloudLock(), threading.Event(), threading.Event()

    def wait():
        with lock:
            got.set()
        letting_go.wait(10)

    with lock:
        thread = threading.Thread(target=wait)
        thread.start()
        assert not got.wait(0.1)
    assert got.wait(10)
    letting_go.set()
    thread.join(10)


def test_a_condition_of_it_lets_go_of_all_that_its_thread_holds():
    lock = CloudLock()
    condition, seen = threading.Condition(lock), []

    def tell():
        with lock:
            seen.append("told")
            condition.notify_all()

    with lock, lock:
        threading.Thread(target=tell).start()
        assert condition.wait(10)
    assert seen == ["told"]
