"""Wrong use is answered with one sentence that says what to do."""

from __future__ import annotations

import datetime

import boto3
import pytest
from botocore.exceptions import ParamValidationError

from pytest_cloudfakes import CloudFakesError, FakeCloud, TimeTravelError


@pytest.mark.parametrize(
    "option, told",
    [
        ({"region": None}, "region is the name of one, such as 'eu-central-1', not None"),
        ({"region": ""}, "region is the name of one"),
        ({"region": "EU West"}, "region is the name of one"),
        ({"seed": "x"}, "seed is a whole number, not 'x'"),
        ({"seed": True}, "seed is a whole number, not True"),
        ({"freeze": "false"}, "freeze is True or False, not 'false'"),
        ({"journal_limit": -1}, "journal_limit is a whole number of 0 or more, not -1"),
        ({"journal_limit": None}, "journal_limit is a whole number of 0 or more, not None"),
        ({"passthrough": None}, "passthrough is a collection of service names"),
        ({"passthrough": "s3"}, "passthrough is a collection of service names"),
        ({"passthrough": [5]}, "passthrough is a collection of service names"),
        ({"start": datetime.datetime(9000, 1, 1)}, "A cloud's time ends with the year 8999"),  # noqa: DTZ001
    ],
)
def test_an_option_that_can_not_be_says_what_can(option, told):
    with pytest.raises(CloudFakesError, match=told):
        FakeCloud(**option)


def test_options_are_given_by_name():
    with pytest.raises(CloudFakesError, match="given by name"):
        FakeCloud({"seed": 2})


def test_a_decorator_has_parentheses():
    with pytest.raises(CloudFakesError, match="as a decorator it has parentheses"):

        @FakeCloud
        def function():
            pass


def test_a_cloud_above_the_fixture_decorator_says_where_it_belongs():
    with pytest.raises(CloudFakesError, match="put the cloud below"):

        @FakeCloud()
        @pytest.fixture
        def queue():
            pass


def test_what_can_not_be_called_can_not_be_decorated():
    with pytest.raises(CloudFakesError, match="a function or a class, not 'a text'"):
        FakeCloud()("a text")


@pytest.mark.parametrize("service", ["sqs", "sns", "kinesis"])
def test_a_clouds_client_never_calls_aws_when_the_cloud_is_off(service):
    lists = {"sqs": "list_queues", "sns": "list_topics", "kinesis": "list_streams"}
    with FakeCloud() as cloud:
        client = cloud.handle(service).client
        getattr(client, lists[service])()
    with pytest.raises(CloudFakesError, match="a fake cloud that is off"):
        getattr(client, lists[service])()


def test_a_clouds_client_never_calls_another_cloud():
    with FakeCloud() as outer:
        outer.sqs.create_queue("jobs")
        with FakeCloud() as inner:
            with pytest.raises(CloudFakesError, match="isn't the innermost one that is on"):
                outer.sqs.create_queue("more-jobs")
            assert inner.calls == []
        outer.sqs.create_queue("more-jobs")


def test_views_of_a_cloud_may_be_looked_at_when_it_is_off():
    with FakeCloud() as cloud:
        jobs = cloud.sqs.create_queue("jobs")
        cloud.sqs.send_many("jobs", ["cat.png"])
    assert [message.body for message in jobs.visible] == ["cat.png"]


def test_an_account_is_a_text():
    with pytest.raises(CloudFakesError, match="a text of twelve digits, not 123456789012"):
        FakeCloud().credentials(123456789012)


@pytest.mark.parametrize("much", [1e18, 1e300, datetime.timedelta.max])
def test_time_does_not_advance_out_of_reach(fake_clock, much):
    with pytest.raises(TimeTravelError, match="ends with the year 8999"):
        fake_clock.advance(much)


@pytest.mark.parametrize("instant", [1e18, -1e18, datetime.datetime.max.replace(tzinfo=datetime.timezone.utc)])
def test_time_does_not_get_to_what_is_out_of_reach(fake_clock, instant):
    with pytest.raises(TimeTravelError, match="ends with the year 8999"):
        fake_clock.advance_to(instant)


def test_time_gets_to_the_last_instant_and_queues_still_work(fake_sqs, fake_clock):
    fake_clock.advance_to(datetime.datetime(8999, 12, 31, 23, 59, 59, 999000, tzinfo=datetime.timezone.utc))
    jobs = fake_sqs.create_queue("jobs", {"MessageRetentionPeriod": 14 * 24 * 60 * 60})
    fake_sqs.send_many("jobs", ["cat.png"])
    assert "expires 9000-01-14" in repr(jobs.visible)


def test_an_instant_is_no_nan(fake_clock):
    with pytest.raises(CloudFakesError, match="An instant is a datetime or a number of seconds"):
        fake_clock.advance_to(float("nan"))


def test_conditions_are_functions(fake_clock):
    with pytest.raises(TimeTravelError, match="run_until takes a function"):
        fake_clock.run_until(True)
    with pytest.raises(TimeTravelError, match="A condition is a function"):
        fake_clock.assert_holds_until(30, True)


@pytest.mark.parametrize(
    "rule, told",
    [
        ({"times": "2"}, "times and every are 1 or more"),
        ({"times": 1.5}, "times and every are 1 or more"),
        ({"every": None}, "times and every are 1 or more"),
        ({"seconds": "3"}, "seconds is 0 or more, not '3'"),
        ({"seconds": float("nan")}, "seconds is 0 or more, not nan"),
        ({"seconds": float("inf")}, "seconds is 0 or more, not inf"),
        ({"when": "QueueName"}, "when is a function of the call"),
    ],
)
def test_a_fault_that_can_not_be_says_what_can(fake_cloud, rule, told):
    with pytest.raises(CloudFakesError, match=told):
        fake_cloud.faults.slow("sqs", "ListQueues", **{"seconds": 1, **rule})
    boto3.client("sqs").list_queues()


@pytest.mark.parametrize("error", [None, 503, ValueError, ValueError("no")])
def test_a_fault_is_one_of_awss(fake_cloud, error):
    with pytest.raises(CloudFakesError, match="one of AWS's codes, as a text"):
        fake_cloud.faults.fail("sqs", "ListQueues", error)


@pytest.mark.parametrize("name", [None, "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"])
def test_queues_topics_and_streams_are_looked_up_by_name(fake_sqs, fake_sns, fake_kinesis, name):
    with pytest.raises(CloudFakesError, match="A queue is looked up by its name"):
        fake_sqs.queue(name)
    with pytest.raises(CloudFakesError, match="A topic is looked up by its name"):
        fake_sns.topic(name)
    with pytest.raises(CloudFakesError, match="A stream is looked up by its name"):
        fake_kinesis.stream(name)


def test_a_view_is_no_name(fake_sqs, fake_kinesis):
    with pytest.raises(CloudFakesError, match="such as 'jobs', not by <queue jobs: 0 visible"):
        fake_sqs.send_many(fake_sqs.create_queue("jobs"), ["cat.png"])
    with pytest.raises(ParamValidationError):
        fake_sqs.create_queue("thumbnails", dead_letter_queue=fake_sqs.queue("jobs"))
    with pytest.raises(ParamValidationError):
        fake_sqs.create_queue(None)


def test_one_text_is_no_list_of_texts(fake_sqs, fake_kinesis):
    fake_sqs.create_queue("jobs")
    with pytest.raises(CloudFakesError, match="bodies is a list of texts"):
        fake_sqs.send_many("jobs", "cat.png")
    fake_kinesis.create_stream("clicks")
    with pytest.raises(CloudFakesError, match="records is a list"):
        fake_kinesis.put_many("clicks", b"cart")
    with pytest.raises(ParamValidationError):
        fake_kinesis.put_many("clicks", [("alice", b"cart", b"more")])
    assert fake_sqs.queue("jobs").messages == fake_kinesis.stream("clicks").records == []


@pytest.mark.parametrize("shard", [0, "nope", "shardId-000000000001"])
def test_only_a_shard_that_is_there_can_be_throttled(fake_kinesis, shard):
    fake_kinesis.create_stream("clicks")
    with pytest.raises(CloudFakesError, match="Shards there: shardId-000000000000"):
        fake_kinesis.throttle_writes("clicks", shard=shard)
    with pytest.raises(CloudFakesError, match="1 or more"):
        fake_kinesis.throttle_reads("clicks", "2")


async def asynchronous(*arguments):
    return arguments


@pytest.mark.parametrize("name", [None, "", "a name", "arn:aws:lambda", "arn:aws:sqs:us-east-1:123456789012:jobs"])
def test_a_function_has_a_name_or_an_arn(fake_cloud, name):
    with pytest.raises(CloudFakesError, match="registered under its name or ARN"):
        fake_cloud.lambdas.register(name, print)


def test_a_handler_of_lambda_is_an_ordinary_function(fake_cloud):
    with pytest.raises(CloudFakesError, match="Lambda doesn't await"):
        fake_cloud.lambdas.register("thumbnail", asynchronous)


def test_what_answers_for_an_address_is_not_awaited_unless_it_is_an_application(fake_cloud):
    with pytest.raises(CloudFakesError, match="an ordinary function, a WSGI or an ASGI application"):
        fake_cloud.http.register("https://shop.example.com", asynchronous)
    with pytest.raises(CloudFakesError, match="kind is 'handler' or 'wsgi' or 'asgi', not 'flask'"):
        fake_cloud.http.register("https://shop.example.com", print, kind="flask")


@pytest.mark.parametrize("port", ["4566", -1, 65_536, None, 1.5])
def test_a_port_is_a_number(fake_cloud, port):
    with pytest.raises(CloudFakesError, match="A port is a number up to 65535"):
        fake_cloud.serve(port=port)
