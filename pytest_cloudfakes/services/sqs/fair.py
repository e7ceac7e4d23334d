"""Fair queues: which tenant's message comes next on a standard queue with message groups.

A tenant is a message group; a message without one is a tenant of its own, and always quiet. A tenant becomes noisy
when it has more than a tenth of the messages in flight, and at least thirty, or when it took more than a tenth of
the recent processing time. While it is noisy, messages of quiet tenants come first; of several noisy ones the one
with the fewest messages in flight. It is quiet again when its backlog is drained or it sent nothing for five
minutes. Order is never promised and nothing is held back. Source: developer guide, how Amazon SQS fair queues work.

AWS calls the thresholds approximate and gives no length for "recent": here it is the last five to ten minutes.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import Protocol

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sqs import limits
from pytest_cloudfakes.services.sqs.messages import VISIBLE, Message
from pytest_cloudfakes.services.sqs.ready import Offer


class InFlight(Protocol):
    """What there is to know of the queue as a whole."""

    in_flight: int


class Spent:
    """Processing time of late: this window of five minutes and the one before."""

    __slots__ = ("_before", "_now", "_window")

    def __init__(self) -> None:
        self._window = 0
        self._now = 0
        self._before = 0

    def add(self, now: Millis, duration: Millis) -> None:
        self.recent(now)
        self._now += duration

    def recent(self, now: Millis) -> Millis:
        window = now // limits.NOISY_WINDOW
        if window != self._window:
            self._before = self._now if window == self._window + 1 else 0
            self._now = 0
            self._window = window
        return self._now + self._before


class Tenant:
    """A message group of a standard queue."""

    __slots__ = ("backlog", "in_flight", "last_sent", "listed", "messages", "name", "noisy", "spent")

    def __init__(self, name: str) -> None:
        self.name = name
        self.backlog: list[tuple[int, Message]] = []
        """Its visible messages by position, with stale entries among them."""
        self.messages = 0
        """How many are in the queue, in whatever state."""
        self.in_flight = 0
        self.noisy = False
        self.last_sent: Millis = 0
        self.spent = Spent()
        self.listed: int | None = None
        """The position with which it stands in the line of quiet tenants."""

    def head(self) -> Message | None:
        """Its next visible message."""
        backlog = self.backlog
        while backlog and backlog[0][1].state is not VISIBLE:
            heappop(backlog)
        return backlog[0][1] if backlog else None


class FairOffer:
    """The visible messages of a fair queue."""

    def __init__(self, queue: InFlight, ungrouped: Offer) -> None:
        self._queue = queue
        self._ungrouped = ungrouped
        self._tenants: dict[str, Tenant] = {}
        self._quiet: list[tuple[int, str, Tenant]] = []
        self._noisy: dict[Tenant, None] = {}
        self._idle: deque[tuple[Millis, Tenant]] = deque()
        self._spent = Spent()

    def joined(self, name: str, now: Millis) -> Tenant:
        """The tenant that sends a message now."""
        while self._idle and self._idle[0][0] <= now:
            tenant = self._idle.popleft()[1]
            if not tenant.messages and self._tenants.get(tenant.name) is tenant:
                del self._tenants[tenant.name]
        found = self._tenants.get(name)
        if found is None:
            found = self._tenants[name] = Tenant(name)
        found.messages += 1
        found.last_sent = now
        return found

    def add(self, message: Message) -> None:
        if isinstance(message.group, Tenant):
            self._offer(message, message.group)
        else:
            self._ungrouped.add(message)

    def put_back(self, message: Message) -> None:
        if isinstance(message.group, Tenant):
            self._offer(message, message.group)
        else:
            self._ungrouped.put_back(message)

    def _offer(self, message: Message, tenant: Tenant) -> None:
        heappush(tenant.backlog, (message.position, message))
        if not tenant.noisy:
            self._list(tenant)

    def _list(self, tenant: Tenant) -> None:
        """Let it stand in the line of the quiet ones with its next message."""
        head = tenant.head()
        if head is not None and (tenant.listed is None or head.position < tenant.listed):
            tenant.listed = head.position
            heappush(self._quiet, (head.position, tenant.name, tenant))

    def pop(self, now: Millis) -> Message | None:
        self._let_quieten(now)
        tenant = self._next_quiet()
        message = self._ungrouped.pop(now)
        if message is not None:
            if tenant is None or message.position < tenant.backlog[0][0]:
                return message
            self._ungrouped.put_back(message)
        if tenant is None:
            tenant = min(
                (each for each in self._noisy if each.head() is not None),
                key=lambda each: (each.in_flight, each.backlog[0][0]),
                default=None,
            )
        if tenant is None:
            return None
        chosen = heappop(tenant.backlog)[1]
        if not tenant.noisy:
            self._list(tenant)
        return chosen

    def _next_quiet(self) -> Tenant | None:
        """The quiet tenant whose message has waited longest; taken out of the line, to be listed again."""
        quiet = self._quiet
        while quiet:
            position, _, tenant = quiet[0]
            head = None if tenant.noisy or tenant.listed != position else tenant.head()
            if head is not None and head.position == position:
                return tenant
            heappop(quiet)
            if tenant.listed == position:
                tenant.listed = None
                if head is not None:
                    self._list(tenant)
        return None

    def delivered(self, tenant: Tenant) -> None:
        """One of its messages is in flight."""
        tenant.in_flight += 1
        crowds = 100 * tenant.in_flight > limits.NOISY_SHARE * self._queue.in_flight
        if crowds and tenant.in_flight >= limits.NOISY_IN_FLIGHT:
            self._make_noisy(tenant)

    def landed(self, message: Message, now: Millis) -> None:
        self._spent.add(now, now - message.received)
        tenant = message.group
        if isinstance(tenant, Tenant):
            tenant.in_flight -= 1
            tenant.spent.add(now, now - message.received)
            spent = tenant.spent.recent(now)
            hogs = 100 * spent > limits.NOISY_SHARE * self._spent.recent(now)
            if hogs and spent >= limits.NOISY_PROCESSING_TIME:
                self._make_noisy(tenant)

    def left(self, message: Message, now: Millis) -> None:
        tenant = message.group
        if isinstance(tenant, Tenant):
            tenant.messages -= 1
            if not tenant.messages:
                if tenant.spent.recent(now):
                    self._idle.append((now + 2 * limits.NOISY_WINDOW, tenant))
                else:
                    self._tenants.pop(tenant.name, None)

    def _make_noisy(self, tenant: Tenant) -> None:
        if not tenant.noisy:
            tenant.noisy = True
            self._noisy[tenant] = None

    def _let_quieten(self, now: Millis) -> None:
        over = [
            tenant for tenant in self._noisy if tenant.head() is None or tenant.last_sent + limits.NOISY_WINDOW <= now
        ]
        for tenant in over:
            tenant.noisy = False
            del self._noisy[tenant]
            self._list(tenant)

    def tidy(self) -> None:
        self._ungrouped.tidy()
