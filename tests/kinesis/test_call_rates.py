"""How often operations may be called, where AWS's own limits are on."""

import pytest

TAGS = {"Tags": {"a": "b"}}
PER_ACCOUNT = [
    ("add_tags_to_stream", 5, TAGS),
    ("describe_stream", 10, {}),
    ("describe_stream_summary", 20, {}),
]
PER_STREAM = [
    ("increase_stream_retention_period", 5, {"RetentionPeriodHours": 24}),
    ("decrease_stream_retention_period", 5, {"RetentionPeriodHours": 24}),
    ("enable_enhanced_monitoring", 5, {"ShardLevelMetrics": ["ALL"]}),
    ("disable_enhanced_monitoring", 5, {"ShardLevelMetrics": ["ALL"]}),
    ("list_tags_for_stream", 5, {}),
    ("remove_tags_from_stream", 5, {"TagKeys": ["a"]}),
]
documented = pytest.mark.cloudfakes(limits="documented")


@documented
@pytest.mark.parametrize("operation, calls, parameters", PER_ACCOUNT, ids=[name for name, *_ in PER_ACCOUNT])
def test_calls_that_all_streams_share(operation, calls, parameters, fake_clock, create, kinesis, refused):
    create("one")
    create("two")
    call = getattr(kinesis, operation)
    for number in range(calls):
        call(StreamName=("one", "two")[number % 2], **parameters)
    with refused("LimitExceededException"):
        call(StreamName="one", **parameters)
    fake_clock.advance(0.999)
    with refused("LimitExceededException"):
        call(StreamName="two", **parameters)
    fake_clock.advance(0.001)
    call(StreamName="one", **parameters)


@documented
@pytest.mark.parametrize("operation, calls, parameters", PER_STREAM, ids=[name for name, *_ in PER_STREAM])
def test_calls_that_each_stream_has_of_its_own(operation, calls, parameters, fake_clock, create, kinesis, refused):
    create("one")
    create("two")
    call = getattr(kinesis, operation)
    for _ in range(calls):
        call(StreamName="one", **parameters)
    with refused("LimitExceededException", "Rate exceeded for stream one under account 123456789012."):
        call(StreamName="one", **parameters)
    call(StreamName="two", **parameters)
    fake_clock.advance(1)
    call(StreamName="one", **parameters)


@documented
@pytest.mark.parametrize("operation, calls", [("list_streams", 5), ("describe_limits", 1)])
def test_calls_without_a_stream(operation, calls, fake_clock, kinesis, refused):
    call = getattr(kinesis, operation)
    for _ in range(calls):
        call()
    with refused("LimitExceededException"):
        call()
    fake_clock.advance(1)
    call()


@documented
def test_five_streams_in_a_second(fake_clock, create, kinesis, refused):
    for number in range(5):
        create(f"stream-{number}")
    with refused("LimitExceededException"):
        create("six")
    for number in range(5):
        kinesis.delete_stream(StreamName=f"stream-{number}")
    with refused("LimitExceededException"):
        kinesis.delete_stream(StreamName="stream-0")


@documented
def test_a_call_that_fails_counts_too(fake_clock, kinesis, refused):
    for _ in range(10):
        with refused("ResourceNotFoundException"):
            kinesis.describe_stream(StreamName="nothing")
    with refused("LimitExceededException"):
        kinesis.describe_stream(StreamName="nothing")


@documented
def test_the_same_stream_by_name_and_by_arn(fake_clock, stream, kinesis, refused):
    for number in range(5):
        name = {"StreamARN": stream} if number % 2 else {"StreamName": "clicks"}
        kinesis.list_tags_for_stream(**name)
    with refused("LimitExceededException"):
        kinesis.list_tags_for_stream(StreamName="clicks")


def test_nobody_counts_unless_asked_to(fake_clock, stream, kinesis, put):
    for _ in range(50):
        kinesis.describe_stream(StreamName="clicks")
    for _ in range(3):
        put(b"x" * 1_000_000)
