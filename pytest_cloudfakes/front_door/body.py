"""Reading the body of a request: as long as it says, or in chunks; and what may be wrong with it."""

from __future__ import annotations

from typing import Any

from cheroot.errors import MaxSizeExceeded

from pytest_cloudfakes.front_door.errors import MalformedHttp, RequestEntityTooLarge, RequestTimeout
from pytest_cloudfakes.front_door.limits import MOST
from pytest_cloudfakes.protocols.errors import IncompleteBody

_ON_THE_WIRE = 2 * MOST
"""Bytes of a body in chunks, with all that stands around them."""
_PIECE = 2**16


def read_body(request: Any) -> bytes:
    """The whole body. Errors: an `ApiError`, after which the connection can't be used any more."""
    try:
        return _chunked(request.rfile) if request.chunked_read else _of_known_length(request)
    except TimeoutError:
        raise RequestTimeout from None


def _of_known_length(request: Any) -> bytes:
    declared = request.inheaders.get(b"Content-Length", b"0")
    if not declared.isdigit() or len(declared) > 18:
        raise MalformedHttp
    length = int(declared)
    if length > MOST:
        raise RequestEntityTooLarge(limit=MOST)
    body: bytes = request.rfile.read(length)
    if len(body) < length:
        raise IncompleteBody
    return body


def _chunked(stream: Any) -> bytes:
    stream.maxlen = _ON_THE_WIRE
    body = bytearray()
    try:
        while piece := stream.read(_PIECE):
            body += piece
            if len(body) > MOST:
                raise RequestEntityTooLarge(limit=MOST)
        for _ in stream.read_trailer_lines():
            pass
    except TimeoutError:
        raise
    except (MaxSizeExceeded, OSError):
        raise RequestEntityTooLarge(limit=MOST) from None
    except ValueError:
        raise IncompleteBody from None
    return bytes(body)
