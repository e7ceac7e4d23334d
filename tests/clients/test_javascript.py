"""A program with the AWS SDK for JavaScript, as a subprocess on the HTTP front door."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("javascript")
pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or shutil.which("npm") is None, reason="node or npm isn't installed"
)


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with its packages, those of the lock file."""
    folder = tmp_path_factory.mktemp("javascript") / "worker"
    shutil.copytree(PROGRAM, folder, ignore=shutil.ignore_patterns("node_modules"))
    install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(install, cwd=folder, check=True, capture_output=True, timeout=300)
    return folder / "worker.js"


def test_a_worker_in_javascript(
    program: Path, fake_sqs: Any, fake_clock: Any, fake_aws_endpoint: Any, waits_in_the_cloud: Callable[[], None]
) -> None:
    command = ["node", "--no-warnings", str(program)]
    with subprocess.Popen(command, env=fake_aws_endpoint.environment, stdout=subprocess.PIPE, text=True) as worker:
        waits_in_the_cloud()
        fake_sqs.client.send_message(QueueUrl=f"{fake_aws_endpoint.url}/123456789012/jobs", MessageBody="dog.png")
        printed, _ = worker.communicate(timeout=60)

    assert worker.returncode == 0
    assert [json.loads(line) for line in printed.splitlines()] == [
        {"QueueUrl": f"{fake_aws_endpoint.url}/123456789012/jobs"},
        {"Body": "cat ☺", "thumbnail": [0, 1, 255]},
        {"waited": ["dog.png"]},
        {"name": "QueueDoesNotExist", "message": "The specified queue does not exist.", "status": 400},
    ]
    assert [message.body for message in fake_sqs.queue("jobs").in_flight] == ["dog.png"]
