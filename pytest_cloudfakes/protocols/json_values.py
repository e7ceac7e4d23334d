"""Values of a model's shapes as JSON: readers and writers, compiled once for an operation.

A reader takes what `json.loads` gives and returns the value in botocore's Python types, or raises what AWS answers to
a value of the wrong type. A writer takes a value in botocore's parsed form and returns what `json.dumps` can write;
shapes without blobs, timestamps, floats or renamed members need none and have None instead.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.protocols.errors import SerializationException, WrongType
from pytest_cloudfakes.protocols.timestamps import WRITERS, read_timestamp
from pytest_cloudfakes.protocols.values import COLLECTIONS, later, members_of, token, wire_name

if TYPE_CHECKING:
    from botocore.model import Shape

Reader = Callable[[Any], Any]
Writer = Callable[[Any], Any]


def refuse(value: Any, wanted: str) -> SerializationException:
    """AWS's error for a value of another type, in the words of its JSON reader."""
    if isinstance(value, dict):
        return SerializationException("Start of structure or map found where not expected.")
    if isinstance(value, list):
        return SerializationException("Start of list found where not expected")
    text = f"{token(value)} can not be converted to {wanted}"
    return WrongType(text, kind=type(value).__name__, wanted=wanted.rsplit(maxsplit=1)[-1])


# ---- reading -------------------------------------------------------------------------------------------------------


class JsonReaders:
    """Compiles readers for the shapes of one model."""

    def __init__(self, scalars: Mapping[str, Reader] | None = None) -> None:
        self._made: dict[str, Reader] = {}
        self._scalars = scalars or SCALAR_READERS

    def reader(self, shape: Shape) -> Reader:
        """The reader of a shape."""
        kind = shape.type_name
        if kind not in COLLECTIONS:
            return self._scalars.get(kind, as_it_is)
        name = shape.name
        if name in self._made:
            return self._made[name]
        self._made[name] = later(self._made, name)
        if kind == "structure":
            self._made[name] = as_it_is if is_document(shape) else self.structure(members_of(shape))
        elif kind == "list":
            self._made[name] = list_reader(self.reader(shape.member))  # type: ignore[attr-defined]
        else:
            self._made[name] = map_reader(self.reader(shape.value))  # type: ignore[attr-defined]
        return self._made[name]

    def structure(self, members: Iterable[tuple[str, Shape]]) -> Reader:
        """The reader of an object with these members; AWS ignores what the model doesn't know, and nulls."""
        known = {wire_name(name, shape): (name, self.reader(shape)) for name, shape in members}
        find = known.get

        def read(value: Any) -> dict[str, Any]:
            if type(value) is not dict:
                raise refuse_collection(value, "structure")
            result = {}
            for key, item in value.items():
                member = find(key)
                if member is not None and item is not None:
                    result[member[0]] = member[1](item)
            return result

        return read


def refuse_collection(value: Any, wanted: str) -> SerializationException:
    if isinstance(value, (dict, list)):
        return refuse(value, wanted)
    return SerializationException("Unexpected value type in payload")


def list_reader(element: Reader) -> Reader:
    def read(value: Any) -> list[Any]:
        if type(value) is not list:
            raise refuse_collection(value, "list")
        return [element(item) for item in value]

    return read


def map_reader(element: Reader) -> Reader:
    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise refuse_collection(value, "map")
        return {key: element(item) for key, item in value.items() if item is not None}

    return read


def as_it_is(value: Any) -> Any:
    return value


def read_string(value: Any) -> str:
    if type(value) is str:
        return value
    raise refuse(value, "a String")


def read_integer(value: Any) -> int:
    if type(value) is int:
        return value
    if type(value) is float and math.isfinite(value):
        return int(value)
    raise refuse(value, "an Integer")


def read_long(value: Any) -> int:
    if type(value) is int:
        return value
    if type(value) is float and math.isfinite(value):
        return int(value)
    raise refuse(value, "a Long")


def read_float(value: Any) -> float:
    if type(value) is int or type(value) is float:
        return value
    if isinstance(value, str) and value in NOT_FINITE:
        return NOT_FINITE[value]
    raise refuse(value, "a Double")


def read_boolean(value: Any) -> bool:
    if value is True or value is False:
        return value
    raise refuse(value, "a Boolean")


def read_blob(value: Any) -> bytes:
    if type(value) is not str:
        raise refuse(value, "a Blob")
    return read_base64(value)


def read_base64(text: str) -> bytes:
    """Bytes from base64 without anything that doesn't belong there."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SerializationException from None


NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

SCALAR_READERS: dict[str, Reader] = {
    "string": read_string,
    "character": read_string,
    "integer": read_integer,
    "long": read_long,
    "float": read_float,
    "double": read_float,
    "boolean": read_boolean,
    "blob": read_blob,
    "timestamp": read_timestamp,
}


# ---- writing -------------------------------------------------------------------------------------------------------


class JsonWriters:
    """Compiles writers for the shapes of one model."""

    def __init__(self) -> None:
        self._made: dict[str, Writer] = {}
        self._plain: set[str] = set()

    def writer(self, shape: Shape) -> Writer | None:
        """The writer of a shape, or None where its values can be written as they are."""
        kind = shape.type_name
        if kind == "timestamp":
            return WRITERS[shape.serialization.get("timestampFormat", "unixTimestamp").lower()]
        if kind not in COLLECTIONS:
            return SCALAR_WRITERS.get(kind)
        name = shape.name
        if name in self._made or name in self._plain:
            return self._made.get(name)
        if not needs_writing(shape):
            self._plain.add(name)
            return None
        self._made[name] = later(self._made, name)
        self._made[name] = self._collection(shape)
        return self._made[name]

    def structure(self, members: Iterable[tuple[str, Shape]]) -> Writer | None:
        """The writer of an object with these members."""
        special = [
            (name, wire_name(name, shape), self.writer(shape) or as_it_is)
            for name, shape in members
            if wire_name(name, shape) != name or needs_writing(shape)
        ]
        if not special:
            return None

        def write(value: dict[str, Any]) -> dict[str, Any]:
            result = dict(value)
            for name, wire, member in special:
                item = result.get(name)
                if item is not None:
                    if wire != name:
                        del result[name]
                    result[wire] = member(item)
            return result

        return write

    def _collection(self, shape: Shape) -> Writer:
        if shape.type_name == "structure":
            return self.structure(members_of(shape)) or as_it_is
        if shape.type_name == "list":
            element = self.writer(shape.member) or as_it_is  # type: ignore[attr-defined]
            return lambda value: [None if item is None else element(item) for item in value]
        element = self.writer(shape.value) or as_it_is  # type: ignore[attr-defined]
        return lambda value: {key: element(item) for key, item in value.items() if item is not None}


def needs_writing(shape: Shape, within: frozenset[str] = frozenset()) -> bool:
    """Whether a value of this shape differs on the wire from botocore's parsed form."""
    kind = shape.type_name
    if kind in {"timestamp", "blob", "float", "double"}:
        return True
    if kind not in COLLECTIONS or shape.name in within:
        return False
    within |= {shape.name}
    if kind == "list":
        return needs_writing(shape.member, within)  # type: ignore[attr-defined]
    if kind == "map":
        return needs_writing(shape.value, within)  # type: ignore[attr-defined]
    if is_document(shape):
        return False
    return any(wire_name(name, member) != name or needs_writing(member, within) for name, member in members_of(shape))


def is_document(shape: Shape) -> bool:
    """Whether any JSON may stand here."""
    return bool(shape.metadata.get("document"))


def write_float(value: float) -> float | str:
    """A number, or the names that JSON has no number for."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def write_base64(value: bytes | str) -> str:
    """Bytes, or a text in UTF-8, as base64."""
    raw = value.encode() if isinstance(value, str) else value
    return binascii.b2a_base64(raw, newline=False).decode("ascii")


SCALAR_WRITERS: dict[str, Writer] = {"blob": write_base64, "float": write_float, "double": write_float}
