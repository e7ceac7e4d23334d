"""Sequence numbers: 56 decimal digits of a 186-bit number.

In hexadecimal it reads

    digits    1   9                      1                        16              2    9                8             1
    meaning   2   shard created, in s    shard's index, lowest    running index   00   record, in s     shard index   2

The running index stands before the record's time, so it grows with every record of a shard. Records have the even
indexes from 2 on; odd ones are places between records, where a subscription continues. Index 0 is the shard's start,
the highest one its end. Source: decoded from sequence numbers of AWS (2025, 2026); the even and odd ones are this
library's choice.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LAST_INDEX = 0x7FFFFFFFFFFFFFFF
_FORM = re.compile(r"2([0-9a-f]{9})([0-9a-f])([0-7][0-9a-f]{15})00([0-9a-f]{9})([0-9a-f]{8})2")

INDEX_SHIFT = 80
SECOND_SHIFT = 36


class SequenceNumber(NamedTuple):
    """What a sequence number says. Times are whole seconds."""

    created: int
    shard: int
    running: int
    second: int

    @property
    def position(self) -> int:
        """The position of the record with this number, or of the first one after this place."""
        return max(0, (self.running - 1) // 2)

    @property
    def is_record(self) -> bool:
        """Whether a record could have it."""
        return 0 < self.running < LAST_INDEX and self.running % 2 == 0


def base(created: int, shard: int) -> int:
    """What all sequence numbers of a shard have in common."""
    return (2 << 184) | (created << 148) | ((shard & 15) << 144) | (shard << 4) | 2


def compose(common: int, index: int, second: int) -> str:
    """A sequence number from a shard's `base`, an index and a time."""
    return str(common | (index << INDEX_SHIFT) | (second << SECOND_SHIFT))


def index_of(position: int) -> int:
    """The running index of the record at a position."""
    return 2 * position + 2


def parse(text: str) -> SequenceNumber | None:
    """What a text says; None if it has not the form of a sequence number."""
    if not text.isdecimal() or len(text) > 129:
        return None
    match = _FORM.fullmatch(f"{int(text):x}")
    if match is None:
        return None
    created, nibble, index, second, shard = (int(digits, 16) for digits in match.groups())
    if shard & 15 != nibble:
        return None
    return SequenceNumber(created, shard, index, second)
