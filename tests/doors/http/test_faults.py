"""Faults of the network, as a client at the other end of a connection sees them."""

from __future__ import annotations

import pytest

from .conftest import json_request, received


def test_a_lost_answer_is_a_connection_that_closes(exchange, fake_cloud, fake_sqs, jobs):
    fake_cloud.faults.lose_answer("sqs", "SendMessage")
    assert exchange(json_request("SendMessage", QueueUrl=jobs, MessageBody="cat.png")) == b""
    assert [message.body for message in fake_sqs.queue("jobs").visible] == ["cat.png"]


def test_a_time_out_is_a_connection_on_which_nothing_comes(connect, fake_cloud, fake_aws_endpoint):
    fake_cloud.faults.time_out("sqs", "ListQueues")
    connection = connect()
    connection.settimeout(0.1)
    connection.sendall(json_request("ListQueues"))
    with pytest.raises(TimeoutError):
        connection.recv(1000)
    fake_aws_endpoint.close()
    assert received(connection) == b""


def test_a_slow_call_is_answered_when_the_clock_has_got_there(connect, fake_cloud, fake_clock):
    fake_cloud.faults.slow("sqs", "ListQueues", seconds=3)
    connection = connect()
    connection.settimeout(0.1)
    connection.sendall(json_request("ListQueues"))
    with pytest.raises(TimeoutError):
        connection.recv(1000)
    connection.settimeout(10)
    fake_clock.advance(3)
    assert connection.recv(1000).startswith(b"HTTP/1.1 200 OK")
