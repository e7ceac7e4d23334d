"""Values of a model's shapes in a form: `Tags.member.1.Key=a&Tags.member.1.Value=b`.

The names are taken apart into a tree first. A node is a dict of its parts; its own text stands under None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from pytest_cloudfakes.protocols.errors import MalformedQueryString, SerializationException
from pytest_cloudfakes.protocols.text_values import text_reader
from pytest_cloudfakes.protocols.values import later, members_of, wire_name
from pytest_cloudfakes.protocols.xml_values import element_name

if TYPE_CHECKING:
    from botocore.model import Shape

Node = dict[str | None, Any]
FormReader = Callable[[Node], Any]


def parse_pairs(text: str | bytes) -> list[tuple[str, str]]:
    """The pairs of a form or of a query string, in order."""
    try:
        raw = text.decode("ascii") if isinstance(text, bytes) else text
        return parse_qsl(raw, keep_blank_values=True, errors="strict")
    except ValueError:
        raise MalformedQueryString from None


def tree(pairs: Iterable[tuple[str, str]]) -> Node:
    """The pairs by the parts of their names."""
    root: Node = {}
    for name, value in pairs:
        node = root
        for part in name.split("."):
            node = node.setdefault(part, {})
        node[None] = value
    return root


class FormReaders:
    """Compiles readers for the shapes of one model."""

    def __init__(self) -> None:
        self._made: dict[str, FormReader] = {}

    def reader(self, shape: Shape) -> FormReader:
        kind = shape.type_name
        if kind == "structure":
            return self._structure(shape)
        if kind == "list":
            return self._list(shape)
        if kind == "map":
            return self._map(shape)
        read = text_reader(shape)

        def scalar(node: Node) -> Any:
            if None not in node:
                raise SerializationException("Unexpected complex element termination")
            return read(node[None])

        return scalar

    def _structure(self, shape: Shape) -> FormReader:
        name = shape.name
        if name not in self._made:
            self._made[name] = later(self._made, name)
            self._made[name] = self.members(members_of(shape))
        return self._made[name]

    def members(self, members: Iterable[tuple[str, Shape]]) -> FormReader:
        """The reader of a node with these members; others are ignored."""
        # An empty list is sent under the list's own name, the items of a flattened one under theirs.
        known = [(name, {element_name(name, s), wire_name(name, s)}, self.reader(s)) for name, s in members]

        def read(node: Node) -> dict[str, Any]:
            if None in node:
                raise SerializationException("Unexpected complex element termination")
            return {name: reader(node[wire]) for name, wires, reader in known for wire in wires if wire in node}

        return read

    def _list(self, shape: Shape) -> FormReader:
        member: Shape = shape.member  # type: ignore[attr-defined]
        inner = None if shape.serialization.get("flattened") else wire_name("member", member)
        item = self.reader(member)
        return lambda node: [item(entry) for entry in entries(node, inner)]

    def _map(self, shape: Shape) -> FormReader:
        key: Shape = shape.key  # type: ignore[attr-defined]
        value: Shape = shape.value  # type: ignore[attr-defined]
        inner = None if shape.serialization.get("flattened") else "entry"
        key_name, value_name = wire_name("key", key), wire_name("value", value)
        read_key, read_value = self.reader(key), self.reader(value)

        def read(node: Node) -> dict[str, Any]:
            result = {}
            for entry in entries(node, inner):
                if key_name not in entry or value_name not in entry:
                    raise SerializationException("Unexpected complex element termination")
                result[read_key(entry[key_name])] = read_value(entry[value_name])
            return result

        return read


def entries(node: Node, inner: str | None) -> list[Node]:
    """The numbered entries of a collection in the order of their numbers."""
    if node.get(None):
        raise SerializationException("Unexpected list element termination")
    numbered = node if inner is None else node.get(inner, {})
    found = {}
    for name, entry in numbered.items():
        if name is None:
            continue
        if not (name.isascii() and name.isdigit() and len(name) < 10):
            raise SerializationException("Start of list found where not expected")
        found[int(name)] = entry
    return [found[number] for number in sorted(found)]
