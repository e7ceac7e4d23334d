"""A queue: what standard and FIFO queues have in common.

A message is DELAYED until its delay is over, then VISIBLE. A receive makes it IN_FLIGHT until its visibility
timeout ends or is changed; then it is VISIBLE again. It leaves by DeleteMessage, by PurgeQueue, when its retention
period is over in whatever state, or with its redrive policy to a dead-letter queue.

Periods are [start, end): at the end of a timeout the message is visible, at the end of its retention it is gone.
Retention counts from the send, delay included, and is read from the queue when it matters, so that a change hits
present messages. A change of the queue's visibility timeout, or of a standard queue's delay, doesn't.

Whatever can be due is in an ordered structure; the queue has one timer for the earliest deadline and one for the
earliest expiry. Each verb first lets happen what is due at this very instant, then does its work, then serves those
who wait, in the order in which they came.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.pending import Pending
from pytest_cloudfakes.scheduler import Due, Millis
from pytest_cloudfakes.services.sqs import limits, receipts
from pytest_cloudfakes.services.sqs.agenda import NEVER, Ages, Alarm, Deadlines
from pytest_cloudfakes.services.sqs.attributes import Settings, Values
from pytest_cloudfakes.services.sqs.dead_letter import RedriveAllowPolicy
from pytest_cloudfakes.services.sqs.errors import (
    InvalidParameterValue,
    OverLimit,
    PurgeQueueInProgress,
    QueueDoesNotExist,
)
from pytest_cloudfakes.services.sqs.history import History
from pytest_cloudfakes.services.sqs.messages import (
    IN_FLIGHT,
    VISIBLE,
    Attributes,
    Message,
    State,
    encoded,
    size_of,
)
from pytest_cloudfakes.services.sqs.waiting import Before, Waiter, Wanted

if TYPE_CHECKING:
    from pytest_cloudfakes.clock import Clock
    from pytest_cloudfakes.ids import Ids
    from pytest_cloudfakes.schedule import Schedule

T = TypeVar("T")


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


class Queue(ABC):
    """One queue. Instants and durations are milliseconds."""

    fifo: ClassVar[bool]

    def __init__(self, name: str, arn: str, url: str, values: Values, world: World) -> None:
        self.name = name
        self.arn = arn
        self.url = url
        self.world = world
        self.clock = world.clock
        self.schedule = world.schedule
        self.number = world.ids.bits(64)
        self.created = self.modified = self.clock.now()
        self.deleted = False
        self.tags: dict[str, str] = {}
        self.visible = 0
        self.in_flight = 0
        self.delayed = 0
        self.history = History()
        self._positions = 0
        self._receipts = 0
        self._received: dict[int, Message] = {}
        self._deadlines = Deadlines()
        self._ages = Ages()
        self._waiters: OrderedDict[Waiter, None] = OrderedDict()
        self._together = False
        self._empty_polls = 0
        self._purged: Millis | None = None
        self._check_at = NEVER
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
        self.values = values
        self.settings = Settings.of(values)

    @property
    def redrive_allow(self) -> RedriveAllowPolicy | None:
        """Which sources it takes poison messages from; None is all of the account."""
        return self.settings.redrive_allow

    # ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    def send(
        self,
        body: str,
        *,
        delay_seconds: int | None,
        attributes: Attributes | None,
        trace_header: str | None,
        deduplication_id: str | None,
        group_id: str | None,
        sender_id: str,
    ) -> Message:
        """Take a message in. On a FIFO queue it may be the earlier one that this is a duplicate of."""

    def _content(self, body: str, attributes: Attributes | None) -> bytes:
        raw = encoded(body)
        size = len(raw) if attributes is None else len(raw) + size_of(attributes)
        if size > self.settings.maximum_size:
            are = "cannot be validated" if self._together else "are invalid"  # recorded from AWS: a batch differs
            reason = f"Message must be shorter than {self.settings.maximum_size} bytes."
            raise InvalidParameterValue(f"One or more parameters {are}. Reason: {reason}")
        return raw

    def _enter(self, message: Message, now: Millis, delay: Millis) -> None:
        """A new message takes its place."""
        self._positions += 1
        message.position = self._positions
        self._ages.add(message)
        expiry = message.sent + self.settings.retention
        self._check_at = min(self._check_at, expiry)
        self._expiry.no_later_than(expiry)
        self._arrived(message, now, delay)
        if self._waiters:
            self._serve(now)

    def adopt(self, moved: Message, source: Queue) -> None:
        """Take a poison message in from a source queue."""
        now = self._begin()
        self._enter(self._adopted(moved, source, now), now, 0)

    def resend(self, moved: Message, now: Millis) -> None:
        """Take a message in that a message move task sends anew: new id, age and receive count."""
        self._begin()
        message = Message(self.world.ids.uuid(), moved.body, moved.attributes, moved.sender_id, now)
        message.trace_header = moved.trace_header
        self._join(message, moved.group_id)
        message.deduplication_id = moved.deduplication_id
        self._enter(message, now, self.settings.delay)

    # ── receiving ────────────────────────────────────────────────────────────────────────────────────────────────

    def receive(self, wanted: Wanted) -> list[Message] | Pending[list[Message]]:
        """Take visible messages, or wait for some. Errors: OverLimit on a standard queue that is short polled."""
        now = self._begin()
        wait = self.settings.wait if wanted.wait is None else wanted.wait
        taken = self._take(self._sampled(wanted) if wait == 0 else wanted, now, None)
        if taken:
            return taken
        if wait == 0:
            if not self.fifo and self.in_flight >= self.world.quotas.in_flight:
                raise OverLimit
            return taken
        return self._wait(wanted, now + wait)

    def handle(self, message: Message) -> str:
        """The receipt handle of a message's latest receive."""
        return receipts.handle(self.number, message.position, message.receipt)

    def _deliver(self, message: Message, now: Millis, visibility: Millis, undo: list[Before] | None) -> None:
        """Hand out a visible message; it has been taken out of the order already."""
        self._receipts += 1
        if undo is not None:
            undo.append(
                Before(
                    message,
                    self._receipts,
                    message.receipt,
                    message.receive_count,
                    message.first_received,
                    message.received,
                )
            )
        if message.receipt == 0:
            self._received[message.position] = message
        message.receipt = self._receipts
        message.receive_count += 1
        message.received = now
        if message.first_received is None:
            message.first_received = now
        message.until = until = now + visibility
        if visibility:
            message.state = IN_FLIGHT
            self.visible -= 1
            self.in_flight += 1
            self._deadlines.add(until, message)

    def _expect(self, due: Millis) -> None:
        """Something becomes due at `due`."""
        self._check_at = min(self._check_at, due)
        self._alarm.no_later_than(due)

    def _visibility(self, wanted: Wanted) -> Millis:
        return self.settings.visibility if wanted.visibility is None else wanted.visibility

    def _bury(self, message: Message, now: Millis) -> bool:
        """Move a message that was received too often; False if it has nowhere to go, and stays."""
        redrive = self.settings.redrive
        if redrive is None or message.receive_count < redrive.maximum:
            return False
        if message.source_arn is not None and message.ready == now:
            # Two queues may be each other's dead-letter queue: no message moves twice in one instant.
            return False
        target = self.world.find(redrive.target_arn)
        if target is None or target is self or target.fifo is not self.fifo:
            return False
        self._leave(message, State.MOVED, now)
        self.world.happened(self.name, "message {} moved to the dead-letter queue {}", message.message_id, target.name)
        target.adopt(message, self)
        return True

    # ── deleting, changing visibility ────────────────────────────────────────────────────────────────────────────

    def delete(self, handle: str) -> None:
        """Delete the message of a receipt handle. One that is gone already was deleted. Errors: see subclasses."""
        now = self._begin()
        receipt = receipts.parse(handle, self.number)
        message = self._received.get(receipt.position)
        if message is not None and self._may_delete(message, receipt.number, handle, now):
            self._leave(message, State.DELETED, now)
            if self._waiters:
                self._serve(now)

    def change_visibility(self, handle: str, timeout_seconds: int) -> None:
        """Hide a received message for another while, counted from now; 0 makes it visible.

        Errors: InvalidParameterValue, ReceiptHandleIsInvalid, MessageNotInflight (standard).
        """
        now = self._begin()
        if not 0 <= timeout_seconds <= limits.MAXIMUM_VISIBILITY_SECONDS:
            raise _invalid_timeout(timeout_seconds, "Must be between 0 and 43200.")
        receipt = receipts.parse(handle, self.number)
        message = self._received.get(receipt.position)
        if message is None:
            raise not_available(handle)
        self._check_in_flight(message, receipt.number, handle, now)
        until = now + 1000 * timeout_seconds
        if until > message.received + 1000 * limits.MAXIMUM_VISIBILITY_SECONDS:
            raise _invalid_timeout(
                timeout_seconds, "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]"
            )
        self._deadlines.discard(message.until, message)
        if timeout_seconds:
            message.until = until
            self._deadlines.add(until, message)
            self._expect(until)
        else:
            message.until = now - 1  # so that the handle doesn't outlive its timeout within this instant
            self._reappear(message, now)
            self._serve(now)

    def together(self, calls: Iterable[Callable[[], T]]) -> list[T | ApiError]:
        """The entries of a batch, each with its outcome. Those who wait are served once, at the end."""
        self._together = True
        try:
            outcomes = [_outcome(call) for call in calls]
        finally:
            self._together = False
        self._serve(self.clock.now())
        return outcomes

    # ── the queue as a whole ─────────────────────────────────────────────────────────────────────────────────────

    def purge(self, *, takes: Millis = 0) -> None:
        """Delete all messages that are there. Errors: PurgeQueueInProgress within 60 s of the last purge."""
        now = self._begin()
        if self._purged is not None and now < self._purged + limits.PURGE_INTERVAL:
            raise PurgeQueueInProgress(name=self.name)
        self._purged = now
        if takes:
            present = [message for message in self._ages if message.here]
            self.clock.at(
                now + takes,
                partial(self._purge, present),
                service="sqs",
                resource=self.name,
                what="the purge is finished",
            )
        else:
            self._purge(list(self._ages))

    def _purge(self, messages: list[Message]) -> None:
        now = self.clock.now()
        for message in messages:
            if message.here:
                self._leave(message, State.PURGED, now)
        self._tidy()
        self._serve(now)

    def apply(self, values: Values) -> None:
        """Let changed attributes be in effect."""
        now = self._begin()
        before = self.settings
        self.values = values
        self.settings = after = Settings.of(values)
        if after.delay != before.delay:
            self._delay_changed(now)
        if after.retention != before.retention:
            self._due(now)
        self._arm()
        self._serve(now)

    def close(self) -> None:
        """The queue is deleted; its messages vanish, and those who wait for some hear of it."""
        self.deleted = True
        self._alarm.off()
        self._expiry.off()
        while self._waiters:
            self._waiters.popitem(last=False)[0].pending.fail(QueueDoesNotExist())

    def messages(self) -> Iterator[Message]:
        """All messages that are there, in the order in which they came."""
        return iter(self._ages)

    def offered(self) -> list[Message]:
        """The visible messages in the order in which they would be received."""
        return sorted((m for m in self._ages if m.state is VISIBLE), key=lambda m: m.position)

    def hand_over(self, target: Callable[[Message], Queue | None]) -> Message | None:
        """Send the next visible message anew to the queue that `target` says, for a message move task.

        None if there is none, or it has nowhere to go; it then stays.
        """
        now = self._begin()
        message = self._pick(now)
        if message is None:
            return None
        queue = target(message)
        if queue is None:
            self._unpick(message)
            return None
        self._leave(message, State.MOVED, now)
        queue.resend(message, now)
        return message

    # ── what comes about by itself ───────────────────────────────────────────────────────────────────────────────

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
        for message in back:
            self._reappear(message, now)
        self._tell("{} became visible again", back)
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

    # ── those who wait ───────────────────────────────────────────────────────────────────────────────────────────

    def _wait(self, wanted: Wanted, until: Millis) -> Pending[list[Message]]:
        def at_end() -> list[Message]:
            now = self.clock.now()
            if self.deleted:
                return []
            # What becomes visible at the very end of the wait still counts, and this receiver came first.
            self._due(now)
            before: list[Before] = []
            taken = self._take(wanted, now, before)
            pending.undo = partial(self._undo, before)
            self._arm()
            self._serve(now)
            return taken

        pending = self.clock.pending(
            until, at_end, service="sqs", resource=self.name, what="the wait of a ReceiveMessage ends"
        )
        waiter = Waiter(wanted, pending)
        pending.on_cancel = partial(self._waiters.pop, waiter, None)
        self._waiters[waiter] = None
        return pending

    def _serve(self, now: Millis) -> None:
        """Give those who wait what there is, in the order in which they came."""
        waiters = self._waiters
        while waiters and not self._together:
            waiter = next(iter(waiters))
            before: list[Before] = []
            taken = self._take(waiter.wanted, now, before)
            if not taken:
                return
            waiters.pop(waiter, None)
            waiter.pending.undo = partial(self._undo, before)
            waiter.pending.answer(taken)

    def _undo(self, before: list[Before]) -> None:
        """A receiver went away before it saw the answer: its messages are as they were."""
        now = self._begin()
        for message, given, receipt, count, first, received in before:
            if message.receipt != given or not message.here:
                continue
            message.receipt, message.receive_count = receipt or given, count
            message.first_received, message.received = first, received
            if message.state is IN_FLIGHT:
                self._deadlines.discard(message.until, message)
                self._reappear(message, now)
        self._serve(now)

    # ── what differs ─────────────────────────────────────────────────────────────────────────────────────────────

    def sequence_number(self, message: Message) -> str | None:
        """SequenceNumber of a message; standard queues have none."""
        return None

    @abstractmethod
    def _join(self, message: Message, group_id: str | None) -> None:
        """Note the message's group."""

    @abstractmethod
    def _adopted(self, moved: Message, source: Queue, now: Millis) -> Message:
        """The message that a redrive policy brings, as it is in this queue."""

    @abstractmethod
    def _arrived(self, message: Message, now: Millis, delay: Millis) -> None:
        """Put a new message where it belongs: delayed or visible."""

    @abstractmethod
    def _take(self, wanted: Wanted, now: Millis, undo: list[Before] | None) -> list[Message]:
        """Receive what is available, up to what is wanted."""

    @abstractmethod
    def _pick(self, now: Millis) -> Message | None:
        """The next available message, taken out of the order of a standard queue."""

    @abstractmethod
    def _unpick(self, message: Message) -> None:
        """A picked message stays after all."""

    def _sampled(self, wanted: Wanted) -> Wanted:
        """What a short poll may find: some of the servers, so perhaps less than there is."""
        if self.schedule.friendly:
            return wanted
        most = min(wanted.count, self.visible)
        # Repeated polls must reach every message, so it finds nothing three times in a row at the most.
        least = 0 if self._empty_polls < 3 else min(1, most)
        count = self.schedule.choose("sqs.receive.short_poll", range(most, least - 1, -1))
        self._empty_polls = 0 if count else self._empty_polls + 1
        return Wanted(count, wanted.visibility, wanted.wait, wanted.attempt)

    @abstractmethod
    def _put_back(self, message: Message, now: Millis) -> None:
        """A message is visible again."""

    @abstractmethod
    def _left(self, message: Message, was: State, now: Millis) -> None:
        """A message has left."""

    @abstractmethod
    def _may_delete(self, message: Message, number: int, handle: str, now: Millis) -> bool:
        """Whether the receive of that number may delete the message. Errors: InvalidParameterValue (FIFO)."""

    @abstractmethod
    def _check_in_flight(self, message: Message, number: int, handle: str, now: Millis) -> None:
        """Errors: MessageNotInflight (standard), InvalidParameterValue."""

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
    def _delay_changed(self, now: Millis) -> None:
        """DelaySeconds of the queue has another value."""

    @abstractmethod
    def _tidy(self) -> None:
        """Many messages may have left."""

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} {self.name}: {self.visible} visible, {self.in_flight} in flight, "
            f"{self.delayed} delayed>"
        )


_TOLD_ONE_BY_ONE = 10


def _outcome(call: Callable[[], T]) -> T | ApiError:
    try:
        return call()
    except ApiError as error:
        return error


def _messages(count: int, one: str = "becomes", many: str = "become") -> str:
    return f"1 message {one}" if count == 1 else f"{count} messages {many}"


def not_available(handle: str) -> InvalidParameterValue:
    """Text unseen in AWS's documents; reported by its users."""
    return InvalidParameterValue(
        value=handle,
        name="ReceiptHandle",
        reason="Message does not exist or is not available for visibility timeout change.",
    )


def _invalid_timeout(value: int, reason: str) -> InvalidParameterValue:
    return InvalidParameterValue(value=value, name="VisibilityTimeout", reason=reason)


def wrong_queue_type(value: object, name: str) -> InvalidParameterValue:
    """Recorded from AWS, its grammar included."""
    return InvalidParameterValue(
        value=value, name=name, reason="The request include parameter that is not valid for this queue type."
    )
