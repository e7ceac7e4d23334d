"""What is compared with what, and the run that does it: A B A B …, and medians of the quotients.

Both sides of a quotient are measured within a fraction of a second of each other, on the same core, in CPU time. So
a busy or a slow machine changes both alike, and the quotient hardly.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Side:
    """A function that makes measurements (see worker.py) and its arguments."""

    maker: str
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Row:
    """One line of the table: a measurement that both sides have, and what the quotient must not exceed.

    unit: "s" for seconds of CPU time, "B" for bytes.
    """

    measurement: str
    title: str
    at_most: float | None = None
    aim: float | None = None
    unit: str = "s"


@dataclass(frozen=True)
class Comparison:
    """A subject, and the base that its costs are divided by."""

    name: str
    title: str
    subject: Side
    base: Side
    rows: tuple[Row, ...]
    rounds: int
    one_core: bool = True


@dataclass(frozen=True)
class Result:
    """A row with what came out."""

    comparison: Comparison
    row: Row
    ratios: tuple[float, ...]
    subject: float
    base: float

    @property
    def ratio(self) -> float:
        """The median quotient."""
        return statistics.median(self.ratios)

    @property
    def quartiles(self) -> tuple[float, float]:
        """Between these is half of the quotients."""
        if len(self.ratios) < 2:
            return self.ratio, self.ratio
        first, _, third = statistics.quantiles(self.ratios, n=4, method="inclusive")
        return first, third

    @property
    def passed(self) -> bool | None:
        """Whether the target is met; None without a target."""
        return None if self.row.at_most is None else self.ratio <= self.row.at_most


class Worker:
    """A side's process."""

    def __init__(self, side: Side, *, core: int | None) -> None:
        # Numbers and texts hash alike in every process, so that no side has luck with its dictionaries.
        environment = os.environ | {"PYTHONHASHSEED": "0"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", side.maker, json.dumps(side.arguments)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if core is not None:
            os.sched_setaffinity(self._process.pid, {core})
        self._side = side
        self.measurements: list[str] = self._answer()

    def measure(self, name: str) -> float:
        """Let the process measure once."""
        assert self._process.stdin is not None
        self._process.stdin.write(name + "\n")
        self._process.stdin.flush()
        cost: float = self._answer()
        return cost

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._side.maker}{self._side.arguments} ended early; its traceback is above")
        return json.loads(line)

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


@contextlib.contextmanager
def _started(side: Side, *, core: int | None) -> Iterator[Worker]:
    worker = Worker(side, core=core)
    try:
        yield worker
    finally:
        worker.end()


def run(comparison: Comparison) -> list[Result]:
    """Measure both sides in turn, and divide."""
    core = _a_core() if comparison.one_core else None
    with _started(comparison.subject, core=core) as subject, _started(comparison.base, core=core) as base:
        # In the sides' own order, rows or not: a receive needs the send before it.
        names = [name for name in subject.measurements if name in base.measurements]
        rounds = [
            {name: (subject.measure(name), base.measure(name)) for name in names} for _ in range(comparison.rounds + 1)
        ]
    return [_result(comparison, row, [each[row.measurement] for each in rounds[1:]]) for row in comparison.rows]


def _result(comparison: Comparison, row: Row, costs: list[tuple[float, float]]) -> Result:
    return Result(
        comparison,
        row,
        tuple(subject / base for subject, base in costs),
        statistics.median(subject for subject, _ in costs),
        statistics.median(base for _, base in costs),
    )


def _a_core() -> int | None:
    """The core that both sides run on, where the system lets us choose one."""
    return max(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else None
