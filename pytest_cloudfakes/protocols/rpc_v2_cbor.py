"""Smithy's RPC protocol, version 2, with CBOR: the operation in the path."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.protocols.cbor import dumps, loads
from pytest_cloudfakes.protocols.errors import SerializationException, UnknownOperationException, UnknownProtocol
from pytest_cloudfakes.protocols.json_values import SCALAR_READERS, JsonReaders, Reader, Writer
from pytest_cloudfakes.protocols.rpc import REQUEST_ID, RpcProtocol
from pytest_cloudfakes.protocols.wire import HttpRequest

if TYPE_CHECKING:
    from botocore.model import ServiceModel, Shape

MARK = "rpc-v2-cbor"


class RpcV2Cbor(RpcProtocol):
    """The `smithy-rpc-v2-cbor` protocol."""

    name = "smithy-rpc-v2-cbor"
    load = staticmethod(loads)
    dump = staticmethod(dumps)

    def readers(self) -> JsonReaders:
        return JsonReaders(CBOR_SCALARS)

    def structure_writer(self, members: Iterable[tuple[str, Shape]]) -> Writer | None:
        return None  # CBOR has blobs, instants and all floats, and the protocol renames nothing

    def dump_of(self, shape: Shape) -> Callable[[Any], bytes]:
        return dumps

    def headers(self, service_model: ServiceModel, request_id: str) -> dict[str, str]:
        return {REQUEST_ID: request_id, "Content-Type": "application/cbor", "smithy-protocol": MARK}

    def find_operation(self, service_model: ServiceModel, request: HttpRequest) -> str:
        if request.headers.get("smithy-protocol") != MARK or request.method != "POST":
            raise UnknownProtocol
        *_, where, service, what, operation = ["", "", "", *request.path.split("/")]
        if (where, service, what) != ("service", service_model.metadata.get("targetPrefix"), "operation"):
            raise UnknownOperationException
        if operation not in service_model.operation_names:
            raise UnknownOperationException
        return operation


def of_type(*kinds: type) -> Reader:
    """Lets values of these types pass."""

    def read(value: Any) -> Any:
        if type(value) in kinds:
            return value
        raise SerializationException

    return read


def read_whole(value: Any) -> int:
    if type(value) is int:
        return value
    if type(value) is float and math.isfinite(value):
        return int(value)
    raise SerializationException


CBOR_SCALARS: dict[str, Reader] = {
    **SCALAR_READERS,
    "string": of_type(str),
    "character": of_type(str),
    "boolean": of_type(bool),
    "integer": read_whole,
    "long": read_whole,
    "float": of_type(int, float),
    "double": of_type(int, float),
    "blob": of_type(bytes),
    "timestamp": of_type(datetime.datetime),
}
