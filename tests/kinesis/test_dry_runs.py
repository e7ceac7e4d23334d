"""DryRun: whether a call would succeed, without doing it."""

import pytest


@pytest.fixture(autouse=True)
def _dry_runs(knows):
    knows("PutRecord", "DryRun")


@pytest.fixture
def would_succeed(refused):
    return lambda: refused("DryRunOperationException")


def test_nothing_is_written(stream, put, kinesis, read, would_succeed):
    with would_succeed():
        put(DryRun=True)
    with would_succeed():
        kinesis.put_records(StreamName="clicks", Records=[{"Data": b"", "PartitionKey": "a"}], DryRun=True)
    assert read() == []
    put(DryRun=False)
    assert len(read()) == 1


def test_nothing_is_read(stream, iterate, get, fake_kinesis, would_succeed):
    with would_succeed():
        iterate(DryRun=True)
    assert fake_kinesis.stream("clicks").iterators == []
    with would_succeed():
        get(iterate(), DryRun=True)


def test_nobody_subscribes(fake_clock, stream, kinesis, would_succeed):
    arn = kinesis.register_stream_consumer(StreamARN=stream, ConsumerName="c")["Consumer"]["ConsumerARN"]
    subscription = {"ConsumerARN": arn, "ShardId": "shardId-0", "StartingPosition": {"Type": "LATEST"}}
    with would_succeed():
        kinesis.subscribe_to_shard(**subscription, DryRun=True)
    kinesis.subscribe_to_shard(**subscription)


def test_what_would_fail_fails(stream, put, iterate, get, refused, not_found):
    with not_found("nothing"):
        put(name="nothing", DryRun=True)
    with refused("InvalidArgumentException"):
        put(ExplicitHashKey=str(2**128), DryRun=True)
    with refused("ResourceNotFoundException"):
        iterate(shard=5, DryRun=True)
    with refused("InvalidArgumentException"):
        get("x", DryRun=True)
