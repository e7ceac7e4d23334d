"""What travels through the queue of orders."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


class BadOrder(ValueError):
    """A text that is no order."""


@dataclass(frozen=True)
class Order:
    number: int
    customer: str
    item: str
    cents: int

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Order:
        try:
            return cls(**json.loads(text))
        except (TypeError, ValueError) as problem:
            raise BadOrder("this is no order") from problem
