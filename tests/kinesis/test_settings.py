"""Encryption and monitoring of a stream."""

import pytest

ALL = [
    "IncomingBytes",
    "IncomingRecords",
    "OutgoingBytes",
    "OutgoingRecords",
    "WriteProvisionedThroughputExceeded",
    "ReadProvisionedThroughputExceeded",
    "IteratorAgeMilliseconds",
]


@pytest.fixture
def encrypt(kinesis):
    def start(key="alias/aws/kinesis", kind="KMS"):
        kinesis.start_stream_encryption(StreamName="clicks", EncryptionType=kind, KeyId=key)

    return start


@pytest.fixture
def stop(kinesis):
    return lambda: kinesis.stop_stream_encryption(StreamName="clicks", EncryptionType="KMS", KeyId="alias/aws/kinesis")


def test_records_are_encrypted_from_then_on(stream, encrypt, stop, put, put_all, iterate, get, describe):
    put(b"plain")
    encrypt("alias/mine")
    assert (describe()["EncryptionType"], describe()["KeyId"]) == ("KMS", "alias/mine")
    assert put(b"secret")["EncryptionType"] == "KMS"
    assert put_all(b"secret")["EncryptionType"] == "KMS"
    stop()
    assert (describe()["EncryptionType"], "KeyId" in describe()) == ("NONE", False)
    assert "EncryptionType" not in put(b"plain")
    records = get(iterate())["Records"]
    assert [(record["Data"], record.get("EncryptionType")) for record in records] == [
        (b"plain", None),
        (b"secret", "KMS"),
        (b"secret", "KMS"),
        (b"plain", None),
    ]


def test_children_encrypt_as_their_parents(stream, kinesis, encrypt, put, iterate, get):
    encrypt()
    kinesis.update_shard_count(StreamName="clicks", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    shard = int(put()["ShardId"][-1])
    [record] = get(iterate(shard=shard))["Records"]
    assert record["EncryptionType"] == "KMS"


def test_kms_is_the_only_type(stream, encrypt, refused):
    with refused("InvalidArgumentException"):
        encrypt(kind="NONE")


@pytest.mark.cloudfakes(limits="documented")
def test_25_new_keys_in_a_rolling_day(fake_clock, stream, encrypt, refused):
    for number in range(25):
        encrypt(f"alias/{number}")
    encrypt("alias/24")
    with refused("LimitExceededException"):
        encrypt("alias/25")
    fake_clock.advance(24 * 3600)
    encrypt("alias/25")


@pytest.mark.cloudfakes(limits="documented")
def test_25_stops_in_a_rolling_day(fake_clock, stream, stop, refused):
    for _ in range(25):
        stop()
    with refused("LimitExceededException"):
        stop()
    fake_clock.advance(24 * 3600)
    stop()


@pytest.mark.parametrize(
    "code",
    [
        "KMSDisabledException",
        "KMSInvalidStateException",
        "KMSAccessDeniedException",
        "KMSNotFoundException",
        "KMSOptInRequired",
        "KMSThrottlingException",
    ],
)
def test_errors_of_kms_can_be_injected(code, fake_cloud, stream, put, kinesis):
    fake_cloud.faults.fail("kinesis", "PutRecord", code)
    with pytest.raises(kinesis.exceptions.from_code(code)):
        put()


# ── monitoring ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def monitor(stream, kinesis):
    """Switch metrics on or off; those before and those after."""

    def change(how, *metrics):
        operation = getattr(kinesis, f"{how}_enhanced_monitoring")
        answer = operation(StreamName="clicks", ShardLevelMetrics=list(metrics))
        assert (answer["StreamName"], answer["StreamARN"]) == ("clicks", stream)
        return answer["CurrentShardLevelMetrics"], answer["DesiredShardLevelMetrics"]

    return change


def test_metrics_before_and_after(monitor, describe):
    assert monitor("enable", "OutgoingBytes", "IncomingBytes") == ([], ["IncomingBytes", "OutgoingBytes"])
    assert describe()["EnhancedMonitoring"] == [{"ShardLevelMetrics": ["IncomingBytes", "OutgoingBytes"]}]
    assert monitor("disable", "OutgoingBytes") == (["IncomingBytes", "OutgoingBytes"], ["IncomingBytes"])


def test_all_are_seven(monitor):
    assert monitor("enable", "ALL") == ([], ALL)
    assert monitor("disable", "ALL") == (ALL, [])


def test_an_unknown_metric(stream, unchecked, refused):
    with refused("ValidationException"):
        unchecked.enable_enhanced_monitoring(StreamName="clicks", ShardLevelMetrics=["Other"])
