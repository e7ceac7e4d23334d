"""Queues of on-demand streams: how they come and go."""

import pytest


@pytest.fixture(autouse=True)
def _queues(knows):
    knows("CreateQueue")


@pytest.fixture
def on_demand(create):
    return create(shards=None)


@pytest.fixture
def create_queue(kinesis):
    def create_queue_on(arn, name="jobs", position=None, attributes=None, **parameters):
        configuration = {"StreamARN": arn}
        if position is not None:
            configuration["StartingPosition"] = position
        if attributes is not None:
            parameters["QueueAttributes"] = attributes
        answer = kinesis.create_queue(QueueName=name, StreamConfigurationList=[configuration], **parameters)
        return answer["QueueDescription"]

    return create_queue_on


def test_a_queue_is_answered_as_creating_and_then_active(fake_clock, on_demand, create_queue, kinesis):
    answered = create_queue(on_demand)
    described = kinesis.describe_queue(QueueARN=answered["QueueARN"])["QueueDescription"]
    assert answered["QueueStatus"] == "CREATING"
    assert described == answered | {"QueueStatus": "ACTIVE"}
    del described["QueueCreationTimestamp"]
    assert described.pop("QueueARN").startswith("arn:aws:kinesis:us-east-1:123456789012:queue/")
    assert described == {
        "QueueName": "jobs",
        "QueueStatus": "ACTIVE",
        "StreamConfigurationList": [{"StreamARN": on_demand}],
        "QueueAttributes": {
            "VisibilityTimeoutSeconds": 30,
            "DeadLetterConfiguration": {"TargetType": "BUILT_IN", "MaxReceiveCount": 6},
        },
    }


def test_only_on_on_demand_streams(stream, create_queue, refused):
    with refused("ValidationException"):
        create_queue(stream)


def test_exactly_one_stream(on_demand, create, kinesis, refused):
    other = create("other", None)
    with refused("ValidationException"):
        kinesis.create_queue(QueueName="jobs", StreamConfigurationList=[{"StreamARN": on_demand}, {"StreamARN": other}])


def test_a_stream_that_is_not_there(create_queue, not_found):
    with not_found():
        create_queue("arn:aws:kinesis:us-east-1:123456789012:stream/clicks")


def test_a_name_is_taken(on_demand, create_queue, kinesis, refused):
    arn = create_queue(on_demand)["QueueARN"]
    with refused("ResourceInUseException"):
        create_queue(on_demand)
    kinesis.delete_queue(QueueARN=arn)
    create_queue(on_demand)


@pytest.mark.parametrize(
    "position", [{"Type": "AT_TIMESTAMP"}, {"Type": "LATEST", "Timestamp": 0}, {"Type": "TRIM_HORIZON", "Timestamp": 0}]
)
def test_a_timestamp_goes_with_its_type(position, on_demand, create_queue, refused):
    with refused("ValidationException"):
        create_queue(on_demand, position=position)


@pytest.mark.parametrize("settings", [{"TargetType": "BUILT_IN"}, {"TargetType": "NONE", "MaxReceiveCount": 3}])
def test_a_receive_count_goes_with_built_in_dead_letters(settings, on_demand, create_queue, refused):
    with refused("ValidationException"):
        create_queue(on_demand, attributes={"DeadLetterConfiguration": settings})


def test_attributes_that_are_not_given_stay(on_demand, create_queue, kinesis):
    arn = create_queue(on_demand)["QueueARN"]
    answer = kinesis.update_queue(QueueARN=arn, QueueAttributes={"VisibilityTimeoutSeconds": 5})
    assert answer["QueueDescription"]["QueueAttributes"] == {
        "VisibilityTimeoutSeconds": 5,
        "DeadLetterConfiguration": {"TargetType": "BUILT_IN", "MaxReceiveCount": 6},
    }
    off = {"DeadLetterConfiguration": {"TargetType": "NONE"}}
    answer = kinesis.update_queue(QueueARN=arn, QueueAttributes=off)
    assert answer["QueueDescription"]["QueueAttributes"] == {"VisibilityTimeoutSeconds": 5, **off}


def test_a_deleted_queue_is_gone(on_demand, create_queue, kinesis, refused):
    arn = create_queue(on_demand)["QueueARN"]
    kinesis.delete_queue(QueueARN=arn)
    for call in (kinesis.describe_queue, kinesis.delete_queue, kinesis.receive_queue_records):
        with refused("ResourceNotFoundException"):
            call(QueueARN=arn)


def test_a_stream_with_queues_is_neither_deleted_nor_switched(on_demand, create_queue, kinesis, refused):
    arn = create_queue(on_demand)["QueueARN"]
    with refused("ResourceInUseException"):
        kinesis.delete_stream(StreamName="clicks", EnforceConsumerDeletion=True)
    with refused("ResourceInUseException"):
        kinesis.update_stream_mode(StreamARN=on_demand, StreamModeDetails={"StreamMode": "PROVISIONED"})
    kinesis.delete_queue(QueueARN=arn)
    kinesis.delete_stream(StreamName="clicks")


def test_queues_and_consumers_share_a_quota(on_demand, create_queue, kinesis, summary, refused):
    for number in range(10):
        create_queue(on_demand, f"queue-{number}")
        kinesis.register_stream_consumer(StreamARN=on_demand, ConsumerName=f"consumer-{number}")
    assert (summary()["QueueCount"], summary()["ConsumerCount"]) == (10, 10)
    with refused("LimitExceededException"):
        create_queue(on_demand, "one-too-many")
    with refused("LimitExceededException"):
        kinesis.register_stream_consumer(StreamARN=on_demand, ConsumerName="one-too-many")


def test_queues_are_listed_by_name(on_demand, create, create_queue, kinesis):
    other = create("other", None)
    for name, arn in (("c", on_demand), ("a", on_demand), ("b", other)):
        create_queue(arn, name)
    answer = kinesis.list_queues(MaxResults=2)
    assert [queue["QueueName"] for queue in answer["QueueSummaries"]] == ["a", "b"]
    assert answer["QueueSummaries"][1]["Streams"][0]["StreamARN"] == other
    answer = kinesis.list_queues(NextToken=answer["NextToken"])
    assert [queue["QueueName"] for queue in answer["QueueSummaries"]] == ["c"]
    answer = kinesis.list_queues(StreamFilter=[{"StreamARN": other}])
    assert [queue["QueueName"] for queue in answer["QueueSummaries"]] == ["b"]


def test_tags_and_policies(on_demand, create_queue, kinesis):
    arn = create_queue(on_demand, Tags={"a": "1"})["QueueARN"]
    kinesis.tag_resource(ResourceARN=arn, Tags={"b": "2"})
    kinesis.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "b", "Value": "2"}]


@pytest.mark.cloudfakes(transitions="documented")
def test_states_take_their_time(fake_clock, on_demand, create_queue, kinesis, refused):
    def status():
        return kinesis.describe_queue(QueueARN=arn)["QueueDescription"]["QueueStatus"]

    fake_clock.advance(20)
    arn = create_queue(on_demand)["QueueARN"]
    assert status() == "CREATING"
    with refused("ResourceNotFoundException"):
        kinesis.receive_queue_records(QueueARN=arn)
    with refused("ResourceInUseException"):
        kinesis.update_queue(QueueARN=arn, QueueAttributes={"VisibilityTimeoutSeconds": 5})
    fake_clock.advance(10)
    assert status() == "ACTIVE"
    kinesis.update_queue(QueueARN=arn, QueueAttributes={"VisibilityTimeoutSeconds": 5})
    assert status() == "UPDATING"
    kinesis.receive_queue_records(QueueARN=arn)
    fake_clock.advance(10)
    kinesis.delete_queue(QueueARN=arn)
    assert status() == "DELETING"
    fake_clock.advance(10)
    with refused("ResourceNotFoundException"):
        status()
