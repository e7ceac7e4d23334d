"""Accepted orders are announced: to queues that choose, and to servers that may be down."""

from __future__ import annotations

import json

import pytest

from orders import settings
from orders.announcements import ACCEPTED
from orders.queues import ORDERS, Queue

MAILER, PARTNER = "https://mailer.example.com/orders", "https://partner.example.com/hook"
HOUR = 3600


class Server:
    """Somebody else's server, which takes orders unless it is down."""

    def __init__(self, clock):
        self.clock = clock
        self.is_up = True
        self.got = []

    def __call__(self, request):
        if not self.is_up:
            return 503
        self.got.append((self.clock.now(), json.loads(request.body)["number"]))
        return 200


@pytest.fixture
def queue():
    def create(name):
        queue = Queue(name)
        queue.create()
        return queue

    return create


@pytest.fixture
def dead(queue):
    return queue("announcements-dead")


@pytest.fixture
def server(fake_cloud, fake_clock, fake_sns, dead):
    """Let a server answer at a URL, and confirm its subscription."""

    def start(url):
        server = Server(fake_clock)
        ACCEPTED.tell_server(url, dead=dead)
        fake_sns.topic("orders-accepted").subscription(url).confirm()
        fake_cloud.http.register(url, server)
        return server

    return start


def numbers(fake_sqs, queue):
    return [json.loads(message.body)["number"] for message in fake_sqs.queue(queue.name).messages]


def test_each_team_hears_of_the_orders_it_wants(shop, queue, fake_sqs):
    billing, shipping, audit = queue("billing"), queue("shipping"), queue("audit")
    ACCEPTED.tell_queue(billing, cents=[{"numeric": [">=", 10_000]}])
    ACCEPTED.tell_queue(shipping, item=["teapot", {"prefix": "samovar"}])
    ACCEPTED.tell_queue(audit)

    cheap = shop.order("cup", cents=500)
    fragile = shop.order("teapot", cents=9_999)
    precious = shop.order("samovar, silver", cents=10_000)

    assert numbers(fake_sqs, billing) == [precious.number]
    assert numbers(fake_sqs, shipping) == [fragile.number, precious.number]
    assert numbers(fake_sqs, audit) == [cheap.number, fragile.number, precious.number]


def test_a_server_that_was_down_for_an_hour_hears_of_the_order_then(shop, server, fake_clock, account):
    mailer = server(MAILER)
    account.note("the mailer goes down")
    mailer.is_up = False
    order = shop.order("teapot")

    fake_clock.advance(HOUR - 0.001)
    account.note("the mailer is up again")
    mailer.is_up = True
    assert mailer.got == []

    fake_clock.advance(0.001)
    assert mailer.got == [(fake_clock.now(), order.number)]


def test_an_announcement_that_nobody_ever_takes_is_set_aside(shop, server, fake_sqs, fake_clock, fake_sns, dead):
    server(PARTNER).is_up = False
    order = shop.order("teapot")

    fake_clock.assert_holds_until(HOUR, lambda: not numbers(fake_sqs, dead))

    assert numbers(fake_sqs, dead) == [order.number]
    [delivery] = fake_sns.topic("orders-accepted").deliveries
    assert delivery.state == "dead-lettered"
    assert delivery.attempt_count == settings.ANNOUNCE_RETRIES + 1


def test_one_server_that_is_down_holds_nobody_up(shop, server, queue, fake_sqs):
    audit = queue("audit")
    ACCEPTED.tell_queue(audit)
    server(PARTNER).is_up = False
    mailer = server(MAILER)

    order = shop.order("teapot")

    assert numbers(fake_sqs, audit) == [order.number]
    assert [number for _, number in mailer.got] == [order.number]


def test_an_order_is_safe_although_it_cannot_be_announced(shop, fake_cloud, fake_sqs):
    fake_cloud.faults.fail("sns", "Publish", "InternalError", times=None)

    order = shop.order("teapot")

    assert numbers(fake_sqs, ORDERS) == [order.number]
    shop.worker.work(wait=0)
    assert shop.warehouse.shipped == [order]
