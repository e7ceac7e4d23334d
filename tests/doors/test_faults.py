"""Failures on demand, as a client sees them."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from pytest_cloudfakes import ApiError, CloudFakesError


@pytest.fixture
def sqs(fake_cloud):
    """A client that doesn't retry."""
    return boto3.client(
        "sqs", region_name="eu-west-1", config=Config(retries={"mode": "standard", "total_max_attempts": 1})
    )


def outcome(sqs, **parameters):
    """What becomes of a call: an error's code, or None."""
    try:
        sqs.list_queues(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def outcomes(sqs, count, **parameters):
    return [outcome(sqs, **parameters) for _ in range(count)]


def bodies(cloud):
    return [message.body for message in cloud.sqs.queue("jobs", region="eu-west-1").visible]


def test_the_next_call_fails_and_no_other(fake_cloud, sqs):
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException")
    assert outcomes(sqs, 3) == ["ThrottlingException", None, None]


def test_so_many_calls_fail(fake_cloud, sqs):
    fake_cloud.faults.fail("sqs", "ListQueues", "InternalFailure", times=2)
    assert outcomes(sqs, 4) == ["InternalFailure", "InternalFailure", None, None]


def test_every_nth_call_fails(fake_cloud, sqs):
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException", every=3, times=None)
    assert outcomes(sqs, 7) == [None, None, "ThrottlingException", None, None, "ThrottlingException", None]


def test_every_nth_call_fails_so_many_times(fake_cloud, sqs):
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException", every=2, times=1)
    assert outcomes(sqs, 5) == [None, "ThrottlingException", None, None, None]


def test_only_matching_calls_fail_and_only_they_are_counted(fake_cloud, sqs):
    rule = fake_cloud.faults.fail(
        "sqs",
        "ListQueues",
        "ThrottlingException",
        every=2,
        times=None,
        when=lambda call: call.parameters.get("QueueNamePrefix") == "a",
    )
    assert outcomes(sqs, 3) == [None] * 3
    assert outcomes(sqs, 4, QueueNamePrefix="a") == [None, "ThrottlingException"] * 2
    assert (rule.matching, rule.met) == (4, 2)


def test_without_an_operation_any_call_fails(fake_cloud, sqs):
    fake_cloud.faults.fail("sqs", error="ThrottlingException")
    with pytest.raises(ClientError):
        sqs.create_queue(QueueName="jobs")
    assert outcomes(sqs, 1) == [None]


def test_a_rule_that_is_removed_or_cleared_strikes_no_more(fake_cloud, sqs):
    rule = fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException", times=None)
    assert outcomes(sqs, 1) == ["ThrottlingException"]
    rule.remove()
    assert outcomes(sqs, 1) == [None]
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException", times=None)
    fake_cloud.faults.clear()
    assert outcomes(sqs, 1) == [None]


def test_of_two_rules_the_first_decides(fake_cloud, sqs):
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException")
    fake_cloud.faults.fail("sqs", "ListQueues", "InternalFailure")
    assert outcomes(sqs, 3) == ["ThrottlingException", "InternalFailure", None]


def test_a_failed_call_has_no_effect(fake_cloud, sqs):
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    fake_cloud.faults.fail("sqs", "SendMessage", "InternalFailure")
    with pytest.raises(ClientError):
        sqs.send_message(QueueUrl=url, MessageBody="cat.png")
    assert bodies(fake_cloud) == []


def test_an_error_of_the_model_is_raised_as_its_exception_with_its_text(fake_cloud, sqs):
    fake_cloud.faults.fail("sqs", "CreateQueue", "QueueDeletedRecently")
    with pytest.raises(sqs.exceptions.QueueDeletedRecently) as caught:
        sqs.create_queue(QueueName="jobs")
    assert caught.value.response["Error"]["Message"].startswith("You must wait 60 seconds after deleting a queue")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_an_error_may_be_named_by_its_query_code_and_given_a_text(fake_cloud, sqs):
    fake_cloud.faults.fail("sqs", "GetQueueUrl", "AWS.SimpleQueueService.NonExistentQueue", message="gone")
    with pytest.raises(sqs.exceptions.QueueDoesNotExist, match="gone"):
        sqs.get_queue_url(QueueName="jobs")


def test_an_error_of_the_users_own(fake_cloud, sqs):
    class TooTired(ApiError):
        code = "TooTired"
        status = 418
        message = "Come back later, {name}."

    fake_cloud.faults.fail("sqs", "ListQueues", TooTired(name="friend"))
    with pytest.raises(ClientError) as caught:
        sqs.list_queues()
    assert caught.value.response["Error"]["Code"] == "TooTired"
    assert caught.value.response["Error"]["Message"] == "Come back later, friend."
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 418


def test_a_lost_answer_has_its_effect(fake_cloud, sqs):
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    fake_cloud.faults.lose_answer("sqs", "SendMessage")
    with pytest.raises(ConnectionClosedError):
        sqs.send_message(QueueUrl=url, MessageBody="cat.png")
    assert bodies(fake_cloud) == ["cat.png"]


def test_a_lost_answer_of_a_receive_leaves_the_message_in_flight(fake_cloud, sqs):
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="cat.png")
    fake_cloud.faults.lose_answer("sqs", "ReceiveMessage")
    with pytest.raises(ConnectionClosedError):
        sqs.receive_message(QueueUrl=url)
    assert [message.body for message in fake_cloud.sqs.queue("jobs", region="eu-west-1").in_flight] == ["cat.png"]


def test_a_time_out_has_no_effect_and_takes_its_time(fake_cloud, fake_clock, sqs):
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    fake_cloud.faults.time_out("sqs", "SendMessage", seconds=60)
    before = fake_clock.now()
    with pytest.raises(ReadTimeoutError):
        sqs.send_message(QueueUrl=url, MessageBody="cat.png")
    assert fake_clock.now() - before == 60_000
    assert bodies(fake_cloud) == []


def test_a_time_out_of_a_call_that_was_performed_has_its_effect(fake_cloud, fake_clock, sqs):
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    fake_cloud.faults.time_out("sqs", "SendMessage", performed=True)
    with pytest.raises(ReadTimeoutError):
        sqs.send_message(QueueUrl=url, MessageBody="cat.png")
    assert bodies(fake_cloud) == ["cat.png"]


def test_a_slow_call_takes_effect_when_it_is_answered(fake_cloud, fake_clock, sqs):
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    fake_cloud.faults.slow("sqs", "SendMessage", seconds=3)
    before = fake_clock.now()
    sqs.send_message(QueueUrl=url, MessageBody="cat.png")
    assert fake_clock.now() - before == 3_000
    message = fake_cloud.sqs.queue("jobs", region="eu-west-1").visible[0]
    assert message.body == "cat.png"
    received = sqs.receive_message(QueueUrl=url, AttributeNames=["SentTimestamp"])["Messages"][0]
    assert int(received["Attributes"]["SentTimestamp"]) == before + 3_000


def test_a_slow_call_that_fails_fails_then(fake_cloud, fake_clock, sqs):
    fake_cloud.faults.slow("sqs", "GetQueueUrl", seconds=3)
    before = fake_clock.now()
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="missing")
    assert fake_clock.now() - before == 3_000


def test_a_slow_long_poll_waits_after_it_was_slow(fake_cloud, fake_clock, sqs):
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    fake_cloud.faults.slow("sqs", "ReceiveMessage", seconds=3)
    before = fake_clock.now()
    assert "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)
    assert fake_clock.now() - before == 8_000


def test_the_journal_tells_of_every_try(fake_cloud, fake_clock):
    client = boto3.client(
        "sqs", region_name="eu-west-1", config=Config(retries={"mode": "standard", "total_max_attempts": 3})
    )
    fake_cloud.faults.time_out("sqs", "ListQueues")
    fake_cloud.faults.fail("sqs", "ListQueues", "ThrottlingException")
    client.list_queues()
    assert [call.error_code for call in fake_cloud.calls] == ["time out", "ThrottlingException", None]


@pytest.mark.parametrize(
    "arrange, told",
    [
        (lambda faults: faults.fail("sqs", "SendMesage"), "sqs has no operation 'SendMesage'"),
        (
            lambda faults: faults.fail("sqs", "SendMessage", "NoSuchError"),
            "sqs has no error 'NoSuchError'; there are: .*QueueDoesNotExist",
        ),
        (lambda faults: faults.fail("glue", "GetDatabases"), "glue is not faked"),
        (lambda faults: faults.fail("sqs", times=0), "times and every are 1 or more"),
        (lambda faults: faults.slow("sqs", seconds=-1), "seconds is 0 or more"),
    ],
)
def test_what_can_not_be_arranged_says_so(fake_cloud, arrange, told):
    with pytest.raises(CloudFakesError, match=told):
        arrange(fake_cloud.faults)
