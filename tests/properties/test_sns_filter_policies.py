"""Filter policies against a plain reference, which reads the policy anew for every message."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_cloudfakes.services.sns.filter_policies import (
    ATTRIBUTES,
    BODY,
    Filterable,
    FilterPolicyError,
    parse_filter_policy,
)

KEYS = st.sampled_from(["a", "b", "c"])
TEXTS = st.sampled_from(["", "x", "xy", "yx", "Y", "10.0.0.1"])
NUMBERS = st.sampled_from([0, 1, 1.5, 100])
SCALARS = st.one_of(TEXTS, NUMBERS, st.booleans(), st.none())
NOT_THAT = st.one_of(TEXTS, NUMBERS, st.lists(TEXTS, min_size=1, max_size=2), st.lists(NUMBERS, min_size=1, max_size=2))
CONDITIONS = st.one_of(
    SCALARS,
    st.fixed_dictionaries({"prefix": TEXTS}),
    st.fixed_dictionaries({"suffix": TEXTS}),
    st.fixed_dictionaries({"equals-ignore-case": TEXTS}),
    st.fixed_dictionaries({"exists": st.booleans()}),
    st.fixed_dictionaries({"anything-but": NOT_THAT}),
    st.builds(lambda operator, n: {"numeric": [operator, n]}, st.sampled_from(["=", "<", "<=", ">", ">="]), NUMBERS),
    st.just({"numeric": [">", 0, "<=", 50]}),
    st.just({"cidr": "10.0.0.0/24"}),
)
LEAVES = st.lists(CONDITIONS, min_size=1, max_size=3)


def alternatives(objects):
    return st.lists(objects, min_size=2, max_size=2)


def objects(values):
    plain = st.dictionaries(KEYS, values, min_size=1, max_size=2)
    return st.one_of(plain, st.builds(lambda p, o: {**p, "$or": o}, plain, alternatives(plain)))


FLAT = objects(LEAVES)
NESTED = objects(st.one_of(LEAVES, st.dictionaries(KEYS, LEAVES, min_size=1, max_size=2)))
BODIES = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=2)),
        max_leaves=6,
    ),
    max_size=3,
)


def fits(condition, value):
    if not isinstance(condition, dict):
        return (type(condition) is type(value) and condition == value) or (
            {type(condition), type(value)} == {int, float} and condition == value
        )
    ((operator, operand),) = condition.items()
    if operator == "exists":
        return operand
    if operator == "anything-but":
        return not any(fits(each, value) for each in (operand if isinstance(operand, list) else [operand]))
    if operator == "numeric":
        compare = {
            "=": lambda a, b: a == b,
            "<": lambda a, b: a < b,
            "<=": lambda a, b: a <= b,
            ">": lambda a, b: a > b,
            ">=": lambda a, b: a >= b,
        }
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and all(compare[operand[n]](value, operand[n + 1]) for n in range(0, len(operand), 2))
    if not isinstance(value, str):
        return False
    return {
        "prefix": lambda: value.startswith(operand),
        "suffix": lambda: value.endswith(operand),
        "equals-ignore-case": lambda: value.lower() == operand.lower(),
        "cidr": lambda: value == "10.0.0.1",
    }[operator]()


def flat(value):
    if isinstance(value, list):
        return [each for item in value for each in flat(item)]
    return [value]


def accepts(policy, data, *, attributes):
    for key, wanted in policy.items():
        if key == "$or":
            if not any(accepts(each, data, attributes=attributes) for each in wanted):
                return False
        elif isinstance(wanted, dict):
            found = [each for each in flat(data[key]) if isinstance(each, dict)] if key in data else []
            if not any(accepts(wanted, each, attributes=attributes) for each in found or [{}]):
                return False
        else:
            values = [each for each in flat(data[key]) if not isinstance(each, dict)] if key in data else []
            absent = {"exists": False} in wanted or (attributes and None in wanted)
            present = any(fits(condition, value) for condition in wanted for value in values)
            if not (present if values else absent):
                return False
    return True


def compiled(policy, scope):
    try:
        return parse_filter_policy(json.dumps(policy), scope)
    except FilterPolicyError as error:
        assert "too complex" in error.text  # noqa: PT017 - the only thing that may be wrong with these
        return None


@given(policy=NESTED, body=BODIES)
def test_policies_on_bodies(policy, body):
    found = compiled(policy, BODY)
    if found is not None:
        assert found.accepts(Filterable(json.dumps(body), {})) == accepts(policy, body, attributes=False)


@given(policy=FLAT, values=st.dictionaries(KEYS, st.one_of(TEXTS, NUMBERS, st.lists(SCALARS, max_size=3)), max_size=3))
def test_policies_on_attributes(policy, values):
    attributes = {}
    for name, value in values.items():
        kind = {str: "String", list: "String.Array"}.get(type(value), "Number")
        text = value if kind == "String" else json.dumps(value)
        attributes[name] = {"DataType": kind, "StringValue": text}
    found = compiled(policy, ATTRIBUTES)
    if found is not None:
        assert found.accepts(Filterable("text", attributes)) == accepts(policy, values, attributes=True)


@given(text=st.text(max_size=40))
def test_no_text_breaks_the_reader(text):
    try:
        parse_filter_policy(text, BODY)
    except FilterPolicyError:
        return


@pytest.mark.parametrize("scope", [ATTRIBUTES, BODY])
@given(
    policy=st.recursive(
        SCALARS,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(["a", "$or", "prefix", "numeric", "exists"]), inner),
        ),
        max_leaves=8,
    )
)
def test_no_document_breaks_the_reader(scope, policy):
    try:
        parse_filter_policy(json.dumps(policy), scope)
    except FilterPolicyError:
        return
