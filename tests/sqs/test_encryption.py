"""Encryption as attributes: SQS's own keys or KMS, never both."""

import pytest

ENCRYPTION = ("KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled")


@pytest.fixture
def change(sqs, queue_url, attributes_of):
    def set_and_show(**attributes):
        sqs.set_queue_attributes(QueueUrl=queue_url, Attributes=attributes)
        return attributes_of(queue_url, *ENCRYPTION)

    return set_and_show


def test_a_new_queue_uses_sqs_keys(queue_url, attributes_of):
    assert attributes_of(queue_url, *ENCRYPTION) == {"SqsManagedSseEnabled": "true"}


def test_a_kms_key_takes_over_and_shows_its_reuse_period(change):
    assert change(KmsMasterKeyId="testKeyId", KmsDataKeyReusePeriodSeconds="6000") == {
        "KmsMasterKeyId": "testKeyId",
        "KmsDataKeyReusePeriodSeconds": "6000",
        "SqsManagedSseEnabled": "false",
    }


def test_the_reuse_period_is_five_minutes_unless_said_otherwise(change):
    assert change(KmsMasterKeyId="alias/aws/sqs")["KmsDataKeyReusePeriodSeconds"] == "300"


def test_sqs_keys_take_over_again(change):
    change(KmsMasterKeyId="testKeyId", KmsDataKeyReusePeriodSeconds="6000")
    assert change(SqsManagedSseEnabled="true") == {"SqsManagedSseEnabled": "true"}


def test_a_cleared_kms_key_leaves_no_encryption(change):
    change(KmsMasterKeyId="testKeyId", KmsDataKeyReusePeriodSeconds="6000")
    assert change(KmsMasterKeyId="", KmsDataKeyReusePeriodSeconds="300") == {"SqsManagedSseEnabled": "false"}


def test_an_empty_reuse_period_is_the_default(change):
    change(KmsMasterKeyId="testKeyId", KmsDataKeyReusePeriodSeconds="6000")
    assert change(KmsDataKeyReusePeriodSeconds="")["KmsDataKeyReusePeriodSeconds"] == "300"


def test_the_reuse_period_is_hidden_without_a_key(change):
    assert change(KmsDataKeyReusePeriodSeconds="6000") == {"SqsManagedSseEnabled": "true"}
    assert change(KmsMasterKeyId="testKeyId")["KmsDataKeyReusePeriodSeconds"] == "6000"


def test_both_at_once_are_refused(change, create, refused):
    message = (
        "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE."
    )
    with refused("InvalidAttributeName", message):
        change(KmsMasterKeyId="testKeyId", SqsManagedSseEnabled="true")
    with refused("InvalidAttributeName", message):
        create("another", KmsMasterKeyId="testKeyId", SqsManagedSseEnabled="true")


def test_a_queue_can_be_created_with_a_kms_key(create, attributes_of):
    url = create("secret", KmsMasterKeyId="testKeyId")
    assert attributes_of(url, *ENCRYPTION) == {
        "KmsMasterKeyId": "testKeyId",
        "KmsDataKeyReusePeriodSeconds": "300",
        "SqsManagedSseEnabled": "false",
    }


def test_encryption_can_be_off(create, attributes_of):
    assert attributes_of(create("open", SqsManagedSseEnabled="false"), *ENCRYPTION) == {"SqsManagedSseEnabled": "false"}
