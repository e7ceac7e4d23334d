"""An order that no worker reads for four days is dropped by SQS, but not by the service."""

from __future__ import annotations

from datetime import timedelta

from orders import desk


def test_an_order_that_nobody_reads_expires_and_is_submitted_again(shop, fake_sqs, fake_clock, account):
    order = shop.order("teapot")
    account.note("the workers are on strike")

    fake_clock.assert_holds_until(timedelta(days=4), lambda: len(fake_sqs.queue("orders").visible) == 1)

    assert desk.resubmit_forgotten(shop.store) == [order]
    assert desk.resubmit_forgotten(shop.store) == []
    assert shop.worker.work(wait=0) == 1
    assert shop.warehouse.shipped == [order]


def test_an_order_can_be_read_in_the_last_millisecond_of_its_four_days(shop, fake_clock):
    order = shop.order("teapot")
    fake_clock.advance(timedelta(days=4) - timedelta(milliseconds=1))
    assert shop.worker.work(wait=0) == 1
    assert shop.warehouse.shipped == [order]
