"""A published message: its text for each protocol, its subject and its attributes, with the rules for all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sns import limits
from pytest_cloudfakes.services.sns.errors import InvalidParameter, ParameterValueInvalid
from pytest_cloudfakes.services.sns.filter_policies import Filterable

Attribute = Mapping[str, Any]
"""A message attribute as it was given: DataType with StringValue or BinaryValue."""
Attributes = Mapping[str, Attribute]

NO_ATTRIBUTES: Attributes = {}


class Message:
    """What was published, once, to all subscribers. Instants are milliseconds since the epoch."""

    __slots__ = (
        "_filterables",
        "attributes",
        "deduplication_id",
        "forms",
        "group_id",
        "message_id",
        "published",
        "replayed",
        "sequence_number",
        "subject",
        "text",
        "texts",
        "topic_arn",
        "trace_header",
    )

    def __init__(
        self,
        message_id: str,
        topic_arn: str,
        text: str,
        published: Millis,
        *,
        texts: Mapping[str, str] | None = None,
        subject: str | None = None,
        attributes: Attributes = NO_ATTRIBUTES,
    ) -> None:
        self.message_id = message_id
        self.topic_arn = topic_arn
        self.text = text
        """What every subscriber gets for whom `texts` has nothing."""
        self.texts = texts
        """By protocol or platform, where the message was structured."""
        self.subject = subject
        self.attributes = attributes
        self.published = published
        self.group_id: str | None = None
        self.deduplication_id: str | None = None
        self.sequence_number: str | None = None
        self.trace_header: str | None = None
        self.replayed = False
        self._filterables: dict[str, Filterable] = {}
        self.forms: dict[Any, Any] = {}
        """What the channels have made of it for all subscribers."""

    def text_for(self, protocol: str) -> str:
        """The text for a protocol, or a platform."""
        return self.text if self.texts is None else self.texts.get(protocol, self.text)

    def filterable(self, protocol: str) -> Filterable:
        """What filter policies see, made once for each text."""
        text = self.text_for(protocol)
        found = self._filterables.get(text)
        if found is None:
            found = self._filterables[text] = Filterable(text, self.attributes)
        return found

    def as_replayed(self) -> Message:
        """The same message out of an archive: content, id and time stay."""
        copy = Message(
            self.message_id,
            self.topic_arn,
            self.text,
            self.published,
            texts=self.texts,
            subject=self.subject,
            attributes=self.attributes,
        )
        copy.group_id, copy.deduplication_id = self.group_id, self.deduplication_id
        copy.sequence_number, copy.trace_header = self.sequence_number, self.trace_header
        copy.replayed = True
        return copy

    def __repr__(self) -> str:
        return f"<Message {self.message_id} {self.text[:40]!r}>"


# ── text and subject ─────────────────────────────────────────────────────────────────────────────────────────────

_SUBJECT = re.compile(r"[^\x00-\x1f\x7f]+")


def check_subject(subject: str | None) -> None:
    """1 to 99 characters without line breaks and control characters. Errors: InvalidParameter (recorded from AWS)."""
    if subject is not None and (len(subject) >= limits.SUBJECT_LENGTH or _SUBJECT.fullmatch(subject) is None):
        raise InvalidParameter(name="Subject")


def check_structure(structure: str | None) -> None:
    """MessageStructure is json or nothing. Errors: InvalidParameter (text unseen)."""
    if structure is not None and structure != "json":
        raise InvalidParameter(name="MessageStructure")


def structured(text: str) -> Mapping[str, str]:
    """The texts of a structured message by protocol. Errors: InvalidParameter (recorded from AWS).

    AWS takes a document with duplicate keys, whose last value counts, and ignores values that are no texts.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidParameter(name="Message Structure - JSON message body failed to parse") from None
    if not isinstance(document, dict) or not isinstance(document.get("default"), str):
        raise InvalidParameter(name="Message Structure - No default entry in JSON message body")
    return {name: value for name, value in document.items() if isinstance(value, str)}


def size_of(text: str, attributes: Attributes) -> int:
    """Bytes of a message with the names, types and values of its attributes. Source: model, Publish."""
    size = len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))
    for name, attribute in attributes.items():
        size += _bytes(name) + _bytes(attribute.get("DataType", ""))
        size += _bytes(attribute.get("StringValue", "")) + _bytes(attribute.get("BinaryValue", b""))
    return size


def _bytes(value: str | bytes) -> int:
    return len(value) if isinstance(value, bytes) else len(value.encode(errors="surrogatepass"))


# ── attributes ───────────────────────────────────────────────────────────────────────────────────────────────────

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.-]")
_RESERVED = re.compile(r"(?i:aws|amazon)\.")
_SNS_OWN = re.compile(r"AWS\.(?:SNS\.(?:SMS|MOBILE)|MM\.SMS)\.[A-Za-z0-9_.]+")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_TYPES = {"String", "Number", "Binary"}


def check_attributes(attributes: Attributes) -> None:
    """Hold message attributes against AWS's rules. Errors: ParameterValueInvalid."""
    for name, attribute in attributes.items():
        _check_name(name)
        _check_value(name, attribute)


def _check_name(name: str) -> None:
    """Texts recorded from AWS, that about reserved names unseen."""
    if len(name.encode(errors="surrogatepass")) > limits.ATTRIBUTE_NAME_BYTES:
        raise ParameterValueInvalid("Length of message attribute name must be less than 256 bytes.")
    wrong = _NOT_IN_A_NAME.search(name)
    if wrong is not None:
        raise ParameterValueInvalid(
            f"Invalid non-alphanumeric character '#x{ord(wrong[0]):X}' was found in the message attribute name. Can "
            "only include alphanumeric characters, hyphens, underscores, or dots."
        )
    if name.startswith("."):
        raise ParameterValueInvalid("Invalid message attribute name starting with character '.' was found.")
    if name.endswith("."):
        raise ParameterValueInvalid("Invalid message attribute name ending with character '.' was found.")
    if ".." in name:
        raise ParameterValueInvalid("Message attribute name can not have successive '.' character.")
    if _RESERVED.match(name) and not _SNS_OWN.fullmatch(name):
        raise ParameterValueInvalid("Invalid message attribute name starting with 'AWS.' or 'Amazon.' was found.")


def _check_value(name: str, attribute: Attribute) -> None:
    """Texts recorded from AWS, that about numbers unseen."""
    kind = attribute["DataType"]
    base = kind.partition(".")[0]
    if base not in _TYPES:
        raise ParameterValueInvalid(
            f"The message attribute '{name}' has an invalid message attribute type, the set of supported type "
            "prefixes is Binary, Number, and String."
        )
    field, other = ("Binary", "StringValue") if base == "Binary" else ("String", "BinaryValue")
    if attribute.get(other):
        raise ParameterValueInvalid(f"The message attribute '{name}' with type '{kind}' must use field '{field}'.")
    value = attribute.get(f"{field}Value")
    if not value:
        raise ParameterValueInvalid(
            f"The message attribute '{name}' must contain non-empty message attribute value for message attribute "
            f"type '{kind}'."
        )
    if base == "Number" and not _is_number(value):
        raise ParameterValueInvalid(f"Could not cast message attribute '{name}' value to number.")


def _is_number(text: str) -> bool:
    """Within a billion, with five digits after the point. Source: developer guide, message attributes."""
    if _NUMBER.fullmatch(text) is None or abs(float(text)) > limits.NUMBER_LIMIT:
        return False
    from decimal import Decimal

    exponent = Decimal(text).normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -limits.NUMBER_DECIMALS
