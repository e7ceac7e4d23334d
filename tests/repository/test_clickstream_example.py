"""The consumer of examples/clickstream passes its own tests, in its own folder with its own configuration."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def example(root):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:asyncio"]
    return subprocess.run(command, cwd=root / "examples/clickstream", capture_output=True, text=True, check=False)


def test_its_tests_pass(example):
    assert example.returncode == 0, example.stdout + example.stderr


def test_it_ends_with_an_account_of_what_happened(example):
    for subject in ("were read to their end", "were refused", "expired", "UpdateShardCount"):
        assert subject in example.stdout
