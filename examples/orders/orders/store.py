"""What the service remembers: its orders, and the books.

The queues may deliver anything twice, so whatever changes the store may be repeated, and changes nothing the
second time.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timezone

from orders.order import Order

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    number    INTEGER PRIMARY KEY,
    customer  TEXT    NOT NULL,
    item      TEXT    NOT NULL,
    cents     INTEGER NOT NULL,
    queued_at TEXT    NOT NULL,
    state     TEXT    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'shipped', 'withdrawn'))
);
CREATE TABLE IF NOT EXISTS books (
    entry     TEXT    PRIMARY KEY,
    customer  TEXT    NOT NULL,
    cents     INTEGER NOT NULL
);
"""


class Store:
    def __init__(self, path: str) -> None:
        # One connection for all threads is safe: SQLite serialises what they do with it.
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.db.executescript(SCHEMA)

    # ---- orders ----

    def open(self, customer: str, item: str, cents: int) -> Order:
        """A new order, with the next number after 1000."""
        number = self.db.execute(
            "INSERT INTO orders (number, customer, item, cents, queued_at)"
            " SELECT coalesce(max(number), 1000) + 1, ?, ?, ?, ? FROM orders",
            (customer, item, cents, _now()),
        ).lastrowid
        assert number is not None
        return Order(number, customer, item, cents)

    def is_open(self, order: Order) -> bool:
        return self.state(order) == "open"

    def state(self, order: Order) -> str | None:
        row = self.db.execute("SELECT state FROM orders WHERE number = ?", (order.number,)).fetchone()
        return row and str(row[0])

    def close(self, order: Order, state: str) -> None:
        self.db.execute("UPDATE orders SET state = ? WHERE number = ?", (state, order.number))

    def open_since(self, instant: datetime) -> list[Order]:
        """The open orders that were last put on the queue at that instant or before."""
        rows = self.db.execute(
            "SELECT number, customer, item, cents FROM orders WHERE state = 'open' AND queued_at <= ? ORDER BY number",
            (instant.isoformat(),),
        )
        return [Order(*row) for row in rows]

    def queued_again(self, order: Order) -> None:
        self.db.execute("UPDATE orders SET queued_at = ? WHERE number = ?", (_now(), order.number))

    # ---- books ----

    def book(self, entry: str, customer: str, cents: int) -> bool:
        """Write an entry into the books; False if it was there already."""
        return bool(self.db.execute("INSERT OR IGNORE INTO books VALUES (?, ?, ?)", (entry, customer, cents)).rowcount)

    def balance(self, customer: str) -> int:
        """What the customer owes, in cents."""
        row = self.db.execute("SELECT sum(cents) FROM books WHERE customer = ?", (customer,)).fetchone()
        return int(row[0] or 0)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat()
