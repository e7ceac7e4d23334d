"""What a shard takes and gives in a second, where AWS's own limits are on."""

import boto3
import pytest
from botocore.config import Config

pytestmark = pytest.mark.cloudfakes(limits="documented")

KIB, MIB = 1024, 1_048_576
WRITE = "Rate exceeded for shard shardId-000000000000 in stream clicks under account 123456789012."
READ = "Rate exceeded for Shard - 123456789012/clicks/shardId-000000000000"


@pytest.fixture
def stored(put_all):
    """Write so many small records; how many of them were taken."""

    def store(count):
        taken = 0
        while count:
            answer = put_all(*[b""] * min(500, count))
            taken += len(answer["Records"]) - answer["FailedRecordCount"]
            count -= len(answer["Records"])
        return taken

    return store


@pytest.fixture
def throttled(refused):
    """Expect that a shard is over its throughput."""
    return lambda text=None: refused("ProvisionedThroughputExceededException", text)


def test_a_thousand_records_in_a_second(fake_clock, stream, stored, put, throttled):
    assert stored(1001) == 1000
    with throttled(WRITE):
        put()
    fake_clock.advance(0.5)
    assert stored(1000) == 500
    fake_clock.advance(1)
    assert stored(1001) == 1000


def test_a_mebibyte_in_a_second_keys_included(fake_clock, stream, put, throttled):
    put(b"x" * (MIB - 10), key="k" * 9)
    put(b"", key="k")
    with throttled(WRITE):
        put(b"", key="k")
    fake_clock.advance(1)
    put(b"x" * (MIB - 1), key="k")


def test_the_budget_fills_continuously(fake_clock, stream, put, throttled):
    put(b"x" * (MIB - 1), key="k")
    fake_clock.advance(0.499)
    with throttled():
        put(b"x" * (512 * KIB - 1), key="k")
    fake_clock.advance(0.001)
    put(b"x" * (512 * KIB - 1), key="k")


def test_each_shard_has_its_own_budget(fake_clock, two_shards, put):
    for key in ("a", "b"):
        put(b"x" * (MIB - 1), key=key)


def test_children_start_with_full_budgets(fake_clock, stream, kinesis, put):
    put(b"x" * (MIB - 1), key="k")
    kinesis.update_shard_count(StreamName="clicks", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    put(b"x" * (MIB - 1), key="k")


def test_a_large_record_uses_up_what_is_to_come(fake_clock, create, put, throttled, knows):
    knows("CreateStream", "MaxRecordSizeInKiB")
    create(MaxRecordSizeInKiB=10240)
    put(b"x" * (10 * MIB - 1), key="k")
    fake_clock.advance(9)
    with throttled():
        put(b"", key="k")
    fake_clock.advance(0.001)
    put(b"", key="k")


def test_a_large_record_needs_the_whole_burst(fake_clock, create, put, throttled, knows):
    knows("CreateStream", "MaxRecordSizeInKiB")
    create(MaxRecordSizeInKiB=10240)
    put(b"x" * 99, key="k")
    with throttled():
        put(b"x" * (10 * MIB - 1), key="k")
    put(b"x" * (5 * MIB), key="k")


def test_refusals_are_counted(fake_clock, stream, stored, fake_kinesis):
    stored(1500)
    [shard] = fake_kinesis.stream("clicks").shards
    assert (shard.throttled_writes, shard.record_count) == (500, 1000)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_five_reads_in_a_second(fake_clock, stream, iterate, get, throttled, fake_kinesis):
    iterator = iterate()
    get(iterator)
    fake_clock.advance(0.5)
    for _ in range(4):
        get(iterator)
    with throttled(READ):
        get(iterator)
    fake_clock.advance(0.499)
    with throttled(READ):
        get(iterator)
    fake_clock.advance(0.001)
    get(iterator)
    with throttled(READ):
        get(iterator)
    [shard] = fake_kinesis.stream("clicks").shards
    assert shard.throttled_reads == 3


def test_five_iterators_in_a_second(fake_clock, stream, iterate, throttled):
    for _ in range(5):
        iterate()
    with throttled(READ):
        iterate()
    fake_clock.advance(1)
    iterate()


def fill(fake_clock, put, mebibytes):
    for _ in range(mebibytes):
        put(b"x" * (MIB - 1), key="k")
        fake_clock.advance(1)


@pytest.mark.parametrize("mebibytes", [3, 10])
def test_a_large_answer_blocks_the_shard_for_as_long_as_it_takes(
    mebibytes, fake_clock, stream, put, iterate, get, throttled
):
    fill(fake_clock, put, 11)
    iterator = iterate()
    assert len(get(iterator, Limit=mebibytes)["Records"]) == mebibytes
    fake_clock.advance((mebibytes * (MIB - 1)) / (2 * MIB) - 0.001)
    with throttled(READ):
        get(iterator, Limit=1)
    fake_clock.advance(0.002)
    get(iterator, Limit=1)


def test_small_answers_share_two_mebibytes(fake_clock, stream, put, iterate, get, throttled):
    fill(fake_clock, put, 2)
    iterator = iterate()
    for _ in range(3):
        get(iterator, Limit=1)
    with throttled(READ):
        get(iterator, Limit=1)
    fake_clock.advance(0.5)
    get(iterator, Limit=1)


def test_a_refused_read_gives_nothing_and_does_not_move(fake_clock, stream, put, iterate, get, throttled):
    put(b"1")
    iterator = iterate()
    for _ in range(5):
        get(iterator)
    with throttled():
        get(iterator)
    fake_clock.advance(1)
    assert [record["Data"] for record in get(iterator)["Records"]] == [b"1"]


def test_botocore_retries_on_the_clock_until_the_shard_gives_again(fake_clock, stream, put, iterate, fake_cloud):
    patient = boto3.client(
        "kinesis", region_name="us-east-1", config=Config(retries={"mode": "standard", "max_attempts": 12})
    )
    put(b"1")
    iterator = iterate()
    for _ in range(6):
        answer = patient.get_records(ShardIterator=iterator)
    assert answer["Records"][0]["Data"] == b"1"
    assert answer["ResponseMetadata"]["RetryAttempts"] > 0
