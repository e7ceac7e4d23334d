"""A long poll never hangs, whatever froze the time and whoever waits."""

from __future__ import annotations

import contextlib
import threading
import time

import boto3
import pytest
from freezegun import freeze_time

from pytest_cloudfakes import CloudFakesError, FakeCloud

pytestmark = pytest.mark.usefixtures("never_hangs")


def frozen():
    return freeze_time("2027-01-01")


def ticking():
    return freeze_time("2027-01-01", tick=True)


def stepping():
    return freeze_time("2027-01-01", auto_tick_seconds=1)


def travelling():
    return pytest.importorskip("time_machine").travel("2027-01-01", tick=False)


def travelling_on():
    return pytest.importorskip("time_machine").travel("2027-01-01", tick=True)


FREEZES = [contextlib.nullcontext, frozen, ticking, stepping, travelling, travelling_on]


@pytest.fixture(params=FREEZES, ids=lambda freeze: freeze.__name__)
def freeze(request):
    return request.param


@pytest.fixture
def client():
    return boto3.client("sqs", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")


@contextlib.contextmanager
def cloud_with_queue(client, *, held):
    with FakeCloud() as cloud:
        if held:
            cloud.clock.hold()
        yield cloud, client.create_queue(QueueName="jobs")["QueueUrl"]


def poll(client, url, seconds=20):
    return [
        message["Body"] for message in client.receive_message(QueueUrl=url, WaitTimeSeconds=seconds).get("Messages", [])
    ]


class Poller(threading.Thread):
    """Another thread that polls."""

    def __init__(self, client, url, seconds=20):
        super().__init__(daemon=True)
        self.client, self.url, self.seconds, self.got = client, url, seconds, None

    def run(self):
        self.got = poll(self.client, self.url, self.seconds)

    def result(self):
        self.join(45)
        assert not self.is_alive(), "the poll hangs"
        return self.got


def wait_for_waiter(cloud):
    """Until the other thread's poll has arrived: the call is in the journal, without an answer."""
    for _ in range(50_000):
        if any(call.operation == "ReceiveMessage" and call.answer is None for call in cloud.calls):
            return
        threading.Event().wait(0.001)
    raise AssertionError("nobody polls")


@pytest.mark.parametrize("held", [True, False], ids=["held", "flowing"])
def test_alone_it_jumps_to_its_end(freeze, client, either_way, held, real_sleeps):
    client = either_way(client)
    with freeze(), cloud_with_queue(client, held=held) as (cloud, url):
        before = cloud.clock.now()
        with real_sleeps() as sleeps:
            assert poll(client, url) == []
        assert 20_000 <= cloud.clock.now() - before < 30_000
        assert sleeps == []


@pytest.mark.parametrize("held", [True, False], ids=["held", "flowing"])
def test_alone_it_returns_with_what_becomes_visible_meanwhile(freeze, client, held):
    with freeze(), cloud_with_queue(client, held=held) as (cloud, url):
        before = cloud.clock.now()
        client.send_message(QueueUrl=url, MessageBody="cat.png", DelaySeconds=7)
        assert poll(client, url) == ["cat.png"]
        assert 7_000 <= cloud.clock.now() - before < 17_000


def test_under_a_held_clock_another_threads_poll_is_woken_by_advance(freeze, client, either_way):
    client = either_way(client)
    with freeze(), cloud_with_queue(client, held=True) as (cloud, url):
        poller = Poller(client, url)
        poller.start()
        wait_for_waiter(cloud)
        cloud.clock.advance(19.999)
        assert poller.got is None
        cloud.clock.advance(0.001)
        assert poller.result() == []


@pytest.mark.parametrize("held", [True, False], ids=["held", "flowing"])
def test_another_threads_poll_is_woken_by_a_send(freeze, client, either_way, held):
    client = either_way(client)
    with freeze(), cloud_with_queue(client, held=held) as (cloud, url):
        poller = Poller(client, url)
        poller.start()
        wait_for_waiter(cloud)
        client.send_message(QueueUrl=url, MessageBody="cat.png")
        assert poller.result() == ["cat.png"]


@pytest.mark.parametrize("held", [True, False], ids=["held", "flowing"])
def test_another_threads_wait_ends_after_as_long_as_it_lasts_for_real(freeze, client, held):
    with freeze(), cloud_with_queue(client, held=held) as (cloud, _):
        thread = threading.Thread(target=cloud.clock.sleep, args=(0.1, "a wait"))
        thread.start()
        thread.join(45)
        assert not thread.is_alive()


def test_another_threads_poll_ends_after_as_long_as_it_lasts_for_real(client):
    with frozen(), cloud_with_queue(client, held=True) as (_, url):
        poller = Poller(client, url, seconds=1)
        poller.start()
        assert poller.result() == []


def test_a_freeze_that_is_moved_wakes_another_threads_poll(client):
    with freeze_time("2027-01-01") as frozen_time, cloud_with_queue(client, held=False) as (cloud, url):
        poller = Poller(client, url)
        poller.start()
        wait_for_waiter(cloud)
        frozen_time.tick(20)
        assert poller.result() == []


def test_with_another_thread_there_the_main_threads_poll_waits_for_it(client):
    with cloud_with_queue(client, held=False) as (cloud, url):

        def send_later():
            wait_for_waiter(cloud)
            client.send_message(QueueUrl=url, MessageBody="cat.png")

        sender = threading.Thread(target=send_later)
        sender.start()
        assert poll(client, url) == ["cat.png"]
        sender.join()


def test_waiting_polls_are_served_in_order_of_arrival(client):
    with cloud_with_queue(client, held=True) as (cloud, url):
        pollers = []
        for number in range(1, 5):
            pollers.append(Poller(client, url))
            pollers[-1].start()
            while sum(call.operation == "ReceiveMessage" for call in cloud.calls) < number:
                threading.Event().wait(0.001)
        for number in range(4):
            client.send_message(QueueUrl=url, MessageBody=str(number))
        assert [poller.result() for poller in pollers] == [["0"], ["1"], ["2"], ["3"]]


def test_a_poll_under_the_option_freeze(client):
    with FakeCloud(freeze=True) as cloud:
        url = client.create_queue(QueueName="jobs")["QueueUrl"]
        before = time.time()
        assert poll(client, url) == []
        assert time.time() - before == pytest.approx(20)
        assert cloud.clock.now() == round(time.time() * 1000)


def test_a_thread_that_waits_when_the_cloud_goes_off_is_told_so_at_once():
    ended = []

    def poll(client, url):
        try:
            client.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        except CloudFakesError as error:
            ended.append(str(error))

    started = time.monotonic()
    with FakeCloud() as cloud:
        cloud.clock.hold()
        client = boto3.client("sqs")
        url = client.create_queue(QueueName="jobs")["QueueUrl"]
        thread = threading.Thread(target=poll, args=(client, url))
        thread.start()
        while not cloud.clock.upcoming():  # the end of its wait
            thread.join(0.001)
    thread.join(10)
    assert ended == ["The cloud went off while this call waited; end the thread before."]
    assert time.monotonic() - started < 10
