"""The query protocol: a form with an Action in, XML out. SQS's older protocol is this one, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.protocols.errors import (
    InvalidAction,
    InvalidSqsAction,
    MalformedInput,
    MissingAction,
    SerializationException,
    error_shape,
    modelled_code,
    status_of,
)
from pytest_cloudfakes.protocols.forms import FormReader, FormReaders, parse_pairs, tree
from pytest_cloudfakes.protocols.sqs_query import complete_queue_url, with_query_names
from pytest_cloudfakes.protocols.values import members_of
from pytest_cloudfakes.protocols.wire import HttpAnswer, HttpRequest, Protocol, whole
from pytest_cloudfakes.protocols.xml_values import Pieces, XmlWriters, attribute, escape

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel, StructureShape

CONTENT_TYPE = "text/xml"
FAULTS = "http://webservices.amazon.com/AWSFault/2005-15-09"
"""The namespace of errors that stand before a service."""

Encoder = Callable[[Mapping[str, Any], str], bytes]


class Query(Protocol):
    """The `query` protocol."""

    name = "query"

    def __init__(self) -> None:
        self._readers: WeakKeyDictionary[OperationModel, FormReader] = WeakKeyDictionary()
        self._encoders: WeakKeyDictionary[OperationModel, Encoder] = WeakKeyDictionary()

    def find_operation(self, service_model: ServiceModel, request: HttpRequest) -> str:
        action = next((value for name, value in pairs_of(request) if name == "Action"), None)
        if action is None:
            raise MissingAction
        if action in service_model.operation_names:
            return action
        raise (InvalidSqsAction if service_model.service_name == "sqs" else InvalidAction)(
            action=action, version=service_model.api_version
        )

    def decode(self, operation_model: OperationModel, request: HttpRequest) -> dict[str, Any]:
        read = self._readers.get(operation_model)
        if read is None:
            read = self._readers[operation_model] = reader_of(with_query_names(operation_model))
        try:
            parameters: dict[str, Any] = read(tree(pairs_of(request)))
        except RecursionError:
            raise MalformedInput from None
        except SerializationException as error:
            raise MalformedInput(error.text) from None
        if operation_model.service_model.service_name == "sqs":
            complete_queue_url(operation_model, request, parameters)
        return parameters

    def encode(self, operation_model: OperationModel, answer: Mapping[str, Any], request_id: str) -> HttpAnswer:
        encoder = self._encoders.get(operation_model)
        if encoder is None:
            encoder = self._encoders[operation_model] = encoder_of(with_query_names(operation_model))
        return whole(200, headers(request_id), encoder(answer, request_id))

    def encode_error(
        self, operation_model: OperationModel | None, service_model: ServiceModel, error: ApiError, request_id: str
    ) -> HttpAnswer:
        shape = error_shape(service_model, error)
        namespace = FAULTS if operation_model is None else namespace_of(with_query_names(operation_model).service_model)
        out = [f"<ErrorResponse{attribute('xmlns', namespace)}><Error>"]
        write_error(error, shape, out)
        if service_model.service_name == "sqs":
            out.append("<Detail/>")  # recorded from AWS
        out.append(f"</Error><RequestId>{escape(request_id)}</RequestId></ErrorResponse>")
        return whole(status_of(error, shape), headers(request_id), encoded(out))


def pairs_of(request: HttpRequest) -> list[tuple[str, str]]:
    """What stands in the address and in the body."""
    pairs = parse_pairs(request.query) if request.query else []
    return pairs + parse_pairs(request.body) if request.body else pairs


def reader_of(operation_model: OperationModel) -> FormReader:
    """What makes parameters of a form."""
    shape = operation_model.input_shape
    return FormReaders().members(members_of(shape) if shape is not None else ())


def encoder_of(operation_model: OperationModel) -> Encoder:
    """What makes the body of an operation's answer, compiled once."""
    name = operation_model.name
    shape = operation_model.output_shape
    opening = f"<{name}Response{attribute('xmlns', namespace_of(operation_model.service_model))}>"
    result = None
    if shape is not None:
        result = XmlWriters().element(shape.serialization.get("resultWrapper", f"{name}Result"), shape)

    def encode(answer: Mapping[str, Any], request_id: str) -> bytes:
        out = [opening]
        if result is not None:
            result(answer, out)
        out.append(f"<ResponseMetadata><RequestId>{escape(request_id)}</RequestId></ResponseMetadata></{name}Response>")
        return encoded(out)

    return encode


def headers(request_id: str) -> dict[str, str]:
    return {"x-amzn-RequestId": request_id, "Content-Type": CONTENT_TYPE}


def encoded(pieces: Pieces) -> bytes:
    """The pieces in UTF-8; half of a surrogate pair becomes a question mark, as in Java."""
    return "".join(pieces).encode("utf-8", "replace")


def namespace_of(service_model: ServiceModel) -> str:
    """The namespace of a service's answers."""
    fallback = f"http://{service_model.endpoint_prefix}.amazonaws.com/doc/{service_model.api_version}/"
    return str(service_model.metadata.get("xmlNamespace", fallback))


def write_error(error: ApiError, shape: StructureShape | None, out: Pieces) -> None:
    """Type, code, text and modelled members of an error."""
    code = error.query_code or modelled_code(shape) or error.code
    out.append(f"<Type>{error.fault}</Type><Code>{escape(code)}</Code>")
    if error.text:
        out.append(f"<Message>{escape(error.text)}</Message>")
    if shape is not None and error.members:
        XmlWriters().members((n, s) for n, s in members_of(shape) if n in error.members)(error.extra_members(), out)
