"""The conditions of a filter policy: what may stand in its arrays, read once and asked of every message.

A value of a message is a text, a number, or one of `TRUE`, `FALSE` and `NULL` (Python would hold 1 and true equal).
Texts of errors are those of AWS's own rule library, of which SNS's are a part, as recorded from AWS.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from pytest_cloudfakes.services.sns import limits

Path = tuple[str | int, ...]
"""The way to a value within a policy."""


class Keyword(enum.Enum):
    """JSON's keywords, which are equal to nothing but themselves."""

    TRUE = "true"
    FALSE = "false"
    NULL = "null"


TRUE, FALSE, NULL = Keyword.TRUE, Keyword.FALSE, Keyword.NULL
Value = str | int | float | Keyword
Test = Callable[[Value], bool]

OPERATORS = frozenset(
    {"prefix", "suffix", "equals-ignore-case", "wildcard", "cidr", "numeric", "exists", "anything-but"}
)


class Malformed(ValueError):
    """A policy that AWS doesn't take. path: the value at which the reader stopped, None where no place is told."""

    def __init__(self, text: str, path: Path | None = None, *, behind: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.path = path
        self.behind = behind
        """Whether the reader stopped behind the whole value rather than behind its first token."""


class Conditions(NamedTuple):
    """The alternatives of one key. exact: values that fit. present, absent: whether being there or not is enough."""

    exact: frozenset[Value]
    tests: tuple[Test, ...]
    present: bool
    absent: bool

    def accept(self, values: Sequence[Value]) -> bool:
        """Whether any value fits any alternative."""
        if not values:
            return self.absent
        if self.present or not self.exact.isdisjoint(values):
            return True
        for test in self.tests:
            for value in values:
                if test(value):
                    return True
        return False


def plain(value: Any) -> Value:
    """A scalar of JSON as a value."""
    if value is None:
        return NULL
    if value is True:
        return TRUE
    if value is False:
        return FALSE
    return value  # type: ignore[no-any-return]


def read(items: Sequence[Any], path: Path, *, null_is_absent: bool) -> Conditions:
    """The conditions of a policy's array. Errors: Malformed.

    null_is_absent: whether null also fits where there is no value, as it does with attributes (recorded from AWS).
    """
    if not items:
        raise Malformed("Empty arrays are not allowed", path, behind=True)
    exact: set[Value] = set()
    tests: list[Test] = []
    exists: set[bool] = set()
    for index, item in enumerate(items):
        where = (*path, index)
        if isinstance(item, list):
            raise Malformed("Match value must be String, number, true, false, or null", where)
        if isinstance(item, dict):
            found = _expression(item, where)
            if isinstance(found, bool):
                exists.add(found)
            else:
                tests.append(found)
        else:
            exact.add(plain(item))
    absent = False in exists or (null_is_absent and NULL in exact)
    return Conditions(frozenset(exact), tuple(tests), True in exists, absent)


def _expression(item: dict[str, Any], path: Path) -> Test | bool:
    """One operator with its operand; for `exists` whether the key has to be there."""
    if not item:
        raise Malformed("Match expression name not found", path, behind=True)
    name, *others = item
    where = (*path, name)
    reader = _READERS.get(name)
    if reader is None:
        raise Malformed(f"Unrecognized match type {name}", where)
    found = reader(item[name], where)
    if others:
        text = (
            "Too many elements in numeric expression"
            if name in {"numeric", "anything-but"}
            else "Only one key allowed in match expression"
        )
        raise Malformed(text, (*path, others[0]))
    return found


# ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _text(operand: Any, name: str, path: Path) -> str:
    if not isinstance(operand, str):
        raise Malformed(f"{name} match pattern must be a string", path)
    return operand


def _prefix(operand: Any, path: Path) -> Test:
    wanted = _text(operand, "prefix", path)
    return lambda value: isinstance(value, str) and value.startswith(wanted)


def _suffix(operand: Any, path: Path) -> Test:
    wanted = _text(operand, "suffix", path)
    return lambda value: isinstance(value, str) and value.endswith(wanted)


def _equals_ignore_case(operand: Any, path: Path) -> Test:
    wanted = _text(operand, "equals-ignore-case", path).lower()
    return lambda value: isinstance(value, str) and value.lower() == wanted


_WILDCARD_PART = re.compile(r"\\(.)|(\*)|([^\\*]+)|(\\)", re.DOTALL)


def _wildcard(operand: Any, path: Path) -> Test:
    pattern = _text(operand, "wildcard", path)
    if "**" in pattern.replace("\\\\", "").replace("\\*", ""):
        raise Malformed(f"Consecutive wildcard characters at pos {pattern.index('**') + 1}", path)
    parts = [
        ".*" if star else re.escape(escaped or text or slash)
        for escaped, star, text, slash in _WILDCARD_PART.findall(pattern)
    ]
    fits = re.compile("".join(parts), re.DOTALL).fullmatch
    return lambda value: isinstance(value, str) and fits(value) is not None


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────


def _cidr(operand: Any, path: Path) -> Test:
    from ipaddress import ip_address, ip_network

    # AWS's own slip: it speaks of a prefix. Recorded from AWS.
    parts = _text(operand, "prefix", path).split("/")
    if len(parts) != 2:
        raise Malformed("Malformed CIDR, one '/' required")
    address, bits = parts
    if not re.fullmatch(r"[+-]?\d+", bits):
        raise Malformed("Malformed CIDR, mask bits must be an integer")
    if int(bits) < 0:
        raise Malformed("Malformed CIDR, mask bits must not be negative")
    try:
        version = ip_address(address).version
    except ValueError:
        raise Malformed(f"Nonstandard IP address: {address}") from None
    most = 32 if version == 4 else 128
    if int(bits) >= most:
        raise Malformed(f"IPv{version} mask bits must be < {most}")
    network = ip_network(f"{address}/{int(bits)}", strict=False)

    def inside(value: Value) -> bool:
        if not isinstance(value, str):
            return False
        try:
            return ip_address(value) in network
        except ValueError:
            return False

    return inside


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda value, bound: value == bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}


def is_number(value: Any) -> bool:
    """Whether it is a number of JSON, which true and false aren't."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _numeric(operand: Any, path: Path) -> Test:
    if not isinstance(operand, list):
        raise Malformed("Value of numeric must be an array.", path)
    first = operand[0] if operand else None
    if not isinstance(first, str):
        shown = "]" if not operand else _shown(first)
        raise Malformed(f"Invalid member in numeric match: {shown}", (*path, 0) if operand else path)
    if first not in _COMPARISONS:
        raise Malformed(f"Unrecognized numeric range operator: {first}", _within(path, operand, 1))
    low = _bound(operand, 1, "equals" if first == "=" else first, path)
    compare = _COMPARISONS[first]
    if len(operand) == 2:
        return lambda value: is_number(value) and compare(value, low)  # type: ignore[arg-type]
    if first not in {">", ">="}:
        raise Malformed("Too many elements in numeric expression", _within(path, operand, 2))
    second = operand[2]
    if not isinstance(second, str):
        raise Malformed(f"Bad value in numeric range: {_shown(second)}", (*path, 2))
    if second not in {"<", "<="}:
        raise Malformed(f"Bad numeric range operator: {second}", (*path, 2))
    high = _bound(operand, 3, second, path)
    if len(operand) > 4:
        raise Malformed("Too many terms in numeric range expression", _within(path, operand, 4))
    if low >= high:
        raise Malformed("Bottom must be less than top", path, behind=True)
    below = _COMPARISONS[second]
    return lambda value: is_number(value) and compare(value, low) and below(value, high)  # type: ignore[arg-type]


def _bound(operand: list[Any], index: int, operator: str, path: Path) -> float:
    value: Any = operand[index] if index < len(operand) else None
    if not is_number(value):
        raise Malformed(f"Value of {operator} must be numeric", _within(path, operand, index))
    if abs(value) > limits.NUMBER_LIMIT:
        raise Malformed("Value must be between -1.0E9 and 1.0E9, inclusive", _within(path, operand, index))
    return float(value)


def _within(path: Path, operand: list[Any], index: int) -> Path:
    return (*path, index) if index < len(operand) else path


def _shown(value: Any) -> str:
    if isinstance(value, (list, dict)):
        return "[" if isinstance(value, list) else "{"
    keyword = plain(value)
    return keyword.value if isinstance(keyword, Keyword) else str(value)


# ── presence and negation ────────────────────────────────────────────────────────────────────────────────────────


def _exists(operand: Any, path: Path) -> bool:
    if not isinstance(operand, bool):
        raise Malformed("exists match pattern must be either true or false.", path)
    return operand


def _anything_but(operand: Any, path: Path) -> Test:
    """Of several values one that isn't named is enough. Source: developer guide, string value matching."""
    if isinstance(operand, dict):
        if not operand:
            raise Malformed("Anything-But expression name not found", path, behind=True)
        name, *others = operand
        if name != "prefix":
            # Suffixes and more came to AWS's rule library later; SNS was recorded to refuse them.
            raise Malformed(f"Unsupported anything-but pattern: {name}", (*path, name))
        unwanted = _text(operand[name], "prefix", (*path, name))
        if not unwanted:
            raise Malformed("Null prefix/suffix not allowed", (*path, name))
        if others:
            raise Malformed("Too many elements in numeric expression", (*path, others[0]))
        return lambda value: not (isinstance(value, str) and value.startswith(unwanted))
    if isinstance(operand, list):
        excluded = _excluded(operand, path)
    elif isinstance(operand, str) or is_number(operand):
        excluded = frozenset((operand,))
    else:
        raise Malformed("Value of anything-but must be an array or single string/number value.", path)
    return lambda value: value not in excluded


def _excluded(operand: Iterable[Any], path: Path) -> frozenset[Value]:
    kinds = set()
    for index, item in enumerate(operand):
        if not isinstance(item, str) and not is_number(item):
            raise Malformed("Inside anything but list, start|null|boolean is not supported.", (*path, index))
        kinds.add(isinstance(item, str))
    if len(kinds) != 1:
        text = "Inside anything but list, either all values are number or string, mixed type is not supported"
        raise Malformed(text, path, behind=True)
    return frozenset(operand)


_READERS: dict[str, Callable[[Any, Path], Test | bool]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _equals_ignore_case,
    "wildcard": _wildcard,
    "cidr": _cidr,
    "numeric": _numeric,
    "exists": _exists,
    "anything-but": _anything_but,
}
