"""What the REST protocols share: members bound to the path, the query, headers and the status."""

from __future__ import annotations

import base64
import json
import re
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qsl
from weakref import WeakKeyDictionary

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.protocols.errors import MalformedQueryString, SerializationException
from pytest_cloudfakes.protocols.eventstream import CONTENT_TYPE as EVENT_STREAM
from pytest_cloudfakes.protocols.eventstream import EventWriter
from pytest_cloudfakes.protocols.routes import Routes, Template
from pytest_cloudfakes.protocols.text_values import TextReader, TextWriter, text_reader, text_writer
from pytest_cloudfakes.protocols.values import members_of, wire_name
from pytest_cloudfakes.protocols.wire import Body, HttpAnswer, HttpRequest, Protocol, whole

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

Query = dict[str, list[str]]
BodyReader = Callable[[bytes], dict[str, Any]]
BodyWriter = Callable[[Mapping[str, Any]], Body]
REQUEST_LOCATIONS = {"uri", "querystring", "header", "headers"}
ANSWER_LOCATIONS = {"header", "headers", "statusCode"}


class RestProtocol(Protocol):
    """The base of rest-json and rest-xml."""

    broken_address: ClassVar[type[ApiError]] = MalformedQueryString

    def __init__(self) -> None:
        self._routes: WeakKeyDictionary[ServiceModel, Routes] = WeakKeyDictionary()
        self._decoders: WeakKeyDictionary[OperationModel, RequestReader] = WeakKeyDictionary()
        self._encoders: WeakKeyDictionary[OperationModel, AnswerWriter] = WeakKeyDictionary()

    def find_operation(self, service_model: ServiceModel, request: HttpRequest) -> str:
        routes = self._routes.get(service_model)
        if routes is None:
            routes = self._routes[service_model] = Routes(service_model)
        try:
            query = {name: values[0] for name, values in parse_query(request.query).items()}
        except SerializationException:
            raise self.broken_address from None
        found = routes.find(request.method, request.path, query, request.headers)
        if found is None:
            raise self.no_operation(request, known_path=routes.knows_path(request.path))
        return found

    def decode(self, operation_model: OperationModel, request: HttpRequest) -> dict[str, Any]:
        reader = self._decoders.get(operation_model)
        if reader is None:
            reader = self._decoders[operation_model] = RequestReader(self, operation_model)
        try:
            return reader.read(request)
        except RecursionError:
            raise self.unreadable(operation_model, SerializationException()) from None
        except SerializationException as error:
            raise self.unreadable(operation_model, error) from None

    def encode(self, operation_model: OperationModel, answer: Mapping[str, Any], request_id: str) -> HttpAnswer:
        writer = self._encoders.get(operation_model)
        if writer is None:
            writer = self._encoders[operation_model] = AnswerWriter(self, operation_model)
        return writer.write(answer, self.identity(operation_model.service_model, request_id))

    def identity(self, service_model: ServiceModel, request_id: str) -> dict[str, str]:
        """The headers that name a request."""
        return {"x-amzn-RequestId": request_id}

    @abstractmethod
    def no_operation(self, request: HttpRequest, *, known_path: bool) -> ApiError:
        """The error for a method and a path that mean nothing."""

    @abstractmethod
    def unreadable(self, operation_model: OperationModel, error: SerializationException) -> ApiError:
        """The error for input that can't be read, in this protocol's and service's own words."""

    @abstractmethod
    def body_reader(self, members: list[tuple[str, Shape]]) -> BodyReader:
        """What reads a body with these members of a structure."""

    @abstractmethod
    def payload_reader(self, shape: Shape) -> Callable[[bytes], Any]:
        """What reads a body that is one value; None for an absent one."""

    @abstractmethod
    def body_writer(self, operation_model: OperationModel, members: list[tuple[str, Shape]]) -> BodyWriter:
        """What writes a body with these members of an answer."""

    @abstractmethod
    def payload_writer(self, operation_model: OperationModel, name: str, shape: Shape) -> Callable[[Any], bytes]:
        """What writes a body that is one structure, list or document."""

    @abstractmethod
    def event_dump(self, shape: Shape) -> Callable[[Any], bytes]:
        """What writes the payload of an event."""

    @property
    @abstractmethod
    def content_type(self) -> str:
        """The content type of structured bodies."""

    @property
    @abstractmethod
    def raw_content_type(self) -> str:
        """The content type of blobs."""


def parse_query(query: str) -> Query:
    """The parameters of an address."""
    if not query:
        return {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict")
    except ValueError:
        raise SerializationException from None
    result: Query = {}
    for name, value in pairs:
        result.setdefault(name, []).append(value)
    return result


# ---- requests ------------------------------------------------------------------------------------------------------


class RequestReader:
    """Reads the parameters of one operation from all places of a request."""

    def __init__(self, protocol: RestProtocol, operation_model: OperationModel) -> None:
        shape = operation_model.input_shape
        members = list(members_of(shape)) if shape is not None else []
        self._template = Template(operation_model)
        self._required = frozenset(shape.required_members) if shape is not None else frozenset()
        self._uri = bound(members, "uri")
        queries = bound(members, "querystring")
        self._query = [(name, wire, query_reader(s)) for name, wire, s in queries if s.type_name != "map"]
        self._query_maps = [(name, s) for name, _, s in queries if s.type_name == "map"]
        self._headers = [(name, wire, header_reader(s)) for name, wire, s in bound(members, "header")]
        self._header_maps = bound(members, "headers")
        self._payload: str | None = shape.serialization.get("payload") if shape is not None else None
        self._read_payload: Callable[[bytes], Any] = bytes
        self._read_body: BodyReader | None = None
        if self._payload is not None:
            self._read_payload = raw_or(protocol.payload_reader, shape.members[self._payload])  # type: ignore[union-attr]
        elif rest := [(n, s) for n, s in members if s.serialization.get("location") not in REQUEST_LOCATIONS]:
            self._read_body = protocol.body_reader(rest)

    def read(self, request: HttpRequest) -> dict[str, Any]:
        parameters: dict[str, Any] = {}
        if self._uri:
            self._read_labels(request.path, parameters)
        if self._query or self._query_maps:
            self._read_query(parse_query(request.query), parameters)
        for name, wire, read in self._headers:
            if wire in request.headers:
                parameters[name] = read(request.headers[wire])
        for name, prefix, _ in self._header_maps:
            if found := with_prefix(prefix, request.headers):
                parameters[name] = found
        if self._payload is not None:
            value = self._read_payload(request.body) if request.body or self._payload in self._required else None
            if value is not None:
                parameters[self._payload] = value
        elif self._read_body is not None and request.body:
            parameters.update(self._read_body(request.body))
        return parameters

    def _read_labels(self, path: str, parameters: dict[str, Any]) -> None:
        labels = self._template.match(path) or {}
        for name, wire, shape in self._uri:
            if wire in labels:
                parameters[name] = text_reader(shape)(labels[wire])

    def _read_query(self, query: Query, parameters: dict[str, Any]) -> None:
        for name, wire, read in self._query:
            if wire in query:
                parameters[name] = read(query[wire])
        for name, shape in self._query_maps:
            taken = {wire for _, wire, _ in self._query} | set(self._template.query)
            lists = shape.value.type_name == "list"  # type: ignore[attr-defined]
            rest = {key: values if lists else values[0] for key, values in query.items() if key not in taken}
            if rest:
                parameters[name] = rest


def bound(members: Iterable[tuple[str, Shape]], location: str) -> list[tuple[str, str, Shape]]:
    """The members in one place of a message: name, name on the wire, shape."""
    return [(n, wire_name(n, s), s) for n, s in members if s.serialization.get("location") == location]


def raw_or(reader: Callable[[Shape], Callable[[bytes], Any]], shape: Shape) -> Callable[[bytes], Any]:
    """What reads a payload: bytes and text as they are."""
    if shape.type_name == "blob":
        return bytes
    return read_text if shape.type_name == "string" else reader(shape)


def read_text(body: bytes) -> str:
    try:
        return body.decode()
    except ValueError:
        raise SerializationException from None


def query_reader(shape: Shape) -> Callable[[list[str]], Any]:
    """What reads a parameter of the address, which may be there several times."""
    if shape.type_name == "list":
        item = text_reader(shape.member)  # type: ignore[attr-defined]
        return lambda values: [item(value) for value in values]
    read = text_reader(shape)
    return lambda values: read(values[0])


def header_reader(shape: Shape) -> TextReader:
    """What reads a header's value."""
    if shape.serialization.get("jsonvalue"):
        return read_json_header
    if shape.type_name == "list":
        item = text_reader(shape.member)  # type: ignore[attr-defined]
        return lambda value: [item(part) for part in split_header(value)]
    return text_reader(shape)


_PART = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))\s*(?:,|\Z)')


def split_header(value: str) -> list[str]:
    """The parts of a list in a header; quoted ones may contain commas."""
    parts = []
    position = 0
    while position < len(value):
        match = _PART.match(value, position)
        if match is None:
            raise SerializationException
        quoted, plain = match.groups()
        parts.append(re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain.strip())
        position = match.end()
    return parts


def read_json_header(value: str) -> Any:
    try:
        return json.loads(base64.b64decode(value))
    except (ValueError, RecursionError):
        raise SerializationException from None


def with_prefix(prefix: str, headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that begin with a prefix, by what follows it."""
    lower = prefix.lower()
    return {name[len(prefix) :]: headers[name] for name in headers if name.lower().startswith(lower)}


# ---- answers -------------------------------------------------------------------------------------------------------


class AnswerWriter:
    """Writes the answers of one operation to all places of an HTTP answer."""

    def __init__(self, protocol: RestProtocol, operation_model: OperationModel) -> None:
        shape = operation_model.output_shape
        members = list(members_of(shape)) if shape is not None else []
        self._status = operation_model.http.get("responseCode", 200)
        self._bodyless = operation_model.http.get("method") == "HEAD"
        self._status_member = next((name for name, _, _ in bound(members, "statusCode")), None)
        self._headers = header_writers(members)
        self._header_maps = bound(members, "headers")
        self._content_type: str | None = None
        self._write_body: BodyWriter | None = None
        payload = shape.serialization.get("payload") if shape is not None else None
        if payload is not None:
            self._write_body = self._payload(protocol, operation_model, payload, shape.members[payload])  # type: ignore[union-attr]
        elif rest := [(n, s) for n, s in members if s.serialization.get("location") not in ANSWER_LOCATIONS]:
            self._content_type = protocol.content_type
            self._write_body = protocol.body_writer(operation_model, rest)

    def _payload(self, protocol: RestProtocol, operation_model: OperationModel, name: str, shape: Shape) -> BodyWriter:
        if shape.serialization.get("eventstream"):
            self._content_type = EVENT_STREAM
            events = EventWriter(shape, protocol.content_type, protocol.event_dump)
            return lambda answer: events.stream(answer.get(name) or ())
        if shape.type_name in {"blob", "string"}:
            if not any(wire.lower() == "content-type" for _, wire, _ in self._headers):
                self._content_type = protocol.raw_content_type
            return lambda answer: raw_body(answer.get(name))
        self._content_type = protocol.content_type
        write = protocol.payload_writer(operation_model, name, shape)
        return lambda answer: b"" if answer.get(name) is None else write(answer[name])

    def write(self, answer: Mapping[str, Any], headers: dict[str, str]) -> HttpAnswer:
        body = self._write_body(answer) if self._write_body is not None and not self._bodyless else b""
        if self._content_type is not None and body != b"":
            headers["Content-Type"] = self._content_type
        write_headers(answer, self._headers, headers)
        for name, prefix, _ in self._header_maps:
            headers.update({prefix + key: header_text(value) for key, value in (answer.get(name) or {}).items()})
        status = answer.get(self._status_member, self._status) if self._status_member else self._status
        # To HEAD, the length is that of the body which GET would give: only the service knows it.
        if self._bodyless or not isinstance(body, bytes):
            return HttpAnswer(status, headers, body)
        return whole(status, headers, body)


HeaderWriters = list[tuple[str, str, TextWriter]]


def header_writers(members: Iterable[tuple[str, Shape]]) -> HeaderWriters:
    return [(name, wire, header_writer(shape)) for name, wire, shape in bound(members, "header")]


def write_headers(values: Mapping[str, Any], writers: HeaderWriters, headers: dict[str, str]) -> None:
    for name, wire, write in writers:
        value = values.get(name)
        if value is not None:
            headers[wire] = header_text(write(value))


def header_writer(shape: Shape) -> TextWriter:
    """What writes a header's value."""
    if shape.serialization.get("jsonvalue"):
        return lambda value: base64.b64encode(json.dumps(value, separators=(",", ":")).encode()).decode()
    if shape.type_name == "list":
        item = text_writer(shape.member, "rfc822")  # type: ignore[attr-defined]
        return lambda value: ",".join(item(part) for part in value)
    return text_writer(shape, "rfc822")


def header_text(text: str) -> str:
    """What a header can carry: other than ASCII goes as RFC 2047, as with S3's metadata; line ends don't go at all."""
    if text.isascii():
        return text if text.isprintable() else re.sub(r"[\x00-\x1f\x7f]+", " ", text)
    return f"=?UTF-8?B?{base64.b64encode(text.encode('utf-8', 'replace')).decode()}?="


def raw_body(value: Any) -> Body:
    """A blob or a text as it is; a file or an iterator piece by piece."""
    if value is None:
        return b""
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if hasattr(value, "read"):
        return iter(lambda: value.read(65536), b"")
    pieces: Iterator[bytes] = iter(value)
    return pieces


def error_headers(error: ApiError, shape: StructureShape | None) -> dict[str, str]:
    """The modelled members of an error that stand in headers."""
    headers: dict[str, str] = {}
    if shape is not None and error.members:
        write_headers(error.extra_members(), header_writers(members_of(shape)), headers)
    return headers
