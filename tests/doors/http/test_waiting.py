"""Calls that wait: on the cloud's clock, holding up nobody, and taking nothing with them if the client leaves."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from .conftest import answer_on, json_request, received

RECEIVER = """
import boto3, sys
sqs = boto3.client("sqs")
answer = sqs.receive_message(QueueUrl=sys.argv[1], WaitTimeSeconds=20)
print([message["Body"] for message in answer.get("Messages", [])])
"""


def wait_until(condition):
    """Another process takes its time, and nothing tells when it has got so far."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture
def receiver(fake_aws_endpoint, jobs):
    """A subprocess that receives from the queue, and what it got, printed."""
    command = [sys.executable, "-c", RECEIVER, jobs]
    with subprocess.Popen(command, env=fake_aws_endpoint.environment, stdout=subprocess.PIPE, text=True) as process:
        yield lambda: process.communicate(timeout=60)[0]
        process.kill()


@pytest.fixture
def waiting(fake_cloud):
    """Wait until so many calls are waiting."""

    def wait_for(count):
        wait_until(
            lambda: sum(due.what == "the wait of a ReceiveMessage ends" for due in fake_cloud.clock.upcoming()) == count
        )

    return wait_for


def test_moving_the_clock_ends_the_long_poll_of_a_subprocess(fake_clock, receiver, waiting):
    waiting(1)
    fake_clock.advance(19.999)
    waiting(1)
    fake_clock.advance(0.001)
    assert receiver() == "[]\n"


def test_moving_the_clock_brings_a_message_that_a_subprocess_waits_for(fake_clock, fake_sqs, jobs, receiver, waiting):
    fake_sqs.client.send_message(QueueUrl=jobs, MessageBody="cat.png", DelaySeconds=10)
    waiting(1)
    fake_clock.advance(10)
    assert receiver() == "['cat.png']\n"


def test_a_message_ends_the_wait_for_it(call, caller_of, fake_aws_endpoint, fake_sqs, jobs, in_thread, waiting):
    other = caller_of(fake_aws_endpoint.url)
    receive = in_thread(lambda: other.sqs("ReceiveMessage", QueueUrl=jobs, WaitTimeSeconds=20))
    waiting(1)
    call.sqs("SendMessage", QueueUrl=jobs, MessageBody="cat.png")
    assert [message["Body"] for message in receive.result(10).json["Messages"]] == ["cat.png"]


def test_any_number_of_waiting_clients_hold_up_nobody(call, connect, fake_clock, jobs, waiting):
    waiters = [connect() for _ in range(60)]
    for waiter in waiters:
        waiter.sendall(json_request("ReceiveMessage", QueueUrl=jobs, WaitTimeSeconds=20))
    waiting(60)
    assert call.sqs("ListQueues").status == 200
    fake_clock.advance(20)
    assert {answer_on(waiter).status for waiter in waiters} == {200}


def test_messages_go_to_those_that_wait_in_the_order_in_which_they_came(call, connect, jobs, waiting):
    waiters = [connect() for _ in range(3)]
    for number, waiter in enumerate(waiters, 1):
        waiter.sendall(json_request("ReceiveMessage", QueueUrl=jobs, WaitTimeSeconds=20))
        waiting(number)
    for body in ("first", "second", "third"):
        call.sqs("SendMessage", QueueUrl=jobs, MessageBody=body)
    bodies = [answer_on(waiter).json["Messages"][0]["Body"] for waiter in waiters]
    assert bodies == ["first", "second", "third"]


def test_a_client_that_leaves_while_it_waits_takes_no_message(call, connect, fake_sqs, jobs, waiting):
    waiter = connect()
    waiter.sendall(json_request("ReceiveMessage", QueueUrl=jobs, WaitTimeSeconds=20))
    waiting(1)
    waiter.close()
    waiting(0)
    call.sqs("SendMessage", QueueUrl=jobs, MessageBody="cat.png")
    assert [message.receive_count for message in fake_sqs.queue("jobs").visible] == [0]


def test_a_client_that_left_unnoticed_takes_no_message_either(call, connect, fake_cloud, fake_sqs, jobs, waiting):
    waiter = connect()
    waiter.sendall(json_request("ReceiveMessage", QueueUrl=jobs, WaitTimeSeconds=20))
    waiting(1)
    with fake_cloud.lock:  # so that the message comes before anybody sees that the client has gone
        waiter.close()
        fake_sqs.client.send_message(QueueUrl=jobs, MessageBody="cat.png")
    wait_until(lambda: fake_sqs.queue("jobs").visible)
    assert [message.receive_count for message in fake_sqs.queue("jobs").visible] == [0]


def test_a_client_that_says_more_while_it_waits_has_not_left(connect, fake_clock, jobs, waiting):
    waiter = connect()
    waiter.sendall(json_request("ReceiveMessage", QueueUrl=jobs, WaitTimeSeconds=20))
    waiting(1)
    waiter.sendall(json_request("ListQueues"))
    fake_clock.advance(19.999)
    waiting(1)
    fake_clock.advance(0.001)
    assert answer_on(waiter).status == 200


def test_closing_the_endpoint_breaks_off_those_that_wait(
    connect, fake_aws_endpoint, fake_sqs, fake_cloud, jobs, waiting
):
    waiter = connect()
    waiter.sendall(json_request("ReceiveMessage", QueueUrl=jobs, WaitTimeSeconds=20))
    waiting(1)
    fake_aws_endpoint.close()
    assert received(waiter) == b""
    assert fake_cloud.clock.upcoming() == []


@pytest.mark.cloudfakes(freeze=True)
def test_frozen_time_hangs_nobody(call, connect, fake_clock, jobs, waiting):
    waiter = connect()
    waiter.sendall(json_request("ReceiveMessage", QueueUrl=jobs, WaitTimeSeconds=20))
    waiting(1)
    fake_clock.advance(20)
    assert answer_on(waiter).status == 200
    fake_clock.advance(3600)
    assert call.sqs("ListQueues").status == 200
