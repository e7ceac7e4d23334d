"""The errors of Kinesis Data Streams.

Texts marked "unseen" are general knowledge; the others are AWS's own: from its model, from logs that users of AWS
published, or as observed of the service by others.
"""

from __future__ import annotations

from pytest_cloudfakes.api import ApiError


class ResourceNotFound(ApiError):
    """No such stream in this account and region."""

    code = "ResourceNotFoundException"
    message = "Stream {stream} under account {account} not found."


class ShardNotFound(ApiError):
    """No such shard, for who wants to read it (no full stop)."""

    code = "ResourceNotFoundException"
    message = "Shard {shard} in stream {stream} under account {account} does not exist"


class ShardToChangeNotFound(ApiError):
    """No such shard, for who wants to split or merge it."""

    code = "ResourceNotFoundException"
    message = "Could not find shard {shard} in stream {stream} under account {account}."


class ConsumerNotFound(ApiError):
    """Text unseen."""

    code = "ResourceNotFoundException"
    message = "Consumer {consumer}, account {account} not found."


class QueueNotFound(ApiError):
    """Text unseen."""

    code = "ResourceNotFoundException"
    message = "Queue {queue} under account {account} not found."


class PolicyNotFound(ApiError):
    """Text unseen."""

    code = "ResourceNotFoundException"
    message = "No resource policy found for resource ARN {arn}"


class ResourceInUse(ApiError):
    """The stream isn't in a state in which it could be changed."""

    code = "ResourceInUseException"
    message = "Stream {stream} under account {account} not ACTIVE, instead in state {state}"


class StreamNotReady(ApiError):
    """The stream isn't there to be read yet."""

    code = "ResourceInUseException"
    message = "Stream {stream} under account {account} not ACTIVE or UPDATING, instead in state {state}"


class StreamExists(ApiError):
    """The name is taken."""

    code = "ResourceInUseException"
    message = "Stream {stream} under account {account} already exists."


class StreamHasConsumers(ApiError):
    """A stream is deleted with its consumers only if so told."""

    code = "ResourceInUseException"
    message = (
        "DeleteStream can't delete {arn} because there are consumers associated with this data stream. To delete "
        "{stream} anyway, set the EnforceConsumerDeletion parameter to true to force the deletion of all the "
        "consumers that are associated with it."
    )


class StreamHasQueues(ApiError):
    """A stream with queues is neither deleted nor provisioned. Text unseen."""

    code = "ResourceInUseException"
    message = "Stream {stream} under account {account} has queues, which must be deleted first."


class ConsumerExists(ApiError):
    """Text unseen."""

    code = "ResourceInUseException"
    message = "Consumer {consumer} under stream {stream} already exists for account {account}."


class ConsumerNotActive(ApiError):
    """The consumer can't be used yet, or no longer."""

    code = "ResourceInUseException"
    message = (
        "Consumer {consumer} with creation timestamp {created} under stream: {stream} , account {account} is not in "
        "ACTIVE status."
    )


class ConsumerNotReady(ApiError):
    """The consumer can't be given a policy yet, or no longer."""

    code = "ResourceInUseException"
    message = (
        "Consumer {consumer} with creation timestamp {created} under stream {stream} and account {account} is not in "
        "ACTIVE status."
    )


class SubscriptionExists(ApiError):
    """A consumer subscribed to a shard again too early."""

    code = "ResourceInUseException"
    message = "Another active subscription exists for this consumer: {account}:{stream}:{shard}:{consumer}"


class QueueExists(ApiError):
    """Text unseen."""

    code = "ResourceInUseException"
    message = "Queue {queue} under account {account} already exists."


class QueueNotActive(ApiError):
    """Text unseen."""

    code = "ResourceInUseException"
    message = "Queue {queue} under account {account} not ACTIVE, instead in state {state}"


class InvalidArgument(ApiError):
    """Said where it is raised."""

    code = "InvalidArgumentException"


class ValidationException(ApiError):
    """A rule of the model, or one that AWS reports like it."""

    code = "ValidationException"


class LimitExceeded(ApiError):
    """A quota, or the rate of an operation on a stream."""

    code = "LimitExceededException"
    message = "Rate exceeded for stream {stream} under account {account}."


class ThroughputExceeded(ApiError):
    """More than a shard takes."""

    code = "ProvisionedThroughputExceededException"
    message = "Rate exceeded for shard {shard} in stream {stream} under account {account}."


class ReadThroughputExceeded(ApiError):
    """More than a shard gives."""

    code = "ProvisionedThroughputExceededException"
    message = "Rate exceeded for Shard - {account}/{stream}/{shard}"


class ExpiredIterator(ApiError):
    """A shard iterator is older than five minutes."""

    code = "ExpiredIteratorException"
    message = (
        "Iterator expired. The iterator was created at time {created} while right now it is {now} which is further in "
        "the future than the tolerated delay of 300000 milliseconds."
    )


class ExpiredNextToken(ApiError):
    """A token of a list is older than five minutes. Text unseen."""

    code = "ExpiredNextTokenException"
    message = "The pagination token has expired. Tokens expire after 300 seconds."


class DryRunOperation(ApiError):
    """The call would have succeeded. Text unseen."""

    code = "DryRunOperationException"
    message = "Request would have succeeded, but DryRun flag is set."


class AccessDenied(ApiError):
    """No policy allows it. Text: IAM user guide, troubleshoot access denied error messages."""

    code = "AccessDeniedException"
    message = (
        "User: {caller} is not authorized to perform: {action} on resource: {resource} because no resource-based "
        "policy allows the {action} action"
    )


class ExplicitlyDenied(ApiError):
    """A policy forbids it. Text: IAM user guide, troubleshoot access denied error messages."""

    code = "AccessDeniedException"
    message = (
        "User: {caller} is not authorized to perform: {action} on resource: {resource} with an explicit deny in a "
        "resource-based policy"
    )


class InternalFailure(ApiError):
    """A failure of AWS's. The text is that of an entry of PutRecords."""

    code = "InternalFailure"
    status = 500
    message = "Internal Service Failure"


class Throttling(ApiError):
    """Too many calls to a queue. Text unseen."""

    code = "ThrottlingException"
    message = "Rate exceeded"


class _Kms(ApiError):
    """Errors of KMS that Kinesis passes on: never raised by itself, there to be injected."""

    message = "The request was rejected by AWS KMS."


class KmsDisabled(_Kms):
    code = "KMSDisabledException"


class KmsInvalidState(_Kms):
    code = "KMSInvalidStateException"


class KmsAccessDenied(_Kms):
    code = "KMSAccessDeniedException"


class KmsNotFound(_Kms):
    code = "KMSNotFoundException"


class KmsOptInRequired(_Kms):
    code = "KMSOptInRequired"


class KmsThrottling(_Kms):
    code = "KMSThrottlingException"


def blob_too_long(size: int, maximum: int, path: str) -> ValidationException:
    """Data that is longer than the stream takes, in the words of the model's own constraint."""
    return ValidationException(
        f"1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim={size} cap={size}]' at '{path}' failed "
        f"to satisfy constraint: Member must have length less than or equal to {maximum}"
    )


def missing(path: str) -> ValidationException:
    """A member that has to be there although the model doesn't say so."""
    return ValidationException(
        f"1 validation error detected: Value null at '{path}' failed to satisfy constraint: Member must not be null"
    )
