"""A quick look at a client's parameters: whether botocore, and the wire, would surely let them pass as they are.

Botocore walks through the model for every call, which takes longer than answering it. Here each input shape becomes
closures once, which accept what callers usually give: plain values of the right types. A call with anything else
takes the long way, where botocore's validator speaks and the wire turns it into what AWS would get.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from botocore.model import Shape

Accepts = Callable[[Any], bool]


def surely_valid(shape: Shape) -> Accepts:
    """What says True only of parameters in which botocore's validator finds nothing and the wire changes nothing."""
    accepts = _known.get(shape)
    if accepts is None:
        accepts = _known[shape] = _Compiler().compile(shape)
    return accepts


# A memo of what can't change within a process.
_known: WeakKeyDictionary[Shape, Accepts] = WeakKeyDictionary()


class _Compiler:
    def __init__(self) -> None:
        self._structures: dict[str, Accepts] = {}

    def compile(self, shape: Shape) -> Accepts:
        """What accepts values of a shape."""
        if shape.serialization.get("jsonvalue") or shape.serialization.get("hostLabel"):
            return _never
        least = shape.metadata.get("min")
        if shape.type_name == "structure":
            return self._structure(shape)
        if shape.type_name == "list":
            return _list(self.compile(shape.member), least or 0)  # type: ignore[attr-defined]
        if shape.type_name == "map":
            return _map(self.compile(shape.key), self.compile(shape.value))  # type: ignore[attr-defined]
        if shape.type_name == "string":
            return _text(least or 0)
        return _scalar(_TYPES[shape.type_name], None if shape.type_name == "blob" else least)

    def _structure(self, shape: Any) -> Accepts:
        if shape.is_document_type or shape.is_tagged_union:
            return _never
        if shape.name in self._structures:
            # It may contain itself, and is still in the making then: what it becomes is looked up when it is called.
            return lambda value: self._structures[shape.name](value)  # noqa: PLW0108
        self._structures[shape.name] = _never
        accepts = _structure(
            tuple(shape.metadata.get("required", ())),
            {name: self.compile(member) for name, member in shape.members.items()},
        )
        self._structures[shape.name] = accepts
        return accepts


_TYPES: Mapping[str, frozenset[type]] = {
    "integer": frozenset({int}),
    "long": frozenset({int}),
    "float": frozenset({float, int}),
    "double": frozenset({float, int}),
    "boolean": frozenset({bool}),
    "blob": frozenset({bytes}),
    "timestamp": frozenset({datetime.datetime}),
}


def _never(_: Any) -> bool:
    return False


def _scalar(types: frozenset[type], least: float | None) -> Accepts:
    if least is None:
        return lambda value: type(value) in types
    return lambda value: type(value) in types and value >= least


def _text(least: int) -> Accepts:
    return lambda value: type(value) is str and len(value) >= least


def _list(element: Accepts, least: int) -> Accepts:
    return lambda value: type(value) is list and len(value) >= least and all(map(element, value))


def _map(key: Accepts, element: Accepts) -> Accepts:
    return lambda value: type(value) is dict and all(map(key, value)) and all(map(element, value.values()))


def _structure(required: tuple[str, ...], members: dict[str, Accepts]) -> Accepts:
    find = members.get

    def accepts(value: Any) -> bool:
        if type(value) is not dict:
            return False
        for name in required:
            if name not in value:
                return False
        for name, item in value.items():
            member = find(name)
            if member is None or not member(item):
                return False
        return True

    return accepts
