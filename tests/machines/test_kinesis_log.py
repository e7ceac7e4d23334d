"""The log of a shard's records: positions, bisection, trimming."""

import random

import pytest

from pytest_cloudfakes.services.kinesis.log import Log


def filled(arrivals):
    log = Log()
    for number, arrival in enumerate(arrivals):
        log.append(b"%d" % number, f"key {number}", arrival)
    return log


def kept(log):
    return log.blobs[log.slots(log.first, log.end)]


def test_positions_count_from_zero_for_ever():
    log = filled([10, 20, 30])
    assert (log.first, log.end, len(log)) == (0, 3, 3)
    log.trim(10)
    assert (log.first, log.end, len(log)) == (1, 3, 2)
    assert log.append(b"3", None, 40) == 3


def test_trimming_takes_what_arrived_then_or_earlier():
    log = filled([10, 20, 20, 30])
    assert log.trim(9) == 0
    assert log.trim(20) == 3
    assert kept(log) == [b"3"]
    assert log.oldest() == 30
    assert log.trim(1_000) == 1
    assert log.oldest() is None
    assert len(log) == 0


def test_an_instant_is_found_by_the_first_record_then_or_later():
    log = filled([10, 20, 20, 30])
    assert [log.at(instant) for instant in (0, 10, 11, 20, 21, 30, 31)] == [0, 0, 1, 1, 3, 3, 4]
    log.trim(10)
    assert log.at(0) == 1


def test_records_of_one_instant_share_a_timestamp():
    log = filled([10, 10, 20])
    first, second, third = log.stamps
    assert first is second
    assert third is not first


def test_trimmed_records_are_let_go_at_once():
    log = filled(range(10))
    log.trim(2)
    assert log.blobs[:3] == [b""] * 3
    assert log.keys[:3] == log.stamps[:3] == [None] * 3


def test_encryption_is_remembered_by_position():
    log = Log()
    for switch in (False, True, True, False, True):
        log.encrypt(on=switch)
        log.append(b"", "", 0)
    assert [log.is_encrypted(position) for position in range(5)] == [False, True, True, False, True]
    assert len(log.encrypted) == 3


@pytest.mark.parametrize("seed", range(20))
def test_a_log_is_a_list_that_forgets_its_front(seed):
    choose = random.Random(seed)
    log, model, now, count = Log(), [], 0, 0
    for _ in range(300):
        now += choose.choice([0, 0, 1, 5])
        if choose.random() < 0.7:
            log.append(b"%d" % count, str(count), now)
            model.append((count, now))
            count += 1
        else:
            limit = now - choose.randrange(40)
            log.trim(limit)
            model = [entry for entry in model if entry[1] > limit]
        assert kept(log) == [b"%d" % number for number, _ in model]
        assert [log.arrival(position) for position in range(log.first, log.end)] == [at for _, at in model]
        assert log.first == (model[0][0] if model else count)
        wanted = now - choose.randrange(40)
        assert log.at(wanted) == next((number for number, at in model if at >= wanted), count)
    assert len(log.blobs) <= 2 * len(model) + 2


def test_trimming_costs_the_same_whatever_is_kept():
    log = filled(range(10_000))
    for instant in range(9_000):
        log.trim(instant)
    assert len(log.blobs) <= 10_000 - 4_500
    assert len(log) == 1_000
