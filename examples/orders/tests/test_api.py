"""Orders come in over HTTP, also while SQS throttles."""

from __future__ import annotations

import io
import json
from wsgiref.util import setup_testing_defaults

import pytest

from orders.api import Api

TEAPOT = {"customer": "ada", "item": "teapot", "cents": 2950}


@pytest.fixture
def post(shop):
    """POST a body to /orders: the status, and the answer."""
    api = Api(shop.store)

    def post(body: object) -> tuple[str, dict[str, object]]:
        sent = json.dumps(body).encode()
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/orders",
            "CONTENT_LENGTH": str(len(sent)),
            "wsgi.input": io.BytesIO(sent),
        }
        setup_testing_defaults(environ)
        statuses: list[str] = []
        answer = api(environ, lambda status, headers: statuses.append(status))
        return statuses[0], json.loads(b"".join(answer))

    return post


def test_an_order_is_accepted_and_queued(post, fake_sqs):
    assert post(TEAPOT) == ("202 Accepted", {"order": 1001})
    [message] = fake_sqs.queue("orders").visible
    assert json.loads(message.body) == {"number": 1001, **TEAPOT}


@pytest.mark.parametrize("body", [{}, [], "teapot", {**TEAPOT, "cents": "many"}])
def test_what_is_no_order_is_refused(post, body, fake_sqs):
    status, _ = post(body)
    assert status == "400 Bad Request"
    assert fake_sqs.queue("orders").messages == []
