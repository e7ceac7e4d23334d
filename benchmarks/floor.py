"""The floor: botocore whole, with an HTTP send that answers at once.

What a call costs without any fake or network: validation, endpoint rules, serialising, signing, events, parsing.
"""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.awsrequest import AWSRequest, AWSResponse

QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"
MISSING_QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/missing"

_MD5 = "5d41402abc4b2a76b9719d911017c592"
_HANDLE = "AQEB" + "x" * 176
_MESSAGES = [
    {
        "MessageId": f"c80e8021-a70a-42c7-a470-796e1186f7{n:02}",
        "ReceiptHandle": _HANDLE,
        "MD5OfBody": _MD5,
        "Body": "hello",
    }
    for n in range(10)
]
_IDS = [str(n) for n in range(10)]

ANSWERS: dict[str, Any] = {
    "CreateQueue": {"QueueUrl": QUEUE_URL},
    "SendMessage": {"MessageId": _MESSAGES[0]["MessageId"], "MD5OfMessageBody": _MD5},
    "ReceiveMessage": {"Messages": _MESSAGES[:1]},
    "ReceiveMessage of ten": {"Messages": _MESSAGES},
    "DeleteMessage": None,
    "SendMessageBatch": {
        "Successful": [{"Id": each, "MessageId": _MESSAGES[0]["MessageId"], "MD5OfMessageBody": _MD5} for each in _IDS]
    },
    "DeleteMessageBatch": {"Successful": [{"Id": each} for each in _IDS]},
}

_NO_QUEUE = {
    "__type": "com.amazonaws.sqs#QueueDoesNotExist",
    "message": "The specified queue does not exist.",
}


class AtOnce:
    """In place of a client's HTTP session: each request is answered with bytes as AWS sends them."""

    def __init__(self) -> None:
        self._bodies = {name: b"" if body is None else json.dumps(body).encode() for name, body in ANSWERS.items()}
        self._error = json.dumps(_NO_QUEUE).encode()
        self._numbers: Iterator[int] = itertools.count()

    def send(self, request: AWSRequest) -> AWSResponse:
        """Answer."""
        target = request.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).partition(".")[2]
        headers = {
            "x-amzn-RequestId": f"c7dd05e6-3c53-5ca8-9a84-{next(self._numbers):012}",
            "Date": "Sat, 31 Jan 2026 12:00:00 GMT",
            "Content-Type": "application/x-amz-json-1.0",
            "connection": "keep-alive",
        }
        if operation == "SendMessage" and b"/missing" in request.body:
            headers["x-amzn-query-error"] = "AWS.SimpleQueueService.NonExistentQueue;Sender"
            return self._response(request.url, 400, headers, self._error)
        if operation == "ReceiveMessage" and b"MaxNumberOfMessages" in request.body:
            operation = "ReceiveMessage of ten"
        return self._response(request.url, 200, headers, self._bodies[operation])

    def _response(self, url: str, status: int, headers: dict[str, str], body: bytes) -> AWSResponse:
        headers["Content-Length"] = str(len(body))
        return AWSResponse(url, status, headers, _Raw(body))


class _Raw(io.BytesIO):
    """The part of urllib3's response that botocore reads."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def client() -> Any:
    """A client of SQS with the floor below it."""
    made = boto3.client("sqs", region_name="us-east-1", aws_access_key_id="floor", aws_secret_access_key="floor")
    made._endpoint.http_session = AtOnce()
    return made
