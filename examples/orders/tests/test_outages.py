"""SQS has a bad moment. botocore retries by its own rules, and its pauses pass on the cloud's clock."""

from __future__ import annotations

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from orders import settings


def test_an_order_is_taken_although_SQS_throttles_at_first(shop, fake_cloud, fake_sqs, fake_clock, monday):
    fake_cloud.faults.fail("sqs", "SendMessage", "RequestThrottled", times=3)

    shop.order("teapot")

    assert len(fake_sqs.queue("orders").visible) == 1
    assert fake_clock.datetime() > monday


def test_an_order_is_withdrawn_when_SQS_throttles_for_too_long(shop, fake_cloud, fake_sqs):
    fake_cloud.faults.fail("sqs", "SendMessage", "RequestThrottled", times=settings.ATTEMPTS)

    with pytest.raises(ClientError, match="RequestThrottled"):
        shop.order("teapot")

    assert fake_sqs.queue("orders").messages == []
    assert shop.store.open_since(fake_cloud.clock.datetime()) == []


def test_an_order_whose_answer_is_lost_is_queued_twice_and_shipped_once(shop, fake_cloud, fake_sqs):
    fake_cloud.faults.lose_answer("sqs", "SendMessage")

    order = shop.order("teapot")

    assert len(fake_sqs.queue("orders").visible) == 2
    assert shop.worker.work(wait=0) == 2
    assert shop.warehouse.shipped == [order]


def test_an_order_whose_answers_are_all_lost_is_withdrawn_and_not_shipped(shop, fake_cloud, fake_sqs):
    fake_cloud.faults.lose_answer("sqs", "SendMessage", times=settings.ATTEMPTS)

    with pytest.raises(BotoCoreError):
        shop.order("teapot")

    assert len(fake_sqs.queue("orders").visible) == settings.ATTEMPTS
    assert shop.worker.work(wait=0) == settings.ATTEMPTS
    assert shop.warehouse.shipped == []
