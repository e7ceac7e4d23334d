"""Holding answers and errors against botocore's models, so that a misspelt key or a wrong type can't pass.

The library's own test run does it for every answer; users of the library never pay for it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator
from typing import Any

from botocore.model import OperationModel, ServiceModel, Shape

from pytest_cloudfakes.api import ApiError

COMMON_CODES = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InternalFailure",
        "InvalidAction",
        "InvalidClientTokenId",
        "MissingAuthenticationTokenException",
        "OptInRequired",
        "RequestExpired",
        "SerializationException",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingException",
        "UnknownOperationException",
        "UnrecognizedClientException",
        "ValidationError",
        "ValidationException",
    }
)
"""Codes any service may answer with though its model lacks them. Source: API references, Common Errors."""

_TYPES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "string": ("str", lambda value: isinstance(value, str)),
    "character": ("str", lambda value: isinstance(value, str)),
    "integer": ("int", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "long": ("int", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "boolean": ("bool", lambda value: isinstance(value, bool)),
    "float": ("float", lambda value: isinstance(value, (int, float)) and not isinstance(value, bool)),
    "double": ("float", lambda value: isinstance(value, (int, float)) and not isinstance(value, bool)),
    "blob": ("bytes", lambda value: isinstance(value, bytes)),
    "timestamp": (
        "aware datetime",
        lambda value: isinstance(value, datetime.datetime) and value.tzinfo is not None,
    ),
    "structure": ("dict", lambda value: isinstance(value, dict)),
    "map": ("dict", lambda value: isinstance(value, dict)),
    "list": ("list", lambda value: isinstance(value, list)),
}


def answer_problems(
    operation_model: OperationModel, answer: Any, may_lack: Collection[tuple[str, str]] = ()
) -> list[str]:
    """What is wrong with an answer by the operation's output shape; empty if nothing is.

    may_lack: (shape, member) pairs that the model calls required and the service nevertheless leaves out.
    """
    answer = {} if answer is None else answer
    if operation_model.output_shape is None:
        surplus = set(answer) - {"ResponseMetadata"}
        return [f"{name}: the operation answers with nothing" for name in sorted(surplus)]
    if isinstance(answer, dict):
        answer = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    return list(_Checker(may_lack).problems(operation_model.output_shape, answer, ""))


def error_problems(
    service_model: ServiceModel, error: ApiError | type[ApiError], unmodelled: Collection[str] = ()
) -> list[str]:
    """What is wrong with an error that a service declares, or raised, by the service's model.

    unmodelled: codes that this service answers with though its model lacks them.
    """
    shape = _error_shape(service_model, error.code)
    if shape is None:
        if error.code in COMMON_CODES or error.code in unmodelled:
            return [f"{name}: {error.code} has no shape that could carry it" for name in error.members]
        return [f"{error.code}: not an error of {service_model.service_name}'s model, nor declared as unmodelled"]
    members: dict[str, Shape] = shape.members  # type: ignore[attr-defined]
    problems = [f"{name}: unknown to the error {shape.name}" for name in error.members if name not in members]
    status = shape.metadata.get("error", {}).get("httpStatusCode")
    if status is not None and status != error.status:
        problems.append(f"{error.code}: status {error.status}, but {status} in the model")
    if isinstance(error, ApiError):
        for name, value in error.extra_members().items():
            if name in members:
                problems.extend(_Checker(()).problems(members[name], value, name))
    return problems


def _error_shape(service_model: ServiceModel, code: str) -> Shape | None:
    for shape in service_model.error_shapes:
        if code in {shape.name, shape.metadata.get("error", {}).get("code")}:
            return shape
    return None


class _Checker:
    """Walks through a value and its shape side by side."""

    def __init__(self, may_lack: Collection[tuple[str, str]]) -> None:
        self.may_lack = may_lack

    def problems(self, shape: Shape, value: Any, where: str) -> Iterator[str]:
        if shape.metadata.get("document") or shape.serialization.get("eventstream"):
            return
        if shape.serialization.get("streaming") and hasattr(value, "read"):
            return
        name, fits = _TYPES[shape.type_name]
        if not fits(value):
            yield f"{where or 'the answer'}: {name} expected, not {_described(value)}"
        elif shape.type_name == "structure":
            yield from self.structure(shape, value, where)
        elif shape.type_name == "list":
            for index, item in enumerate(value):
                yield from self.problems(shape.member, item, f"{where}[{index}]")  # type: ignore[attr-defined]
        elif shape.type_name == "map":
            for key, item in value.items():
                yield from self.problems(shape.key, key, f"{where}, key {key!r}")  # type: ignore[attr-defined]
                yield from self.problems(shape.value, item, f"{where}[{key!r}]")  # type: ignore[attr-defined]
        elif shape.metadata.get("enum") and value not in shape.metadata["enum"]:
            yield f"{where}: {value!r} is none of {', '.join(shape.metadata['enum'])}"

    def structure(self, shape: Shape, value: dict[str, Any], where: str) -> Iterator[str]:
        members: dict[str, Shape] = shape.members  # type: ignore[attr-defined]
        for name, item in value.items():
            inner = f"{where}.{name}" if where else name
            if name in members:
                yield from self.problems(members[name], item, inner)
            else:
                yield f"{inner}: unknown to {shape.name}, which has {', '.join(members) or 'no members'}"
        for name in shape.required_members:
            if name not in value and (shape.name, name) not in self.may_lack:
                yield f"{where or 'the answer'}: {shape.name} lacks its required {name}"


def _described(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return "a naive datetime"
    return "None" if value is None else f"{type(value).__name__} {value!r:.60}"
