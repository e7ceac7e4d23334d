"""Connections and threads: cheroot's server with a thread for each request that is being worked on.

cheroot does HTTP: it parses, keeps connections alive, takes chunks apart, refuses what isn't HTTP, and hands idle
connections to no thread at all. Its pool of threads is replaced, since a pool of any size is used up by as many long
polls.
"""

from __future__ import annotations

import contextlib
import http.client
import logging
import selectors
import socket
import sys
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from cheroot.server import Gateway, HTTPConnection, HTTPRequest, HTTPServer

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.faults import NetworkFault
from pytest_cloudfakes.front_door.body import read_body
from pytest_cloudfakes.front_door.control import Control
from pytest_cloudfakes.front_door.door import ClientLeft, FrontDoor
from pytest_cloudfakes.front_door.limits import MOST
from pytest_cloudfakes.protocols import Headers, HttpAnswer, HttpRequest

_log = logging.getLogger(__name__)


class Server(HTTPServer):
    """A cloud's server. It listens from the moment it is made."""

    timeout = 20
    """Seconds without a byte after which a connection is given up: as long as AWS lets a receive wait, and a choice."""
    max_request_header_size = 2**16
    request_queue_size = 128
    keep_alive_conn_limit = sys.maxsize
    expiration_interval = 0.02  # which is also how long stopping takes

    def __init__(self, door: FrontDoor, control: Control | None, address: tuple[str, int]) -> None:
        super().__init__(address, Answering, server_name="pytest-cloudfakes")
        self.door = door
        self.control = control
        self.requests = Threads(self)
        self.ConnectionClass = Connection
        self.prepare()
        self.port: int = self.bind_addr[1]
        self._serving = threading.Thread(target=self.serve, name="cloudfakes front door", daemon=True)
        self._serving.start()

    @staticmethod
    def bind_socket(socket_: socket.socket, bind_addr: Any) -> socket.socket:
        """Bind to the address, and nothing is left open if that fails."""
        try:
            socket_.bind(bind_addr)
        except OSError:
            socket_.close()
            raise
        return socket_

    def stop(self) -> None:
        """End all connections and threads; waiting calls are cancelled."""
        super().stop()
        self._serving.join(self.shutdown_timeout)
        # cheroot puts every server into a register of the whole process, which would keep it for ever.
        logging.statistics.pop(f"Cheroot HTTPServer {id(self)}", None)  # type: ignore[attr-defined]

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """What cheroot has to say is for who looks for it; clients that break off are no trouble."""
        _log.log(level if level >= logging.ERROR else logging.DEBUG, msg, exc_info=traceback)


class Threads:
    """A thread for each request, so that those that wait hold up nobody. In place of cheroot's pool."""

    min = 0

    def __init__(self, server: Server) -> None:
        self._server = server
        self._busy: dict[Any, threading.Thread] = {}

    def start(self) -> None:
        """Nothing to do: threads start with requests."""

    def put(self, connection: Any) -> None:
        """Work on the request that arrives at a connection."""
        thread = threading.Thread(target=self._work, args=(connection,), name="cloudfakes request", daemon=True)
        self._busy[connection] = thread
        try:
            thread.start()
        except RuntimeError:
            # The machine has no more threads. The client may try again.
            del self._busy[connection]
            connection.close()

    def stop(self, timeout: float | None) -> None:
        """Close the connections that are being worked on, and wait until their threads have seen it."""
        busy = list(self._busy.items())
        for connection, _ in busy:
            with contextlib.suppress(OSError):
                connection.socket.shutdown(socket.SHUT_RDWR)
        for _, thread in busy:
            if thread is not threading.current_thread():
                thread.join(timeout)

    def _work(self, connection: Any) -> None:
        goes_on = False
        try:
            goes_on = connection.communicate()
            if not goes_on:
                connection.say_goodbye()
        except OSError:
            _log.debug("A client of the HTTP front door broke off", exc_info=True)
        finally:
            del self._busy[connection]
            with contextlib.suppress(OSError):
                if goes_on:
                    self._server.put_conn(connection)
                else:
                    connection.close()


class Connection(HTTPConnection):
    """A connection with a client, which may leave at any time."""

    def has_left(self) -> bool:
        """Whether the client closed the connection."""
        return self._closed_within(0)

    def wait_until_left(self) -> None:
        """Wait until the client closes the connection, or sends what it will get no answer to either."""
        self._closed_within(None)

    def close(self) -> None:
        """Close it, with what could not be sent any more: cheroot would try that again much later."""
        super().close()
        with contextlib.suppress(OSError):
            self.wfile.close()

    def say_goodbye(self) -> None:
        """Read what is still on its way before closing: it would reset the connection, and with it the answer."""
        self.socket.shutdown(socket.SHUT_WR)
        self.socket.settimeout(1)
        left = 2 * MOST
        while left > 0 and (piece := self.socket.recv(2**16)):
            left -= len(piece)

    def _closed_within(self, seconds: float | None) -> bool:
        """Whether the connection is closed after so many seconds (None: as long as it takes) or as soon as it tells."""
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self.socket, selectors.EVENT_READ)
                return bool(selector.select(seconds)) and not self.socket.recv(1, socket.MSG_PEEK)
        except (OSError, ValueError):
            return True


class Request(HTTPRequest):
    """A request; what cheroot doesn't expect of one is the client's fault, too."""

    def parse_request(self) -> None:
        try:
            super().parse_request()
        except ValueError as error:
            self.simple_response("400 Bad Request", str(error).encode("ascii", "replace").decode())


Connection.RequestHandlerClass = Request


class Answering(Gateway):
    """From cheroot's request to the door, and the answer back."""

    def respond(self) -> None:
        """Answer the request, or close the connection as a fault wants it."""
        server, connection = self.req.server, self.req.conn
        request, broken = self._request()
        if broken is not None:
            self.req.close_connection = True
        try:
            if server.control is not None and server.control.is_meant(request):
                answer = server.control.answer(request)
            else:
                answer = server.door.answer(request, connection, broken)
        except NetworkFault as fault:
            if fault.kind == "time out":
                connection.wait_until_left()
            self._close_without_answer()
        except ClientLeft:
            self._close_without_answer()
        else:
            self._send(answer)

    def _request(self) -> tuple[HttpRequest, ApiError | None]:
        broken = None
        try:
            body = read_body(self.req)
        except ApiError as error:
            body, broken = b"", error
        target = urlsplit(self.req.uri.decode("latin-1"))
        headers = Headers((name.decode("latin-1"), value) for name, value in self.req.inheaders.items())
        return HttpRequest(self.req.method.decode("latin-1"), target.path or "/", target.query, headers, body), broken

    def _close_without_answer(self) -> None:
        self.req.sent_headers = True
        self.req.close_connection = True

    def _send(self, answer: HttpAnswer) -> None:
        request = self.req
        request.status = _bytes(f"{answer.status} {http.client.responses.get(answer.status, '')}")
        request.outheaders = [(_bytes(name), _bytes(value)) for name, value in answer.headers.items()]
        request.ensure_headers_sent()
        if request.method == b"HEAD":
            return
        if isinstance(answer.body, bytes):
            request.write(answer.body)
        else:
            self._stream(answer.body)

    def _stream(self, body: Iterator[bytes]) -> None:
        """Send what comes when it comes, until it ends or the client leaves."""
        with contextlib.closing(body), contextlib.suppress(ClientLeft):  # type: ignore[type-var]
            for piece in body:
                self.req.write(piece)


def _bytes(text: str) -> bytes:
    """Text as it stands in a head; what doesn't fit there becomes a question mark."""
    return text.encode("latin-1", "replace").replace(b"\r", b"?").replace(b"\n", b"?")
