"""Provisioned and on-demand streams, and the throughput that an account commits itself to."""

import pytest


def mode(name):
    return {"StreamMode": name}


@pytest.fixture
def switch(kinesis):
    def update_stream_mode(arn, to, **parameters):
        kinesis.update_stream_mode(StreamARN=arn, StreamModeDetails=mode(to), **parameters)

    return update_stream_mode


@pytest.mark.parametrize("parameters", [{}, {"StreamModeDetails": mode("ON_DEMAND")}])
def test_an_on_demand_stream_has_four_shards(parameters, kinesis, describe, ranges):
    kinesis.create_stream(StreamName="clicks", **parameters)
    found = describe()
    assert found["StreamModeDetails"] == mode("ON_DEMAND")
    assert len(found["Shards"]) == 4
    assert ranges()[0] == (0, 2**126 - 1)


@pytest.mark.parametrize(
    "parameters",
    [
        {"StreamModeDetails": mode("ON_DEMAND"), "ShardCount": 1},
        {"StreamModeDetails": mode("PROVISIONED")},
    ],
)
def test_a_number_of_shards_belongs_to_provisioned_streams(parameters, kinesis, refused):
    with refused("ValidationException"):
        kinesis.create_stream(StreamName="clicks", **parameters)


def test_a_number_of_shards_makes_a_provisioned_stream(stream, describe):
    assert describe()["StreamModeDetails"] == mode("PROVISIONED")


def test_the_mode_changes_and_the_shards_stay(two_shards, switch, describe, ranges, kinesis):
    before = ranges()
    switch(two_shards, "ON_DEMAND")
    assert describe()["StreamModeDetails"] == mode("ON_DEMAND")
    assert ranges() == before
    switch(two_shards, "PROVISIONED")
    kinesis.update_shard_count(StreamName="clicks", TargetShardCount=4, ScalingType="UNIFORM_SCALING")


@pytest.mark.cloudfakes(limits="documented")
def test_the_mode_changes_twice_in_a_rolling_day(fake_clock, stream, switch, refused):
    switch(stream, "ON_DEMAND")
    fake_clock.advance(3600)
    switch(stream, "PROVISIONED")
    with refused("LimitExceededException"):
        switch(stream, "ON_DEMAND")
    fake_clock.advance(23 * 3600 - 0.001)
    with refused("LimitExceededException"):
        switch(stream, "ON_DEMAND")
    fake_clock.advance(0.001)
    switch(stream, "ON_DEMAND")


def test_switching_counts_against_the_quotas(fake_kinesis, create, switch, refused):
    fake_kinesis.quotas.on_demand_streams = 1
    fake_kinesis.quotas.shards = 3
    on_demand, provisioned = create("one", None), create("two", 1)
    with refused("LimitExceededException"):
        switch(provisioned, "ON_DEMAND")
    with refused("LimitExceededException"):
        switch(on_demand, "PROVISIONED")


def test_an_on_demand_stream_grows_when_the_test_says_so(create, fake_kinesis, ids, ranges):
    create(shards=None)
    fake_kinesis.grow("clicks")
    assert len(ids()) == 12
    create("new", 8)
    assert ranges() == ranges("new")


# ── commitment and warm throughput ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def commit(kinesis, knows):
    """Ask for the commitment, or for its end; the status that is answered."""
    knows("UpdateAccountSettings")

    def update(status):
        answer = kinesis.update_account_settings(MinimumThroughputBillingCommitment={"Status": status})
        return answer["MinimumThroughputBillingCommitment"]

    return update


@pytest.fixture
def settings(kinesis):
    return lambda: kinesis.describe_account_settings()["MinimumThroughputBillingCommitment"]


def millis(moment):
    return round(moment.timestamp() * 1000)


def test_an_account_has_committed_itself_to_nothing(knows, kinesis):
    knows("DescribeAccountSettings")
    assert kinesis.describe_account_settings()["MinimumThroughputBillingCommitment"] == {"Status": "DISABLED"}


def test_a_commitment_lasts_for_a_day(fake_clock, commit, settings):
    began = fake_clock.now()
    assert commit("ENABLED")["Status"] == "ENABLED"
    fake_clock.advance(3600)
    asked = commit("DISABLED")
    assert asked["Status"] == "ENABLED_UNTIL_EARLIEST_ALLOWED_END"
    assert millis(asked["StartedAt"]) == began
    assert millis(asked["EarliestAllowedEndAt"]) == began + 24 * 3_600_000
    fake_clock.advance(23 * 3600 - 0.001)
    assert settings()["Status"] == "ENABLED_UNTIL_EARLIEST_ALLOWED_END"
    fake_clock.advance(0.001)
    ended = settings()
    assert ended["Status"] == "DISABLED"
    assert millis(ended["EndedAt"]) == began + 24 * 3_600_000


def test_a_commitment_ends_at_once_after_a_day(fake_clock, commit):
    commit("ENABLED")
    fake_clock.advance(24 * 3600)
    assert commit("DISABLED")["Status"] == "DISABLED"
    assert commit("DISABLED")["Status"] == "DISABLED"


def test_its_end_can_be_called_off(fake_clock, commit, settings):
    commit("ENABLED")
    commit("DISABLED")
    assert commit("ENABLED")["Status"] == "ENABLED"
    fake_clock.advance(48 * 3600)
    assert settings()["Status"] == "ENABLED"


@pytest.fixture
def warm(kinesis, knows):
    knows("UpdateStreamWarmThroughput")

    def update(mebibytes):
        answer = kinesis.update_stream_warm_throughput(StreamName="clicks", WarmThroughputMiBps=mebibytes)
        return answer["WarmThroughput"]

    return update


def test_warm_throughput_needs_a_commitment(create, commit, warm, summary, refused):
    create(shards=None)
    with refused("ValidationException"):
        warm(100)
    assert "WarmThroughput" not in summary()
    commit("ENABLED")
    assert warm(100)["TargetMiBps"] == 100
    assert summary()["WarmThroughput"] == {"TargetMiBps": 100, "CurrentMiBps": 100}


def test_warm_throughput_is_for_on_demand_streams(stream, commit, warm, refused):
    commit("ENABLED")
    with refused("ValidationException"):
        warm(100)


def test_warm_throughput_has_a_maximum(create, commit, warm, refused):
    create(shards=None)
    commit("ENABLED")
    warm(10_240)
    with refused("LimitExceededException"):
        warm(10_241)


@pytest.mark.cloudfakes(transitions="documented")
def test_warm_throughput_takes_a_while(fake_clock, create, commit, warm, summary):
    create(shards=None)
    fake_clock.advance(20)
    commit("ENABLED")
    assert warm(100) == {"TargetMiBps": 100, "CurrentMiBps": 0}
    fake_clock.advance(5)
    assert summary()["WarmThroughput"] == {"TargetMiBps": 100, "CurrentMiBps": 100}


def test_a_stream_is_created_warm(create, commit, summary):
    commit("ENABLED")
    create(shards=None, WarmThroughputMiBps=50)
    assert summary()["WarmThroughput"] == {"TargetMiBps": 50, "CurrentMiBps": 50}


# ── distribution ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def distribute(kinesis, knows):
    knows("UpdateStreamRecordDistributionStrategy")

    def update(arn, strategy):
        kinesis.update_stream_record_distribution_strategy(StreamARN=arn, RecordDistributionStrategy=strategy)

    return update


def test_kinesis_chooses_the_shards_if_so_told(create, distribute, put_all, summary):
    arn = create(shards=None)
    distribute(arn, "AUTO")
    assert summary()["RecordDistributionStrategy"] == "AUTO"
    used = {record["ShardId"] for record in put_all(*[("same", b"x")] * 8)["Records"]}
    assert len(used) == 4
    distribute(arn, "USER_PARTITION_KEY")
    used = {record["ShardId"] for record in put_all(*[("same", b"x")] * 8)["Records"]}
    assert len(used) == 1


def test_the_key_is_then_optional_and_comes_back_if_it_was_given(create, distribute, kinesis, iterate, get):
    arn = create(shards=None)
    distribute(arn, "AUTO")
    for parameters in ({}, {"PartitionKey": "k"}, {"ExplicitHashKey": str(2**128)}):
        kinesis.put_record(StreamName="clicks", Data=b"", **parameters)
    records = [record for shard in range(4) for record in get(iterate(shard=shard))["Records"]]
    assert sorted(record.get("PartitionKey", "") for record in records) == ["", "", "k"]


def test_only_for_on_demand_streams(stream, distribute, create, refused):
    with refused("InvalidArgumentException"):
        distribute(stream, "AUTO")
    distribute(stream, "USER_PARTITION_KEY")
    with refused("InvalidArgumentException"):
        create("other", 1, RecordDistributionStrategy="AUTO")
