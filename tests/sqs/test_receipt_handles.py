"""DeleteMessage: what each kind of receipt handle may do on either kind of queue."""

import pytest


@pytest.fixture
def delete(sqs):
    return lambda url, handle: sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)


@pytest.fixture(params=["jobs", "jobs.fifo"])
def url(request, create):
    attributes = {"ContentBasedDeduplication": "true"} if request.param.endswith(".fifo") else {}
    return create(request.param, **attributes)


def test_the_latest_handle_deletes(fake_clock, send, url, receive, delete, counts):
    send(url)
    (message,) = receive(url)
    fake_clock.advance(29.999)
    delete(url, message["ReceiptHandle"])
    fake_clock.advance(60)
    assert counts(url) == (0, 0, 0)


def test_deleting_twice_is_no_error(send, url, receive, delete):
    send(url)
    (message,) = receive(url)
    delete(url, message["ReceiptHandle"])
    delete(url, message["ReceiptHandle"])


def test_each_receive_has_a_handle_of_its_own(fake_clock, send, url, receive):
    send(url)
    handles = set()
    for _ in range(5):
        handles.add(receive(url)[0]["ReceiptHandle"])
        fake_clock.advance(30)
    assert len(handles) == 5
    assert all(len(handle) <= 1024 for handle in handles)


@pytest.mark.parametrize("handle", ["nonsense", "", "AQEBxxxx", "AQEB" + "A" * 32, "ä", "A" * 2000])
def test_what_is_no_handle_of_the_queue_is_refused(url, delete, refused, handle):
    with refused("ReceiptHandleIsInvalid", status=404):
        delete(url, handle)


def test_a_handle_with_something_added_is_refused(send, url, receive, delete, refused):
    send(url)
    handle = receive(url)[0]["ReceiptHandle"]
    for other in (handle + "=", handle + " ", " " + handle, handle[:-1], handle + "AAAA"):
        with refused("ReceiptHandleIsInvalid", status=404):
            delete(url, other)


def test_a_handle_of_another_queue_is_refused(create, send, receive, delete, refused):
    one, other = create("one"), create("other")
    send(one)
    handle = receive(one)[0]["ReceiptHandle"]
    with refused("ReceiptHandleIsInvalid", status=404):
        delete(other, handle)


class TestStandard:
    def test_after_the_timeout_the_latest_handle_still_deletes(self, fake_clock, send, queue_url, receive, delete):
        send(queue_url)
        (message,) = receive(queue_url)
        fake_clock.advance(30)
        delete(queue_url, message["ReceiptHandle"])
        assert receive(queue_url) == []

    def test_a_superseded_handle_deletes_nothing(self, fake_clock, send, queue_url, receive, delete, counts):
        send(queue_url)
        (first,) = receive(queue_url)
        fake_clock.advance(30)
        (second,) = receive(queue_url)
        delete(queue_url, first["ReceiptHandle"])
        assert counts(queue_url) == (0, 1, 0)
        delete(queue_url, second["ReceiptHandle"])
        assert counts(queue_url) == (0, 0, 0)

    def test_a_message_received_with_a_timeout_of_zero_can_be_deleted(
        self, fake_clock, send, queue_url, receive, delete, counts
    ):
        send(queue_url)
        (message,) = receive(queue_url, VisibilityTimeout=0)
        fake_clock.advance(100)
        delete(queue_url, message["ReceiptHandle"])
        assert counts(queue_url) == (0, 0, 0)


class TestFifo:
    def expired(self, handle):
        return f"Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."

    def test_after_the_timeout_a_handle_has_expired(self, fake_clock, send, fifo_url, receive, delete, invalid, counts):
        send(fifo_url, "foobar")
        handle = receive(fifo_url)[0]["ReceiptHandle"]
        fake_clock.advance(30)
        with invalid(self.expired(handle)):
            delete(fifo_url, handle)
        assert counts(fifo_url) == (1, 0, 0)

    def test_a_superseded_handle_has_expired(self, fake_clock, send, fifo_url, receive, delete, invalid):
        send(fifo_url)
        handle = receive(fifo_url)[0]["ReceiptHandle"]
        fake_clock.advance(30)
        receive(fifo_url)
        with invalid(self.expired(handle)):
            delete(fifo_url, handle)

    def test_a_timeout_of_zero_leaves_this_very_millisecond(
        self, fake_clock, send, fifo_url, receive, delete, invalid, counts
    ):
        send(fifo_url)
        handle = receive(fifo_url, VisibilityTimeout=0)[0]["ReceiptHandle"]
        delete(fifo_url, handle)
        assert counts(fifo_url) == (0, 0, 0)
        send(fifo_url, "another")
        handle = receive(fifo_url, VisibilityTimeout=0)[0]["ReceiptHandle"]
        fake_clock.advance(0.001)
        with invalid(self.expired(handle)):
            delete(fifo_url, handle)

    def test_made_visible_by_its_receiver_it_cant_be_deleted(self, sqs, send, fifo_url, receive, delete, invalid):
        send(fifo_url)
        handle = receive(fifo_url)[0]["ReceiptHandle"]
        sqs.change_message_visibility(QueueUrl=fifo_url, ReceiptHandle=handle, VisibilityTimeout=0)
        with invalid(self.expired(handle)):
            delete(fifo_url, handle)
