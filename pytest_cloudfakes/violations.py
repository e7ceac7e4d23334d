"""What the model forbids, in AWS's words.

The texts are those of AWS's own framework, as recorded from Kinesis, SWF, SNS, Lambda and API Gateway.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from pytest_cloudfakes.api import ApiError

Kind = Literal["required", "type", "length", "range", "pattern", "enum", "element", "key", "value"]
Path = tuple[Any, Any] | None
"""(the path above, a step): a member's name, an index, or a map's key as a tuple of one."""

NOT_NULL = "Member must not be null"
_REPORTED = 10
"""So many violations AWS tells at most. Source: observed of Kinesis (2020)."""


class Key(str):
    """A step of a path that is a key of a map."""

    __slots__ = ()


class Violation(NamedTuple):
    """One constraint of the model that a value breaks."""

    kind: Kind
    where: Path
    value: Any
    constraint: str
    sensitive: bool = False
    in_body: bool = True
    """False where the outermost member travels in the path, the query or a header."""

    @property
    def steps(self) -> tuple[str | int, ...]:
        """The way to the value: names of members as the API spells them, indexes from 0, keys as `Key`."""
        steps: list[str | int] = []
        at = self.where
        while at is not None:
            at, step = at
            steps.append(Key(step[0]) if isinstance(step, tuple) else step)
        return tuple(reversed(steps))

    @property
    def path(self) -> str:
        """The way to the value in AWS's spelling, such as "entries.1.member.messageBody"."""
        return ".".join(map(_step, self.steps))

    @property
    def text(self) -> str:
        """AWS's sentence. Values of sensitive members are left out, as AWS does."""
        return self.text_at(self.path)

    def text_at(self, path: str) -> str:
        """AWS's sentence with the path as a service spells it."""
        value = "" if self.sensitive else f"{quoted(self.value)} "
        return f"Value {value}at '{path}' failed to satisfy constraint: {self.constraint}"


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"{step + 1}.member"
    if isinstance(step, Key):
        return f"{step}.member"
    return step[:1].lower() + step[1:]


class ValidationException(ApiError):
    """The model forbids it. Source: recorded from AWS (Kinesis, SWF, API Gateway)."""

    code = "ValidationException"


class SerializationException(ApiError):
    """A value has another type than the model's. Source: recorded from AWS (API Gateway)."""

    code = "SerializationException"


def validation_error(violations: Sequence[Violation], error: type[ApiError] = ValidationException) -> ApiError:
    """AWS's general error for what its model forbids: the failures counted and joined.

    A wrong type is found while the request is read, so it alone is told, and with another code.
    """
    for violation in violations:
        if violation.kind == "type":
            return SerializationException(violation.constraint)
    return error(validation_text([v.text for v in violations]))


def validation_text(texts: Sequence[str]) -> str:
    """Sentences of violations in one message, counted."""
    told = texts[:_REPORTED]
    return f"{len(told)} validation error{'s' * (len(told) > 1)} detected: {'; '.join(told)}"


def quoted(value: Any) -> str:
    """A value as AWS's validation errors show it: Java's text in quotes, or null."""
    return "null" if value is None else f"'{_java_text(value)}'"


def _java_text(value: Any) -> str:
    # Deviation: structures are shown with their members; AWS shows a Java class's name with an address.
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_java_text, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}={_java_text(item)}' for key, item in value.items())}}}"
    if isinstance(value, (bytes, bytearray)):
        return f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]"
    return "null" if value is None else str(value)


def java_order(values: Sequence[str]) -> list[str]:
    """Values of an enumeration in the order in which AWS's texts list them.

    That is the walk through a Java hash table of 32 buckets, the youngest first within a bucket. Source:
    derived from texts of Kinesis, SWF, DynamoDB and API Gateway with 2 to 21 values, which it explains all;
    that the table doubles beyond 24 values is Java's rule, not an observation.
    """
    size = 32
    while len(values) > size * 3 // 4:
        size *= 2
    youngest_first = values[::-1]
    return sorted(youngest_first, key=lambda value: _java_hash(value) % size)


def _java_hash(text: str) -> int:
    """String.hashCode, as an unsigned number."""
    code = 0
    units = text.encode("utf-16-be", "surrogatepass")
    for at in range(0, len(units), 2):
        code = (31 * code + int.from_bytes(units[at : at + 2], "big")) & 0xFFFFFFFF
    return code


def wrong_type(type_name: str, path: Path, value: Any) -> Violation:
    """A value that isn't of the model's type, in the words of AWS's JSON reader.

    Source: texts as users of SQS, DynamoDB and API Gateway report them.
    """
    if isinstance(value, dict):
        text = "Start of structure or map found where not expected."
    elif isinstance(value, (list, tuple)):
        text = "Start of list found where not expected"
    elif type_name in {"structure", "map", "list"}:
        text = "Unexpected value type in payload"
    else:
        text = f"{_token(value)} can not be converted to {_WANTED[type_name]}"
    return Violation("type", path, value, text)


_WANTED = {
    "string": "a String",
    "character": "a String",
    "integer": "an Integer",
    "long": "a Long",
    "boolean": "a Boolean",
    "float": "a Double",
    "double": "a Double",
    "blob": "a Blob",
    "timestamp": "milliseconds since epoch",
}


def _token(value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "NUMBER_VALUE"
    return "STRING_VALUE" if isinstance(value, str) else f"{_java_text(value).upper()}_VALUE"
