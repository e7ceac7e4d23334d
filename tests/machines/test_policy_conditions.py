"""Operators of policy conditions, as the IAM user guide tells them."""

from __future__ import annotations

import datetime

import pytest

from pytest_cloudfakes.conditions import Condition, ConditionError

UTC = datetime.timezone.utc
NOON = datetime.datetime(2024, 1, 1, 12, tzinfo=UTC)


def holds(operator, wanted, given=None, **others):
    values = wanted if isinstance(wanted, list) else [wanted]
    context = {"key": given} if given is not None else {}
    return Condition.parse(operator, "Key", values, variables=True).holds({**context, **others})


@pytest.mark.parametrize(
    "operator, wanted, true, false",
    [
        ("StringEquals", "a", ["a"], ["A", "ab", ""]),
        ("StringEquals", ["a", "b"], ["a", "b"], ["c"]),
        ("StringEquals", "a*", ["a*"], ["ab"]),
        ("StringEqualsIgnoreCase", "Ab", ["aB"], ["a"]),
        ("StringLike", "a*c?", ["acx", "abbbcd"], ["ac", "bacd", "Acx"]),
        (
            "ArnEquals",
            "arn:aws:sns:*:123456789012:o*",
            ["arn:aws:sns:eu-west-1:123456789012:o:x"],
            ["arn:aws:sns:a:b:123456789012:o"],
        ),
        ("ArnLike", "arn:aws:sns:?:*:t", ["arn:aws:sns:e:1:t"], ["arn:aws:sns:eu:1:t", "arn:aws:sns:e:1:T"]),
        ("ArnLike", "*", ["arn:aws:sns:e:1:t"], []),
        ("NumericEquals", 5, ["5", 5, 5.0, "5.0"], ["6", "x"]),
        ("NumericLessThan", "5", [4, "4.9"], [5, 6]),
        ("NumericLessThanEquals", "5", [5], [5.1]),
        ("NumericGreaterThan", "5", [6], [5]),
        ("NumericGreaterThanEquals", "5", [5], [4]),
        (
            "DateEquals",
            "2024-01-01T12:00:00Z",
            [NOON, "2024-01-01T13:00:00+01:00", int(NOON.timestamp())],
            ["2024-01-01"],
        ),
        ("DateLessThan", "2024-01-01", ["2023-12-31T23:59:59.999Z"], ["2024-01-01T00:00:00Z"]),
        ("DateLessThanEquals", "2024-01-01", ["2024-01-01T00:00:00Z"], ["2024-01-01T00:00:01Z"]),
        ("DateGreaterThan", str(int(NOON.timestamp())), ["2024-01-02"], [NOON]),
        ("DateGreaterThanEquals", "2024-01-01T12:00:00Z", [NOON], ["2024-01-01"]),
        ("Bool", "true", [True, "true", "TRUE"], [False, "false", "1"]),
        ("Bool", False, [False], [True]),
        ("BinaryEquals", "QmluYXJ5", [b"Binary", "QmluYXJ5"], [b"binary", "!"]),
        ("IpAddress", "203.0.113.0/24", ["203.0.113.255", "203.0.113.0/25"], ["203.0.114.0", "2001:db8::1", "x"]),
        ("IpAddress", "203.0.113.7", ["203.0.113.7"], ["203.0.113.8"]),
        ("IpAddress", ["10.0.0.0/8", "2001:db8::/32"], ["10.1.1.1", "2001:db8::1"], ["11.0.0.1"]),
    ],
)
def test_an_operator_holds_if_one_value_matches(operator, wanted, true, false):
    assert [given for given in true if not holds(operator, wanted, given)] == []
    assert [given for given in false if holds(operator, wanted, given)] == []
    assert not holds(operator, wanted)
    assert holds(f"{operator}IfExists", wanted)
    assert [given for given in true if not holds(f"{operator}IfExists", wanted, given)] == []
    assert [given for given in false if holds(f"{operator}IfExists", wanted, given)] == []


@pytest.mark.parametrize(
    "operator, wanted, true, false",
    [
        ("StringNotEquals", ["a", "b"], ["c"], ["a", "b"]),
        ("StringNotEqualsIgnoreCase", "a", ["b"], ["A"]),
        ("StringNotLike", "a*", ["b"], ["ab"]),
        ("ArnNotEquals", "arn:aws:sns:*:1:t", ["arn:aws:sqs:e:1:t"], ["arn:aws:sns:e:1:t"]),
        ("ArnNotLike", "arn:aws:sns:*:1:t", ["arn:aws:sqs:e:1:t"], ["arn:aws:sns:e:1:t"]),
        ("NumericNotEquals", "5", [6], [5]),
        ("DateNotEquals", "2024-01-01T12:00:00Z", ["2024-01-01"], [NOON]),
        ("NotIpAddress", "10.0.0.0/8", ["11.0.0.1"], ["10.0.0.1"]),
    ],
)
def test_a_negated_operator_holds_if_no_value_matches(operator, wanted, true, false):
    assert [given for given in true if not holds(operator, wanted, given)] == []
    assert [given for given in false if holds(operator, wanted, given)] == []
    assert holds(operator, wanted)
    assert holds(f"{operator}IfExists", wanted)


@pytest.mark.parametrize(
    "wanted, given, expected", [("true", None, True), ("true", "a", False), ("false", None, False), (False, "a", True)]
)
def test_null_asks_whether_a_key_is_there(wanted, given, expected):
    assert holds("Null", wanted, given) is expected


@pytest.mark.parametrize(
    "operator, given, expected",
    [
        ("ForAllValues:StringEquals", ["a"], True),
        ("ForAllValues:StringEquals", ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "c"], False),
        ("ForAllValues:StringEquals", [], True),
        ("ForAllValues:StringEquals", None, True),
        ("ForAnyValue:StringEquals", ["a", "c"], True),
        ("ForAnyValue:StringEquals", ["c"], False),
        ("ForAnyValue:StringEquals", [], False),
        ("ForAnyValue:StringEquals", None, False),
        ("ForAnyValue:StringEqualsIfExists", None, True),
        ("ForAllValues:StringNotEquals", ["c", "d"], True),
        ("ForAllValues:StringNotEquals", ["a", "d"], False),
        ("ForAnyValue:StringNotEquals", ["a", "d"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], False),
        ("ForAnyValue:StringNotEquals", None, False),
        ("ForAnyValue:StringLike", "a", True),
    ],
)
def test_keys_with_several_values(operator, given, expected):
    assert holds(operator, ["a", "b"], given) is expected


def test_a_variable_stands_for_another_key():
    assert holds("StringEquals", "${aws:username}", "alice", **{"aws:username": "alice"})
    assert not holds("StringEquals", "${aws:username}", "bob", **{"aws:username": "alice"})
    assert not holds("StringEquals", "${aws:username}", "bob")
    assert holds("StringNotEquals", "${aws:username}", "bob")
    assert holds("StringLike", "home/${aws:username}/*", "home/alice/x", **{"aws:username": "alice"})
    assert holds("ArnLike", "arn:aws:sns:*:${aws:account}:*", "arn:aws:sns:e:1:t", **{"aws:account": "1"})


def test_a_key_with_several_values_cannot_stand_in_a_variable():
    assert not holds("StringEquals", "${aws:tagkeys}", "a", **{"aws:tagkeys": ["a"]})


@pytest.mark.parametrize(
    "operator, value, reason",
    [
        ("StringEqual", "a", "operator"),
        ("stringEquals", "a", "operator"),
        ("NullIfExists", "true", "operator"),
        ("ForAnyValue:Null", "true", "operator"),
        ("ForSomeValues:StringEquals", "a", "operator"),
        ("NumericEquals", "five", "value"),
        ("DateEquals", "noon", "value"),
        ("Bool", "yes", "value"),
        ("Null", "yes", "value"),
        ("BinaryEquals", "?", "value"),
        ("IpAddress", "10.0.0.0/33", "value"),
        ("NotIpAddressIfExists", "a", "value"),
    ],
)
def test_conditions_that_aws_does_not_take(operator, value, reason):
    with pytest.raises(ConditionError) as caught:
        Condition.parse(operator, "key", [value], variables=True)
    assert caught.value.reason == reason
