"""Every faked service against botocore's models: its operations, their parameters, its errors."""

from __future__ import annotations

import importlib
import inspect

import botocore
import pytest
from botocore import xform_name

from pytest_cloudfakes.answers import error_problems
from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.model import service_model
from pytest_cloudfakes.services import FAKED, service_class

# Codes that AWS answers with though its model lacks them, and where that is known from.
UNMODELLED = {
    "sns": {
        "Throttling": "common errors of the query services",
        "ValidationError": "recorded from AWS",
    },
    "sqs": {
        "InvalidParameterValueException": "recorded from AWS",
        "MissingRequiredParameterException": "recorded from AWS",
    },
}
# Below, the installed models are older than what the services know.
NEWEST = tuple(map(int, botocore.__version__.split(".")[:2])) >= (1, 44)
newest_models = pytest.mark.skipif(not NEWEST, reason="the installed models are older than the services")


def operations(service):
    """Names of a service's operations in the model, by the name of the method that fakes them."""
    return {xform_name(name): name for name in service_model(service).operation_names}


def handlers(service):
    return [pytest.param(service, name, id=f"{service}.{name}") for name in sorted(service_class(service).operations)]


def keywords(service, name):
    """The parameters of a handler beside the call, with whether they must be given."""
    signature = inspect.signature(service_class(service).operations[name])
    found = [p for p in signature.parameters.values() if p.kind is inspect.Parameter.KEYWORD_ONLY]
    return {parameter.name: parameter.default is inspect.Parameter.empty for parameter in found}


ALL_HANDLERS = [handler for service in FAKED for handler in handlers(service)]


def errors(service):
    """The errors that a service declares, without those that only others are made from."""
    module = importlib.import_module(f"{service_class(service).__module__.rpartition('.')[0]}.errors")
    return [
        pytest.param(service, kind, id=f"{service}.{name}")
        for name, kind in vars(module).items()
        if isinstance(kind, type) and issubclass(kind, ApiError) and kind is not ApiError and name[0] != "_"
    ]


ALL_ERRORS = [error for service in FAKED for error in errors(service)]


@pytest.mark.parametrize("service", FAKED)
def test_every_operation_of_the_model_is_faked_or_a_declared_gap(service):
    kind = service_class(service)
    known = operations(service)
    neither = {name for method, name in known.items() if method not in kind.operations} - set(kind.gaps)
    assert neither == set()
    assert {known[method] for method in kind.operations if method in known} & set(kind.gaps) == set()


@newest_models
@pytest.mark.parametrize("service", FAKED)
def test_nothing_is_faked_that_the_model_does_not_know(service):
    kind = service_class(service)
    known = operations(service)
    assert set(kind.operations) - set(known) == set()
    assert set(kind.gaps) - set(known.values()) == set()


@newest_models
@pytest.mark.parametrize("service, name", ALL_HANDLERS)
def test_a_handler_takes_the_members_of_its_input(service, name):
    shape = service_model(service).operation_model(operations(service)[name]).input_shape
    members = set(shape.members) if shape is not None else set()
    assert set(keywords(service, name)) == members


@pytest.mark.parametrize("service, name", ALL_HANDLERS)
def test_a_handler_asks_for_no_more_than_the_model_requires(service, name):
    operation = operations(service).get(name)
    if operation is None:
        pytest.skip("unknown to the installed model")
    shape = service_model(service).operation_model(operation).input_shape
    required = set(shape.required_members) if shape is not None else set()
    needed = {parameter for parameter, must in keywords(service, name).items() if must}
    assert needed - required == set()


@pytest.mark.parametrize("service, name", ALL_HANDLERS)
def test_a_handler_takes_the_call_and_keywords_alone(service, name):
    signature = inspect.signature(service_class(service).operations[name])
    kinds = [parameter.kind for parameter in signature.parameters.values()]
    assert kinds[:2] == [inspect.Parameter.POSITIONAL_OR_KEYWORD] * 2
    assert set(kinds[2:]) <= {inspect.Parameter.KEYWORD_ONLY}


@newest_models
@pytest.mark.parametrize("service, error", ALL_ERRORS)
def test_a_declared_error_is_one_of_the_model(service, error):
    assert error_problems(service_model(service), error, UNMODELLED.get(service, {})) == []


@pytest.mark.parametrize("service, error", ALL_ERRORS)
def test_a_declared_error_says_what_it_is(service, error):
    assert error.__doc__ or error.message
    assert 400 <= error.status < 600
