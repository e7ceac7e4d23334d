"""Queue URLs and receipt handles as pure functions."""

import pytest

from pytest_cloudfakes.services.sqs import receipts, urls
from pytest_cloudfakes.services.sqs.errors import ReceiptHandleIsInvalid


@pytest.mark.parametrize(
    "partition, region, host",
    [
        ("aws", "us-east-1", "sqs.us-east-1.amazonaws.com"),
        ("aws-cn", "cn-north-1", "sqs.cn-north-1.amazonaws.com.cn"),
        ("aws-us-gov", "us-gov-east-1", "sqs.us-gov-east-1.amazonaws.com"),
        ("aws-iso", "us-iso-east-1", "sqs.us-iso-east-1.c2s.ic.gov"),
        ("aws-iso-b", "us-isob-east-1", "sqs.us-isob-east-1.sc2s.sgov.gov"),
        ("aws-iso-e", "eu-isoe-west-1", "sqs.eu-isoe-west-1.cloud.adc-e.uk"),
        ("aws-iso-f", "us-isof-south-1", "sqs.us-isof-south-1.csp.hci.ic.gov"),
        ("aws-eusc", "eusc-de-east-1", "sqs.eusc-de-east-1.amazonaws.eu"),
    ],
)
def test_urls_are_read_as_they_are_written(partition, region, host):
    url = urls.queue_url(partition, region, "123456789012", "jobs.fifo")
    assert url == f"https://{host}/123456789012/jobs.fifo"
    assert urls.parse(url) == ("123456789012", "jobs.fifo", region)


def test_handles_are_read_as_they_are_written():
    text = receipts.handle(2**64 - 1, 5, 7)
    assert text.startswith("AQEB")
    assert receipts.parse(text, 2**64 - 1) == (5, 7)
    with pytest.raises(ReceiptHandleIsInvalid):
        receipts.parse(text, 1)


def test_a_handle_with_one_character_changed_is_none_or_another():
    text = receipts.handle(12345678901234567890, 5, 7)
    for index in range(14):
        changed = text[:index] + ("A" if text[index] != "A" else "B") + text[index + 1 :]
        with pytest.raises(ReceiptHandleIsInvalid):
            receipts.parse(changed, 12345678901234567890)
