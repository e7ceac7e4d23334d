"""How many messages can be in flight."""

import pytest


@pytest.fixture(autouse=True)
def small_quotas(fake_sqs):
    assert (fake_sqs.quotas.in_flight, fake_sqs.quotas.fifo_in_flight) == (120_000, 120_000)
    fake_sqs.quotas.in_flight = 3
    fake_sqs.quotas.fifo_in_flight = 3


def fill(send, url):
    for number in range(5):
        send(url, str(number), **({"group": str(number)} if url.endswith(".fifo") else {}))


def test_a_receive_takes_no_more_than_the_limit_allows(send, queue_url, bodies):
    fill(send, queue_url)
    assert bodies(queue_url) == ["0", "1", "2"]


def test_at_the_limit_a_short_poll_of_a_standard_queue_fails(fake_clock, send, queue_url, bodies, receive, refused):
    fill(send, queue_url)
    bodies(queue_url)
    with refused("OverLimit", status=403):
        receive(queue_url)
    fake_clock.advance(30)
    assert bodies(queue_url, 1) == ["0"]


def test_at_the_limit_a_long_poll_waits(fake_clock, send, queue_url, bodies):
    fill(send, queue_url)
    bodies(queue_url)
    assert bodies(queue_url, WaitTimeSeconds=20) == []
    assert bodies(queue_url, WaitTimeSeconds=20) == ["0", "1", "2"]


def test_at_the_limit_a_fifo_queue_gives_nothing(send, fifo_url, bodies, sqs, receive):
    fill(send, fifo_url)
    messages = receive(fifo_url)
    assert [message["Body"] for message in messages] == ["0", "1", "2"]
    assert bodies(fifo_url) == []
    sqs.delete_message(QueueUrl=fifo_url, ReceiptHandle=messages[0]["ReceiptHandle"])
    assert bodies(fifo_url) == ["3"]
