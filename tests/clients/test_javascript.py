"""Programs with the AWS SDK for JavaScript, as subprocesses on the HTTP front door."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = Path(__file__).with_name("javascript")
pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or shutil.which("npm") is None, reason="node or npm isn't installed"
)


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs with their packages, those of the lock file."""
    folder = tmp_path_factory.mktemp("javascript") / "programs"
    shutil.copytree(PROGRAMS, folder, ignore=shutil.ignore_patterns("node_modules"))
    install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(install, cwd=folder, check=True, capture_output=True, timeout=300)
    return folder


@pytest.fixture
def node(programs: Path, fake_aws_endpoint: Any) -> Callable[[str], subprocess.Popen[str]]:
    """Start a program."""

    def start(name: str) -> subprocess.Popen[str]:
        command = ["node", "--no-warnings", str(programs / name)]
        return subprocess.Popen(command, env=fake_aws_endpoint.environment, stdout=subprocess.PIPE, text=True)

    return start


def said(printed: str) -> list[Any]:
    return [json.loads(line) for line in printed.splitlines()]


def test_a_worker_in_javascript(
    node: Callable[[str], subprocess.Popen[str]],
    fake_sqs: Any,
    fake_clock: Any,
    fake_aws_endpoint: Any,
    waits_in_the_cloud: Callable[[], None],
) -> None:
    with node("worker.js") as worker:
        waits_in_the_cloud()
        fake_sqs.client.send_message(QueueUrl=f"{fake_aws_endpoint.url}/123456789012/jobs", MessageBody="dog.png")
        printed, _ = worker.communicate(timeout=60)

    assert worker.returncode == 0
    assert said(printed) == [
        {"QueueUrl": f"{fake_aws_endpoint.url}/123456789012/jobs"},
        {"Body": "cat ☺", "thumbnail": [0, 1, 255]},
        {"waited": ["dog.png"]},
        {"name": "QueueDoesNotExist", "message": "The specified queue does not exist.", "status": 400},
    ]
    assert [message.body for message in fake_sqs.queue("jobs").in_flight] == ["dog.png"]


def test_a_publisher_in_javascript(node: Callable[[str], subprocess.Popen[str]], fake_sns: Any) -> None:
    with node("publisher.js") as publisher:
        printed, _ = publisher.communicate(timeout=60)

    assert publisher.returncode == 0
    assert said(printed) == [
        {"subscribed": [["sqs", "arn:aws:sqs:us-east-1:123456789012:billing"]]},
        {"published": ["yes", "no"]},
        {"received": ["cat ☺", "dog, yes"]},
        {"name": "NotFoundException", "message": "Topic does not exist", "status": 404},
    ]
    [subscription] = fake_sns.topic("orders").subscriptions
    assert len(subscription.deliveries) == 2


def test_a_consumer_in_javascript(
    node: Callable[[str], subprocess.Popen[str]],
    fake_kinesis: Any,
    fake_clock: Any,
    until: Callable[[Callable[[], object]], None],
) -> None:
    """The event that comes after five seconds without a record comes by the test's clock."""
    with node("consumer.js") as consumer:
        until(lambda: any("has an event" in due.what for due in fake_clock.upcoming()))
        fake_clock.advance(5)
        until(lambda: any("has an event" in due.what for due in fake_clock.upcoming()))
        fake_kinesis.client.put_record(StreamName="clicks", PartitionKey="a", Data=b"last")
        printed, _ = consumer.communicate(timeout=60)

    assert consumer.returncode == 0
    assert said(printed) == [
        {"status": "ACTIVE", "shards": 1},
        {"FailedRecordCount": 0},
        {"got": ["cat ☺", "dog"]},
        {"pushed": ["cat ☺", "dog"]},
        {"pushed": []},
        {"pushed": ["last"]},
        {
            "name": "ResourceNotFoundException",
            "message": "Shard shardId-000000000000 in stream nope under account 123456789012 does not exist",
            "status": 400,
        },
    ]
