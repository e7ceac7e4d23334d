"""The rest-xml protocol: method and path choose the operation, bodies are XML. In effect: Amazon S3."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.protocols.aws_chunked import is_chunked, joined
from pytest_cloudfakes.protocols.errors import (
    InvalidArgument,
    InvalidUri,
    MalformedXml,
    MethodNotAllowed,
    SerializationException,
    error_shape,
    status_of,
)
from pytest_cloudfakes.protocols.query import encoded, write_error
from pytest_cloudfakes.protocols.rest import BodyReader, BodyWriter, RestProtocol, error_headers
from pytest_cloudfakes.protocols.values import members_of, wire_name
from pytest_cloudfakes.protocols.wire import HttpAnswer, HttpRequest, whole
from pytest_cloudfakes.protocols.xml_values import (
    Pieces,
    XmlReader,
    XmlReaders,
    XmlWriters,
    attribute,
    escape,
    namespace_attribute,
    parse_xml,
    wrapped,
)

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel, Shape

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"

# Names of S3's answers that its model doesn't have. Source: API reference, response syntax of each operation.
ROOTS = {
    "CompleteMultipartUpload": "CompleteMultipartUploadResult",
    "CreateMultipartUpload": "InitiateMultipartUploadResult",
    "CreateSession": "CreateSessionResult",
    "DeleteObjects": "DeleteResult",
    "GetBucketAccelerateConfiguration": "AccelerateConfiguration",
    "GetBucketAcl": "AccessControlPolicy",
    "GetBucketCors": "CORSConfiguration",
    "GetBucketLifecycleConfiguration": "LifecycleConfiguration",
    "GetBucketLogging": "BucketLoggingStatus",
    "GetBucketNotificationConfiguration": "NotificationConfiguration",
    "GetBucketRequestPayment": "RequestPaymentConfiguration",
    "GetBucketTagging": "Tagging",
    "GetBucketVersioning": "VersioningConfiguration",
    "GetBucketWebsite": "WebsiteConfiguration",
    "GetObjectAcl": "AccessControlPolicy",
    "GetObjectAttributes": "GetObjectAttributesResponse",
    "GetObjectTagging": "Tagging",
    "ListBuckets": "ListAllMyBucketsResult",
    "ListDirectoryBuckets": "ListAllMyDirectoryBucketsResult",
    "ListMultipartUploads": "ListMultipartUploadsResult",
    "ListObjectVersions": "ListVersionsResult",
    "ListObjects": "ListBucketResult",
    "ListObjectsV2": "ListBucketResult",
    "ListParts": "ListPartsResult",
}


class RestXml(RestProtocol):
    """The `rest-xml` protocol."""

    name = "rest-xml"
    content_type = "application/xml"
    raw_content_type = "binary/octet-stream"
    broken_address = InvalidUri

    def identity(self, service_model: ServiceModel, request_id: str) -> dict[str, str]:
        if service_model.service_name != "s3":
            return super().identity(service_model, request_id)
        return {"x-amz-request-id": request_id, "x-amz-id-2": host_id(request_id)}

    def decode(self, operation_model: OperationModel, request: HttpRequest) -> dict[str, Any]:
        return super().decode(operation_model, joined(request) if is_chunked(request) else request)

    def encode_error(
        self, operation_model: OperationModel | None, service_model: ServiceModel, error: ApiError, request_id: str
    ) -> HttpAnswer:
        shape = error_shape(service_model, error)
        status = status_of(error, shape)
        headers = {**self.identity(service_model, request_id), **error_headers(error, shape)}
        if status == 304 or (operation_model is not None and operation_model.http.get("method") == "HEAD"):
            return whole(status, headers, b"")
        headers["Content-Type"] = self.content_type
        out = [DECLARATION]
        if service_model.service_name == "s3":
            write_s3_error(error, request_id, out)
        else:
            out.append("<ErrorResponse><Error>")
            write_error(error, shape, out)
            out.append(f"</Error><RequestId>{escape(request_id)}</RequestId></ErrorResponse>")
        return whole(status, headers, encoded(out))

    def no_operation(self, request: HttpRequest, *, known_path: bool) -> ApiError:
        return MethodNotAllowed() if known_path else InvalidUri()

    def unreadable(self, operation_model: OperationModel, error: SerializationException) -> ApiError:
        return InvalidArgument(error.text) if error.text else InvalidArgument()

    def body_reader(self, members: list[tuple[str, Shape]]) -> BodyReader:
        return document_reader(XmlReaders().members(members))

    def payload_reader(self, shape: Shape) -> Callable[[bytes], Any]:
        read = document_reader(XmlReaders().reader(shape))
        return lambda body: read(body) if body.strip() else None

    def body_writer(self, operation_model: OperationModel, members: list[tuple[str, Shape]]) -> BodyWriter:
        if operation_model.name == "GetBucketLocation":  # whose only member is the text of the root itself
            root = XmlWriters().element("LocationConstraint", members[0][1], attribute("xmlns", S3_NAMESPACE))
            return lambda answer: document(root, answer.get("LocationConstraint") or "")
        output = operation_model.output_shape
        tag = ROOTS.get(operation_model.name) or (wire_name(output.name, output) if output is not None else "Result")
        root = wrapped(tag, root_namespace(operation_model.service_model), XmlWriters().members(members))
        return lambda answer: document(root, answer)

    def payload_writer(self, operation_model: OperationModel, name: str, shape: Shape) -> Callable[[Any], bytes]:
        namespace = "" if namespace_attribute(shape) else root_namespace(operation_model.service_model)
        root = XmlWriters().element(wire_name(name, shape), shape, namespace)
        return lambda value: document(root, value)

    def event_dump(self, shape: Shape) -> Callable[[Any], bytes]:
        if not list(members_of(shape)):
            return lambda _: b""
        root = XmlWriters().element(shape.name, shape)
        return lambda value: document(root, value)


def document_reader(read: XmlReader) -> Callable[[bytes], Any]:
    """A whole document, which is well-formed and fits the model or is refused as S3 does."""

    def reader(body: bytes) -> Any:
        try:
            return read(parse_xml(body))
        except (SerializationException, RecursionError):
            raise MalformedXml from None

    return reader


def document(write: Callable[[Any, Pieces], None], value: Any) -> bytes:
    out = [DECLARATION]
    write(value, out)
    return encoded(out)


def root_namespace(service_model: ServiceModel) -> str:
    """The namespace of an answer's root, as an attribute."""
    fallback = S3_NAMESPACE if service_model.service_name == "s3" else None
    namespace = service_model.metadata.get("xmlNamespace", fallback)
    return attribute("xmlns", namespace) if namespace else ""


def host_id(request_id: str) -> str:
    """The second identifier of S3's answers, made of the first so that a run can be repeated."""
    return base64.b64encode(hashlib.sha512(request_id.encode()).digest()).decode()


def write_s3_error(error: ApiError, request_id: str, out: Pieces) -> None:
    """S3's own form of an error: no envelope, and members beside the text that its model doesn't know."""
    out.append(f"<Error><Code>{escape(error.code)}</Code><Message>{escape(error.text)}</Message>")
    out += [f"<{name}>{escape(str(value))}</{name}>" for name, value in error.extra_members().items()]
    out.append(f"<RequestId>{escape(request_id)}</RequestId><HostId>{host_id(request_id)}</HostId></Error>")
