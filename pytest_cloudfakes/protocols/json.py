"""AWS JSON 1.0 and 1.1: one address, the operation in X-Amz-Target, JSON both ways."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.protocols.errors import SerializationException, UnknownOperationException, UnknownProtocol
from pytest_cloudfakes.protocols.json_values import JsonReaders, JsonWriters, Writer
from pytest_cloudfakes.protocols.rpc import REQUEST_ID, RpcProtocol
from pytest_cloudfakes.protocols.wire import HttpAnswer, HttpRequest

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel, Shape

CONTENT_TYPES = ("application/x-amz-json-1.0", "application/x-amz-json-1.1", "application/json")


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


def json_dump_of(shape: Shape) -> Callable[[Any], bytes]:
    """What dumps a shape's value as JSON."""
    write = JsonWriters().writer(shape)
    return dump_json if write is None else lambda value: dump_json(write(value))


class Json(RpcProtocol):
    """The `json` protocol."""

    name = "json"
    load = staticmethod(parse_json)
    dump = staticmethod(dump_json)
    dump_of = staticmethod(json_dump_of)
    readers = JsonReaders

    def structure_writer(self, members: Iterable[tuple[str, Shape]]) -> Writer | None:
        return JsonWriters().structure(members)

    def headers(self, service_model: ServiceModel, request_id: str) -> dict[str, str]:
        content_type = f"application/x-amz-json-{service_model.metadata.get('jsonVersion', '1.0')}"
        return {REQUEST_ID: request_id, "Content-Type": content_type}

    def find_operation(self, service_model: ServiceModel, request: HttpRequest) -> str:
        target = request.headers.get("X-Amz-Target")
        content_type = request.headers.get("Content-Type", CONTENT_TYPES[0])
        if target is None or content_type.split(";")[0].strip().lower() not in CONTENT_TYPES:
            raise UnknownProtocol
        prefix, _, operation = target.rpartition(".")
        if prefix != service_model.metadata.get("targetPrefix") or operation not in service_model.operation_names:
            raise UnknownOperationException
        return operation

    def encode_error(
        self, operation_model: OperationModel | None, service_model: ServiceModel, error: ApiError, request_id: str
    ) -> HttpAnswer:
        if isinstance(error, UnknownProtocol):
            return HttpAnswer(error.status, {REQUEST_ID: request_id}, b"<UnknownOperationException/>\n")
        return super().encode_error(operation_model, service_model, error, request_id)
