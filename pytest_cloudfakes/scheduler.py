"""What falls due, in order. A pure data structure: it knows no clock and runs nothing by itself."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

Millis = int
"""Milliseconds: an instant since the epoch, or a duration."""


class Due(NamedTuple):
    """Something that will happen by itself if nobody interferes."""

    at: Millis
    service: str
    resource: str
    what: str


class Timer:
    """One entry of the scheduler: an action and its instant.

    A container of many deadlines (a queue with a million messages) keeps one timer, for its earliest. It may be
    lazy about it: when the timer surfaces, `true_due` says when something is really due (later, or None: nothing
    any more). `details` lists what stands behind the timer, for those who ask what is coming.

    What only tidies up (retention, memories that fade) is in the background: a cloud is idle without it.
    """

    __slots__ = (
        "action",
        "active",
        "background",
        "cause",
        "details",
        "due",
        "resource",
        "service",
        "true_due",
        "waiting",
        "what",
    )

    def __init__(
        self,
        due: Millis,
        action: Callable[[], None],
        *,
        service: str,
        resource: str,
        what: str,
        details: Callable[[], Iterable[Due]] | None = None,
        true_due: Callable[[], Millis | None] | None = None,
        background: bool = False,
        cause: int | None = None,
    ) -> None:
        self.due = due
        self.action = action
        self.service = service
        self.resource = resource
        self.what = what
        self.details = details
        self.true_due = true_due
        self.background = background
        self.cause = cause
        """The journal entry of the call or event that set it."""
        self.waiting: Any = None
        """The call that waits, where the timer is the end of its wait."""
        self.active = True

    def cancel(self) -> None:
        """Make it never happen. Cancelling twice, or after it happened, is harmless."""
        self.active = False

    def __repr__(self) -> str:
        state = "" if self.active else ", over"
        return f"<Timer {self.service} {self.resource}: {self.what} at {self.due}{state}>"


class _Heap:
    """Timers by due instant; cancelled ones are dropped when they surface or become too many."""

    __slots__ = ("compact_at", "entries")

    def __init__(self) -> None:
        self.entries: list[tuple[Millis, int, Timer]] = []
        self.compact_at = 1024

    def push(self, due: Millis, order: int, timer: Timer) -> None:
        heapq.heappush(self.entries, (due, order, timer))
        if len(self.entries) > self.compact_at:
            self.entries = [entry for entry in self.entries if entry[2].active]
            heapq.heapify(self.entries)
            self.compact_at = max(1024, 2 * len(self.entries))

    def top(self) -> tuple[Millis, int, Timer] | None:
        """The entry that really happens next."""
        entries = self.entries
        while entries:
            entry = entries[0]
            timer = entry[2]
            if not timer.active:
                heapq.heappop(entries)
                continue
            if timer.true_due is not None:
                due = timer.true_due()
                if due is None:
                    timer.active = False
                    heapq.heappop(entries)
                    continue
                if due > timer.due:
                    timer.due = due
                    heapq.heapreplace(entries, (due, entry[1], timer))
                    continue
            return entry
        return None


class Scheduler:
    """Timers by due instant, ties in the order in which they were added."""

    def __init__(self) -> None:
        self._foreground = _Heap()
        self._background = _Heap()
        self._added = 0

    def add(self, timer: Timer) -> Timer:
        """Take a timer in. O(log n)."""
        self._added += 1
        heap = self._background if timer.background else self._foreground
        heap.push(timer.due, self._added, timer)
        return timer

    def may_be_due(self, instant: Millis) -> bool:
        """A cheap look that may err on the safe side: whether anything could be due by then."""
        foreground, background = self._foreground.entries, self._background.entries
        return bool((foreground and foreground[0][0] <= instant) or (background and background[0][0] <= instant))

    def next_due(self, *, background: bool = True) -> Millis | None:
        """When the next thing really happens (leaving out the background if so asked); None if nothing will."""
        first = self._first() if background else self._foreground.top()
        return None if first is None else first[0]

    def next(self) -> Due | None:
        """What happens next, as its timer calls it; None if nothing will."""
        first = self._first()
        if first is None:
            return None
        timer = first[2]
        return Due(first[0], timer.service, timer.resource, timer.what)

    def pop(self) -> Timer | None:
        """Take out what happens next."""
        first = self._first()
        if first is None:
            return None
        timer = first[2]
        heapq.heappop((self._background if timer.background else self._foreground).entries)
        timer.active = False
        return timer

    def _first(self) -> tuple[Millis, int, Timer] | None:
        first, second = self._foreground.top(), self._background.top()
        if first is None or (second is not None and second[:2] < first[:2]):
            return second
        return first

    def upcoming(self) -> list[Due]:
        """All that is due, in the order in which it will happen."""
        coming: list[tuple[Millis, int, Due]] = []
        for order, timer in self._entries():
            if timer.details is not None:
                coming.extend((due.at, order, due) for due in timer.details())
                continue
            at = timer.due if timer.true_due is None else timer.true_due()
            if at is not None:
                coming.append((at, order, Due(at, timer.service, timer.resource, timer.what)))
        coming.sort(key=lambda entry: entry[:2])
        return [due for _, _, due in coming]

    def waiting(self) -> list[Any]:
        """The calls that wait, in the order in which they came."""
        return [timer.waiting for _, timer in sorted(self._entries(), key=_by_order) if timer.waiting is not None]

    def __len__(self) -> int:
        return sum(1 for _ in self._entries())

    def _entries(self) -> Iterator[tuple[int, Timer]]:
        for heap in (self._foreground, self._background):
            for _, order, timer in heap.entries:
                if timer.active:
                    yield order, timer


def _by_order(entry: tuple[int, Timer]) -> int:
    return entry[0]
