"""The plugin in suites of its own, as its users' suites see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_cloudfakes import FakeCloud


@pytest.fixture(scope="session", autouse=True)
def used_before() -> None:
    """What is loaded when it is first used is there already; a pytest inside of this one would drop it."""
    with FakeCloud() as cloud:
        cloud.sqs.client.list_queues()


@pytest.fixture
def run_inside(pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    """Run pytest inside of this process, without the plugins that cost time and change nothing here."""
    plugins = ("randomly", "hypothesispytest", "asyncio", "cacheprovider")
    switched_off = [argument for name in plugins for argument in ("-p", f"no:{name}")]
    return lambda *arguments: pytester.runpytest_inprocess(*arguments, *switched_off)


@pytest.fixture
def suite(pytester: pytest.Pytester, run_inside: Callable[..., pytest.RunResult]) -> Callable[..., pytest.RunResult]:
    """Make a file of tests from a text, with ini options if some are given, and run it."""

    def make_and_run(text: str, *arguments: str, ini: str = "") -> pytest.RunResult:
        pytester.makepyfile("import boto3, pytest\n" + text.replace("\n        ", "\n"))
        if ini:
            pytester.makeini("[pytest]\n" + ini)
        return run_inside(*arguments)

    return make_and_run
