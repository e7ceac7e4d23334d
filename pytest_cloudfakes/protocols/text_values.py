"""Single values as text, as they stand in forms, XML, addresses and headers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.protocols.errors import SerializationException
from pytest_cloudfakes.protocols.json_values import NOT_FINITE, read_base64, write_base64, write_float
from pytest_cloudfakes.protocols.timestamps import WRITERS, read_timestamp

if TYPE_CHECKING:
    from botocore.model import Shape

TextReader = Callable[[str], Any]
TextWriter = Callable[[Any], str]

_INTEGER = re.compile(r"\s*[+-]?[0-9]{1,4000}\s*\Z")
_NUMBER = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*\Z")


def text_reader(shape: Shape) -> TextReader:
    """What reads a single value of this shape; raises `SerializationException` for what isn't one."""
    return READERS.get(shape.type_name, str)


def text_writer(shape: Shape, timestamps: str) -> TextWriter:
    """What writes a single value of this shape; `timestamps` is the form where the model names none."""
    if shape.type_name == "timestamp":
        write = WRITERS[shape.serialization.get("timestampFormat", timestamps).lower()]
        return lambda value: str(write(value))
    return TEXT_WRITERS.get(shape.type_name, str)


def _not_a(kind: str) -> SerializationException:
    return SerializationException(f"STRING_VALUE can not be converted to {kind}")


def _integer(text: str) -> int:
    if _INTEGER.match(text):
        return int(text)
    raise _not_a("an Integer")


def _float(text: str) -> float:
    if _NUMBER.match(text):
        return float(text)
    if text in NOT_FINITE:
        return NOT_FINITE[text]
    raise _not_a("a Double")


def _boolean(text: str) -> bool:
    lower = text.strip().lower()
    if lower in {"true", "false"}:
        return lower == "true"
    raise _not_a("a Boolean")


def _write_boolean(value: Any) -> str:
    return "true" if value else "false"


def _write_number(value: float) -> str:
    return str(value) if math.isfinite(value) else str(write_float(value))


READERS: dict[str, TextReader] = {
    "integer": _integer,
    "long": _integer,
    "float": _float,
    "double": _float,
    "boolean": _boolean,
    "blob": read_base64,
    "timestamp": read_timestamp,
}

TEXT_WRITERS: dict[str, TextWriter] = {
    "boolean": _write_boolean,
    "float": _write_number,
    "double": _write_number,
    "blob": write_base64,
}
