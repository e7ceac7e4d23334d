"""Filter policies alone: what they accept, what AWS says of malformed ones, and how complex they may be."""

from __future__ import annotations

import json

import pytest

from pytest_cloudfakes.services.sns.filter_policies import (
    ATTRIBUTES,
    BODY,
    Filterable,
    FilterPolicyError,
    combinations,
    parse_filter_policy,
)


def attribute(value):
    if isinstance(value, bytes):
        return {"DataType": "Binary", "BinaryValue": value}
    if isinstance(value, list):
        return {"DataType": "String.Array", "StringValue": json.dumps(value)}
    if isinstance(value, str):
        return {"DataType": "String", "StringValue": value}
    return {"DataType": "Number", "StringValue": str(value)}


def accepts(policy, attributes):
    message = Filterable("text", {name: attribute(value) for name, value in attributes.items()})
    return parse_filter_policy(json.dumps(policy), ATTRIBUTES).accepts(message)


def accepts_body(policy, body):
    text = body if isinstance(body, str) else json.dumps(body)
    return parse_filter_policy(json.dumps(policy), BODY).accepts(Filterable(text, {}))


@pytest.mark.parametrize(
    "conditions, fits, fits_not",
    [
        (["book"], ["book", ["film", "book"]], ["Book", "books", ["film"], b"book"]),
        ([12], [12, 12.0], ["12", 12.1, ["12"]]),
        ([301.5], [3.015e2], [301.51]),
        ([True], [[True]], ["true", [1], [False]]),
        ([False], [[False]], ["false", [0]]),
        ([{"prefix": "bo"}], ["book", "bo", ["x", "bo"]], ["Book", "obo", 12]),
        ([{"suffix": "ok"}], ["book", "ok"], ["okay", "OK"]),
        ([{"equals-ignore-case": "Book"}], ["bOOK"], ["books"]),
        ([{"wildcard": "a*c"}], ["ac", "abbc", "a\nc"], ["abcd", "xac"]),
        ([{"wildcard": "a\\*c"}], ["a*c"], ["abc"]),
        ([{"cidr": "10.0.0.0/24"}], ["10.0.0.0", "10.0.0.255"], ["10.0.1.0", "10.0.0", "::1"]),
        ([{"cidr": "2001:db8::/32"}], ["2001:db8::1"], ["2001:db9::1", "10.0.0.1"]),
        ([{"numeric": ["=", 5]}], [5, 5.0, [5]], [6, "5"]),
        ([{"numeric": ["<", 5]}], [4.99999, -1], [5]),
        ([{"numeric": ["<=", 5]}], [5], [5.00001]),
        ([{"numeric": [">", 5]}], [5.00001], [5]),
        ([{"numeric": [">=", 5]}], [5], [4.99999]),
        ([{"numeric": [">", 0, "<=", 100]}], [0.1, 100], [0, 100.1]),
        ([{"numeric": [">=", 0, "<", 100]}], [0, 99.9], [-0.1, 100]),
        ([{"anything-but": "book"}], ["film", 5, ["book", "film"]], ["book", ["book"]]),
        ([{"anything-but": ["book", "film"]}], ["song"], ["book", "film"]),
        ([{"anything-but": [1, 2]}], [3, "1"], [1, 2]),
        ([{"anything-but": {"prefix": "bo"}}], ["film"], ["book"]),
        ([{"exists": True}], ["anything", [1]], [b"binary", []]),
        (["book", {"numeric": [">", 5]}], ["book", 6], ["film", 5]),
    ],
)
def test_a_condition_fits_these_values_and_not_those(conditions, fits, fits_not):
    for value in fits:
        assert accepts({"kind": conditions}, {"kind": value}), value
    for value in fits_not:
        assert not accepts({"kind": conditions}, {"kind": value}), value


@pytest.mark.parametrize(
    "conditions, accepted",
    [
        ([{"exists": False}], True),
        ([None], True),
        ([None, {"anything-but": "x"}], True),
        (["book"], False),
        ([{"anything-but": "book"}], False),
        ([{"exists": True}], False),
    ],
)
def test_an_attribute_that_is_not_there(conditions, accepted):
    assert accepts({"kind": conditions}, {"other": "x"}) is accepted


def test_all_keys_have_to_fit_and_one_condition_of_each():
    policy = {"kind": ["book", "film"], "price": [{"numeric": ["<", 10]}]}
    assert accepts(policy, {"kind": "film", "price": 9, "more": "x"})
    assert not accepts(policy, {"kind": "film", "price": 10})
    assert not accepts(policy, {"price": 9})


def test_one_alternative_of_or_is_enough():
    policy = {"shop": ["berlin"], "$or": [{"kind": ["book"]}, {"price": [{"numeric": ["<", 10]}]}]}
    assert accepts(policy, {"shop": "berlin", "kind": "book", "price": 99})
    assert accepts(policy, {"shop": "berlin", "kind": "film", "price": 9})
    assert not accepts(policy, {"shop": "berlin", "kind": "film", "price": 10})
    assert not accepts(policy, {"kind": "book"})


def test_or_is_an_ordinary_key_unless_its_value_is_a_list_of_objects_without_operators():
    assert accepts({"$or": ["a", "b"]}, {"$or": "b"})
    assert accepts({"$or": [{"prefix": "a"}, {"suffix": "b"}]}, {"$or": "ax"})
    with pytest.raises(FilterPolicyError, match="Unrecognized match type kind"):
        parse_filter_policy('{"$or":[{"kind":["book"]},{"prefix":"x"}]}', ATTRIBUTES)
    with pytest.raises(FilterPolicyError, match="Unrecognized match type kind"):
        parse_filter_policy('{"$or":[{"kind":["book"]}]}', ATTRIBUTES)


# ── bodies ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nested_keys_follow_nested_objects():
    policy = {"object": {"key": [{"prefix": "auto-"}]}}
    assert accepts_body(policy, {"object": {"key": "auto-test"}})
    assert not accepts_body(policy, {"object": {"key": "home"}})
    assert not accepts_body(policy, {"object": "auto-test"})
    assert not accepts_body(policy, {"key": "auto-test"})


def test_arrays_are_looked_through_at_any_depth():
    policy = {"Records": {"s3": {"object": {"key": [{"prefix": "auto-"}]}}, "eventName": [{"prefix": "Object"}]}}
    record = {"eventName": "ObjectCreated:Put", "s3": {"object": [[{"key": "auto-1", "size": 1}]]}}
    assert accepts_body(policy, {"Records": [record]})
    assert accepts_body(policy, {"Records": [{"eventName": "x"}, record]})
    assert accepts_body({"routes": ["b"]}, {"routes": [["a"], ["b"]]})


def test_keys_of_one_object_have_to_fit_the_same_element():
    policy = {"items": {"kind": ["book"], "price": [{"numeric": ["<", 10]}]}}
    assert not accepts_body(policy, {"items": [{"kind": "book", "price": 99}, {"kind": "film", "price": 1}]})


@pytest.mark.parametrize("body", ["no JSON", "[]", '"text"', "12", "null", ""])
def test_a_body_that_is_no_object_is_refused(body):
    assert not accepts_body({"kind": [{"exists": False}]}, body)


def test_exists_in_bodies_is_about_values():
    policy = {"detail": {"kind": [{"exists": False}]}}
    assert accepts_body(policy, {"detail": {}})
    assert accepts_body(policy, {})
    assert accepts_body(policy, {"detail": {"kind": []}})
    assert not accepts_body(policy, {"detail": {"kind": None}})


def test_null_fits_a_null_in_a_body_but_not_its_absence():
    assert accepts_body({"kind": [None]}, {"kind": None})
    assert not accepts_body({"kind": [None]}, {})


def test_numbers_and_keywords_of_bodies_are_kept_apart():
    assert not accepts_body({"n": [1]}, {"n": True})
    assert not accepts_body({"n": [True]}, {"n": 1})
    assert accepts_body({"n": [True]}, {"n": [True]})


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────────────────


def values(count):
    return [str(n) for n in range(count)]


@pytest.mark.parametrize(
    "policy, scope, expected",
    [
        ({"a": values(3), "b": values(1), "c": values(2)}, ATTRIBUTES, 6),
        ({"a": {"b": {"c": values(4)}}, "d": {"e": values(3)}}, BODY, 72),
        ({"a": values(5), "b": values(5)}, BODY, 25),
        ({"$or": [{"a": values(3)}, {"b": values(4)}], "c": values(2)}, ATTRIBUTES, 14),
    ],
)
def test_combinations(policy, scope, expected):
    assert combinations(policy, scope) == expected


@pytest.mark.parametrize("scope", [ATTRIBUTES, BODY])
def test_a_policy_has_at_most_150_combinations(scope):
    parse_filter_policy(json.dumps({"a": values(15), "b": values(10)}), scope)
    with pytest.raises(FilterPolicyError, match=r"^FilterPolicy: Filter policy is too complex$"):
        parse_filter_policy(json.dumps({"a": values(151)}), scope)


def test_a_policy_has_at_most_five_keys():
    parse_filter_policy(json.dumps({key: ["x"] for key in "abcde"}), ATTRIBUTES)
    with pytest.raises(FilterPolicyError, match=r"^FilterPolicy: Filter policy can not have more than 5 keys$"):
        parse_filter_policy(json.dumps({key: ["x"] for key in "abcdef"}), ATTRIBUTES)


def test_a_policy_has_at_most_256_kilobytes():
    room = 262_144 - len('{"a":[""]}')
    parse_filter_policy(f'{{"a":["{"x" * room}"]}}', ATTRIBUTES)
    with pytest.raises(FilterPolicyError, match="256 KB"):
        parse_filter_policy(f'{{"a":["{"x" * (room + 1)}"]}}', ATTRIBUTES)


@pytest.mark.parametrize("text", ["", "{}", " "])
def test_an_empty_policy_is_none(text):
    assert parse_filter_policy(text, ATTRIBUTES) is None


# ── malformed ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "policy, text, column",
    [
        # Recorded from AWS.
        ('{"key":[]}', "Empty arrays are not allowed", 10),
        ('{"key":[{"suffix":100}]}', "suffix match pattern must be a string", 22),
        ('{"key":[{"suffix":null}]}', "suffix match pattern must be a string", 23),
        ('{"key":{"suffix":"value"}}', '"suffix" must be an object or an array', 19),
        ('{"key":[{"suffix":[]}]}', "suffix match pattern must be a string", 20),
        ('{"key":[{"suffix":["test","test2"]}]}', "suffix match pattern must be a string", 20),
        ('{"key":{"suffix":"value","prefix":"value"}}', '"suffix" must be an object or an array', 19),
        ('{"key":{"not-an-operator":"value"}}', '"not-an-operator" must be an object or an array', 28),
        ('{"key":[{"cidr":["bad-filter"]}]}', "prefix match pattern must be a string", 18),
        ('{"key":[{"cidr":"bad-filter"}]}', "Malformed CIDR, one '/' required", None),
        ('{"key":[{"cidr":"bad-filter/64"}]}', "Nonstandard IP address: bad-filter", None),
        ('{"key":[{"cidr":"bad-filter/bad-filter"}]}', "Malformed CIDR, mask bits must be an integer", None),
        ('{"key":[{"cidr":"xx.11.xx/8"}]}', "Nonstandard IP address: xx.11.xx", None),
        ('{"key":[{"cidr":"xxxx:db8:1234:1a00::/64"}]}', "Nonstandard IP address: xxxx:db8:1234:1a00::", None),
        ('{"key":[{"anything-but":{"wrong-operator":null}}]}', "Unsupported anything-but pattern: wrong-operator", 47),
        ('{"key":[{"anything-but":{"suffix":"test"}}]}', "Unsupported anything-but pattern: suffix", 36),
        ('{"key":[{"anything-but":{"exists":false}}]}', "Unsupported anything-but pattern: exists", 40),
        ('{"key":[{"anything-but":{"prefix":false}}]}', "prefix match pattern must be a string", 40),
        ('{"key_a":"value_one"}', '"key_a" must be an object or an array', 11),
        # AWS's own rule library.
        ('{"key":[{"unknown":"x"}]}', "Unrecognized match type unknown", 21),
        ('{"key":[{}]}', "Match expression name not found", 11),
        ('{"key":[["x"]]}', "Match value must be String, number, true, false, or null", 10),
        ('{"key":[{"prefix":"a","suffix":"b"}]}', "Only one key allowed in match expression", 33),
        ('{"key":[{"numeric":["=",1],"suffix":"b"}]}', "Too many elements in numeric expression", 38),
        ('{"key":[{"numeric":5}]}', "Value of numeric must be an array.", 21),
        ('{"key":[{"numeric":[5]}]}', "Invalid member in numeric match: 5", 22),
        ('{"key":[{"numeric":["!",5]}]}', "Unrecognized numeric range operator: !", 26),
        ('{"key":[{"numeric":["=","5"]}]}', "Value of equals must be numeric", 26),
        ('{"key":[{"numeric":["<",null]}]}', "Value of < must be numeric", 29),
        ('{"key":[{"numeric":["<",5,">",1]}]}', "Too many elements in numeric expression", 28),
        ('{"key":[{"numeric":[">",5,6]}]}', "Bad value in numeric range: 6", 28),
        ('{"key":[{"numeric":[">",5,"=",6]}]}', "Bad numeric range operator: =", 28),
        ('{"key":[{"numeric":[">",5,"<","x"]}]}', "Value of < must be numeric", 32),
        ('{"key":[{"numeric":[">",5,"<",6,"<",7]}]}', "Too many terms in numeric range expression", 34),
        ('{"key":[{"numeric":[">",5,"<",5]}]}', "Bottom must be less than top", 33),
        ('{"key":[{"exists":"yes"}]}', "exists match pattern must be either true or false.", 20),
        (
            '{"key":[{"anything-but":null}]}',
            "Value of anything-but must be an array or single string/number value.",
            29,
        ),
        (
            '{"key":[{"anything-but":[1,"a"]}]}',
            "Inside anything but list, either all values are number or string, mixed type is not supported",
            32,
        ),
        (
            '{"key":[{"anything-but":[null]}]}',
            "Inside anything but list, start|null|boolean is not supported.",
            30,
        ),
        ('{"key":[{"anything-but":{"prefix":""}}]}', "Null prefix/suffix not allowed", 36),
        ('{"key":[{"cidr":"10.0.0.0/32"}]}', "IPv4 mask bits must be < 32", None),
        ('{"key":[{"cidr":"::/128"}]}', "IPv6 mask bits must be < 128", None),
        ("[]", "Filter is not an object", 2),
    ],
)
def test_a_malformed_policy_is_told_with_its_place(policy, text, column):
    with pytest.raises(FilterPolicyError) as caught:
        parse_filter_policy(policy, ATTRIBUTES)
    place = "" if column is None else f'\n at [Source: (String)"{policy}"; line: 1, column: {column}]'
    assert caught.value.text == f"FilterPolicy: {text}{place}"


def test_the_place_is_told_of_the_policy_without_spaces():
    with pytest.raises(FilterPolicyError) as caught:
        parse_filter_policy('{ "a": ["ü"],\n "key": [] }', ATTRIBUTES)
    assert caught.value.text.endswith('(String)"{"a":["ü"],"key":[]}"; line: 1, column: 20]')


def test_a_bound_is_at_most_a_billion():
    parse_filter_policy('{"key":[{"numeric":["<",1000000000]}]}', ATTRIBUTES)
    with pytest.raises(FilterPolicyError, match=r"Value must be between -1.0E9 and 1.0E9"):
        parse_filter_policy('{"key":[{"numeric":["<",1000000001]}]}', ATTRIBUTES)


@pytest.mark.parametrize("text", ["{", "not JSON", "{'a': 1}"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(FilterPolicyError, match="failed to parse JSON"):
        parse_filter_policy(text, ATTRIBUTES)


def test_policies_on_attributes_do_not_nest():
    policy = json.dumps({"object": {"key": ["x"]}})
    with pytest.raises(FilterPolicyError, match=r"^Filter policy scope MessageAttributes does not support nested"):
        parse_filter_policy(policy, ATTRIBUTES)
    assert parse_filter_policy(policy, BODY) is not None
