"""What AWS answers to a request that doesn't arrive as it should."""

from __future__ import annotations

from pytest_cloudfakes.api import ApiError


class RequestTimeout(ApiError):
    """The rest of a request doesn't come. Source: S3's list of error codes."""

    code = "RequestTimeout"
    message = (
        "Your socket connection to the server was not read from or written to within the timeout period. "
        "Idle connections will be closed."
    )


class RequestEntityTooLarge(ApiError):
    """A body larger than any request of the service. Code and text as users of Lambda report them."""

    code = "RequestEntityTooLargeException"
    status = 413
    message = "Request must be smaller than {limit} bytes"


class MalformedHttp(ApiError):
    """A length that is none."""

    code = "BadRequest"
    message = "The request isn't valid HTTP."


class NotFakedHere(ApiError):
    """What clients of other processes see of `NotFaked`; a status that no SDK retries."""

    code = "NotFaked"
    status = 501
