"""Filter policies: which messages a subscription wants.

A policy is a JSON object. Every leaf is an array of conditions, of which one has to fit (see filter_conditions.py);
the keys of an object have to fit all; `$or` is a list of objects of which one has to. It looks at the message's
attributes, or, in the scope MessageBody, at its body, where objects may nest and arrays are looked through.

Compiled once, when it is set. Source: developer guide, subscription filter policies; recorded from AWS.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pytest_cloudfakes.services.sns import limits
from pytest_cloudfakes.services.sns.filter_conditions import OPERATORS, Malformed, Path, Value, plain, read

ATTRIBUTES, BODY = "MessageAttributes", "MessageBody"

Data = Mapping[str, Any]
Check = Callable[[Data], bool]

_NOTHING: tuple[Value, ...] = ()


class FilterPolicyError(ValueError):
    """A policy that AWS doesn't take, in its words, which each operation puts after words of its own."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class FilterPolicy:
    """A policy as it was understood. text: as it was given."""

    __slots__ = ("_checks", "scope", "text")

    def __init__(self, text: str, scope: str, checks: tuple[Check, ...]) -> None:
        self.text = text
        self.scope = scope
        self._checks = checks

    def accepts(self, message: Filterable) -> bool:
        """Whether a message is wanted."""
        data: Data | None = message.attribute_values if self.scope == ATTRIBUTES else message.body
        if data is None:
            return False
        return all(check(data) for check in self._checks)

    def __repr__(self) -> str:
        return f"<FilterPolicy {self.text}>"


class Filterable:
    """What filter policies see of a message, each made when the first policy asks for it."""

    __slots__ = ("_attribute_values", "_attributes", "_body", "_text")

    def __init__(self, text: str, attributes: Mapping[str, Mapping[str, Any]]) -> None:
        self._text = text
        self._attributes = attributes
        self._attribute_values: Mapping[str, Sequence[Value]] | None = None
        self._body: Any = _UNREAD

    @property
    def attribute_values(self) -> Mapping[str, Sequence[Value]]:
        """Attributes by name: one value, or the elements of a String.Array."""
        if self._attribute_values is None:
            self._attribute_values = {
                name: tuple(_attribute_values(attribute)) for name, attribute in self._attributes.items()
            }
        return self._attribute_values

    @property
    def body(self) -> Mapping[str, Any] | None:
        """The body as an object of JSON; None if it is none, and then no policy on bodies accepts it."""
        if self._body is _UNREAD:
            try:
                body = json.loads(self._text)
            except (ValueError, RecursionError):
                body = None
            self._body = body if isinstance(body, dict) else None
        return self._body  # type: ignore[no-any-return]


_UNREAD: Any = object()


def _attribute_values(attribute: Mapping[str, Any]) -> Iterator[Value]:
    """What a policy compares of an attribute: text, a number, the elements of an array; nothing of a binary one."""
    kind = attribute["DataType"]
    text = attribute.get("StringValue")
    if text is None or kind.startswith("Binary"):
        return
    if kind.startswith("Number"):
        try:
            yield float(text)
        except ValueError:
            return
    elif kind == "String.Array":
        try:
            elements = json.loads(text)
        except (ValueError, RecursionError):
            elements = text
        yield from _scalars(elements)
    else:
        yield text


def _scalars(value: Any) -> Iterator[Value]:
    """The scalars in a value, out of arrays at any depth; objects have none."""
    if isinstance(value, list):
        for item in value:
            yield from _scalars(item)
    elif not isinstance(value, dict):
        yield plain(value)


def _objects(value: Any) -> Iterator[Data]:
    """The objects in a value, out of arrays at any depth."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def parse_filter_policy(text: str, scope: str) -> FilterPolicy | None:
    """Read, check and compile a policy; None if it is empty, which takes a policy away. Errors: FilterPolicyError."""
    if not text.strip():
        return None
    if len(text.encode(errors="surrogatepass")) > limits.FILTER_POLICY_BYTES:
        raise FilterPolicyError("FilterPolicy: Filter policy can not be larger than 256 KB")
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError):
        raise FilterPolicyError("FilterPolicy: failed to parse JSON.") from None
    if policy == {}:
        return None
    try:
        checks = _Reader(scope).whole(policy)
    except Malformed as error:
        raise FilterPolicyError(f"FilterPolicy: {error.text}{_place(policy, error)}") from None
    if scope == ATTRIBUTES and _nested(policy):
        raise FilterPolicyError("Filter policy scope MessageAttributes does not support nested filter policy")
    if len(policy) > limits.FILTER_POLICY_KEYS:
        raise FilterPolicyError(f"FilterPolicy: Filter policy can not have more than {limits.FILTER_POLICY_KEYS} keys")
    if combinations(policy, scope) > limits.FILTER_POLICY_COMBINATIONS:
        raise FilterPolicyError("FilterPolicy: Filter policy is too complex")
    return FilterPolicy(text, scope, checks)


class _Reader:
    """One policy on its way from JSON to checks."""

    def __init__(self, scope: str) -> None:
        self._in_attributes = scope == ATTRIBUTES

    def whole(self, policy: Any) -> tuple[Check, ...]:
        """What the policy asks for."""
        if not isinstance(policy, dict):
            raise Malformed("Filter is not an object", ())
        return self.checks(policy, ())

    def checks(self, policy: Mapping[str, Any], path: Path) -> tuple[Check, ...]:
        """What an object asks for, key by key."""
        if not policy:
            raise Malformed("Empty objects are not allowed", path, behind=True)
        return tuple(self._check(key, value, (*path, key)) for key, value in policy.items())

    def _check(self, key: str, value: Any, path: Path) -> Check:
        if key == "$or" and is_or(value):
            return self._either([self.checks(item, (*path, index)) for index, item in enumerate(value)])
        if isinstance(value, dict):
            return self._nested(key, self.checks(value, path))
        if isinstance(value, list):
            return self._leaf(key, value, path)
        raise Malformed(f'"{key}" must be an object or an array', path)

    def _leaf(self, key: str, items: list[Any], path: Path) -> Check:
        accept = read(items, path, null_is_absent=self._in_attributes).accept
        if self._in_attributes:
            return lambda data: accept(data.get(key, _NOTHING))
        return lambda data: accept(tuple(_scalars(data[key])) if key in data else _NOTHING)

    def _nested(self, key: str, checks: tuple[Check, ...]) -> Check:
        def check(data: Data) -> bool:
            # Where the object is missing its keys are, which `exists: false` accepts.
            found = tuple(_objects(data.get(key))) or ({},)
            return any(all(each(item) for each in checks) for item in found)

        return check

    def _either(self, alternatives: list[tuple[Check, ...]]) -> Check:
        return lambda data: any(all(each(data) for each in checks) for checks in alternatives)


def is_or(value: Any) -> bool:
    """Whether the value of `$or` is a list of alternatives; else it is an ordinary key. Source: developer guide."""
    return (
        isinstance(value, list)
        and len(value) >= 2
        and all(isinstance(item, dict) and OPERATORS.isdisjoint(item) for item in value)
    )


def _nested(policy: Mapping[str, Any]) -> bool:
    """Whether it has an object below a key, `$or` aside."""
    return any(
        any(map(_nested, value)) if key == "$or" and is_or(value) else isinstance(value, dict)
        for key, value in policy.items()
    )


def combinations(policy: Mapping[str, Any], scope: str, depth: int = 1) -> int:
    """How complex it is: the product of each array's length, on bodies times its depth; alternatives add up.

    Source: developer guide, filter policy constraints; that alternatives add up follows from what was recorded.
    """
    total = 1
    for key, value in policy.items():
        if key == "$or" and is_or(value):
            total *= sum(combinations(item, scope, depth) for item in value)
        elif isinstance(value, dict):
            total *= combinations(value, scope, depth + 1)
        else:
            total *= len(value) * (depth if scope == BODY else 1)
    return total


# ── places ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _place(policy: Any, error: Malformed) -> str:
    """Where the reader stopped. AWS tells it of the policy written anew, without spaces (recorded from AWS)."""
    if error.path is None:
        return ""
    column = _column(policy, error.path, behind=error.behind)
    return f'\n at [Source: (String)"{_compact(policy)}"; line: 1, column: {column}]'


def _column(value: Any, path: Path, *, behind: bool) -> int:
    """The column after the first token of a value, or after all of it. A text's first token is its quotation mark."""
    column = 1
    for step in path:
        column += 1
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for name, item in entries:
            if isinstance(value, dict):
                column += len(_compact(name)) + 1
            if name == step:
                break
            column += len(_compact(item)) + 1
        value = value[step]
    whole = behind or not isinstance(value, (str, list, dict))
    return column + (len(_compact(value)) if whole else 1)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
