"""The quick look at parameters lets nothing pass that botocore's own validator would refuse."""

from __future__ import annotations

import copy

import pytest
from botocore.validate import ParamValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_cloudfakes.interception.validation import surely_valid
from pytest_cloudfakes.model import service_model

ODD = st.sampled_from([None, "", "x", 0, -1, 1.5, True, b"", [], {}, [None], {"Odd": None}, {1: "x"}, object()])


def places(value, path=()):
    """The path of everything in a value, itself included."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*path, key))


def changed(parameters, path, odd):
    """A copy with something odd at a place; a member that AWS doesn't know where the path is empty."""
    parameters = copy.deepcopy(parameters)
    *outer, last = path or ("Unknown",)
    holder = parameters
    for key in outer:
        holder = holder[key]
    holder[last] = odd
    return parameters


@pytest.mark.parametrize("service", ["sqs", "kinesis", "swf", "dynamodb", "s3"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_it_lets_pass_is_valid(service, calls, data):
    operation, parameters = data.draw(calls(service))
    path = data.draw(st.sampled_from(list(places(parameters))))
    candidate = data.draw(st.sampled_from([parameters, changed(parameters, path, data.draw(ODD))]))
    if surely_valid(operation.input_shape)(candidate):
        report = ParamValidator().validate(candidate, operation.input_shape)
        assert not report.has_errors(), report.generate_report()


@pytest.mark.parametrize(
    "operation, parameters",
    [
        ("SendMessage", {"QueueUrl": "q", "MessageBody": "hello", "DelaySeconds": 1}),
        (
            "SendMessageBatch",
            {
                "QueueUrl": "q",
                "Entries": [
                    {
                        "Id": "1",
                        "MessageBody": "hello",
                        "MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": b"x"}},
                    }
                ],
            },
        ),
        ("ReceiveMessage", {"QueueUrl": "q", "AttributeNames": ["All"]}),
        ("ListQueues", {}),
    ],
)
def test_ordinary_parameters_need_no_second_look(operation, parameters):
    assert surely_valid(service_model("sqs").operation_model(operation).input_shape)(parameters)
