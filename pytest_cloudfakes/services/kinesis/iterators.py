"""Shard iterators: opaque texts that say where to read on, for five minutes.

Each is a place in a shard and the instant at which it was given out; the fake keeps nothing for it to be valid.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import struct
from binascii import crc32
from typing import NamedTuple

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.kinesis.errors import ExpiredIterator, InvalidArgument
from pytest_cloudfakes.services.kinesis.limits import ITERATOR_LIFE

_HEAD = struct.Struct(">8xQQIQQQ")
_CHECK = struct.Struct(">I")


class Place(NamedTuple):
    """Where an iterator points, and since when it does."""

    account: int
    generation: int
    """Which stream of its account and region it was made for, of all there ever were."""
    shard: int
    position: int
    issued: Millis
    number: int
    """Counts iterators, so that no two are equal."""
    stream: str


def encode(place: Place) -> str:
    """The iterator for a place."""
    payload = _HEAD.pack(*place[:6]) + place.stream.encode()
    return base64.b64encode(payload + _CHECK.pack(crc32(payload))).decode()


def decode(text: str, now: Millis) -> Place:
    """The place of an iterator. Errors: InvalidArgumentException, ExpiredIteratorException."""
    try:
        octets = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        raise InvalidArgument("Invalid ShardIterator.") from None
    payload, check = octets[:-4], octets[-4:]
    if len(payload) <= _HEAD.size or _CHECK.pack(crc32(payload)) != check:
        raise InvalidArgument("Invalid ShardIterator.")
    account, generation, shard, position, issued, number = _HEAD.unpack(payload[: _HEAD.size])
    place = Place(account, generation, shard, position, issued, number, payload[_HEAD.size :].decode())
    if now > place.issued + ITERATOR_LIFE:
        raise ExpiredIterator(created=java_date(place.issued), now=java_date(now))
    return place


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def java_date(instant: Millis) -> str:
    """An instant as Java's Date prints it, whatever the locale: Thu Jan 22 01:22:02 UTC 2015."""
    at = datetime.datetime.fromtimestamp(instant // 1000, datetime.timezone.utc)
    return f"{_DAYS[at.weekday()]} {_MONTHS[at.month - 1]} {at.day:02} {at:%H:%M:%S} UTC {at.year}"
