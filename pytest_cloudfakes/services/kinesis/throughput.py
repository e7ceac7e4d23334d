"""What a shard takes and gives in a second, where AWS's own limits are on.

Budgets fill continuously and are full at the start. They count thousandths of a byte (or of a record), so that a
millisecond fills them by a whole number.
"""

from __future__ import annotations

from collections import deque

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.kinesis import limits

_THOUSANDTHS = 1_000
_AHEAD = (limits.LARGE_RECORD_BURST - limits.BYTES_PER_SECOND) * _THOUSANDTHS


class WriteBudget:
    """Records and bytes that a shard still takes.

    A large record may use up bytes that are to come, if there are any left: 10 MiB at once, 1 MiB/s on average.
    """

    __slots__ = ("_at", "_bytes", "_records", "refused")

    def __init__(self, now: Millis) -> None:
        self._at = now
        self._records = limits.RECORDS_PER_SECOND * _THOUSANDTHS
        self._bytes = limits.BYTES_PER_SECOND * _THOUSANDTHS
        self.refused = 0
        """How many records were refused for throughput."""

    def take(self, size: int, now: Millis) -> bool:
        """Whether a record of so many bytes fits; it is counted then."""
        self._refill(now)
        size *= _THOUSANDTHS
        large = size > limits.BYTES_PER_SECOND * _THOUSANDTHS
        fits = 0 < self._bytes >= size - _AHEAD if large else self._bytes >= size
        if self._records < _THOUSANDTHS or not fits:
            self.refused += 1
            return False
        self._records -= _THOUSANDTHS
        self._bytes -= size
        return True

    def _refill(self, now: Millis) -> None:
        passed = now - self._at
        if passed > 0:
            self._at = now
            full = limits.RECORDS_PER_SECOND * _THOUSANDTHS
            self._records = min(full, self._records + limits.RECORDS_PER_SECOND * passed)
            full = limits.BYTES_PER_SECOND * _THOUSANDTHS
            self._bytes = min(full, self._bytes + limits.BYTES_PER_SECOND * passed)


class ReadBudget:
    """Calls and bytes that a shard still gives.

    A call is answered whole if anything is left. One that uses up what is left blocks the shard for as long as its
    bytes take at 2 MiB/s: 10 MiB for five seconds.
    """

    __slots__ = ("_at", "_bytes", "_calls", "_until", "iterators", "refused")

    def __init__(self, now: Millis) -> None:
        self._at = now
        self._bytes = limits.READ_BYTES_PER_SECOND * _THOUSANDTHS
        self._until = now
        self._calls = Window(limits.READS_PER_SECOND)
        self.iterators = Window(limits.READS_PER_SECOND)
        """Calls of GetShardIterator."""
        self.refused = 0
        """How many calls were refused for throughput."""

    def admits(self, now: Millis) -> bool:
        """Whether a call of GetRecords is answered; it is counted then."""
        passed = now - self._at
        if passed > 0:
            self._at = now
            full = limits.READ_BYTES_PER_SECOND * _THOUSANDTHS
            self._bytes = min(full, self._bytes + limits.READ_BYTES_PER_SECOND * passed)
        if now < self._until or self._bytes <= 0 or not self._calls.admits(now):
            self.refused += 1
            return False
        return True

    def gave(self, size: int, now: Millis) -> None:
        """So many bytes were answered."""
        self._bytes -= size * _THOUSANDTHS
        if self._bytes <= 0:
            self._until = now + -(-size * _THOUSANDTHS // limits.READ_BYTES_PER_SECOND)


class Window:
    """At most so many calls within any second, or another period."""

    __slots__ = ("_calls", "_period")

    def __init__(self, calls: int, period: Millis = limits.SECOND) -> None:
        self._calls: deque[Millis] = deque(maxlen=calls)
        self._period = period

    def admits(self, now: Millis) -> bool:
        """Whether one more call is within the limit; it is counted then."""
        calls = self._calls
        if len(calls) == calls.maxlen and now < calls[0] + self._period:
            return False
        calls.append(now)
        return True
