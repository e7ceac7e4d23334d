"""The AWS CLI as a subprocess, on the HTTP front door."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

Cli = Callable[..., Any]


@pytest.fixture
def command(fake_aws_endpoint: Any) -> Callable[..., list[str]]:
    """A command line of `aws sqs`. Version 1 of the CLI has SQS's addresses by heart, so it is told the endpoint."""
    aws_sqs = [sys.executable, "-m", "awscli", "--endpoint-url", fake_aws_endpoint.url, "--output", "json", "sqs"]
    return lambda *arguments: [*aws_sqs, *arguments]


@pytest.fixture
def aws(fake_aws_endpoint: Any, command: Callable[..., list[str]]) -> Cli:
    """`aws sqs …`: what it prints, as data."""

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


def test_a_message_goes_through_the_cli(aws: Cli, fake_sqs: Any) -> None:
    url = aws("create-queue", "--queue-name", "jobs", "--attributes", "VisibilityTimeout=40")["QueueUrl"]
    attributes = '{"size": {"DataType": "Number", "StringValue": "100"}}'
    sent = aws("send-message", "--queue-url", url, "--message-body", "cat ☺", "--message-attributes", attributes)
    received = aws("receive-message", "--queue-url", url, "--message-attribute-names", "All")

    [message] = received["Messages"]
    assert message["MessageId"] == sent["MessageId"]
    assert message["Body"] == "cat ☺"
    assert message["MessageAttributes"]["size"]["StringValue"] == "100"
    [in_flight] = fake_sqs.queue("jobs").in_flight
    assert in_flight.body == "cat ☺"

    aws("delete-message", "--queue-url", url, "--receipt-handle", message["ReceiptHandle"])
    assert fake_sqs.queue("jobs").in_flight == []


def test_an_error_of_aws_is_what_the_cli_says(aws: Cli) -> None:
    said = aws("get-queue-url", "--queue-name", "nope", status=255)
    assert "(AWS.SimpleQueueService.NonExistentQueue)" in said
    assert "The specified queue does not exist" in said


def test_the_region_of_the_command_is_the_region_of_the_call(aws: Cli, fake_cloud: Any) -> None:
    aws("create-queue", "--queue-name", "jobs", "--region", "eu-central-1")
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
    receive = command("receive-message", "--queue-url", queue, "--wait-time-seconds", "20")
    with subprocess.Popen(receive, env=fake_aws_endpoint.environment, stdout=subprocess.PIPE, text=True) as poll:
        waits_in_the_cloud()
        fake_clock.advance(20)
        printed, _ = poll.communicate(timeout=60)
    assert [message["Body"] for message in json.loads(printed)["Messages"]] == ["cat.png"]
