"""Standard queues: at least once, in any order, and what AWS leaves open.

With message groups it becomes a fair queue: see fair.py. The choices that AWS leaves open are asked of the
schedule; the friendly one delivers once, in the order of becoming visible, and ignores superseded handles.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sqs import limits
from pytest_cloudfakes.services.sqs.agenda import Deadlines
from pytest_cloudfakes.services.sqs.errors import InvalidParameterValue, MessageNotInflight
from pytest_cloudfakes.services.sqs.fair import FairOffer, Tenant
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
from pytest_cloudfakes.services.sqs.ready import Offer, Ready
from pytest_cloudfakes.services.sqs.waiting import Before, Wanted

if TYPE_CHECKING:
    from pytest_cloudfakes.services.sqs.attributes import Values

_CHOICES = 10
"""Among so many of the next messages a schedule chooses."""


class StandardQueue(Queue):
    """A queue without order."""

    fifo = False

    def __init__(self, name: str, arn: str, url: str, values: Values, world: World) -> None:
        super().__init__(name, arn, url, values, world)
        self._ready: Offer = Ready()
        self._fair: FairOffer | None = None
        self._delays = Deadlines()
        self._doubled: set[Message] = set()
        self._late: set[Message] = set()

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
        if delay_seconds is None:
            delay = self.settings.delay
        elif 0 <= delay_seconds <= limits.MAXIMUM_DELAY_SECONDS:
            delay = 1000 * delay_seconds
        else:
            raise InvalidParameterValue(
                value=delay_seconds, name="DelaySeconds", reason="DelaySeconds must be >= 0 and <= 900."
            )
        if deduplication_id is not None:
            raise wrong_queue_type(deduplication_id, "MessageDeduplicationId")
        if group_id is not None:
            check_id(group_id, "MessageGroupId")
        raw = self._content(body, attributes)
        message = Message(self.world.ids.uuid(), raw, attributes, sender_id, now)
        message.trace_header = trace_header
        if group_id is not None:
            self._join(message, group_id)
        self._enter(message, now, delay)
        return message

    # ── places ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _join(self, message: Message, group_id: str | None) -> None:
        if group_id is None:
            return
        if self._fair is None:
            self._fair = self._ready = FairOffer(self, self._ready)
        message.group = self._fair.joined(group_id, self.clock.now())

    def _adopted(self, moved: Message, source: Queue, now: Millis) -> Message:
        """It keeps its age, so that it expires as if it had been in one queue. Source: developer guide."""
        message = Message(moved.message_id, moved.body, moved.attributes, moved.sender_id, moved.sent)
        message.trace_header = moved.trace_header
        message.ready = now
        message.source_arn = source.arn
        message.receive_count = moved.receive_count
        message.first_received = moved.first_received
        self._join(message, moved.group_id)
        return message

    def _arrived(self, message: Message, now: Millis, delay: Millis) -> None:
        if delay:
            message.ready = now + delay
            message.state = DELAYED
            self.delayed += 1
            self._delays.add(message.ready, message)
            self._expect(message.ready)
        else:
            self.visible += 1
            self._ready.add(message)

    def _end_delays(self, now: Millis) -> list[Message]:
        over = self._delays.pop(now)
        for message in over:
            # It takes its place now: messages that were sent later may have become visible earlier.
            self._positions += 1
            message.position = self._positions
            message.state = VISIBLE
            self.delayed -= 1
            self.visible += 1
            self._ready.add(message)
        return over

    def _punctual(self, messages: list[Message], now: Millis) -> list[Message]:
        """Others may stay hidden for a moment more, once a receive: a timeout promises only not to end earlier."""
        on_time: list[Message] = []
        for message in messages:
            if message in self._late or not self.schedule.choose("sqs.visible.late", (False, True)):
                self._late.discard(message)
                on_time.append(message)
            else:
                self._late.add(message)
                message.until = now + limits.LATE_BY
                self._deadlines.add(message.until, message)
        return on_time

    def _let_die(self, messages: list[Message], now: Millis) -> None:
        redrive = self.settings.redrive
        for message in messages:
            # AWS doesn't say whether the move waits for the receive that would exceed the maximum.
            poison = redrive is not None and message.receive_count >= redrive.maximum
            if poison and self.schedule.choose("sqs.dead_letter.at_timeout", (False, True)):
                self._bury(message, now)

    def _first_delay(self) -> Millis:
        return self._delays.first()

    def _coming_delays(self) -> Iterable[tuple[Millis, int]]:
        return self._delays.items()

    def _delay_changed(self, now: Millis) -> None:
        """Not retroactive on standard queues. Source: developer guide, delay queues."""

    def _put_back(self, message: Message, now: Millis) -> None:
        self._ready.landed(message, now)
        self._ready.put_back(message)

    def _left(self, message: Message, was: State, now: Millis) -> None:
        if was is DELAYED:
            self._delays.discard(message.ready, message)
        elif was is IN_FLIGHT:
            self._ready.landed(message, now)
        if message.group is not None:
            self._ready.left(message, now)
        if self._doubled:
            self._doubled.discard(message)
        if self._late:
            self._late.discard(message)

    def _tidy(self) -> None:
        self._ready.tidy()

    # ── receiving ────────────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, wanted: Wanted, now: Millis, undo: list[Before] | None) -> list[Message]:
        taken: list[Message] = []
        visibility = self._visibility(wanted)
        limit = self.world.quotas.in_flight
        redrive = self.settings.redrive
        while len(taken) < wanted.count and self.in_flight < limit:
            message = self._choose(now)
            if message is None:
                break
            if redrive is not None and message.receive_count >= redrive.maximum and self._bury(message, now):
                continue
            self._deliver(message, now, visibility, undo)
            if visibility:
                self._fair_delivered(message)
            taken.append(message)
        if taken:
            if visibility:
                self._expect(now + visibility)
            else:
                for message in taken:
                    self._ready.put_back(message)
        if not self.schedule.friendly:
            self._double(wanted, taken, now, visibility)
        return taken

    def _fair_delivered(self, message: Message) -> None:
        if self._fair is not None and isinstance(message.group, Tenant):
            self._fair.delivered(message.group)

    def _pick(self, now: Millis) -> Message | None:
        return self._ready.pop(now)

    def _choose(self, now: Millis) -> Message | None:
        """The next message for a receive; any order is legal, so the schedule chooses among the next few."""
        message = self._ready.pop(now)
        if message is None or self.schedule.friendly or self.visible < 2:
            return message
        candidates = [message]
        while len(candidates) < min(_CHOICES, self.visible):
            following = self._ready.pop(now)
            if following is None:
                break
            candidates.append(following)
        chosen = candidates.pop(self.schedule.choose("sqs.receive.next", range(len(candidates))))
        for candidate in candidates:
            self._ready.put_back(candidate)
        return chosen

    def _unpick(self, message: Message) -> None:
        self._ready.put_back(message)

    def _double(self, wanted: Wanted, taken: list[Message], now: Millis, visibility: Millis) -> None:
        """A message in flight may be delivered a second time, once, and never past its maximum of receives."""
        if len(taken) >= wanted.count:
            return
        redrive = self.settings.redrive
        for message in sorted(self._deadlines.messages(), key=lambda each: each.position):
            if message in taken or message in self._doubled:
                continue
            if redrive is not None and message.receive_count >= redrive.maximum:
                continue
            if self.schedule.choose("sqs.receive.duplicate", (False, True)):
                self._doubled.add(message)
                self._deadlines.discard(message.until, message)
                self._reappear(message, now)
                self._pick_again(message, now)
                self._deliver(message, now, visibility, None)
                self._expect(message.until)
                if visibility:
                    self._fair_delivered(message)
                else:
                    self._ready.put_back(message)
                taken.append(message)
            return

    def _pick_again(self, message: Message, now: Millis) -> None:
        """Take one message out of the order, wherever it stands."""
        others = []
        found = self._ready.pop(now)
        while found is not None and found is not message:
            others.append(found)
            found = self._ready.pop(now)
        for other in others:
            self._ready.put_back(other)

    # ── what a handle may do ─────────────────────────────────────────────────────────────────────────────────────

    def _may_delete(self, message: Message, number: int, handle: str, now: Millis) -> bool:
        if number != message.receipt:
            # The request succeeds, "but the message might not be deleted". Source: model, DeleteMessage.
            return self.schedule.choose("sqs.delete.superseded", (False, True))
        if self.schedule.friendly or message in self._doubled:
            return True
        # A copy may be left on a server that can't be reached. Source: model, DeleteMessage.
        stays = self.schedule.choose("sqs.delete.copy_remains", (False, True))
        if stays:
            self._doubled.add(message)
        return not stays

    def _check_in_flight(self, message: Message, number: int, handle: str, now: Millis) -> None:
        # An older handle will do: only of deletes does AWS say that the latest is needed. Source: model, DeleteMessage.
        if message.state is not IN_FLIGHT:
            raise MessageNotInflight
