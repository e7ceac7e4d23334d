"""Streams that take records of more than 1 MiB."""

import pytest

KIB = 1024


@pytest.fixture(autouse=True)
def _large_records(knows):
    knows("CreateStream", "MaxRecordSizeInKiB")


def test_a_stream_is_created_for_larger_records(create, put, summary, refused):
    create(MaxRecordSizeInKiB=2048)
    assert summary()["MaxRecordSizeInKiB"] == 2048
    put(b"x" * (2048 * KIB - 3), key="key")
    with refused("ValidationException"):
        put(b"x" * (2048 * KIB - 2), key="key")


def test_the_size_is_changed(stream, kinesis, put, summary):
    assert summary()["MaxRecordSizeInKiB"] == 1024
    kinesis.update_max_record_size(StreamARN=stream, MaxRecordSizeInKiB=10240)
    assert summary()["MaxRecordSizeInKiB"] == 10240
    put(b"x" * (10240 * KIB - 3), key="key")


def test_more_than_10_mib_is_too_much_for_every_stream(create, put, refused):
    create(MaxRecordSizeInKiB=10240)
    size = 10240 * KIB + 1
    text = (
        f"1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim={size} cap={size}]' at 'data' failed "
        "to satisfy constraint: Member must have length less than or equal to 10485760"
    )
    with refused("ValidationException", text):
        put(b"x" * size)


def test_the_size_is_1_to_10_mib(stream, unchecked, create, refused):
    for size in (1023, 10241):
        with refused("ValidationException"):
            unchecked.create_stream(StreamName="other", ShardCount=1, MaxRecordSizeInKiB=size)
        with refused("ValidationException"):
            unchecked.update_max_record_size(StreamARN=stream, MaxRecordSizeInKiB=size)


def test_a_read_gives_10_mib_at_most_but_one_record_at_least(create, kinesis, put, iterate, get):
    create(MaxRecordSizeInKiB=10240)
    for size in (10239, 1, 1, 5120):
        put(b"x" * (size * KIB), key="k")
    answer = get(iterate())
    assert [len(record["Data"]) // KIB for record in answer["Records"]] == [10239, 1]
    answer = get(answer["NextShardIterator"])
    assert [len(record["Data"]) // KIB for record in answer["Records"]] == [1, 5120]
