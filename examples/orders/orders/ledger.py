"""The customers' accounts.

Who wants something booked sends a command to the FIFO queue. SQS keeps each customer's commands in order and
drops one that is repeated within five minutes; the books refuse one that is repeated later.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

from orders import settings
from orders.order import Order
from orders.queues import LEDGER
from orders.store import Store

log = logging.getLogger(__name__)


def charge(order: Order) -> None:
    """The customer owes us the order."""
    _command(f"charge-{order.number}", order.customer, order.cents)


def refund(order: Order) -> None:
    """The customer gets the money for the order back."""
    _command(f"refund-{order.number}", order.customer, -order.cents)


def _command(entry: str, customer: str, cents: int) -> None:
    log.info("sending %s", entry)
    LEDGER.send(
        json.dumps({"entry": entry, "customer": customer, "cents": cents}),
        MessageGroupId=customer,
        MessageDeduplicationId=entry,
    )


class Bookkeeper:
    def __init__(self, store: Store) -> None:
        self.store = store

    def run(self, stopping: Callable[[], bool]) -> None:
        while not stopping():
            self.work()

    def work(self, *, wait: int = settings.LONG_POLL) -> bool:
        """Book the next command, and say whether there was one."""
        # One at a time: if it fails, nothing that stands behind it may overtake it.
        for message in LEDGER.receive(limit=1, wait=wait):
            try:
                self.book(message.body)
            except Exception:
                log.exception("delivery %d of message %s failed", message.delivery, message.id)
            else:
                LEDGER.delete(message)
            return True
        return False

    def book(self, body: str) -> None:
        command = json.loads(body)
        if self.store.book(command["entry"], command["customer"], command["cents"]):
            log.info("%(entry)s booked: %(cents)+d cents for %(customer)s", command)
        else:
            log.info("%(entry)s is in the books already", command)
