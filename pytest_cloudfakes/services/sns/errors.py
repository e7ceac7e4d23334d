"""The errors of SNS. `code` is the shape in the model, `query_code` what a client shows as Error.Code.

Texts marked "unseen" are general knowledge; the others are AWS's own, from its model or as recorded from AWS.
"""

from __future__ import annotations

from pytest_cloudfakes.api import ApiError


class NotFound(ApiError):
    """Recorded from AWS for topics, subscriptions and platform applications; unseen for endpoints."""

    code = "NotFoundException"
    query_code = "NotFound"
    status = 404
    message = "{what} does not exist"


class InvalidParameter(ApiError):
    """Recorded from AWS in many forms: a name alone, a name and a reason, or a sentence."""

    code = "InvalidParameterException"
    query_code = "InvalidParameter"
    message = "Invalid parameter: {name}"


class InvalidParameterReason(InvalidParameter):
    """The same with a reason. Recorded from AWS."""

    message = "Invalid parameter: {name} Reason: {reason}"


class ParameterValueInvalid(ApiError):
    """A message attribute that can't be. Recorded from AWS."""

    code = "InvalidParameterValueException"
    query_code = "ParameterValueInvalid"


class ValidationError(ApiError):
    """What the model forbids, in SNS's dialect. Recorded from AWS; the model doesn't know it."""

    code = "ValidationError"


class AuthorizationError(ApiError):
    """No policy allows it. Text unseen."""

    code = "AuthorizationErrorException"
    query_code = "AuthorizationError"
    status = 403
    message = (
        "User: {principal} is not authorized to perform: SNS:{action} on resource: {resource} because no "
        "resource-based policy allows the SNS:{action} action"
    )


class SubscriptionLimitExceeded(ApiError):
    """Text unseen."""

    code = "SubscriptionLimitExceededException"
    query_code = "SubscriptionLimitExceeded"
    status = 403
    message = "Subscription limit exceeded"


class TopicLimitExceeded(ApiError):
    """Text unseen."""

    code = "TopicLimitExceededException"
    query_code = "TopicLimitExceeded"
    status = 403
    message = "Topic limit exceeded"


class FilterPolicyLimitExceeded(ApiError):
    """Text unseen."""

    code = "FilterPolicyLimitExceededException"
    query_code = "FilterPolicyLimitExceeded"
    status = 403
    message = "Filter policy limit exceeded"


class ReplayLimitExceeded(ApiError):
    """Too many replays at a time: never raised by itself, there to be injected."""

    code = "ReplayLimitExceededException"
    query_code = "ReplayLimitExceeded"
    status = 403
    message = "The request parameter has exceeded the maximum number of concurrent message replays."


class InvalidState(ApiError):
    """A topic with an active archive can't be deleted. Text unseen."""

    code = "InvalidStateException"
    query_code = "InvalidState"
    message = "Cannot delete a topic with an ArchivePolicy"


class EndpointDisabled(ApiError):
    """Text unseen."""

    code = "EndpointDisabledException"
    query_code = "EndpointDisabled"
    message = "Endpoint is disabled"


class PlatformApplicationDisabled(ApiError):
    """Text unseen."""

    code = "PlatformApplicationDisabledException"
    query_code = "PlatformApplicationDisabled"
    message = "Platform application is disabled"


class TooManyEntriesInBatchRequest(ApiError):
    """Text unseen."""

    code = "TooManyEntriesInBatchRequestException"
    query_code = "TooManyEntriesInBatchRequest"
    message = "The batch request contains more entries than permissible."


class EmptyBatchRequest(ApiError):
    """Text unseen."""

    code = "EmptyBatchRequestException"
    query_code = "EmptyBatchRequest"
    message = "The batch request doesn't contain any entries."


class BatchEntryIdsNotDistinct(ApiError):
    """Text unseen."""

    code = "BatchEntryIdsNotDistinctException"
    query_code = "BatchEntryIdsNotDistinct"
    message = "Two or more batch entries in the request have the same Id."


class BatchRequestTooLong(ApiError):
    """Recorded from AWS."""

    code = "BatchRequestTooLongException"
    query_code = "BatchRequestTooLong"
    message = "The length of all the messages put together is more than the limit."


class InvalidBatchEntryId(ApiError):
    """Recorded from AWS."""

    code = "InvalidBatchEntryIdException"
    query_code = "InvalidBatchEntryId"
    message = "The Id of a batch entry in the batch request {problem}: {id}"


class OptedOut(ApiError):
    """A phone number that opted out can't be verified in the sandbox. Text unseen."""

    code = "OptedOutException"
    query_code = "OptedOut"
    message = "Phone number {number} is opted out"


class UserError(ApiError):
    """A request about the sandbox that AWS doesn't take now. Texts unseen."""

    code = "UserErrorException"
    query_code = "UserError"


class Verification(ApiError):
    """A wrong one-time password. Its model gives it no code. Text unseen."""

    code = "VerificationException"
    message = "The one-time password is invalid"


class ResourceNotFound(ApiError):
    """Of tags and of the sandbox. Text unseen."""

    code = "ResourceNotFoundException"
    query_code = "ResourceNotFound"
    status = 404
    message = "Resource does not exist"


class TagLimitExceeded(ApiError):
    """Text: model, TagLimitExceededException."""

    code = "TagLimitExceededException"
    query_code = "TagLimitExceeded"
    message = "Can't add more than 50 tags to a topic."


class StaleTag(ApiError):
    """Never raised by itself, there to be injected."""

    code = "StaleTagException"
    query_code = "StaleTag"
    message = "A tag has been added to a resource with the same ARN as a deleted resource."


class TagPolicy(ApiError):
    """Never raised by itself, there to be injected."""

    code = "TagPolicyException"
    query_code = "TagPolicy"
    message = "The request doesn't comply with the IAM tag policy."


class ConcurrentAccess(ApiError):
    """Never raised by itself, there to be injected."""

    code = "ConcurrentAccessException"
    query_code = "ConcurrentAccess"
    message = "Can't perform multiple operations on a tag simultaneously."


class Throttled(ApiError):
    """Too many requests about text messages. Its text is AWS's general one."""

    code = "ThrottledException"
    query_code = "Throttled"
    status = 429
    message = "Rate exceeded"


class Throttling(ApiError):
    """Too many requests of a kind in a second. Text: common errors; the model doesn't know it."""

    code = "Throttling"
    message = "Rate exceeded"


class InternalError(ApiError):
    """A failure of SNS: never raised by itself, there to be injected."""

    code = "InternalErrorException"
    query_code = "InternalError"
    status = 500
    message = "We encountered an internal error. Please try again."
