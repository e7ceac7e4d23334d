"""Values of a model's shapes as XML: writers and readers, compiled once for an operation.

A writer appends pieces of text to a list. A reader takes an element. Namespaces are written where the model has them
and ignored when reading, as AWS does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from pytest_cloudfakes.protocols.errors import SerializationException
from pytest_cloudfakes.protocols.text_values import text_reader, text_writer
from pytest_cloudfakes.protocols.values import later, members_of, wire_name

if TYPE_CHECKING:
    from botocore.model import Shape

Pieces = list[str]
XmlWriter = Callable[[Any, Pieces], None]
XmlReader = Callable[[Any], Any]

# What XML can't hold as it is. Control characters aren't XML at all; S3 writes them as references nonetheless, which is
# why it offers EncodingType=url.
_ESCAPES = {n: f"&#x{n:x};" for n in range(32) if n not in {9, 10}}
_ESCAPES |= {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
_ATTRIBUTE_ESCAPES = _ESCAPES | {ord('"'): "&quot;", 9: "&#x9;", 10: "&#xa;"}


def escape(text: str) -> str:
    """Text between tags."""
    return text.translate(_ESCAPES)


def attribute(name: str, value: str) -> str:
    """An attribute, with the space before it."""
    return f' {name}="{value.translate(_ATTRIBUTE_ESCAPES)}"'


def namespace_attribute(shape: Shape) -> str:
    """The namespace that a shape declares, as an attribute."""
    namespace = shape.serialization.get("xmlNamespace")
    if not namespace:
        return ""
    if isinstance(namespace, str):
        return attribute("xmlns", namespace)
    prefix = namespace.get("prefix")
    return attribute(f"xmlns:{prefix}" if prefix else "xmlns", namespace["uri"])


# ---- writing -------------------------------------------------------------------------------------------------------


class XmlWriters:
    """Compiles writers for the shapes of one model."""

    def __init__(self) -> None:
        self._made: dict[str, XmlWriter] = {}

    def element(self, tag: str, shape: Shape, more: str = "") -> XmlWriter:
        """What writes a value as an element, or a flattened collection as several. more: further attributes."""
        kind = shape.type_name
        more += namespace_attribute(shape)
        if kind == "structure":
            return self._structure_element(tag, shape, more)
        if kind == "list":
            return self._list(tag, shape, more)
        if kind == "map":
            return self._map(tag, shape, more)
        opening, closing, write = f"<{tag}{more}>", f"</{tag}>", text_writer(shape, "iso8601")

        def scalar(value: Any, out: Pieces) -> None:
            out += (opening, escape(write(value)), closing)

        return scalar

    def content(self, shape: Shape) -> XmlWriter:
        """What writes a structure's members, without an element around them."""
        name = shape.name
        if name not in self._made:
            self._made[name] = later(self._made, name)
            self._made[name] = self.members(members_of(shape))
        return self._made[name]

    def members(self, members: Iterable[tuple[str, Shape]]) -> XmlWriter:
        """What writes these members of a structure, each as an element."""
        writers = [
            (name, self.element(element_name(name, shape), shape))
            for name, shape in members
            if not shape.serialization.get("xmlAttribute")
        ]

        def write(value: Any, out: Pieces) -> None:
            for name, member in writers:
                item = value.get(name)
                if item is not None:
                    member(item, out)

        return write

    def _structure_element(self, tag: str, shape: Shape, more: str) -> XmlWriter:
        attributes = [(n, wire_name(n, s)) for n, s in members_of(shape) if s.serialization.get("xmlAttribute")]
        content, closing = self.content(shape), f"</{tag}>"

        def write(value: Any, out: Pieces) -> None:
            own = "".join(attribute(wire, value[name]) for name, wire in attributes if name in value)
            out.append(f"<{tag}{more}{own}>")
            content(value, out)
            out.append(closing)

        return write

    def _list(self, tag: str, shape: Shape, more: str) -> XmlWriter:
        member: Shape = shape.member  # type: ignore[attr-defined]
        if shape.serialization.get("flattened"):
            item = self.element(tag, member, more)
            return lambda value, out: each(item, value, out)
        item = self.element(wire_name("member", member), member)
        return wrapped(tag, more, lambda value, out: each(item, value, out))

    def _map(self, tag: str, shape: Shape, more: str) -> XmlWriter:
        key: Shape = shape.key  # type: ignore[attr-defined]
        value_shape: Shape = shape.value  # type: ignore[attr-defined]
        write_key = self.element(wire_name("key", key), key)
        write_value = self.element(wire_name("value", value_shape), value_shape)

        def pair(item: tuple[Any, Any], out: Pieces) -> None:
            write_key(item[0], out)
            write_value(item[1], out)

        if shape.serialization.get("flattened"):
            entry = wrapped(tag, more, pair)
            return lambda value, out: each(entry, value.items(), out)
        entry = wrapped("entry", "", pair)
        return wrapped(tag, more, lambda value, out: each(entry, value.items(), out))


def element_name(name: str, shape: Shape) -> str:
    """The tag of a member; a flattened list's items may bring their own."""
    if shape.type_name == "list" and shape.serialization.get("flattened"):
        own: str | None = shape.member.serialization.get("name")  # type: ignore[attr-defined]
        if own is not None:
            return own
    return wire_name(name, shape)


def each(write: XmlWriter, values: Iterable[Any], out: Pieces) -> None:
    for value in values:
        write(value, out)


def wrapped(tag: str, more: str, write: XmlWriter) -> XmlWriter:
    """An element around what `write` writes."""
    opening, closing = f"<{tag}{more}>", f"</{tag}>"

    def element(value: Any, out: Pieces) -> None:
        out.append(opening)
        write(value, out)
        out.append(closing)

    return element


# ---- reading -------------------------------------------------------------------------------------------------------


def parse_xml(body: bytes) -> ET.Element:
    """An XML document without a document type; anything else is a `SerializationException`."""
    if b"<!DOCTYPE" in body:
        raise SerializationException
    try:
        return ET.fromstring(body)  # noqa: S314 - entities need a document type
    except (ET.ParseError, ValueError, LookupError):
        raise SerializationException from None


def tag_of(element: ET.Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


class XmlReaders:
    """Compiles readers for the shapes of one model. That of a flattened collection takes several elements."""

    def __init__(self) -> None:
        self._made: dict[str, XmlReader] = {}

    def reader(self, shape: Shape) -> XmlReader:
        kind = shape.type_name
        if kind == "structure":
            return self._structure(shape)
        if kind == "list":
            return self._list(shape)
        if kind == "map":
            return self._map(shape)
        read = text_reader(shape)
        return lambda element: read(element.text or "")

    def _structure(self, shape: Shape) -> XmlReader:
        name = shape.name
        if name not in self._made:
            self._made[name] = later(self._made, name)
            self._made[name] = self.members(members_of(shape))
        return self._made[name]

    def members(self, members: Iterable[tuple[str, Shape]]) -> XmlReader:
        """The reader of an element with these members."""
        attributes = []
        elements = {}
        for name, shape in members:
            if shape.serialization.get("xmlAttribute"):
                attributes.append((name, wire_name(name, shape).rpartition(":")[2]))
                continue
            found = (name, self.reader(shape), bool(shape.serialization.get("flattened")))
            # botocore writes a flattened list by the list's own name, answers carry that of its items.
            elements[wire_name(name, shape)] = elements[element_name(name, shape)] = found

        def read(element: ET.Element) -> dict[str, Any]:
            result: dict[str, Any] = {}
            several: dict[str, list[ET.Element]] = {}
            for child in element:
                name, reader, flattened = elements.get(tag_of(child), ("", None, False))
                if reader is None:
                    continue
                if flattened:
                    several.setdefault(name, []).append(child)
                    result[name] = reader
                else:
                    result[name] = reader(child)
            for name, children in several.items():
                result[name] = result[name](children)
            for name, local in attributes:
                for key, value in element.attrib.items():
                    if key.rpartition("}")[2] == local:
                        result[name] = value
            return result

        return read

    def _list(self, shape: Shape) -> XmlReader:
        item = self.reader(shape.member)  # type: ignore[attr-defined]
        return lambda elements: [item(element) for element in elements]

    def _map(self, shape: Shape) -> XmlReader:
        key: Shape = shape.key  # type: ignore[attr-defined]
        value: Shape = shape.value  # type: ignore[attr-defined]
        key_name, value_name = wire_name("key", key), wire_name("value", value)
        read_key, read_value = self.reader(key), self.reader(value)

        def read(entries: Iterator[ET.Element]) -> dict[str, Any]:
            result = {}
            for entry in entries:
                parts = {tag_of(part): part for part in entry}
                if key_name not in parts or value_name not in parts:
                    raise SerializationException
                result[read_key(parts[key_name])] = read_value(parts[value_name])
            return result

        return read
