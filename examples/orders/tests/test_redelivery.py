"""A message that nobody deletes comes back when its visibility timeout ends."""

from __future__ import annotations

import pytest

from shop import PowerCut


def test_an_order_comes_back_after_the_visibility_timeout_when_its_worker_dies(shop, fake_sqs, fake_clock, account):
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
    assert fake_sqs.queue("orders").messages == []


def test_an_order_is_charged_once_when_its_worker_dies_after_charging(shop, fake_sqs, fake_clock, account, monkeypatch):
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
