"""What a service gets of the parameters that a user wrote."""

from __future__ import annotations

import datetime
import enum
import io
from decimal import Decimal

import botocore
import pytest
from botocore.model import ServiceModel

from pytest_cloudfakes.model import InputPlan

UTC = datetime.timezone.utc
NOON = datetime.datetime(2024, 1, 1, 12, tzinfo=UTC)
SENDS_FRACTIONS = tuple(map(int, botocore.__version__.split(".")[:2])) >= (1, 43)


class Colour(str, enum.Enum):
    RED = "red"


class Size(enum.IntEnum):
    BIG = 9


def test_the_answer_is_new_at_every_depth(plan):
    given = {
        "QueueUrl": "u",
        "Entries": [{"Id": "1", "MessageBody": "b", "MessageAttributes": {"a": {"DataType": "String"}}}],
    }
    normal = plan("sqs", "SendMessageBatch").normalise(given)
    assert normal == given
    assert normal is not given
    assert normal["Entries"] is not given["Entries"]
    assert normal["Entries"][0] is not given["Entries"][0]
    assert normal["Entries"][0]["MessageAttributes"] is not given["Entries"][0]["MessageAttributes"]
    assert normal["Entries"][0]["MessageAttributes"]["a"] is not given["Entries"][0]["MessageAttributes"]["a"]


@pytest.mark.parametrize("data", [b"abc", bytearray(b"abc"), "abc", io.BytesIO(b"abc"), io.StringIO("abc")])
def test_blobs_are_bytes(plan, data):
    normal = plan("kinesis", "PutRecord").normalise({"Data": data})
    assert normal == {"Data": b"abc"}
    assert type(normal["Data"]) is bytes


@pytest.mark.parametrize(
    "moment",
    [
        NOON,
        NOON.replace(tzinfo=None),
        NOON.astimezone(datetime.timezone(datetime.timedelta(hours=5))),
        NOON.timestamp(),
        int(NOON.timestamp()),
        str(int(NOON.timestamp())),
        "2024-01-01T12:00:00Z",
        "2024-01-01 14:00:00+02:00",
        "Mon, 01 Jan 2024 12:00:00 GMT",
    ],
)
def test_timestamps_are_aware(plan, moment):
    (normal,) = plan("kinesis", "GetShardIterator").normalise({"Timestamp": moment}).values()
    assert normal == NOON
    assert normal.tzinfo is not None


def test_a_date_without_time_is_its_first_instant(plan):
    normal = plan("kinesis", "GetShardIterator").normalise({"Timestamp": "2024-01-01"})
    assert normal == {"Timestamp": NOON.replace(hour=0)}


def test_timestamps_are_as_precise_as_botocore_sends_them(plan):
    moment = NOON.replace(microsecond=123_456)
    normal = plan("kinesis", "GetShardIterator").normalise({"Timestamp": moment})
    assert normal == {"Timestamp": moment if SENDS_FRACTIONS else NOON}


def test_timestamps_in_headers_are_whole_seconds(plan):
    normal = plan("s3", "GetObject").normalise({"IfModifiedSince": NOON.replace(microsecond=5)})
    assert normal == {"IfModifiedSince": NOON}


def test_texts_are_plain(plan):
    normal = plan("sqs", "CreateQueue").normalise({"QueueName": Colour.RED, "tags": {Colour.RED: Colour.RED}})
    assert type(normal["QueueName"]) is str
    assert [*map(type, normal["tags"]), *map(type, normal["tags"].values())] == [str, str]
    assert normal == {"QueueName": "red", "tags": {"red": "red"}}


def test_numbers_are_plain(plan):
    normal = plan("sqs", "ReceiveMessage").normalise({"VisibilityTimeout": Size.BIG})
    assert type(normal["VisibilityTimeout"]) is int
    assert normal == {"VisibilityTimeout": 9}


def test_decimals_are_floats(plan):
    normal = plan("apigateway", "CreateUsagePlan").normalise(
        {"name": "p", "throttle": {"rateLimit": Decimal("1.5"), "burstLimit": 2}}
    )
    assert normal["throttle"] == {"rateLimit": 1.5, "burstLimit": 2}


def test_tuples_are_lists(plan):
    assert plan("sqs", "UntagQueue").normalise({"TagKeys": ("a", "b")}) == {"TagKeys": ["a", "b"]}


def test_nulls_and_unknown_members_go(plan):
    given = {
        "QueueUrl": "u",
        "DelaySeconds": None,
        "Unknown": 1,
        "MessageAttributes": {"a": {"DataType": "String", "New": 1}, "b": None},
    }
    assert plan("sqs", "SendMessage").normalise(given) == {
        "QueueUrl": "u",
        "MessageAttributes": {"a": {"DataType": "String"}},
    }


def test_a_wrong_type_stays_as_it_is(plan):
    given = {"QueueUrl": 1, "MessageBody": ["b"], "MessageAttributes": "none", "DelaySeconds": "5"}
    assert plan("sqs", "SendMessage").normalise(given) == given


def test_a_streamed_body_is_handed_on(plan):
    body = io.BytesIO(b"abc")
    assert plan("s3", "PutObject").normalise({"Body": body})["Body"] is body
    assert plan("s3", "PutObject").normalise({"Body": "abc"})["Body"] == b"abc"


def test_a_body_that_is_not_streamed_is_read(plan):
    assert plan("apigateway", "ImportRestApi").normalise({"body": io.BytesIO(b"{}")}) == {"body": b"{}"}


class TestFormsCannotWrite:
    def test_empty_maps_and_structures(self, plan):
        given = {"PhoneNumber": "1", "Message": "m", "MessageAttributes": {}}
        assert plan("sns", "Publish").normalise(given) == {"PhoneNumber": "1", "Message": "m"}

    def test_a_list_of_nothing(self, plan):
        assert plan("sns", "TagResource").normalise({"ResourceArn": "a", "Tags": [{}]}) == {"ResourceArn": "a"}

    def test_but_they_write_an_empty_list_and_an_empty_value_of_a_map(self, plan):
        given = {"ResourceArn": "a", "Tags": []}
        assert plan("sns", "TagResource").normalise(given) == given
        given = {"Message": "m", "MessageAttributes": {"a": {}}}
        assert plan("sns", "Publish").normalise(given) == given


def test_tokens_are_filled_on_request(plan):
    made = plan("secretsmanager", "CreateSecret")
    assert made.normalise({"Name": "n"}) == {"Name": "n"}
    assert made.normalise({"Name": "n"}, token=lambda: "t") == {"Name": "n", "ClientRequestToken": "t"}
    assert made.normalise({"ClientRequestToken": "own"}, token=lambda: "t") == {"ClientRequestToken": "own"}


def test_an_operation_without_input_takes_nothing():
    description = {
        "metadata": {"apiVersion": "1", "protocol": "json", "serviceId": "x", "endpointPrefix": "x"},
        "operations": {"Ping": {"name": "Ping", "http": {}}},
        "shapes": {},
    }
    made = InputPlan(ServiceModel(description, "x").operation_model("Ping"))
    assert made.normalise({"Any": 1}) == {}
    assert made.violations({}) == []


def test_structures_may_contain_themselves():
    tree = {
        "type": "structure",
        "required": ["Name"],
        "members": {"Name": {"shape": "Name"}, "Leaves": {"shape": "Leaves"}},
    }
    description = {
        "metadata": {"apiVersion": "1", "protocol": "json", "serviceId": "x", "endpointPrefix": "x"},
        "operations": {"Plant": {"name": "Plant", "http": {}, "input": {"shape": "Tree"}}},
        "shapes": {
            "Tree": tree,
            "Leaves": {"type": "list", "member": {"shape": "Tree"}},
            "Name": {"type": "string", "max": 3},
        },
    }
    made = InputPlan(ServiceModel(description, "x").operation_model("Plant"))
    given = {"Name": "oak", "Leaves": [{"Name": Colour.RED, "Leaves": ({"Leaves": []}, {"Name": "long"})}]}
    normal = made.normalise(given)
    assert normal == {"Name": "oak", "Leaves": [{"Name": "red", "Leaves": [{"Leaves": []}, {"Name": "long"}]}]}
    assert [v.path for v in made.violations(normal)] == [
        "leaves.1.member.leaves.1.member.name",
        "leaves.1.member.leaves.2.member.name",
    ]
