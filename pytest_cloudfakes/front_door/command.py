"""`python -m pytest_cloudfakes serve`: a cloud in a process of its own, to try things out by hand."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from collections.abc import Sequence
from typing import Any

from pytest_cloudfakes.exceptions import CloudFakesError

_OPTIONS = ("account", "region", "start", "seed", "limits", "policies", "transitions", "journal_limit")
"""Of `Options`: those that mean something in a process without code under test."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted or terminated; the exit status."""
    given = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _serve(given)
    except CloudFakesError as error:
        print(f"pytest_cloudfakes: {error}", file=sys.stderr)  # noqa: T201 - a command talks to a person
        return 1
    return 0


def _serve(given: argparse.Namespace) -> None:
    from pytest_cloudfakes.cloud import FakeCloud
    from pytest_cloudfakes.options import from_text

    options = {name: from_text(name, getattr(given, name)) for name in _OPTIONS if getattr(given, name) is not None}
    with FakeCloud(**options) as cloud, contextlib.suppress(KeyboardInterrupt):
        if given.hold:
            cloud.clock.hold()
        endpoint = cloud.serve(port=given.port, control=given.control)
        for name, value in endpoint.variables.items():
            print(f"export {name}={value}")  # noqa: T201
        print(f"# Serving at {endpoint.url} until Ctrl-C.", flush=True)  # noqa: T201
        while True:
            signal.pause()


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pytest_cloudfakes")
    commands = parser.add_subparsers(required=True, metavar="command")
    serve = commands.add_parser("serve", help="serve a fake AWS over HTTP at 127.0.0.1")
    serve.add_argument("--port", type=int, default=0, help="an unused one unless given")
    serve.add_argument("--control", action="store_true", help="serve /_cloudfakes/, the clock and the journal")
    serve.add_argument("--hold", action="store_true", help="hold the clock; move it through /_cloudfakes/clock")
    for name in _OPTIONS:
        serve.add_argument(f"--{name.replace('_', '-')}", help=f"the option {name} of a fake cloud")
    return parser
