"""HTTP servers that AWS would call: registered in the test, or really listening on a loopback address.

    cloud.http.register("https://shop.example.com/hooks", handler)    # a function, a WSGI or an ASGI application

The longest registered address that a URL begins with answers it. Loopback addresses are called for real, with short
time-outs; every other address counts as unreachable.
"""

from __future__ import annotations

import inspect
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from pytest_cloudfakes.exceptions import CloudFakesError

Kind = Literal["handler", "wsgi", "asgi"]
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
REAL_TIMEOUT = 5.0
"""Seconds of real time that a server on a loopback address gets for each step."""


@dataclass(frozen=True)
class HttpRequest:
    """A request to a registered address."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        """A header in whatever case it was written."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)


@dataclass(frozen=True)
class HttpResponse:
    """An answer. delay: seconds of the cloud's time that it took."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Unreachable(Exception):
    """No answer: nobody is there, the connection broke, or it took too long (timed_out)."""

    def __init__(self, reason: str, *, timed_out: bool = False) -> None:
        super().__init__(reason)
        self.timed_out = timed_out


Answer = HttpResponse | int | str | bytes | None
Target = Callable[..., Any]


class HttpTargets:
    """The servers of one cloud."""

    def __init__(self) -> None:
        self._targets: dict[str, tuple[Target, Kind]] = {}

    def register(self, url: str, target: Target, *, kind: Kind | None = None) -> None:
        """Let a function or an application answer all URLs that begin with `url`.

        A function gets an `HttpRequest` and answers with an `HttpResponse`, a status, a text, or nothing (200); it may
        raise `Unreachable`. kind: what it is, if that can't be seen by its signature.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise CloudFakesError(f"An address begins with http:// or https:// and a host; {url!r} doesn't.")
        if not callable(target):
            raise CloudFakesError(f"A function or an application answers for {url}; {target!r} can't be called.")
        kind = kind or _kind_of(target)
        if kind not in _ANSWERS:
            raise CloudFakesError(f"kind is {' or '.join(map(repr, _ANSWERS))}, not {kind!r}.")
        if kind == "handler" and inspect.iscoroutinefunction(target):
            raise CloudFakesError(f"What answers for {url} is an ordinary function, a WSGI or an ASGI application.")
        self._targets[url] = (target, kind)

    def unregister(self, url: str) -> None:
        """Let nobody answer there any more."""
        self._targets.pop(url, None)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
        """Visit a URL, such as a SubscribeURL. Errors: Unreachable."""
        return self.send(HttpRequest("GET", url, dict(headers or {})))

    def send(self, request: HttpRequest) -> HttpResponse:
        """Send a request. Errors: Unreachable. Not under the cloud's lock: it runs code of the user's."""
        found = self._find(request.url)
        if found is not None:
            target, kind = found
            return _ANSWERS[kind](target, request)
        if (urlsplit(request.url).hostname or "") in LOOPBACK:
            return _over_the_network(request)
        raise Unreachable(f"nobody is registered for {request.url}")

    def _find(self, url: str) -> tuple[Target, Kind] | None:
        fits = [prefix for prefix in self._targets if _begins_with(url, prefix)]
        return self._targets[max(fits, key=len)] if fits else None

    def __repr__(self) -> str:
        return f"<HttpTargets {', '.join(self._targets) or 'none'}>"


def _begins_with(url: str, prefix: str) -> bool:
    """Whether a URL is the address or lies below it; `/hooks` isn't the beginning of `/hookshop`."""
    return url.startswith(prefix) and (prefix[-1] in "/?" or url[len(prefix) : len(prefix) + 1] in {"", "/", "?", "#"})


def _kind_of(target: Target) -> Kind:
    """By how it is to be called: (request), WSGI's (environ, start_response), ASGI's (scope, receive, send)."""
    try:
        parameters = inspect.signature(target).parameters.values()
    except (TypeError, ValueError):
        return "handler"
    needed = [p for p in parameters if p.default is p.empty and p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    kinds: dict[int, Kind] = {2: "wsgi", 3: "asgi"}
    return kinds.get(len(needed), "handler")


# ── functions ────────────────────────────────────────────────────────────────────────────────────────────────────


def _ask_handler(target: Target, request: HttpRequest) -> HttpResponse:
    answer: Answer = target(request)
    if isinstance(answer, HttpResponse):
        return answer
    if isinstance(answer, bool):
        answer = None
    if isinstance(answer, int):
        return HttpResponse(answer)
    if isinstance(answer, (str, bytes)):
        return HttpResponse(body=answer.encode() if isinstance(answer, str) else answer)
    return HttpResponse()


# ── WSGI ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _ask_wsgi(target: Target, request: HttpRequest) -> HttpResponse:
    begun: dict[str, Any] = {}
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], None]:
        begun["status"], begun["headers"] = int(status.split(" ", 1)[0]), headers
        return written.append

    chunks: Iterable[bytes] = target(_environ(request), start_response)
    try:
        written.extend(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    return HttpResponse(begun["status"], b"".join(written), dict(begun["headers"]))


def _environ(request: HttpRequest) -> dict[str, Any]:
    parts = urlsplit(request.url)
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(parts.path, "latin-1") or "/",
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": parts.netloc,
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environ["CONTENT_TYPE" if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ


# ── ASGI ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _ask_asgi(target: Target, request: HttpRequest) -> HttpResponse:
    """Run the application in a loop of its own, in a thread of its own, since one may be running in this."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_asgi_exchange(target, request))).result()


async def _asgi_exchange(target: Target, request: HttpRequest) -> HttpResponse:
    parts = urlsplit(request.url)
    incoming = [{"type": "http.request", "body": request.body, "more_body": False}]
    begun: dict[str, Any] = {}
    written: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return incoming.pop() if incoming else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            begun.update(message)
        elif message["type"] == "http.response.body":
            written.append(message.get("body", b""))

    headers = {"host": parts.netloc, "content-length": str(len(request.body)), **request.headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": unquote(parts.path) or "/",
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("127.0.0.1", 0),
        "server": (parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)),
        "state": {},
    }
    await target(scope, receive, send)
    answered = {name.decode("latin-1"): value.decode("latin-1") for name, value in begun.get("headers", ())}
    return HttpResponse(begun["status"], b"".join(written), answered)


# ── the network ──────────────────────────────────────────────────────────────────────────────────────────────────


def _over_the_network(request: HttpRequest) -> HttpResponse:
    """Call a server on a loopback address. Errors: Unreachable."""
    import http.client

    parts = urlsplit(request.url)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=REAL_TIMEOUT)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(request.method, path, request.body, dict(request.headers))
        response = connection.getresponse()
        return HttpResponse(response.status, response.read(), dict(response.getheaders()))
    except TimeoutError:
        raise Unreachable(f"{request.url} took too long", timed_out=True) from None
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"{request.url}: {error}") from None
    finally:
        connection.close()


_ANSWERS: Mapping[Kind, Callable[[Target, HttpRequest], HttpResponse]] = {
    "handler": _ask_handler,
    "wsgi": _ask_wsgi,
    "asgi": _ask_asgi,
}
