"""What AWS answers to a request that it can't read, before any service sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pytest_cloudfakes.api import ApiError

if TYPE_CHECKING:
    from botocore.model import ServiceModel, StructureShape


class SerializationException(ApiError):
    """The body isn't what the protocol or the model says. AWS gives no text where the body can't be parsed at all.

    Source: common errors; texts as users of SQS, DynamoDB and API Gateway report them.
    """

    code = "SerializationException"


class WrongType(SerializationException):
    """A value of JSON that isn't of the type that the model wants.

    kind: its type in Python; wanted: the last word of what was wanted. Both for services with words of their own.
    """

    def __init__(self, text: str, *, kind: str, wanted: str) -> None:
        super().__init__(text)
        self.kind = kind
        self.wanted = wanted


class UnknownOperationException(ApiError):
    """No such operation, or no target. Source: common errors; answers of CloudWatch Logs as users report them."""

    code = "UnknownOperationException"


class UnknownProtocol(ApiError):
    """Neither a target nor a content type of AWS JSON: AWS can't tell which protocol is spoken."""

    code = "UnknownOperationException"
    status = 404


class AccessDenied(ApiError):
    """A path of a REST service that leads nowhere. Text as users of API Gateway and Lambda report it."""

    code = "AccessDeniedException"
    status = 403
    message = "Unable to determine service/operation name to be authorized"


class MissingAction(ApiError):
    """Source: common errors of the query services."""

    code = "MissingAction"
    message = "The request is missing an action or a required parameter."


class InvalidAction(ApiError):
    """Texts as users of SNS, SES and SQS report them."""

    code = "InvalidAction"
    message = "Could not find operation {action} for version {version}"


class InvalidSqsAction(InvalidAction):
    """SQS has words of its own."""

    message = "The action {action} is not valid for this endpoint."


class MalformedInput(ApiError):
    """A parameter of a form that the model can't take. Texts as users of ELB and CloudFront report them."""

    code = "MalformedInput"


class MalformedQueryString(ApiError):
    """Source: common errors of the query services, with their status."""

    code = "MalformedQueryString"
    status = 404
    message = "The query string contains a syntax error."


class IncompleteBody(ApiError):
    """Chunks that break off. Source: S3's list of error codes."""

    code = "IncompleteBody"
    message = "The request body terminated unexpectedly"


class InvalidUri(ApiError):
    """Source: S3's list of error codes."""

    code = "InvalidURI"
    message = "Couldn't parse the specified URI."


class InvalidArgument(ApiError):
    """A header or a parameter of the address that S3 can't take. Source: its list of error codes."""

    code = "InvalidArgument"
    message = "Invalid Argument"


class MalformedXml(ApiError):
    """Source: S3's list of error codes."""

    code = "MalformedXML"
    message = "The XML you provided was not well-formed or did not validate against our published schema"


class MethodNotAllowed(ApiError):
    """Source: S3's list of error codes."""

    code = "MethodNotAllowed"
    status = 405
    message = "The specified method is not allowed against this resource."


def error_shape(service_model: ServiceModel, error: ApiError) -> StructureShape | None:
    """The modelled shape of an error, found by its name or by the code that its model gives it."""
    find: Callable[[str], StructureShape | None] = service_model.shape_for_error_code  # type: ignore[assignment]
    found = find(error.code)
    if found is not None and found.name == error.code:
        return found
    shapes: list[StructureShape] = service_model.error_shapes  # type: ignore[assignment]
    by_name = next((shape for shape in shapes if shape.name == error.code), None)
    return by_name or found or find(error.query_code or "")


def modelled_code(shape: StructureShape | None) -> str | None:
    """The code that an error's model gives it beside its name."""
    return shape.metadata.get("error", {}).get("code") if shape is not None else None


def status_of(error: ApiError, shape: StructureShape | None) -> int:
    """The status an error is answered with: what its class says, else the model, else 400."""
    if error.status != ApiError.status or shape is None:
        return error.status
    return int(shape.metadata.get("error", {}).get("httpStatusCode", error.status))
