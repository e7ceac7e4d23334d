"""Reading a shard from a position: what an answer holds, where the next one begins, how far behind it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.kinesis.limits import MAXIMUM_CALL_BYTES

if TYPE_CHECKING:
    from pytest_cloudfakes.services.kinesis.shard import Shard

Waiter = Callable[[], None]


class Batch(NamedTuple):
    """What was read."""

    records: list[dict[str, Any]]
    size: int
    """Bytes of the records' data."""
    position: int
    """Where the next read begins."""
    behind: Millis
    """MillisBehindLatest."""
    at_end: bool
    """Whether the shard is closed and was read to its last record."""


def read(shard: Shard, position: int, limit: int, now: Millis, *, maximum: int = MAXIMUM_CALL_BYTES) -> Batch:
    """Up to `limit` records from a position on, with `maximum` bytes in all, though at least one if there is any."""
    log = shard.log
    start = max(position, log.first)
    stop, size = _within(shard, start, min(start + limit, log.end), maximum)
    records = shard.records(start, stop) if stop > start else []
    at_end = shard.closed is not None and stop >= log.end
    behind = 0
    if shard.closed is not None and at_end:
        behind = now - shard.closed
    elif stop < log.end:
        behind = now - log.arrival(stop - 1)
    return Batch(records, size, stop, behind, at_end)


def _within(shard: Shard, start: int, stop: int, maximum: int) -> tuple[int, int]:
    """Where to stop for the sake of the size, and the size."""
    sizes = list(map(len, shard.log.blobs[shard.log.slots(start, stop)]))
    size = sum(sizes)
    while size > maximum and len(sizes) > 1:
        size -= sizes.pop()
    return start + len(sizes), size
