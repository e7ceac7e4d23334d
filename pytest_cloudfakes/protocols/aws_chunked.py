"""S3's own chunks within a body, which SDKs send when a signature or a checksum follows the data.

Each is `length;chunk-signature=…`, the data, and line ends; after the last, empty one come trailing headers. Signatures
aren't checked. Source: S3 API reference, signature calculations for chunked uploads and trailing headers.
"""

from __future__ import annotations

from pytest_cloudfakes.protocols.errors import IncompleteBody
from pytest_cloudfakes.protocols.wire import Headers, HttpRequest

ENCODING = "aws-chunked"
DECODED_LENGTH = "x-amz-decoded-content-length"


def is_chunked(request: HttpRequest) -> bool:
    """Whether the body consists of chunks."""
    streamed = request.headers.get("x-amz-content-sha256", "").startswith("STREAMING-")
    return streamed or ENCODING in request.headers.get("Content-Encoding", "")


def joined(request: HttpRequest) -> HttpRequest:
    """The request as it would have been without chunks: trailing headers stand with the others."""
    body, trailers = read_chunks(request.body)
    declared = request.headers.get(DECODED_LENGTH, "")
    if declared and declared != str(len(body)):
        raise IncompleteBody
    encodings = [part.strip() for part in request.headers.get("Content-Encoding", "").split(",")]
    left = ",".join(part for part in encodings if part and part != ENCODING)
    replaced = {"content-encoding", "content-length"}
    headers = [(name, request.headers[name]) for name in request.headers if name.lower() not in replaced]
    headers += [("Content-Length", str(len(body))), *trailers]
    if left:
        headers.append(("Content-Encoding", left))
    return HttpRequest(request.method, request.path, request.query, Headers(headers), body)


def read_chunks(body: bytes) -> tuple[bytes, list[tuple[str, str]]]:
    """The data and the trailing headers."""
    pieces: list[bytes] = []
    position = 0
    while True:
        head, position = _line(body, position)
        length = _length(head)
        if length == 0:
            return b"".join(pieces), _trailers(body[position:])
        end = position + length
        if body[end : end + 2] != b"\r\n":
            raise IncompleteBody
        pieces.append(body[position:end])
        position = end + 2


def _line(body: bytes, position: int) -> tuple[bytes, int]:
    end = body.find(b"\r\n", position)
    if end < 0:
        raise IncompleteBody
    return body[position:end], end + 2


def _length(head: bytes) -> int:
    digits = head.partition(b";")[0].strip()
    if not 0 < len(digits) < 16 or digits.strip(b"0123456789abcdefABCDEF"):
        raise IncompleteBody
    return int(digits, 16)


def _trailers(rest: bytes) -> list[tuple[str, str]]:
    lines = (line.decode("latin-1").partition(":") for line in rest.split(b"\r\n"))
    return [(name.strip(), value.strip()) for name, colon, value in lines if colon]
