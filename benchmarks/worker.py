"""One side of a comparison, in a process of its own.

    python -m benchmarks.worker benchmarks.calls:sqs '["cloud", 200]'

The function makes the side and returns its measurements by name, each a callable that measures once and answers a
cost. The process says which names there are, and then answers each name it is sent with its cost. A side may keep
a cloud switched on, hold a million messages or import moto; the other side never feels it.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Measurement = Callable[[], float]
Measurements = Mapping[str, Measurement]


def cpu_seconds(action: Callable[[], object]) -> float:
    """CPU seconds of this process, all its threads, for an action. Nothing is collected meanwhile."""
    gc.collect()
    gc.disable()
    try:
        started = time.process_time()
        action()
        return time.process_time() - started
    finally:
        gc.enable()


def per_call(count: int, call: Callable[[], object], *, before: Callable[[], object] | None = None) -> Measurement:
    """CPU seconds of one call, measured over `count` of them; what comes `before` them isn't counted."""
    times = range(count)

    def calls() -> None:
        for _ in times:
            call()

    def measure() -> float:
        if before is not None:
            before()
        return cpu_seconds(calls) / count

    return measure


def for_each(things: Callable[[], Iterable[Any]], call: Callable[[Any], object]) -> Measurement:
    """CPU seconds of one call, measured over calls with fresh arguments that are made beforehand."""

    def measure() -> float:
        arguments = list(things())

        def calls() -> None:
            for argument in arguments:
                call(argument)

        return cpu_seconds(calls) / len(arguments)

    return measure


def main(where: str, arguments: str) -> None:
    """Make the side, then measure what standard input names."""
    module, _, function = where.partition(":")
    measurements: Measurements = getattr(importlib.import_module(module), function)(*json.loads(arguments))
    # What the side holds was there before and stays: looking through it again and again would take minutes.
    gc.collect()
    gc.freeze()
    print(json.dumps(list(measurements)), flush=True)
    for line in sys.stdin:
        print(json.dumps(measurements[line.strip()]()), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
