"""FIFO queues: strict order in each message group, and each message once within five minutes.

A group offers the messages in front that are visible; the first that isn't (delayed or in flight) blocks those
behind it. A receive takes as many as it can of the group whose next message has waited longest, then goes on to the
next group. A message is remembered by its deduplication id for five minutes from its send, whatever becomes of it.

At most ten messages of a group have ever been received and are still there: more are handed out only when all in
front of them are handed out as well. So what a handle or a timeout touches is near the front of its group.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from heapq import heapify, heappop, heappush, heapreplace
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.pending import Pending
from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sqs import limits, receipts
from pytest_cloudfakes.services.sqs.agenda import NEVER
from pytest_cloudfakes.services.sqs.errors import InvalidParameterValue, MissingParameter
from pytest_cloudfakes.services.sqs.life import World
from pytest_cloudfakes.services.sqs.messages import (
    DELAYED,
    IN_FLIGHT,
    VISIBLE,
    Attributes,
    Message,
    State,
    check_id,
)
from pytest_cloudfakes.services.sqs.queue import Queue, wrong_queue_type
from pytest_cloudfakes.services.sqs.waiting import Before, Wanted

if TYPE_CHECKING:
    from pytest_cloudfakes.services.sqs.attributes import Values

_SEQUENCE_BASE = 10**19
"""Sequence numbers have twenty digits. Source: model, SequenceNumber; developer guide."""


class Group:
    """A message group: its messages in order, linked."""

    __slots__ = ("head", "listed", "name", "tail")

    def __init__(self, name: str) -> None:
        self.name = name
        self.head: Message | None = None
        self.tail: Message | None = None
        self.listed = False
        """Whether it stands in the line of groups that may have something."""

    def append(self, message: Message) -> None:
        if self.tail is None:
            self.head = message
        else:
            self.tail.next = message
        self.tail = message

    def remove(self, message: Message) -> None:
        """Take a message out. O(1) at the front, where messages leave."""
        before, each = None, self.head
        while each is not None and each is not message:
            before, each = each, each.next
        if before is None:
            self.head = message.next
        else:
            before.next = message.next
        if self.tail is message:
            self.tail = before
        message.next = None


class FifoQueue(Queue):
    """A queue with order, and without duplicates."""

    fifo = True

    def __init__(self, name: str, arn: str, url: str, values: Values, world: World) -> None:
        super().__init__(name, arn, url, values, world)
        self._groups: dict[str, Group] = {}
        self._available: list[tuple[int, Group]] = []
        self._delays: deque[Message] = deque()
        self._seen: dict[str | tuple[str, str], Message] = {}
        self._seen_in_order: deque[str | tuple[str, str]] = deque()
        self._attempts: OrderedDict[str, Attempt] = OrderedDict()
        self._window = Backlog(self)

    def sequence_number(self, message: Message) -> str:
        """SequenceNumber: grows in the queue, and from one queue of a name to the next."""
        return str(_SEQUENCE_BASE + (self.created << 22) + (message.position << 8))

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
        now = self._begin()
        if delay_seconds:
            raise wrong_queue_type(delay_seconds, "DelaySeconds")
        if group_id is None:
            raise MissingParameter(name="MessageGroupId")
        check_id(group_id, "MessageGroupId")
        if deduplication_id is not None:
            check_id(deduplication_id, "MessageDeduplicationId")
        elif not self.settings.content_deduplication:
            raise no_deduplication_id()
        raw = self._content(body, attributes)
        if deduplication_id is None:
            deduplication_id = hashlib.sha256(raw).hexdigest()
        key = (group_id, deduplication_id) if self.settings.per_group_deduplication else deduplication_id
        earlier = self._seen_before(key, now)
        if earlier is not None:
            self.world.happened(self.name, "a duplicate of message {} was dropped", earlier.message_id)
            return earlier
        message = Message(self.world.ids.uuid(), raw, attributes, sender_id, now)
        message.trace_header = trace_header
        message.deduplication_id = deduplication_id
        self._seen[key] = message
        self._seen_in_order.append(key)
        self._join(message, group_id)
        self._enter(message, now, self.settings.delay)
        return message

    def groups_of(self, parameters: Mapping[str, Any]) -> set[str]:
        """The message groups that a request is about, by what it names: groups, or handles of their messages."""
        groups: set[str] = set()
        for entry in (parameters, *parameters.get("Entries", ())):
            groups.add(entry.get("MessageGroupId", ""))
            if "ReceiptHandle" in entry:
                with suppress(ApiError):
                    receipt = receipts.parse(entry["ReceiptHandle"], self.number)
                    message = self._received.get(receipt.position)
                    groups.add("" if message is None else message.group_id or "")
        return groups - {""} or {""}

    def _seen_before(self, key: str | tuple[str, str], now: Millis) -> Message | None:
        """The message of which a new one would be a duplicate."""
        seen, order = self._seen, self._seen_in_order
        while order and seen[order[0]].sent + limits.DEDUPLICATION_INTERVAL <= now:
            del seen[order.popleft()]
        return seen.get(key)

    # ── places ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _join(self, message: Message, group_id: str | None) -> None:
        name = group_id or ""
        group = self._groups.get(name)
        if group is None:
            group = self._groups[name] = Group(name)
        message.group = group
        group.append(message)

    def _adopted(self, moved: Message, source: Queue, now: Millis) -> Message:
        """Its age starts anew, and its message id becomes its deduplication id. Source: developer guide."""
        message = Message(moved.message_id, moved.body, moved.attributes, moved.sender_id, now)
        message.trace_header = moved.trace_header
        message.source_arn = source.arn
        message.receive_count = moved.receive_count
        message.first_received = moved.first_received
        message.deduplication_id = moved.message_id
        self._join(message, moved.group_id)
        return message

    def _arrived(self, message: Message, now: Millis, delay: Millis) -> None:
        if delay:
            message.state = DELAYED
            self.delayed += 1
            self._delays.append(message)
            self._expect(message.sent + delay)
        else:
            self.visible += 1
        self._window.arrived(message)
        self._offer(message.group)

    def _end_delays(self, now: Millis) -> list[Message]:
        over: list[Message] = []
        delays, delay = self._delays, self.settings.delay
        while delays and (delays[0].state is not DELAYED or delays[0].sent + delay <= now):
            message = delays.popleft()
            if message.state is DELAYED:
                message.state = VISIBLE
                self.delayed -= 1
                self.visible += 1
                self._offer(message.group)
                over.append(message)
        return over

    def _punctual(self, messages: list[Message], now: Millis) -> list[Message]:
        """All are: a group would be held up by one that isn't."""
        return messages

    def _let_die(self, messages: list[Message], now: Millis) -> None:
        """Not here: the move would let the messages behind them overtake a receive."""

    def _first_delay(self) -> Millis:
        delays = self._delays
        while delays and delays[0].state is not DELAYED:
            delays.popleft()
        return delays[0].sent + self.settings.delay if delays else NEVER

    def _coming_delays(self) -> Iterable[tuple[Millis, int]]:
        counts: dict[Millis, int] = {}
        for message in self._delays:
            if message.state is DELAYED:
                due = message.sent + self.settings.delay
                counts[due] = counts.get(due, 0) + 1
        return counts.items()

    def _delay_changed(self, now: Millis) -> None:
        """A FIFO queue's delay holds for the messages that are there too. Source: developer guide, delay queues.

        Those that were received, or moved here by a redrive policy, have no delay any more.
        """
        self._delays.clear()
        for message in self._ages:
            if message.receive_count or message.state is IN_FLIGHT or message.source_arn is not None:
                continue
            waits = message.sent + self.settings.delay > now
            if waits:
                self._delays.append(message)
            if waits is not (message.state is DELAYED):
                message.state = DELAYED if waits else VISIBLE
                self.delayed += 1 if waits else -1
                self.visible += -1 if waits else 1
        for group in self._groups.values():
            self._offer(group)
        self._expect(self._first_delay())

    def _put_back(self, message: Message, now: Millis) -> None:
        self._offer(message.group)

    def _left(self, message: Message, was: State, now: Millis) -> None:
        group = message.group
        assert isinstance(group, Group)
        group.remove(message)
        if group.head is None:
            self._groups.pop(group.name, None)
        else:
            self._offer(group)
        self._window.left(message)

    def _tidy(self) -> None:
        self._next_group()

    # ── groups that have something ───────────────────────────────────────────────────────────────────────────────

    def _offer(self, group: object) -> None:
        """A group may have something now: let it stand in line, once."""
        assert isinstance(group, Group)
        head = group.head
        if not group.listed and head is not None and head.state is VISIBLE and self._window.reaches(head):
            group.listed = True
            heappush(self._available, (head.position, group))

    def _next_group(self) -> Group | None:
        """The group whose next message has waited longest. It stays in line."""
        line = self._available
        while line:
            position, group = line[0]
            head = group.head
            if head is None or head.state is not VISIBLE or not self._window.reaches(head):
                heappop(line)
                group.listed = False
            elif head.position != position:
                heapreplace(line, (head.position, group))
            else:
                return group
        return None

    def _chosen_group(self) -> Group | None:
        """The next group, or another one: between groups there is no order."""
        first = self._next_group()
        if first is None or self.schedule.friendly or len(self._available) < 2:
            return first
        heads = [group.head for _, group in self._available]
        groups = sorted(
            (head.group for head in heads if head is not None and head.state is VISIBLE and self._window.reaches(head)),
            key=lambda group: group.head.position,  # type: ignore[union-attr]
        )
        chosen = groups[self.schedule.choose("sqs.fifo.group", range(len(groups)))]
        assert isinstance(chosen, Group)
        return chosen

    # ── receiving ────────────────────────────────────────────────────────────────────────────────────────────────

    def receive(self, wanted: Wanted) -> list[Message] | Pending[list[Message]]:
        if wanted.attempt is not None:
            check_id(wanted.attempt, "ReceiveRequestAttemptId")
            now = self._begin()
            again = self._repeat(wanted, now)
            if again is not None:
                return again
        return super().receive(wanted)

    def _take(self, wanted: Wanted, now: Millis, undo: list[Before] | None) -> list[Message]:
        taken: list[Message] = []
        visibility = self._visibility(wanted)
        passed: list[Group] = []
        while len(taken) < wanted.count and self.in_flight < self.world.quotas.fifo_in_flight:
            group = self._chosen_group()
            if group is None:
                break
            taken += self._take_group(group, wanted.count - len(taken), now, visibility, undo)
            if group.head is not None and group.head.state is VISIBLE:
                # Received with a timeout of 0 it could be taken again at once; each message once in an answer.
                passed.append(group)
                self._unlist(group)
        for group in passed:
            self._offer(group)
        if taken:
            if visibility:
                self._expect(now + visibility)
            if wanted.attempt is not None:
                self._remember(wanted.attempt, taken, now)
        return taken

    def _take_group(
        self, group: Group, count: int, now: Millis, visibility: Millis, undo: list[Before] | None
    ) -> list[Message]:
        """Take from the front of a group until something blocks."""
        taken: list[Message] = []
        limit = self.world.quotas.fifo_in_flight
        message = group.head
        while message is not None and message.state is VISIBLE and self._window.reaches(message):
            if len(taken) >= count or self.in_flight >= limit:
                break
            following = message.next
            if not self._bury(message, now):
                self._deliver(message, now, visibility, undo)
                taken.append(message)
            message = following
        return taken

    def _unlist(self, group: Group) -> None:
        """Take a group out of the line."""
        if self._available[0][1] is group:
            heappop(self._available)
        else:  # the schedule chose it
            self._available = [entry for entry in self._available if entry[1] is not group]
            heapify(self._available)
        group.listed = False

    def _pick(self, now: Millis) -> Message | None:
        group = self._next_group()
        return None if group is None else group.head

    def _unpick(self, message: Message) -> None:
        """It has been in its group all the time."""

    # ── receive request attempts ─────────────────────────────────────────────────────────────────────────────────

    def _remember(self, attempt: str, taken: list[Message], now: Millis) -> None:
        attempts = self._attempts
        while attempts:
            oldest = next(iter(attempts))
            if attempts[oldest].over > now:
                break
            del attempts[oldest]
        attempts.pop(attempt, None)
        attempts[attempt] = Attempt(now + limits.RECEIVE_ATTEMPT_INTERVAL, taken)

    def _repeat(self, wanted: Wanted, now: Millis) -> list[Message] | None:
        """What the first receive of this attempt got, with the same handles and its timeouts started again.

        None if it is too long ago or a message was deleted, changed, or is visible again: an ordinary receive then.
        """
        attempt = self._attempts.get(wanted.attempt or "")
        if attempt is None or attempt.over <= now or not attempt.untouched():
            return None
        until = now + self._visibility(wanted)
        for message in attempt.messages:
            self._deadlines.discard(message.until, message)
            message.until = until
            if until > now:
                self._deadlines.add(until, message)
            else:
                self._reappear(message, now)
        self._expect(until)
        attempt.note()
        return list(attempt.messages)

    # ── what a handle may do ─────────────────────────────────────────────────────────────────────────────────────

    def _may_delete(self, message: Message, number: int, handle: str, now: Millis) -> bool:
        if number == message.receipt:
            if message.state is IN_FLIGHT:
                return True
            if message.until == message.received == now:
                # Received with a timeout of 0, it can be deleted within the same millisecond. Source: model.
                return True
        raise _expired(handle)

    def _check_in_flight(self, message: Message, number: int, handle: str, now: Millis) -> None:
        if number != message.receipt or message.state is not IN_FLIGHT:
            raise _expired(handle)


class Attempt:
    """What the receive of a ReceiveRequestAttemptId got."""

    __slots__ = ("_state", "messages", "over")

    def __init__(self, over: Millis, messages: list[Message]) -> None:
        self.over = over
        self.messages = list(messages)
        self.note()

    def note(self) -> None:
        """Remember the messages as they are."""
        self._state = [(message.receipt, message.until) for message in self.messages]

    def untouched(self) -> bool:
        """Whether all are in flight still, as they were."""
        return all(
            message.state is IN_FLIGHT and (message.receipt, message.until) == state
            for message, state in zip(self.messages, self._state, strict=True)
        )


class Backlog:
    """The oldest messages of a FIFO queue, among which it looks for available groups.

    A backlog of more than 120,000 messages of blocked groups hides the groups behind it. Source: developer guide,
    FIFO queue logic.
    """

    __slots__ = ("_beyond", "_last", "_queue", "_within")

    def __init__(self, queue: FifoQueue) -> None:
        self._queue = queue
        self._within = 0
        self._last = 0
        self._beyond: deque[Message] = deque()

    def arrived(self, message: Message) -> None:
        if self._within < self._queue.world.quotas.fifo_backlog and not self._beyond:
            self._within += 1
            self._last = message.position
        else:
            self._beyond.append(message)

    def left(self, message: Message) -> None:
        if message.position > self._last:
            return
        self._within -= 1
        while self._beyond and self._within < self._queue.world.quotas.fifo_backlog:
            following = self._beyond.popleft()
            if following.here:
                self._within += 1
                self._last = following.position
                self._queue._offer(following.group)

    def reaches(self, message: Message) -> bool:
        """Whether a message is among them."""
        return message.position <= self._last


def no_deduplication_id() -> InvalidParameterValue:
    """Recorded from AWS."""
    return InvalidParameterValue(
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
    )


def _expired(handle: str) -> InvalidParameterValue:
    """Recorded from AWS."""
    return InvalidParameterValue(value=handle, name="ReceiptHandle", reason="The receipt handle has expired.")
