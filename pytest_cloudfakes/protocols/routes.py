"""Which operation of a REST service a method and a path mean.

Templates come from the model: `/{Bucket}/{Key+}?uploads`. Where several fit, the one with more literal parts wins, then
the one whose required headers and parameters are there: that tells PutObject, CopyObject and UploadPart apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from pytest_cloudfakes.protocols.values import wire_name

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel

HINT = "x-id"
"""A parameter with the operation's name that some clients send."""


class Template:
    """The path of a request as the model writes it."""

    def __init__(self, operation_model: OperationModel) -> None:
        path, _, query = operation_model.http.get("requestUri", "/").partition("?")
        # botocore takes the bucket out of the models of clients of S3 and keeps the whole path here.
        path = operation_model.http.get("authPath", path)
        self.segments = path.strip("/").split("/")
        self.greedy = self.segments[-1].endswith("+}")
        self.query = dict(parse_qsl(query, keep_blank_values=True))
        self.literals = sum(not segment.startswith("{") for segment in self.segments)

    def match(self, path: str) -> dict[str, str] | None:
        """The labels in a path by their names, or None where it doesn't fit."""
        given = path.removeprefix("/")
        parts = given.split("/", len(self.segments) - 1) if self.greedy else given.removesuffix("/").split("/")
        if len(parts) != len(self.segments):
            return None
        labels = {}
        for segment, part in zip(self.segments, parts, strict=True):
            text = unquote(part)
            if segment.startswith("{"):
                if not part:
                    return None
                labels[segment.strip("{}+")] = text
            elif segment != text:
                return None
        return labels


class Route:
    """An operation with what a request for it looks like."""

    def __init__(self, operation_model: OperationModel) -> None:
        self.operation = operation_model.name
        self.deprecated = bool(operation_model.deprecated)
        self.template = Template(operation_model)
        self.queries: list[str] = []
        self.headers: list[str] = []
        shape = operation_model.input_shape
        places = {"querystring": self.queries, "header": self.headers}
        for name in shape.required_members if shape is not None else ():
            member = shape.members[name]  # type: ignore[union-attr]
            places.get(member.serialization.get("location", ""), []).append(wire_name(name, member))

    def fits(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, ...] | None:
        """How well a request fits, the larger the better, or None where it doesn't."""
        template = self.template
        if any(query.get(name) != value for name, value in template.query.items()):
            return None
        if template.match(path) is None:
            return None
        there = sum(name in query for name in self.queries) + sum(name in headers for name in self.headers)
        missing = len(self.queries) + len(self.headers) - there
        hinted = query.get(HINT) == self.operation
        return template.literals, len(template.query), there - missing, hinted, not self.deprecated


class Routes:
    """All operations of a service by their method."""

    def __init__(self, service_model: ServiceModel) -> None:
        self._by_method: dict[str, list[Route]] = {}
        for name in service_model.operation_names:
            operation_model = service_model.operation_model(name)
            method = operation_model.http.get("method", "POST")
            self._by_method.setdefault(method, []).append(Route(operation_model))

    def find(self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str | None:
        """The operation that a request means; the first of the model where several fit as well."""
        best: tuple[int, ...] | None = None
        found = None
        for route in self._by_method.get(method, ()):
            fit = route.fits(path, query, headers)
            if fit is not None and (best is None or fit > best):
                best, found = fit, route.operation
        return found

    def knows_path(self, path: str) -> bool:
        """Whether any method fits a path."""
        return any(route.template.match(path) is not None for routes in self._by_method.values() for route in routes)
