"""celery as it comes, its event loop on: it receives through libcurl, so the worker is on the HTTP front door.

Worker and test are two processes on one queue and one clock.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import kombu.pools
import pytest
from celery import Celery

SHOP = """
import os
from celery import Celery

app = Celery("shop", broker="sqs://", set_as_current=False)
app.conf.broker_transport_options = {"wait_time_seconds": 20, "visibility_timeout": 40}
app.conf.update(task_ignore_result=True, worker_enable_remote_control=False)

@app.task(name="resize")
def resize(picture):
    with open(os.environ["SEEN"], "a") as seen:
        print(picture, file=seen)

@app.task(name="crash", acks_late=True)
def crash(picture):
    resize(picture)
    os._exit(1)
"""


@pytest.fixture
def seen(tmp_path: Path) -> Path:
    """Where the worker writes what it has seen."""
    (tmp_path / "seen").touch()
    return tmp_path / "seen"


@pytest.fixture
def worker(tmp_path: Path, seen: Path, fake_aws_endpoint: Any) -> Callable[[], contextlib.AbstractContextManager[Any]]:
    """A worker process, for the length of a block."""
    (tmp_path / "shop.py").write_text(SHOP)
    options = ("--pool", "solo", "--without-gossip", "--without-mingle")
    command = [sys.executable, "-m", "celery", "-A", "shop", "worker", *options]

    @contextlib.contextmanager
    def run() -> Iterator[Any]:
        environment = fake_aws_endpoint.environment | {"SEEN": str(seen)}
        with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL) as process:
            yield process
            process.kill()

    return run


@pytest.fixture
def app(fake_cloud: Any) -> Iterator[Celery]:
    """The application in this process, for sending; it is answered in process."""
    app = Celery("shop", broker="sqs://", set_as_current=False)
    app.conf.broker_transport_options = {"visibility_timeout": 40}
    yield app
    app.close()
    kombu.pools.reset()


def test_a_worker_that_receives_through_curl_runs_a_task_the_moment_it_is_sent(
    app: Celery, worker: Any, seen: Path, fake_clock: Any, fake_sqs: Any, waits_in_the_cloud: Any, until: Any
) -> None:
    with worker():
        waits_in_the_cloud()
        app.send_task("resize", ["cat.png"])
        until(lambda: seen.read_text() == "cat.png\n")
        until(lambda: not fake_sqs.queue("celery").in_flight)


def test_a_task_of_a_worker_that_died_runs_again_when_the_test_moves_the_clock(
    app: Celery, worker: Any, seen: Path, fake_clock: Any, fake_sqs: Any, waits_in_the_cloud: Any, until: Any
) -> None:
    app.send_task("crash", ["cat.png"])
    with worker() as process:
        assert process.wait(60) == 1
    assert len(fake_sqs.queue("celery").in_flight) == 1

    with worker() as process:
        waits_in_the_cloud()
        fake_clock.advance(39.999)
        assert seen.read_text() == "cat.png\n"
        fake_clock.advance(0.001)
        assert process.wait(60) == 1
    assert seen.read_text() == "cat.png\n" * 2
