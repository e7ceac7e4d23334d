"""botocore's retries are its own, and their back-off is on the cloud's clock."""

from __future__ import annotations

import threading
import time
from unittest import mock

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

REGION = "eu-west-1"
MODES = ("legacy", "standard", "adaptive")


@pytest.fixture(params=MODES)
def client(request, fake_cloud):
    return retrying(request.param)


def retrying(mode, attempts=4):
    config = Config(retries={"mode": mode, "total_max_attempts": attempts})
    return boto3.client("sqs", region_name=REGION, config=config)


def attempts(cloud):
    return [call.error_code for call in cloud.calls if call.operation == "ListQueues"]


def test_a_throttled_call_is_retried_until_it_goes_well(fake_cloud, fake_clock, client, real_sleeps):
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException", times=2)
    before = fake_clock.now()
    with real_sleeps() as sleeps:
        answer = client.list_queues()

    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert attempts(fake_cloud) == ["ThrottlingException", "ThrottlingException", None]
    assert before < fake_clock.now() <= before + 60_000
    assert sleeps == []


def test_a_call_that_is_throttled_for_good_fails_after_its_attempts(fake_cloud, fake_clock, client, real_sleeps):
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException", times=None)
    with real_sleeps() as sleeps, pytest.raises(ClientError) as caught:
        client.list_queues()

    assert caught.value.response["Error"]["Code"] == "ThrottlingException"
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 3
    assert caught.value.response["ResponseMetadata"]["MaxAttemptsReached"] is True
    assert "(reached max retries: 3)" in str(caught.value)
    assert len(attempts(fake_cloud)) == 4
    assert sleeps == []


def test_with_the_clock_flowing_and_nobody_else_there_it_takes_no_real_time(fake_cloud, client, real_sleeps):
    fake_cloud.faults.fail("sqs", "ListQueues", "ServiceUnavailable", times=3)
    before, started = fake_cloud.clock.now(), time.monotonic()
    with real_sleeps() as sleeps:
        client.list_queues()

    assert fake_cloud.clock.now() > before
    assert time.monotonic() - started < 1
    assert sleeps == []


@pytest.mark.parametrize("mode", MODES)
def test_the_backoff_is_the_one_that_botocore_drew(fake_cloud, fake_clock, mode):
    client = retrying(mode)
    fake_cloud.faults.fail("sqs", "ListQueues", "InternalFailure", times=2)
    slept = []
    real_sleep = fake_clock.sleep
    with mock.patch.object(
        fake_clock, "sleep", lambda duration, *a, **k: (slept.append(duration), real_sleep(duration, *a, **k))
    ):
        before = fake_clock.now()
        client.list_queues()

    assert len(slept) == 2
    assert fake_clock.now() - before == sum(round(duration * 1000) for duration in slept)


@pytest.mark.parametrize("code", ["InternalFailure", "ServiceUnavailable", "ThrottlingException", "RequestThrottled"])
def test_errors_that_aws_calls_retryable_are_retried(fake_cloud, fake_clock, code):
    fake_cloud.faults.fail("sqs", "ListQueues", code)
    assert retrying("standard").list_queues()["ResponseMetadata"]["RetryAttempts"] == 1


@pytest.mark.parametrize("mode", MODES)
def test_errors_of_the_caller_are_not_retried(fake_cloud, fake_clock, mode, either_way):
    client = either_way(retrying(mode))
    before = fake_clock.now()
    with pytest.raises(client.exceptions.QueueDoesNotExist) as caught:
        client.get_queue_url(QueueName="missing")

    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert len(fake_cloud.calls) == 1
    assert fake_clock.now() == before


@pytest.mark.parametrize("mode", MODES)
def test_a_connection_that_breaks_is_tried_again(fake_cloud, fake_clock, mode):
    fake_cloud.faults.lose_answer("sqs", "CreateQueue", times=2)
    answer = retrying(mode).create_queue(QueueName="jobs")

    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert [call.operation for call in fake_cloud.calls] == ["CreateQueue"] * 3


def test_a_connection_that_stays_broken_is_told_as_botocore_tells_it(fake_cloud, fake_clock):
    fake_cloud.faults.lose_answer("sqs", "ListQueues", times=None)
    with pytest.raises(ConnectionClosedError, match="Connection was closed before we received a valid response"):
        retrying("standard").list_queues()
    fake_cloud.faults.clear()
    fake_cloud.faults.time_out("sqs", "ListQueues", times=None)
    with pytest.raises(ReadTimeoutError, match="Read timeout on endpoint URL"):
        retrying("standard").list_queues()


def test_the_adaptive_mode_limits_its_rate_on_the_clock(fake_cloud, fake_clock, real_sleeps):
    client = retrying("adaptive")
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException", times=1)
    before = fake_clock.now()
    with real_sleeps() as sleeps:
        for _ in range(20):
            client.list_queues()

    assert len(attempts(fake_cloud)) == 21
    # The rate starts anew at half a request a second and grows from there.
    assert fake_clock.now() - before > 3_000
    assert sleeps == []


def test_the_adaptive_mode_flows_without_real_time_when_nobody_else_is_there(fake_cloud, real_sleeps):
    client = retrying("adaptive")
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException", times=1)
    started, before = time.monotonic(), fake_cloud.clock.now()
    with real_sleeps() as sleeps:
        for _ in range(10):
            client.list_queues()

    assert time.monotonic() - started < 2
    assert fake_cloud.clock.now() - before > 3_000
    assert sleeps == []


def test_a_long_poll_whose_retries_are_used_up_backs_off_on_the_clock(fake_cloud, fake_clock, real_sleeps):
    client = retrying("standard", attempts=3)
    url = client.create_queue(QueueName="jobs")["QueueUrl"]
    fake_cloud.faults.fail("sqs", "ReceiveMessage", "ServiceUnavailable", times=None)
    with real_sleeps() as sleeps:
        # More failures than the client's quota of retries pays for.
        for _ in range(120):
            with pytest.raises(ClientError):
                client.receive_message(QueueUrl=url, WaitTimeSeconds=20)
    assert sleeps == []


def test_a_user_who_replaces_time_sleep_gets_the_backoffs(fake_cloud, fake_clock):
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException", times=2)
    before = fake_clock.now()
    with mock.patch("time.sleep") as sleep:
        retrying("standard").list_queues()

    assert sleep.call_count == 2
    assert fake_clock.now() == before


def test_with_the_clock_held_another_threads_backoff_ends_when_time_is_moved(fake_cloud, fake_clock):
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException")
    answers = []
    thread = threading.Thread(target=lambda: answers.append(retrying("standard").list_queues()))
    thread.start()
    while not any(due.what == "retry back-off ends" for due in fake_clock.upcoming()) and thread.is_alive():
        threading.Event().wait(0.001)
    fake_clock.run_until_idle()
    thread.join(45)

    assert answers[0]["ResponseMetadata"]["RetryAttempts"] == 1
