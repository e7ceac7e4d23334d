"""What all protocols need to know of a model's shapes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.model import Shape

COLLECTIONS = frozenset({"structure", "list", "map"})


def members_of(shape: Shape) -> Iterable[tuple[str, Shape]]:
    """A structure's members in the model's order."""
    return shape.members.items()  # type: ignore[attr-defined, no-any-return]


def wire_name(name: str, shape: Shape) -> str:
    """A member's name on the wire."""
    return shape.serialization.get("name", name)


def event_stream_of(shape: Shape) -> str | None:
    """The member of an output that is an event stream, if there is one."""
    return next((name for name, member in members_of(shape) if member.serialization.get("eventstream")), None)
