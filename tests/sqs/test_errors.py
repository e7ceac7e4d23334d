"""What an error of AWS is to a client: its class, its codes, its status, and what stands beside it."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

OURS = "AWS.SimpleQueueService."
KINDS = [
    ("BatchEntryIdsNotDistinct", OURS + "BatchEntryIdsNotDistinct", 400),
    ("BatchRequestTooLong", OURS + "BatchRequestTooLong", 400),
    ("EmptyBatchRequest", OURS + "EmptyBatchRequest", 400),
    ("InvalidAddress", "InvalidAddress", 404),
    ("InvalidAttributeName", "InvalidAttributeName", 400),
    ("InvalidAttributeValue", "InvalidAttributeValue", 400),
    ("InvalidBatchEntryId", OURS + "InvalidBatchEntryId", 400),
    ("InvalidIdFormat", "InvalidIdFormat", 400),
    ("InvalidMessageContents", "InvalidMessageContents", 400),
    ("InvalidSecurity", "InvalidSecurity", 403),
    ("KmsAccessDenied", "KMS.AccessDeniedException", 400),
    ("KmsDisabled", "KMS.DisabledException", 400),
    ("KmsInvalidKeyUsage", "KMS.InvalidKeyUsageException", 400),
    ("KmsInvalidState", "KMS.InvalidStateException", 400),
    ("KmsNotFound", "KMS.NotFoundException", 400),
    ("KmsOptInRequired", "KMS.OptInRequired", 403),
    ("KmsThrottled", "KMS.ThrottlingException", 400),
    ("MessageNotInflight", OURS + "MessageNotInflight", 400),
    ("OverLimit", "OverLimit", 403),
    ("PurgeQueueInProgress", OURS + "PurgeQueueInProgress", 403),
    ("QueueDeletedRecently", OURS + "QueueDeletedRecently", 400),
    ("QueueDoesNotExist", OURS + "NonExistentQueue", 400),
    ("QueueNameExists", "QueueAlreadyExists", 400),
    ("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid", 404),
    ("RequestThrottled", "RequestThrottled", 403),
    ("ResourceNotFoundException", "ResourceNotFoundException", 404),
    ("TooManyEntriesInBatchRequest", OURS + "TooManyEntriesInBatchRequest", 400),
    ("UnsupportedOperation", OURS + "UnsupportedOperation", 400),
]


@pytest.fixture
def once(fake_sqs):
    """A client that tries once."""
    return boto3.client("sqs", region_name="us-east-1", config=Config(retries={"max_attempts": 0}))


@pytest.mark.parametrize("shape, code, status", KINDS, ids=[kind[0] for kind in KINDS])
def test_each_kind(fake_cloud, once, queue_url, by_query, shape, code, status):
    modelled = {error.name: error for error in once.meta.service_model.error_shapes}
    if shape not in modelled:
        pytest.skip("this botocore doesn't know it")
    fake_cloud.faults.fail("sqs", "ReceiveMessage", shape)
    with pytest.raises(getattr(once.exceptions, shape)) as caught:
        once.receive_message(QueueUrl=queue_url)
    response = caught.value.response
    assert isinstance(caught.value, ClientError)
    assert (response["Error"]["Code"], response["Error"]["Type"]) == (code, "Sender")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert response["ResponseMetadata"]["RequestId"]
    if not by_query:
        assert response["Error"]["QueryErrorCode"] == shape
        # botocore looks for members by the code, so finds those where both names are the same. Recorded from AWS.
        tells = code == shape and "message" in modelled[shape].members
        told = {"message": response["Error"]["Message"]} if tells else {}
        assert {name: response[name] for name in response.keys() - {"Error", "ResponseMetadata"}} == told


def test_all_kinds_of_the_model_are_known(once):
    assert {error.name for error in once.meta.service_model.error_shapes} <= {shape for shape, _, _ in KINDS}


def test_what_the_model_doesnt_know_is_a_plain_client_error(sqs, queue_url):
    with pytest.raises(ClientError) as caught:
        sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=11)
    assert type(caught.value) is ClientError
    assert str(caught.value) == (
        "An error occurred (InvalidParameterValue) when calling the ReceiveMessage operation: Value 11 for parameter "
        "MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."
    )


@pytest.mark.parametrize("code", ["InternalFailure", "ServiceUnavailable"])
def test_a_send_that_failed_may_be_repeated(fake_cloud, fake_clock, sqs, queue_url, send, counts, code):
    fake_cloud.faults.fail("sqs", "SendMessage", code)
    send(queue_url)
    assert counts(queue_url) == (1, 0, 0)
