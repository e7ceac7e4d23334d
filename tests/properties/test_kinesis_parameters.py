"""Any parameters at all: an operation answers in its shape or with an error of AWS, and nothing else ever comes out.

Parameters are drawn from the model's shapes, with values among them that are right, nearly right, and none at all.
"""

from __future__ import annotations

import datetime
import itertools
import json
import os

import boto3
import hypothesis.strategies as st
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from hypothesis import HealthCheck, given, settings

from pytest_cloudfakes import FakeCloud
from pytest_cloudfakes.model import service_model
from pytest_cloudfakes.services import service_class

MODEL = service_model("kinesis")
OPERATIONS = [name for name in MODEL.operation_names if name not in service_class("kinesis").gaps]
ARN = "arn:aws:kinesis:us-east-1:123456789012:"
STREAMS = ["clicks", "demand", "gone"]
BEGIN = datetime.datetime(2026, 1, 31, tzinfo=datetime.timezone.utc)
SEEN = [f"seen {number}" for number in range(12)]
"""Stand for iterators, tokens, handles, sequence numbers and ARNs that came out before, which the run fills in."""

ODD = ["", " ", "a", "a b", "\0", "\ud800", "é", "٣", ".*", "null", "[]", "0", "1" * 129, "a" * 300, "9" * 39]
NUMBERS = [-1, 0, 1, 2, 3, 10, 11, 23, 24, 25, 48, 100, 500, 1024, 8760, 8761, 10_000, 10_001, 10_240, 2**31, -(2**63)]
POLICIES = [
    {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "kinesis:*", "Resource": "*"}},
    {"Statement": [{"Effect": {}, "Principal": {"AWS": [1]}, "Action": [[]], "Resource": None}]},
]


def mostly(likely, odd):
    return st.integers(0, 14).flatmap(lambda die: odd if die == 7 else likely)


texts = st.sampled_from(ODD) | st.text(max_size=5)
numbers = st.sampled_from(NUMBERS)
blobs = st.sampled_from([b"", b"\0\xff", b"value", b"x" * 1_048_575, b"x" * 1_048_577])
instants = st.sampled_from([-1, 0, 3600]).map(lambda seconds: BEGIN + datetime.timedelta(seconds=seconds))
seen = st.sampled_from(SEEN)
shards = st.sampled_from(["shardId-000000000000", "shardId-000000000001"] * 3 + ["shardId-000000000003", "x-5"])
hash_keys = st.sampled_from(["0", "2", "1000", str(2**126), str(2**127), str(2**128 - 1), str(2**128)])
OFTEN = {"PutRecords", "GetRecords", "SplitShard", "MergeShards", "SubscribeToShard", "ReceiveQueueRecords"}
LIKELY = {
    "StreamName": st.sampled_from(STREAMS),
    "ExclusiveStartStreamName": st.sampled_from(STREAMS),
    "StreamARN": st.sampled_from([f"{ARN}stream/{name}" for name in STREAMS]),
    "ResourceARN": st.sampled_from([f"{ARN}stream/{name}" for name in STREAMS]) | seen,
    "ConsumerARN": seen,
    "QueueARN": seen,
    "ReceiptHandle": seen,
    "NextToken": seen,
    "ShardIterator": seen,
    "StartingSequenceNumber": seen,
    "SequenceNumberForOrdering": seen,
    "SequenceNumber": seen,
    "ShardId": shards,
    "ShardToSplit": shards,
    "ShardToMerge": shards,
    "AdjacentShardToMerge": shards,
    "ExclusiveStartShardId": shards,
    "NewStartingHashKey": hash_keys,
    "ExplicitHashKey": hash_keys,
    "PartitionKey": st.sampled_from(["a", "b", "c", "é" * 256]),
    "ConsumerName": st.sampled_from(["one", "two"]),
    "QueueName": st.sampled_from(["one", "two"]),
    "ShardCount": st.sampled_from([1, 2, 3]),
    "TargetShardCount": st.sampled_from([1, 2, 3, 4]),
    "RetentionPeriodHours": st.sampled_from([24, 25, 48]),
    "MaxRecordSizeInKiB": st.sampled_from([1024, 10_240]),
    "Limit": st.sampled_from([1, 2, 10]),
    "MaxResults": st.sampled_from([1, 2, 100]),
    "WaitTimeSeconds": st.sampled_from([1, 20]),
    "VisibilityTimeoutSeconds": st.sampled_from([0, 1, 30]),
    "MaxReceiveCount": st.sampled_from([1, 2]),
    "Policy": st.sampled_from(POLICIES).map(json.dumps),
    "StreamId": st.just("abcdefghij0123456789-abc"),
    "Tags": st.dictionaries(st.sampled_from(["a", "b", "a:b", "%"]), st.sampled_from(["", "1"]), max_size=3),
    "Timestamp": instants,
    "Data": st.sampled_from([b"", b"value"]),
}


def values(name, shape):
    """What a member may be: mostly something likely, else anything of its type."""
    if shape.type_name == "structure":
        return structures(shape)
    if shape.type_name == "list":
        anything = st.lists(values("", shape.member), max_size=4)
    elif shape.type_name == "map":
        anything = st.dictionaries(texts, values("", shape.value), max_size=3)
    elif shape.metadata.get("enum"):
        anything = mostly(st.sampled_from(shape.metadata["enum"]), texts)
    else:
        kinds = {"string": texts, "integer": numbers, "long": numbers, "blob": blobs, "timestamp": instants}
        anything = kinds.get(shape.type_name, st.booleans())
    return mostly(LIKELY[name], anything) if name in LIKELY else anything


def structures(shape):
    """All required members, and any of the others."""
    members = {name: values(name, member) for name, member in shape.members.items()}
    required = {*shape.required_members, "PartitionKey"}
    return st.fixed_dictionaries(
        {name: member for name, member in members.items() if name in required},
        optional={name: member for name, member in members.items() if name not in required},
    )


operations = st.one_of(
    [
        st.tuples(st.just(xform_name(name)), structures(MODEL.operation_model(name).input_shape))
        for name in OPERATIONS
        for _ in range(1 + 2 * (name in OFTEN))
        if MODEL.operation_model(name).input_shape is not None
    ]
)


def kind(name):
    """What kind of name a member is: of a consumer, of any resource, an iterator, a token; None for others."""
    if name in {"ConsumerARN", "QueueARN"}:
        return name
    return next((each for each in ("ARN", "Token", "Iterator", "Handle", "Number") if name.endswith(each)), None)


waits = st.sampled_from([0, 0, 0, 0.001, 5, 30, 300, 86_400])


class World:
    """Streams with records, consumers and queues, and whatever names came out of them."""

    def __init__(self, cloud, client):
        self.cloud = cloud
        self.kinesis = client
        self.seen = {}
        self.codes = set()
        client.create_stream(StreamName="clicks", ShardCount=2)
        client.create_stream(StreamName="demand", StreamModeDetails={"StreamMode": "ON_DEMAND"})
        for name in ("clicks", "demand"):
            records = [{"Data": b"%d" % number, "PartitionKey": str(number)} for number in range(8)]
            self.note(client.put_records(StreamName=name, Records=records))
            arn = f"{ARN}stream/{name}"
            self.note(client.register_stream_consumer(StreamARN=arn, ConsumerName="one"))
            self.note(client.list_shards(StreamName=name, MaxResults=1))
            self.call("get_shard_iterator", {"StreamName": name, "ShardId": "x-1", "ShardIteratorType": "TRIM_HORIZON"})
        if "CreateQueue" in OPERATIONS:
            stream = {"StreamARN": arn, "StartingPosition": {"Type": "TRIM_HORIZON"}}
            queue = client.create_queue(QueueName="one", StreamConfigurationList=[stream])
            self.note(queue)
            self.note(client.receive_queue_records(QueueARN=queue["QueueDescription"]["QueueARN"], Limit=3))

    def note(self, answer):
        """Remember names by their kind; the newest come first."""
        if isinstance(answer, dict):
            for key, value in answer.items():
                if isinstance(value, str) and kind(key) is not None:
                    self.seen.setdefault(kind(key), []).insert(0, value)
                elif key != "ResponseMetadata":
                    self.note(value)
        elif isinstance(answer, list):
            for item in answer:
                self.note(item)

    def filled(self, value, key=""):
        """Parameters with the names that there are, of the right kind."""
        if isinstance(value, dict):
            return {name: self.filled(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        names = self.seen.get(kind(key), ())
        if isinstance(value, str) and value in SEEN and names:
            return names[SEEN.index(value) % len(names)]
        return value

    def call(self, operation, parameters):
        try:
            answer = getattr(self.kinesis, operation)(**self.filled(parameters))
            for event in itertools.islice(answer.get("EventStream", ()), 2):
                self.note(event)
        except ClientError as error:
            self.codes.add(error.response["Error"]["Code"])
        except BotoCoreError:
            pass  # the client itself refused
        else:
            self.note(answer)

    def check(self):
        assert "InternalFailure" not in self.codes
        for stream in self.cloud.kinesis.streams:
            position = 0
            for shard in stream.open_shards:
                assert shard.starting_hash_key == position
                position = shard.ending_hash_key + 1
            assert position == 2**128
            assert sum(shard.record_count for shard in stream.shards) == len(stream.records)


@settings(
    max_examples=int(os.environ.get("CLOUDFAKES_EXAMPLES", "60")),
    deadline=None,
    derandomize="CLOUDFAKES_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(st.tuples(operations, waits), min_size=1, max_size=12))
def test_nothing_but_answers_and_errors_of_aws_ever_comes_out(history):
    with FakeCloud(start=BEGIN) as cloud:
        cloud.clock.hold()
        world = World(cloud, make_client())
        for (operation, parameters), wait in history:
            world.call(operation, parameters)
            cloud.clock.advance(wait)
        world.check()


def make_client():
    """One client serves all examples."""
    if not _client:
        config = Config(retries={"max_attempts": 0})
        keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        _client.append(boto3.client("kinesis", region_name="us-east-1", config=config, **keys))
    return _client[0]


_client = []
