"""The key space: which shard takes which hash keys, and where a partition key falls."""

import pytest

LAST = 2**128 - 1


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 100])
def test_new_shards_divide_the_key_space_equally(count, create, ranges):
    create(shards=count)
    width = 2**128 // count
    expected = [(number * width, (number + 1) * width - 1) for number in range(count)]
    expected[-1] = (expected[-1][0], LAST)
    assert ranges() == expected


def test_the_ranges_of_three_shards(create, ranges):
    create(shards=3)
    assert [start for start, _ in ranges()] == [
        0,
        113427455640312821154458202477256070485,
        226854911280625642308916404954512140970,
    ]


@pytest.mark.parametrize(
    "key, of_two, of_three, of_four",
    [
        ("1", 1, 2, 3),
        ("a", 0, 0, 0),
        ("b", 1, 1, 2),
        ("c", 0, 0, 1),
        ("d", 1, 1, 2),
        ("e", 1, 2, 3),
        ("f", 1, 1, 2),
        ("partitionKey", 1, 1, 2),
    ],
)
def test_a_partition_key_belongs_to_the_shard_of_its_md5(key, of_two, of_three, of_four, create, put):
    found = []
    for count in (2, 3, 4):
        create(f"of-{count}", count)
        found.append(int(put(key=key, name=f"of-{count}")["ShardId"][-1]))
    assert found == [of_two, of_three, of_four]


@pytest.mark.parametrize(
    "hash_key, shard", [(0, 0), (2**127 - 1, 0), (2**127, 1), (LAST, 1)], ids=["first", "end", "start", "last"]
)
def test_an_explicit_hash_key_decides_in_place_of_the_partition_key(hash_key, shard, two_shards, put, get, iterate):
    answer = put(key="a", ExplicitHashKey=str(hash_key))
    assert answer["ShardId"] == f"shardId-{shard:012}"
    [record] = get(iterate(shard=shard))["Records"]
    assert record["PartitionKey"] == "a"


def test_a_hash_key_beyond_the_key_space_is_refused(stream, put, refused):
    text = f"Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {2**128}"
    with refused("InvalidArgumentException", text):
        put(ExplicitHashKey=str(2**128))


@pytest.mark.parametrize("text", ["01", "-1", "x", "1" * 40])
def test_what_is_no_number_is_refused(text, stream, put, refused):
    with refused("ValidationException") as seen:
        put(ExplicitHashKey=text)
    assert "at 'explicitHashKey' failed to satisfy constraint" in str(seen.exception)


def test_only_open_shards_take_records(two_shards, kinesis, put):
    kinesis.split_shard(StreamName="clicks", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**126))
    assert put(ExplicitHashKey="0")["ShardId"] == "shardId-000000000002"
    assert put(ExplicitHashKey=str(2**126))["ShardId"] == "shardId-000000000003"
    assert put(ExplicitHashKey=str(2**127))["ShardId"] == "shardId-000000000001"


def test_a_key_of_any_characters(stream, put, get, iterate):
    put(key="ключ 鍵 🔑")
    [record] = get(iterate())["Records"]
    assert record["PartitionKey"] == "ключ 鍵 🔑"
