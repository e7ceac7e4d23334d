"""Requests that are broken in every way: each is answered as AWS would, or its connection closed, and life goes on."""

from __future__ import annotations

import json
import os
import random
import socket

import pytest

from .conftest import json_request, received, status_of

GOOD = json_request("ListQueues")
HEAD = (
    b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonSQS.ListQueues\r\n"
    b"Content-Type: application/x-amz-json-1.0\r\n"
)
FORM = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"


def with_body(body, head=HEAD):
    return head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


@pytest.mark.parametrize(
    "request_, status",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, id="TLS"),
        pytest.param(b"nonsense\r\n\r\n", 400, id="no request line"),
        pytest.param(b"GET /\r\n\r\n", 400, id="no version"),
        pytest.param(b"GET / HTTP/banana\r\n\r\n", 400, id="no number of a version"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, id="HTTP/2"),
        pytest.param(b"GET //[ HTTP/1.1\r\nHost: a\r\n\r\n", 400, id="address that is none"),
        pytest.param(b"GET relative HTTP/1.1\r\nHost: a\r\n\r\n", 400, id="relative address"),
        pytest.param(b"CONNECT example.org:443 HTTP/1.1\r\n\r\n", 405, id="proxy"),
        pytest.param(b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n", 414, id="endless address"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400, id="header without a colon"),
        pytest.param(b"GET / HTTP/1.1\r\nA: " + b"a" * 100_000 + b"\r\n\r\n", 413, id="endless header"),
        pytest.param(b"GET / HTTP/1.1\nHost: a\n\n", 400, id="bare line feeds"),
        pytest.param(HEAD + b"Content-Length: many\r\n\r\n", 400, id="length that is none"),
        pytest.param(HEAD + b"Content-Length: -5\r\n\r\n", 400, id="negative length"),
        pytest.param(HEAD + b"Content-Length: 1_0\r\n\r\n0123456789", 400, id="length of Python"),
        pytest.param(HEAD + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n", 400, id="length of a universe"),
        pytest.param(HEAD + b"Content-Length: 100\r\n\r\n{}", 400, id="truncated body"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", 400, id="chunk without a length"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n10\r\n{}\r\n", 400, id="truncated chunk"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", 400, id="no last chunk"),
        pytest.param(HEAD + b"Transfer-Encoding: gzip\r\n\r\n{}", 501, id="unknown transfer encoding"),
        pytest.param(with_body(b"{"), 400, id="truncated JSON"),
        pytest.param(with_body(b"[]"), 400, id="JSON of another kind"),
        pytest.param(with_body(b'{"QueueNamePrefix": "\xff\xfe"}'), 400, id="invalid UTF-8"),
        pytest.param(with_body(b'{"QueueNamePrefix": {}}'), 400, id="wrong type"),
        pytest.param(with_body(b"[" * 100_000), 400, id="deep JSON"),
        pytest.param(with_body(b"\x00\x01\x02"), 400, id="bytes"),
        pytest.param(with_body(b"{}", HEAD.replace(b"x-amz-json-1.0", b"octet-stream")), 404, id="wrong content type"),
        pytest.param(with_body(b"{}", HEAD.replace(b"ListQueues", b"Nothing")), 400, id="unknown operation"),
        pytest.param(with_body(b"{}", HEAD.replace(b"AmazonSQS", b"AmazonXYZ")), 404, id="unknown target"),
        pytest.param(with_body(b"{}", HEAD.replace(b"AmazonSQS.ListQueues", b"\xff.\xfe")), 404, id="target of bytes"),
        pytest.param(with_body(b"Action=Nothing", FORM), 404, id="unknown action"),
        pytest.param(with_body(b"Action=CreateQueue&QueueName=%FF", FORM), 404, id="form, invalid UTF-8"),
        pytest.param(with_body(b"Action=TagQueue&Tag.1.Key=a&Tag.999999999999.Key=b", FORM), 400, id="form, index"),
        pytest.param(b"GET /?Action=ListQueues&X-Amz-Credential=a/b HTTP/1.1\r\n\r\n", 200, id="half a credential"),
    ],
)  # fmt: skip
def test_a_broken_request_is_answered_with_a_status_of_its_own(exchange, call, request_, status):
    answer = exchange(request_)
    assert status_of(answer) == status
    assert b"Traceback" not in answer
    assert call.sqs("ListQueues").status == 200


def test_a_truncated_body_is_refused_in_the_protocols_own_form(exchange):
    head, _, body = exchange(HEAD + b"Content-Length: 100\r\n\r\n{}").partition(b"\r\n\r\n")
    assert json.loads(body)["__type"].endswith("IncompleteBody")
    assert b"x-amzn-RequestId" in head
    assert b"Connection: close" in head


@pytest.mark.parametrize("megabytes", [12, 80])
@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
def test_a_body_that_is_too_large_is_refused(connect, call, chunked, megabytes):
    piece = b"a" * 2**16
    frame = b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece
    connection = connect()
    connection.sendall(
        HEAD
        + (b"Transfer-Encoding: chunked\r\n\r\n" if chunked else b"Content-Length: %d\r\n\r\n" % (megabytes * 2**20))
    )
    for _ in range(megabytes * 16):
        connection.sendall(frame)
    connection.sendall(b"0\r\n\r\n" if chunked else b"")
    connection.shutdown(socket.SHUT_WR)
    answer = received(connection)
    assert status_of(answer) == 413
    assert b"RequestEntityTooLargeException" in answer
    assert call.sqs("ListQueues").status == 200


def test_a_body_of_10_megabytes_is_read(exchange):
    limit = 10 * 2**20
    assert status_of(exchange(with_body(b" " * (limit - 2) + b"{}"))) == 200
    assert status_of(exchange(with_body(b" " * (limit - 1) + b"{}"))) == 413


@pytest.mark.parametrize(
    "begun", [HEAD + b"Content-Length: 100\r\n\r\n{}", HEAD, b"POST"], ids=["body", "head", "line"]
)
def test_a_client_that_stops_in_the_middle_is_given_up(connect, call, monkeypatch, begun):
    monkeypatch.setattr("pytest_cloudfakes.front_door.server.Server.timeout", 0.2)
    connection = connect()
    connection.sendall(begun)
    assert status_of(received(connection)) in (400, 408)
    assert call.sqs("ListQueues").status == 200


def test_a_client_that_says_nothing_is_given_up(connect, monkeypatch):
    monkeypatch.setattr("pytest_cloudfakes.front_door.server.Server.timeout", 0.2)
    assert status_of(received(connect())) in (None, 408)


def test_when_there_are_no_more_threads_a_client_may_try_again(call, exchange, monkeypatch):
    def fails(*_):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr("pytest_cloudfakes.front_door.server.threading.Thread.start", fails)
        assert exchange(GOOD) == b""
    assert call.sqs("ListQueues").status == 200


REQUESTS = int(os.environ.get("CLOUDFAKES_FUZZ", "300"))
SEEDS = (
    GOOD,
    json_request("SendMessage", QueueUrl="http://localhost/123456789012/jobs", MessageBody="cat.png"),
    with_body(b"Action=SendMessageBatch&SendMessageBatchRequestEntry.1.Id=a&Version=2012-11-05", FORM),
    with_body(b"{}", HEAD + b"Authorization: AWS4-HMAC-SHA256 Credential=a/20260131/eu-west-1/sqs/aws4_request\r\n"),
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    b"GET /?X-Amz-Credential=a/20260131/eu-west-1/s3/aws4_request HTTP/1.1\r\nHost: b.s3.localhost\r\n\r\n",
)


def broken(random_):
    """A good request after some accidents."""
    request = bytearray(random_.choice(SEEDS))
    for _ in range(random_.randint(1, 6)):
        start = random_.randrange(len(request) + 1)
        end = min(len(request), start + random_.choice((0, 1, 1, 2, 8, 40)))
        kind = random_.randrange(5)
        if kind == 0:
            del request[start:end]
        elif kind == 1:
            request[start:end] = random_.randbytes(end - start)
        elif kind == 2:
            request[start:start] = request[start:end] * random_.choice((1, 2, 100))
        elif kind == 3:
            request[start:end] = random_.choice(
                (b"\r\n", b"\0", b"%", b"-1", b"{", b'"', b"\xff", b"99999999999", b": ")
            )
        elif random_.random() < 0.3:
            del request[start:]
    return bytes(request)


def test_it_survives_a_storm_of_broken_requests(exchange, call, caplog):
    random_ = random.Random(REQUESTS)
    statuses = {}
    for _ in range(REQUESTS):
        request = broken(random_)
        answer = exchange(request)
        status = status_of(answer)
        statuses[status] = statuses.get(status, 0) + 1
        assert b"Traceback" not in answer
        assert status is None or status < 500 or status in (501, 505), (request, answer)
    assert call.sqs("ListQueues").status == 200
    assert "Traceback" not in caplog.text
    assert statuses[400] > REQUESTS / 10
