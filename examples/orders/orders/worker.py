"""Shipping what was ordered."""

from __future__ import annotations

import logging
from collections.abc import Callable

from orders import ledger, settings
from orders.order import Order
from orders.queues import ORDERS, Message
from orders.store import Store
from orders.warehouse import Warehouse, WarehouseUnavailable

log = logging.getLogger(__name__)


class Worker:
    def __init__(self, store: Store, warehouse: Warehouse) -> None:
        self.store = store
        self.warehouse = warehouse

    def run(self, stopping: Callable[[], bool]) -> None:
        while not stopping():
            self.work()

    def work(self, *, wait: int = settings.LONG_POLL) -> int:
        """Deal with the next few messages, and say how many there were."""
        messages = ORDERS.receive(wait=wait)
        for message in messages:
            self.deal_with(message)
        return len(messages)

    def deal_with(self, message: Message) -> None:
        try:
            self.fulfil(Order.from_json(message.body))
        except WarehouseUnavailable as reason:
            delay = backoff(message.delivery)
            ORDERS.postpone(message, delay)
            log.warning("message %s: %s, trying again in %d s", message.id, reason, delay)
        except Exception:
            # Whatever this is, it must not stop the others. SQS delivers the message again when its
            # visibility timeout ends, and puts it among the dead letters when it has failed too often.
            log.exception("delivery %d of message %s failed", message.delivery, message.id)
        else:
            ORDERS.delete(message)

    def fulfil(self, order: Order) -> None:
        """Ship and charge. Every step can be repeated, since we may be stopped after any of them."""
        if not self.store.is_open(order):
            log.info("order %d is %s: nothing to do", order.number, self.store.state(order) or "unknown")
            return
        self.warehouse.ship(order)
        ledger.charge(order)
        self.store.close(order, "shipped")
        log.info("order %d shipped", order.number)


def backoff(delivery: int) -> int:
    """Seconds to wait after the n-th delivery failed: 30, 60, 120, 240 and so on, up to 900."""
    return min(settings.FIRST_BACKOFF << (delivery - 1), settings.LONGEST_BACKOFF)
