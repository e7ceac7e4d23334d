"""SplitShard and MergeShards: which are allowed, and what comes of them."""

import pytest

HALF, LAST = 2**127, 2**128 - 1


@pytest.fixture
def split(kinesis):
    def split_shard(shard, key):
        name = shard if isinstance(shard, str) else f"shardId-{shard:012}"
        kinesis.split_shard(StreamName="clicks", ShardToSplit=name, NewStartingHashKey=str(key))

    return split_shard


@pytest.fixture
def merge(kinesis):
    def merge_shards(first, second):
        names = [each if isinstance(each, str) else f"shardId-{each:012}" for each in (first, second)]
        kinesis.merge_shards(StreamName="clicks", ShardToMerge=names[0], AdjacentShardToMerge=names[1])

    return merge_shards


def test_a_split_makes_two_children_at_the_key(stream, split, shards):
    split(0, 1000)
    parent, lower, upper = shards()
    assert "EndingSequenceNumber" in parent["SequenceNumberRange"]
    assert lower["HashKeyRange"] == {"StartingHashKey": "0", "EndingHashKey": "999"}
    assert upper["HashKeyRange"] == {"StartingHashKey": "1000", "EndingHashKey": str(LAST)}
    for child in (lower, upper):
        assert child["ParentShardId"] == "shardId-000000000000"
        assert "AdjacentParentShardId" not in child
        assert "EndingSequenceNumber" not in child["SequenceNumberRange"]


@pytest.mark.parametrize("key", [2, LAST - 1])
def test_the_outermost_keys_at_which_a_shard_can_be_split(key, stream, split, ranges):
    split(0, key)
    assert ranges() == [(0, key - 1), (key, LAST)]


@pytest.mark.parametrize("key", [0, 1, LAST])
def test_keys_at_which_a_shard_can_not_be_split(key, stream, split, refused):
    text = (
        f"NewStartingHashKey {key} used in SplitShard() on shard shardId-000000000000 in stream clicks under account "
        "123456789012 is not both greater than one plus the shard's StartingHashKey 0 and less than the shard's "
        f"EndingHashKey {LAST}."
    )
    with refused("InvalidArgumentException", text):
        split(0, key)


def test_a_key_of_another_shard_is_refused(two_shards, split, refused):
    with refused("InvalidArgumentException"):
        split(0, HALF + 5)
    with refused("InvalidArgumentException"):
        split(1, 5)
    with refused("InvalidArgumentException"):
        split(1, HALF + 1)
    split(1, HALF + 2)


def test_indexes_grow_and_are_never_used_again(stream, split, merge, ids, fake_clock):
    split(0, HALF)
    merge(1, 2)
    split(3, HALF)
    assert ids() == [0, 1, 2, 3, 4, 5]
    fake_clock.advance(24 * 3600)
    split(4, 1000)
    assert ids() == [4, 5, 6, 7]


def test_a_merge_makes_one_child_of_both_parents(two_shards, merge, shards):
    merge(0, 1)
    *parents, child = shards()
    assert all("EndingSequenceNumber" in parent["SequenceNumberRange"] for parent in parents)
    assert child["ShardId"] == "shardId-000000000002"
    assert child["ParentShardId"] == "shardId-000000000000"
    assert child["AdjacentParentShardId"] == "shardId-000000000001"
    assert child["HashKeyRange"] == {"StartingHashKey": "0", "EndingHashKey": str(LAST)}


@pytest.mark.parametrize("first, second", [(1, 0), (0, 2), (0, 0)])
def test_shards_that_can_not_be_merged(first, second, create, merge, refused):
    create(shards=3)
    text = (
        f"Shards shardId-{first:012} and shardId-{second:012} in stream clicks under account 123456789012 are not an "
        "adjacent pair of shards eligible for merging"
    )
    with refused("InvalidArgumentException", text):
        merge(first, second)


def test_a_shard_that_is_not_there(stream, split, merge, refused):
    text = "Could not find shard shardId-000000000005 in stream clicks under account 123456789012."
    with refused("ResourceNotFoundException", text):
        split("x-5", 1000)
    with refused("ResourceNotFoundException", text):
        merge(0, 5)
    with refused("ResourceNotFoundException", text.replace("shardId-000000000005", "nothing")):
        split("nothing", 1000)


def test_a_closed_shard_is_neither_split_nor_merged(stream, split, merge, refused):
    split(0, HALF)
    text = (
        "Shard shardId-000000000000 in stream clicks under account 123456789012 has already been merged or split, and "
        "thus is not eligible for merging or splitting."
    )
    with refused("InvalidArgumentException", text):
        split(0, HALF)
    with refused("InvalidArgumentException", text):
        merge(0, 1)


def test_records_of_parents_stay_readable(stream, split, put, read):
    put(b"before")
    split(0, HALF)
    shard = int(put(b"after")["ShardId"][-1])
    assert read(0) == [b"before"]
    assert read(shard) == [b"after"]


def test_a_state_is_told_before_the_shard_is_looked_for(fake_clock, create, kinesis, busy, refused):
    # With transitions at once a stream is never UPDATING, so a stream that is created with them is used.
    create()
    with refused("ResourceNotFoundException"):
        kinesis.split_shard(StreamName="clicks", ShardToSplit="shardId-9", NewStartingHashKey="5")


def test_the_shards_of_an_on_demand_stream_are_not_changed_by_hand(create, split, merge, kinesis, refused):
    create(shards=None)
    with refused("ValidationException"):
        split(0, 1000)
    with refused("ValidationException"):
        merge(0, 1)
    with refused("ValidationException"):
        kinesis.update_shard_count(StreamName="clicks", TargetShardCount=8, ScalingType="UNIFORM_SCALING")
