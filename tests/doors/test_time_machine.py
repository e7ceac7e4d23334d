"""time-machine moves the cloud along with the application, and the cloud moves time-machine."""

from __future__ import annotations

import datetime
import time

import boto3
import pytest

from pytest_cloudfakes import CloudFakesWarning, FakeCloud

time_machine = pytest.importorskip("time_machine")

pytestmark = pytest.mark.usefixtures("never_hangs")

UTC = datetime.timezone.utc
NEW_YEAR = datetime.datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def client():
    return boto3.client("sqs", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")


def jobs(client):
    url = client.create_queue(QueueName="jobs")["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody="cat.png")
    return url


def received(client, url, **parameters):
    return [message["Body"] for message in client.receive_message(QueueUrl=url, **parameters).get("Messages", [])]


@time_machine.travel(NEW_YEAR, tick=False)
def test_a_decorated_function(fake_cloud):
    boto3.client("sqs").list_queues()
    assert fake_cloud.clock.datetime() == NEW_YEAR


@pytest.mark.parametrize("tick", [True, False])
def test_shift_moves_the_cloud(client, tick):
    with time_machine.travel(NEW_YEAR, tick=tick) as traveller, FakeCloud() as cloud:
        url = jobs(client)
        assert received(client, url) == ["cat.png"]
        assert received(client, url) == []
        traveller.shift(30)
        assert received(client, url) == ["cat.png"]
        assert 0 <= cloud.clock.now() - round(NEW_YEAR.timestamp() * 1000) - 30_000 < 5_000


def test_without_tick_it_is_exact_to_the_millisecond(client):
    with time_machine.travel(NEW_YEAR, tick=False) as traveller, FakeCloud():
        url = jobs(client)
        received(client, url)
        traveller.shift(datetime.timedelta(seconds=29, milliseconds=999))
        assert received(client, url) == []
        traveller.shift(datetime.timedelta(milliseconds=1))
        assert received(client, url) == ["cat.png"]


def test_move_to_moves_the_cloud(client):
    with time_machine.travel(NEW_YEAR, tick=False) as traveller, FakeCloud() as cloud:
        url = jobs(client)
        traveller.move_to(NEW_YEAR + datetime.timedelta(days=4))
        assert received(client, url) == []
        assert cloud.clock.datetime() == NEW_YEAR + datetime.timedelta(days=4)


@pytest.mark.parametrize("tick", [True, False])
def test_advance_moves_the_applications_time_too(client, tick):
    with time_machine.travel(NEW_YEAR, tick=tick), FakeCloud() as cloud:
        client.list_queues()
        cloud.clock.hold()
        before, cloud_before = time.time(), cloud.clock.now()
        cloud.clock.advance(3600)
        assert 3600 <= time.time() - before < 3605
        assert cloud.clock.now() - cloud_before == 3_600_000


def test_a_held_clock_holds_a_journey_that_goes_on_ticking(client):
    with time_machine.travel(NEW_YEAR, tick=True), FakeCloud() as cloud:
        cloud.clock.hold()
        url = jobs(client)
        at = cloud.clock.now()
        assert received(client, url) == ["cat.png"]
        cloud.clock.advance(30)
        assert received(client, url) == ["cat.png"]
        assert cloud.clock.now() == at + 30_000


def test_a_journey_into_the_past_after_the_first_call_holds_the_time_with_one_warning(fake_cloud, client):
    url = jobs(client)
    with time_machine.travel("2012-01-14", tick=False) as traveller:
        with pytest.warns(CloudFakesWarning, match="time-machine went back to 2012-01-14"):
            client.list_queues()
        assert received(client, url) == ["cat.png"]
        at = fake_cloud.clock.now()
        traveller.shift(30)
        assert received(client, url) == ["cat.png"]
        assert fake_cloud.clock.now() == at + 30_000


def test_a_journey_into_the_past_before_the_first_call_is_followed(fake_cloud, client):
    with time_machine.travel(datetime.datetime(2012, 1, 14, tzinfo=UTC), tick=False):
        client.list_queues()
        assert fake_cloud.clock.datetime() == datetime.datetime(2012, 1, 14, tzinfo=UTC)
