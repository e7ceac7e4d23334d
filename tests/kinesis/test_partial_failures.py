"""PutRecords is 200 even if entries failed: each has its own outcome."""

import pytest

RATE = "Rate exceeded for shard shardId-000000000000 in stream clicks under account 123456789012."


def test_a_throttled_entry_has_a_code_and_a_text_instead_of_a_number(stream, fake_kinesis, put_all, read):
    fake_kinesis.throttle_writes("clicks", records=2)
    answer = put_all(b"1", b"2", b"3")
    assert answer["FailedRecordCount"] == 2
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    refused = {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": RATE}
    assert answer["Records"][:2] == [refused, refused]
    assert set(answer["Records"][2]) == {"ShardId", "SequenceNumber"}
    assert read() == [b"3"]


def test_an_entry_fails_within_aws(stream, fake_kinesis, put_all):
    fake_kinesis.fail_writes("clicks")
    answer = put_all(b"1")
    assert answer["FailedRecordCount"] == 1
    assert answer["Records"] == [{"ErrorCode": "InternalFailure", "ErrorMessage": "Internal Service Failure"}]


def test_only_one_shard_refuses(two_shards, fake_kinesis, put_all):
    fake_kinesis.throttle_writes("clicks", records=10, shard="shardId-000000000001")
    answer = put_all(("a", b"1"), ("b", b"2"), ("a", b"3"))
    assert ["ErrorCode" in record for record in answer["Records"]] == [False, True, False]


def test_a_single_record_that_is_refused_is_an_error(stream, fake_kinesis, put, refused):
    fake_kinesis.throttle_writes("clicks")
    with refused("ProvisionedThroughputExceededException", RATE):
        put()
    put()
    fake_kinesis.fail_writes("clicks")
    with refused("InternalFailure", status=500):
        put()


@pytest.mark.cloudfakes(limits="documented")
def test_each_entry_is_judged_alone(fake_clock, stream, put_all, read):
    large, small = b"x" * 600_000, b"y" * 400_000
    answer = put_all(large, large, small)
    assert ["ErrorCode" in record for record in answer["Records"]] == [False, True, False]
    assert read() == [large, small]


def test_botocore_retries_a_refused_record_on_the_clock(fake_clock, fake_kinesis, stream):
    fake_kinesis.throttle_writes("clicks", records=2)
    began = fake_clock.now()
    answer = fake_kinesis.client.put_record(StreamName="clicks", Data=b"", PartitionKey="a")
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert fake_clock.now() > began
