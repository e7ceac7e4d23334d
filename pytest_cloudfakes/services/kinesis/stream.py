"""A stream: its state, its shards, and where a record goes.

    state       by                      then
    CREATING    CreateStream            ACTIVE, and the shards are there
    ACTIVE      a change of any kind    UPDATING, then ACTIVE: the change is made at the end
    any         DeleteStream            DELETING, then gone

A transition takes no time unless the cloud was told so. While it is UPDATING a stream is written to and read from as
before: what is going to be split or merged takes records until the new shards replace it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from sortedcontainers import SortedDict

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.scheduler import Due, Millis, Timer
from pytest_cloudfakes.services.kinesis import hash_keys, limits
from pytest_cloudfakes.services.kinesis.errors import (
    LimitExceeded,
    ResourceInUse,
    ResourceNotFound,
    ShardToChangeNotFound,
)
from pytest_cloudfakes.services.kinesis.shard import Shard, shard_id, shard_index
from pytest_cloudfakes.services.kinesis.throughput import Window
from pytest_cloudfakes.services.kinesis.world import World

if TYPE_CHECKING:
    from pytest_cloudfakes.services.kinesis.consumer import Consumer
    from pytest_cloudfakes.services.kinesis.writing import Refusal

CREATING, ACTIVE, UPDATING, DELETING = "CREATING", "ACTIVE", "UPDATING", "DELETING"
PROVISIONED, ON_DEMAND = "PROVISIONED", "ON_DEMAND"
AUTO, USER_PARTITION_KEY = "AUTO", "USER_PARTITION_KEY"
METRICS = (
    "IncomingBytes",
    "IncomingRecords",
    "OutgoingBytes",
    "OutgoingRecords",
    "WriteProvisionedThroughputExceeded",
    "ReadProvisionedThroughputExceeded",
    "IteratorAgeMilliseconds",
)


class Issued(NamedTuple):
    """An iterator that was given out."""

    shard: int
    position: int
    at: Millis


class Stream:
    """One stream."""

    def __init__(self, name: str, world: World, generation: int, *, mode: str) -> None:
        self.name = name
        self.world = world
        self.generation = generation
        self.arn = world.arn(f"stream/{name}")
        self.created = world.clock.now()
        self.opened = self.created
        """When its first shards came."""
        self.status = ACTIVE
        self.mode = mode
        self.retention: Millis = limits.DEFAULT_RETENTION_HOURS * limits.HOUR
        self.maximum_record = limits.DEFAULT_RECORD_KIB * limits.KIB
        self.key_id: str | None = None
        """The key of server-side encryption, if it is on."""
        self.metrics: tuple[str, ...] = ()
        self.strategy = USER_PARTITION_KEY
        self.warm_target = 0
        self.warm = 0
        self.tags: dict[str, str] = {}
        self.policy: str | None = None
        self.consumers: SortedDict[str, Consumer] = SortedDict()
        self.consumer_seconds: dict[str, int] = {}
        self.queue_count = 0
        self.deleted = False
        self.shards: SortedDict[int, Shard] = SortedDict()
        """By index, those that have expired left out."""
        self.refusals: list[Refusal] = []
        """Failures that a test ordered."""
        self.issued: deque[Issued] = deque(maxlen=10_000)
        """The newest iterators."""
        self.on_resharding: dict[object, Callable[[], None]] = {}
        """Told when there are other shards to listen to."""
        self._next_shard = 0
        self._open: list[Shard] = []
        self._starts: list[int] = []
        self._closing: list[Shard] = []
        self._change: Timer | None = None
        self._turn = 0
        self._rates: dict[str, Window] = {}

    # ── state ────────────────────────────────────────────────────────────────────────────────────────────────────

    def begin(self, status: str, takes: Millis, what: str, finish: Callable[[], None]) -> None:
        """Enter a state, and `finish` at its end: at once, or after so long where transitions take their time."""
        if not self.world.transitions_take_time:
            finish()
            return
        if self._change is not None:
            self._change.cancel()
        self.status = status
        clock = self.world.clock

        def done() -> None:
            self._change = None
            self.status = ACTIVE
            finish()
            self.world.happened("kinesis", self.name, what)

        self._change = clock.at(clock.now() + takes, done, service="kinesis", resource=self.name, what=what)

    def update(self, what: str, finish: Callable[[], None], *, takes: Millis = limits.CHANGE_TAKES) -> None:
        """Change something of a stream that is ACTIVE. Errors: ResourceInUseException."""
        self.require_active()
        self.begin(UPDATING, takes, what, finish)

    def require_active(self) -> None:
        """Errors: ResourceInUseException."""
        if self.status != ACTIVE:
            raise self.error(ResourceInUse, state=self.status)

    def require_usable(self) -> None:
        """Refuse writing and reading while the stream isn't there yet or no longer. Errors: ResourceNotFoundException.

        Source: observed of the service (2020) for CREATING. Deviation: A stream that is being deleted takes and gives
        no records; AWS may go on for a while.
        """
        if self.status not in {ACTIVE, UPDATING}:
            raise self.error(ResourceNotFound)

    def count_daily(self, what: str, calls: int) -> None:
        """At most so many in a rolling day, where AWS's own rates are on. Errors: LimitExceededException."""
        if self.world.metered:
            window = self._rates.setdefault(what, Window(calls, limits.DAY))
            if not window.admits(self.world.clock.now()):
                raise self.error(LimitExceeded)

    def error(self, kind: type[ApiError], **fields: object) -> ApiError:
        """An error that names this stream."""
        return kind(stream=self.name, account=self.world.account, **fields)

    def close(self) -> None:
        """The stream is gone, and all that belongs to it."""
        self.deleted = True
        if self._change is not None:
            self._change.cancel()
        for shard in self.shards.values():
            if shard.timer is not None:
                shard.timer.cancel()
            shard.wake()

    # ── shards ───────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def open_shards(self) -> list[Shard]:
        """The shards that take records, by their hash keys."""
        return self._open

    def open_first_shards(self, count: int) -> None:
        """Divide the key space equally among so many new shards."""
        now = self.opened = self.world.clock.now()
        starts = hash_keys.starts(count)
        ends = [*(start - 1 for start in starts[1:]), limits.HASH_KEYS - 1]
        for start, end in zip(starts, ends, strict=True):
            self.add_shard(start, end, now)
        self.arrange()

    def add_shard(
        self, start: int, end: int, now: Millis, *, parent: Shard | None = None, adjacent_parent: Shard | None = None
    ) -> Shard:
        """A new shard with the next index; `arrange` puts it in its place."""
        shard = Shard(self._next_shard, start, end, now, parent=parent, adjacent_parent=adjacent_parent)
        self._next_shard += 1
        self.shards[shard.index] = shard
        if self.key_id is not None:
            shard.log.encrypt(on=True)
        return shard

    def close_shard(self, shard: Shard, now: Millis) -> None:
        """Let a shard take no more records. Who waits for one is told when its children are there."""
        shard.closed = now
        self._closing.append(shard)
        self.watch(shard)

    def arrange(self) -> None:
        """Find out anew which shard takes which hash keys."""
        self._open = sorted((shard for shard in self.shards.values() if shard.is_open), key=lambda shard: shard.start)
        self._starts = [shard.start for shard in self._open]
        closing, self._closing = self._closing, []
        for shard in closing:
            shard.wake()
        for tell in list(self.on_resharding.values()):
            tell()

    def shard_for(self, partition_key: str | None, explicit: str | None) -> Shard:
        """The shard that a record goes to. Errors: InvalidArgumentException."""
        if self.strategy == AUTO:
            self._turn += 1
            return self._open[self._turn % len(self._open)]
        if explicit is not None:
            return self.shard_at(hash_keys.explicit_hash_key(explicit))
        return self.shard_at(hash_keys.hash_key(partition_key or ""))

    def shard_at(self, hash_key: int) -> Shard:
        """The open shard that a hash key belongs to."""
        return self._open[bisect_right(self._starts, hash_key) - 1]

    def shard(self, name: str, missing: type[ApiError]) -> Shard:
        """A shard by its name. Errors: ResourceNotFoundException; with the text of `missing` if the name has a form."""
        index = shard_index(name)
        if index is None:
            raise self.error(ShardToChangeNotFound, shard=name)
        shard: Shard | None = self.shards.get(index)
        if shard is None:
            raise self.error(missing, shard=shard_id(index))
        return shard

    def shards_after(self, index: int | None) -> Iterator[Shard]:
        """The shards whose index is greater, in order."""
        indexes = self.shards.irange() if index is None else self.shards.irange(index, inclusive=(False, True))
        return map(self.shards.__getitem__, indexes)

    # ── retention ────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def horizon(self) -> Millis:
        """Records that arrived then or earlier are no longer there."""
        return self.world.clock.now() - self.retention

    def retain(self, retention: Millis) -> None:
        """Keep records for so long from now on; what is too old for that is gone at once and for good."""
        self.retention = retention
        for shard in list(self.shards.values()):
            if shard.timer is not None:
                shard.timer.cancel()
                shard.timer = None
            self._trim(shard)

    def watch(self, shard: Shard) -> None:
        """See to it that what grows old in a shard is forgotten in time."""
        if shard.timer is not None:
            return
        due = self._due(shard)
        if due is not None:
            shard.timer = self.world.clock.at(
                due,
                lambda: self._grown_old(shard),
                service="kinesis",
                resource=self.name,
                what=f"records of {shard.shard_id} expire",
                details=lambda: self._coming(shard),
                true_due=lambda: self._due(shard),
                background=True,
            )

    def _due(self, shard: Shard) -> Millis | None:
        oldest = shard.log.oldest()
        if oldest is None:
            oldest = shard.closed
        return None if oldest is None else oldest + self.retention

    def _coming(self, shard: Shard) -> Iterator[Due]:
        oldest = shard.log.oldest()
        if oldest is not None:
            yield Due(oldest + self.retention, "kinesis", self.name, f"records of {shard.shard_id} expire")
        elif shard.closed is not None:
            yield Due(shard.closed + self.retention, "kinesis", self.name, f"{shard.shard_id} expires")

    def _grown_old(self, shard: Shard) -> None:
        shard.timer = None
        self._trim(shard)

    def _trim(self, shard: Shard) -> None:
        trimmed = shard.log.trim(self.horizon)
        if trimmed:
            self.world.happened("kinesis", self.name, "{} of {} expired", _records(trimmed), shard.shard_id)
        if shard.closed is not None and shard.closed <= self.horizon:
            shard.expired = True
            del self.shards[shard.index]
            self.world.happened("kinesis", self.name, "{} expired", shard.shard_id)
        else:
            self.watch(shard)

    # ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────

    def encrypt(self, key_id: str | None) -> None:
        """Encrypt what comes from now on with a key, or no longer."""
        self.key_id = key_id
        for shard in self._open:
            shard.log.encrypt(on=key_id is not None)

    def __repr__(self) -> str:
        return f"<stream {self.name} {self.status}, {len(self._open)} open shards>"


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count} records"
