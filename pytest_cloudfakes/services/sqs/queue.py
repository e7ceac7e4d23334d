"""A queue: what standard and FIFO queues have in common, by the verbs of AWS.

Each verb first lets happen what is due at this very instant, then does its work, then serves those who wait, in the
order in which they came. How messages live is said in life.py.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar, NamedTuple, TypeVar

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.pending import Pending
from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sqs import limits, receipts
from pytest_cloudfakes.services.sqs.attributes import Settings, Values
from pytest_cloudfakes.services.sqs.dead_letter import RedriveAllowPolicy
from pytest_cloudfakes.services.sqs.errors import (
    InvalidParameterValue,
    OverLimit,
    PurgeQueueInProgress,
    QueueDoesNotExist,
)
from pytest_cloudfakes.services.sqs.life import Life, World
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

T = TypeVar("T")


class Counts(NamedTuple):
    """How many messages a queue has in each state."""

    visible: int
    in_flight: int
    delayed: int


class Queue(Life):
    """One queue. Instants and durations are milliseconds."""

    fifo: ClassVar[bool]

    def __init__(self, name: str, arn: str, url: str, values: Values, world: World) -> None:
        super().__init__(name, values, world)
        self.arn = arn
        self.url = url
        self.number = world.ids.bits(64)
        self.created = self.modified = self.clock.now()
        self.deleted = False
        self.tags: dict[str, str] = {}
        self._receipts = 0
        self._waiters: OrderedDict[Waiter, None] = OrderedDict()
        self._together = False
        self._empty_polls = 0
        self._purged: Millis | None = None
        self._counted = (self.created, Counts(0, 0, 0))

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
        taken = self._take(self._sampled(wanted, short=wait == 0), now, None)
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
                    message.until,
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
            raise _not_available(handle)
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

    @property
    def counts(self) -> Counts:
        """How many messages there are."""
        return Counts(self.visible, self.in_flight, self.delayed)

    def approximate_counts(self) -> Counts:
        """The same as far as AWS knows it: what it told lately it may tell again."""
        if self.schedule.friendly:
            return self.counts
        now = self.clock.now()
        at, told = self._counted
        if now < at + limits.COUNTERS_LAG and self.schedule.choose("sqs.counters.lag", (False, True)):
            return told
        self._counted = (now, self.counts)
        return self.counts

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
            taken = self._take(self._sampled(waiter.wanted, short=False), now, before)
            if not taken:
                return
            waiters.pop(waiter, None)
            waiter.pending.undo = partial(self._undo, before)
            waiter.pending.answer(taken)

    def _undo(self, before: list[Before]) -> None:
        """A receiver went away before it saw the answer: its messages are as they were."""
        now = self._begin()
        for message, given, receipt, count, first, received, until in before:
            if message.receipt != given or not message.here:
                continue
            message.receipt, message.receive_count = receipt or given, count
            message.first_received, message.received = first, received
            if message.state is IN_FLIGHT:
                self._deadlines.discard(message.until, message)
                self._reappear(message, now)
            message.until = until
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
    def _take(self, wanted: Wanted, now: Millis, undo: list[Before] | None) -> list[Message]:
        """Receive what is available, up to what is wanted."""

    @abstractmethod
    def _pick(self, now: Millis) -> Message | None:
        """The next available message, taken out of the order of a standard queue."""

    @abstractmethod
    def _unpick(self, message: Message) -> None:
        """A picked message stays after all."""

    def _sampled(self, wanted: Wanted, *, short: bool) -> Wanted:
        """How much of what there is a poll finds: a short one asks some of the servers, so perhaps nothing."""
        if self.schedule.friendly:
            return wanted
        most = min(wanted.count, self.visible)
        # Repeated polls must reach every message, so one finds nothing three times in a row at the most.
        least = 0 if short and self._empty_polls < 3 else 1
        if most < least:
            return wanted
        name = "sqs.receive.short_poll" if short else "sqs.receive.long_poll"
        count = self.schedule.choose(name, range(most, least - 1, -1))
        self._empty_polls = self._empty_polls + 1 if most and not count else 0
        return wanted if count == most else Wanted(count, wanted.visibility, wanted.wait, wanted.attempt)

    @abstractmethod
    def _may_delete(self, message: Message, number: int, handle: str, now: Millis) -> bool:
        """Whether the receive of that number may delete the message. Errors: InvalidParameterValue (FIFO)."""

    @abstractmethod
    def _check_in_flight(self, message: Message, number: int, handle: str, now: Millis) -> None:
        """Errors: MessageNotInflight (standard), InvalidParameterValue."""

    @abstractmethod
    def _delay_changed(self, now: Millis) -> None:
        """DelaySeconds of the queue has another value."""

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} {self.name}: {self.visible} visible, {self.in_flight} in flight, "
            f"{self.delayed} delayed>"
        )


def _outcome(call: Callable[[], T]) -> T | ApiError:
    try:
        return call()
    except ApiError as error:
        return error


def _not_available(handle: str) -> InvalidParameterValue:
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
