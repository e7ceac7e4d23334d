"""curl, on the HTTP front door: SQS without any SDK, in both of its protocols, signed by curl itself."""

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
