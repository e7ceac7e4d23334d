"""The records of one shard, in the order in which they arrived.

A record is known by its position: how many came before it, ever. What it consists of stands in parallel arrays, so that
a million records take little more room than their data, and every look goes by bisection or by position. Trimming
forgets from the front: the slots are emptied at once and cut off when they are half of all, O(1) for each record.
"""

from __future__ import annotations

import datetime
from array import array
from bisect import bisect_left, bisect_right

from pytest_cloudfakes.api import timestamp
from pytest_cloudfakes.scheduler import Millis

_NONE = b""


class Log:
    """Records by position. Those from `first` to before `end` are there."""

    __slots__ = ("_offset", "arrivals", "blobs", "encrypted", "end", "first", "keys", "stamps")

    def __init__(self) -> None:
        self.first = 0
        self.end = 0
        self.arrivals = array("q")
        """Never falling: the cloud's time doesn't."""
        self.blobs: list[bytes] = []
        self.keys: list[str | None] = []
        self.stamps: list[datetime.datetime | None] = []
        """Arrivals as answers show them; one that many records share is made once."""
        self.encrypted: list[int] = []
        """Positions at which encryption was switched, on first."""
        self._offset = 0

    def append(self, blob: bytes, key: str | None, now: Millis) -> int:
        """Take a record in; its position."""
        arrivals = self.arrivals
        stamps = self.stamps
        stamps.append(stamps[-1] if arrivals and arrivals[-1] == now and stamps[-1] is not None else timestamp(now))
        arrivals.append(now)
        self.blobs.append(blob)
        self.keys.append(key)
        position = self.end
        self.end = position + 1
        return position

    def encrypt(self, *, on: bool) -> None:
        """From the next record on records are encrypted, or no longer."""
        if (len(self.encrypted) % 2 == 1) is not on:
            self.encrypted.append(self.end)

    def is_encrypted(self, position: int) -> bool:
        """Whether the record is."""
        return bisect_right(self.encrypted, position) % 2 == 1

    def slots(self, start: int, stop: int) -> slice:
        """Where the records of these positions stand in the arrays."""
        return slice(start - self._offset, stop - self._offset)

    def arrival(self, position: int) -> Millis:
        """When a record that is there arrived."""
        return self.arrivals[position - self._offset]

    def oldest(self) -> Millis | None:
        """When the oldest record that is there arrived."""
        return self.arrivals[self.first - self._offset] if self.first < self.end else None

    def at(self, instant: Millis) -> int:
        """The position of the first record that arrived then or later."""
        return bisect_left(self.arrivals, instant, self.first - self._offset) + self._offset

    def trim(self, instant: Millis) -> int:
        """Forget the records that arrived then or earlier; how many those were."""
        first = self.first - self._offset
        until = bisect_right(self.arrivals, instant, first)
        blobs, keys, stamps = self.blobs, self.keys, self.stamps
        for slot in range(first, until):
            blobs[slot] = _NONE
            keys[slot] = stamps[slot] = None
        self.first = until + self._offset
        if until > len(blobs) // 2:
            del self.arrivals[:until], blobs[:until], keys[:until], stamps[:until]
            self._offset += until
        return until - first

    def __len__(self) -> int:
        return self.end - self.first
