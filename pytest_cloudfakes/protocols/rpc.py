"""What AWS JSON and Smithy's RPC with CBOR share: one document in, one document or a stream of events out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.protocols.errors import SerializationException, error_shape, modelled_code, status_of
from pytest_cloudfakes.protocols.eventstream import CONTENT_TYPE as EVENT_STREAM
from pytest_cloudfakes.protocols.eventstream import EventWriter
from pytest_cloudfakes.protocols.json_values import JsonReaders, Reader, Writer
from pytest_cloudfakes.protocols.values import event_stream_of, members_of, wire_name
from pytest_cloudfakes.protocols.wire import HttpAnswer, HttpRequest, Protocol, whole

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

Encoder = Callable[[Mapping[str, Any], str], HttpAnswer]

# The namespace in front of an error's name: clients cut it off, programs that look at the body see it.
NAMESPACES = {
    "AmazonSQS": "com.amazonaws.sqs#",
    "SimpleWorkflowService": "com.amazonaws.swf.base.model#",
    "DynamoDB_20120810": "com.amazonaws.dynamodb.v20120810#",
}
COMMON_NAMESPACE = "com.amazon.coral.service#"


class RpcProtocol(Protocol):
    """The base of `json` and `smithy-rpc-v2-cbor`."""

    def __init__(self) -> None:
        self._readers: WeakKeyDictionary[OperationModel, Reader] = WeakKeyDictionary()
        self._encoders: WeakKeyDictionary[OperationModel, Encoder] = WeakKeyDictionary()

    @abstractmethod
    def load(self, body: bytes) -> Any:
        """The document in a body."""

    @abstractmethod
    def dump(self, value: Any) -> bytes:
        """A document as a body."""

    @abstractmethod
    def readers(self) -> JsonReaders:
        """What compiles readers of what `load` gives."""

    @abstractmethod
    def structure_writer(self, members: Iterable[tuple[str, Shape]]) -> Writer | None:
        """What makes a structure ready for `dump`, if anything is to be done."""

    @abstractmethod
    def dump_of(self, shape: Shape) -> Callable[[Any], bytes]:
        """What dumps a value of a shape."""

    @abstractmethod
    def headers(self, service_model: ServiceModel, request_id: str) -> dict[str, str]:
        """The headers of every answer but its length."""

    def decode(self, operation_model: OperationModel, request: HttpRequest) -> dict[str, Any]:
        read = self._readers.get(operation_model)
        if read is None:
            shape = operation_model.input_shape
            read = self.readers().structure(members_of(shape) if shape is not None else ())
            self._readers[operation_model] = read
        if not request.body:
            return {}
        try:
            return read(self.load(request.body))  # type: ignore[no-any-return]
        except RecursionError:
            raise SerializationException from None

    def encode(self, operation_model: OperationModel, answer: Mapping[str, Any], request_id: str) -> HttpAnswer:
        encoder = self._encoders.get(operation_model)
        if encoder is None:
            encoder = self._encoders[operation_model] = self._encoder(operation_model)
        return encoder(answer, request_id)

    def _encoder(self, operation_model: OperationModel) -> Encoder:
        """What makes the whole answer of an operation, compiled once."""
        shape = operation_model.output_shape
        kind = self.headers(operation_model.service_model, "")
        if shape is None:
            return lambda _, request_id: whole(200, {**kind, REQUEST_ID: request_id}, b"")
        if (stream := event_stream_of(shape)) is not None:
            return self._stream_encoder(kind, shape, stream)
        write = self.structure_writer(members_of(shape))
        dump = self.dump

        def encode(answer: Mapping[str, Any], request_id: str) -> HttpAnswer:
            body = dump(write(answer) if write is not None else answer)
            return whole(200, {**kind, REQUEST_ID: request_id}, body)

        return encode

    def _stream_encoder(self, kind: dict[str, str], shape: StructureShape, stream: str) -> Encoder:
        """The encoder of an answer whose member `stream` arrives as events after all others."""
        initial = self.structure_writer((name, member) for name, member in members_of(shape) if name != stream)
        events = EventWriter(shape.members[stream], kind["Content-Type"], self.dump_of)

        def encode(answer: Mapping[str, Any], request_id: str) -> HttpAnswer:
            first = {name: value for name, value in answer.items() if name != stream}
            body = self.dump(initial(first) if initial is not None else first)
            headers = {**kind, REQUEST_ID: request_id, "Content-Type": EVENT_STREAM}
            return HttpAnswer(200, headers, events.stream(answer[stream], body))

        return encode

    def encode_error(
        self, operation_model: OperationModel | None, service_model: ServiceModel, error: ApiError, request_id: str
    ) -> HttpAnswer:
        shape = error_shape(service_model, error)
        members = error_members(error, shape, self.structure_writer)
        headers = self.headers(service_model, request_id)
        if "awsQueryCompatible" in service_model.metadata and (code := error.query_code or modelled_code(shape)):
            headers["x-amzn-query-error"] = f"{code};{error.fault}"
        body = {"__type": namespace(service_model, shape) + error.code, **members}
        return whole(status_of(error, shape), headers, self.dump(body))


REQUEST_ID = "x-amzn-RequestId"


def namespace(service_model: ServiceModel, shape: StructureShape | None) -> str:
    """What stands before an error's name in `__type`: nothing for most services."""
    own = NAMESPACES.get(service_model.metadata.get("targetPrefix", ""), "")
    return COMMON_NAMESPACE if own and shape is None else own


StructureWriter = Callable[[Iterable[tuple[str, "Shape"]]], Writer | None]


def error_members(error: ApiError, shape: StructureShape | None, writer: StructureWriter) -> dict[str, Any]:
    """The text and the modelled members of an error as they stand in its body; an empty text isn't sent."""
    name = "Message" if isinstance(error, SerializationException) else "message"
    members = error.extra_members()
    if shape is not None:
        modelled = shape.members
        name = next((wire_name(n, s) for n, s in modelled.items() if n.lower() == "message"), name)
        bodily = {n: s for n, s in modelled.items() if s.serialization.get("location") is None}
        members = {n: v for n, v in members.items() if n in bodily}
        write = writer(bodily.items()) if members else None
        members = write(members) if write is not None else members
    return {name: error.text, **members} if error.text else members
