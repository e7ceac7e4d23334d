"""Monday morning at nine, the stream created, and an account of what happens then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from account import account_of
from clickstream import stream
from clickstream.checkpoints import Checkpoints
from clickstream.consumer import Consumer
from clickstream.producer import Producer


@pytest.fixture(autouse=True)
def clicks(fake_kinesis, fake_clock):
    """The stream, as the test sees it."""
    stream.create()
    return fake_kinesis.stream(stream.NAME, region="eu-central-1")


@pytest.fixture
def checkpoints():
    return Checkpoints()


@pytest.fixture
def start(checkpoints):
    """Start a consumer; another one goes on from the same checkpoints."""
    return lambda: Consumer(checkpoints)


@pytest.fixture
def producer(fake_clock):
    return Producer(pause=fake_clock.advance)


@pytest.fixture
def read_all(fake_clock):
    """Let a consumer work once in a second until nothing comes any more."""

    def work(consumer):
        count = 0
        idle = 0
        while idle < 3:
            found = consumer.work()
            count += found
            idle = 0 if found else idle + 1
            fake_clock.advance(1)
        return count

    return work


@pytest.fixture(autouse=True)
def _account(request, fake_cloud, clicks):
    """Takes down what happens in a test; the run ends with the accounts of all of them."""
    began = fake_cloud.clock.now()
    yield
    duration = fake_cloud.clock.now() - began
    request.node.user_properties.append(("account", (account_of(fake_cloud, began), duration)))


def pytest_terminal_summary(terminalreporter):
    reports = [report for kind in terminalreporter.stats.values() for report in kind if hasattr(report, "when")]
    accounts = [
        (report.location, *dict(report.user_properties)["account"]) for report in reports if report.when == "teardown"
    ]
    terminalreporter.section("What happened when, by the cloud's clock")
    for (_, _, test), lines, _ in sorted(accounts):
        terminalreporter.line("")
        terminalreporter.line(_title(test), bold=True)
        for line in lines:
            terminalreporter.line(f"  {line}")
    virtual = timedelta(seconds=sum(duration for *_, duration in accounts) // 1000)
    real = sum(report.duration for report in reports)
    terminalreporter.line("")
    terminalreporter.line(f"{virtual} on the cloud's clock, {real:.2f} seconds on ours", bold=True)


def _title(test):
    """The name of a test as the sentence that it is."""
    sentence = test.partition("[")[0].removeprefix("test_").replace("_", " ")
    return sentence[0].upper() + sentence[1:]
