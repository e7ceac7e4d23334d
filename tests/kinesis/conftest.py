"""A client that doesn't retry, streams, and ways to say what AWS answers. The tests use boto3, and move the clock."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT = "123456789012"


@pytest.fixture(scope="session")
def make_client():
    """Clients are made once and serve all tests: making one takes longer than any of them."""
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}

    def client(**options):
        config = Config(retries={"max_attempts": 0}, **options)
        return boto3.client("kinesis", region_name="us-east-1", config=config, **keys)

    return client


@pytest.fixture(scope="session")
def _checking_client(make_client):
    return make_client()


@pytest.fixture(scope="session")
def _unchecking_client(make_client):
    return make_client(parameter_validation=False)


@pytest.fixture
def kinesis(fake_kinesis, _checking_client):
    return _checking_client


@pytest.fixture
def unchecked(fake_kinesis, _unchecking_client):
    """A client that sends whatever it is given."""
    return _unchecking_client


@pytest.fixture
def knows(kinesis):
    """Skip the test if the installed botocore is older than an operation or a member of its input."""

    def check(operation, member=None):
        model = kinesis.meta.service_model
        if operation not in model.operation_names:
            pytest.skip(f"{operation} is unknown to this botocore")
        if member is not None and member not in model.operation_model(operation).input_shape.members:
            pytest.skip(f"{member} of {operation} is unknown to this botocore")

    return check


@pytest.fixture
def create(kinesis):
    """Create a stream with so many shards, an on-demand one with None; its ARN."""

    def create_stream(name="clicks", shards=1, **parameters):
        if shards is None:
            parameters["StreamModeDetails"] = {"StreamMode": "ON_DEMAND"}
        else:
            parameters["ShardCount"] = shards
        kinesis.create_stream(StreamName=name, **parameters)
        return f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/{name}"

    return create_stream


@pytest.fixture
def stream(create):
    """A stream with one shard, "clicks"; its ARN."""
    return create()


@pytest.fixture
def two_shards(create):
    return create(shards=2)


@pytest.fixture
def put(kinesis):
    def put_record(data=b"data", key="key", name="clicks", **parameters):
        return kinesis.put_record(StreamName=name, Data=data, PartitionKey=key, **parameters)

    return put_record


@pytest.fixture
def put_all(kinesis):
    """Write records: data, or pairs of partition key and data."""

    def put_records(*records, name="clicks"):
        entries = [
            {"PartitionKey": key, "Data": data}
            for key, data in (each if isinstance(each, tuple) else ("key", each) for each in records)
        ]
        return kinesis.put_records(StreamName=name, Records=entries)

    return put_records


@pytest.fixture
def iterate(kinesis):
    """A shard iterator."""

    def get_shard_iterator(kind="TRIM_HORIZON", shard=0, name="clicks", **parameters):
        shard_id = shard if isinstance(shard, str) else f"shardId-{shard:012}"
        answer = kinesis.get_shard_iterator(StreamName=name, ShardId=shard_id, ShardIteratorType=kind, **parameters)
        return answer["ShardIterator"]

    return get_shard_iterator


@pytest.fixture
def get(kinesis):
    """The answer of GetRecords without its metadata."""

    def get_records(iterator, **parameters):
        answer = kinesis.get_records(ShardIterator=iterator, **parameters)
        del answer["ResponseMetadata"]
        return answer

    return get_records


@pytest.fixture
def read(iterate, get):
    """The data of a shard's records, from its oldest one or another place on."""

    def read_data(shard=0, kind="TRIM_HORIZON", name="clicks", **parameters):
        return [record["Data"] for record in get(iterate(kind, shard, name, **parameters))["Records"]]

    return read_data


@pytest.fixture
def shards(kinesis):
    """The shards of a stream, as ListShards shows them."""
    return lambda name="clicks", **parameters: kinesis.list_shards(StreamName=name, **parameters)["Shards"]


@pytest.fixture
def ids(shards):
    """The indexes of a stream's shards."""
    return lambda name="clicks", **parameters: [int(shard["ShardId"][8:]) for shard in shards(name, **parameters)]


@pytest.fixture
def ranges(kinesis):
    """The ranges of a stream's open shards, in order."""

    def look(name="clicks"):
        found = kinesis.list_shards(StreamName=name, ShardFilter={"Type": "AT_LATEST"})["Shards"]
        keys = [shard["HashKeyRange"] for shard in found]
        return sorted((int(each["StartingHashKey"]), int(each["EndingHashKey"])) for each in keys)

    return look


@pytest.fixture
def describe(kinesis):
    return lambda name="clicks", **parameters: kinesis.describe_stream(StreamName=name, **parameters)[
        "StreamDescription"
    ]


@pytest.fixture
def summary(kinesis):
    return lambda name="clicks": kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]


@pytest.fixture
def refused():
    """Expect an error of AWS: its code, its text and its status."""

    @contextlib.contextmanager
    def expect(code, message=None, *, status=400):
        seen = SimpleNamespace()
        with pytest.raises(ClientError) as caught:
            yield seen
        response = caught.value.response
        seen.response, seen.exception = response, caught.value
        assert response["Error"]["Code"] == code, response["Error"]
        assert response["ResponseMetadata"]["HTTPStatusCode"] == status
        if message is not None:
            assert response["Error"]["Message"] == message

    return expect


@pytest.fixture
def not_found(refused):
    """Expect that a stream isn't there."""
    return lambda name="clicks", account=ACCOUNT: refused(
        "ResourceNotFoundException", f"Stream {name} under account {account} not found."
    )


@pytest.fixture
def busy(refused):
    """Expect that a stream can't be changed in its state."""
    return lambda state, name="clicks": refused(
        "ResourceInUseException", f"Stream {name} under account {ACCOUNT} not ACTIVE, instead in state {state}"
    )
