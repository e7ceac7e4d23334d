"""Registered consumers: names, ARNs, and how many there may be."""

import pytest


@pytest.fixture
def register(stream, kinesis):
    def register_consumer(name="reports", **parameters):
        return kinesis.register_stream_consumer(StreamARN=stream, ConsumerName=name, **parameters)["Consumer"]

    return register_consumer


def test_a_consumer_is_answered_as_creating(fake_clock, stream, register):
    consumer = register()
    assert consumer.pop("ConsumerCreationTimestamp").timestamp() * 1000 == pytest.approx(fake_clock.now())
    assert consumer == {
        "ConsumerName": "reports",
        "ConsumerARN": f"{stream}/consumer/reports:{fake_clock.now() // 1000}",
        "ConsumerStatus": "CREATING",
    }


def test_a_description_adds_the_stream(stream, register, kinesis):
    arn = register()["ConsumerARN"]
    for names in (
        {"ConsumerARN": arn},
        {"StreamARN": stream, "ConsumerName": "reports"},
        {"StreamARN": stream, "ConsumerName": "reports", "ConsumerARN": arn},
    ):
        found = kinesis.describe_stream_consumer(**names)["ConsumerDescription"]
        assert (found["ConsumerARN"], found["StreamARN"], found["ConsumerStatus"]) == (arn, stream, "ACTIVE")


@pytest.mark.parametrize("operation", ["describe_stream_consumer", "deregister_stream_consumer"])
def test_names_that_do_not_agree_or_do_not_suffice(operation, stream, create, register, kinesis, refused):
    arn = register()["ConsumerARN"]
    other = create("other")
    call = getattr(kinesis, operation)
    for names in (
        {},
        {"StreamARN": stream},
        {"ConsumerName": "reports"},
        {"ConsumerARN": arn, "ConsumerName": "else"},
        {"ConsumerARN": arn, "StreamARN": other},
    ):
        with refused("InvalidArgumentException"):
            call(**names)


@pytest.mark.parametrize("operation", ["describe_stream_consumer", "deregister_stream_consumer"])
def test_a_consumer_that_is_not_there(operation, stream, register, kinesis, refused):
    arn = register()["ConsumerARN"]
    call = getattr(kinesis, operation)
    for names in (
        {"StreamARN": stream, "ConsumerName": "else"},
        {"ConsumerARN": arn.rpartition(":")[0] + ":1"},
    ):
        with refused("ResourceNotFoundException"):
            call(**names)


def test_a_name_is_taken_until_the_consumer_is_deregistered(fake_clock, register, kinesis, refused):
    first = register()["ConsumerARN"]
    with refused(
        "ResourceInUseException", "Consumer reports under stream clicks already exists for account 123456789012."
    ):
        register()
    kinesis.deregister_stream_consumer(ConsumerARN=first)
    second = register()["ConsumerARN"]
    assert second != first
    with refused("ResourceNotFoundException"):
        kinesis.describe_stream_consumer(ConsumerARN=first)


def test_a_name_belongs_to_a_stream(register, create, kinesis):
    register()
    kinesis.register_stream_consumer(StreamARN=create("other"), ConsumerName="reports")


def test_twenty_consumers_at_most(register, kinesis, refused):
    arns = [register(f"consumer-{number}")["ConsumerARN"] for number in range(20)]
    with refused("LimitExceededException"):
        register("one-too-many")
    kinesis.deregister_stream_consumer(ConsumerARN=arns[0])
    register("one-too-many")


def test_fifty_consumers_with_a_commitment(register, kinesis, refused, knows):
    knows("UpdateAccountSettings")
    kinesis.update_account_settings(MinimumThroughputBillingCommitment={"Status": "ENABLED"})
    for number in range(50):
        register(f"consumer-{number}")
    with refused("LimitExceededException"):
        register("one-too-many")


def test_consumers_are_listed_by_name(fake_clock, stream, register, kinesis, refused):
    for name in ("c", "a", "b"):
        register(name)
    answer = kinesis.list_stream_consumers(StreamARN=stream, MaxResults=2)
    assert [consumer["ConsumerName"] for consumer in answer["Consumers"]] == ["a", "b"]
    assert answer["Consumers"][0]["ConsumerStatus"] == "ACTIVE"
    token = answer["NextToken"]
    answer = kinesis.list_stream_consumers(StreamARN=stream, NextToken=token)
    assert [consumer["ConsumerName"] for consumer in answer["Consumers"]] == ["c"]
    assert "NextToken" not in answer
    fake_clock.advance(300)
    with refused("ExpiredNextTokenException"):
        kinesis.list_stream_consumers(StreamARN=stream, NextToken=token)


def test_a_stream_with_consumers_is_deleted_with_them_only(stream, register, kinesis, refused, not_found):
    arn = register()["ConsumerARN"]
    text = (
        f"DeleteStream can't delete {stream} because there are consumers associated with this data stream. To delete "
        "clicks anyway, set the EnforceConsumerDeletion parameter to true to force the deletion of all the consumers "
        "that are associated with it."
    )
    with refused("ResourceInUseException", text):
        kinesis.delete_stream(StreamName="clicks")
    with refused("ResourceInUseException"):
        kinesis.delete_stream(StreamName="clicks", EnforceConsumerDeletion=False)
    kinesis.delete_stream(StreamName="clicks", EnforceConsumerDeletion=True)
    with not_found():
        kinesis.describe_stream_consumer(ConsumerARN=arn)


def test_the_summary_counts_them(register, summary):
    register()
    assert summary()["ConsumerCount"] == 1
