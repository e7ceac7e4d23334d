"""The life of messages in a queue: the states that they pass through, on the clock.

A message is DELAYED until its delay is over, then VISIBLE. A receive makes it IN_FLIGHT until its visibility
timeout ends or is changed; then it is VISIBLE again. It leaves by DeleteMessage, by PurgeQueue, when its retention
period is over in whatever state, or with its redrive policy to a dead-letter queue.

Periods are [start, end): at the end of a timeout the message is visible, at the end of its retention it is gone.
Retention counts from the send, delay included, and is read from the queue when it matters, so that a change hits
present messages. A change of the queue's visibility timeout, or of a standard queue's delay, doesn't.

Whatever can be due is in an ordered structure. A queue has one timer for the earliest deadline, and one for the
earliest expiry, which is in the background: a cloud whose messages only grow old is idle.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from pytest_cloudfakes.scheduler import Due, Millis
from pytest_cloudfakes.services.sqs import limits
from pytest_cloudfakes.services.sqs.agenda import NEVER, Ages, Alarm, Deadlines
from pytest_cloudfakes.services.sqs.attributes import Settings, Values
from pytest_cloudfakes.services.sqs.history import History
from pytest_cloudfakes.services.sqs.messages import IN_FLIGHT, VISIBLE, Message, State

if TYPE_CHECKING:
    from pytest_cloudfakes.clock import Clock
    from pytest_cloudfakes.ids import Ids
    from pytest_cloudfakes.schedule import Schedule
    from pytest_cloudfakes.services.sqs.queue import Queue

_TOLD_ONE_BY_ONE = 10


class World(Protocol):
    """What a queue needs of the account and region that it lives in."""

    clock: Clock
    ids: Ids
    schedule: Schedule
    quotas: limits.Quotas

    def find(self, arn: str) -> Queue | None:
        """The queue of an ARN, if it exists here."""

    def happened(self, queue: str, what: str, *arguments: object) -> None:
        """Note what came about by itself; `arguments` fill the `{}` of the text."""


class Life(ABC):
    """The messages of a queue and what becomes of them in time. Instants and durations are milliseconds."""

    def __init__(self, name: str, values: Values, world: World) -> None:
        self.name = name
        self.world = world
        self.clock = world.clock
        self.schedule = world.schedule
        self.values = values
        self.settings = Settings.of(values)
        self.visible = 0
        self.in_flight = 0
        self.delayed = 0
        self.history = History()
        self._positions = 0
        self._received: dict[int, Message] = {}
        self._deadlines = Deadlines()
        self._ages = Ages()
        self._check_at = NEVER
        """Nothing is due before; a lower bound, so that a look at it is all that most calls need."""
        self._alarm = Alarm(
            self.clock,
            name,
            "messages become visible",
            earliest=self._first_change,
            action=self._ring,
            details=self._coming_changes,
        )
        self._expiry = Alarm(
            self.clock,
            name,
            "messages expire",
            earliest=self._first_expiry,
            action=self._ring,
            details=self._coming_expiries,
            background=True,
        )

    def messages(self) -> Iterator[Message]:
        """All messages that are there, in the order in which they came."""
        return iter(self._ages)

    def _enter(self, message: Message, now: Millis, delay: Millis) -> None:
        """A new message takes its place."""
        self._positions += 1
        message.position = self._positions
        self._ages.add(message)
        expiry = message.sent + self.settings.retention
        self._check_at = min(self._check_at, expiry)
        self._expiry.no_later_than(expiry)
        self._arrived(message, now, delay)
        self._serve(now)

    def _expect(self, due: Millis) -> None:
        """Something becomes due at `due`."""
        self._check_at = min(self._check_at, due)
        self._alarm.no_later_than(due)

    def _begin(self) -> Millis:
        """This instant, at which everything due has happened."""
        now = self.clock.now()
        if self._check_at <= now:
            self._due(now)
            self._arm()
            self._serve(now)
        return now

    def _ring(self) -> None:
        """An alarm went off."""
        now = self.clock.now()
        self._due(now)
        self._arm()
        self._serve(now)

    def _due(self, now: Millis) -> None:
        """Let happen what is due: first who expires, then whose delay or visibility timeout is over."""
        self._expire(now)
        ready = self._end_delays(now)
        self._tell("delay of {} is over", ready)
        back = self._deadlines.pop(now)
        if not self.schedule.friendly:
            back = self._punctual(back, now)
        for message in back:
            self._reappear(message, now)
        self._tell("{} became visible again", back)
        if not self.schedule.friendly:
            self._let_die(back, now)
        self._check_at = min(self._first_change(), self._first_expiry())

    def _expire(self, now: Millis) -> None:
        expired: list[Message] = []
        message = self._ages.oldest()
        while message is not None and message.sent + self.settings.retention <= now:
            self._leave(message, State.EXPIRED, now)
            expired.append(message)
            message = self._ages.oldest()
        if expired:
            self._tidy()
            self._tell("{} expired", expired)

    def _reappear(self, message: Message, now: Millis) -> None:
        """A message in flight is visible again; its deadline has been taken out."""
        message.state = VISIBLE
        self.in_flight -= 1
        self.visible += 1
        self._put_back(message, now)

    def _leave(self, message: Message, state: State, now: Millis) -> None:
        """A message leaves the queue."""
        if message.state is IN_FLIGHT:
            self.in_flight -= 1
            self._deadlines.discard(message.until, message)
        elif message.state is VISIBLE:
            self.visible -= 1
        else:
            self.delayed -= 1
        was, message.state = message.state, state
        if message.receipt:
            self._received.pop(message.position, None)
        self._ages.left()
        self._left(message, was, now)
        self.history.add(message, now)

    def _arm(self) -> None:
        self._alarm.no_later_than(self._first_change())
        self._expiry.no_later_than(self._first_expiry())

    def _first_change(self) -> Millis:
        return min(self._deadlines.first(), self._first_delay())

    def _first_expiry(self) -> Millis:
        oldest = self._ages.oldest()
        return NEVER if oldest is None else oldest.sent + self.settings.retention

    def _tell(self, what: str, messages: list[Message]) -> None:
        """Note an event of messages: by id as long as they are few."""
        if len(messages) > _TOLD_ONE_BY_ONE:
            self.world.happened(self.name, what, f"{len(messages)} messages")
        else:
            for message in messages:
                self.world.happened(self.name, what, f"message {message.message_id}")

    def _coming_changes(self) -> Iterator[Due]:
        for at, count in self._deadlines.items():
            yield Due(at, "sqs", self.name, f"{_messages(count)} visible again")
        for at, count in self._coming_delays():
            yield Due(at, "sqs", self.name, f"{_messages(count)} visible")

    def _coming_expiries(self) -> Iterator[Due]:
        retention = self.settings.retention
        for at, count in Counter(message.sent + retention for message in self._ages).items():
            yield Due(at, "sqs", self.name, f"{_messages(count, 'expires', 'expire')}")

    # ── what differs between queues ──────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    def _serve(self, now: Millis) -> None:
        """Give those who wait what there is."""

    @abstractmethod
    def _arrived(self, message: Message, now: Millis, delay: Millis) -> None:
        """Put a new message where it belongs: delayed or visible."""

    @abstractmethod
    def _put_back(self, message: Message, now: Millis) -> None:
        """A message is visible again."""

    @abstractmethod
    def _left(self, message: Message, was: State, now: Millis) -> None:
        """A message has left."""

    @abstractmethod
    def _end_delays(self, now: Millis) -> list[Message]:
        """Make visible whose delay is over."""

    @abstractmethod
    def _first_delay(self) -> Millis:
        """When the next delay is over, or NEVER."""

    @abstractmethod
    def _coming_delays(self) -> Iterable[tuple[Millis, int]]:
        """Each instant at which delays end, with their number."""

    @abstractmethod
    def _punctual(self, messages: list[Message], now: Millis) -> list[Message]:
        """Those of them whose timeout ends to the millisecond, where a schedule decides."""

    @abstractmethod
    def _let_die(self, messages: list[Message], now: Millis) -> None:
        """Poison messages may move as soon as their last timeout ends, where a schedule wants that."""

    @abstractmethod
    def _tidy(self) -> None:
        """Many messages may have left."""


def _messages(count: int, one: str = "becomes", many: str = "become") -> str:
    return f"1 message {one}" if count == 1 else f"{count} messages {many}"
