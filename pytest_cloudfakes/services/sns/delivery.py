"""The delivery engine: from a published message to each subscriber, with retries and dead letters on the clock.

                       ┌──────────── server error: after the policy's delay ◄──┐
    published ──► IN PROGRESS ──► DELIVERED                                    │
        │              ├──────────────────────────────────► WAITING ───────────┘
        │              ├── client error, or no retry left ──► DEAD-LETTERED, or FAILED without a queue for that
        └► QUEUED ─────┘ (FIFO: behind an earlier message of its group)
                                          DROPPED: the subscription went first

How an attempt is made is said in channels.py, how long retries wait in retry_policies.py. A delivery that is tried
again and again against a failure that can't pass by itself costs nothing: its attempts are counted, not made.

Source: developer guide, message delivery retries and dead-letter queues.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_cloudfakes.scheduler import Millis, Timer
from pytest_cloudfakes.services.sns.channels import CLIENT_ERROR, DELIVERED, SERVER_ERROR, Channels, Outcome
from pytest_cloudfakes.services.sns.endpoints import HTTP
from pytest_cloudfakes.services.sns.messages import Message
from pytest_cloudfakes.services.sns.retry_policies import AWS_SERVICES, CUSTOMERS, RetryPolicy
from pytest_cloudfakes.services.sns.status_logs import StatusLogs

if TYPE_CHECKING:
    from pytest_cloudfakes.services.sns.operations import Sns
    from pytest_cloudfakes.services.sns.subscriptions import Subscription
    from pytest_cloudfakes.services.sns.topics import Topic

IN_PROGRESS: Final = "in progress"
QUEUED: Final = "queued"
WAITING: Final = "waiting"
FINISHED: Final = "delivered"
DEAD_LETTERED: Final = "dead-lettered"
FAILED: Final = "failed"
DROPPED: Final = "dropped"
_OVER = frozenset({FINISHED, DEAD_LETTERED, FAILED, DROPPED})


@dataclass(frozen=True)
class Attempt:
    """One attempt, or several equal ones that were counted only. Instants are milliseconds since the epoch."""

    at: Millis
    outcome: str
    """"delivered", "client error" or "server error"."""
    reason: str
    count: int = 1
    last_at: Millis | None = None
    """When the last of several was made."""


class Delivery:
    """One message on its way to one subscriber."""

    __slots__ = (
        "attempt_at",
        "attempts",
        "counted",
        "dead_letters",
        "message",
        "state",
        "subscription",
        "timer",
    )

    def __init__(self, message: Message, subscription: Subscription) -> None:
        self.message = message
        self.subscription = subscription
        self.state: str = IN_PROGRESS
        self.attempts: list[Attempt] = []
        self.counted = 0
        """How many attempts there were."""
        self.attempt_at: Millis = 0
        self.dead_letters = 0
        """How often a dead-letter queue failed to take it."""
        self.timer: Timer | None = None

    @property
    def over(self) -> bool:
        return self.state in _OVER

    def __repr__(self) -> str:
        return f"<Delivery {self.message.message_id} to {self.subscription.endpoint}: {self.state}>"


class Delivered:
    """A message that went to several queues at its first attempt: a record for all, since most deliveries are so."""

    __slots__ = ("at", "message", "subscriptions")

    def __init__(self, message: Message, subscriptions: list[Subscription], at: Millis) -> None:
        self.message = message
        self.subscriptions = subscriptions
        self.at = at

    def each(self) -> Iterator[Delivery]:
        """The deliveries one by one."""
        for subscription in self.subscriptions:
            delivery = Delivery(self.message, subscription)
            delivery.state, delivery.counted, delivery.attempt_at = FINISHED, 1, self.at
            delivery.attempts.append(Attempt(self.at, DELIVERED, ""))
            yield delivery

    def __str__(self) -> str:
        told = ", ".join(subscription.name for subscription in self.subscriptions[:_TOLD])
        more = len(self.subscriptions) - _TOLD
        return f"{told} and {more} more" if more > 0 else told


_TOLD = 5
_LATE = (0, 1_000, 60_000)
"""Milliseconds by which a delivery may be late, where the schedule isn't friendly."""


class History:
    """The newest messages whose deliveries are over, within bounds."""

    COUNT = 10_000
    CHARACTERS = 16 * 1_048_576

    def __init__(self) -> None:
        self._entries: deque[Delivery | Delivered] = deque()
        self._characters = 0

    def add(self, entry: Delivery | Delivered) -> None:
        entries = self._entries
        entries.append(entry)
        self._characters += len(entry.message.text)
        while self._characters > self.CHARACTERS or len(entries) > self.COUNT:
            self._characters -= len(entries.popleft().message.text)

    def __iter__(self) -> Iterator[Delivery]:
        for entry in tuple(self._entries):
            if isinstance(entry, Delivery):
                yield entry
            else:
                yield from entry.each()


class Deliveries:
    """The deliveries of one account's topics in one region."""

    def __init__(self, service: Sns) -> None:
        self._service = service
        self._clock = service.clock
        self._faults = service.cloud.faults
        self._schedule = service.schedule
        self._happened = service.cloud.journal.happened
        self.channels = Channels(service, self.finish)
        self.done = History()
        self.failed = History()
        """Those that failed for good without a dead-letter queue that took them."""
        self.under_way: dict[Delivery, None] = {}
        """Those that aren't over, in order."""
        self.logs = StatusLogs()
        self._ready: deque[Delivery] = deque()
        self._working = False

    # ── beginning ────────────────────────────────────────────────────────────────────────────────────────────────

    def publish(self, message: Message, topic: Topic) -> None:
        """Deliver a message to every confirmed subscriber that wants it."""
        friendly = self._schedule.friendly
        at_once = friendly and self.channels.plain and not topic.fifo and not topic.logs
        sent: list[Subscription] = []
        subscriptions = tuple(topic.subscriptions.values())
        for subscription in subscriptions if friendly else self._in_any_order(subscriptions):
            replay, policy = subscription.replay, subscription.filter_policy
            if not subscription.confirmed or (replay is not None and replay.leaves_out(message)):
                continue
            if policy is not None and not policy.accepts(message.filterable(subscription.protocol)):
                continue
            if not at_once or subscription.queue is None:
                if friendly or topic.fifo:
                    self.begin(Delivery(message, subscription))
                else:
                    self._begin_as_chosen(message, subscription)
                continue
            outcome = self.channels.send_at_once(message, subscription)
            if outcome.kind is DELIVERED:
                sent.append(subscription)
            else:
                delivery = Delivery(message, subscription)
                delivery.attempt_at = message.published
                self.finish(delivery, outcome)
        if sent:
            delivered = Delivered(message, sent, message.published)
            self.done.add(delivered)
            self._happened("sns", topic.name, "message {} delivered to {}", message.message_id, delivered)
        if self._ready:
            self._work()

    def _in_any_order(self, subscriptions: tuple[Subscription, ...]) -> Iterator[Subscription]:
        """AWS promises no order between subscribers."""
        left = list(subscriptions)
        while left:
            yield left.pop(self._schedule.choose("sns.publish.next", range(len(left))))

    def _begin_as_chosen(self, message: Message, subscription: Subscription) -> None:
        """A standard topic may deliver late, and twice. Source: developer guide, message delivery."""
        copies = 1 + self._schedule.choose("sns.delivery.duplicate", (0, 1))
        for _ in range(copies):
            delivery = Delivery(message, subscription)
            late = self._schedule.choose("sns.delivery.late", _LATE)
            if late:
                delivery.state = WAITING
                self._retry_at(delivery, self._clock.now() + late)
            else:
                self.begin(delivery)

    def offer(self, message: Message, subscription: Subscription) -> None:
        """Put a message in line for a subscriber, if its filter policy accepts it."""
        policy = subscription.filter_policy
        if policy is not None and not policy.accepts(message.filterable(subscription.protocol)):
            return
        self.begin(Delivery(message, subscription))

    def begin(self, delivery: Delivery) -> None:
        """Put a delivery in line; `work` lets it be made."""
        subscription = delivery.subscription
        if delivery.message.group_id is not None and subscription.topic.fifo:
            group = subscription.groups.setdefault(delivery.message.group_id, deque())
            group.append(delivery)
            if len(group) > 1:
                delivery.state = QUEUED
                self._keep(delivery)
                return
        self._ready.append(delivery)

    def work(self) -> None:
        """Make what is in line."""
        if self._ready:
            self._work()

    def _work(self) -> None:
        if self._working:
            return
        self._working = True
        try:
            while self._ready:
                delivery = self._ready.popleft()
                if not delivery.over:
                    self._attempt(delivery)
        finally:
            self._working = False

    # ── attempts ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _attempt(self, delivery: Delivery) -> None:
        """Make an attempt now, or at the instant to which the endpoint's throttle puts it off."""
        delivery.timer = None
        now = self._clock.now()
        due = self._throttled(delivery.subscription, now)
        if due > now:
            delivery.state = WAITING
            self._at(due, lambda: self._make(delivery), delivery, "a throttled delivery is made")
            return
        self._make(delivery)

    def _make(self, delivery: Delivery) -> None:
        delivery.state = IN_PROGRESS
        delivery.attempt_at = self._clock.now()
        outcome = self.channels.attempt(delivery)
        if outcome is not None:
            self.finish(delivery, outcome)
        elif not delivery.over:
            self._keep(delivery)

    def _throttled(self, subscription: Subscription, now: Millis) -> Millis:
        """When the next delivery may be made: now, or a second after the one that was so many before."""
        if subscription.protocol not in HTTP:
            return now
        rate = subscription.http_policy().rate
        if rate is None:
            subscription.throttled = None
            return now
        slots = subscription.throttled
        if slots is None or slots.maxlen != rate:
            slots = subscription.throttled = deque(slots or (), maxlen=rate)
        due = max(now, slots[0] + 1_000) if len(slots) == rate else now
        slots.append(due)
        return due

    def finish(self, delivery: Delivery, outcome: Outcome) -> None:
        """An attempt ended."""
        if delivery.over:
            return
        delivery.counted += 1
        subscription, message = delivery.subscription, delivery.message
        delivery.attempts.append(Attempt(delivery.attempt_at, outcome.kind, outcome.reason))
        if subscription.topic.logs:
            self.logs.note(delivery, outcome, self._clock.now())
        if outcome.kind is DELIVERED:
            self._happened(
                "sns", subscription.topic.name, "message {} delivered to {}", message.message_id, subscription.name
            )
            self._end(delivery, FINISHED)
            return
        policy = self._policy(subscription)
        if outcome.kind is CLIENT_ERROR or delivery.counted > policy.retries:
            self._bury(delivery, outcome.reason)
            return
        self._try_again(delivery, outcome, policy)

    def _policy(self, subscription: Subscription) -> RetryPolicy:
        if subscription.protocol in HTTP:
            return subscription.http_policy().retries
        return AWS_SERVICES if subscription.protocol in {"sqs", "lambda", "firehose"} else CUSTOMERS

    def _try_again(self, delivery: Delivery, outcome: Outcome, policy: RetryPolicy) -> None:
        delay = policy.delay(delivery.counted - 1)
        if not self._schedule.friendly and not delivery.subscription.topic.fifo:
            # The formulas within a backoff are nobody's promise.
            delay = self._schedule.choose("sns.retry.delay", (delay, delay // 2, delay * 3 // 2))
        self._happened(
            "sns",
            delivery.subscription.topic.name,
            "attempt {} to deliver message {} to {} failed ({}); the next is {} s later",
            delivery.counted,
            delivery.message.message_id,
            delivery.subscription.name,
            outcome.reason,
            delay / 1_000,
        )
        delivery.state = WAITING
        self._keep(delivery)
        if not delay:
            self._ready.append(delivery)
            self._work()
        elif outcome.lasting and delivery.counted > policy.retries - policy.late_count:
            self._park(delivery, outcome, policy)
        else:
            self._retry_at(delivery, self._clock.now() + delay)

    def _retry_at(self, delivery: Delivery, due: Millis) -> None:
        def retry() -> None:
            self._ready.append(delivery)
            self._work()

        self._at(due, retry, delivery, f"attempt {delivery.counted + 1} to deliver to {delivery.subscription.name}")

    def _park(self, delivery: Delivery, outcome: Outcome, policy: RetryPolicy) -> None:
        """All attempts that are left would fail alike, until somebody takes the cause away: only count them."""
        start, made = self._clock.now(), delivery.counted
        left = policy.retries + 1 - made

        def count(failed: int) -> None:
            if failed:
                first, last = start + policy.late, start + failed * policy.late
                delivery.attempts.append(Attempt(first, outcome.kind, outcome.reason, failed, last))
                delivery.counted += failed
                delivery.attempt_at = last

        def give_up() -> None:
            count(left)
            self._bury(delivery, outcome.reason)

        def look_again() -> None:
            if timer.active and not delivery.over:
                timer.cancel()
                count(min((self._clock.now() - start) // policy.late, left))
                if delivery.counted > policy.retries:
                    self._bury(delivery, outcome.reason)
                else:
                    self._retry_at(delivery, start + (delivery.counted - made + 1) * policy.late)

        what = f"the last attempt to deliver to {delivery.subscription.name}"
        timer = self._at(start + left * policy.late, give_up, delivery, what)
        self._faults.when_changed(look_again)

    # ── endings ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _bury(self, delivery: Delivery, reason: str) -> None:
        """It failed for good: to the dead-letter queue of the subscription, if there is one that takes it."""
        if delivery.subscription.redrive is None:
            self._give_up(delivery, reason, "there is no dead-letter queue")
            return
        delivery.state = IN_PROGRESS

        def buried(outcome: Outcome) -> None:
            self._buried(delivery, reason, outcome)

        outcome = self.channels.bury(delivery, buried)
        if outcome is not None:
            buried(outcome)

    def _buried(self, delivery: Delivery, reason: str, outcome: Outcome) -> None:
        if delivery.over:
            return
        subscription = delivery.subscription
        assert subscription.redrive is not None
        if outcome.kind is DELIVERED:
            self._happened(
                "sns",
                subscription.topic.name,
                "message {} for {} moved to the dead-letter queue {} ({})",
                delivery.message.message_id,
                subscription.name,
                subscription.redrive.name,
                reason,
            )
            self._end(delivery, DEAD_LETTERED)
        elif outcome.kind is SERVER_ERROR and delivery.dead_letters < AWS_SERVICES.retries:
            delay = AWS_SERVICES.delay(delivery.dead_letters)
            delivery.dead_letters += 1
            delivery.state = WAITING
            self._keep(delivery)
            what = f"another attempt at the dead-letter queue {subscription.redrive.name}"
            self._at(self._clock.now() + delay, lambda: self._bury(delivery, reason), delivery, what)
        else:
            self._give_up(delivery, reason, f"the dead-letter queue didn't take it: {outcome.reason}")

    def _give_up(self, delivery: Delivery, reason: str, why: str) -> None:
        self._service.cloud.journal.lost(
            "sns",
            delivery.subscription.topic.name,
            "message {} is lost for {} after {} attempts ({}), and {}",
            delivery.message.message_id,
            delivery.subscription.name,
            delivery.counted,
            reason,
            why,
        )
        self._end(delivery, FAILED)

    def drop(self, subscription: Subscription) -> None:
        """A subscription is gone: what isn't delivered yet never will be."""
        for delivery in tuple(subscription.pending):
            if not delivery.over:
                if delivery.timer is not None:
                    delivery.timer.cancel()
                self._end(delivery, DROPPED)
        subscription.groups.clear()

    def _end(self, delivery: Delivery, state: str) -> None:
        delivery.state = state
        subscription = delivery.subscription
        if subscription.pending:
            subscription.pending.discard(delivery)
            self.under_way.pop(delivery, None)
        (self.failed if state is FAILED else self.done).add(delivery)
        group_id = delivery.message.group_id
        if group_id is not None and subscription.groups and state is not DROPPED:
            self._next_of_group(subscription, group_id)

    def _next_of_group(self, subscription: Subscription, group_id: str) -> None:
        group = subscription.groups.get(group_id)
        if group is None:
            return
        group.popleft()
        if group:
            self._ready.append(group[0])
            self._work()
        else:
            del subscription.groups[group_id]

    # ── how it works ─────────────────────────────────────────────────────────────────────────────────────────────

    def _keep(self, delivery: Delivery) -> None:
        """Remember a delivery that isn't over."""
        delivery.subscription.pending.add(delivery)
        self.under_way[delivery] = None

    def _at(self, due: Millis, action: object, delivery: Delivery, what: str) -> Timer:
        self._keep(delivery)
        delivery.timer = self._clock.at(
            due,
            action,  # type: ignore[arg-type]
            service="sns",
            resource=delivery.subscription.topic.name,
            what=what,
        )
        return delivery.timer
