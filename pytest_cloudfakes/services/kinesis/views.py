"""What `fake_kinesis` shows: streams with their shards and records, iterators, consumers and queues, as frozen values.

Looking never changes anything. What is due is let happen first, so that a view shows this instant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.sequences import FrozenList
from pytest_cloudfakes.services.kinesis import limits
from pytest_cloudfakes.services.kinesis.hash_keys import hash_key
from pytest_cloudfakes.services.kinesis.stream import Stream
from pytest_cloudfakes.timeline import instant_text

if TYPE_CHECKING:
    from pytest_cloudfakes.cloud import FakeCloud
    from pytest_cloudfakes.services.kinesis.consumer import Consumer
    from pytest_cloudfakes.services.kinesis.queue import Pool, StreamQueue
    from pytest_cloudfakes.services.kinesis.shard import Shard


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record at the instant of the look. Instants are milliseconds since the epoch, as of `fake_clock.now()`."""

    data: bytes
    partition_key: str | None
    sequence_number: str
    shard_id: str
    arrived_at: Millis
    expires_at: Millis
    encrypted: bool

    def __repr__(self) -> str:
        data = self.data if len(self.data) <= 40 else self.data[:37] + b"..."
        return f"<{data!r} key {self.partition_key!r}, {self.shard_id}, arrived {instant_text(self.arrived_at)}>"


@dataclass(frozen=True, slots=True)
class ShardView:
    """A shard at the instant of the look."""

    shard_id: str
    starting_hash_key: int
    ending_hash_key: int
    parents: FrozenList[str]
    """None, the one that was split, or the two that were merged."""
    children: FrozenList[str]
    opened_at: Millis
    closed_at: Millis | None
    expires_at: Millis | None
    """When a closed shard is no longer there."""
    record_count: int
    """How many records are there."""
    throttled_writes: int
    """How many records were refused for throughput."""
    throttled_reads: int
    """How many calls of GetRecords were refused for throughput."""

    @property
    def is_open(self) -> bool:
        """Whether it takes records."""
        return self.closed_at is None

    def __repr__(self) -> str:
        state = "open" if self.closed_at is None else f"closed {instant_text(self.closed_at)}"
        return f"<{self.shard_id} {state}, {self.record_count} records>"


@dataclass(frozen=True, slots=True)
class IteratorView:
    """A shard iterator that hasn't expired."""

    shard_id: str
    sequence_number: str | None
    """Of the record that it would read next; None if that isn't there yet."""
    given_at: Millis
    expires_at: Millis
    """The last instant at which it may be used."""


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """The latest subscription of a consumer to a shard."""

    shard_id: str
    began_at: Millis
    ends_at: Millis
    active: bool
    event_count: int
    """How many events were read from it."""


@dataclass(frozen=True, slots=True)
class ConsumerView:
    """A registered consumer."""

    name: str
    arn: str
    status: str
    registered_at: Millis
    subscriptions: FrozenList[SubscriptionView]


@dataclass(frozen=True, slots=True)
class QueueView:
    """A queue of a stream: how many of the records that were received are in which state."""

    name: str
    arn: str
    status: str
    in_flight: int
    returned: int
    """Received without being acknowledged, and visible again."""
    dead: int
    """Dead letters, whether in flight or not."""


class StreamView:
    """A stream, looked at anew with every question. What it holds comes as frozen lists of frozen values."""

    def __init__(self, stream: Stream, cloud: FakeCloud) -> None:
        self._stream = stream
        self._cloud = cloud

    @property
    def name(self) -> str:
        """Its name."""
        return self._stream.name

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self._stream.arn

    @property
    def exists(self) -> bool:
        """Whether it hasn't been deleted."""
        return not self._now().deleted

    @property
    def status(self) -> str:
        """CREATING, ACTIVE, UPDATING or DELETING."""
        return self._now().status

    @property
    def mode(self) -> str:
        """PROVISIONED or ON_DEMAND."""
        return self._now().mode

    @property
    def retention_hours(self) -> int:
        """For how long records are kept."""
        return self._now().retention // limits.HOUR

    @property
    def tags(self) -> Mapping[str, str]:
        """Its tags."""
        return MappingProxyType(dict(self._now().tags))

    @property
    def shards(self) -> FrozenList[ShardView]:
        """The shards that haven't expired, by index."""
        stream = self._now()
        with self._cloud.lock:
            return FrozenList(_shard(stream, shard) for shard in stream.shards.values())

    @property
    def open_shards(self) -> FrozenList[ShardView]:
        """The shards that take records, by hash key."""
        stream = self._now()
        with self._cloud.lock:
            return FrozenList(_shard(stream, shard) for shard in stream.open_shards)

    @property
    def records(self) -> FrozenList[RecordView]:
        """The records of all shards, in the order in which they arrived; of one instant by shard."""
        stream = self._now()
        with self._cloud.lock:
            found = [record for shard in stream.shards.values() for record in _records(stream, shard)]
        return FrozenList(sorted(found, key=lambda record: record.arrived_at))

    def records_of(self, shard_id: str) -> FrozenList[RecordView]:
        """The records of one shard, in order."""
        stream = self._now()
        with self._cloud.lock:
            return FrozenList(
                record
                for shard in stream.shards.values()
                if shard.shard_id == shard_id
                for record in _records(stream, shard)
            )

    def shard_for(self, partition_key: str) -> str:
        """The id of the shard that a partition key belongs to now."""
        stream = self._now()
        return stream.shard_at(hash_key(partition_key)).shard_id

    @property
    def iterators(self) -> FrozenList[IteratorView]:
        """The shard iterators that could be used now (of the newest 10,000), oldest first."""
        stream = self._now()
        now = self._cloud.clock.now()
        with self._cloud.lock:
            return FrozenList(
                IteratorView(
                    shard_id=shard.shard_id,
                    sequence_number=_next_number(shard, issued.position),
                    given_at=issued.at,
                    expires_at=issued.at + limits.ITERATOR_LIFE,
                )
                for issued in stream.issued
                if now <= issued.at + limits.ITERATOR_LIFE and (shard := stream.shards.get(issued.shard)) is not None
            )

    @property
    def consumers(self) -> FrozenList[ConsumerView]:
        """The registered consumers, by name."""
        stream = self._now()
        with self._cloud.lock:
            return FrozenList(map(_consumer, stream.consumers.values()))

    def _now(self) -> Stream:
        with self._cloud.lock:
            self._cloud.clock.now()
            return self._stream

    def __repr__(self) -> str:
        stream = self._now()
        if stream.deleted:
            return f"<stream {stream.name}: deleted>"
        count = sum(len(shard.log) for shard in stream.shards.values())
        return f"<stream {stream.name} {stream.status}: {len(stream.open_shards)} open shards, {count} records>"


def _shard(stream: Stream, shard: Shard) -> ShardView:
    return ShardView(
        shard_id=shard.shard_id,
        starting_hash_key=shard.start,
        ending_hash_key=shard.end,
        parents=FrozenList(parent for parent in (shard.parent, shard.adjacent_parent) if parent is not None),
        children=FrozenList(child.shard_id for child in shard.children),
        opened_at=shard.created,
        closed_at=shard.closed,
        expires_at=None if shard.closed is None else shard.closed + stream.retention,
        record_count=len(shard.log),
        throttled_writes=shard.writes.refused,
        throttled_reads=shard.reads.refused,
    )


def _records(stream: Stream, shard: Shard) -> Iterator[RecordView]:
    log = shard.log
    for position, record in enumerate(shard.records(log.first, log.end), log.first):
        arrived = log.arrival(position)
        yield RecordView(
            data=record["Data"],
            partition_key=record.get("PartitionKey"),
            sequence_number=record["SequenceNumber"],
            shard_id=shard.shard_id,
            arrived_at=arrived,
            expires_at=arrived + stream.retention,
            encrypted="EncryptionType" in record,
        )


def _next_number(shard: Shard, position: int) -> str | None:
    position = max(position, shard.log.first)
    return shard.number(position) if position < shard.log.end else None


def _consumer(consumer: Consumer) -> ConsumerView:
    return ConsumerView(
        name=consumer.name,
        arn=consumer.arn,
        status=consumer.status,
        registered_at=consumer.created,
        subscriptions=FrozenList(
            SubscriptionView(
                shard_id=subscription.shard.shard_id,
                began_at=subscription.begun,
                ends_at=subscription.ends,
                active=subscription.active,
                event_count=subscription.events,
            )
            for subscription in consumer.subscriptions.values()
        ),
    )


def queue_view(queue: StreamQueue) -> QueueView:
    """A queue at this instant."""
    return QueueView(
        name=queue.name,
        arn=queue.arn,
        status=queue.status,
        in_flight=_in_flight(queue.normal),
        returned=_returned(queue.normal),
        dead=_in_flight(queue.dead) + _returned(queue.dead),
    )


def _in_flight(pool: Pool) -> int:
    return sum(due == delivery.visible_at and delivery.is_there for due, _, delivery in pool.in_flight)


def _returned(pool: Pool) -> int:
    return sum(delivery.is_there for delivery in pool.visible)
