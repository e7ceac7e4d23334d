"""UpdateShardCount: from one number of equal shards to another."""

import pytest


@pytest.fixture
def scale(kinesis):
    def update_shard_count(target):
        answer = kinesis.update_shard_count(StreamName="clicks", TargetShardCount=target, ScalingType="UNIFORM_SCALING")
        del answer["ResponseMetadata"]
        return answer

    return update_shard_count


def test_the_answer_tells_both_numbers(two_shards, scale):
    assert scale(3) == {
        "StreamName": "clicks",
        "StreamARN": two_shards,
        "CurrentShardCount": 2,
        "TargetShardCount": 3,
    }


@pytest.mark.parametrize(
    "count, target", [(1, 1), (1, 2), (2, 3), (2, 4), (3, 3), (3, 5), (4, 2), (5, 3), (6, 12), (7, 4), (12, 7)]
)
def test_the_open_shards_are_those_of_a_new_stream(count, target, create, scale, ranges):
    create(shards=count)
    scale(target)
    create("new", target)
    assert ranges() == ranges("new")


def test_twice_as_many_by_splits(two_shards, scale, shards):
    scale(4)
    assert [shard.get("ParentShardId", "-")[-1] for shard in shards()] == ["-", "-", "0", "0", "1", "1"]


def test_half_as_many_by_merges(create, scale, shards):
    create(shards=4)
    scale(2)
    parents = [(shard.get("ParentShardId"), shard.get("AdjacentParentShardId")) for shard in shards()[4:]]
    assert parents == [
        ("shardId-000000000000", "shardId-000000000001"),
        ("shardId-000000000002", "shardId-000000000003"),
    ]


def test_from_two_to_three_by_two_splits_and_a_merge(two_shards, scale, shards):
    scale(3)
    found = shards()
    assert len(found) == 7
    merged = found[-1]
    assert (merged["ParentShardId"][-1], merged["AdjacentParentShardId"][-1]) == ("3", "4")


def test_the_same_number_changes_nothing(create, scale, ids):
    create(shards=3)
    scale(3)
    assert ids() == [0, 1, 2]


def test_unequal_shards_become_equal(stream, kinesis, scale, ranges, create):
    kinesis.split_shard(StreamName="clicks", ShardToSplit="shardId-000000000000", NewStartingHashKey="1000")
    scale(2)
    create("new", 2)
    assert ranges() == ranges("new")


def test_at_most_double(two_shards, scale, refused):
    text = (
        "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: 2, "
        "Target shard count: 5"
    )
    with refused("LimitExceededException", text):
        scale(5)
    scale(4)


def test_at_least_half(create, scale, refused):
    create(shards=5)
    text = (
        "UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: 5, "
        "Target shard count: 2"
    )
    with refused("LimitExceededException", text):
        scale(2)
    scale(3)


def test_at_most_10000_shards(create, scale, refused, ids):
    create(shards=5001)
    text = (
        "Target shard count or number of open shards cannot be greater than 10000. Current open shard count: 5001, "
        "Target shard count: 10001"
    )
    with refused("LimitExceededException", text):
        scale(10001)


def test_open_shards_count_not_all_that_are_listed(two_shards, scale, refused):
    scale(1)
    with refused("LimitExceededException"):
        scale(3)
    scale(2)


def test_another_scaling_type(stream, unchecked, refused):
    with refused("ValidationException") as seen:
        unchecked.update_shard_count(StreamName="clicks", TargetShardCount=2, ScalingType="OTHER")
    assert "Member must satisfy enum value set: [UNIFORM_SCALING]" in str(seen.exception)


@pytest.mark.cloudfakes(limits="documented")
def test_ten_times_in_a_rolling_day(fake_clock, two_shards, scale, refused):
    for number in range(10):
        scale(2 + number % 2)
        fake_clock.advance(1)
    with refused("LimitExceededException"):
        scale(2)
    fake_clock.advance(24 * 3600 - 10 - 0.001)
    with refused("LimitExceededException"):
        scale(2)
    fake_clock.advance(0.001)
    scale(2)


def test_nobody_counts_unless_asked_to(two_shards, scale):
    for number in range(15):
        scale(2 + number % 2)
