"""The worker waits in long polls of 20 seconds, and a message ends the wait the moment it is there."""

from __future__ import annotations

import threading


def test_a_polling_worker_needs_nobody_to_move_the_clock(shop, fake_clock, monday):
    shop.warehouse.opens = monday.replace(hour=9, minute=3)
    order = shop.order("cup")

    shop.worker.run(stopping=lambda: not shop.store.is_open(order))

    # Asked at 0, 30 and 90 s, and then at 210 s, which lies in the middle of a poll.
    assert fake_clock.datetime() == monday.replace(hour=9, minute=3, second=30)


def test_a_worker_in_a_thread_of_its_own_wakes_when_an_order_comes_in(shop, fake_clock, monday):
    shipped = threading.Event()
    shop.warehouse.on_shipping = shipped.set
    thread = threading.Thread(target=shop.worker.run, args=[shipped.is_set])
    thread.start()

    noon = monday.replace(hour=12)
    fake_clock.advance_to(noon)
    order = shop.order("teapot")
    thread.join(timeout=10)

    assert shop.warehouse.shipped == [order]
    assert fake_clock.datetime() == noon
