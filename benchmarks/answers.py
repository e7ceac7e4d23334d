"""What AWS answers to the calls that are measured, for the floor."""

from __future__ import annotations

import datetime

from benchmarks.floor import Prepared
from pytest_cloudfakes.services.sqs.errors import QueueDoesNotExist

QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"
MISSING_QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/missing"

_ID = "c80e8021-a70a-42c7-a470-796e1186f700"
_MD5 = "5d41402abc4b2a76b9719d911017c592"
_MESSAGE = {"MessageId": _ID, "ReceiptHandle": "AQEB" + "x" * 176, "MD5OfBody": _MD5, "Body": "hello"}
_TEN = [str(n) for n in range(10)]

SQS = (
    Prepared("CreateQueue", {"QueueUrl": QUEUE_URL}),
    Prepared("SendMessage", QueueDoesNotExist(), b"missing"),
    Prepared("SendMessage", {"MessageId": _ID, "MD5OfMessageBody": _MD5}),
    Prepared("ReceiveMessage", {"Messages": [_MESSAGE] * 10}, b"MaxNumberOfMessages"),
    Prepared("ReceiveMessage", {"Messages": [_MESSAGE]}),
    Prepared("DeleteMessage", {}),
    Prepared(
        "SendMessageBatch",
        {"Successful": [{"Id": each, "MessageId": _ID, "MD5OfMessageBody": _MD5} for each in _TEN], "Failed": []},
    ),
    Prepared("DeleteMessageBatch", {"Successful": [{"Id": each} for each in _TEN], "Failed": []}),
)

STREAM_ITERATOR = "AAAAAAAAAAF" + "x" * 213
SHARD = "shardId-000000000000"
_SEQUENCE = "49545115243490985018280067714973144582180062593244200961"
_RECORD = {
    "SequenceNumber": _SEQUENCE,
    "ApproximateArrivalTimestamp": datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.timezone.utc),
    "Data": b"hello",
    "PartitionKey": "key",
}

KINESIS = (
    Prepared("CreateStream", {}),
    Prepared("PutRecord", {"ShardId": SHARD, "SequenceNumber": _SEQUENCE}),
    Prepared(
        "PutRecords", {"FailedRecordCount": 0, "Records": [{"SequenceNumber": _SEQUENCE, "ShardId": SHARD}] * 100}
    ),
    Prepared("GetRecords", {"Records": [_RECORD] * 100, "NextShardIterator": STREAM_ITERATOR, "MillisBehindLatest": 0}),
)

TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:orders"

SNS = (Prepared("Publish", {"MessageId": _ID}),)
