"""CBOR in the subset of Smithy's RPC protocol: what its clients send and read. Source: RFC 8949; Smithy RPC v2 CBOR.

Integers, byte and text strings, arrays, maps, booleans, null, floats of three sizes, and tag 1 for instants; strings,
arrays and maps of unknown length are read, too. Text that isn't UTF-8, other tags and what breaks off are refused.
"""

from __future__ import annotations

import datetime
from struct import pack, unpack_from
from typing import Any

from pytest_cloudfakes.protocols.errors import SerializationException
from pytest_cloudfakes.protocols.timestamps import read_timestamp

UNKNOWN_LENGTH = 31
BREAK = 0xFF
DEEPEST = 500


# ---- reading -------------------------------------------------------------------------------------------------------


def loads(body: bytes) -> Any:
    """The one value that a body is."""
    reader = _Reader(body)
    value = reader.item(0)
    if reader.position != len(body):
        raise SerializationException
    return value


class _Reader:
    """A body and how far it has been read."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.position = 0

    def take(self, count: int) -> bytes:
        start, self.position = self.position, self.position + count
        if self.position > len(self.body):
            raise SerializationException
        return self.body[start : self.position]

    def item(self, depth: int) -> Any:
        if depth > DEEPEST:
            raise SerializationException
        major, info = divmod(self.take(1)[0], 32)
        if major == 7:
            return self.simple(info)
        if info == UNKNOWN_LENGTH:
            return self.unknown_length(major, depth)
        number = self.number(info)
        if major == 0:
            return number
        if major == 1:
            return -1 - number
        if major == 2:
            return self.take(number)
        if major == 3:
            return text(self.take(number))
        if major == 6:
            return self.tagged(number, depth)
        if number > len(self.body) - self.position:  # each entry takes a byte at least
            raise SerializationException
        if major == 4:
            return [self.item(depth + 1) for _ in range(number)]
        return dict(self.pair(depth) for _ in range(number))

    def number(self, info: int) -> int:
        if info < 24:
            return info
        if info > 27:
            raise SerializationException
        return int.from_bytes(self.take(1 << (info - 24)), "big")

    def pair(self, depth: int) -> tuple[str, Any]:
        key = self.item(depth + 1)
        if not isinstance(key, str):
            raise SerializationException
        return key, self.item(depth + 1)

    def unknown_length(self, major: int, depth: int) -> Any:
        if major in {2, 3}:
            joined = b"".join(self.chunks(major))
            return joined if major == 2 else text(joined)
        if major == 4:
            items = []
            while not self.at_break():
                items.append(self.item(depth + 1))
            return items
        if major == 5:
            pairs = {}
            while not self.at_break():
                key, value = self.pair(depth)
                pairs[key] = value
            return pairs
        raise SerializationException

    def chunks(self, major: int) -> list[bytes]:
        parts = []
        while not self.at_break():
            inner, info = divmod(self.take(1)[0], 32)
            if inner != major:
                raise SerializationException
            parts.append(self.take(self.number(info)))
        return parts

    def at_break(self) -> bool:
        if self.take(1)[0] == BREAK:
            return True
        self.position -= 1
        return False

    def tagged(self, tag: int, depth: int) -> datetime.datetime:
        value = self.item(depth + 1)
        if tag != 1 or isinstance(value, bool) or not isinstance(value, (int, float)):
            raise SerializationException
        return read_timestamp(value)

    def simple(self, info: int) -> Any:
        if info in SIMPLE:
            return SIMPLE[info]
        if info not in FLOATS:
            raise SerializationException
        form, size = FLOATS[info]
        return unpack_from(form, self.take(size))[0]


def text(raw: bytes) -> str:
    try:
        return raw.decode()
    except ValueError:
        raise SerializationException from None


SIMPLE = {20: False, 21: True, 22: None, 23: None}
FLOATS = {25: (">e", 2), 26: (">f", 4), 27: (">d", 8)}


# ---- writing -------------------------------------------------------------------------------------------------------


def dumps(value: Any) -> bytes:
    """A value of Python's types as CBOR."""
    out = bytearray()
    write(value, out)
    return bytes(out)


def write(value: Any, out: bytearray) -> None:
    kind = type(value)
    if kind is str:
        raw = value.encode("utf-8", "replace")
        head(3, len(raw), out)
        out += raw
    elif kind is dict:
        head(5, len(value), out)
        for key, item in value.items():
            write(key, out)
            write(item, out)
    elif kind is list or kind is tuple:
        head(4, len(value), out)
        for item in value:
            write(item, out)
    elif kind is bytes or kind is bytearray:
        head(2, len(value), out)
        out += value
    elif kind is bool or value is None:
        out.append(0xF6 if value is None else 0xF5 if value else 0xF4)
    elif kind is int:
        write_integer(value, out)
    elif isinstance(value, datetime.datetime):
        out.append(0xC1)
        write_double(value.timestamp(), out)
    else:
        write_double(value, out)


def write_integer(value: int, out: bytearray) -> None:
    if value >= 0:
        head(0, value, out)
    else:
        head(1, -1 - value, out)


def write_double(value: float, out: bytearray) -> None:
    out.append(0xFB)
    out += pack(">d", value)


def head(major: int, number: int, out: bytearray) -> None:
    """The first byte of an item with the number that follows it."""
    if number < 24:
        out.append(major << 5 | number)
        return
    size = 0 if number < 1 << 8 else 1 if number < 1 << 16 else 2 if number < 1 << 32 else 3
    out.append(major << 5 | 24 + size)
    out += number.to_bytes(1 << size, "big")
