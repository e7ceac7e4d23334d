"""The pytest plugin: fixtures, one marker, ini options, and the section "AWS calls" of a failing test.

pytest loads this module in every run of every project that has it, so botocore and the rest are imported when a
fixture is first used.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_cloudfakes.clock import Clock
    from pytest_cloudfakes.cloud import FakeCloud
    from pytest_cloudfakes.front_door.endpoint import Endpoint
    from pytest_cloudfakes.options import Options
    from pytest_cloudfakes.services.kinesis import KinesisHandle
    from pytest_cloudfakes.services.sns import SnsHandle
    from pytest_cloudfakes.services.sqs import SqsHandle

_INI_OPTIONS = {
    "account": "the default account, twelve digits",
    "region": "the region of clients that were given none",
    "start": "when the cloud's time begins, such as 2026-01-31T12:00:00 (UTC)",
    "freeze": "true: time.time() and datetime.now() stand at the cloud's time",
    "seed": "where identifiers come from, a whole number",
    "limits": "off or documented: AWS's own rate limits",
    "policies": "stored or enforced: whether access policies decide",
    "transitions": "immediate or documented: whether AWS's transitions take their time",
    "passthrough": "services whose calls are let through, such as: s3 dynamodb",
    "journal_limit": "how many calls and events are remembered",
}

_CLOUD = pytest.StashKey["FakeCloud"]()
_GUARD = pytest.StashKey[Any]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a cloud as ini options, for a whole suite."""
    for name, text in _INI_OPTIONS.items():
        parser.addini(f"cloudfakes_{name}", f"pytest-cloudfakes: {text}", default=None)
    parser.addini(
        "cloudfakes_block_network",
        "pytest-cloudfakes: no request of botocore leaves the process, whether a fixture is used or not",
        type="bool",
        default=False,
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; put on the guard if the suite wants it."""
    config.addinivalue_line(
        "markers",
        "cloudfakes(*, account, region, start, freeze, seed, limits, policies, transitions, passthrough, "
        "journal_limit): options of this test's fake cloud",
    )
    if config.getini("cloudfakes_block_network"):
        from pytest_cloudfakes.interception import network_guard

        guard = network_guard()
        guard.__enter__()
        config.stash[_GUARD] = guard


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take the guard off."""
    guard = config.stash.get(_GUARD, None)
    if guard is not None:
        del config.stash[_GUARD]
        guard.__exit__(None, None, None)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, None]:
    """Show what was called when a test fails."""
    outcome = yield
    cloud = item.stash.get(_CLOUD, None)
    if cloud is None and call.excinfo is not None:
        # A cloud that the test made itself, with a block of its own.
        cloud = vars(call.excinfo.value).get("_cloudfakes_cloud")
    elif cloud is not None and call.when == "teardown":
        # Items live as long as the session; clouds should not.
        del item.stash[_CLOUD]
    report = outcome.get_result()
    if cloud is not None and report.failed:
        from pytest_cloudfakes.report import account_of_calls

        report.sections.append(("AWS calls", account_of_calls(cloud)))


@pytest.fixture
def fake_cloud(request: pytest.FixtureRequest) -> Iterator[FakeCloud]:
    """AWS in this process, for this test: every botocore client talks to it.

    Its time flows; ask for fake_clock as well to hold and move it.
    """
    from pytest_cloudfakes.cloud import FakeCloud

    cloud = FakeCloud(_options(request))
    request.node.stash[_CLOUD] = cloud
    with cloud:
        yield cloud


@pytest.fixture
def fake_clock(fake_cloud: FakeCloud) -> Clock:
    """The fake cloud's clock, held: time stands until the test moves it.

    advance(seconds), advance_to(datetime), run_until(predicate), upcoming(), release() and more.
    """
    fake_cloud.clock.hold()
    return fake_cloud.clock


@pytest.fixture
def fake_aws_endpoint(fake_cloud: FakeCloud) -> Endpoint:
    """This test's fake cloud over HTTP, for subprocesses and programs in other languages.

    .url is the endpoint, .environment is what to start a subprocess with. It needs the extra `server`.
    """
    return fake_cloud.serve()


@pytest.fixture
def fake_kinesis(fake_cloud: FakeCloud) -> KinesisHandle:
    """Amazon Kinesis Data Streams in this test's fake cloud: arrange streams and look into them.

    .client is a botocore client, .stream("clicks") shows a stream's shards and records.
    """
    return fake_cloud.kinesis


@pytest.fixture
def fake_sns(fake_cloud: FakeCloud) -> SnsHandle:
    """Amazon SNS in this test's fake cloud: arrange topics, and look at what became of each delivery.

    .client is a botocore client, .topic("orders") shows a topic's deliveries, .outbox has email, SMS and push.
    """
    return fake_cloud.sns


@pytest.fixture
def fake_sqs(fake_cloud: FakeCloud) -> SqsHandle:
    """Amazon SQS in this test's fake cloud: arrange queues and look into them.

    .client is a botocore client, .queue("jobs") shows a queue's messages in all their states.
    """
    return fake_cloud.sqs


def _options(request: pytest.FixtureRequest) -> Options:
    """The ini file's options, and over them those of the markers, the closest to the test last."""
    from pytest_cloudfakes.options import Options, check_names, from_text

    config = request.config
    given: dict[str, Any] = {}
    for name in _INI_OPTIONS:
        text = config.getini(f"cloudfakes_{name}")
        if text:
            given[name] = from_text(name, text)
    for marker in reversed(list(request.node.iter_markers("cloudfakes"))):
        if marker.args:
            raise TypeError(f"The marker cloudfakes takes its options by name, not {marker.args[0]!r}.")
        check_names(marker.kwargs)
        given.update(marker.kwargs)
    return Options(**given)
