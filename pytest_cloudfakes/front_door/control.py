"""The clock and the journal as a resource: for tests in other languages, under `/_cloudfakes/`, if asked for."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from pytest_cloudfakes.exceptions import CloudFakesError
from pytest_cloudfakes.protocols import HttpAnswer, HttpRequest
from pytest_cloudfakes.protocols.wire import whole

if TYPE_CHECKING:
    from pytest_cloudfakes.front_door.door import FrontDoor
    from pytest_cloudfakes.journal import CallRecord
    from pytest_cloudfakes.scheduler import Due

PREFIX = "/_cloudfakes/"
Given = Mapping[str, Any]


class Control:
    """The control resource of one cloud."""

    def __init__(self, door: FrontDoor) -> None:
        self._cloud = cloud = door.cloud
        # What each takes and gives: docs/reference/control.md
        self._verbs: dict[tuple[str, str], Callable[[Given], Any]] = {
            ("GET", "clock"): lambda _: self._clock(),
            ("POST", "clock/advance"): self._advance,
            ("POST", "clock/advance-to"): self._advance_to,
            ("POST", "clock/next-event"): lambda _: self._then(cloud.clock.advance_to_next_event),
            ("POST", "clock/hold"): lambda _: self._then(cloud.clock.hold),
            ("POST", "clock/release"): lambda _: self._then(cloud.clock.release),
            ("GET", "upcoming"): lambda _: [_due(due) for due in cloud.clock.upcoming()],
            ("GET", "calls"): self._calls,
            ("POST", "reset"): lambda _: self._then(door.reset),
        }

    @staticmethod
    def is_meant(request: HttpRequest) -> bool:
        """Whether a request is for this resource."""
        return request.path.startswith(PREFIX)

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """Do what is asked for. What goes wrong is said under "error"."""
        name = request.path.removeprefix(PREFIX).strip("/")
        verb = self._verbs.get((request.method, name))
        if verb is None:
            there = [f"{method} {PREFIX}{path}" for method, path in self._verbs]
            return _json(404, {"error": f"There is no {request.method} {request.path}.", "there is": there})
        try:
            return _json(200, verb(_given(request)))
        except CloudFakesError as error:
            return _json(400, {"error": str(error)})

    def _then(self, action: Callable[[], Any]) -> dict[str, Any]:
        action()
        return self._clock()

    def _clock(self) -> dict[str, Any]:
        clock = self._cloud.clock
        return {"now": clock.now(), "datetime": clock.datetime().isoformat(), "held": clock.held}

    def _advance(self, given: Given) -> dict[str, Any]:
        return self._then(lambda: self._cloud.clock.advance(_member(given, "seconds")))

    def _advance_to(self, given: Given) -> dict[str, Any]:
        instant = _member(given, "instant")
        if isinstance(instant, str):
            try:
                instant = dt.datetime.fromisoformat(instant.replace("Z", "+00:00"))
            except ValueError:
                raise CloudFakesError(f"An instant is written as 2026-01-31T12:00:00Z, not {instant!r}.") from None
        return self._then(lambda: self._cloud.clock.advance_to(instant))

    def _calls(self, given: Given) -> list[dict[str, Any]]:
        wanted = {name: given[name] for name in ("service", "operation") if name in given}
        return [
            _call(record)
            for record in self._cloud.calls
            if all(getattr(record, name) == value for name, value in wanted.items())
        ]


def _given(request: HttpRequest) -> Given:
    """What stands in the query and, as JSON, in the body."""
    given: dict[str, Any] = {name: values[-1] for name, values in parse_qs(request.query).items()}
    if request.body:
        try:
            body = json.loads(request.body)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise CloudFakesError("The body is a JSON object.")
        given |= body
    return given


def _member(given: Given, name: str) -> Any:
    if name not in given:
        raise CloudFakesError(f"{name!r} is missing in the body, a JSON object.")
    return given[name]


def _due(due: Due) -> dict[str, Any]:
    return {"at": due.at, "service": due.service, "resource": due.resource, "what": due.what}


def _call(record: CallRecord) -> dict[str, Any]:
    return {
        "number": record.number,
        "at": record.at,
        "service": record.service,
        "operation": record.operation,
        "account": record.account,
        "region": record.region,
        "parameters": record.parameters,
        "answer": record.answer,
        "error": record.error_code,
        "request_id": record.request_id,
    }


def _json(status: int, value: Any) -> HttpAnswer:
    body = json.dumps(value, default=_plain, ensure_ascii=False).encode("utf-8", "replace")
    return whole(status, {"Content-Type": "application/json"}, body + b"\n")


def _plain(value: Any) -> Any:
    """What JSON has no form for: bytes as base64, as in AWS's own JSON, datetimes as text."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)
