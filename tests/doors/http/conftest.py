"""The HTTP front door, seen from outside: bytes and connections, no client of botocore."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest

SIGNED = "AWS4-HMAC-SHA256 Credential={key}/20260131/{region}/{service}/aws4_request, SignedHeaders=host, Signature=01"
JOBS = "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Caller:
    """One connection, kept alive."""

    def __init__(self, url: str) -> None:
        self.connection = http.client.HTTPConnection(*address_of(url), timeout=60)

    def __call__(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: Any = None) -> Answer:
        self.connection.request(method, path, body, dict(headers or {}))
        answer = self.connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())

    def sqs(self, operation: str, **parameters: Any) -> Answer:
        """An operation of SQS in AWS JSON, unsigned."""
        headers = {"X-Amz-Target": f"AmazonSQS.{operation}", "Content-Type": "application/x-amz-json-1.0"}
        return self("POST", "/", headers, json.dumps(parameters))


def address_of(url: str) -> tuple[str, int]:
    host, _, port = url.removeprefix("http://").partition(":")
    return host, int(port)


def json_request(operation: str, **parameters: Any) -> bytes:
    """An operation of SQS as it goes over the wire."""
    body = json.dumps(parameters).encode()
    head = (
        f"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonSQS.{operation}\r\n"
        f"Content-Type: application/x-amz-json-1.0\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@pytest.fixture
def caller_of() -> Iterator[Callable[[str], Caller]]:
    """Connections to an address, kept alive until the test ends."""
    with contextlib.ExitStack() as connections:

        def make(url: str) -> Caller:
            caller = Caller(url)
            connections.callback(caller.connection.close)
            return caller

        yield make


@pytest.fixture
def call(fake_aws_endpoint: Any, caller_of: Callable[[str], Caller]) -> Caller:
    return caller_of(fake_aws_endpoint.url)


@pytest.fixture
def jobs(call: Caller) -> str:
    url: str = call.sqs("CreateQueue", QueueName="jobs").json["QueueUrl"]
    return url


@pytest.fixture
def connect(fake_aws_endpoint: Any) -> Iterator[Callable[[], socket.socket]]:
    """Bare connections."""
    with contextlib.ExitStack() as connections:
        address = address_of(fake_aws_endpoint.url)
        yield lambda: connections.enter_context(socket.create_connection(address, timeout=60))


@pytest.fixture
def exchange(connect: Callable[[], socket.socket]) -> Callable[[bytes], bytes]:
    """Send bytes and nothing more; everything that comes back until the connection is closed."""

    def send(request: bytes) -> bytes:
        connection = connect()
        with contextlib.suppress(OSError):  # the server may have closed it already
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
        return received(connection)

    return send


def answer_on(connection: socket.socket) -> Answer:
    """The next answer on a bare connection."""
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return Answer(answer.status, answer.headers, answer.read())


def statuses_on(connection: socket.socket, count: int) -> list[bytes]:
    """The status lines of so many answers on a connection that stays open, and of any more that came with them."""
    answers = b""
    while answers.count(b"HTTP/1.1 ") < count:
        answers += connection.recv(65_536)
    return re.findall(rb"HTTP/1\.1 \d+ [^\r]*", answers)


def received(connection: socket.socket) -> bytes:
    pieces = []
    with contextlib.suppress(OSError):
        while piece := connection.recv(65_536):
            pieces.append(piece)
    return b"".join(pieces)


def status_of(answer: bytes) -> int | None:
    return int(answer.split(None, 2)[1]) if answer.startswith(b"HTTP/1.") else None


@pytest.fixture
def in_thread() -> Iterator[Callable[[Callable[[], Any]], Future[Any]]]:
    """Do something in a thread."""
    with ThreadPoolExecutor() as threads:
        yield threads.submit
