"""The warehouse, which ships things. It belongs to another team and is reached by HTTP."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Protocol

from orders.order import Order


class WarehouseUnavailable(Exception):
    """Not now; the same order may well be shipped later."""


class UnknownItem(Exception):
    """The warehouse has never heard of this item, and asking again will not teach it."""


class Warehouse(Protocol):
    def ship(self, order: Order) -> None:
        """Ship the order. Asked twice for the same order number, the warehouse ships once."""


class HttpWarehouse:
    def __init__(self, url: str) -> None:
        self.url = url

    def ship(self, order: Order) -> None:
        request = urllib.request.Request(  # noqa: S310 - the URL comes from our settings
            f"{self.url}/shipments/{order.number}", data=order.to_json().encode(), method="PUT"
        )
        try:
            with urllib.request.urlopen(request, timeout=10):  # noqa: S310
                pass
        except urllib.error.HTTPError as answer:
            if answer.code == 404:
                raise UnknownItem(order.item) from answer
            raise WarehouseUnavailable(f"the warehouse answers {answer.code}") from answer
        except OSError as problem:
            raise WarehouseUnavailable(f"the warehouse can't be reached: {problem}") from problem
