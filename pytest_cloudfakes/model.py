"""What botocore's service models say about parameters, compiled once per operation.

A request is first *normalised* into the form in which a service gets its parameters (the one that decoding
the wire form would give, whichever door it came through), then held against the constraints of the model.
Both stand on the path of every call, so each input shape becomes closures when its operation is first called.
"""

from __future__ import annotations

import datetime
import decimal
import json
import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from botocore.loaders import create_loader
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.serialize import create_serializer
from botocore.utils import parse_timestamp

from pytest_cloudfakes.answers import answer_problems, error_problems
from pytest_cloudfakes.patterns import JavaPattern
from pytest_cloudfakes.violations import NOT_NULL, Path, Violation, java_order, validation_error, wrong_type

__all__ = [
    "InputPlan",
    "Violation",
    "answer_problems",
    "error_problems",
    "input_plan",
    "service_model",
    "validation_error",
    "wire_time",
]

Convert = Callable[[Any], Any]
Check = Callable[[Any, Path, "list[Violation]"], None]


@cache
def service_model(service: str) -> ServiceModel:
    """The installed model of a service, for doors that have no client."""
    description = create_loader().load_service_model(service, "service-2")
    return ServiceModel(description, service_name=service)


def input_plan(operation_model: OperationModel) -> InputPlan:
    """How an operation's parameters are read and checked, made when first asked for."""
    service = operation_model.service_model
    key = (service.service_name, service.api_version, operation_model.name)
    plan = _plans.get(key)
    if plan is None:
        plan = _plans[key] = InputPlan(operation_model)
    return plan


# A memo of what can't change within a process; a plan has no state.
_plans: dict[tuple[str, str, str], InputPlan] = {}


class InputPlan:
    """How one operation's parameters are read and checked.

    Deviation: constraints and enumerations are those of the installed botocore; AWS enforces today's, and not every
    one that it publishes.
    """

    __slots__ = ("_check", "_convert", "_tokens", "located")

    def __init__(self, operation_model: OperationModel) -> None:
        shape = operation_model.input_shape
        self._convert: Convert
        self._check: Check
        self._tokens = tuple(operation_model.idempotent_members)
        self.located: frozenset[str] = frozenset()
        """Members that travel outside of the body: in the path, the query or a header."""
        if shape is None:
            self._convert, self._check = _structure_converter({}), _structure_check((), {})
            return
        compiled = _Compiler(operation_model.service_model).structure(shape)
        self._convert, self._check = compiled.convert, compiled.check
        members = shape.members.items()
        self.located = frozenset(name for name, member in members if "location" in member.serialization)

    def normalise(self, parameters: Mapping[str, Any], token: Callable[[], str] | None = None) -> dict[str, Any]:
        """The parameters as decoding their wire form would give them: a new dict, nested values included.

        Blobs become bytes, timestamps aware datetimes in the precision that botocore sends, text of a str
        subclass plain; nulls and unknown members go, as AWS ignores them. A value of a wrong type stays as it
        is, for `violations` to name. `token` fills absent idempotency tokens, as botocore's clients do.
        """
        normal: dict[str, Any] = self._convert(parameters)
        if token is not None:
            for name in self._tokens:
                if name not in normal:
                    normal[name] = token()
        return normal

    def violations(self, parameters: dict[str, Any]) -> list[Violation]:
        """What the model forbids in normalised parameters, in the model's order for each structure."""
        found: list[Violation] = []
        self._check(parameters, None, found)
        if found and self.located:
            return [v._replace(in_body=v.steps[0] not in self.located) for v in found]
        return found


class _Compiled:
    """What became of a shape.

    exact: the type of a normalised value. as_is: the type that normalising leaves alone.
    accepts: whether a value of another type than `exact` will do.
    texts: the constraints, for a list or map of such values.
    """

    __slots__ = ("accepts", "as_is", "check", "convert", "exact", "sensitive", "texts", "type_name")

    def __init__(self, type_name: str, exact: type, as_is: type, convert: Convert, check: Check | None) -> None:
        self.type_name = type_name
        self.exact = exact
        self.as_is = as_is
        self.convert = convert
        self.check: Any = check
        self.accepts: Callable[[Any], bool] = lambda _: False
        self.texts: tuple[str, ...] = ()
        self.sensitive = False


class _Never:
    """The type of no value: normalising always has to look."""


class _Compiler:
    """Shapes of one service become closures; structures are shared and may contain themselves."""

    def __init__(self, model: ServiceModel) -> None:
        self.protocol = str(getattr(model, "resolved_protocol", None) or model.metadata["protocol"])
        self.structures: dict[str, _Compiled] = {}

    def compile(self, shape: Shape, *, outermost: bool = False) -> _Compiled:
        """What becomes of one shape; `outermost` where it is a member of the input itself."""
        if shape.serialization.get("eventstream") or shape.metadata.get("document"):
            compiled = _Compiled(shape.type_name, _Never, _Never, _copied, None)
            compiled.accepts = lambda _: True
        elif outermost and shape.serialization.get("jsonvalue"):
            compiled = _Compiled(shape.type_name, _Never, _Never, lambda v: json.loads(json.dumps(v)), None)
            compiled.accepts = lambda _: True
        elif shape.type_name == "structure":
            compiled = self.structure(shape)
        elif shape.type_name == "list":
            compiled = self.list(shape)
        elif shape.type_name == "map":
            compiled = self.map(shape)
        else:
            compiled = self.scalar(shape, outermost=outermost)
        compiled.sensitive = bool(shape.metadata.get("sensitive"))
        return compiled

    def scalar(self, shape: Shape, *, outermost: bool) -> _Compiled:
        """A text, number, flag, blob or timestamp."""
        exact, convert = _SCALARS[shape.type_name]
        as_is = exact
        if shape.type_name == "timestamp":
            as_is, convert = _Never, wire_time(self.protocol, shape, outermost=outermost)
        if shape.serialization.get("streaming"):
            convert = _streamed
        constraints = _Constraints(shape)
        compiled = _Compiled(shape.type_name, exact, as_is, convert, constraints.check())
        compiled.texts = constraints.texts()
        compiled.accepts = {
            "blob": lambda v: bool(shape.serialization.get("streaming")) and hasattr(v, "read"),
            "timestamp": lambda v: isinstance(v, datetime.datetime) and v.tzinfo is not None,
            "float": _is_number,
            "double": _is_number,
        }.get(shape.type_name, compiled.accepts)
        return compiled

    def structure(self, shape: Shape) -> _Compiled:
        """A structure: known members are kept, required ones must be there."""
        known = self.structures.get(shape.name)
        if known is not None:
            return _deferred(known)
        outermost = not self.structures
        compiled = self.structures[shape.name] = _Compiled("structure", dict, _Never, _nothing, None)
        members = {
            name: self.compile(member, outermost=outermost)
            for name, member in shape.members.items()  # type: ignore[attr-defined]
        }
        written = {name: self.written(shape.members[name], outermost=outermost) for name in members}  # type: ignore[attr-defined]
        body = shape.serialization.get("payload") if outermost else None
        if body is not None and body not in shape.required_members and members[body].type_name in {"blob", "string"}:
            # An empty body is none.
            written[body] = False
        compiled.convert = _structure_converter(
            {
                name: (member.as_is, member.convert) if written[name] else (_Never, _unless_empty(member.convert))
                for name, member in members.items()
            }
        )
        compiled.check = _structure_check(
            tuple(shape.required_members), {n: (m.exact, m, m.check) for n, m in members.items()}
        )
        return compiled

    def list(self, shape: Shape) -> _Compiled:
        """A list: its own length, then its elements."""
        element = self.compile(shape.member)  # type: ignore[attr-defined]
        lossless = self.written(shape.member)  # type: ignore[attr-defined]
        as_is, convert = element.as_is, element.convert if lossless else _unless_empty(element.convert)

        def convert_list(value: Any) -> Any:
            if not isinstance(value, (list, tuple)):
                return value
            return [item if type(item) is as_is else convert(item) for item in value]

        def convert_what_is_sent(value: Any) -> Any:
            items = convert_list(value)
            if not value or items is value:
                return items
            return [item for item in items if item is not _ABSENT] or _ABSENT

        compiled = _Compiled("list", list, _Never, convert_list if lossless else convert_what_is_sent, None)
        compiled.check = _list_check(element, _Constraints(shape).check())
        return compiled

    def map(self, shape: Shape) -> _Compiled:
        """A map: its own length, then keys and values."""
        key, element = self.compile(shape.key), self.compile(shape.value)  # type: ignore[attr-defined]
        as_is, convert = element.as_is, element.convert

        def convert_map(value: Any) -> Any:
            if not isinstance(value, Mapping):
                return value
            normal = {}
            for name, item in value.items():
                if item is not None:
                    key = name if type(name) is str else _plain_text(name)
                    normal[key] = item if type(item) is as_is else convert(item)
            return normal

        compiled = _Compiled("map", dict, _Never, convert_map, None)
        compiled.check = _map_check(key, element, _Constraints(shape).check())
        return compiled

    def written(self, shape: Shape, *, outermost: bool = False) -> bool:
        """Whether the protocol has a way to write an empty value of this shape."""
        located = outermost and "location" in shape.serialization
        if shape.type_name == "structure":
            return self.protocol not in _FORMS
        if shape.type_name == "map":
            flat = self.protocol == "rest-xml" and bool(shape.serialization.get("flattened"))
            return not located and not flat and self.protocol not in _FORMS
        if shape.type_name == "list":
            return not located and not (self.protocol == "rest-xml" and shape.serialization.get("flattened"))
        return True


_FORMS = {"query", "ec2"}
_ABSENT = object()


def _unless_empty(convert: Convert) -> Convert:
    def convert_unless_empty(value: Any) -> Any:
        converted = convert(value)
        empty = isinstance(converted, (dict, list, bytes, str)) and not converted
        return _ABSENT if empty else converted

    return convert_unless_empty


def _deferred(known: _Compiled) -> _Compiled:
    """A reference to a structure that may still be in the making, as one that contains itself is."""
    if known.check is not None:
        return _Compiled("structure", dict, _Never, known.convert, known.check)

    def convert(value: Any) -> Any:
        return known.convert(value)

    def check(value: Any, path: Path, out: list[Violation]) -> None:
        known.check(value, path, out)

    return _Compiled("structure", dict, _Never, convert, check)


def _structure_converter(members: dict[str, tuple[type, Convert]]) -> Convert:
    find = members.get

    def convert_structure(value: Any) -> Any:
        if type(value) is not dict and not isinstance(value, Mapping):
            return value
        normal = {}
        for name, item in value.items():
            member = find(name)
            if member is not None and item is not None:
                as_is, convert = member
                if type(item) is not as_is:
                    item = convert(item)  # noqa: PLW2901
                    if item is _ABSENT:
                        continue
                normal[name] = item
        return normal

    return convert_structure


def _structure_check(required: tuple[str, ...], members: dict[str, tuple[type, _Compiled, Any]]) -> Check:
    order = {name: place for place, name in enumerate(members)}

    def check_structure(value: Any, path: Path, out: list[Violation]) -> None:
        for name in required:
            if name not in value:
                out.append(Violation("required", (path, name), None, NOT_NULL))  # noqa: PERF401
        before = len(out)
        for name, item in value.items():
            exact, member, check = members[name]
            if type(item) is not exact and not member.accepts(item):
                out.append(wrong_type(member.type_name, (path, name), item))
            elif check is not None:
                check(item, (path, name), out)
        if len(out) > before + 1:
            # Not in the caller's order: the query protocol doesn't carry it.
            out[before:] = sorted(out[before:], key=lambda violation: order[_member_below(path, violation)])

    return check_structure


def _member_below(path: Path, violation: Violation) -> Any:
    """In which member of the structure at that path it is."""
    above, step = violation.where or (None, None)
    while above is not path and above is not None:
        above, step = above
    return step


def _list_check(element: _Compiled, own: Check | None) -> Check:
    exact, check = element.exact, element.check
    nested = element.type_name in {"structure", "list", "map"}

    def check_list(value: Any, path: Path, out: list[Violation]) -> None:
        if own is not None:
            own(value, path, out)
        # Elements without members of their own are told of together, at the list.
        failed: list[Violation] = []
        for index, item in enumerate(value):
            if type(item) is not exact and not element.accepts(item):
                out.append(wrong_type(element.type_name, (path, index), item))
            elif check is not None:
                check(item, (path, index), out if nested else failed)
        if failed:
            text = f"Member must satisfy constraint: [{', '.join(element.texts)}]"
            out.append(Violation("element", path, value, text, element.sensitive))

    return check_list


def _map_check(key: _Compiled, element: _Compiled, own: Check | None) -> Check:
    exact, check, check_key = element.exact, element.check, key.check
    nested = element.type_name in {"structure", "list", "map"}

    def check_map(value: Any, path: Path, out: list[Violation]) -> None:
        if own is not None:
            own(value, path, out)
        bad_keys: list[Violation] = []
        failed: list[Violation] = []
        for name, item in value.items():
            if check_key is not None:
                check_key(name, path, bad_keys)
            if type(item) is not exact and not element.accepts(item):
                out.append(wrong_type(element.type_name, (path, (name,)), item))
            elif check is not None:
                check(item, (path, (name,)), out if nested else failed)
        hidden = key.sensitive or element.sensitive
        if bad_keys:
            text = f"Map keys must satisfy constraint: [{', '.join(key.texts)}]"
            out.append(Violation("key", path, value, text, hidden))
        if failed:
            text = f"Map value must satisfy constraint: [{', '.join(element.texts)}]"
            out.append(Violation("value", path, value, text, hidden))

    return check_map


class _Constraints:
    """The constraints that a shape itself declares, whatever it contains."""

    def __init__(self, shape: Shape) -> None:
        metadata = shape.metadata
        self.counted = shape.type_name in {"string", "blob", "list", "map"}
        self.low: float = metadata.get("min", -math.inf)
        self.high: float = metadata.get("max", math.inf)
        self.low_text, self.high_text = (
            f"Member must have {'length' if self.counted else 'value'} {relation} than or equal to {bound}"
            for relation, bound in (("greater", self.low), ("less", self.high))
        )
        self.pattern = JavaPattern(metadata["pattern"]) if "pattern" in metadata else None
        self.pattern_text = f"Member must satisfy regular expression pattern: {metadata.get('pattern')}"
        self.values: list[str] = metadata.get("enum", [])
        self.sensitive = bool(metadata.get("sensitive"))
        self.streaming = bool(shape.serialization.get("streaming"))

    @property
    def bounded(self) -> bool:
        return self.low > -math.inf or self.high < math.inf

    @property
    def enum_text(self) -> str:
        return f"Member must satisfy enum value set: [{', '.join(java_order(self.values))}]"

    def texts(self) -> tuple[str, ...]:
        """All of them, in AWS's order: longest, shortest, pattern, values."""
        texts = [self.high_text] if self.high < math.inf else []
        texts += [self.low_text] if self.low > -math.inf else []
        texts += [self.pattern_text] if self.pattern else []
        texts += [self.enum_text] if self.values else []
        return tuple(texts)

    def check(self) -> Check | None:
        """The check of a value of the right type, or None where everything will do."""
        if self.streaming or not (self.bounded or self.pattern or self.values):
            return None
        low, high, counted, bounded = self.low, self.high, self.counted, self.bounded
        pattern, values, sensitive = self.pattern, frozenset(self.values), self.sensitive

        def check(value: Any, path: Path, out: list[Violation]) -> None:
            if bounded:
                size = len(value) if counted else value
                if not low <= size <= high:
                    text = self.high_text if size > high else self.low_text
                    out.append(Violation("length" if counted else "range", path, value, text, sensitive))
            if pattern is not None and not pattern.matches(value):
                out.append(Violation("pattern", path, value, self.pattern_text, sensitive))
            if values and value not in values:
                out.append(Violation("enum", path, value, self.enum_text, sensitive))

        return check


def _nothing(value: Any) -> Any:
    return value


def _plain_text(value: Any) -> Any:
    # str.__str__ gives the text itself, also of a member of an enumeration that is a str.
    return str.__str__(value) if isinstance(value, str) else value


def _whole_number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return value
    return int(value)


def _number(value: Any) -> Any:
    if isinstance(value, decimal.Decimal) or value in _SPECIAL_NUMBERS:
        return float(value)
    return value


_SPECIAL_NUMBERS = ("NaN", "Infinity", "-Infinity")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _octets(value: Any) -> Any:
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, str):
        return value.encode()
    return bytes(value) if isinstance(value, (bytes, bytearray)) else value


def _streamed(value: Any) -> Any:
    return value if hasattr(value, "read") else _octets(value)


def _copied(value: Any) -> Any:
    """A free-form document, containers made anew."""
    if isinstance(value, dict):
        return {name: _copied(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_copied(item) for item in value]
    return value


def wire_time(protocol: str, shape: Shape, *, outermost: bool = False) -> Convert:
    """What the other side makes of a timestamp: any form botocore takes becomes an aware datetime.

    The precision is that of the installed botocore in this protocol and place (whole seconds in headers and,
    in older ones, in JSON), so its own serialiser is asked.
    """
    serializer: Any = create_serializer(protocol, include_validation=False)
    place = shape.serialization.get("location") if outermost else None
    default = {
        "header": getattr(serializer, "HEADER_TIMESTAMP_FORMAT", None),
        "querystring": getattr(serializer, "QUERY_STRING_TIMESTAMP_FORMAT", None),
    }.get(place or "")
    time_format = shape.serialization.get("timestampFormat", default)
    whole_seconds = place == "header"

    def convert(value: Any) -> Any:
        try:
            sent = serializer._convert_timestamp_to_str(value, time_format)
            received = parse_timestamp(sent).astimezone(datetime.timezone.utc)
        except (ValueError, TypeError, AttributeError, OverflowError):
            return value
        return received.replace(microsecond=0) if whole_seconds else received

    return convert


_SCALARS: dict[str, tuple[type, Convert]] = {
    "string": (str, _plain_text),
    "character": (str, _plain_text),
    "integer": (int, _whole_number),
    "long": (int, _whole_number),
    "boolean": (bool, _nothing),
    "float": (float, _number),
    "double": (float, _number),
    "blob": (bytes, _octets),
    "timestamp": (datetime.datetime, _nothing),
}
