"""GetRecords: what it gives, how far behind it is, and the end of a shard."""

import pytest


def split(kinesis):
    kinesis.split_shard(StreamName="clicks", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127))


def test_a_record_shows_number_arrival_data_and_key(stream, put, iterate, get):
    number = put(b"data", key="k")["SequenceNumber"]
    [record] = get(iterate())["Records"]
    assert record["ApproximateArrivalTimestamp"].tzinfo is not None
    del record["ApproximateArrivalTimestamp"]
    assert record == {"SequenceNumber": number, "Data": b"data", "PartitionKey": "k"}


def test_an_answer_without_records_has_a_next_iterator(stream, iterate, get):
    iterator = iterate()
    answer = get(iterator)
    assert answer["Records"] == []
    assert answer["NextShardIterator"] != iterator
    assert "ChildShards" not in answer


def test_reading_goes_on_where_it_stopped(stream, put_all, iterate, get):
    put_all(*[b"%d" % number for number in range(10)])
    iterator, found = iterate(), []
    for _ in range(4):
        answer = get(iterator, Limit=3)
        found.append([record["Data"] for record in answer["Records"]])
        iterator = answer["NextShardIterator"]
    assert found == [[b"0", b"1", b"2"], [b"3", b"4", b"5"], [b"6", b"7", b"8"], [b"9"]]


def test_a_read_gives_1_to_10000_records(stream, put_all, iterate, get, unchecked, refused):
    for _ in range(21):
        put_all(*[b""] * 500)
    answer = get(iterate())
    assert len(answer["Records"]) == 10_000
    assert len(get(answer["NextShardIterator"])["Records"]) == 500
    for limit in (0, 10_001):
        with refused("ValidationException"):
            unchecked.get_records(ShardIterator=iterate(), Limit=limit)


def test_a_read_gives_10_mib_at_most(stream, put_all, iterate, get):
    mib = b"x" * (1_048_576 - 3)
    for _ in range(2):
        put_all(*[mib] * 9)
    assert len(get(iterate())["Records"]) == 10


def test_how_far_behind_a_reader_is(fake_clock, stream, put, iterate, get):
    answer = get(iterate())
    assert answer["MillisBehindLatest"] == 0
    put(b"1")
    fake_clock.advance(2)
    put(b"2")
    fake_clock.advance(3)
    iterator = iterate()
    first = get(iterator, Limit=1)
    assert first["MillisBehindLatest"] == 5000
    assert get(first["NextShardIterator"])["MillisBehindLatest"] == 0


def test_the_end_of_a_split_shard(fake_clock, stream, kinesis, put, iterate, get):
    put(b"1")
    iterator = iterate()
    split(kinesis)
    fake_clock.advance(7)
    answer = get(iterator)
    assert [record["Data"] for record in answer["Records"]] == [b"1"]
    assert "NextShardIterator" not in answer
    assert answer["MillisBehindLatest"] == 7000
    half = 2**127
    assert answer["ChildShards"] == [
        {
            "ShardId": "shardId-000000000001",
            "ParentShards": ["shardId-000000000000"],
            "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": str(half - 1)},
        },
        {
            "ShardId": "shardId-000000000002",
            "ParentShards": ["shardId-000000000000"],
            "HashKeyRange": {"StartingHashKey": str(half), "EndingHashKey": str(2**128 - 1)},
        },
    ]


def test_the_end_of_a_merged_shard_names_both_parents(two_shards, kinesis, iterate, get):
    iterators = [iterate(shard=shard) for shard in (0, 1)]
    kinesis.merge_shards(
        StreamName="clicks", ShardToMerge="shardId-000000000000", AdjacentShardToMerge="shardId-000000000001"
    )
    for iterator in iterators:
        [child] = get(iterator)["ChildShards"]
        assert child["ShardId"] == "shardId-000000000002"
        assert child["ParentShards"] == ["shardId-000000000000", "shardId-000000000001"]


def test_a_closed_shard_that_is_not_read_to_its_end_goes_on(stream, kinesis, put_all, iterate, get):
    put_all(b"1", b"2")
    split(kinesis)
    answer = get(iterate(), Limit=1)
    assert "ChildShards" not in answer
    answer = get(answer["NextShardIterator"], Limit=1)
    assert [record["Data"] for record in answer["Records"]] == [b"2"]
    assert "NextShardIterator" not in answer


@pytest.mark.parametrize("kind", ["TRIM_HORIZON", "LATEST"])
def test_every_kind_of_iterator_works_on_a_closed_shard(kind, stream, kinesis, put, iterate, get):
    put(b"1")
    split(kinesis)
    answer = get(iterate(kind))
    assert len(answer["Records"]) == (kind == "TRIM_HORIZON")
    assert len(answer["ChildShards"]) == 2


def test_an_answer_belongs_to_its_caller(stream, put, iterate, get):
    put(b"1")
    iterator = iterate()
    answer = get(iterator)
    answer["Records"][0].clear()
    answer["Records"].clear()
    assert [record["Data"] for record in get(iterator)["Records"]] == [b"1"]


def test_reads_are_refused_on_demand(stream, fake_kinesis, put, iterate, get, refused):
    put(b"1")
    iterator = iterate()
    fake_kinesis.throttle_reads("clicks", calls=2)
    text = "Rate exceeded for Shard - 123456789012/clicks/shardId-000000000000"
    for _ in range(2):
        with refused("ProvisionedThroughputExceededException", text):
            get(iterator)
    assert len(get(iterator)["Records"]) == 1
