"""Attributes of queues: what is shown, what can be set, and to what."""

import json

import pytest

STANDARD = {
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "CreatedTimestamp",
    "DelaySeconds",
    "LastModifiedTimestamp",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "QueueArn",
    "ReceiveMessageWaitTimeSeconds",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
}
FIFO = STANDARD | {"ContentBasedDeduplication", "DeduplicationScope", "FifoQueue", "FifoThroughputLimit"}


@pytest.fixture
def change(sqs):
    return lambda url, **attributes: sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)


def test_all_of_a_new_standard_queue(fake_clock, queue_url, attributes_of):
    seconds = str(fake_clock.now() // 1000)
    found = attributes_of(queue_url)
    assert found.keys() == STANDARD
    assert found == {
        "ApproximateNumberOfMessages": "0",
        "ApproximateNumberOfMessagesDelayed": "0",
        "ApproximateNumberOfMessagesNotVisible": "0",
        "CreatedTimestamp": seconds,
        "DelaySeconds": "0",
        "LastModifiedTimestamp": seconds,
        "MaximumMessageSize": "1048576",
        "MessageRetentionPeriod": "345600",
        "QueueArn": "arn:aws:sqs:us-east-1:123456789012:jobs",
        "ReceiveMessageWaitTimeSeconds": "0",
        "SqsManagedSseEnabled": "true",
        "VisibilityTimeout": "30",
    }


def test_all_of_a_new_fifo_queue(create, attributes_of):
    found = attributes_of(create("jobs.fifo"))
    assert found.keys() == FIFO
    assert {name: found[name] for name in FIFO - STANDARD} == {
        "ContentBasedDeduplication": "false",
        "DeduplicationScope": "queue",
        "FifoQueue": "true",
        "FifoThroughputLimit": "perQueue",
    }


def test_without_names_nothing_is_shown(sqs, queue_url):
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=queue_url)


def test_those_that_are_named_and_have_a_value(queue_url, attributes_of):
    assert attributes_of(queue_url, "VisibilityTimeout", "Policy", "FifoQueue") == {"VisibilityTimeout": "30"}
    assert attributes_of(queue_url, "Policy") == {}
    assert attributes_of(queue_url, "VisibilityTimeout", "All").keys() == STANDARD


def test_an_unknown_name_is_refused(queue_url, attributes_of, refused, by_query):
    with refused("InvalidAttributeName", "Unknown Attribute Bogus.") as seen:
        attributes_of(queue_url, "Bogus")
    assert by_query or seen.response["message"] == "Unknown Attribute Bogus."


def test_counters_are_exact(fake_clock, send, queue_url, receive, counts):
    for _ in range(3):
        send(queue_url)
    send(queue_url, DelaySeconds=10)
    receive(queue_url, 2)
    assert counts(queue_url) == (1, 2, 1)
    fake_clock.advance(30)
    assert counts(queue_url) == (4, 0, 0)


def test_a_change_changes_the_time_of_modification(fake_clock, change, queue_url, attributes_of):
    before = attributes_of(queue_url)
    fake_clock.advance(100)
    change(queue_url, DelaySeconds="1")
    after = attributes_of(queue_url)
    assert after["CreatedTimestamp"] == before["CreatedTimestamp"]
    assert int(after["LastModifiedTimestamp"]) == int(before["LastModifiedTimestamp"]) + 100


@pytest.mark.parametrize(
    "name, low, high",
    [
        ("DelaySeconds", 0, 900),
        ("MaximumMessageSize", 1_024, 1_048_576),
        ("MessageRetentionPeriod", 60, 1_209_600),
        ("ReceiveMessageWaitTimeSeconds", 0, 20),
        ("VisibilityTimeout", 0, 43_200),
        ("KmsDataKeyReusePeriodSeconds", 60, 86_400),
    ],
)
class TestNumbers:
    def test_both_ends_can_be_set(self, change, queue_url, name, low, high, attributes_of):
        change(queue_url, KmsMasterKeyId="key")
        for value in (low, high):
            change(queue_url, **{name: str(value)})
            assert attributes_of(queue_url, name) == {name: str(value)}

    def test_beyond_them_is_refused(self, change, create, queue_url, name, low, high, refused):
        for value in (low - 1, high + 1, "x", "1.5", " 300", "\u0663\u0660\u0660", "9" * 5_000):
            with refused("InvalidAttributeValue"):
                change(queue_url, **{name: str(value)})
            with refused("InvalidAttributeValue"):
                create("another", **{name: str(value)})


@pytest.mark.parametrize(
    "name",
    ["DelaySeconds", "MaximumMessageSize", "MessageRetentionPeriod", "VisibilityTimeout", "SqsManagedSseEnabled"],
)
def test_an_empty_text_is_no_value(change, queue_url, refused, name):
    with refused("InvalidAttributeValue", f"Invalid value for the parameter {name}."):
        change(queue_url, **{name: ""})


@pytest.mark.parametrize(
    "name", ["QueueArn", "CreatedTimestamp", "LastModifiedTimestamp", "ApproximateNumberOfMessages", "All", "Bogus"]
)
def test_what_cant_be_set(change, create, queue_url, refused, name):
    with refused("InvalidAttributeName", f"Unknown Attribute {name}."):
        change(queue_url, **{name: "1"})
    with refused("InvalidAttributeName", f"Unknown Attribute {name}."):
        create("another", **{name: "1"})


@pytest.mark.parametrize(
    "name, value, message",
    [
        ("FifoQueue", "false", "Unknown Attribute FifoQueue."),
        ("ContentBasedDeduplication", "true", "Unknown Attribute ContentBasedDeduplication."),
        ("DeduplicationScope", "queue", "You can specify the DeduplicationScope only when FifoQueue is set to true."),
        (
            "FifoThroughputLimit",
            "perQueue",
            "You can specify the FifoThroughputLimit only when FifoQueue is set to true.",
        ),
    ],
)
def test_a_standard_queue_has_no_fifo_attributes(change, create, queue_url, refused, by_query, name, value, message):
    for attempt in (lambda: create("another", **{name: value}), lambda: change(queue_url, **{name: value})):
        with refused("InvalidAttributeName", message) as seen:
            attempt()
        assert by_query or seen.response["message"] == message


def test_fifo_queue_true_is_unknown_to_a_standard_queue_too(change, queue_url, refused):
    with refused("InvalidAttributeName", "Unknown Attribute FifoQueue."):
        change(queue_url, FifoQueue="true")


def test_a_fifo_queue_stays_one(change, fifo_url, refused):
    change(fifo_url, FifoQueue="true")
    with refused(
        "InvalidAttributeValue",
        "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.",
    ):
        change(fifo_url, FifoQueue="false")


def test_content_based_deduplication_can_be_switched(change, fifo_url, attributes_of):
    assert attributes_of(fifo_url)["ContentBasedDeduplication"] == "true"
    change(fifo_url, ContentBasedDeduplication="false")
    assert attributes_of(fifo_url)["ContentBasedDeduplication"] == "false"


@pytest.mark.parametrize(
    "name, value",
    [("DeduplicationScope", "group"), ("FifoThroughputLimit", "perGroup"), ("ContentBasedDeduplication", "yes")],
)
def test_other_values_are_refused(change, fifo_url, refused, name, value):
    with refused("InvalidAttributeValue"):
        change(fifo_url, **{name: value})


def test_throughput_per_group_needs_deduplication_per_group(change, fifo_url, attributes_of, refused):
    with refused("InvalidAttributeValue"):
        change(fifo_url, FifoThroughputLimit="perMessageGroupId")
    change(fifo_url, FifoThroughputLimit="perMessageGroupId", DeduplicationScope="messageGroup")
    with refused("InvalidAttributeValue"):
        change(fifo_url, DeduplicationScope="queue")
    change(fifo_url, FifoThroughputLimit="perQueue", DeduplicationScope="queue")
    assert attributes_of(fifo_url, "DeduplicationScope", "FifoThroughputLimit") == {
        "DeduplicationScope": "queue",
        "FifoThroughputLimit": "perQueue",
    }


def test_a_refused_change_changes_nothing(change, queue_url, attributes_of, refused):
    before = attributes_of(queue_url)
    with refused("InvalidAttributeValue"):
        change(queue_url, DelaySeconds="5", VisibilityTimeout="43201")
    assert attributes_of(queue_url) == before


class TestPolicy:
    POLICY = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}],
        }
    )

    def test_it_is_shown_as_it_was_given(self, change, queue_url, attributes_of):
        change(queue_url, Policy=self.POLICY)
        assert attributes_of(queue_url, "Policy") == {"Policy": self.POLICY}

    def test_an_empty_text_takes_it_away(self, change, queue_url, attributes_of):
        change(queue_url, Policy=self.POLICY)
        change(queue_url, Policy="")
        assert attributes_of(queue_url, "Policy") == {}

    @pytest.mark.parametrize(
        "policy", ["nonsense", "[]", '{"Statement": [{"Effect": "Maybe"}]}', "[" * 8_000, '"\ud800"', "null"]
    )
    def test_what_is_no_policy_is_refused(self, change, queue_url, refused, policy):
        with refused("InvalidAttributeValue", "Invalid value for the parameter Policy."):
            change(queue_url, Policy=policy)

    def statement(self, actions=1, principals=1, conditions=0):
        return {
            "Effect": "Allow",
            "Principal": {"AWS": [f"{number:012d}" for number in range(principals)]},
            "Action": [f"sqs:A{number}" for number in range(actions)],
            "Resource": "*",
            "Condition": {"StringEquals": {f"aws:Key{number}": "x" for number in range(conditions)}}
            if conditions
            else {},
        }

    @pytest.mark.parametrize(
        "within, over", [((7, 1, 0), (8, 1, 0)), ((1, 50, 0), (1, 51, 0)), ((1, 1, 10), (1, 1, 11))]
    )
    def test_actions_principals_and_conditions_are_limited(self, change, queue_url, refused, within, over):
        change(queue_url, Policy=json.dumps({"Statement": [self.statement(*within)]}))
        with refused("OverLimit", status=403):
            change(queue_url, Policy=json.dumps({"Statement": [self.statement(*over)]}))

    def test_statements_are_limited(self, change, queue_url, refused):
        change(queue_url, Policy=json.dumps({"Statement": [self.statement()] * 20}))
        with refused("OverLimit", status=403):
            change(queue_url, Policy=json.dumps({"Statement": [self.statement()] * 21}))

    def test_its_size_is_limited(self, change, queue_url, refused):
        base = json.dumps({"Id": "", "Statement": [self.statement()]})
        room = 8_192 - len(base)
        change(queue_url, Policy=json.dumps({"Id": "x" * room, "Statement": [self.statement()]}))
        with refused("InvalidAttributeValue"):
            change(queue_url, Policy=json.dumps({"Id": "x" * (room + 1), "Statement": [self.statement()]}))
