"""The command line: `python -m benchmarks --help`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import awaited, calls, many, memory, starting, streams, threads, topics, travel
from benchmarks.comparison import Comparison, Result, run
from benchmarks.report import HEADER, heading, line, measured_on, write_json

SUBJECTS = (calls, awaited, topics, streams, many, travel, memory, threads, starting)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit status whether every target was met."""
    options = _parser().parse_args(arguments)
    chosen = [each for each in _comparisons(options.quick) if _is_chosen(each, options.only)]
    if not chosen:
        names = ", ".join(each.name for each in _comparisons(options.quick))
        print(f"Nothing has {' or '.join(options.only)} in its name. There are: {names}", file=sys.stderr)
        return 2
    if options.list:
        for comparison in chosen:
            print(f"{comparison.name:<24}{comparison.title}")
        return 0
    print(", ".join(f"{what} {which}" for what, which in measured_on().items()))
    print(HEADER)
    results: list[Result] = []
    for comparison in chosen:
        print(heading(comparison), flush=True)
        for result in run(comparison):
            results.append(result)
            print(line(result), flush=True)
    if options.json is not None:
        write_json(options.json, results)
    return _conclusion(results, quick=options.quick)


def _conclusion(results: Sequence[Result], *, quick: bool) -> int:
    if quick:
        print("\nA quick run shows that everything can be measured; its figures mean nothing.")
        return 0
    missed = [result for result in results if result.passed is False]
    judged = [result for result in results if result.passed is not None]
    print(f"\n{len(judged) - len(missed)} of {len(judged)} targets met.")
    return 1 if missed else 0


def _comparisons(quick: bool) -> Iterator[Comparison]:
    for subject in SUBJECTS:
        yield from subject.comparisons(quick=quick)


def _is_chosen(comparison: Comparison, wanted: Sequence[str]) -> bool:
    return not wanted or any(each in comparison.name for each in wanted)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", metavar="NAME", action="append", default=[], help="comparisons with NAME in their name"
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write everything to FILE as well")
    parser.add_argument("--quick", action="store_true", help="tiny counts: whether it runs, not how fast")
    parser.add_argument("--list", action="store_true", help="list the comparisons and measure nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main())
