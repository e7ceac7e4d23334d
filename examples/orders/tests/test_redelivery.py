"""A message that nobody deletes comes back when its visibility timeout ends."""

from __future__ import annotations

import pytest

from shop import PowerCut


def test_a_worker_that_dies_in_mid_order_loses_nothing(shop, fake_sqs, fake_clock, account):
    order = shop.order("teapot")
    shop.warehouse.has_power = False
    account.note("the worker's power fails")
    with pytest.raises(PowerCut):
        shop.worker.work()
    shop.warehouse.has_power = True

    fake_clock.advance(29.999)
    assert shop.worker.work(wait=0) == 0

    fake_clock.advance(0.001)
    assert shop.worker.work(wait=0) == 1
    assert shop.warehouse.shipped == [order]
    assert fake_sqs.queue("orders").messages == ()


def test_a_worker_that_dies_just_after_charging_charges_only_once(shop, fake_sqs, fake_clock, account, monkeypatch):
    def die(*_):
        account.note("the worker's power fails, after the charge")
        raise PowerCut

    shop.order("teapot")
    with monkeypatch.context() as now:
        now.setattr(shop.store, "close", die)
        with pytest.raises(PowerCut):
            shop.worker.work()

    fake_clock.advance(30)
    assert shop.worker.work(wait=0) == 1
    assert len(fake_sqs.queue("ledger.fifo").visible) == 1  # SQS dropped the second, by its deduplication id
