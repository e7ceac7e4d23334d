"""The customers' accounts: each customer's entries in order, and every entry once."""

from __future__ import annotations

from orders import ledger
from orders.order import Order
from orders.queues import LEDGER

TEAPOT = Order(1001, "ada", "teapot", 2950)
CUP = Order(1002, "ben", "cup", 600)


def test_a_charge_sent_twice_within_five_minutes_is_one_charge(shop, fake_sqs, fake_clock):
    ledger.charge(TEAPOT)
    assert shop.bookkeeper.work(wait=0)

    fake_clock.advance(299.999)
    ledger.charge(TEAPOT)
    assert fake_sqs.queue("ledger.fifo").messages == []  # SQS knows it, although it has been deleted

    fake_clock.advance(0.001)
    ledger.charge(TEAPOT)
    assert len(fake_sqs.queue("ledger.fifo").visible) == 1  # now it is a new message, and the books refuse it
    assert shop.bookkeeper.work(wait=0)
    assert shop.store.balance("ada") == 2950


def test_the_entries_of_a_customer_stay_in_order_and_hold_up_nobody_else(shop, fake_clock, account):
    ledger.charge(TEAPOT)
    ledger.refund(TEAPOT)
    ledger.charge(CUP)

    LEDGER.receive(limit=1)
    account.note("a bookkeeper takes charge-1001 and dies")
    while shop.bookkeeper.work(wait=0):
        pass
    assert (shop.store.balance("ada"), shop.store.balance("ben")) == (0, 600)

    fake_clock.advance(29.999)
    assert not shop.bookkeeper.work(wait=0)

    fake_clock.advance(0.001)
    assert shop.bookkeeper.work(wait=0)
    assert shop.store.balance("ada") == 2950
    assert shop.bookkeeper.work(wait=0)
    assert shop.store.balance("ada") == 0
