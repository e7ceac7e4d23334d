"""The errors of SQS. `code` is the shape in the model, `query_code` what a client shows as Error.Code.

Codes and statuses are those of AWS's Smithy model, which says more than botocore's (recorded ones agree). Texts marked
"unseen" are general knowledge; the others are AWS's own, from its model or as recorded from AWS.
"""

from __future__ import annotations

from pytest_cloudfakes.api import ApiError

_QUERY = "AWS.SimpleQueueService."


class QueueDoesNotExist(ApiError):
    """No such queue in this account and region. Text unseen."""

    code = "QueueDoesNotExist"
    query_code = _QUERY + "NonExistentQueue"
    message = "The specified queue does not exist."


class QueueNameExists(ApiError):
    """A queue of that name differs in an attribute of the request. Recorded from AWS."""

    code = "QueueNameExists"
    query_code = "QueueAlreadyExists"
    message = "A queue already exists with the same name and a different value for attribute {attribute}"


class QueueDeletedRecently(ApiError):
    """The name isn't free yet. Text unseen."""

    code = "QueueDeletedRecently"
    query_code = _QUERY + "QueueDeletedRecently"
    message = "You must wait 60 seconds after deleting a queue before you can create another with the same name."


class PurgeQueueInProgress(ApiError):
    """Recorded from AWS."""

    code = "PurgeQueueInProgress"
    query_code = _QUERY + "PurgeQueueInProgress"
    status = 403
    message = "Only one PurgeQueue operation on {name} is allowed every 60 seconds."


class OverLimit(ApiError):
    """Too many messages in flight, or actions in a statement. Text unseen."""

    code = "OverLimit"
    query_code = "OverLimit"
    status = 403
    message = "The maximum number of in flight messages is reached."


class TooManyEntriesInBatchRequest(ApiError):
    """Recorded from AWS."""

    code = "TooManyEntriesInBatchRequest"
    query_code = _QUERY + "TooManyEntriesInBatchRequest"
    message = "Maximum number of entries per request are 10. You have sent {count}."


class EmptyBatchRequest(ApiError):
    """Text unseen."""

    code = "EmptyBatchRequest"
    query_code = _QUERY + "EmptyBatchRequest"
    message = "There should be at least one {operation}RequestEntry in the request."


class BatchEntryIdsNotDistinct(ApiError):
    """Text unseen."""

    code = "BatchEntryIdsNotDistinct"
    query_code = _QUERY + "BatchEntryIdsNotDistinct"
    message = "Id {id} repeated."


class InvalidBatchEntryId(ApiError):
    """Recorded from AWS, also for an empty id."""

    code = "InvalidBatchEntryId"
    query_code = _QUERY + "InvalidBatchEntryId"
    message = (
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
        "It can be at most 80 letters long."
    )


class BatchRequestTooLong(ApiError):
    """Recorded from AWS."""

    code = "BatchRequestTooLong"
    query_code = _QUERY + "BatchRequestTooLong"
    message = "Batch requests cannot be longer than {limit} bytes. You have sent {size} bytes."


class InvalidAttributeName(ApiError):
    """Recorded from AWS."""

    code = "InvalidAttributeName"
    query_code = "InvalidAttributeName"
    message = "Unknown Attribute {name}."


class InvalidAttributeValue(ApiError):
    """Recorded from AWS with a reason."""

    code = "InvalidAttributeValue"
    query_code = "InvalidAttributeValue"
    message = "Invalid value for the parameter {name}."


class InvalidParameterValue(ApiError):
    """Recorded from AWS. The model doesn't know it, so clients raise a plain ClientError."""

    code = "InvalidParameterValueException"
    query_code = "InvalidParameterValue"
    message = "Value {value} for parameter {name} is invalid. Reason: {reason}"


class MissingParameter(ApiError):
    """Recorded from AWS. The model doesn't know it."""

    code = "MissingRequiredParameterException"
    query_code = "MissingParameter"
    message = "The request must contain the parameter {name}."


class MessageNotInflight(ApiError):
    """Its shape has no message member; the text is the model's description."""

    code = "MessageNotInflight"
    query_code = _QUERY + "MessageNotInflight"
    message = "The specified message isn't in flight."


class ReceiptHandleIsInvalid(ApiError):
    """Not a receipt handle of this queue. Text: knowledge centre, SQS receipt handle errors."""

    code = "ReceiptHandleIsInvalid"
    query_code = "ReceiptHandleIsInvalid"
    status = 404
    message = 'The input receipt handle "{handle}" is not a valid receipt handle.'


class InvalidIdFormat(ApiError):
    """Of old, and without a message member: never raised by itself, there to be injected."""

    code = "InvalidIdFormat"
    query_code = "InvalidIdFormat"
    message = "The specified receipt handle isn't valid for the current version."


class InvalidMessageContents(ApiError):
    """A character that is not allowed. Text: as users of AWS report it."""

    code = "InvalidMessageContents"
    query_code = "InvalidMessageContents"
    message = (
        "Invalid binary character '#x{character:X}' was found in the message body, the set of allowed characters is "
        "#x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]."
    )


class UnsupportedOperation(ApiError):
    """Text unseen where one is given; the default is the model's description."""

    code = "UnsupportedOperation"
    query_code = _QUERY + "UnsupportedOperation"
    message = "Unsupported operation."


class ResourceNotFound(ApiError):
    """A queue or a task that a message move task speaks of. Text unseen."""

    code = "ResourceNotFoundException"
    query_code = "ResourceNotFoundException"
    status = 404
    message = "The resource that you specified for the {name} parameter doesn't exist."


class RequestThrottled(ApiError):
    """Too many requests. Text: model, RequestThrottled."""

    code = "RequestThrottled"
    query_code = "RequestThrottled"
    status = 403
    message = "The request was denied due to request throttling."


class InvalidAddress(ApiError):
    """The queue URL is none of this endpoint. Text unseen."""

    code = "InvalidAddress"
    query_code = "InvalidAddress"
    status = 404
    message = "The address {address} is not valid for this endpoint."


class InvalidSecurity(ApiError):
    """Not over HTTPS, or not signed: never raised by itself, there to be injected."""

    code = "InvalidSecurity"
    query_code = "InvalidSecurity"
    status = 403
    message = "The request was not made over HTTPS or did not use SigV4 for signing."


class AccessDenied(ApiError):
    """No policy allows it. The model doesn't know it. Text: developer guide, troubleshooting access denied."""

    code = "AccessDeniedException"
    query_code = "AccessDenied"
    status = 403
    message = "Access to the resource {resource} is denied."


class _Kms(ApiError):
    """Errors of KMS that SQS passes on: never raised by themselves, there to be injected. Text unseen."""

    message = "The request was rejected by AWS KMS."


class KmsDisabled(_Kms):
    code = "KmsDisabled"
    query_code = "KMS.DisabledException"


class KmsInvalidState(_Kms):
    code = "KmsInvalidState"
    query_code = "KMS.InvalidStateException"


class KmsNotFound(_Kms):
    code = "KmsNotFound"
    query_code = "KMS.NotFoundException"


class KmsOptInRequired(_Kms):
    code = "KmsOptInRequired"
    query_code = "KMS.OptInRequired"
    status = 403


class KmsThrottled(_Kms):
    code = "KmsThrottled"
    query_code = "KMS.ThrottlingException"


class KmsAccessDenied(_Kms):
    code = "KmsAccessDenied"
    query_code = "KMS.AccessDeniedException"


class KmsInvalidKeyUsage(_Kms):
    code = "KmsInvalidKeyUsage"
    query_code = "KMS.InvalidKeyUsageException"
