"""curl, on the HTTP front door: calls without any SDK, in all their protocols, signed by curl itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl isn't installed")
Curl = Callable[..., str]


@pytest.fixture
def curl(fake_aws_endpoint: Any) -> Curl:
    def run(path: str, *arguments: str) -> str:
        command = ["curl", "--silent", "--show-error", "--noproxy", "*", *arguments, fake_aws_endpoint.url + path]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    return run


def test_the_json_protocol_by_hand(curl: Curl, fake_sqs: Any) -> None:
    kind = ("-H", "Content-Type: application/x-amz-json-1.0")
    created = curl("/", "-H", "X-Amz-Target: AmazonSQS.CreateQueue", *kind, "-d", '{"QueueName": "jobs"}')
    message = json.dumps({"QueueUrl": json.loads(created)["QueueUrl"], "MessageBody": "cat.png"})
    curl("/", "-H", "X-Amz-Target: AmazonSQS.SendMessage", *kind, "-d", message)
    assert [message.body for message in fake_sqs.queue("jobs").visible] == ["cat.png"]


def test_the_older_protocol_by_hand(curl: Curl, fake_sqs: Any) -> None:
    curl("/?Action=CreateQueue&QueueName=jobs")
    answer = curl("/123456789012/jobs", "-d", "Action=SendMessage", "--data-urlencode", "MessageBody=cat & dog")
    assert "<MD5OfMessageBody>" in answer
    assert [message.body for message in fake_sqs.queue("jobs").visible] == ["cat & dog"]


def test_curls_own_signature_names_account_and_region(curl: Curl, fake_cloud: Any) -> None:
    signature = ("--aws-sigv4", "aws:amz:eu-west-1:sqs", "--user", "111122223333:secret")
    curl("/", *signature, "-d", "Action=CreateQueue&QueueName=jobs&Version=2012-11-05")
    [made] = fake_cloud.calls
    assert (made.account, made.region) == ("111122223333", "eu-west-1")


def test_a_topic_by_hand(curl: Curl, fake_sns: Any) -> None:
    created = curl("/", "-d", "Action=CreateTopic&Name=orders&Version=2010-03-31")
    arn = "arn:aws:sns:us-east-1:123456789012:orders"
    assert f"<TopicArn>{arn}</TopicArn>" in created
    curl("/", "-d", f"Action=Subscribe&TopicArn={arn}&Protocol=sms", "--data-urlencode", "Endpoint=+12065550100")
    answer = curl("/", "-d", f"Action=Publish&TopicArn={arn}", "--data-urlencode", "Message=cat & dog")
    assert "<MessageId>" in answer
    [delivery] = fake_sns.topic("orders").deliveries
    assert (delivery.endpoint, delivery.text) == ("+12065550100", "cat & dog")


def test_a_stream_by_hand(curl: Curl, fake_kinesis: Any) -> None:
    kind = ("-H", "Content-Type: application/x-amz-json-1.1")
    stream = '{"StreamName": "clicks", "ShardCount": 1}'
    curl("/", "-H", "X-Amz-Target: Kinesis_20131202.CreateStream", *kind, "-d", stream)
    record = json.dumps({"StreamName": "clicks", "PartitionKey": "a", "Data": "Y2F0"})
    answer = json.loads(curl("/", "-H", "X-Amz-Target: Kinesis_20131202.PutRecord", *kind, "-d", record))
    assert answer["ShardId"] == "shardId-000000000000"
    [kept] = fake_kinesis.stream("clicks").records
    assert (kept.data, kept.sequence_number) == (b"cat", answer["SequenceNumber"])
