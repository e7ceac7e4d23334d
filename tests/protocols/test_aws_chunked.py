"""S3's chunks within a body."""

from __future__ import annotations

import pytest

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.protocols import Headers, HttpRequest

SIGNED = b"5;chunk-signature=abc\r\nhello\r\n1;chunk-signature=def\r\n!\r\n0;chunk-signature=ghi\r\n\r\n"
TRAILED = b"6\r\nhello!\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"


def decoded(peer, body, **headers):
    s3 = peer("s3")
    sent = {"Content-Encoding": "aws-chunked", "Content-Length": str(len(body)), **headers}
    request = HttpRequest("PUT", "/bucket/a", "", Headers(sent.items()), body)
    return s3.protocol.decode(s3.service_model.operation_model("PutObject"), request)


def test_the_data_of_signed_chunks_is_joined(peer):
    parameters = decoded(peer, SIGNED, **{"x-amz-decoded-content-length": "6"})
    assert parameters == {"Bucket": "bucket", "Key": "a", "Body": b"hello!", "ContentLength": 6}


def test_trailing_headers_count_and_the_encoding_of_the_data_stays(peer):
    parameters = decoded(peer, TRAILED, **{"Content-Encoding": "aws-chunked,gzip"})
    assert parameters["Body"] == b"hello!"
    assert parameters["ChecksumCRC32"] == "AAAAAA=="
    assert parameters["ContentEncoding"] == "gzip"


@pytest.mark.parametrize(
    "body", [b"", b"5", b"5\r\nhel", b"x\r\n", b"5\r\nhello", b"-1\r\n", b"5\r\nhello\r\n", SIGNED[:-30]]
)
def test_chunks_that_break_off_are_refused(body, peer):
    with pytest.raises(ApiError) as caught:
        decoded(peer, body)
    assert (caught.value.code, caught.value.status) == ("IncompleteBody", 400)


def test_another_length_than_declared_is_refused(peer):
    with pytest.raises(ApiError, match="IncompleteBody"):
        decoded(peer, SIGNED, **{"x-amz-decoded-content-length": "7"})
