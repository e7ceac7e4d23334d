"""Taking orders."""

from __future__ import annotations

import logging
from datetime import datetime, timezone

from botocore.exceptions import BotoCoreError, ClientError

from orders import announcements, settings
from orders.order import Order
from orders.queues import ORDERS
from orders.store import Store

log = logging.getLogger(__name__)


def take(store: Store, customer: str, item: str, cents: int) -> Order:
    """Accept an order. When this returns the order is safe; when it raises, nothing will be shipped."""
    order = store.open(customer, item, cents)
    try:
        ORDERS.send(order.to_json())
    except (BotoCoreError, ClientError):
        # SQS may have the message all the same. A worker that meets it will see that the order is withdrawn.
        store.close(order, "withdrawn")
        log.exception("order %d withdrawn", order.number)
        raise
    log.info("order %d accepted: %s for %s", order.number, item, customer)
    announcements.announce(order)
    return order


def resubmit_forgotten(store: Store) -> list[Order]:
    """Put the orders on the queue again that waited for a worker until SQS dropped them.

    To be run once a day.
    """
    forgotten = store.open_since(datetime.now(timezone.utc) - settings.RETENTION)
    for order in forgotten:
        ORDERS.send(order.to_json())
        store.queued_again(order)
        log.warning("order %d was forgotten: submitted again", order.number)
    return forgotten
