"""A message and what it carries: text, attributes, their sizes and digests.

    DELAYED ──► VISIBLE ◄──► IN_FLIGHT          DELETED, EXPIRED, MOVED, PURGED: gone for good
                    └────────────┴──────────►

A queue may hold a million of them, so a message stores what can't be computed and nothing else: the body as UTF-8,
its position instead of a sequence number, the number of the latest receive instead of a handle.
"""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, Protocol

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sqs import limits
from pytest_cloudfakes.services.sqs.errors import (
    InvalidMessageContents,
    InvalidParameterValue,
    MissingParameter,
    UnsupportedOperation,
)


class State(enum.Enum):
    """Where a message is in its life."""

    DELAYED = "delayed"
    VISIBLE = "visible"
    IN_FLIGHT = "in flight"
    DELETED = "deleted"
    EXPIRED = "expired"
    MOVED = "moved"
    PURGED = "purged"

    def __repr__(self) -> str:
        return self.value


DELAYED, VISIBLE, IN_FLIGHT = State.DELAYED, State.VISIBLE, State.IN_FLIGHT


class Attribute(NamedTuple):
    """A message attribute: its data type with label, and its value."""

    type: str
    value: str | bytes


Attributes = dict[str, Attribute]


class Group(Protocol):
    """What a message's group is to its queue: a FIFO group, or a tenant of a fair queue."""

    name: str


class Message:
    """One message in one queue. Instants are milliseconds since the epoch."""

    __slots__ = (
        "_md5",
        "attributes",
        "body",
        "deduplication_id",
        "first_received",
        "group",
        "message_id",
        "next",
        "position",
        "ready",
        "receipt",
        "receive_count",
        "received",
        "sender_id",
        "sent",
        "source_arn",
        "state",
        "trace_header",
        "until",
    )

    def __init__(
        self,
        message_id: str,
        body: bytes,
        attributes: Attributes | None,
        sender_id: str,
        sent: Millis,
    ) -> None:
        self.message_id = message_id
        self.body = body
        self.attributes = attributes
        self.sender_id = sender_id
        self.trace_header: str | None = None
        self.sent = sent
        """When it came into the queue; on a standard queue a move to a dead-letter queue keeps it."""
        self.ready = sent
        """When its delay is over."""
        self.position = 0
        """Its place in the queue's order, counted up by the queue."""
        self.state = VISIBLE
        self.group: Group | None = None
        self.deduplication_id: str | None = None
        self.source_arn: str | None = None
        """The queue that a redrive policy moved it from."""
        self.receive_count = 0
        self.first_received: Millis | None = None
        self.received: Millis = 0
        """When it was last received, from which twelve hours are counted."""
        self.until: Millis = 0
        """The end of its visibility timeout."""
        self.receipt = 0
        """The number of its latest receive in this queue; 0 before the first."""
        self.next: Message | None = None
        """The message behind it in its FIFO group."""
        self._md5: str | None = None

    @property
    def here(self) -> bool:
        """Whether it is in the queue: not deleted, purged, expired or moved."""
        state = self.state
        return state is VISIBLE or state is IN_FLIGHT or state is DELAYED

    @property
    def group_id(self) -> str | None:
        """MessageGroupId."""
        return None if self.group is None else self.group.name

    def digest(self) -> str:
        """MD5OfBody. Kept only where it takes longer to compute than it takes room."""
        if self._md5 is None:
            # A body that another service sent may be complete only when it is read.
            computed = hashlib.md5(bytes(self.body), usedforsecurity=False).hexdigest()
            if len(self.body) < 8192:
                return computed
            self._md5 = computed
        return self._md5

    def forget(self) -> None:
        """Free its content: nobody will look at it any more."""
        self.body = b""
        self.attributes = None

    def __repr__(self) -> str:
        return f"<Message {self.message_id} {self.state!r}>"


# ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────

_ILLEGAL_ASCII = bytes(set(range(32)) - {9, 10, 13})
_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def encoded(body: str) -> bytes:
    """A body as UTF-8. Errors: MissingParameter if empty, InvalidMessageContents for a character not allowed."""
    raw = encode(body)
    if raw is None:
        found = _ILLEGAL.search(body)
        raise InvalidMessageContents(character=ord(found[0]) if found else 0)
    if not raw:
        raise MissingParameter(name="MessageBody")
    return raw


def encode(text: str) -> bytes | None:
    """A text as UTF-8, or None if it has a character that isn't allowed."""
    if text.isascii():
        raw = text.encode("ascii")
        return raw if len(raw.translate(None, _ILLEGAL_ASCII)) == len(raw) else None
    return None if _ILLEGAL.search(text) else text.encode()


# ── ids that producers and consumers choose ──────────────────────────────────────────────────────────────────────

_ID = re.compile(r"""[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]{1,128}""")


def check_id(value: str, name: str) -> str:
    """A group, deduplication or attempt id. Errors: InvalidParameterValue (text recorded from AWS)."""
    if _ID.fullmatch(value) is None:
        raise InvalidParameterValue(
            value=value,
            name=name,
            reason=f"{name} can only include alphanumeric and punctuation characters. 1 to 128 in length.",
        )
    return value


# ── attributes ───────────────────────────────────────────────────────────────────────────────────────────────────

_NAME = re.compile(
    rf"(?!(?i:aws\.|amazon\.))(?!\.)(?!.*\.\.)[A-Za-z0-9_.\-]{{1,{limits.MAXIMUM_ATTRIBUTE_NAME}}}(?<!\.)"
)
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_TRACE = re.compile(
    r"Root=1-[0-9a-fA-F]{8}-[0-9a-fA-F]{24}(;Parent=[0-9a-fA-F]{16})?(;Sampled=[01?])?(;[A-Za-z]+=[^;]*)*"
)


def parse_attributes(given: Mapping[str, Mapping[str, Any]]) -> Attributes:
    """MessageAttributes of a send. Errors: InvalidParameterValue, UnsupportedOperation."""
    if len(given) > limits.MAXIMUM_MESSAGE_ATTRIBUTES:
        raise InvalidParameterValue(
            f"Number of message attributes [{len(given)}] exceeds the allowed maximum "
            f"[{limits.MAXIMUM_MESSAGE_ATTRIBUTES}]."
        )
    return {name: _parse_attribute(name, value, "message (user) attribute") for name, value in given.items()}


def _parse_attribute(name: str, given: Mapping[str, Any], kind: str) -> Attribute:
    if _NAME.fullmatch(name) is None:
        raise InvalidParameterValue(
            f"Invalid {kind} name '{name}': it can contain the characters A-Z, a-z, 0-9, underscore(_), hyphen(-), and "
            "period(.), must not start or end with a period, have periods in succession, start with AWS. or Amazon., "
            "or be longer than 256 characters."
        )
    if given.get("StringListValues") or given.get("BinaryListValues"):
        raise UnsupportedOperation(f"List values of {kind}s are not implemented.")
    data_type = given.get("DataType") or ""
    base = data_type.partition(".")[0]
    _check_type(name, data_type, base, kind)
    value = given.get("BinaryValue" if base == "Binary" else "StringValue")
    if not value:
        raise InvalidParameterValue(f"{kind.capitalize()} '{name}' must contain a non-empty value of type '{base}'.")
    if "BinaryValue" in given and "StringValue" in given:
        raise InvalidParameterValue(f"{kind.capitalize()} '{name}' has multiple values.")
    if base == "Number":
        _check_number(name, value, kind)
    if isinstance(value, str) and encode(value) is None:
        raise InvalidParameterValue(f"Invalid binary character was found in the {kind} '{name}' value.")
    return Attribute(data_type, value)


def _check_type(name: str, data_type: str, base: str, kind: str) -> None:
    kind = kind.replace(" (user)", "")
    if not data_type:
        raise InvalidParameterValue(f"The {kind} '{name}' must contain non-empty message attribute type.")
    raw = encode(data_type)
    if raw is None or base not in {"String", "Number", "Binary"}:
        raise InvalidParameterValue(
            f"The {kind} '{name}' has an invalid message attribute type, the set of supported type prefixes is "
            "Binary, Number, and String."
        )
    if len(raw) > limits.MAXIMUM_ATTRIBUTE_TYPE:
        raise InvalidParameterValue(f"The type of {kind} '{name}' is longer than 256 bytes.")


def _check_number(name: str, value: str, kind: str) -> None:
    low, high = limits.NUMBER_EXPONENTS
    try:
        number = Decimal(value) if _NUMBER.fullmatch(value) else Decimal("nan")
    except InvalidOperation:
        number = Decimal("nan")
    fits = number.is_finite() and (
        number == 0 or (low <= number.adjusted() and number.copy_abs() <= Decimal(10) ** high)
    )
    if not fits or len("".join(map(str, number.as_tuple().digits)).strip("0")) > limits.NUMBER_DIGITS:
        raise InvalidParameterValue(f"Can't cast the value of {kind} '{name}' to a number.")


def parse_trace_header(given: Mapping[str, Mapping[str, Any]]) -> str | None:
    """AWSTraceHeader among the MessageSystemAttributes of a send. Errors: InvalidParameterValue."""
    for name, value in given.items():
        if name != "AWSTraceHeader":
            raise InvalidParameterValue(f"Message system attribute name '{name}' is invalid.")
        attribute = _parse_attribute(name, value, "message system attribute")
        if attribute.type != "String":
            raise InvalidParameterValue(f"Message system attribute '{name}' must be of type 'String'.")
        if not is_trace_header(str(attribute.value)):
            raise InvalidParameterValue(f"Message system attribute '{name}' must be a valid X-Ray trace header.")
        return str(attribute.value)
    return None


def is_trace_header(text: str) -> bool:
    """Whether a text has the form of X-Ray's header. Source: X-Ray developer guide, tracing header."""
    return _TRACE.fullmatch(text) is not None


def size_of(attributes: Attributes) -> int:
    """Bytes that attributes add to a message: names, types and values. Source: model, MessageAttributeValue."""
    return sum(
        len(name.encode())
        + len(attribute.type.encode())
        + (len(attribute.value) if isinstance(attribute.value, bytes) else len(attribute.value.encode()))
        for name, attribute in attributes.items()
    )


def digest_of(attributes: Mapping[str, Attribute]) -> str:
    """MD5OfMessageAttributes. Source: developer guide, calculating the MD5 message digest; recorded digests."""
    digest = hashlib.md5(usedforsecurity=False)

    def add(part: bytes) -> None:
        digest.update(len(part).to_bytes(4, "big"))
        digest.update(part)

    for name in sorted(attributes, key=str.encode):
        data_type, value = attributes[name]
        add(name.encode())
        add(data_type.encode())
        digest.update(b"\x02" if isinstance(value, bytes) else b"\x01")
        add(value if isinstance(value, bytes) else value.encode())
    return digest.hexdigest()


def selected(attributes: Attributes, names: Sequence[str]) -> Attributes:
    """The attributes that MessageAttributeNames asks for: by name, `All`, `.*`, or a prefix before `.*`.

    The prefix is plain text, not a dotted segment; names that don't exist are passed over. Recorded from AWS.
    """
    if "All" in names or ".*" in names:
        return attributes
    exact = set(names)
    prefixes = tuple(name[:-2] for name in names if name.endswith(".*"))
    return {name: value for name, value in attributes.items() if name in exact or name.startswith(prefixes)}
