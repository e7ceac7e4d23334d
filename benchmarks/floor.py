"""The floor: botocore whole, with an HTTP send that answers at once.

What a call costs without any fake or network: validation, endpoint rules, serialising, signing, events, parsing. The
answers are bytes as AWS sends them, made beforehand.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import boto3
from botocore.awsrequest import AWSRequest, AWSResponse

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.protocols import HttpAnswer, protocol_for

CREDENTIALS = {"aws_access_key_id": "floor", "aws_secret_access_key": "floor"}


class Prepared(NamedTuple):
    """What an operation answers, to any request or to one whose body contains something."""

    operation: str
    answer: dict[str, Any] | ApiError
    asked_for: bytes = b""


class AtOnce:
    """In place of a client's HTTP session."""

    def __init__(self, client: Any, prepared: Sequence[Prepared]) -> None:
        self._operation = ""
        self._numbers = itertools.count()
        self._answers: dict[str, list[tuple[bytes, HttpAnswer]]] = {}
        for each in prepared:
            self._answers.setdefault(each.operation, []).append((each.asked_for, _wire(client, each)))
        self.serve(client)

    def serve(self, client: Any) -> None:
        """Be below another client as well."""
        endpoint = client._endpoint
        endpoint.http_session = self
        make_request = endpoint.make_request

        def note_and_make(model: Any, request: Any) -> Any:
            self._operation = model.name
            return make_request(model, request)

        endpoint.make_request = note_and_make

    def respond(self, request: AWSRequest) -> tuple[int, dict[str, str], bytes]:
        """The answer's status, headers and body."""
        body = request.body or b""
        if isinstance(body, str):
            body = body.encode()
        wire = next(wire for asked_for, wire in self._answers[self._operation] if not asked_for or asked_for in body)
        headers = dict(wire.headers)
        headers["x-amzn-RequestId"] = f"c7dd05e6-3c53-5ca8-9a84-{next(self._numbers):012}"
        headers["Date"] = "Sat, 31 Jan 2026 12:00:00 GMT"
        headers["connection"] = "keep-alive"
        return wire.status, headers, wire.body  # type: ignore[return-value]

    def send(self, request: AWSRequest) -> AWSResponse:
        """Answer."""
        status, headers, body = self.respond(request)
        return AWSResponse(request.url, status, headers, _Raw(body))


def _wire(client: Any, prepared: Prepared) -> HttpAnswer:
    service_model = client._service_model
    protocol, model = protocol_for(service_model), service_model.operation_model(prepared.operation)
    if isinstance(prepared.answer, ApiError):
        return protocol.encode_error(model, service_model, prepared.answer, "")
    return protocol.encode(model, prepared.answer, "")


class _Raw(io.BytesIO):
    """The part of urllib3's response that botocore reads."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def client(service: str, prepared: Sequence[Prepared]) -> Any:
    """A client with the floor below it."""
    made = boto3.client(service, region_name="us-east-1", **CREDENTIALS)
    AtOnce(made, prepared)
    return made
