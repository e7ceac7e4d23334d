"""What fails five times is set aside, and can be sent back when the cause is mended."""

from __future__ import annotations

from orders import dead_letters
from orders.dead_letters import Progress
from orders.queues import ORDERS, ORDERS_DEAD


def test_a_poisonous_message_is_set_aside_and_the_others_go_on(shop, fake_sqs, fake_clock):
    ORDERS.send("one teapot, please!")
    order = shop.order("teapot")

    for _ in range(5):
        shop.worker.work(wait=0)
        fake_clock.advance(30)
    assert len(fake_sqs.queue("orders").visible) == 1  # and still there, after five deliveries

    assert shop.worker.work(wait=0) == 0
    assert fake_sqs.queue("orders").messages == []
    [dead] = fake_sqs.queue("orders-dead").visible
    assert dead.body == "one teapot, please!"
    assert shop.warehouse.shipped == [order]


def test_dead_letters_are_sent_back_when_their_cause_is_mended(shop, fake_clock, account):
    orders = [shop.order("samovar") for _ in range(3)]
    for _ in range(6):
        shop.worker.work(wait=0)
        fake_clock.advance(30)
    assert ORDERS_DEAD.waiting == 3

    fake_clock.advance(3600)
    account.note("the warehouse learns what a samovar is")
    shop.warehouse.items.add("samovar")
    dead_letters.send_back(ORDERS_DEAD, per_second=1)

    fake_clock.advance(2)
    assert dead_letters.progress(ORDERS_DEAD) == Progress("RUNNING", moved=2, of=3)
    fake_clock.advance(1)
    assert dead_letters.progress(ORDERS_DEAD) == Progress("COMPLETED", moved=3, of=3)

    shop.worker.work(wait=0)
    assert shop.warehouse.shipped == orders
