"""PutRecord and PutRecords: what they answer, what they refuse, how large anything may be."""

import pytest

MIB = 1_048_576


def blob_text(size, maximum, path):
    return (
        f"1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim={size} cap={size}]' at '{path}' failed "
        f"to satisfy constraint: Member must have length less than or equal to {maximum}"
    )


def test_a_record_is_answered_with_its_shard_and_number(stream, put):
    answer = put()
    del answer["ResponseMetadata"]
    assert set(answer) == {"ShardId", "SequenceNumber"}
    assert answer["ShardId"] == "shardId-000000000000"


@pytest.mark.parametrize("data", [b"", b"a" * 1000, b"test", "ünicödé 统一码 💣💻🔥".encode(), bytes(range(256))])
def test_data_comes_back_as_it_was_given(data, stream, put, read):
    put(data)
    assert read() == [data]


def test_records_are_answered_in_the_order_of_the_request(two_shards, put_all, read):
    answer = put_all(("a", b"1"), ("b", b"2"), ("a", b"3"))
    assert answer["FailedRecordCount"] == 0
    assert [record["ShardId"][-1] for record in answer["Records"]] == ["0", "1", "0"]
    assert all(set(record) == {"ShardId", "SequenceNumber"} for record in answer["Records"])
    assert read(0) == [b"1", b"3"]


def test_a_key_has_1_to_256_characters(stream, put, unchecked, refused):
    put(key="é" * 256)
    for key, bound in (("", "greater than or equal to 1"), ("k" * 257, "less than or equal to 256")):
        text = (
            f"1 validation error detected: Value '{key}' at 'partitionKey' failed to satisfy constraint: Member must "
            f"have length {bound}"
        )
        with refused("ValidationException", text):
            unchecked.put_record(StreamName="clicks", Data=b"", PartitionKey=key)


def test_a_missing_key_is_told_of_although_newer_models_do_not_require_it(stream, unchecked, refused):
    text = "1 validation error detected: Value null at '{}' failed to satisfy constraint: Member must not be null"
    with refused("ValidationException", text.format("partitionKey")):
        unchecked.put_record(StreamName="clicks", Data=b"")
    with refused("ValidationException", text.format("records.2.member.partitionKey")):
        unchecked.put_records(StreamName="clicks", Records=[{"Data": b"", "PartitionKey": "a"}, {"Data": b""}])


def test_a_record_has_1_mib_at_most_its_key_included(stream, put, refused):
    put(b"x" * (MIB - 3), key="key")
    with refused("ValidationException", blob_text(MIB - 2, MIB, "data")):
        put(b"x" * (MIB - 2), key="key")
    put(b"x" * (MIB - 4), key="éé")
    with refused("ValidationException"):
        put(b"x" * (MIB - 3), key="éé")


def test_one_record_that_is_too_large_fails_the_whole_call(stream, kinesis, read, refused):
    records = [{"Data": b"", "PartitionKey": "a"}, {"Data": b"x" * MIB, "PartitionKey": "a"}]
    with refused("ValidationException", blob_text(MIB, MIB, "records.2.member.data")):
        kinesis.put_records(StreamName="clicks", Records=records)
    assert read() == []


def test_a_call_has_10_mib_at_most_keys_included(stream, put_all, refused):
    full = [("k" * 10, b"x" * (MIB - 10))] * 10
    assert put_all(*full)["FailedRecordCount"] == 0
    with refused("InvalidArgumentException", "Records size exceeds 10 MB limit"):
        put_all(*full, ("k", b""))


def test_a_call_has_1_to_500_records(stream, put_all, unchecked, refused):
    assert len(put_all(*[b"x"] * 500)["Records"]) == 500
    with refused("ValidationException") as seen:
        put_all(*[b"x"] * 501)
    assert "Member must have length less than or equal to 500" in str(seen.exception)
    with refused("ValidationException") as seen:
        unchecked.put_records(StreamName="clicks", Records=[])
    assert "Member must have length greater than or equal to 1" in str(seen.exception)


def test_a_bad_hash_key_in_one_entry_fails_the_whole_call(stream, kinesis, read, refused):
    records = [
        {"Data": b"", "PartitionKey": "a"},
        {"Data": b"", "PartitionKey": "a", "ExplicitHashKey": str(2**128)},
    ]
    with refused("InvalidArgumentException"):
        kinesis.put_records(StreamName="clicks", Records=records)
    assert read() == []


def test_several_violations_are_counted_in_one_text(stream, unchecked, refused):
    with refused("ValidationException") as seen:
        unchecked.put_record(StreamName="clicks", Data=b"", PartitionKey="", ExplicitHashKey="x")
    assert str(seen.response["Error"]["Message"]).startswith("2 validation errors detected: ")


def test_a_record_arrives_when_it_is_written(fake_clock, stream, put, iterate, get):
    fake_clock.advance(1.234)
    put()
    [record] = get(iterate())["Records"]
    assert round(record["ApproximateArrivalTimestamp"].timestamp() * 1000) == fake_clock.now()
