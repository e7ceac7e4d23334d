"""When a cloud goes off, botocore, boto3 and the environment are exactly as before."""

from __future__ import annotations

import time

import boto3
import pytest

from pytest_cloudfakes import FakeCloud
from pytest_cloudfakes.interception import network_guard

TESTS = """
import boto3, pytest

@pytest.fixture
def broken(fake_cloud):
    boto3.client("sqs").create_queue(QueueName="jobs")
    raise RuntimeError("in set-up")

def test_passes(fake_sqs, fake_clock):
    boto3.client("sqs").create_queue(QueueName="jobs")
    fake_clock.advance(10)

def test_fails(fake_cloud):
    boto3.client("sqs").create_queue(QueueName="jobs")
    assert False

def test_errors_in_set_up(broken):
    pass

def test_skips(fake_cloud):
    pytest.skip()

def test_exits(fake_cloud):
    boto3.client("sqs").create_queue(QueueName="jobs")
    raise SystemExit(3)

def test_is_interrupted(fake_cloud):
    boto3.client("sqs").create_queue(QueueName="jobs")
    raise KeyboardInterrupt
"""


def test_a_cloud_that_was_used_leaves_no_trace(as_before, long_way):
    with FakeCloud() as cloud:
        client = boto3.client("sqs", region_name="eu-west-1")
        client.create_queue(QueueName="jobs")
        long_way(client).list_queues()
        cloud.faults.fail("sqs", "ListQueues", "ThrottlingException")
        client.list_queues()
        during = as_before()
    assert any("_make_api_call" in name for name in during)
    assert as_before() == []


@pytest.mark.parametrize("error", [AssertionError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_however_the_block_ends(as_before, error):
    def use():
        with FakeCloud():
            boto3.client("sqs", region_name="eu-west-1").list_queues()
            raise error

    with pytest.raises(error):
        use()
    assert as_before() == []


@pytest.mark.parametrize(
    "test, outcome",
    [
        ("test_passes", {"passed": 1}),
        ("test_fails", {"failed": 1}),
        ("test_errors_in_set_up", {"errors": 1}),
        ("test_skips", {"skipped": 1}),
        ("test_exits", {"failed": 1}),
    ],
)
def test_however_a_test_ends(pytester, run_inside, as_before, test, outcome):
    path = pytester.makepyfile(TESTS)
    run_inside(f"{path}::{test}").assert_outcomes(**outcome)
    assert as_before() == []


def test_when_a_test_is_interrupted(pytester, run_inside, as_before):
    path = pytester.makepyfile(TESTS)
    with pytest.raises(KeyboardInterrupt):
        run_inside(f"{path}::test_is_interrupted")
    assert as_before() == []


def test_a_cloud_that_can_not_go_on_leaves_no_trace(as_before, monkeypatch):
    monkeypatch.setattr("pytest_cloudfakes.interception.waits.put_on", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        FakeCloud().start()
    monkeypatch.undo()
    assert as_before() == []


def test_the_guard_leaves_no_trace(as_before):
    with network_guard():
        pass
    with network_guard(), FakeCloud():
        pass
    assert as_before() == []


def test_the_guard_and_a_cloud_may_end_in_any_order(as_before):
    guard = network_guard()
    cloud = FakeCloud().start()
    guard.__enter__()
    cloud.stop()
    assert as_before() != []
    guard.__exit__(None, None, None)
    assert as_before() == []


def test_botocore_sleeps_for_real_again(as_before):
    import botocore.endpoint

    with FakeCloud():
        assert botocore.endpoint.time is not time
        kept = botocore.endpoint.time
    assert botocore.endpoint.time is time
    started = time.monotonic()
    kept.sleep(0.01)
    assert time.monotonic() - started >= 0.01


def test_a_client_that_was_used_in_a_cloud_goes_to_aws_again(monkeypatch):
    with FakeCloud():
        client = boto3.client(
            "sqs", region_name="eu-west-1", aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="s"
        )
        client.list_queues()
    sent = []
    monkeypatch.setattr(
        "botocore.httpsession.URLLib3Session.send", lambda session, request: sent.append(request) or 1 / 0
    )
    with pytest.raises(ZeroDivisionError):
        client.list_queues()
    assert (
        b"Credential=AKIAIOSFODNN7EXAMPLE/" in sent[0].headers["Authorization"].encode()
        if isinstance(sent[0].headers["Authorization"], str)
        else sent[0].headers["Authorization"]
    )


def test_a_test_leaves_no_cloud_in_memory(pytester, run_inside):
    pytester.makepyfile(
        """
        import gc, weakref, boto3
        from pytest_cloudfakes import FakeCloud

        seen = []

        def test_first(fake_sqs, fake_cloud):
            client = boto3.client("sqs")
            client.create_queue(QueueName="jobs")
            client.list_queues()
            seen.append(weakref.ref(fake_cloud))

        def test_second():
            gc.collect()
            assert seen[0]() is None
        """
    )
    run_inside().assert_outcomes(passed=2)
