"""A shard: a range of hash keys for as long as it is open, and the records that fell into it.

A shard is open until a split or a merge closes it. It then takes no more records, but can be read until its last record
is older than the stream's retention; after that it is gone. Its children begin where it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.kinesis import sequence
from pytest_cloudfakes.services.kinesis.log import Log
from pytest_cloudfakes.services.kinesis.throughput import ReadBudget, WriteBudget

if TYPE_CHECKING:
    from pytest_cloudfakes.services.kinesis.reading import Waiter


class Shard:
    """One shard of a stream. `start` and `end` are its first and its last hash key."""

    __slots__ = (
        "_base",
        "adjacent_parent",
        "children",
        "closed",
        "created",
        "created_second",
        "end",
        "expired",
        "index",
        "log",
        "parent",
        "reads",
        "shard_id",
        "start",
        "timer",
        "waiters",
        "writes",
    )

    def __init__(
        self,
        index: int,
        start: int,
        end: int,
        now: Millis,
        *,
        parent: Shard | None = None,
        adjacent_parent: Shard | None = None,
    ) -> None:
        self.index = index
        self.shard_id = shard_id(index)
        self.start = start
        self.end = end
        self.created = now
        # A child's sequence numbers are all greater than its parents'.
        parents = [each for each in (parent, adjacent_parent) if each is not None]
        self.created_second: int = now // 1000
        if parents:
            self.created_second = 1 + max(self.created_second, *(each.created_second for each in parents))
        self.parent = parent.shard_id if parent is not None else None
        self.adjacent_parent = adjacent_parent.shard_id if adjacent_parent is not None else None
        self.children: list[Shard] = []
        for each in parents:
            each.children.append(self)
        self.closed: Millis | None = None
        self.expired = False
        self.log = Log()
        self.writes = WriteBudget(now)
        self.reads = ReadBudget(now)
        self.timer: Any = None
        """The end of its oldest record's retention, or of its own."""
        self.waiters: dict[object, Waiter] = {}
        """Subscriptions that wait for a record, or for the end."""
        self._base = sequence.base(self.created_second, index)

    @property
    def is_open(self) -> bool:
        """Whether it takes records."""
        return self.closed is None

    def put(self, blob: bytes, key: str | None, now: Millis) -> str:
        """Take a record in; its sequence number."""
        position = self.log.append(blob, key, now)
        if self.waiters:
            self.wake()
        return str(self._base | (2 * position + 2 << sequence.INDEX_SHIFT) | (now // 1000 << sequence.SECOND_SHIFT))

    def wake(self) -> None:
        """Tell those who wait that there is something to see."""
        waiters, self.waiters = self.waiters, {}
        for waiter in waiters.values():
            waiter()

    def number(self, position: int) -> str:
        """The sequence number of the record at a position."""
        second = self.log.arrival(position) // 1000
        return sequence.compose(self._base, sequence.index_of(position), second)

    def place_before(self, position: int, now: Millis) -> str:
        """A sequence number between the records before and after a position, where reading can go on."""
        return sequence.compose(self._base, 2 * position + 1, now // 1000)

    @property
    def starting_number(self) -> str:
        """The sequence number that all records of the shard are greater than."""
        return sequence.compose(self._base, 0, self.created_second)

    @property
    def ending_number(self) -> str | None:
        """The sequence number that all records of the shard are smaller than; None while it is open."""
        if self.closed is None:
            return None
        return sequence.compose(self._base, sequence.LAST_INDEX, self.closed // 1000)

    def records(self, start: int, stop: int) -> list[dict[str, Any]]:
        """The records of these positions, as answers show them."""
        log, base = self.log, self._base
        slots = log.slots(start, stop)
        numbers = range(2 * start + 2, 2 * stop + 2, 2)
        found: list[dict[str, Any]] = [
            {
                "SequenceNumber": str(base | (index << 80) | (arrival // 1000 << 36)),
                "ApproximateArrivalTimestamp": stamp,
                "Data": blob,
                "PartitionKey": key,
            }
            for index, arrival, stamp, blob, key in zip(
                numbers, log.arrivals[slots], log.stamps[slots], log.blobs[slots], log.keys[slots], strict=False
            )
        ]
        if log.encrypted:
            for position, record in enumerate(found, start):
                if log.is_encrypted(position):
                    record["EncryptionType"] = "KMS"
        if None in log.keys[slots]:
            for record in found:
                if record["PartitionKey"] is None:
                    del record["PartitionKey"]
        return found

    def __repr__(self) -> str:
        state = "open" if self.is_open else "closed"
        return f"<{self.shard_id} {state}, {len(self.log)} records>"


def shard_id(index: int) -> str:
    """AWS's name of a shard."""
    return f"shardId-{index:012d}"


def shard_index(text: str) -> int | None:
    """The index in a shard's name, leniently: whatever stands before the first hyphen; None if there is no index.

    Source: observed of the service (2020).
    """
    _, hyphen, digits = text.partition("-")
    if not hyphen or not digits.isascii() or not digits.isdigit():
        return None
    index = int(digits)
    return index if index <= 2_147_483_647 else None
