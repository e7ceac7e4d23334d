"""HTTP servers: functions, WSGI and ASGI applications, loopback addresses, and nobody."""

from __future__ import annotations

import http.server
import threading

import pytest

from pytest_cloudfakes import CloudFakesError
from pytest_cloudfakes.http_targets import HttpRequest, HttpResponse, HttpTargets, Unreachable

URL = "https://shop.example.com/hooks"


@pytest.fixture
def targets():
    return HttpTargets()


def post(targets, url=URL, body=b"hello", **headers):
    return targets.send(HttpRequest("POST", url, headers, body))


@pytest.mark.parametrize(
    "answer, status, body",
    [
        (None, 200, b""),
        (503, 503, b""),
        ("text", 200, b"text"),
        (b"bytes", 200, b"bytes"),
        (HttpResponse(201, b"made"), 201, b"made"),
    ],
)
def test_a_function_answers_with_a_status_a_text_or_a_response(targets, answer, status, body):
    targets.register(URL, lambda request: answer)
    response = post(targets)
    assert (response.status, response.body) == (status, body)


def test_a_function_gets_the_request(targets):
    seen = []
    targets.register(URL, seen.append)
    post(targets, URL + "/orders?x=1", b'{"a":1}', **{"X-Kind": "order"})
    (request,) = seen
    assert (request.method, request.url, request.json(), request.text) == (
        "POST",
        URL + "/orders?x=1",
        {"a": 1},
        '{"a":1}',
    )
    assert request.header("x-kind") == "order"
    assert request.header("missing") is None


def test_the_longest_address_answers(targets):
    targets.register("https://shop.example.com/", lambda request: "shop")
    targets.register(URL, lambda request: "hooks")
    assert post(targets, URL + "/a").text == "hooks"
    assert post(targets, URL + "?a").text == "hooks"
    assert post(targets, URL + "hop").text == "shop"


def test_nobody_is_unreachable(targets):
    targets.register(URL, lambda request: None)
    targets.unregister(URL)
    with pytest.raises(Unreachable, match="nobody is registered for https://shop"):
        post(targets)


@pytest.mark.parametrize("url", ["shop.example.com", "ftp://shop.example.com", "https://"])
def test_what_is_no_address(targets, url):
    with pytest.raises(CloudFakesError, match="An address begins with"):
        targets.register(url, lambda request: None)


def test_what_is_no_server(targets):
    with pytest.raises(CloudFakesError, match="can't be called"):
        targets.register(URL, "app")


def wsgi(environ, start_response):
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start_response("201 Created", [("X-Path", environ["PATH_INFO"]), ("X-Query", environ["QUERY_STRING"])])
    return [environ["REQUEST_METHOD"].encode(), b" ", body, environ.get("CONTENT_TYPE", "").encode()]


def test_a_wsgi_application(targets):
    targets.register("http://shop.example.com", wsgi)
    response = post(targets, "http://shop.example.com/a%20b?c=d", **{"Content-Type": "text/plain"})
    assert (response.status, response.body) == (201, b"POST hellotext/plain")
    assert response.headers == {"X-Path": "/a b", "X-Query": "c=d"}


async def asgi(scope, receive, send):
    message = await receive()
    headers = dict(scope["headers"])
    await send({"type": "http.response.start", "status": 202, "headers": [(b"x-path", scope["path"].encode())]})
    await send({"type": "http.response.body", "body": scope["method"].encode(), "more_body": True})
    await send({"type": "http.response.body", "body": message["body"] + headers[b"content-length"]})


def test_an_asgi_application(targets):
    targets.register(URL, asgi)
    response = post(targets, URL + "/x")
    assert (response.status, response.body, response.headers) == (202, b"POSThello5", {"x-path": "/hooks/x"})


def test_an_asgi_application_within_a_running_loop(targets):
    import asyncio

    async def call():
        return post(targets)

    targets.register(URL, asgi)
    assert asyncio.run(call()).status == 202


def test_an_application_whose_kind_cannot_be_seen(targets):
    def application(*given):
        return wsgi(*given)

    targets.register(URL, application, kind="wsgi")
    assert post(targets).status == 201


@pytest.fixture
def real_server():
    """The address of a server that really listens."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(418)
            self.end_headers()
            self.wfile.write(self.path.encode() + body)

        def log_message(self, *_):
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_loopback_address_is_called_for_real(targets, real_server):
    response = post(targets, real_server + "/a?b=c")
    assert (response.status, response.body) == (418, b"/a?b=chello")


def test_a_loopback_address_where_nobody_listens(targets, real_server):
    with pytest.raises(Unreachable):
        post(targets, "http://127.0.0.1:1/")
