"""Botocore's clients as a door to the cloud: what they, their handlers and their users see."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import boto3
import pytest

from pytest_cloudfakes import FakeCloud

REGION = "eu-west-1"
KEYS = {"aws_access_key_id": "111122223333", "aws_secret_access_key": "secret"}


@pytest.fixture
def sqs(fake_cloud: FakeCloud) -> Any:
    return boto3.client("sqs", region_name=REGION)


@pytest.fixture
def queue_url(sqs: Any) -> str:
    return sqs.create_queue(QueueName="jobs")["QueueUrl"]


@pytest.fixture
def long_way() -> Callable[[Any], Any]:
    """Let a client's calls go through all of botocore, as they do when somebody listens."""

    def listen(client: Any) -> Any:
        client.meta.events.register("before-send", _listens)
        return client

    return listen


def _listens(**kwargs: Any) -> None:
    pass


@pytest.fixture(params=["short", "long"])
def either_way(request: pytest.FixtureRequest, long_way: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same test the short way and the long way."""
    return long_way if request.param == "long" else lambda client: client


@pytest.fixture
def without_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """A machine that has neither credentials nor a region."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


@pytest.fixture
def real_sleeps() -> Callable[[], contextlib.AbstractContextManager[list[str]]]:
    """A context that notes who called `time.sleep` in this thread meanwhile."""

    @contextlib.contextmanager
    def watch() -> Iterator[list[str]]:
        sleeps: list[str] = []

        def notice(frame: Any, event: str, called: Any) -> None:
            if event == "c_call" and called is time.sleep:
                sleeps.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")

        before = sys.getprofile()
        sys.setprofile(notice)
        try:
            yield sleeps
        finally:
            sys.setprofile(before)

    return watch


@pytest.fixture
def never_hangs() -> Iterator[None]:
    """The test ends within a minute of real time, whatever froze: much for a busy machine, little for what hangs."""

    def over(*_: Any) -> None:
        raise AssertionError("the test hangs")

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, 60)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def run_inside(pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    """Run pytest inside of this process, without the plugins that cost time and change nothing here."""
    plugins = ("randomly", "hypothesispytest", "asyncio", "cacheprovider")
    switched_off = [argument for name in plugins for argument in ("-p", f"no:{name}")]
    return lambda *arguments: pytester.runpytest_inprocess(*arguments, *switched_off)


@pytest.fixture(scope="session", autouse=True)
def used_before() -> None:
    """What is loaded and made when it is first used is there already; a pytest inside of this one would drop it."""
    with FakeCloud() as cloud:
        cloud.sqs.client.list_queues()
        boto3.client("sqs", region_name=REGION).list_queues()


@pytest.fixture
def as_before() -> Callable[[], list[str]]:
    """Call it for what is no longer the same object in botocore, its like and the environment as at its start."""
    before = _everything()

    def differences() -> list[str]:
        after = _everything()
        return sorted(
            f"{owner}.{name}" for owner, was in before.items() for name in _changed(was, after.get(owner, {}))
        )

    return differences


def _everything() -> dict[str, dict[str, Any]]:
    """The attributes of each loaded module and class of botocore, boto3 and aiobotocore, and the environment."""
    found: dict[str, dict[str, Any]] = {"os.environ": dict(os.environ)}
    found["os.environ"].pop("PYTEST_CURRENT_TEST", None)
    for module_name, module in list(sys.modules.items()):
        if module_name.split(".")[0] not in {"botocore", "boto3", "aiobotocore"}:
            continue
        found[module_name] = dict(vars(module))
        for name, value in found[module_name].items():
            if isinstance(value, type) and value.__module__ == module_name:
                found[f"{module_name}.{name}"] = dict(vars(value))
    return found


def _changed(was: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    if was.keys() == now.keys() and all(now[name] is value for name, value in was.items()):
        return
    for name in was.keys() | now.keys():
        old, new = was.get(name, _ABSENT), now.get(name, _ABSENT)
        submodule = old is _ABSENT and isinstance(new, ModuleType)
        if old is not new and not submodule and not (isinstance(old, str) and old == new):
            yield name


_ABSENT = object()
