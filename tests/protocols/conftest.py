"""botocore as the peer: it serialises and parses what the protocols under test read and write."""

from __future__ import annotations

import datetime
import io
import random
from collections.abc import Iterator, Mapping
from typing import Any

import botocore.loaders
import pytest
from botocore.awsrequest import AWSResponse, create_request_object, prepare_request_dict
from botocore.endpoint import convert_to_response_dict
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.protocols import Headers, HttpAnswer, HttpRequest, Protocol, protocol_for
from pytest_cloudfakes.protocols.sqs_query import with_query_names

TEXTS = [
    "a",
    "order 1",
    "Zürich & <b>Bern</b>",
    'say "hi", twice',
    "100% + 1/2 = ?",
    "é日本",
    " padded ",
    "line\nbreak",
]
TOKENS = ["a", "order-1", "a,b", 'q"q', "x y", "100%", "0"]
HIDDEN = {"ListDirectoryBuckets"}  # known by its host alone
UTC = datetime.timezone.utc


class Peer:
    """botocore's serialiser and parser for one service, and the protocol under test."""

    def __init__(self, service_model: ServiceModel, wire_name: str | None = None) -> None:
        self.service_model = service_model
        self.spoken = service_model
        if service_model.service_name == "sqs" and wire_name == "query":
            self.spoken = with_query_names(service_model.operation_model("SendMessage")).service_model
        self.protocol: Protocol = protocol_for(service_model, wire_name)
        self.serializer = create_serializer(self.protocol.name, include_validation=False)
        self.parser = create_parser(self.protocol.name)
        self.empties = self.protocol.name in {"json", "smithy-rpc-v2-cbor"}

    def operations(self) -> list[OperationModel]:
        """All operations but those that share their path with one that is asked for more often."""
        operations = [self.service_model.operation_model(name) for name in self.service_model.operation_names]
        return [operation for operation in operations if not operation.deprecated and operation.name not in HIDDEN]

    def request(self, operation: OperationModel, parameters: Mapping[str, Any]) -> HttpRequest:
        """The request that botocore sends, as the server sees it."""
        spoken = self.spoken.operation_model(operation.name)
        serialised = self.serializer.serialize_to_request(dict(parameters), spoken)
        serialised.setdefault("headers", {})
        prepare_request_dict(serialised, "https://aws.example")
        prepared = create_request_object(serialised).prepare()
        path, _, query = prepared.url.removeprefix("https://").partition("/")[2].partition("?")
        body = prepared.body or b""
        if hasattr(body, "read"):
            body = body.read()
        if isinstance(body, str):
            body = body.encode()
        return HttpRequest(prepared.method, "/" + path, query, Headers(prepared.headers.items()), body)

    def answer(self, operation: OperationModel, answer: HttpAnswer) -> dict[str, Any]:
        """What a client gets of an answer, streams read to their end."""
        parsed = self._parse(operation, answer)
        parsed.pop("ResponseMetadata", None)
        for name, value in parsed.items():
            if hasattr(value, "read"):
                parsed[name] = value.read()
            elif type(value).__name__ == "EventStream":
                parsed[name] = list(value)
        return parsed

    def error(self, operation: OperationModel, answer: HttpAnswer) -> dict[str, Any]:
        """What a client gets of an error, modelled members included."""
        return self._parse(operation, answer)

    def _parse(self, operation: OperationModel, answer: HttpAnswer) -> dict[str, Any]:
        body = answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)
        raw = Raw(body)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        http = AWSResponse("https://aws.example", answer.status, HeaderList(headers), raw)
        response = convert_to_response_dict(http, operation)
        parsed = self.parser.parse(response, self.spoken.operation_model(operation.name).output_shape)
        if answer.status >= 301:
            shape = self.spoken.shape_for_error_code(parsed["Error"]["Code"])
            if shape is not None:
                parsed.update(self.parser.parse(response, shape))
        return parsed


class HeaderList(dict[str, str]):
    """urllib3's headers as far as botocore looks at them."""


class Raw(io.BytesIO):
    """A response of urllib3 as far as botocore looks at it."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        while chunk := self.read(7):
            yield chunk


class Values:
    """Values of a model's shapes, drawn from a seed.

    sends: what a client sends, else what it gets. empties: with empty collections and structures, which forms, XML and
    headers can't carry everywhere.
    """

    def __init__(self, seed: str, *, sends: bool, empties: bool = True) -> None:
        self.random = random.Random(seed)
        self.sends = sends
        self.empties = empties

    def structure(self, shape: Shape | None, depth: int = 0) -> dict[str, Any]:
        if shape is None:
            return {}
        names = list(shape.members)
        if getattr(shape, "is_tagged_union", False):
            names = [self.random.choice(names)]
        required = set(getattr(shape, "required_members", ()))
        result = {}
        for name in sorted(names, key="ContentLength".__eq__):
            member = shape.members[name]
            traits = member.serialization
            bound = traits.get("location") in {"uri", "statusCode"} or traits.get("hostLabel")
            wanted = bound or name in required or len(names) == 1 or name == shape.serialization.get("payload")
            if name == "ContentLength" and (body := result.get(shape.serialization.get("payload", ""))) is not None:
                result[name] = len(body)  # HTTP sends it in any case
                continue
            wanted = wanted or member.serialization.get("name") == "Content-Type"  # likewise
            wanted = wanted or (member.serialization.get("location") == "headers" and not self.sends)
            if not wanted and self.random.random() < 0.25 + 0.12 * depth:
                continue
            if not wanted and depth > 5:
                continue
            result[name] = self.value(member, depth + 1)
        if not result and names and not self.empties:
            single = [name for name in names if shape.members[name].type_name not in {"structure", "list", "map"}]
            name = self.random.choice(single or names)
            result[name] = self.value(shape.members[name], depth + 1)
        return result

    def value(self, shape: Shape, depth: int = 0) -> Any:
        kind = shape.type_name
        if kind == "structure":
            if getattr(shape, "is_document_type", False):
                return {"any": ["thing", 1, None, {"deep": True}]}
            return (self.events if shape.serialization.get("eventstream") else self.structure)(shape, depth)
        if kind == "list":
            return [self.value(shape.member, depth + 1) for _ in range(self.count(depth))]
        if shape.serialization.get("location") == "headers":
            return {f"key-{i}": f"value {i}" for i in range(self.count(depth))}
        if kind == "map":
            return {self.key(shape, i): self.value(shape.value, depth + 1) for i in range(self.count(depth))}
        return self.scalar(shape)

    def scalar(self, shape: Shape) -> Any:
        kind = shape.type_name
        if kind in {"string", "character"}:
            return self.text(shape)
        if kind == "timestamp":
            return self.moment(shape)
        if shape.serialization.get("location") == "statusCode":
            return 202
        return self.random.choice(
            {
                "integer": [0, 1, 7, -3, 2_000_000_000],
                "long": [0, 1, 7, -3, 2**40],
                "float": [0.0, 0.5, -2.25],
                "double": [0.0, 0.5, -2.25, 1e20],
                "boolean": [True, False],
                "blob": [b"raw", bytes(range(256)), b"" if self.empties else b"0"],
            }[kind]
        )

    def events(self, shape: Shape, depth: int) -> list[dict[str, Any]]:
        names = [name for name, member in shape.members.items() if not member.metadata.get("exception")]
        return [{name: self.structure(shape.members[name], depth + 1)} for name in [*names, *names]]

    def count(self, depth: int) -> int:
        return self.random.choice([0, 1, 2, 3] if depth < 4 else [0, 1]) or (not self.empties)

    def key(self, shape: Shape, i: int) -> str:
        enum = getattr(shape.key, "enum", None)
        if enum:
            return enum[i % len(enum)]
        return f"{self.text(shape.key)}{i}"

    def text(self, shape: Shape) -> Any:
        location = shape.serialization.get("location")
        if shape.serialization.get("jsonvalue"):
            return {"json": ["value", 1]} if location == "header" else '{"json": 1}'
        enum = getattr(shape, "enum", None)
        if enum:
            return self.random.choice(enum)
        if shape.serialization.get("hostLabel"):
            return "label-1"
        if location in {"header", "headers"}:
            return self.random.choice(TOKENS[:2])
        if location == "uri":
            return self.random.choice([t for t in TEXTS if t])
        return self.random.choice([*TEXTS, ""])

    def moment(self, shape: Shape) -> datetime.datetime:
        seconds = self.random.choice([0, 1_700_000_000, 951_782_400])
        moment = datetime.datetime.fromtimestamp(seconds, UTC)
        header = shape.serialization.get("location") == "header"
        form = shape.serialization.get("timestampFormat", "rfc822" if header else "")
        # botocore before 1.44 cuts what it sends to seconds.
        if self.sends or form == "rfc822":
            return moment
        return moment.replace(microsecond=self.random.choice([0, 123_000, 1_000]))


class Models:
    """Service models of the installed botocore."""

    def __init__(self) -> None:
        self.loader = botocore.loaders.Loader()
        self.models: dict[str, ServiceModel] = {}

    def __call__(self, service: str) -> ServiceModel:
        if service not in self.models:
            self.models[service] = ServiceModel(self.loader.load_service_model(service, "service-2"), service)
        return self.models[service]


@pytest.fixture(scope="session")
def models() -> Models:
    return Models()


@pytest.fixture
def peer(models: Models) -> Any:
    """Make the peer of a service, "sqs", or of one that speaks an own protocol, "sqs query"."""

    def make(named: str) -> Peer:
        service, _, wire_name = named.partition(" ")
        model = models(service)
        if wire_name == "smithy-rpc-v2-cbor" and wire_name not in model.metadata.get("protocols", ()):
            pytest.skip("this botocore doesn't speak it yet")
        return Peer(model, wire_name or None)

    return make


@pytest.fixture
def values() -> type[Values]:
    return Values


@pytest.fixture
def modelled_error() -> Any:
    """Make the error that a model describes, with values for its members."""

    def make(shape: Shape, seed: str) -> tuple[ApiError, dict[str, Any]]:
        members = Values(seed, sends=False).structure(shape)
        members = {name: value for name, value in members.items() if name.lower() != "message"}
        declared = {"code": shape.name, "message": "It went wrong: <a> & 'b'.", "members": tuple(members)}
        return type("Modelled", (ApiError,), declared)(**members), members

    return make
