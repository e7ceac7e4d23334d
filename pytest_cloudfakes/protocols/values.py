"""What all protocols need to know of a model's shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.model import Shape

COLLECTIONS = frozenset({"structure", "list", "map"})


def members_of(shape: Shape) -> Iterable[tuple[str, Shape]]:
    """A structure's members in the model's order."""
    return shape.members.items()  # type: ignore[attr-defined, no-any-return]


def wire_name(name: str, shape: Shape) -> str:
    """A member's name on the wire."""
    own: str = shape.serialization.get("name", name)
    return own


def token(value: Any) -> str:
    """What AWS's JSON reader calls a value in its errors."""
    if isinstance(value, bool):
        return "TRUE_VALUE" if value else "FALSE_VALUE"
    return "STRING_VALUE" if isinstance(value, str) else "NULL_VALUE" if value is None else "NUMBER_VALUE"


def later(made: dict[str, Callable[..., Any]], name: str) -> Callable[..., Any]:
    """What stands in for a shape that contains itself while it is compiled: it looks itself up when it is used."""

    def look_up(*arguments: Any) -> Any:
        return made[name](*arguments)

    return look_up


def event_stream_of(shape: Shape) -> str | None:
    """The member of an output that is an event stream, if there is one."""
    return next((name for name, member in members_of(shape) if member.serialization.get("eventstream")), None)
