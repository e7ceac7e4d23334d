"""Between what protocols make and what botocore's endpoint gives and takes."""

from __future__ import annotations

import email.utils
import functools
import io
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse

from pytest_cloudfakes.protocols import HttpAnswer, HttpRequest
from pytest_cloudfakes.scheduler import Millis

if TYPE_CHECKING:
    from botocore.model import ServiceModel

    from pytest_cloudfakes.cloud import FakeCloud


class RawBody(io.BytesIO):
    """A body as urllib3 would give it to botocore."""

    def stream(self, amount: int = 65_536, decode_content: bool | None = None) -> Iterator[bytes]:
        """The rest of the body in pieces."""
        while piece := self.read(amount):
            yield piece

    def release_conn(self) -> None:
        """There is no connection to give back."""


class StreamedBody:
    """A body whose pieces come one after the other, as urllib3 would give it to botocore."""

    def __init__(self, pieces: Iterator[bytes], close: Callable[[], None]) -> None:
        self._pieces = pieces
        self.close = close
        """The reader has gone."""

    def stream(self, amount: int = 65_536, decode_content: bool | None = None) -> Iterator[bytes]:
        """The rest of the body in pieces."""
        return self._pieces

    def read(self, amount: int | None = None) -> bytes:
        """The next piece, or all that is left."""
        return b"".join(self._pieces) if amount is None else next(self._pieces, b"")

    def release_conn(self) -> None:
        """There is no connection to give back."""


class PreparedHeaders(Mapping[str, str]):
    """The headers of botocore's request, which are texts or bytes; read only as far as somebody asks."""

    __slots__ = ("_headers",)

    def __init__(self, headers: Any) -> None:
        self._headers = headers

    def __getitem__(self, name: str) -> str:
        value = self._headers[name]
        return value.decode("latin-1") if isinstance(value, bytes) else str(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)


def as_request(prepared: Any) -> HttpRequest:
    """Botocore's prepared request as a protocol reads it."""
    parts = urlsplit(prepared.url)
    body = prepared.body
    if body is None:
        body = b""
    elif isinstance(body, str):
        body = body.encode()
    elif not isinstance(body, (bytes, bytearray)):
        body = body.read()
    return HttpRequest(prepared.method, parts.path, parts.query, PreparedHeaders(prepared.headers), bytes(body))


def as_response(
    cloud: FakeCloud,
    url: str,
    answer: HttpAnswer,
    *,
    streamed: bool = False,
    close: Callable[[], None] | None = None,
) -> AWSResponse:
    """A protocol's answer as botocore's endpoint gets it from its HTTP session.

    close: what is to be told when the reader of an event stream goes; its body is then read as it comes.
    """
    headers = in_process_headers(cloud, answer, streamed=streamed)
    raw: RawBody | StreamedBody
    if isinstance(answer.body, bytes):
        raw = RawBody(answer.body)
    elif close is not None:
        raw = StreamedBody(answer.body, close)
    else:
        raw = RawBody(b"".join(answer.body))
    return AWSResponse(url, answer.status, cast("Any", headers), cast("Any", raw))


def in_process_headers(cloud: FakeCloud, answer: HttpAnswer, *, streamed: bool = False) -> dict[str, str]:
    """The headers of an answer, in lower case as ResponseMetadata shows them, with the cloud's date."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if not streamed:
        # The short way has no body to measure, and both ways answer alike.
        headers.pop("content-length", None)
    headers["date"] = date_header(cloud.clock.latest)
    return headers


def content_type(service_model: ServiceModel) -> str:
    """The content type of a service's answers."""
    protocol = getattr(service_model, "resolved_protocol", None) or service_model.metadata["protocol"]
    if protocol == "json":
        return f"application/x-amz-json-{service_model.metadata.get('jsonVersion', '1.0')}"
    return _CONTENT_TYPES[protocol]


_CONTENT_TYPES = {
    "query": "text/xml",
    "ec2": "text/xml",
    "rest-json": "application/json",
    "rest-xml": "application/xml",
    "smithy-rpc-v2-cbor": "application/cbor",
}


@functools.lru_cache(maxsize=64)
def _date_text(second: int) -> str:
    return email.utils.formatdate(second, usegmt=True)


def date_header(now: Millis) -> str:
    """The cloud's time as HTTP writes it."""
    return _date_text(now // 1000)
