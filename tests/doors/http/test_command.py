"""`python -m pytest_cloudfakes serve`."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest


@pytest.fixture
def serve():
    """The command with its arguments, and the variables it prints."""
    started = []

    def start(*arguments):
        command = [sys.executable, "-m", "pytest_cloudfakes", "serve", *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        variables = {}
        for line in process.stdout:
            if not line.startswith("export "):
                break
            name, _, value = line.removeprefix("export ").strip().partition("=")
            variables[name] = value
        return process, variables

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_the_variables_and_serves_until_it_is_stopped(serve, caller_of, stop):
    process, variables = serve("--region", "eu-west-1", "--account", "111122223333")
    call = caller_of(variables["AWS_ENDPOINT_URL"])
    url = call.sqs("CreateQueue", QueueName="jobs").json["QueueUrl"]
    assert url == f"{variables['AWS_ENDPOINT_URL']}/111122223333/jobs"
    assert variables["AWS_REGION"] == "eu-west-1"
    assert call("GET", "/_cloudfakes/clock").status == 404

    process.send_signal(stop)
    assert process.wait(60) == 0
    assert process.stderr.read() == ""


def test_its_clock_can_be_held_and_controlled(serve, caller_of):
    _, variables = serve("--control", "--hold", "--start", "2040-01-31T12:00:00")
    clock = json.loads(caller_of(variables["AWS_ENDPOINT_URL"])("GET", "/_cloudfakes/clock").body)
    assert clock == {"now": 2211624000000, "datetime": "2040-01-31T12:00:00+00:00", "held": True}


def test_what_it_cannot_do_it_says(serve):
    process, variables = serve("--account", "nobody")
    assert variables == {}
    assert process.wait(60) == 1
    assert process.stderr.read() == "pytest_cloudfakes: account is a text of twelve digits, not 'nobody'.\n"
