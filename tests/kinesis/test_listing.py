"""ListStreams, DescribeStream's shards and ListShards: pages, tokens, filters."""

import datetime

import pytest


def at(milliseconds):
    return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.timezone.utc)


# ── streams ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_streams_are_listed_by_name(create, kinesis):
    for name in ("b", "a", "C"):
        create(name)
    answer = kinesis.list_streams()
    assert answer["StreamNames"] == ["C", "a", "b"]
    assert answer["HasMoreStreams"] is False
    assert "NextToken" not in answer


def test_streams_are_summed_up(create, kinesis):
    create("a", None)
    [entry] = kinesis.list_streams()["StreamSummaries"]
    assert entry.pop("StreamCreationTimestamp").tzinfo is not None
    assert entry == {
        "StreamName": "a",
        "StreamARN": "arn:aws:kinesis:us-east-1:123456789012:stream/a",
        "StreamStatus": "ACTIVE",
        "StreamModeDetails": {"StreamMode": "ON_DEMAND"},
    }


def test_a_list_of_streams_goes_on_by_name_or_by_token(create, kinesis):
    for number in range(5):
        create(f"stream-{number}")
    first = kinesis.list_streams(Limit=2)
    assert first["StreamNames"] == ["stream-0", "stream-1"]
    assert first["HasMoreStreams"] is True
    by_name = kinesis.list_streams(Limit=2, ExclusiveStartStreamName="stream-1")
    by_token = kinesis.list_streams(Limit=2, NextToken=first["NextToken"])
    assert by_name["StreamNames"] == by_token["StreamNames"] == ["stream-2", "stream-3"]
    pages = kinesis.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 2})
    assert [name for page in pages for name in page["StreamNames"]] == [f"stream-{n}" for n in range(5)]


def test_a_hundred_streams_at_most_are_listed(create, kinesis):
    for number in range(101):
        create(f"stream-{number}")
    for parameters in ({}, {"Limit": 10_000}):
        answer = kinesis.list_streams(**parameters)
        assert (len(answer["StreamNames"]), answer["HasMoreStreams"]) == (100, True)


def test_a_token_of_another_list_is_refused(create, kinesis, refused):
    create(shards=2)
    token = kinesis.list_shards(StreamName="clicks", MaxResults=1)["NextToken"]
    with refused("InvalidArgumentException"):
        kinesis.list_streams(NextToken=token)
    with refused("InvalidArgumentException"):
        kinesis.list_shards(NextToken="x")


# ── shards ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_description_shows_a_hundred_shards_at_most(create, describe):
    create(shards=150)
    for parameters in ({}, {"Limit": 10_000}):
        found = describe(**parameters)
        assert (len(found["Shards"]), found["HasMoreShards"]) == (100, True)
    found = describe(ExclusiveStartShardId="shardId-000000000099")
    assert (len(found["Shards"]), found["HasMoreShards"]) == (50, False)
    assert len(describe(Limit=3)["Shards"]) == 3


def test_a_list_shows_a_thousand_shards_at_most(create, kinesis):
    create(shards=1001)
    answer = kinesis.list_shards(StreamName="clicks", MaxResults=10_000)
    assert len(answer["Shards"]) == 1000
    [last] = kinesis.list_shards(NextToken=answer["NextToken"])["Shards"]
    assert last["ShardId"] == "shardId-000000001000"


def test_pages_may_differ_in_size(create, kinesis):
    create(shards=10)
    answer = kinesis.list_shards(StreamName="clicks", MaxResults=3)
    sizes = [3]
    for size in (1, 4, 100):
        answer = kinesis.list_shards(NextToken=answer["NextToken"], MaxResults=size)
        sizes.append(len(answer["Shards"]))
    assert sizes == [3, 1, 4, 2]
    assert "NextToken" not in answer


def test_a_list_starts_after_a_shard(create, ids):
    create(shards=4)
    assert ids(ExclusiveStartShardId="shardId-000000000001") == [2, 3]


def test_a_token_lives_for_five_minutes(fake_clock, two_shards, kinesis, refused):
    token = kinesis.list_shards(StreamName="clicks", MaxResults=1)["NextToken"]
    fake_clock.advance(299.999)
    kinesis.list_shards(NextToken=token)
    fake_clock.advance(0.001)
    with refused("ExpiredNextTokenException"):
        kinesis.list_shards(NextToken=token)


def test_a_token_is_of_the_stream_that_it_was_made_for(fake_clock, two_shards, create, kinesis, refused):
    token = kinesis.list_shards(StreamName="clicks", MaxResults=1)["NextToken"]
    kinesis.delete_stream(StreamName="clicks")
    create(shards=2)
    with refused("ResourceNotFoundException"):
        kinesis.list_shards(NextToken=token)


def test_a_stream_or_a_token_must_be_given(kinesis, refused):
    with refused("InvalidArgumentException", "Either NextToken or StreamName should be provided."):
        kinesis.list_shards()


@pytest.mark.parametrize(
    "name, value",
    [
        ("StreamName", "clicks"),
        ("StreamARN", "arn:aws:kinesis:us-east-1:123456789012:stream/clicks"),
        ("ShardFilter", {"Type": "AT_LATEST"}),
        ("ExclusiveStartShardId", "shardId-000000000000"),
        ("StreamCreationTimestamp", 0),
    ],
)
def test_a_token_excludes_other_parameters(name, value, two_shards, kinesis, refused):
    token = kinesis.list_shards(StreamName="clicks", MaxResults=1)["NextToken"]
    with refused("InvalidArgumentException", f"NextToken and {name} cannot be provided together."):
        kinesis.list_shards(NextToken=token, **{name: value})


def test_the_creation_time_tells_streams_of_the_same_name_apart(fake_clock, stream, kinesis, describe, refused):
    created = describe()["StreamCreationTimestamp"]
    kinesis.list_shards(StreamName="clicks", StreamCreationTimestamp=created)
    with refused("ResourceNotFoundException"):
        kinesis.list_shards(StreamName="clicks", StreamCreationTimestamp=created - datetime.timedelta(seconds=1))


# ── filters ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def history(fake_clock, create, kinesis):
    """Shard 0 from the beginning on, split 10 s later into 1 and 2; 2 split after 20 s into 3 and 4. Now it is 30 s."""
    create()
    begin = fake_clock.now()
    fake_clock.advance(10)
    kinesis.split_shard(StreamName="clicks", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127))
    fake_clock.advance(10)
    kinesis.split_shard(
        StreamName="clicks", ShardToSplit="shardId-000000000002", NewStartingHashKey=str(2**127 + 2**126)
    )
    fake_clock.advance(10)
    return begin


def chosen(ids, kind, **parameters):
    return ids(ShardFilter={"Type": kind, **parameters})


WHOLE_SECOND = pytest.mark.cloudfakes(start=datetime.datetime(2026, 1, 31, tzinfo=datetime.timezone.utc))


@WHOLE_SECOND
def test_filters_by_place(history, ids):
    assert chosen(ids, "FROM_TRIM_HORIZON") == ids() == [0, 1, 2, 3, 4]
    assert chosen(ids, "AT_TRIM_HORIZON") == [0]
    assert chosen(ids, "AT_LATEST") == [1, 3, 4]
    assert chosen(ids, "AFTER_SHARD_ID", ShardId="shardId-000000000002") == [3, 4]


@WHOLE_SECOND
@pytest.mark.parametrize(
    "second, at_timestamp, from_timestamp",
    [
        (-5, [], [0, 1, 2, 3, 4]),
        (0, [0], [0, 1, 2, 3, 4]),
        (9, [0], [0, 1, 2, 3, 4]),
        (10, [0, 1, 2], [0, 1, 2, 3, 4]),
        (11, [1, 2], [1, 2, 3, 4]),
        (20, [1, 2, 3, 4], [1, 2, 3, 4]),
        (21, [1, 3, 4], [1, 3, 4]),
    ],
)
def test_filters_by_time(second, at_timestamp, from_timestamp, history, ids):
    instant = at(history + second * 1000)
    assert chosen(ids, "AT_TIMESTAMP", Timestamp=instant) == at_timestamp
    assert chosen(ids, "FROM_TIMESTAMP", Timestamp=instant) == from_timestamp


@WHOLE_SECOND
def test_the_trim_horizon_moves_on(fake_clock, history, ids):
    fake_clock.advance(24 * 3600 - 30 + 15)
    assert chosen(ids, "AT_TRIM_HORIZON") == [1, 2]
    assert chosen(ids, "FROM_TIMESTAMP", Timestamp=at(history)) == [1, 2, 3, 4]


@WHOLE_SECOND
def test_a_filter_holds_for_all_pages(history, kinesis):
    answer = kinesis.list_shards(StreamName="clicks", ShardFilter={"Type": "AT_LATEST"}, MaxResults=1)
    found = [shard["ShardId"][-1] for shard in answer["Shards"]]
    while "NextToken" in answer:
        answer = kinesis.list_shards(NextToken=answer["NextToken"], MaxResults=1)
        found += [shard["ShardId"][-1] for shard in answer["Shards"]]
    assert found == ["1", "3", "4"]


@pytest.mark.parametrize(
    "shard_filter",
    [
        {"Type": "AFTER_SHARD_ID"},
        {"Type": "AT_TIMESTAMP"},
        {"Type": "FROM_TIMESTAMP"},
        {"Type": "AT_LATEST", "ShardId": "shardId-000000000000"},
        {"Type": "AT_TRIM_HORIZON", "Timestamp": 0},
    ],
)
def test_a_filter_has_what_its_type_needs_and_nothing_else(shard_filter, stream, kinesis, refused):
    with refused("InvalidArgumentException"):
        kinesis.list_shards(StreamName="clicks", ShardFilter=shard_filter)


def test_botocores_paginator_names_the_stream_again_which_aws_refuses(create, kinesis, refused):
    create(shards=3)
    pages = kinesis.get_paginator("list_shards").paginate(StreamName="clicks", PaginationConfig={"PageSize": 2})
    with refused("InvalidArgumentException", "NextToken and StreamName cannot be provided together."):
        list(pages)
