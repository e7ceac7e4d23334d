"""AWS JSON 1.0 and 1.1: one address, the operation in X-Amz-Target, JSON both ways."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.protocols.errors import (
    SerializationException,
    UnknownOperationException,
    UnknownProtocol,
    error_shape,
    status_of,
)
from pytest_cloudfakes.protocols.eventstream import CONTENT_TYPE as EVENT_STREAM
from pytest_cloudfakes.protocols.eventstream import EventWriter
from pytest_cloudfakes.protocols.json_values import JsonReaders, JsonWriters, Reader
from pytest_cloudfakes.protocols.values import event_stream_of, members_of, wire_name
from pytest_cloudfakes.protocols.wire import HttpAnswer, HttpRequest, Protocol, whole

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

CONTENT_TYPES = ("application/x-amz-json-1.0", "application/x-amz-json-1.1", "application/json")

# The namespace in front of an error's name: clients cut it off, programs that look at the body see it.
NAMESPACES = {
    "AmazonSQS": "com.amazonaws.sqs#",
    "SimpleWorkflowService": "com.amazonaws.swf.base.model#",
    "DynamoDB_20120810": "com.amazonaws.dynamodb.v20120810#",
}
COMMON_NAMESPACE = "com.amazon.coral.service#"


def _refuse_constant(_: str) -> None:
    raise SerializationException  # NaN and Infinity aren't JSON


_parse = json.JSONDecoder(parse_constant=_refuse_constant).decode
_dump = json.JSONEncoder(separators=(",", ":")).encode


def parse_json(body: bytes) -> Any:
    """A JSON document; what isn't one is AWS's SerializationException without a text."""
    try:
        return _parse(body.decode())
    except (ValueError, RecursionError):
        raise SerializationException from None


def dump_json(value: Any) -> bytes:
    """JSON as compact as AWS writes it."""
    return _dump(value).encode()


class Json(Protocol):
    """The `json` protocol."""

    name = "json"

    def __init__(self) -> None:
        self._readers: WeakKeyDictionary[OperationModel, Reader] = WeakKeyDictionary()
        self._encoders: WeakKeyDictionary[OperationModel, Encoder] = WeakKeyDictionary()

    def find_operation(self, service_model: ServiceModel, request: HttpRequest) -> str:
        target = request.headers.get("X-Amz-Target")
        content_type = request.headers.get("Content-Type", CONTENT_TYPES[0])
        if target is None or content_type.split(";")[0].strip().lower() not in CONTENT_TYPES:
            raise UnknownProtocol
        prefix, _, operation = target.rpartition(".")
        if prefix != service_model.metadata.get("targetPrefix") or operation not in service_model.operation_names:
            raise UnknownOperationException
        return operation

    def decode(self, operation_model: OperationModel, request: HttpRequest) -> dict[str, Any]:
        read = self._readers.get(operation_model)
        if read is None:
            read = self._readers[operation_model] = reader_of(operation_model)
        try:
            return read(parse_json(request.body or b"{}"))  # type: ignore[no-any-return]
        except RecursionError:
            raise SerializationException from None

    def encode(self, operation_model: OperationModel, answer: Mapping[str, Any], request_id: str) -> HttpAnswer:
        encoder = self._encoders.get(operation_model)
        if encoder is None:
            encoder = self._encoders[operation_model] = encoder_of(operation_model)
        return encoder(answer, request_id)

    def encode_error(
        self, operation_model: OperationModel | None, service_model: ServiceModel, error: ApiError, request_id: str
    ) -> HttpAnswer:
        if isinstance(error, UnknownProtocol):
            return HttpAnswer(error.status, {"x-amzn-RequestId": request_id}, b"<UnknownOperationException/>\n")
        shape = error_shape(service_model, error)
        body = {"__type": namespace(service_model, shape) + error.code, **error_members(error, shape)}
        headers = {"x-amzn-RequestId": request_id, "Content-Type": content_type(service_model)}
        if error.query_code is not None and "awsQueryCompatible" in service_model.metadata:
            headers["x-amzn-query-error"] = f"{error.query_code};{error.fault}"
        return whole(status_of(error, shape), headers, dump_json(body))


Encoder = Callable[[Mapping[str, Any], str], HttpAnswer]


def reader_of(operation_model: OperationModel) -> Reader:
    """What makes parameters of a parsed body."""
    shape = operation_model.input_shape
    return JsonReaders().structure(members_of(shape) if shape is not None else ())


def encoder_of(operation_model: OperationModel) -> Encoder:
    """What makes the whole answer of an operation, compiled once."""
    kind = content_type(operation_model.service_model)
    shape = operation_model.output_shape
    if shape is not None and (stream := event_stream_of(shape)) is not None:
        return stream_encoder(shape, stream, kind)
    write = JsonWriters().structure(members_of(shape)) if shape is not None else None

    def encode(answer: Mapping[str, Any], request_id: str) -> HttpAnswer:
        body = dump_json(write(answer) if write is not None else answer)
        return whole(200, {"x-amzn-RequestId": request_id, "Content-Type": kind}, body)

    return encode


def stream_encoder(shape: StructureShape, stream: str, content_type: str) -> Encoder:
    """The encoder of an answer whose member `stream` arrives as events after all others."""
    initial = JsonWriters().structure((name, member) for name, member in members_of(shape) if name != stream)
    events = EventWriter(shape.members[stream], content_type, json_dump_of)

    def encode(answer: Mapping[str, Any], request_id: str) -> HttpAnswer:
        first = {name: value for name, value in answer.items() if name != stream}
        headers = {"x-amzn-RequestId": request_id, "Content-Type": EVENT_STREAM}
        body = dump_json(initial(first) if initial is not None else first)
        return HttpAnswer(200, headers, events.stream(answer[stream], body))

    return encode


def json_dump_of(shape: Shape) -> Callable[[Any], bytes]:
    """What dumps a shape's value as JSON."""
    write = JsonWriters().writer(shape)
    return dump_json if write is None else lambda value: dump_json(write(value))


def content_type(service_model: ServiceModel) -> str:
    """The content type of requests and answers."""
    return f"application/x-amz-json-{service_model.metadata.get('jsonVersion', '1.0')}"


def namespace(service_model: ServiceModel, shape: StructureShape | None) -> str:
    """What stands before an error's name in `__type`: nothing for most services."""
    own = NAMESPACES.get(service_model.metadata.get("targetPrefix", ""), "")
    return COMMON_NAMESPACE if own and shape is None else own


def error_members(error: ApiError, shape: StructureShape | None) -> dict[str, Any]:
    """The text and the modelled members of an error as they stand in its body; an empty text isn't sent."""
    name = "Message" if isinstance(error, SerializationException) else "message"
    members = error.extra_members()
    if shape is not None:
        name = next((wire_name(n, s) for n, s in members_of(shape) if n.lower() == "message"), name)
        members = {n: v for n, v in members.items() if shape.members[n].serialization.get("location") is None}
        write = JsonWriters().structure(members_of(shape)) if members else None
        members = write(members) if write is not None else members
    return {name: error.text, **members} if error.text else members
