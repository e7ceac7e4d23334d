"""The whole service in one object, with its store in memory and a warehouse made of Python."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

from orders import desk
from orders.ledger import Bookkeeper
from orders.order import Order
from orders.store import Store
from orders.warehouse import UnknownItem, WarehouseUnavailable
from orders.worker import Worker


class PowerCut(BaseException):
    """The end of a worker, in the middle of whatever it is doing."""


class Warehouse:
    """Ships what it knows, at once, unless it is closed."""

    def __init__(self) -> None:
        self.items = {"teapot", "cup"}
        self.opens: datetime | None = None
        self.has_power = True
        self.shipped: list[Order] = []
        self.on_shipping: Callable[[], object] = lambda: None

    def ship(self, order: Order) -> None:
        if not self.has_power:
            raise PowerCut
        if self.opens is not None and datetime.now(timezone.utc) < self.opens:
            raise WarehouseUnavailable(f"the warehouse is closed until {self.opens:%H:%M}")
        if order.item not in self.items:
            raise UnknownItem(order.item)
        self.shipped.append(order)
        self.on_shipping()


class Shop:
    def __init__(self) -> None:
        self.store = Store(":memory:")
        self.warehouse = Warehouse()
        self.worker = Worker(self.store, self.warehouse)
        self.bookkeeper = Bookkeeper(self.store)

    def order(self, item: str, customer: str = "ada", cents: int = 2950) -> Order:
        return desk.take(self.store, customer, item, cents)
