"""How instants, durations and a condition's history are written for a reader."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.scheduler import Millis

if TYPE_CHECKING:
    from pytest_cloudfakes.journal import Journal

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def instant_text(at: Millis) -> str:
    """An instant in UTC: `2026-01-31 12:00:00.000`."""
    return (_EPOCH + datetime.timedelta(milliseconds=at)).isoformat(" ", "milliseconds")[:-6]


def duration_text(length: Millis) -> str:
    """A duration in seconds, and readably where it is long: `345600 s (4 days)`."""
    text = f"{length / 1000:.3f}".rstrip("0").rstrip(".") + " s"
    days, rest = divmod(length, 86_400_000)
    if length < 120_000:
        return text
    hours, rest = divmod(rest, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    readable = " ".join(
        [f"{count} {unit}" for count, unit in parts if count] + ([f"{rest / 1000:g} s"] if rest else [])
    )
    return f"{text} ({readable})"


class Timeline:
    """What a condition was at the instants at which it was looked at, with what happened in between."""

    def __init__(self, start: Millis, journal: Journal) -> None:
        self._start = start
        self._journal = journal
        self._first_entry = journal.count
        self._looks: list[tuple[Millis, int, Any]] = []

    @property
    def holds(self) -> bool:
        """Whether it was true at the last look."""
        return bool(self._looks[-1][2])

    def look(self, at: Millis, value: Any) -> None:
        """Note what the condition said."""
        self._looks.append((at, self._journal.count, value))

    def report(self, problem: str) -> str:
        """The story of the failure: every look, and the calls and events between them."""
        rows: list[tuple[Millis, int, int, str]] = [
            (at, seen, 1, f"condition: {_short(value)}") for at, seen, value in self._looks
        ]
        rows += [
            (entry.at, entry.number, 0, f"  {entry.describe()}")
            for entry in self._journal.entries()
            if entry.number > self._first_entry
        ]
        rows.sort(key=lambda row: (row[1], row[2]))
        lines = [f"  +{(at - self._start) / 1000:<12.3f} {text}" for at, _, _, text in rows]
        return "\n".join([f"{problem}. The timeline, in seconds from {instant_text(self._start)}:", *lines])


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 100 else text[:97] + "..."
