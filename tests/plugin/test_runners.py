"""In company: xdist, random order, strictness, and no pytest at all."""

from __future__ import annotations

import subprocess
import sys

import pytest

SUITE = """
import boto3, pytest

@pytest.mark.parametrize("number", range(12))
def test_queue(fake_sqs, fake_clock, number):
    sqs = boto3.client("sqs")
    assert "QueueUrls" not in sqs.list_queues()
    url = sqs.create_queue(QueueName=f"jobs-{number}")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="cat.png")
    fake_clock.advance(3600)
    assert number != 7
"""


def test_in_parallel_processes(pytester):
    pytest.importorskip("xdist")
    pytester.makepyfile(SUITE)
    result = pytester.runpytest_subprocess("-n", "2", "-p", "no:hypothesispytest")
    result.assert_outcomes(passed=11, failed=1)
    result.stdout.fnmatch_lines(["*- AWS calls -*", "*sqs.CreateQueue(QueueName='jobs-7')*"])


def test_in_random_order(pytester):
    pytest.importorskip("pytest_randomly")
    pytester.makepyfile(SUITE)
    for seed in ("1", "2"):
        result = pytester.runpytest_inprocess(
            "-p", "no:hypothesispytest", "-p", "no:asyncio", "-p", "randomly", "-prandomly", f"--randomly-seed={seed}"
        )
        result.assert_outcomes(passed=11, failed=1)


def test_identifiers_are_the_same_in_every_run_whatever_was_seeded(suite):
    suite(
        """
        import random

        seen = set()

        @pytest.mark.parametrize("seed", [1, 2])
        def test_it(fake_sqs, seed):
            random.seed(seed)
            url = fake_sqs.client.create_queue(QueueName="jobs")["QueueUrl"]
            before = random.getstate()
            seen.add(fake_sqs.client.send_message(QueueUrl=url, MessageBody="x")["MessageId"])
            assert random.getstate() == before
            assert len(seen) == 1
        """
    ).assert_outcomes(passed=2)


def test_with_everything_strict_and_warnings_as_errors(suite):
    suite(
        """
        @pytest.mark.cloudfakes(seed=1)
        def test_it(fake_sqs, fake_clock):
            fake_sqs.client.create_queue(QueueName="jobs")
        """,
        "--strict-markers",
        "--strict-config",
        "-W",
        "error",
    ).assert_outcomes(passed=1)


def test_a_plain_script(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        """
import sys
from pytest_cloudfakes import FakeCloud
import boto3

with FakeCloud() as cloud:
    cloud.clock.hold()
    sqs = boto3.client("sqs", region_name="us-east-1")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="cat.png")
    sqs.receive_message(QueueUrl=url)
    cloud.clock.advance(30)
    print(sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"], "pytest" in sys.modules, "freezegun" in sys.modules)
"""
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["cat.png", "False", "False"]
    assert done.stderr == ""


def test_unittest_as_the_runner(tmp_path):
    (tmp_path / "test_it.py").write_text(
        """
import unittest
import boto3
from pytest_cloudfakes import FakeCloud, current_cloud

@FakeCloud(region="eu-west-1")
class TestQueues(unittest.TestCase):
    def setUp(self):
        self.url = boto3.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]

    def tearDown(self):
        boto3.client("sqs").delete_queue(QueueUrl=self.url)

    def test_one(self):
        self.assertEqual(len(current_cloud().calls), 1)

    def test_two(self):
        self.assertEqual(boto3.client("sqs").list_queues()["QueueUrls"], [self.url])
"""
    )
    done = subprocess.run([sys.executable, "-m", "unittest"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Ran 2 tests" in done.stderr
    assert done.returncode == 0, done.stderr
