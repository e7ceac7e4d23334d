"""A queue: a view of a stream that delivers each of its records until somebody acknowledges it.

    state of a record   by                                            then
    fresh               a receive                                     in flight, until its visibility timeout ends
    in flight           an acknowledgement                            gone, for this queue
    in flight           the end of its visibility timeout             visible again; dead after the last receive it has
    dead                a receive of dead letters                     in flight among the dead
    dead                an acknowledgement; being restored            gone; visible again, with no receives counted

A record that the stream no longer keeps isn't delivered any more, whatever its state. Records that were never received
cost nothing: a queue remembers how far it got in each shard. Source: model, CreateQueue and the operations of queues.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

from pytest_cloudfakes.api import timestamp
from pytest_cloudfakes.pending import Pending
from pytest_cloudfakes.scheduler import Millis, Timer
from pytest_cloudfakes.services.kinesis import limits
from pytest_cloudfakes.services.kinesis.errors import InvalidArgument, QueueNotActive, QueueNotFound
from pytest_cloudfakes.services.kinesis.shard import Shard
from pytest_cloudfakes.services.kinesis.stream import ACTIVE, CREATING, DELETING, UPDATING, Stream

BUILT_IN = "BUILT_IN"
Attributes = dict[str, Any]


@dataclass(slots=True, eq=False)
class Delivery:
    """A record that was received and not acknowledged."""

    shard: Shard
    position: int
    first_received: Millis
    receive_count: int = 0
    handle: str = ""
    visible_at: Millis = 0
    dead: bool = False
    acknowledged: bool = False

    @property
    def record_id(self) -> str:
        """The same in every queue."""
        return f"{self.shard.shard_id}:{self.shard.number(self.position)}"

    @property
    def is_there(self) -> bool:
        """Whether the stream still keeps it and nobody has acknowledged it."""
        return not self.acknowledged and not self.shard.expired and self.position >= self.shard.log.first


class Pool:
    """Deliveries that are visible, or will be: the normal ones of a queue, or the dead."""

    __slots__ = ("in_flight", "order", "visible", "waiting")

    def __init__(self) -> None:
        self.visible: deque[Delivery] = deque()
        self.in_flight: list[tuple[Millis, int, Delivery]] = []
        self.order = 0
        self.waiting: list[tuple[Pending[list[dict[str, Any]]], int, Millis]] = []
        """Receives that wait: the answer, how many records, and their visibility timeout."""

    def hide(self, delivery: Delivery, until: Millis) -> None:
        """Let it be in flight until an instant."""
        delivery.visible_at = until
        self.order += 1
        heappush(self.in_flight, (until, self.order, delivery))

    def first_due(self) -> Millis | None:
        """When the next delivery becomes visible; what was acknowledged or hidden for another while is dropped."""
        heap = self.in_flight
        while heap and (not heap[0][2].is_there or heap[0][2].visible_at != heap[0][0]):
            heappop(heap)
        return heap[0][0] if heap else None

    def take_visible(self) -> Delivery | None:
        """The next visible one that is still there."""
        while self.visible:
            delivery = self.visible.popleft()
            if delivery.is_there:
                return delivery
        return None


class StreamQueue:
    """One queue of a stream."""

    def __init__(
        self, name: str, arn: str, stream: Stream, attributes: Attributes, position: dict[str, Any] | None
    ) -> None:
        self.name = name
        self.arn = arn
        self.stream = stream
        self.attributes = attributes
        self.starting_position = position
        self.created = stream.world.clock.now()
        self.status = ACTIVE
        self.tags: dict[str, str] = {}
        self.policy: str | None = None
        self.normal, self.dead = Pool(), Pool()
        self.deleted = False
        self._cursors: dict[int, int] = {}
        self._deliveries: dict[str, Delivery] = {}
        self._timer: Timer | None = None
        self._change: Timer | None = None

    # ── state ────────────────────────────────────────────────────────────────────────────────────────────────────

    def begin_at(self, positions: Iterable[tuple[Shard, int]]) -> None:
        """Where delivery begins in the shards that are there; in later ones it begins with their first record."""
        self._cursors = {shard.index: position for shard, position in positions}
        self.stream.on_resharding[self] = self._serve

    def begin(self, status: str, what: str, finish: Callable[[], None] = lambda: None) -> None:
        """Enter a state that ends by itself: at once, or after a while where transitions take their time."""
        world = self.stream.world
        if self._change is not None:
            self._change.cancel()
        if not world.transitions_take_time:
            finish()
            return
        self.status = status

        def done() -> None:
            self.status = ACTIVE
            finish()
            world.happened("kinesis", self.name, what)
            self._serve()

        self._change = world.clock.at(
            world.clock.now() + limits.CONSUMER_TAKES, done, service="kinesis", resource=self.name, what=what
        )

    def update(self, changes: Attributes) -> None:
        """UpdateQueue: what isn't given stays. Errors: ResourceInUseException."""
        if self.status != ACTIVE:
            raise QueueNotActive(queue=self.name, account=self.stream.world.account, state=self.status)
        after = {**self.attributes, **changes}
        self.begin(UPDATING, "the queue is ACTIVE", lambda: self._apply(after))

    def _apply(self, attributes: Attributes) -> None:
        self.attributes = attributes

    def close(self) -> None:
        """The queue is gone, and with it all receipt handles."""
        self.deleted = True
        self.stream.on_resharding.pop(self, None)
        for timer in (self._timer, self._change):
            if timer is not None:
                timer.cancel()
        for shard in self.stream.shards.values():
            shard.waiters.pop(self, None)
        for pool in (self.normal, self.dead):
            waiting, pool.waiting = pool.waiting, []
            for answer, _, _ in waiting:
                answer.fail(self.not_found())

    def not_found(self) -> QueueNotFound:
        """The error for who asks for this queue and it isn't there (yet, or any more)."""
        return QueueNotFound(queue=self.arn, account=self.stream.world.account)

    @property
    def max_receive_count(self) -> int | None:
        """After so many receives a record is dead; None where that is switched off."""
        settings = self.attributes["DeadLetterConfiguration"]
        return settings["MaxReceiveCount"] if settings["TargetType"] == BUILT_IN else None

    # ── receiving ────────────────────────────────────────────────────────────────────────────────────────────────

    def receive(
        self, pool: Pool, limit: int, wait_seconds: int, visibility_seconds: int | None
    ) -> list[dict[str, Any]] | Pending[list[dict[str, Any]]]:
        """Receive records, or wait until there are some. Errors: ResourceNotFoundException."""
        if self.status in {CREATING, DELETING}:
            raise self.not_found()
        if visibility_seconds is None:
            visibility_seconds = self.attributes["VisibilityTimeoutSeconds"]
        visibility = visibility_seconds * limits.SECOND
        found = self._take(pool, limit, visibility)
        if found:
            return found
        clock = self.stream.world.clock
        waiting: Pending[list[dict[str, Any]]] = clock.pending(
            clock.now() + wait_seconds * limits.SECOND,
            list,
            service="kinesis",
            resource=self.name,
            what="a receive ends without records",
        )
        entry = (waiting, limit, visibility)
        pool.waiting.append(entry)
        waiting.on_cancel = lambda: pool.waiting.remove(entry) if entry in pool.waiting else None
        self._listen()
        return waiting

    def _take(self, pool: Pool, limit: int, visibility: Millis) -> list[dict[str, Any]]:
        now = self.stream.world.clock.now()
        taken = []
        for delivery in self._available(pool):
            delivery.receive_count += 1
            self._deliveries.pop(delivery.handle, None)
            delivery.handle = self.stream.world.ids.token(96)
            self._deliveries[delivery.handle] = delivery
            pool.hide(delivery, now + visibility)
            taken.append(self._record(delivery))
            if len(taken) == limit:
                break
        if taken:
            self._set_alarm()
        return taken

    def _available(self, pool: Pool) -> Iterator[Delivery]:
        while delivery := pool.take_visible():
            yield delivery
        if pool is self.normal:
            yield from self._fresh()

    def _fresh(self) -> Iterator[Delivery]:
        now = self.stream.world.clock.now()
        for shard in list(self.stream.shards.values()):
            position = max(self._cursors.get(shard.index, 0), shard.log.first)
            while position < shard.log.end:
                self._cursors[shard.index] = position + 1
                yield Delivery(shard, position, now)
                position += 1

    def _record(self, delivery: Delivery) -> dict[str, Any]:
        [record] = delivery.shard.records(delivery.position, delivery.position + 1)
        key = {"PartitionKey": record["PartitionKey"]} if "PartitionKey" in record else {}
        return {
            "ReceiptHandle": delivery.handle,
            "RecordId": delivery.record_id,
            **key,
            "Data": record["Data"],
            "ApproximateArrivalTimestamp": record["ApproximateArrivalTimestamp"],
            "FirstReceiveTimestamp": timestamp(delivery.first_received),
            "ReceiveCount": delivery.receive_count,
        }

    # ── what is done with a receipt handle ───────────────────────────────────────────────────────────────────────

    def acknowledge(self, pool: Pool, handle: str) -> None:
        """Let a record not come again. Errors: InvalidArgumentException."""
        delivery = self._delivery(pool, handle)
        delivery.acknowledged = True
        del self._deliveries[handle]

    def change_visibility(self, pool: Pool, handle: str, seconds: int) -> None:
        """Hide a record for another while, counted from now. Errors: InvalidArgumentException."""
        delivery = self._delivery(pool, handle)
        clock = self.stream.world.clock
        if delivery.visible_at <= clock.now():
            raise InvalidArgument("The record is not in flight.")
        pool.hide(delivery, clock.now() + seconds * limits.SECOND)
        self._set_alarm()

    def restore(self, handle: str) -> None:
        """Let a dead record be received again, as if it never had been. Errors: InvalidArgumentException."""
        delivery = self._delivery(self.dead, handle)
        del self._deliveries[handle]
        delivery.acknowledged = True
        alive = Delivery(delivery.shard, delivery.position, delivery.first_received)
        self.normal.visible.append(alive)
        self._serve()

    def _delivery(self, pool: Pool, handle: str) -> Delivery:
        """Errors: InvalidArgumentException; text unseen."""
        delivery = self._deliveries.get(handle)
        if delivery is None or not delivery.is_there or delivery.dead is not (pool is self.dead):
            raise InvalidArgument("The receipt handle is not valid.")
        return delivery

    # ── what happens by itself ───────────────────────────────────────────────────────────────────────────────────

    def _first_due(self) -> Millis | None:
        dues = [due for pool in (self.normal, self.dead) if (due := pool.first_due()) is not None]
        return min(dues, default=None)

    def _set_alarm(self) -> None:
        due = self._first_due()
        if due is None or (self._timer is not None and self._timer.active and self._timer.due <= due):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.stream.world.clock.at(
            due,
            self._due,
            service="kinesis",
            resource=self.name,
            what="a record becomes visible again",
            true_due=self._first_due,
        )

    def _due(self) -> None:
        now = self.stream.world.clock.now()
        for pool in (self.normal, self.dead):
            while (due := pool.first_due()) is not None and due <= now:
                _, _, delivery = heappop(pool.in_flight)
                self._visible_again(pool, delivery)
        self._set_alarm()
        self._serve()

    def _visible_again(self, pool: Pool, delivery: Delivery) -> None:
        most = self.max_receive_count
        happened = self.stream.world.happened
        if pool is self.normal and most is not None and delivery.receive_count >= most:
            delivery.dead = True
            self.dead.visible.append(delivery)
            happened("kinesis", self.name, "a record of {} is a dead letter now", delivery.shard.shard_id)
            return
        pool.visible.append(delivery)
        happened("kinesis", self.name, "a record of {} is visible again", delivery.shard.shard_id)

    def _listen(self) -> None:
        for shard in self.stream.open_shards:
            shard.waiters[self] = self._serve

    def _serve(self) -> None:
        """Answer receives that wait, in order."""
        for pool in (self.normal, self.dead):
            while pool.waiting:
                answer, limit, visibility = pool.waiting[0]
                found = self._take(pool, limit, visibility)
                if not found:
                    break
                pool.waiting.pop(0)
                answer.answer(found)
        if self.normal.waiting:
            self._listen()
