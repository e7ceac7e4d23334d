"""Monday morning at nine, the queues created, and an account of what happens then."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from account import Account
from orders import announcements, queues
from shop import Shop


@pytest.fixture(autouse=True)
def monday(fake_clock):
    """When a test begins. The date is in pyproject.toml."""
    queues.create_all()
    announcements.ACCEPTED.create()
    return fake_clock.datetime()


@pytest.fixture
def shop():
    return Shop()


@pytest.fixture(autouse=True)
def account(request, fake_cloud, monday):
    """Takes down what happens in a test; the run ends with the accounts of all of them."""
    account = Account(fake_cloud)
    log = logging.getLogger("orders")
    log.addHandler(account)
    log.setLevel(logging.INFO)
    yield account
    log.removeHandler(account)
    request.node.user_properties.append(("account", (account.text(), account.duration)))


def pytest_terminal_summary(terminalreporter):
    reports = [report for kind in terminalreporter.stats.values() for report in kind if hasattr(report, "when")]
    accounts = [
        (report.location, *dict(report.user_properties)["account"]) for report in reports if report.when == "teardown"
    ]
    terminalreporter.section("What happened when, by the cloud's clock")
    for (_, _, test), lines, _ in sorted(accounts):
        if lines:
            terminalreporter.line("")
            terminalreporter.line(title(test), bold=True)
        for line in lines:
            terminalreporter.line(f"  {line}", cyan="  [" in line, yellow="  (" in line)
    virtual = timedelta(seconds=sum(duration for _, _, duration in accounts) // 1000)
    real = sum(report.duration for report in reports)
    terminalreporter.line("")
    terminalreporter.line(f"{virtual} on the cloud's clock, {real:.2f} seconds on ours", bold=True)


def title(test):
    """The name of a test as the sentence that it is."""
    sentence = test.removeprefix("test_").replace("_", " ")
    return sentence[0].upper() + sentence[1:]
