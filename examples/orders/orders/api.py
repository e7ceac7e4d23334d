"""The service's front: POST /orders, as a WSGI application."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from orders import desk
from orders.store import Store


class Api:
    def __init__(self, store: Store) -> None:
        self.store = store

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        status, answer = self.respond(environ)
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]

    def respond(self, environ: dict[str, Any]) -> tuple[str, dict[str, object]]:
        if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) != ("POST", "/orders"):
            return "404 Not Found", {"error": "there is POST /orders and nothing else"}
        try:
            wish = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0)))
            customer, item, cents = str(wish["customer"]), str(wish["item"]), int(wish["cents"])
        except (KeyError, TypeError, ValueError):
            return "400 Bad Request", {"error": "an order has a customer, an item and its price in cents"}
        try:
            order = desk.take(self.store, customer, item, cents)
        except (BotoCoreError, ClientError):
            return "503 Service Unavailable", {"error": "no orders can be taken at the moment"}
        return "202 Accepted", {"order": order.number}
