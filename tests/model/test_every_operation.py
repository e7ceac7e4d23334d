"""Every operation of some services, with parameters made from its model."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from pytest_cloudfakes.model import input_plan

SERVICES = [
    "sqs",
    "sns",
    "kinesis",
    "swf",
    "apigateway",
    "firehose",
    "lambda",
    "s3",
    "cognito-identity",
    "sts",
]
EXAMPLES = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@pytest.mark.parametrize("service", SERVICES)
def test_valid_parameters_break_no_constraint(service, calls):
    @EXAMPLES
    @given(calls(service))
    def check(call):
        operation, parameters = call
        plan = input_plan(operation)
        assert plan.violations(plan.normalise(parameters)) == []

    check()


@pytest.mark.parametrize("service", SERVICES)
def test_normalised_parameters_are_what_decoding_the_request_gives(service, calls, sent):
    @EXAMPLES
    @given(calls(service))
    def check(call):
        operation, parameters = call
        protocol, request = sent(operation, parameters)
        decoded = protocol.decode(operation, request)
        if "ContentLength" not in parameters:
            # HTTP says it anyway.
            decoded.pop("ContentLength", None)
        body = operation.input_shape.serialization.get("payload")
        if body not in parameters and decoded.get(body) == {}:
            # An empty JSON document stands for no body too.
            del decoded[body]
        assert input_plan(operation).normalise(parameters) == decoded

    check()


@pytest.mark.parametrize("service", SERVICES)
def test_normalising_twice_changes_nothing(service, calls):
    @EXAMPLES
    @given(calls(service))
    def check(call):
        operation, parameters = call
        plan = input_plan(operation)
        once = plan.normalise(parameters)
        assert plan.normalise(once) == once

    check()
