"""The short way and the long way answer alike: the same script on two clouds, compared in everything."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass, field

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_cloudfakes import FakeCloud, current_cloud
from pytest_cloudfakes.interception import active
from pytest_cloudfakes.journal import EventRecord
from pytest_cloudfakes.model import service_model

START = datetime.datetime(2027, 1, 1, tzinfo=datetime.timezone.utc)
NAMES = ["jobs", "jobs-dead", "orders.fifo", "no such name", "x" * 81, ""]
TEXTS = ["cat.png", "", "\x00", "é" * 3, "x" * 1_048_577, "a\nb"]


def client(*, long):
    made = boto3.client("sqs", region_name="eu-west-1", aws_access_key_id="111122223333", aws_secret_access_key="x")
    if long:
        made.meta.events.register("before-send", listens)
    return made


def listens(**kwargs):
    pass


@pytest.fixture(scope="module")
def clients():
    return client(long=False), client(long=True)


@dataclass
class Run:
    """A script's progress on one cloud: what it has got so far may go into later parameters."""

    client: object
    cloud: FakeCloud
    handles: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    results: list[object] = field(default_factory=list)

    def call(self, operation, parameters):
        resolved = {name: self.resolve(value) for name, value in parameters.items()}
        try:
            answer = getattr(self.client, operation)(**resolved)
        except ClientError as error:
            self.results.append((type(error).__name__, str(error), error.response, error.operation_name))
            return
        except Exception as error:  # noqa: BLE001 what it is, is compared
            self.results.append((type(error).__name__, str(error)))
            return
        self.results.append(answer)
        self.handles += [message["ReceiptHandle"] for message in answer.get("Messages", [])]
        self.tokens += [answer[name] for name in ("NextToken", "TaskHandle") if name in answer]

    def resolve(self, value):
        if isinstance(value, Earlier):
            known = getattr(self, value.kind)
            return known[value.index % len(known)] if known else "nothing yet"
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        return {name: self.resolve(item) for name, item in value.items()} if isinstance(value, dict) else value


@dataclass(frozen=True)
class Earlier:
    """A receipt handle or token that an earlier answer gave."""

    kind: str
    index: int


def mostly(*usual, rare=()):
    """One of the usual values; now and then one that is wrong."""
    return st.sampled_from([*usual * 4, *rare])


def earlier(kind):
    return st.one_of(st.builds(Earlier, st.just(kind), st.integers(0, 3)), st.sampled_from(["junk", ""]))


class Text(str):
    """A text of a class of its own, as members of an enumeration are."""

    __slots__ = ()


ODD = [None, 1.0, 7, "7", b"x", "x", ("All",), ["x"], [None], [], {"x": "y"}, {"x": None}, {}, Text("jobs"), object]
if service_model("sqs").metadata["protocol"] == "json":
    # A flag in place of a number; in forms it is a text, which is refused before it is a call.
    ODD.append(True)


def calls(operation, required=None, **optional):
    """A call with parameters as AWS wants them, or one of them being of any other type."""
    parameters = st.fixed_dictionaries(required or {}, optional=optional)
    odd = st.dictionaries(st.sampled_from([*(required or {}), *optional]), st.sampled_from(ODD), max_size=1)
    mixed = st.tuples(parameters, odd).map(lambda both: {**both[0], **both[1]})
    return st.tuples(st.just(operation), st.one_of(parameters, parameters, mixed))


URL = "https://sqs.eu-west-1.amazonaws.com/111122223333/"
urls = mostly(
    URL + "jobs",
    URL + "orders.fifo",
    rare=(URL + "missing", "jobs", "https://sqs.eu-west-1.amazonaws.com/999999999999/jobs", "", 7),
)
attributes = st.dictionaries(
    mostly(
        "VisibilityTimeout",
        "DelaySeconds",
        "MessageRetentionPeriod",
        rare=("Policy", "RedrivePolicy", "Nonsense", "FifoQueue"),
    ),
    mostly("0", "30", "60", rare=("-1", "x", "", "9999999", "{}")),
    max_size=2,
)
message_attributes = st.dictionaries(
    mostly("kind", "n", rare=("AWS.x", "", "bad name")),
    st.sampled_from(
        [
            {"DataType": "String", "StringValue": "picture"},
            {"DataType": "Number", "StringValue": "12.5"},
            {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
            {"DataType": "Number", "StringValue": "many"},
            {"DataType": "Nonsense", "StringValue": "x"},
            {"DataType": "String"},
            {"StringValue": "x"},
            {"DataType": "String", "StringValue": 7},
            {"DataType": "Binary", "BinaryValue": "text"},
            {"DataType": "Binary", "BinaryValue": bytearray(b"x")},
            {"DataType": "String", "StringValue": "x", "Unknown": 1},
            None,
        ]
    ),
    max_size=2,
)
bodies = mostly("cat.png", "dog.png", rare=(*TEXTS, 7))
groups = {
    "MessageGroupId": mostly("a", "b", rare=("", "x" * 129)),
    "MessageDeduplicationId": mostly("1", "2", rare=("é",)),
}
entries = st.fixed_dictionaries(
    {"Id": mostly("1", "2", "3", rare=("", "a b", "x" * 81)), "MessageBody": bodies},
    optional={"DelaySeconds": mostly(0, 5, rare=(901,)), "MessageAttributes": message_attributes, **groups},
)
handles = earlier("handles")
steps = st.one_of(
    calls(
        "create_queue",
        {"QueueName": mostly("jobs", "orders.fifo", rare=tuple(NAMES))},
        Attributes=attributes,
        tags=st.just({"team": "a"}),
    ),
    calls("create_queue", {"QueueName": st.just("orders.fifo"), "Attributes": st.just({"FifoQueue": "true"})}),
    calls(
        "send_message",
        {"QueueUrl": urls, "MessageBody": bodies},
        DelaySeconds=mostly(0, 5, rare=(-1, 901)),
        MessageAttributes=message_attributes,
        **groups,
    ),
    calls("send_message_batch", {"QueueUrl": urls, "Entries": st.lists(entries, max_size=3)}),
    calls(
        "receive_message",
        {"QueueUrl": urls},
        MaxNumberOfMessages=mostly(1, 10, rare=(0, 11)),
        WaitTimeSeconds=mostly(0, 2, rare=(21,)),
        VisibilityTimeout=mostly(0, 5, rare=(-1, 43_201)),
        AttributeNames=mostly(["All"], rare=(["SentTimestamp"], ["Nonsense"])),
        MessageAttributeNames=mostly(["All"], rare=(["kind"], ["k.*"])),
    ),
    calls("delete_message", {"QueueUrl": urls, "ReceiptHandle": handles}),
    calls(
        "delete_message_batch",
        {
            "QueueUrl": urls,
            "Entries": st.lists(st.fixed_dictionaries({"Id": mostly("1", "2"), "ReceiptHandle": handles}), max_size=2),
        },
    ),
    calls(
        "change_message_visibility",
        {"QueueUrl": urls, "ReceiptHandle": handles, "VisibilityTimeout": mostly(0, 5, rare=(-1, 43_201))},
    ),
    calls(
        "get_queue_attributes",
        {"QueueUrl": urls},
        AttributeNames=mostly(["All"], rare=(["QueueArn"], ["Nonsense"], [])),
    ),
    calls("set_queue_attributes", {"QueueUrl": urls, "Attributes": attributes}),
    calls(
        "get_queue_url",
        {"QueueName": mostly("jobs", rare=tuple(NAMES))},
        QueueOwnerAWSAccountId=mostly("111122223333", rare=("1",)),
    ),
    calls(
        "list_queues",
        QueueNamePrefix=mostly("", "jobs"),
        MaxResults=mostly(1, rare=(0, 1001)),
        NextToken=earlier("tokens"),
    ),
    calls("purge_queue", {"QueueUrl": urls}),
    calls("delete_queue", {"QueueUrl": urls}),
    calls("tag_queue", {"QueueUrl": urls, "Tags": mostly({"team": "a"}, rare=({"": ""},))}),
    calls("list_queue_tags", {"QueueUrl": urls}),
    calls("untag_queue", {"QueueUrl": urls, "TagKeys": mostly(["team"], rare=([],))}),
    calls("list_dead_letter_source_queues", {"QueueUrl": urls}),
    calls(
        "add_permission",
        {
            "QueueUrl": urls,
            "Label": mostly("l", rare=("",)),
            "AWSAccountIds": mostly(["111122223333"], rare=(["x"], [])),
            "Actions": mostly(["SendMessage"], rare=(["Nonsense"],)),
        },
    ),
    calls("start_message_move_task", {"SourceArn": mostly("arn:aws:sqs:eu-west-1:111122223333:jobs", rare=("junk",))}),
    calls("list_queues", Unknown=st.just(1)),
    st.tuples(st.just("advance"), st.sampled_from([1, 4.999, 30])),
    st.tuples(st.just("fail"), st.sampled_from(["QueueDeletedRecently", "ThrottlingException", "InternalFailure"])),
)


def run(script, client):
    with FakeCloud(start=START, seed=7) as cloud:
        cloud.clock.hold()
        progress = Run(client, cloud)
        progress.call("create_queue", {"QueueName": "jobs", "Attributes": {"VisibilityTimeout": "5"}})
        for verb, argument in script:
            if verb == "advance":
                cloud.clock.advance(argument)
            elif verb == "fail":
                cloud.faults.fail("sqs", error=argument, times=9)
            else:
                progress.call(verb, argument)
                cloud.faults.clear()
        return progress.results, [told(entry) for entry in cloud.journal]


def told(entry):
    """A journal entry, whatever the order in which the wire carried the parameters."""
    if isinstance(entry, EventRecord):
        return entry.number, entry.at, entry.cause, entry.describe()
    call = entry.call
    asked = (call.service, call.operation, call.account, call.region, call.request_id, call.parameters)
    return entry.number, entry.at, entry.cause, asked, entry.answer, str(entry.error)


@settings(
    max_examples=int(os.environ.get("CLOUDFAKES_TEST_EXAMPLES", "40")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(script=st.lists(steps, min_size=3, max_size=12))
def test_the_same_script_has_the_same_answers_errors_and_journal(clients, script):
    # Retries draw their back-off from chance, which isn't the cloud's.
    if any(verb == "fail" for verb, _ in script):
        results = [run(script, one)[0] for one in clients]
        results = [[without_dates(result) for result in each] for each in results]
    else:
        results = [run(script, one) for one in clients]
    assert results[0] == results[1]


def without_dates(result):
    if isinstance(result, tuple) and len(result) == 4:
        result[2]["ResponseMetadata"]["HTTPHeaders"].pop("date")
    return result[:2] if isinstance(result, tuple) else None


def test_the_two_clients_of_the_comparison_do_go_two_ways(clients, monkeypatch):
    from pytest_cloudfakes.interception import long_way

    taken = []
    answer = long_way.answer
    monkeypatch.setattr(long_way, "answer", lambda *args: taken.append(1) or answer(*args))
    with FakeCloud():
        assert active().cloud is current_cloud()
        clients[0].list_queues()
        assert taken == []
        clients[1].list_queues()
        assert taken == [1]


@pytest.mark.parametrize(
    "operation, parameters",
    [
        ("list_queues", {}),
        ("create_queue", {"QueueName": "jobs"}),
        ("create_queue", {"QueueName": "not a name"}),
        ("create_queue", {"QueueName": "jobs", "Attributes": {"FifoQueue": "x"}}),
        ("create_queue", {}),
        ("create_queue", {"QueueName": 7}),
        ("get_queue_url", {"QueueName": "missing"}),
        ("send_message", {"QueueUrl": "missing", "MessageBody": "x"}),
        ("receive_message", {"QueueUrl": "missing", "MaxNumberOfMessages": 11}),
        ("send_message_batch", {"QueueUrl": "missing", "Entries": []}),
        ("purge_queue", {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/999999999999/jobs"}),
    ],
)
def test_plain_calls_answer_alike(clients, operation, parameters):
    assert run([(operation, parameters)], clients[0]) == run([(operation, parameters)], clients[1])


@pytest.mark.parametrize("kind", ["Messages", "Attributes", "QueueUrls"])
def test_the_order_of_an_answers_members_is_the_same(clients, kind):
    script = [
        (
            "send_message",
            {
                "QueueUrl": URL + "jobs",
                "MessageBody": "x",
                "MessageAttributes": {"k": {"DataType": "String", "StringValue": "v"}},
            },
        ),
        ("receive_message", {"QueueUrl": URL + "jobs", "AttributeNames": ["All"], "MessageAttributeNames": ["All"]}),
        ("get_queue_attributes", {"QueueUrl": URL + "jobs", "AttributeNames": ["All"]}),
        ("list_queues", {}),
    ]
    short, long = run(script, clients[0])[0], run(script, clients[1])[0]
    assert [answer.get(kind) for answer in short] == [answer.get(kind) for answer in long]
