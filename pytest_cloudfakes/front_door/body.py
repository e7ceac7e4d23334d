"""Reading the body of a request: as long as it says, or in chunks; and what may be wrong with it."""

from __future__ import annotations

import contextlib
from typing import IO, Any

from cheroot.errors import MaxSizeExceeded

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.front_door.errors import MalformedHttp, RequestEntityTooLarge, RequestTimeout
from pytest_cloudfakes.protocols.errors import IncompleteBody

LIMIT = 10 * 2**20
"""Bytes of a body. Source: the largest request of the services, PutRecords; SQS takes a tenth of it."""
_DRAINED = 64 * 2**20
"""Bytes of a body that is too large which are read and thrown away, so that the client gets to see the answer."""
_PIECE = 2**16


def read_body(request: Any) -> bytes:
    """The whole body. Errors: one of `ApiError`'s, after which the connection can't be used any more."""
    try:
        return _chunked(request.rfile) if request.chunked_read else _of_known_length(request)
    except TimeoutError:
        raise RequestTimeout from None


def _of_known_length(request: Any) -> bytes:
    declared = request.inheaders.get(b"Content-Length", b"0")
    if not declared.isdigit() or len(declared) > 18:
        raise MalformedHttp
    length = int(declared)
    if length > LIMIT:
        raise _too_large(request.rfile)
    body: bytes = request.rfile.read(length)
    if len(body) < length:
        raise IncompleteBody
    return body


def _chunked(stream: Any) -> bytes:
    pieces = []
    left = LIMIT
    try:
        while piece := stream.read(_PIECE):
            pieces.append(piece)
            left -= len(piece)
            if left < 0:
                raise _too_large(stream)
        for _ in stream.read_trailer_lines():
            pass
    except MaxSizeExceeded:
        raise _too_large(stream) from None
    except ValueError:
        raise IncompleteBody from None
    return b"".join(pieces)


def _too_large(stream: IO[bytes]) -> ApiError:
    left = _DRAINED
    with contextlib.suppress(OSError, ValueError):
        while left > 0 and (piece := stream.read(_PIECE)):
            left -= len(piece)
    return RequestEntityTooLarge(limit=LIMIT)
