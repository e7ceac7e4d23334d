"""What it costs to begin: importing, entering and leaving a cloud, having the plugin installed."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import boto3

from benchmarks.answers import QUEUE_URL, SQS
from benchmarks.clouds import HAS_MOTO
from benchmarks.comparison import Comparison, Row, Side
from benchmarks.floor import AtOnce
from benchmarks.worker import Measurement, Measurements, per_call
from pytest_cloudfakes import FakeCloud


def comparisons(*, quick: bool) -> Iterator[Comparison]:
    """Entering, importing, and pytest with the plugin."""
    count, rounds, processes = (2, 1, 1) if quick else (20, 40, 40)
    client_and_call = Side("benchmarks.starting:client_and_call", (count,))
    yield Comparison(
        "enter",
        "Entering and leaving a cloud : making a client and one call to botocore alone",
        Side("benchmarks.starting:enter", (10 * count,)),
        client_and_call,
        (Row("once", "with FakeCloud(): pass", 0.02),),
        rounds,
    )
    yield Comparison(
        "import",
        "Importing : import boto3",
        Side("benchmarks.starting:importing", ("import pytest_cloudfakes",)),
        Side("benchmarks.starting:importing", ("import boto3",)),
        (Row("once", "import pytest_cloudfakes", 0.2),),
        processes,
    )
    yield Comparison(
        "plugin",
        "A pytest run of one empty test with the plugin, unused : without it",
        Side("benchmarks.starting:empty_run", ("-p", "pytest_cloudfakes.plugin")),
        Side("benchmarks.starting:empty_run"),
        (Row("once", "pytest", 1.05),),
        processes,
    )
    if not HAS_MOTO:
        return
    yield Comparison(
        "enter-moto",
        "Entering and leaving moto : making a client and one call to botocore alone",
        Side("benchmarks.starting:enter_moto", (count,)),
        client_and_call,
        (Row("once", "with mock_aws(): pass"),),
        rounds,
    )
    yield Comparison(
        "import-moto",
        "Importing moto : import boto3",
        Side("benchmarks.starting:importing", ("from moto import mock_aws",)),
        Side("benchmarks.starting:importing", ("import boto3",)),
        (Row("once", "from moto import mock_aws"),),
        processes,
    )


def client_and_call(count: int) -> Measurements:
    """Make a client as a test does, with boto3's default session, and call once."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "floor", "AWS_SECRET_ACCESS_KEY": "floor"}
    session = AtOnce(boto3.client("sqs", region_name="us-east-1"), SQS)

    def make_and_call() -> None:
        client = boto3.client("sqs", region_name="us-east-1")
        session.serve(client)
        client.send_message(QueueUrl=QUEUE_URL, MessageBody="hello")

    return {"once": per_call(count, make_and_call)}


def enter(count: int) -> Measurements:
    """Enter and leave."""

    def enter_and_leave() -> None:
        with FakeCloud():
            pass

    return {"once": per_call(count, enter_and_leave)}


def enter_moto(count: int) -> Measurements:
    """Enter and leave moto."""
    from moto import mock_aws

    def enter_and_leave() -> None:
        with mock_aws():
            pass

    return {"once": per_call(count, enter_and_leave)}


def importing(statement: str) -> Measurements:
    """An import in a fresh interpreter, without the interpreter's own start."""
    script = f"import time; start = time.process_time(); {statement}; print(time.process_time() - start)"
    command = [sys.executable, "-c", script]
    return {"once": lambda: float(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)}


def empty_run(*options: str) -> Measurements:
    """A whole run of pytest without other plugins."""
    folder = Path(tempfile.mkdtemp())
    (folder / "test_empty.py").write_text("def test_nothing(): pass\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, str(folder)]
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}

    def run() -> float:
        before = _of_children()
        subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)
        return _of_children() - before

    measured: Measurement = run
    return {"once": measured}


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
