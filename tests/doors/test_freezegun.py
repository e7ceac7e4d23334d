"""freezegun moves the cloud along with the application, and the cloud moves freezegun."""

# ruff: noqa: DTZ001, DTZ005 - freezegun is mostly used with naive times, which are UTC
from __future__ import annotations

import datetime
import time
import warnings

import boto3
import pytest
from freezegun import freeze_time

from pytest_cloudfakes import CloudFakesWarning, FakeCloud

pytestmark = pytest.mark.usefixtures("never_hangs")

NEW_YEAR = datetime.datetime(2027, 1, 1, tzinfo=datetime.timezone.utc)
LONG_AGO = "2012-01-14 12:00:00"
UTC = datetime.timezone.utc


@pytest.fixture
def client():
    return boto3.client("sqs", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def freezer():
    """The fixture of pytest-freezer, as it is written there."""
    freezer = freeze_time()
    frozen = freezer.start()
    yield frozen
    freezer.stop()


def jobs(client):
    return client.create_queue(QueueName="jobs")["QueueUrl"]


def received(client, url, **parameters):
    return [message["Body"] for message in client.receive_message(QueueUrl=url, **parameters).get("Messages", [])]


def sent_at(client, url):
    client.send_message(QueueUrl=url, MessageBody="dated")
    message = client.receive_message(QueueUrl=url, AttributeNames=["SentTimestamp"])["Messages"][0]
    return datetime.datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)


@freeze_time(LONG_AGO)
def test_a_decorated_function_with_a_cloud_from_a_fixture(fake_cloud):
    client = boto3.client("sqs")
    assert sent_at(client, jobs(client)) == datetime.datetime(2012, 1, 14, 12, tzinfo=UTC)


@freeze_time(LONG_AGO)
class TestADecoratedClass:
    def test_has_the_time_of_its_freeze(self, fake_cloud):
        client = boto3.client("sqs")
        assert sent_at(client, jobs(client)) == datetime.datetime(2012, 1, 14, 12, tzinfo=UTC)


@freeze_time(LONG_AGO)
def test_a_decorated_function_with_a_held_clock(fake_clock):
    client = boto3.client("sqs")
    url = jobs(client)
    client.send_message(QueueUrl=url, MessageBody="cat.png")
    assert received(client, url) == ["cat.png"]
    fake_clock.advance(29.999)
    assert received(client, url) == []
    fake_clock.advance(0.001)
    assert received(client, url) == ["cat.png"]
    assert datetime.datetime.now() == datetime.datetime(2012, 1, 14, 12, 0, 30)


def test_a_context_manager_inside_the_cloud_sets_the_time(fake_cloud, client):
    with freeze_time(LONG_AGO):
        assert sent_at(client, jobs(client)) == datetime.datetime(2012, 1, 14, 12, tzinfo=UTC)


def test_a_cloud_inside_a_context_manager_has_its_time(client):
    with freeze_time(LONG_AGO), FakeCloud():
        assert sent_at(client, jobs(client)) == datetime.datetime(2012, 1, 14, 12, tzinfo=UTC)


def test_tick_moves_the_cloud_to_the_millisecond(client):
    with freeze_time(NEW_YEAR) as frozen, FakeCloud():
        url = jobs(client)
        client.send_message(QueueUrl=url, MessageBody="cat.png")
        assert received(client, url) == ["cat.png"]
        frozen.tick(datetime.timedelta(seconds=29.999))
        assert received(client, url) == []
        frozen.tick(datetime.timedelta(milliseconds=1))
        assert received(client, url) == ["cat.png"]


def test_what_fell_due_during_a_tick_happened_at_its_own_instant(client):
    with freeze_time(NEW_YEAR) as frozen, FakeCloud() as cloud:
        url = jobs(client)
        client.send_message(QueueUrl=url, MessageBody="cat.png", DelaySeconds=40)
        frozen.tick(3600)
        client.list_queues()
    visible = [event for event in cloud.journal.events() if "visible" in event.what or "available" in event.what]
    start = round(NEW_YEAR.timestamp() * 1000)
    assert [event.at - start for event in visible] in ([], [40_000])


@pytest.mark.parametrize("held", [True, False])
def test_what_falls_due_during_a_tick_moves_the_freeze_no_further(client, held):
    with freeze_time("2027-01-01") as frozen, FakeCloud() as cloud:
        if held:
            cloud.clock.hold()
        url = jobs(client)
        for delay in (10, 20, 30):
            client.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=delay)
        frozen.tick(60)
        assert len(received(client, url, MaxNumberOfMessages=10)) == 3
        assert datetime.datetime.now() == datetime.datetime(2027, 1, 1, 0, 1)
        assert cloud.clock.datetime() == datetime.datetime(2027, 1, 1, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize("held", [True, False])
def test_ticks_and_advances_in_turn_add_up(client, held):
    with freeze_time("2027-01-01") as frozen, FakeCloud() as cloud:
        if held:
            cloud.clock.hold()
        url = jobs(client)
        for delay in range(0, 300, 7):
            client.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=delay)
        for number in range(1, 9):
            frozen.tick(20)
            cloud.clock.advance(11.5)
            now = NEW_YEAR + datetime.timedelta(seconds=31.5 * number)
            assert cloud.clock.datetime() == now
            assert datetime.datetime.now() == now.replace(tzinfo=None)


def test_move_to_moves_the_cloud(client):
    with freeze_time(NEW_YEAR) as frozen, FakeCloud() as cloud:
        url = jobs(client)
        client.send_message(QueueUrl=url, MessageBody="cat.png")
        frozen.move_to(NEW_YEAR + datetime.timedelta(days=3, hours=23, minutes=59))
        assert received(client, url, VisibilityTimeout=1) == ["cat.png"]
        frozen.move_to(NEW_YEAR + datetime.timedelta(days=4))
        assert received(client, url) == []
        assert cloud.clock.datetime() == NEW_YEAR + datetime.timedelta(days=4)


def test_the_fixture_freezer_stands_still_until_it_is_moved(fake_cloud, freezer, client):
    url = jobs(client)
    client.send_message(QueueUrl=url, MessageBody="cat.png")
    assert received(client, url) == ["cat.png"]
    before = fake_cloud.clock.now()
    assert received(client, url) == []
    assert fake_cloud.clock.now() == before
    freezer.tick(30)
    assert received(client, url) == ["cat.png"]
    freezer.move_to(datetime.datetime.now() + datetime.timedelta(seconds=30))
    assert received(client, url) == ["cat.png"]


def test_advance_moves_the_freeze_too_and_nothing_twice(fake_clock, freezer, client):
    client.list_queues()
    before, cloud_before = datetime.datetime.now(), fake_clock.now()
    fake_clock.advance(100)
    freezer.tick(20)
    client.list_queues()

    assert datetime.datetime.now() - before == datetime.timedelta(seconds=120)
    assert fake_clock.now() - cloud_before == 120_000
    assert fake_clock.now() == round(time.time() * 1000)


def test_a_freeze_that_goes_on_ticking_flows(client):
    with freeze_time(NEW_YEAR, tick=True) as frozen, FakeCloud() as cloud:
        client.list_queues()
        first = cloud.clock.now()
        deadline = time.monotonic_ns() + 5_000_000_000
        while cloud.clock.now() == first and time.monotonic_ns() < deadline:
            pass
        assert first < cloud.clock.now() < first + 5_000
        frozen.tick(3600)
        # freezegun ticks from where it was set, not from where it has flowed to.
        assert 3_595_000 < cloud.clock.now() - first < 3_605_000


def test_a_held_clock_holds_a_freeze_that_goes_on_ticking(client):
    with freeze_time(NEW_YEAR, tick=True), FakeCloud() as cloud:
        cloud.clock.hold()
        url = jobs(client)
        first = cloud.clock.now()
        client.send_message(QueueUrl=url, MessageBody="cat.png")
        assert received(client, url) == ["cat.png"]
        assert cloud.clock.now() == first
        cloud.clock.advance(30)
        assert received(client, url) == ["cat.png"]
        assert cloud.clock.now() == first + 30_000


def test_a_freeze_that_steps_at_each_look_is_not_made_to_step(client):
    with freeze_time(NEW_YEAR, auto_tick_seconds=15), FakeCloud() as cloud:
        client.list_queues()
        first = datetime.datetime.now()
        for _ in range(10):
            cloud.clock.now()
        assert datetime.datetime.now() - first == datetime.timedelta(seconds=15)
        url = jobs(client)
        client.send_message(QueueUrl=url, MessageBody="cat.png")
        received(client, url)
        time.time(), time.time()
        assert received(client, url) == ["cat.png"]


def test_a_freeze_in_the_past_before_the_first_call_is_followed(fake_cloud, client):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with freeze_time(LONG_AGO):
            assert sent_at(client, jobs(client)) == datetime.datetime(2012, 1, 14, 12, tzinfo=UTC)


def test_a_freeze_in_the_past_after_the_first_call_holds_the_time_with_one_warning(fake_cloud, client):
    url = jobs(client)
    before = fake_cloud.clock.now()
    with freeze_time(LONG_AGO) as frozen:
        with pytest.warns(CloudFakesWarning, match="freezegun went back to 2012-01-14"):
            client.send_message(QueueUrl=url, MessageBody="cat.png")
        # Here a second warning would be an error.
        assert received(client, url) == ["cat.png"]
        at = fake_cloud.clock.now()
        assert at >= before
        frozen.tick(29)
        assert received(client, url) == []
        frozen.tick(1)
        assert received(client, url) == ["cat.png"]
        assert fake_cloud.clock.now() == at + 30_000


def test_a_freeze_that_is_moved_back_holds_the_time_with_one_warning(client):
    with freeze_time(NEW_YEAR) as frozen, FakeCloud() as cloud:
        client.list_queues()
        frozen.move_to(NEW_YEAR - datetime.timedelta(days=1))
        with pytest.warns(CloudFakesWarning, match="freezegun went back to 2026-12-31"):
            client.list_queues()
        frozen.move_to(NEW_YEAR - datetime.timedelta(days=2))
        client.list_queues()
        assert cloud.clock.datetime() == NEW_YEAR


def test_the_inner_freeze_counts_and_the_outer_one_is_back_afterwards(client):
    with freeze_time(NEW_YEAR), FakeCloud() as cloud:
        client.list_queues()
        with freeze_time(NEW_YEAR + datetime.timedelta(hours=1)) as inner:
            assert cloud.clock.datetime() == NEW_YEAR + datetime.timedelta(hours=1)
            inner.tick(60)
            assert cloud.clock.datetime() == NEW_YEAR + datetime.timedelta(hours=1, minutes=1)
        with pytest.warns(CloudFakesWarning):
            client.list_queues()
        assert cloud.clock.datetime() == NEW_YEAR + datetime.timedelta(hours=1, minutes=1)


def test_when_a_freeze_ends_time_goes_on_from_where_the_cloud_is(fake_cloud, client):
    with freeze_time("2050-01-01"):
        client.list_queues()
        at = fake_cloud.clock.now()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CloudFakesWarning)
        client.list_queues()
    assert fake_cloud.clock.now() >= at


@pytest.mark.cloudfakes(freeze=True, start=datetime.datetime(2030, 5, 1))
def test_the_option_freeze_lets_the_application_see_the_clouds_time(fake_cloud, client):
    assert sent_at(client, jobs(client)) == datetime.datetime(2030, 5, 1, tzinfo=UTC)
    fake_cloud.clock.advance(3600)
    assert datetime.datetime.now(UTC) == datetime.datetime(2030, 5, 1, 1, tzinfo=UTC)
    assert fake_cloud.clock.datetime() == datetime.datetime(2030, 5, 1, 1, tzinfo=UTC)


@pytest.mark.cloudfakes(freeze=True)
def test_the_option_freeze_inside_a_freeze_follows_it(freezer, fake_cloud, client):
    client.list_queues()
    freezer.tick(60)
    assert fake_cloud.clock.now() == round(time.time() * 1000)


@pytest.mark.cloudfakes(start=datetime.datetime(2030, 5, 1))
def test_a_start_of_its_own_is_kept_under_a_freeze(freezer, fake_cloud, client):
    client.list_queues()
    assert fake_cloud.clock.datetime() == datetime.datetime(2030, 5, 1, tzinfo=UTC)
    freezer.tick(60)
    assert fake_cloud.clock.datetime() == datetime.datetime(2030, 5, 1, 0, 1, tzinfo=UTC)
