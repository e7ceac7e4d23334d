"""What isn't a request of the protocol gets AWS's 4xx answer; nothing else ever comes out of a decoder."""

from __future__ import annotations

import json
import random

import pytest

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.protocols import Headers, HttpRequest

CBOR = "cloudwatch smithy-rpc-v2-cbor"
SERVICES = ["sqs", "sqs query", "kinesis", "swf", "sns", "sts", "apigateway", "lambda", "s3", CBOR]
JUNK = [b"", b"\x00", b"\xff\xfe", b"%", b"%zz", b"&", b"=", b".", b"[", b"{", b'"', b"<a>", b"</a>", b"&#0;"]
ODD_VALUES = [None, True, 10**400, -1, 1.5, 1e308, "", "x", [], [None], {}, {"a": {"b": []}}, [[[]]]]


class Broken:
    """Valid requests made invalid in small ways."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def raw(self, value: bytes) -> bytes:
        choose = self.random.choice
        at = self.random.randrange(len(value) + 1)
        return choose([value[:at], value[:at] + choose(JUNK) + value[at:], value[:at] + choose(JUNK) + value[at + 1 :]])

    def text(self, value: str) -> str:
        return self.raw(value.encode()).decode("latin-1")

    def document(self, body: bytes) -> bytes:
        """A JSON body with one value exchanged."""
        document = json.loads(body)
        places = list(self._places(document))
        if places:
            container, key = self.random.choice(places)
            container[key] = self.random.choice(ODD_VALUES)
        return json.dumps(document).encode()

    def _places(self, value):
        keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        for key in keys:
            yield value, key
            yield from self._places(value[key])

    def request(self, request: HttpRequest) -> HttpRequest:
        part = self.random.choice(["body", "body", "body", "query", "path", "headers", "document"])
        body, query, path, headers = request.body, request.query, request.path, request.headers
        if part == "document" and body.startswith(b"{"):
            body = self.document(body)
        elif part == "query":
            query = self.text(query)
        elif part == "path":
            path = "/" + self.text(path[1:])
        elif part == "headers":
            headers = Headers([(name, self.text(headers[name])) for name in headers])
        else:
            body = self.raw(body)
        return HttpRequest(request.method, path, query, headers, body)


def answered(client, operation, request) -> None:
    """Decode a request as the door does; an error must be one that can be answered, with a status below 500."""
    found = None
    try:
        client.protocol.decode(operation, request)
        found = client.service_model.operation_model(client.protocol.find_operation(client.service_model, request))
        client.protocol.decode(found, request)
    except ApiError as error:
        answer = client.protocol.encode_error(found, client.service_model, error, "request-1")
        assert 400 <= answer.status < 500


@pytest.mark.parametrize("service", SERVICES)
def test_a_damaged_request_is_read_or_refused(service, peer, values):
    client = peer(service)
    broken = Broken(service)
    for operation in broken.random.sample(client.operations(), min(20, len(client.operations()))):
        parameters = values(operation.name, sends=True, empties=client.empties).structure(operation.input_shape)
        request = client.request(operation, parameters)
        for _ in range(60):
            answered(client, operation, broken.request(request))


@pytest.mark.parametrize("service", SERVICES)
def test_noise_is_refused(service, peer):
    client = peer(service)
    noise = random.Random(service)
    for operation in noise.sample(client.operations(), min(20, len(client.operations()))):
        for length in (1, 5, 100):
            answered(client, operation, HttpRequest("POST", "/", "", Headers(), noise.randbytes(length)))


@pytest.mark.parametrize(
    "service, body",
    [
        ("sqs", b'{"Attributes":' * 5_000 + b"1" + b"}" * 5_000),
        ("sqs", b"[" * 200_000),
        ("swf", b"{" * 200_000),
        ("sns", b"Attributes.entry" + b".1" * 5_000 + b"=x"),
        ("s3", b"<a>" * 10_000 + b"</a>" * 10_000),
        ("s3", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        ("lambda", b"[" * 200_000),
        (CBOR, b"\x81" * 100_000),
        (CBOR, b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff"),
        (CBOR, b"\x7b\xff\xff\xff\xff\xff\xff\xff\xff"),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:12]),
)
def test_what_would_exhaust_a_reader_is_refused_or_ignored(service, body, peer):
    client = peer(service)
    for operation in client.operations():
        answered(client, operation, HttpRequest("POST", "/", "", Headers(), body))
