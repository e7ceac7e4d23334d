"""What is wrong with answers and errors of a service, by botocore's model."""

from __future__ import annotations

import datetime
import io

import pytest

from pytest_cloudfakes.answers import answer_problems, error_problems
from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.model import service_model

UTC = datetime.timezone.utc
MESSAGE = {"MessageId": "1", "Body": "b"}


@pytest.fixture
def problems():
    def find(service, operation, answer, **kwargs):
        return answer_problems(service_model(service).operation_model(operation), answer, **kwargs)

    return find


@pytest.mark.parametrize(
    "operation, answer",
    [
        ("ReceiveMessage", {}),
        ("ReceiveMessage", None),
        ("ReceiveMessage", {"Messages": [MESSAGE], "ResponseMetadata": {"Any": "thing"}}),
        ("ReceiveMessage", {"Messages": [{"MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": b""}}}]}),
        ("DeleteMessage", None),
        ("DeleteMessage", {}),
    ],
)
def test_good_answers(problems, operation, answer):
    assert problems("sqs", operation, answer) == []


@pytest.mark.parametrize(
    "operation, answer, problem",
    [
        ("ReceiveMessage", {"Message": []}, "Message: unknown to ReceiveMessageResult, which has Messages"),
        (
            "ReceiveMessage",
            {"Messages": [{"body": "b"}]},
            "Messages[0].body: unknown to Message, which has MessageId, ",
        ),
        ("ReceiveMessage", {"Messages": (MESSAGE,)}, "Messages: list expected, not tuple ({'MessageId'"),
        ("ReceiveMessage", {"Messages": [MESSAGE, {"Body": 5}]}, "Messages[1].Body: str expected, not int 5"),
        ("ReceiveMessage", {"Messages": None}, "Messages: list expected, not None"),
        ("ReceiveMessage", [], "the answer: dict expected, not list []"),
        (
            "ReceiveMessage",
            {"Messages": [{"MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": "text"}}}]},
            "Messages[0].MessageAttributes['a'].BinaryValue: bytes expected, not str 'text'",
        ),
        (
            "ReceiveMessage",
            {"Messages": [{"MessageAttributes": {"a": {}}}]},
            "Messages[0].MessageAttributes['a']: MessageAttributeValue lacks its required DataType",
        ),
        ("GetQueueAttributes", {"Attributes": {"Colour": "red"}}, "Attributes, key 'Colour': 'Colour' is none of "),
        ("DeleteMessage", {"Deleted": True}, "Deleted: the operation answers with nothing"),
        ("SendMessageBatch", {"Successful": []}, "the answer: SendMessageBatchResult lacks its required Failed"),
    ],
)
def test_bad_answers(problems, operation, answer, problem):
    (found,) = problems("sqs", operation, answer)
    assert found.startswith(problem)


def test_members_that_a_service_leaves_out_are_declared(problems):
    left_out = {("SendMessageBatchResult", "Failed"), ("SendMessageBatchResult", "Successful")}
    assert problems("sqs", "SendMessageBatch", {}, may_lack=left_out) == []
    assert problems("sqs", "SendMessageBatch", {"Successful": [{}]}, may_lack=left_out) != []


@pytest.mark.parametrize(
    "moment, problem",
    [
        (datetime.datetime(2024, 1, 1, tzinfo=UTC), []),
        (datetime.datetime(2024, 1, 1), ["created: aware datetime expected, not a naive datetime"]),  # noqa: DTZ001
        (0, ["created: aware datetime expected, not int 0"]),
    ],
)
def test_timestamps_are_aware_datetimes(problems, moment, problem):
    found = problems("apigateway", "GetRestApi", {"createdDate": moment})
    assert [text.replace("createdDate", "created") for text in found] == problem


@pytest.mark.parametrize("number, good", [(1, True), (1.5, True), (True, False), ("1", False)])
def test_floats_may_be_whole_but_not_flags(problems, number, good):
    assert (problems("apigateway", "GetUsagePlan", {"throttle": {"rateLimit": number}}) == []) is good


@pytest.mark.parametrize("number, good", [(1, True), (1.0, False), (True, False)])
def test_integers_are_neither_floats_nor_flags(problems, number, good):
    assert (problems("apigateway", "GetUsagePlan", {"throttle": {"burstLimit": number}}) == []) is good


def test_streams_are_not_looked_into(problems):
    assert problems("s3", "GetObject", {"Body": io.BytesIO(b"")}) == []
    assert problems("kinesis", "SubscribeToShard", {"EventStream": iter(())}) == []


class QueueDoesNotExist(ApiError):
    code = "QueueDoesNotExist"


class Misspelt(ApiError):
    code = "QueueDoesntExist"


class InvalidParameterValue(ApiError):
    code = "InvalidParameterValueException"
    query_code = "InvalidParameterValue"


class NotFound(ApiError):
    """A topic that doesn't exist, declared by shape, by code, and with a status that isn't AWS's."""

    code = "NotFoundException"
    status = 404


class TooManyRequests(ApiError):
    code = "TooManyRequestsException"
    status = 429
    members = ("retryAfterSeconds",)


class Throttled(ApiError):
    code = "ThrottlingException"


@pytest.mark.parametrize(
    "service, error, problems",
    [
        ("sqs", QueueDoesNotExist, []),
        ("sqs", QueueDoesNotExist("text"), []),
        ("sqs", Misspelt, ["QueueDoesntExist: not an error of sqs's model, nor declared as unmodelled"]),
        ("sns", NotFound, []),
        ("sns", type("ByCode", (NotFound,), {"code": "NotFound"}), []),
        ("sns", type("Wrong", (NotFound,), {"status": 400}), ["NotFoundException: status 400, but 404 in the model"]),
        ("apigateway", TooManyRequests, []),
        (
            "apigateway",
            type("Wrong", (TooManyRequests,), {"members": ("after",)}),
            ["after: unknown to the error TooManyRequestsException"],
        ),
        ("apigateway", TooManyRequests(retryAfterSeconds="1"), []),
        ("apigateway", TooManyRequests(retryAfterSeconds=1), ["retryAfterSeconds: str expected, not int 1"]),
        ("swf", Throttled, []),
        (
            "swf",
            type("Wrong", (Throttled,), {"members": ("after",)}),
            ["after: ThrottlingException has no shape that could carry it"],
        ),
    ],
)
def test_errors(service, error, problems):
    found = error_problems(service_model(service), error)
    assert [text.split(" which")[0] for text in found] == problems


def test_codes_outside_of_the_model_are_declared():
    assert error_problems(service_model("sqs"), InvalidParameterValue) != []
    assert error_problems(service_model("sqs"), InvalidParameterValue, {"InvalidParameterValueException"}) == []
