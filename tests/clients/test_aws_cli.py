"""The AWS CLI as a subprocess, on the HTTP front door."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

Cli = Callable[..., Any]
TOPIC = "arn:aws:sns:us-east-1:123456789012:nope"


@pytest.fixture
def command(fake_aws_endpoint: Any) -> Callable[..., list[str]]:
    """A command line of `aws`. Version 1 of the CLI has SQS's addresses by heart, so it is told the endpoint."""
    aws = [sys.executable, "-m", "awscli", "--endpoint-url", fake_aws_endpoint.url, "--output", "json"]
    return lambda *arguments: [*aws, *arguments]


@pytest.fixture
def aws(fake_aws_endpoint: Any, command: Callable[..., list[str]]) -> Cli:
    """`aws …`: what it prints, as data."""

    def run(*arguments: str, status: int = 0) -> Any:
        done = subprocess.run(
            command(*arguments),
            env=fake_aws_endpoint.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == status, done.stderr
        return json.loads(done.stdout or "null") if status == 0 else done.stderr

    return run


@pytest.fixture
def aws_sqs(aws: Cli) -> Cli:
    return partial(aws, "sqs")


def test_a_message_goes_through_the_cli(aws_sqs: Cli, fake_sqs: Any) -> None:
    url = aws_sqs("create-queue", "--queue-name", "jobs", "--attributes", "VisibilityTimeout=40")["QueueUrl"]
    attributes = '{"size": {"DataType": "Number", "StringValue": "100"}}'
    sent = aws_sqs("send-message", "--queue-url", url, "--message-body", "cat ☺", "--message-attributes", attributes)
    received = aws_sqs("receive-message", "--queue-url", url, "--message-attribute-names", "All")

    [message] = received["Messages"]
    assert message["MessageId"] == sent["MessageId"]
    assert message["Body"] == "cat ☺"
    assert message["MessageAttributes"]["size"]["StringValue"] == "100"
    [in_flight] = fake_sqs.queue("jobs").in_flight
    assert in_flight.body == "cat ☺"

    aws_sqs("delete-message", "--queue-url", url, "--receipt-handle", message["ReceiptHandle"])
    assert fake_sqs.queue("jobs").in_flight == []


def test_an_error_of_aws_is_what_the_cli_says(aws_sqs: Cli) -> None:
    said = aws_sqs("get-queue-url", "--queue-name", "nope", status=255)
    assert "(AWS.SimpleQueueService.NonExistentQueue)" in said
    assert "The specified queue does not exist" in said


def test_the_region_of_the_command_is_the_region_of_the_call(aws_sqs: Cli, fake_cloud: Any) -> None:
    aws_sqs("create-queue", "--queue-name", "jobs", "--region", "eu-central-1")
    [made] = fake_cloud.calls
    assert made.answer == {"QueueUrl": "https://sqs.eu-central-1.amazonaws.com/123456789012/jobs"}


def test_the_tests_clock_ends_the_clis_long_poll(
    command: Callable[..., list[str]],
    fake_sqs: Any,
    fake_clock: Any,
    fake_aws_endpoint: Any,
    waits_in_the_cloud: Callable[[], None],
) -> None:
    queue = fake_sqs.client.create_queue(QueueName="jobs")["QueueUrl"]
    fake_sqs.client.send_message(QueueUrl=queue, MessageBody="cat.png", DelaySeconds=20)
    receive = command("sqs", "receive-message", "--queue-url", queue, "--wait-time-seconds", "20")
    with subprocess.Popen(receive, env=fake_aws_endpoint.environment, stdout=subprocess.PIPE, text=True) as poll:
        waits_in_the_cloud()
        fake_clock.advance(20)
        printed, _ = poll.communicate(timeout=60)
    assert [message["Body"] for message in json.loads(printed)["Messages"]] == ["cat.png"]


def test_a_topic_delivers_through_the_cli(aws: Cli, fake_sqs: Any, fake_sns: Any) -> None:
    topic = aws("sns", "create-topic", "--name", "orders")["TopicArn"]
    url = aws("sqs", "create-queue", "--queue-name", "billing")["QueueUrl"]
    asked = ("--queue-url", url, "--attribute-names", "QueueArn")
    queue = aws("sqs", "get-queue-attributes", *asked)["Attributes"]["QueueArn"]
    ends = ("--topic-arn", topic, "--protocol", "sqs", "--notification-endpoint", queue)
    arn = aws("sns", "subscribe", *ends, "--attributes", "RawMessageDelivery=true")["SubscriptionArn"]
    [listed] = aws("sns", "list-subscriptions-by-topic", "--topic-arn", topic)["Subscriptions"]
    assert (listed["SubscriptionArn"], listed["Protocol"], listed["Endpoint"]) == (arn, "sqs", queue)
    assert aws("sns", "list-topics") == {"Topics": [{"TopicArn": topic}]}

    attributes = '{"paid": {"DataType": "String", "StringValue": "yes"}}'
    message = ("--topic-arn", topic, "--message", "cat ☺", "--message-attributes", attributes)
    published = aws("sns", "publish", *message)
    [delivered] = fake_sqs.queue("billing").visible
    assert delivered.body == "cat ☺"
    [delivery] = fake_sns.topic("orders").subscriptions[0].deliveries
    assert delivery.message_id == published["MessageId"]

    aws("sns", "unsubscribe", "--subscription-arn", arn)
    assert fake_sns.topic("orders").subscriptions == []


def test_an_error_of_sns_is_what_the_cli_says(aws: Cli, fake_sns: Any) -> None:
    said = aws("sns", "publish", "--topic-arn", TOPIC, "--message", "cat", status=255)
    assert said.strip().endswith("(NotFound) when calling the Publish operation: Topic does not exist")


def test_records_go_through_the_cli(aws: Cli, fake_kinesis: Any) -> None:
    stream = ("--stream-name", "clicks")
    aws("kinesis", "create-stream", *stream, "--shard-count", "1")
    aws("kinesis", "wait", "stream-exists", *stream)
    put = aws("kinesis", "put-record", *stream, "--partition-key", "a", "--data", "cat ☺")
    assert put["ShardId"] == "shardId-000000000000"

    start = ("--shard-id", put["ShardId"], "--shard-iterator-type", "TRIM_HORIZON")
    iterator = aws("kinesis", "get-shard-iterator", *stream, *start)["ShardIterator"]
    got = aws("kinesis", "get-records", "--shard-iterator", iterator)
    [record] = got["Records"]
    assert base64.b64decode(record["Data"]) == "cat ☺".encode()
    assert record["SequenceNumber"] == put["SequenceNumber"]
    assert got["MillisBehindLatest"] == 0
    [kept] = fake_kinesis.stream("clicks").records
    assert kept.data == "cat ☺".encode()


def test_an_error_of_kinesis_is_what_the_cli_says(aws: Cli, fake_kinesis: Any) -> None:
    said = aws("kinesis", "describe-stream", "--stream-name", "nope", status=255)
    assert "(ResourceNotFoundException) when calling the DescribeStream operation: Stream nope under account" in said
