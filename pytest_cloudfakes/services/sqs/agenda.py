"""What a queue keeps in order: deadlines, ages, and the one timer for the earliest of them.

Everything here costs O(log n) or less, amortised: nothing scans, and nothing keeps a timer for each message.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Final

from pytest_cloudfakes.scheduler import Due, Millis, Timer
from pytest_cloudfakes.services.sqs.messages import Message

if TYPE_CHECKING:
    from pytest_cloudfakes.clock import Clock

NEVER: Final[Millis] = 1 << 62
"""Later than anything that is due."""


class Deadlines:
    """Messages by the instant at which something happens to them, in the order in which they were added."""

    __slots__ = ("_at", "_instants")

    def __init__(self) -> None:
        self._at: dict[Millis, dict[Message, None]] = {}
        self._instants: list[Millis] = []

    def add(self, due: Millis, message: Message) -> None:
        bucket = self._at.get(due)
        if bucket is None:
            self._at[due] = {message: None}
            heappush(self._instants, due)
            if len(self._instants) > 2 * len(self._at) + 64:
                self._instants = list(self._at)
                heapify(self._instants)
        else:
            bucket[message] = None

    def discard(self, due: Millis, message: Message) -> None:
        bucket = self._at.get(due)
        if bucket is not None:
            bucket.pop(message, None)
            if not bucket:
                del self._at[due]

    def first(self) -> Millis:
        """The earliest deadline, or NEVER."""
        instants = self._instants
        while instants:
            if instants[0] in self._at:
                return instants[0]
            heappop(instants)
        return NEVER

    def pop(self, now: Millis) -> list[Message]:
        """Take out what is due by now, in order."""
        due: list[Message] = []
        while self.first() <= now:
            due.extend(self._at.pop(heappop(self._instants)))
        return due

    def items(self) -> Iterator[tuple[Millis, int]]:
        """Each instant with the number of its messages, in no order."""
        return ((due, len(bucket)) for due, bucket in self._at.items())

    def messages(self) -> Iterator[Message]:
        """All messages, in no particular order."""
        return (message for bucket in self._at.values() for message in bucket)


class Ages:
    """The messages of a queue by the time they were sent: who expires next.

    Almost all arrive in that order and stand in line. A message that a standard queue's redrive policy brought
    keeps its age, so it may be older than the last in line. Those that left are dropped when they come to the front
    or make up half.
    """

    __slots__ = ("_gone", "_late", "_line")

    def __init__(self) -> None:
        self._line: deque[Message] = deque()
        self._late: list[tuple[Millis, int, Message]] = []
        self._gone = 0

    def add(self, message: Message) -> None:
        line = self._line
        if not line or line[-1].sent <= message.sent:
            line.append(message)
        else:
            heappush(self._late, (message.sent, message.position, message))

    def left(self) -> None:
        """One of the messages isn't there any more; its state says which."""
        self._gone += 1
        if self._gone > 64 and 2 * self._gone > len(self._line) + len(self._late):
            self._line = deque(message for message in self._line if message.here)
            self._late = [entry for entry in self._late if entry[2].here]
            heapify(self._late)
            self._gone = 0

    def oldest(self) -> Message | None:
        """Who has been here longest."""
        line, late = self._line, self._late
        while line and not line[0].here:
            line.popleft()
            self._gone -= 1
        while late and not late[0][2].here:
            heappop(late)
            self._gone -= 1
        if late and (not line or late[0][0] < line[0].sent):
            return late[0][2]
        return line[0] if line else None

    def __iter__(self) -> Iterator[Message]:
        """All that are there, in the order in which they came, latecomers last."""
        yield from (message for message in self._line if message.here)
        yield from (entry[2] for entry in sorted(self._late, key=lambda entry: entry[:2]) if entry[2].here)


class Alarm:
    """One timer of the cloud's clock for the earliest of many deadlines.

    Lazy: deadlines that move later, or go, leave the timer alone; `earliest` tells the scheduler when it surfaces.
    """

    __slots__ = ("_action", "_background", "_clock", "_details", "_earliest", "_resource", "_timer", "_what")

    def __init__(
        self,
        clock: Clock,
        resource: str,
        what: str,
        *,
        earliest: Callable[[], Millis],
        action: Callable[[], None],
        details: Callable[[], Iterable[Due]],
        background: bool = False,
    ) -> None:
        self._clock = clock
        self._resource = resource
        self._what = what
        self._earliest = earliest
        self._action = action
        self._details = details
        self._background = background
        self._timer: Timer | None = None

    def no_later_than(self, due: Millis) -> None:
        """There is a deadline at `due`."""
        timer = self._timer
        if timer is not None and timer.active:
            if timer.due <= due:
                return
            timer.cancel()
        if due < NEVER:
            self._timer = self._clock.at(
                due,
                self._action,
                service="sqs",
                resource=self._resource,
                what=self._what,
                details=self._details,
                true_due=self._true_due,
                background=self._background,
            )

    def off(self) -> None:
        """Nothing is due any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _true_due(self) -> Millis | None:
        due = self._earliest()
        return None if due >= NEVER else due
