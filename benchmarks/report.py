"""What came out, for people and for programs."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.comparison import Comparison, Result

_WIDTH = 44


def heading(comparison: Comparison) -> str:
    """The line above a comparison's rows."""
    return f"\n{comparison.title}  [{comparison.name}]"


def line(result: Result) -> str:
    """One row of the table."""
    low, high = result.quartiles
    spread = f"{low:.3f}…{high:.3f}"
    costs = f"{_cost(result.subject, result.row.unit)} : {_cost(result.base, result.row.unit)}"
    judged = f"{_target(result):<20}{_mark(result):<6}"
    return f"  {result.row.title:<{_WIDTH}}{result.ratio:>8.3f}  {spread:<15} {judged}{costs}"


HEADER = f"  {'':<{_WIDTH}}{'ratio':>8}  {'quartiles':<15} {'target':<26}costs"


def _target(result: Result) -> str:
    row = result.row
    if row.at_most is None:
        return ""
    return f"≤ {row.at_most:g}" + (f" (aim {row.aim:g})" if row.aim is not None else "")


def _mark(result: Result) -> str:
    return {True: "pass", False: "FAIL", None: ""}[result.passed]


def _cost(cost: float, unit: str) -> str:
    if unit == "B":
        return f"{cost:,.0f} B"
    for name, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if cost >= size:
            return f"{cost / size:.3g} {name}"
    return f"{cost / 1e-9:.3g} ns"


def write_json(path: Path, results: Sequence[Result]) -> None:
    """Everything as data, with what it was measured on."""
    rows = [
        {
            "comparison": result.comparison.name,
            "title": result.row.title,
            "measurement": result.row.measurement,
            "ratio": result.ratio,
            "quartiles": result.quartiles,
            "at_most": result.row.at_most,
            "aim": result.row.aim,
            "passed": result.passed,
            "unit": result.row.unit,
            "subject": result.subject,
            "base": result.base,
            "rounds": len(result.ratios),
        }
        for result in results
    ]
    path.write_text(json.dumps({"measured_on": measured_on(), "rows": rows}, indent=2) + "\n", encoding="utf-8")


def measured_on() -> dict[str, str]:
    """The versions that the figures belong to."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "botocore": version("botocore"),
        "boto3": version("boto3"),
    }
