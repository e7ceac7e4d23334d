"""Event streams: answers that arrive as messages of `application/vnd.amazon.eventstream`.

A message is a prelude (total length, length of the headers, CRC of both), headers with types, a payload and a CRC of it
all. Source: Amazon Transcribe developer guide, event stream encoding; Smithy, Amazon event stream specification.
"""

from __future__ import annotations

import datetime
from binascii import crc32
from collections.abc import Callable, Iterable, Iterator, Mapping
from struct import pack
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.protocols.values import members_of

if TYPE_CHECKING:
    from botocore.model import Shape

CONTENT_TYPE = "application/vnd.amazon.eventstream"

Header = str | bytes | bool | int | datetime.datetime
Dump = Callable[[Any], bytes]
"""Makes a payload of a value, in the protocol's own format."""


def message(headers: Mapping[str, Header], payload: bytes = b"") -> bytes:
    """One message with its checksums."""
    head = b"".join(_header(name, value) for name, value in headers.items())
    prelude = pack("!II", 16 + len(head) + len(payload), len(head))
    prelude += pack("!I", crc32(prelude))
    rest = head + payload
    return prelude + rest + pack("!I", crc32(rest, crc32(prelude)))


def _header(name: str, value: Header) -> bytes:
    key = name.encode()
    return pack("!B", len(key)) + key + _header_value(value)


def _header_value(value: Header) -> bytes:
    if isinstance(value, bool):
        return b"\x00" if value else b"\x01"
    if isinstance(value, int):
        return b"\x04" + pack("!i", value) if -(2**31) <= value < 2**31 else b"\x05" + pack("!q", value)
    if isinstance(value, datetime.datetime):
        return b"\x08" + pack("!q", round(value.timestamp() * 1000))
    if isinstance(value, bytes):
        return b"\x06" + pack("!H", len(value)) + value
    text = value.encode("utf-8", "replace")
    return b"\x07" + pack("!H", len(text)) + text


class EventWriter:
    """Writes the events of one stream; `dump_of` compiles what dumps a shape in the protocol's own format."""

    def __init__(self, stream: Shape, content_type: str, dump_of: Callable[[Shape], Dump]) -> None:
        self._content_type = content_type
        self._events = {name: self._event(name, shape, dump_of) for name, shape in members_of(stream)}

    def _event(self, name: str, shape: Shape, dump_of: Callable[[Shape], Dump]) -> Callable[[Mapping[str, Any]], bytes]:
        kind = "exception" if shape.metadata.get("exception") else "event"
        fixed = {f":{kind}-type": name, ":message-type": kind}
        in_header = [n for n, s in members_of(shape) if s.serialization.get("eventheader")]
        payload = next(((n, s) for n, s in members_of(shape) if s.serialization.get("eventpayload")), None)
        dump, content_type = self._payload(shape, payload, in_header, dump_of)

        def write(event: Mapping[str, Any]) -> bytes:
            headers: dict[str, Header] = {n: event[n] for n in in_header if event.get(n) is not None}
            body = dump(event if payload is None else event.get(payload[0]))
            return message({**fixed, ":content-type": content_type, **headers} if body else {**fixed, **headers}, body)

        return write

    def _payload(
        self, shape: Shape, payload: tuple[str, Shape] | None, in_header: list[str], dump_of: Callable[[Shape], Dump]
    ) -> tuple[Dump, str]:
        if payload is None:
            dump = dump_of(shape)
            return lambda event: dump({n: v for n, v in event.items() if n not in in_header}), self._content_type
        if payload[1].type_name == "blob":
            return lambda value: value or b"", "application/octet-stream"
        if payload[1].type_name == "string":
            return lambda value: (value or "").encode(), "text/plain"
        inner = dump_of(payload[1])
        return lambda value: b"" if value is None else inner(value), self._content_type

    def stream(self, events: Iterable[Mapping[str, Any]], initial: bytes | None = None) -> Iterator[bytes]:
        """The messages of a stream. What the events raise ends it as AWS would: with a message that says so.

        initial: the payload of the message that carries the answer's other members, for protocols that have one.
        """
        if initial is not None:
            kind = {":event-type": "initial-response", ":content-type": self._content_type, ":message-type": "event"}
            yield message(kind, initial)
        try:
            for event in events:
                if not event:
                    yield b""  # nothing has come yet, and the reader doesn't block
                for name, value in event.items():
                    yield self._events[name](value)
        except ApiError as error:
            yield self._error(error)

    def _error(self, error: ApiError) -> bytes:
        write = self._events.get(error.code)
        if write is not None:
            return write({"message": error.text, **error.extra_members()})
        return message({":message-type": "error", ":error-code": error.code, ":error-message": error.text})
