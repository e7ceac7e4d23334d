"""Conditions of access policies: operators, the wildcards and variables in their values.

Source: IAM user guide, "IAM JSON policy elements: Condition operators", "Condition", "Single-valued vs.
multivalued context keys", and "IAM policy elements: Variables and tags".
"""

from __future__ import annotations

import base64
import binascii
import datetime
import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, NamedTuple

from dateutil.parser import isoparse

Value = str | int | float | bool | bytes | datetime.datetime
Context = Mapping[str, Value | Sequence[Value]]
"""The keys of a request, in lower case, as policies see them."""

_VARIABLE = re.compile(r"\$\{\s*([^},]+?)\s*(?:,\s*'([^']*)'\s*)?\}")


class Variable(NamedTuple):
    """${key, 'default'}. The keys *, ? and $ stand for those characters themselves."""

    key: str
    default: str | None

    def value(self, context: Context) -> str | None:
        """What it stands for in a request; None where the request has no such key."""
        if self.key in {"*", "?", "$"}:
            return self.key
        value = context.get(self.key.lower(), self.default)
        # Multivalued keys can't stand in a variable.
        return as_text(value) if isinstance(value, Value) else None


@dataclass(frozen=True)
class Template:
    """A text of a policy that may hold variables, and wildcards where the element allows them."""

    text: str
    parts: tuple[str | Variable, ...]

    @classmethod
    def parse(cls, text: str, *, variables: bool) -> Template:
        """Variables are texts like others in policies of the older version."""
        if not variables or "${" not in text:
            return cls(text, (text,))
        parts: list[str | Variable] = []
        at = 0
        for found in _VARIABLE.finditer(text):
            parts += [text[at : found.start()], Variable(found[1], found[2])]
            at = found.end()
        return cls(text, (*parts, text[at:]))

    @property
    def constant(self) -> bool:
        """Whether it says the same of every request."""
        return len(self.parts) == 1

    def literal(self, context: Context) -> str | None:
        """The text in a request, wildcards meaning themselves; None where a variable has no value."""
        texts = [part.value(context) if isinstance(part, Variable) else part for part in self.parts]
        return None if None in texts else "".join(map(str, texts))

    def matches(self, value: str, context: Context, *, arn: bool = False, ignore_case: bool = False) -> bool:
        """Whether a value is of this form: * any text, ? any character; in an ARN within one part of it."""
        flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
        if self.constant:
            # The patterns of a policy are few, and `re` keeps the compiled form of those last used.
            return re.fullmatch(self._arn_pattern if arn else self._pattern, value, flags) is not None
        pattern = self._regex(context, arn=arn)
        return pattern is not None and re.fullmatch(pattern, value, flags) is not None

    @cached_property
    def _pattern(self) -> str:
        return self._regex({}, arn=False) or ""

    @cached_property
    def _arn_pattern(self) -> str:
        return self._regex({}, arn=True) or ""

    def _regex(self, context: Context, *, arn: bool) -> str | None:
        source: list[str] = []
        colons = 0
        for part in self.parts:
            if isinstance(part, Variable):
                value = part.value(context)
                if value is None:
                    return None
                source.append(re.escape(value))
                colons += value.count(":")
                continue
            for char in part:
                colons += char == ":"
                any_char = "[^:]" if arn and colons < 5 and self.text != "*" else "."
                source.append({"*": any_char + "*", "?": any_char}.get(char) or re.escape(char))
        return "".join(source)


class ConditionError(ValueError):
    """A condition that AWS doesn't take. reason: "operator" or "value"."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text


@dataclass(frozen=True)
class Condition:
    """One operator, one key, and the values of which one has to match (none, for a negated operator)."""

    operator: str
    key: str
    values: tuple[Template, ...]

    @classmethod
    def parse(cls, operator: str, key: str, values: Sequence[Any], *, variables: bool) -> Condition:
        """Check and keep a condition. Errors: ConditionError."""
        condition = cls(operator, key.lower(), tuple(Template.parse(as_text(v), variables=variables) for v in values))
        if condition._base not in _OPERATORS and condition._base != "Null":
            raise ConditionError("operator", operator)
        if condition._base == "Null" and (condition._set or condition._if_exists):
            raise ConditionError("operator", operator)
        readable = _READERS.get(_family(condition._base))
        for value in condition.values:
            if readable is not None and value.constant and readable(value.text) is None:
                raise ConditionError("value", value.text)
        return condition

    @cached_property
    def _set(self) -> str:
        return self.operator.partition(":")[0] if ":" in self.operator else ""

    @cached_property
    def _if_exists(self) -> bool:
        return self.operator.endswith("IfExists")

    @cached_property
    def _base(self) -> str:
        prefix, _, rest = self.operator.rpartition(":")
        if prefix not in {"", "ForAllValues", "ForAnyValue"}:
            return self.operator
        return rest.removesuffix("IfExists")

    def holds(self, context: Context) -> bool:
        """Whether a request fulfils it."""
        given = context.get(self.key)
        if self._base == "Null":
            return any((as_text(given is None)) == value.text.lower() for value in self.values)
        compare, negated = _OPERATORS[self._base]
        values = () if given is None else (given,) if isinstance(given, Value) else tuple(given)
        if not values:
            return self._if_exists or self._set == "ForAllValues" or (negated and not self._set)
        fulfilled = (any(compare(value, wanted, context) for wanted in self.values) != negated for value in values)
        if self._set == "ForAllValues" or (negated and not self._set):
            return all(fulfilled)
        return any(fulfilled)


def as_text(value: Any) -> str:
    """A value as policies write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return str(value)


Compare = Callable[[Value, Template, Context], bool]


def _string_equals(value: Value, wanted: Template, context: Context) -> bool:
    return as_text(value) == wanted.literal(context)


def _string_equals_ignore_case(value: Value, wanted: Template, context: Context) -> bool:
    text = wanted.literal(context)
    return text is not None and as_text(value).lower() == text.lower()


def _string_like(value: Value, wanted: Template, context: Context) -> bool:
    return wanted.matches(as_text(value), context)


def _arn_like(value: Value, wanted: Template, context: Context) -> bool:
    return wanted.matches(as_text(value), context, arn=True)


def _compared(read: Callable[[Any], Any], test: Callable[[Any, Any], bool]) -> Compare:
    def compare(value: Value, wanted: Template, context: Context) -> bool:
        left, right = read(value), read(wanted.literal(context))
        return left is not None and right is not None and test(left, right)

    return compare


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _moment(value: Any) -> Decimal | None:
    """Epoch seconds of a date in ISO 8601, or of a number of seconds."""
    number = None if isinstance(value, datetime.datetime) else _number(value)
    if number is not None:
        return number
    try:
        moment = value if isinstance(value, datetime.datetime) else isoparse(str(value))
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)
    return Decimal(str(moment.timestamp()))


def _flag(value: Any) -> bool | None:
    return {"true": True, "false": False}.get(as_text(value).lower())


def _octets(value: Any) -> bytes | None:
    try:
        return base64.b64decode(as_text(value), validate=True)
    except (binascii.Error, ValueError):
        return None


def _network(value: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(as_text(value), strict=False)
    except ValueError:
        return None


def _within(address: Any, network: Any) -> bool:
    return bool(address.version == network.version and address.subnet_of(network))


def _operators() -> dict[str, tuple[Compare, bool]]:
    """Every operator with its comparison, and whether it is a negation."""
    positive: dict[str, Compare] = {
        "StringEquals": _string_equals,
        "StringEqualsIgnoreCase": _string_equals_ignore_case,
        "StringLike": _string_like,
        "ArnEquals": _arn_like,
        "ArnLike": _arn_like,
        "NumericEquals": _compared(_number, lambda a, b: a == b),
        "NumericLessThan": _compared(_number, lambda a, b: a < b),
        "NumericLessThanEquals": _compared(_number, lambda a, b: a <= b),
        "NumericGreaterThan": _compared(_number, lambda a, b: a > b),
        "NumericGreaterThanEquals": _compared(_number, lambda a, b: a >= b),
        "DateEquals": _compared(_moment, lambda a, b: a == b),
        "DateLessThan": _compared(_moment, lambda a, b: a < b),
        "DateLessThanEquals": _compared(_moment, lambda a, b: a <= b),
        "DateGreaterThan": _compared(_moment, lambda a, b: a > b),
        "DateGreaterThanEquals": _compared(_moment, lambda a, b: a >= b),
        "Bool": _compared(_flag, lambda a, b: a == b),
        "BinaryEquals": _compared(_octets, lambda a, b: a == b),
        "IpAddress": _compared(_network, _within),
    }
    operators = {name: (compare, False) for name, compare in positive.items()}
    for negation in _NEGATIONS:
        operators[negation] = (positive[_NEGATIONS[negation]], True)
    return operators


_NEGATIONS = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
}
_OPERATORS = _operators()


def _family(operator: str) -> str:
    for family in _READERS:
        if operator.removeprefix("Not").startswith(family):
            return family
    return ""


_READERS: dict[str, Callable[[Any], Any]] = {
    "Numeric": _number,
    "Date": _moment,
    "Bool": _flag,
    "Null": _flag,
    "Binary": _octets,
    "IpAddress": _network,
}
