"""A worker that can't do its work now gives the message back, for longer each time."""

from __future__ import annotations

import pytest

from orders.worker import backoff


@pytest.mark.parametrize("delivery, seconds", [(1, 30), (2, 60), (3, 120), (5, 480), (6, 900), (20, 900)])
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(delivery, seconds):
    assert backoff(delivery) == seconds


def test_a_closed_warehouse_is_asked_again_after_ever_longer_pauses(shop, fake_clock, monday):
    shop.warehouse.opens = monday.replace(hour=9, minute=2)
    order = shop.order("cup")

    for pause in (30, 60, 120):
        assert shop.worker.work(wait=0) == 1
        fake_clock.advance(pause - 0.001)
        assert shop.worker.work(wait=0) == 0
        fake_clock.advance(0.001)

    assert shop.worker.work(wait=0) == 1
    assert shop.warehouse.shipped == [order]
