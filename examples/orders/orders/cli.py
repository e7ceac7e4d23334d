"""The commands that run the service: python -m orders --help."""

from __future__ import annotations

import argparse
import logging
import signal
import threading
from collections.abc import Callable
from wsgiref.simple_server import make_server

from orders import announcements, dead_letters, desk, ledger, queues, settings
from orders.api import Api
from orders.store import Store
from orders.warehouse import HttpWarehouse
from orders.worker import Worker

DEAD = {"orders": queues.ORDERS_DEAD, "ledger": queues.LEDGER_DEAD}


def main(arguments: list[str] | None = None) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    chosen = parser().parse_args(arguments)
    chosen.run(chosen)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="orders", description="Takes orders, ships them, keeps the accounts.")
    commands = top.add_subparsers(required=True)

    def command(run: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
        added = commands.add_parser(run.__name__.replace("_", "-"), help=run.__doc__)
        added.set_defaults(run=run)
        return added

    command(create_queues)
    command(serve).add_argument("--port", type=int, default=8080)
    command(work)
    command(keep_books)
    command(resubmit_forgotten)
    command(show_dead).add_argument("queue", choices=DEAD)
    sending_back = command(send_back)
    sending_back.add_argument("queue", choices=DEAD)
    sending_back.add_argument("--per-second", type=int, metavar="N", help="move at most so many a second")
    return top


def create_queues(arguments: argparse.Namespace) -> None:
    """Create the queues and the topic where they are missing."""
    queues.create_all()
    announcements.ACCEPTED.create()


def serve(arguments: argparse.Namespace) -> None:
    """Take orders over HTTP."""
    make_server("", arguments.port, Api(store())).serve_forever()


def work(arguments: argparse.Namespace) -> None:
    """Ship orders, until told to stop."""
    Worker(store(), HttpWarehouse(settings.WAREHOUSE_URL)).run(stopping=told_to_stop())


def keep_books(arguments: argparse.Namespace) -> None:
    """Book what the ledger's queue brings, until told to stop."""
    ledger.Bookkeeper(store()).run(stopping=told_to_stop())


def resubmit_forgotten(arguments: argparse.Namespace) -> None:
    """Submit again what waited longer than a queue keeps it."""
    desk.resubmit_forgotten(store())


def show_dead(arguments: argparse.Namespace) -> None:
    """Show how many dead letters there are, and how far a send-back is."""
    dead = DEAD[arguments.queue]
    print(f"{dead.waiting} in {dead.name}; {dead_letters.progress(dead) or 'nothing sent back yet'}")


def send_back(arguments: argparse.Namespace) -> None:
    """Send dead letters back to where they came from."""
    dead_letters.send_back(DEAD[arguments.queue], per_second=arguments.per_second)


def store() -> Store:
    return Store(settings.DATABASE)


def told_to_stop() -> Callable[[], bool]:
    """Whether the process was asked to end. The message in hand is finished first."""
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    return told.is_set
