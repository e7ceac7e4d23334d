"""Operations and their parameters, made from botocore's models as hypothesis's strategies."""

from __future__ import annotations

import datetime
import functools
import math

import pytest
from botocore.awsrequest import create_request_object, prepare_request_dict
from botocore.model import OperationModel
from botocore.serialize import create_serializer
from hypothesis import strategies as st

from pytest_cloudfakes.model import input_plan, service_model
from pytest_cloudfakes.patterns import JavaPattern
from pytest_cloudfakes.protocols import Headers, HttpRequest, protocol_for

UTC = datetime.timezone.utc


def operation_model(service: str, operation: str) -> OperationModel:
    return service_model(service).operation_model(operation)


@functools.cache
def valid(shape, depth=0):
    """Values of a shape that break none of the model's constraints, in the forms that users write."""
    metadata = shape.metadata
    low, high = metadata.get("min"), metadata.get("max")
    if shape.type_name == "structure":
        return structures(shape, depth)
    if shape.type_name in {"list", "map"}:
        few = {"min_size": low or 0, "max_size": max(low or 0, min(high or 2, 0 if depth > 4 else 2))}
        if shape.type_name == "list":
            return st.lists(valid(shape.member, depth + 1), **few)
        return st.dictionaries(valid(shape.key, depth + 1), valid(shape.value, depth + 1), **few)
    if shape.type_name in {"integer", "long"}:
        return st.integers(int(low) if low is not None else -9, int(high) if high is not None else 2**31 - 1)
    if shape.type_name in {"float", "double"}:
        return st.floats(low, high, allow_nan=False, allow_infinity=False)
    if shape.type_name == "boolean":
        return st.booleans()
    if shape.type_name == "blob":
        return st.binary(min_size=low or 0, max_size=min(high or 20, (low or 0) + 20))
    if shape.type_name == "timestamp":
        # Whole seconds, which every protocol and every botocore carries.
        return st.integers(0, 4_000_000_000).map(lambda at: datetime.datetime.fromtimestamp(at, UTC))
    return texts(shape)


def texts(shape):
    metadata = shape.metadata
    if shape.serialization.get("jsonvalue"):
        return st.just({"any": ["json", 1]})
    if shape.serialization.get("hostLabel"):
        return st.from_regex("[a-z0-9]{1,9}", fullmatch=True)
    if "enum" in metadata:
        return st.sampled_from(metadata["enum"])
    low, high = metadata.get("min", 0), metadata.get("max", math.inf)
    if "pattern" in metadata:
        pattern = JavaPattern(metadata["pattern"])
        return st.from_regex(pattern.python(), fullmatch=True).filter(
            lambda text: low <= len(text) <= high and pattern.matches(text) and text.isprintable()
        )
    # An empty text in a path makes another address.
    low = max(low, 1) if shape.serialization.get("location") == "uri" else low
    plain = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"))
    return st.text(plain, min_size=low, max_size=min(high, low + 10))


def structures(shape, depth):
    members = {
        name: valid(member, depth + 1)
        for name, member in shape.members.items()
        if depth <= 4 or name in shape.required_members
    }
    # Forms can't carry an empty map or structure, so a required one has something in it.
    required = {name: members.pop(name).filter(carries) for name in shape.required_members}
    if shape.metadata.get("union"):
        return st.sampled_from(sorted(members)).flatmap(lambda name: st.fixed_dictionaries({name: members[name]}))
    return st.fixed_dictionaries(required, optional=members)


def carries(value):
    """Whether there is anything in a value that every protocol can write."""
    if isinstance(value, (dict, list)):
        return any(map(carries, value.values() if isinstance(value, dict) else value))
    return True


# Its model writes two members under one name; the operation has been superseded.
AMBIGUOUS = {"PutBucketNotification"}


@pytest.fixture(scope="session")
def calls():
    """Make a strategy of a service's calls: (operation model, valid parameters)."""

    def make(service):
        model = service_model(service)
        operations = [model.operation_model(name) for name in model.operation_names if name not in AMBIGUOUS]
        return st.sampled_from([operation for operation in operations if operation.input_shape is not None]).flatmap(
            lambda operation: st.tuples(st.just(operation), valid(operation.input_shape))
        )

    return make


@pytest.fixture(scope="session")
def plan():
    """How the parameters of an operation are read and checked."""
    return lambda service, operation: input_plan(operation_model(service, operation))


@pytest.fixture(scope="session")
def sent():
    """Make the request that botocore sends, as a server sees it, and the protocol it is in."""

    def send(operation, parameters):
        protocol = protocol_for(operation.service_model)
        request = create_serializer(protocol.name, include_validation=False).serialize_to_request(parameters, operation)
        prepare_request_dict(request, "https://aws.example")
        prepared = create_request_object(request).prepare()
        path, _, query = prepared.url.removeprefix("https://").partition("/")[2].partition("?")
        body = prepared.body or b""
        body = body.read() if hasattr(body, "read") else body
        body = body.encode() if isinstance(body, str) else body
        return protocol, HttpRequest(prepared.method, "/" + path, query, Headers(prepared.headers.items()), body)

    return send
