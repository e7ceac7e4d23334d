"""What AWS leaves open is asked of the schedule: failing entries, and how the end of a shard is told."""

import pytest


@pytest.fixture
def choose(fake_cloud, monkeypatch):
    """Let the schedule choose, for one name, the alternative of that place."""

    def set_choice(name, place):
        def decide(asked, alternatives):
            return alternatives[place if asked == name else 0]

        monkeypatch.setattr(fake_cloud.schedule, "friendly", False, raising=False)
        monkeypatch.setattr(fake_cloud.schedule, "choose", decide, raising=False)

    return set_choice


@pytest.mark.parametrize("place, code", [(1, "ProvisionedThroughputExceededException"), (2, "InternalFailure")])
def test_a_record_may_be_refused(place, code, stream, choose, put_all, fake_kinesis):
    choose("kinesis.put", place)
    answer = put_all(b"1", b"2")
    assert answer["FailedRecordCount"] == 2
    assert {record["ErrorCode"] for record in answer["Records"]} == {code}
    [shard] = fake_kinesis.stream("clicks").shards
    assert shard.throttled_writes == (2 if place == 1 else 0)


def test_a_friendly_record_is_stored(stream, choose, put_all):
    choose("something else", 1)
    assert put_all(b"1")["FailedRecordCount"] == 0


def test_the_end_of_a_shard_may_be_told_by_the_next_answer(stream, choose, kinesis, put, iterate, get):
    put(b"1")
    iterator = iterate()
    kinesis.update_shard_count(StreamName="clicks", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    choose("kinesis.get_records.end", 1)
    answer = get(iterator)
    assert [record["Data"] for record in answer["Records"]] == [b"1"]
    answer = get(answer["NextShardIterator"])
    assert answer["Records"] == []
    assert len(answer["ChildShards"]) == 2
