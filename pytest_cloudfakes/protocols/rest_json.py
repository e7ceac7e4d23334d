"""The rest-json protocol: method and path choose the operation, bodies are JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.protocols.errors import AccessDenied, SerializationException, WrongType, error_shape, status_of
from pytest_cloudfakes.protocols.json import dump_json, json_dump_of, parse_json
from pytest_cloudfakes.protocols.json_values import JsonReaders, JsonWriters
from pytest_cloudfakes.protocols.rest import BodyReader, BodyWriter, RestProtocol, error_headers
from pytest_cloudfakes.protocols.rpc import error_members
from pytest_cloudfakes.protocols.wire import HttpAnswer, HttpRequest, whole

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel, Shape


class RestJson(RestProtocol):
    """The `rest-json` protocol."""

    name = "rest-json"
    content_type = "application/json"
    raw_content_type = "application/octet-stream"

    def encode_error(
        self, operation_model: OperationModel | None, service_model: ServiceModel, error: ApiError, request_id: str
    ) -> HttpAnswer:
        shape = error_shape(service_model, error)
        headers = {**self.identity(service_model, request_id), **error_headers(error, shape)}
        headers |= {"Content-Type": self.content_type, "x-amzn-ErrorType": error.code}
        bodyless = operation_model is not None and operation_model.http.get("method") == "HEAD"
        body = b"" if bodyless else dump_json(error_members(error, shape, JsonWriters().structure))
        return whole(status_of(error, shape), headers, body)

    def no_operation(self, request: HttpRequest, *, known_path: bool) -> ApiError:
        return AccessDenied()

    def unreadable(self, operation_model: OperationModel, error: SerializationException) -> ApiError:
        if isinstance(error, WrongType) and operation_model.service_model.service_name == "apigateway":
            return SerializationException(f"class {JAVA[error.kind]} can not be converted to an {error.wanted}")
        return error

    def body_reader(self, members: list[tuple[str, Shape]]) -> BodyReader:
        read = JsonReaders().structure(members)
        return lambda body: read(parse_json(body))

    def payload_reader(self, shape: Shape) -> Callable[[bytes], Any]:
        read = JsonReaders().reader(shape)

        def payload(body: bytes) -> Any:
            value = parse_json(body) if body else None
            return None if value is None else read(value)

        return payload

    def body_writer(self, operation_model: OperationModel, members: list[tuple[str, Shape]]) -> BodyWriter:
        names = frozenset(name for name, _ in members)
        write = JsonWriters().structure(members)

        def body(answer: Mapping[str, Any]) -> bytes:
            own = {name: value for name, value in answer.items() if name in names}
            return dump_json(write(own) if write is not None else own)

        return body

    def payload_writer(self, operation_model: OperationModel, name: str, shape: Shape) -> Callable[[Any], bytes]:
        return json_dump_of(shape)

    def event_dump(self, shape: Shape) -> Callable[[Any], bytes]:
        return json_dump_of(shape)


# What API Gateway calls the values of JSON. Recorded from AWS for booleans and numbers.
JAVA = {"bool": "java.lang.Boolean", "int": "com.amazon.coral.value.json.numbers.TruncatingBigNumber"}
JAVA |= {"float": JAVA["int"], "str": "java.lang.String", "NoneType": "null"}
