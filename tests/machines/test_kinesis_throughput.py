"""The budgets of a shard, in numbers."""

import pytest

from pytest_cloudfakes.services.kinesis.limits import MIB
from pytest_cloudfakes.services.kinesis.throughput import ReadBudget, Window, WriteBudget


def test_a_thousand_records():
    budget = WriteBudget(0)
    assert sum(budget.take(1, 0) for _ in range(1_100)) == 1_000
    assert budget.refused == 100
    assert [budget.take(1, now) for now in (1, 1, 2)] == [True, False, True]
    assert sum(budget.take(1, 5_000) for _ in range(1_100)) == 1_000


def test_a_mebibyte():
    budget = WriteBudget(0)
    assert budget.take(MIB, 0)
    assert not budget.take(1, 0)
    assert not budget.take(1_049, 1)
    assert budget.take(1_048, 1)


@pytest.mark.parametrize("size", [2 * MIB, 10 * MIB])
def test_a_large_record_is_paid_for_afterwards(size):
    budget = WriteBudget(0)
    assert budget.take(size, 0)
    assert not budget.take(1, (size - MIB) * 1_000 // MIB)
    assert budget.take(1, (size - MIB) * 1_000 // MIB + 1)


def test_the_largest_needs_a_full_budget():
    budget = WriteBudget(0)
    budget.take(1, 0)
    assert not budget.take(10 * MIB, 0)
    assert budget.take(10 * MIB, 1)


def test_five_calls_within_any_second():
    budget = ReadBudget(0)
    assert [budget.admits(now) for now in (0, 300, 300, 300, 300, 999, 1_000, 1_000)] == [True] * 5 + [
        False,
        True,
        False,
    ]
    assert budget.refused == 2


@pytest.mark.parametrize("size, blocked", [(2 * MIB, 1_000), (10 * MIB, 5_000), (3 * MIB, 1_500)])
def test_what_uses_up_the_budget_blocks_for_as_long_as_it_takes(size, blocked):
    budget = ReadBudget(0)
    assert budget.admits(0)
    budget.gave(size, 0)
    assert not budget.admits(blocked - 1)
    assert budget.admits(blocked)


def test_what_does_not_use_it_up_blocks_nobody():
    budget = ReadBudget(0)
    for _ in range(3):
        assert budget.admits(0)
        budget.gave(MIB // 2, 0)
    assert budget.admits(0)


def test_a_window_slides():
    window = Window(2, 100)
    assert [window.admits(now) for now in (0, 50, 99, 100, 149, 150)] == [True, True, False, True, False, True]
