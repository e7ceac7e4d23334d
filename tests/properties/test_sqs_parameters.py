"""Any parameters at all: an operation answers in its shape or with an error of AWS, and nothing else ever comes out.

Parameters are drawn from the model's shapes, with values among them that are right, nearly right, and none at all.
CLOUDFAKES_EXAMPLES=5000 in the environment looks longer, and elsewhere.
"""

from __future__ import annotations

import json
import os
import random

import boto3
import hypothesis.strategies as st
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError
from hypothesis import HealthCheck, given, settings

from pytest_cloudfakes import FakeCloud
from pytest_cloudfakes.model import service_model
from pytest_cloudfakes.schedule import Schedule

MODEL = service_model("sqs")
URL = "https://sqs.us-east-1.amazonaws.com/123456789012/"
ARN = "arn:aws:sqs:us-east-1:123456789012:"
QUEUES = ["jobs", "jobs.fifo", "dead", "dead.fifo", "gone"]
HANDLES = [f"handle {number}" for number in range(8)]
"""Stand for receipt and task handles, which the run fills in."""

ODD = ["", " ", "a", "a b", "\0", "\ud800", "é", "٣", "All", ".*", "null", "[]", "{}", "a" * 300, "[" * 9000]
NUMBERS = [-1, 0, 1, 2, 10, 11, 20, 21, 30, 60, 500, 900, 901, 1000, 1001, 43_200, 43_201, 2**31, -(2**63)]
DOCUMENTS = [
    {"deadLetterTargetArn": f"{ARN}dead", "maxReceiveCount": 1},
    {"deadLetterTargetArn": f"{ARN}dead.fifo", "maxReceiveCount": "2"},
    {"deadLetterTargetArn": [], "maxReceiveCount": {}},
    {"redrivePermission": "denyAll"},
    {"redrivePermission": ["byQueue"]},
    {"redrivePermission": "byQueue", "sourceQueueArns": [f"{ARN}jobs"]},
    {"redrivePermission": "byQueue", "sourceQueueArns": [{}]},
    {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}},
    {"Statement": [{"Effect": {}, "Principal": {"AWS": [1]}, "Action": [[]], "Resource": None}]},
]
ATTRIBUTES = [*MODEL.shape_for("QueueAttributeName").enum, "Unknown"]


def mostly(likely, odd):
    return st.integers(0, 14).flatmap(lambda die: odd if die == 7 else likely)


texts = st.sampled_from(ODD) | st.text(max_size=5)
numbers = st.sampled_from(NUMBERS)
blobs = st.sampled_from([b"", b"\0\xff", b"value"])
settings_texts = st.one_of(
    st.sampled_from(DOCUMENTS).map(json.dumps),
    numbers.map(str),
    st.sampled_from(["true", "false", "queue", "messageGroup", "perMessageGroupId"]),
    texts,
)
LIKELY = {
    "QueueUrl": st.sampled_from([URL + name for name in QUEUES]),
    "QueueName": st.sampled_from(QUEUES),
    "SourceArn": st.sampled_from([ARN + name for name in QUEUES]),
    "DestinationArn": st.sampled_from([ARN + name for name in QUEUES]),
    "QueueOwnerAWSAccountId": st.sampled_from(["123456789012", "210987654321"]),
    "ReceiptHandle": st.sampled_from(HANDLES),
    "TaskHandle": st.sampled_from(HANDLES),
    "Id": st.sampled_from(["a", "b", "c", "d", "e"]),
    "MessageBody": st.sampled_from(["body", "b" * 1024, "b" * 1_048_577]),
    "MessageGroupId": st.sampled_from(["a", "b"]),
    "MessageDeduplicationId": st.sampled_from(["a", "b"]),
    "ReceiveRequestAttemptId": st.sampled_from(["a", "b"]),
    "DelaySeconds": st.sampled_from([0, 0, 1, 900]),
    "WaitTimeSeconds": st.sampled_from([0, 1, 20]),
    "VisibilityTimeout": st.sampled_from([0, 1, 30, 43_199]),
    "MaxNumberOfMessages": st.integers(1, 10),
    "MaxNumberOfMessagesPerSecond": st.sampled_from([1, 500]),
    "MaxResults": st.sampled_from([1, 10, 1000]),
    "DataType": st.sampled_from(["String", "Number", "Binary", "Number.int", "String.\ud800", "Other"]),
    "StringValue": st.sampled_from(
        ["1", "1e126", "1e9999999", "-1e-99999", "Root=1-3152b799-8954dae64eda91bc9a23a7e8"]
    ),
    "StringListValues": st.just([]),
    "BinaryListValues": st.just([]),
    "Label": st.sampled_from(["a", "b"]),
    "AWSAccountIds": st.lists(st.sampled_from(["123456789012", "1"]), max_size=3),
    "Actions": st.lists(st.sampled_from(["*", "SendMessage", "DeleteQueue", "Fly"]), max_size=8),
    "Attributes": st.dictionaries(st.sampled_from(ATTRIBUTES), settings_texts, max_size=3),
    "AttributeNames": st.lists(st.sampled_from([*ATTRIBUTES, "SenderId", "SequenceNumber", "All"]), max_size=3),
    "MessageSystemAttributeNames": st.lists(st.sampled_from(["SenderId", "AWSTraceHeader", "All"]), max_size=3),
}


def values(name, shape):
    """What a member may be: mostly something likely, else anything of its type."""
    if shape.type_name == "structure":
        return structures(shape)
    if shape.type_name == "list":
        anything = st.lists(values("", shape.member), max_size=4)
    elif shape.type_name == "map":
        keys = st.sampled_from(["AWSTraceHeader", "name", "name.x", "AWS.x"]) | texts
        anything = st.dictionaries(keys, values("", shape.value), max_size=3)
    else:
        anything = {"string": texts, "integer": numbers, "long": numbers, "blob": blobs}[shape.type_name]
    return mostly(LIKELY[name], anything) if name in LIKELY else anything


def structures(shape):
    """All required members, and any of the others."""
    members = {name: values(name, member) for name, member in shape.members.items()}
    return st.fixed_dictionaries(
        {name: member for name, member in members.items() if name in shape.required_members},
        optional={name: member for name, member in members.items() if name not in shape.required_members},
    )


operations = st.one_of(
    [
        st.tuples(st.just(xform_name(name)), structures(MODEL.operation_model(name).input_shape))
        for name in MODEL.operation_names
    ]
)
waits = st.sampled_from([0, 0, 0, 1, 30, 60, 300, 345_600])


class Unfriendly(Schedule):
    friendly = False

    def __init__(self, luck):
        self.luck = random.Random(luck)

    def choose(self, name, alternatives):
        return self.luck.choice(alternatives)


class World:
    """Queues with messages in all states, and the handles that came out of them."""

    def __init__(self, cloud):
        self.cloud = cloud
        self.sqs = boto3.client("sqs", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        self.handles = []
        self.codes = set()
        for name in QUEUES[:4]:
            attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if name.endswith(".fifo") else {}
            self.sqs.create_queue(QueueName=name, Attributes=attributes)
        cloud.clock.advance(1)
        for suffix in ("", ".fifo"):
            group = {"MessageGroupId": "a"} if suffix else {}
            policy = json.dumps({"deadLetterTargetArn": f"{ARN}dead{suffix}", "maxReceiveCount": 2})
            self.sqs.set_queue_attributes(QueueUrl=f"{URL}jobs{suffix}", Attributes={"RedrivePolicy": policy})
            for body in ("1", "2", "3"):
                self.sqs.send_message(QueueUrl=f"{URL}jobs{suffix}", MessageBody=body, **group)
            self.note(self.sqs.receive_message(QueueUrl=f"{URL}jobs{suffix}", MaxNumberOfMessages=2))

    def note(self, answer):
        self.handles += [message["ReceiptHandle"] for message in answer.get("Messages", ())]
        self.handles += [answer["TaskHandle"]] if "TaskHandle" in answer else []

    def filled(self, value):
        """Parameters with the handles that there are."""
        if isinstance(value, dict):
            return {key: self.filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if isinstance(value, str) and value in HANDLES and self.handles:
            return self.handles[HANDLES.index(value) % len(self.handles)]
        return value

    def call(self, operation, parameters):
        try:
            answer = getattr(self.sqs, operation)(**self.filled(parameters))
        except ClientError as error:
            self.codes.add(error.response["Error"]["Code"])
        except BotoCoreError:
            pass  # the client itself refused
        else:
            self.note(answer)

    def check(self):
        assert "InternalFailure" not in self.codes
        for queue in self.cloud.sqs.queues:
            shown = [
                int(queue.attributes[f"ApproximateNumberOfMessages{state}"]) for state in ("", "NotVisible", "Delayed")
            ]
            assert shown == [len(queue.visible), len(queue.in_flight), len(queue.delayed)]


@settings(
    max_examples=int(os.environ.get("CLOUDFAKES_EXAMPLES", "60")),
    deadline=None,
    derandomize="CLOUDFAKES_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    st.sampled_from([{}, {"transitions": "documented"}, {"policies": "enforced"}, {"limits": "documented"}]),
    st.none() | st.integers(0, 99),
    st.lists(st.tuples(operations, waits), min_size=1, max_size=12),
)
def test_nothing_but_answers_and_errors_of_aws_ever_comes_out(options, luck, history):
    with FakeCloud(**options) as cloud:
        cloud.clock.hold()
        if luck is not None:
            cloud.schedule = Unfriendly(luck)
        world = World(cloud)
        for (operation, parameters), wait in history:
            world.call(operation, parameters)
            cloud.clock.advance(wait)
        world.check()
