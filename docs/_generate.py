"""Fills the pages of the reference that are made from code: a hook of MkDocs.

A page says `<!-- generated: operations -->` where the tables of operations go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore import xform_name
from botocore.session import Session

from pytest_cloudfakes.services import FAKED, service_class

if TYPE_CHECKING:
    from botocore.model import ServiceModel

PLACE = re.compile(r"<!-- generated: (\w+) -->")


class Operation(NamedTuple):
    """An operation that the installed botocore knows."""

    name: str
    faked: bool
    remark: str
    """What it does, in a line; for one that isn't faked, why not."""


def on_page_markdown(markdown: str, **_: Any) -> str:
    """MkDocs: the page's text before it becomes HTML."""
    return PLACE.sub(lambda match: GENERATED[match[1]](), markdown)


def operations_of(service: str) -> list[Operation]:
    """The operations of a service, in alphabetical order."""
    kind = service_class(service)
    found = []
    for name in _model(service).operation_names:
        method = kind.operations.get(xform_name(name))
        if method is not None:
            found.append(Operation(name, True, _first_line(method.__doc__)))
        else:
            found.append(Operation(name, False, kind.gaps.get(name, "newer than this release")))
    return sorted(found)


def operations() -> str:
    """A table for each service."""
    return "\n".join(line for service in sorted(FAKED) for line in _table(service))


def _table(service: str) -> Iterator[str]:
    found = operations_of(service)
    faked = [operation for operation in found if operation.faked]
    yield f"## {_model(service).metadata['serviceFullName']}"
    yield ""
    yield f"`{service}`: {len(faked)} of {len(found)} operations are faked."
    yield ""
    yield "| operation | faked | |"
    yield "| --- | --- | --- |"
    for operation in found:
        yield f"| `{operation.name}` | {'yes' if operation.faked else 'no'} | {operation.remark} |"
    yield ""


def _model(service: str) -> ServiceModel:
    return Session().get_service_model(service)


def _first_line(docstring: str | None) -> str:
    return (docstring or "").strip().partition("\n")[0]


GENERATED = {"operations": operations}
