"""What happened in a cloud, in order: the calls that were made, and what came about by itself in between.

The newest entries are kept (10,000 unless the option says otherwise). Each knows its cause: the entry of the
call, or of the event, that brought it about.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_cloudfakes.api import ApiCall, ApiError
from pytest_cloudfakes.scheduler import Millis


class CallRecord:
    """A call to AWS and how it ended.

    at: instant in ms since the epoch. parameters, answer: by AWS's names. error: the `ApiError` (or what a fault
    made of it), else None. `answer` is None while the call still waits.
    """

    __slots__ = ("answer", "at", "call", "cause", "error", "number")

    def __init__(self, number: int, at: Millis, call: ApiCall, cause: int | None) -> None:
        self.number = number
        self.at = at
        self.call = call
        self.cause = cause
        self.answer: Mapping[str, Any] | None = None
        self.error: BaseException | None = None

    @property
    def service(self) -> str:
        """Botocore's name of the service."""
        return self.call.service

    @property
    def operation(self) -> str:
        """The API's name of the operation."""
        return self.call.operation

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters by AWS's names."""
        return self.call.parameters

    @property
    def account(self) -> str:
        """The caller's account."""
        return self.call.account

    @property
    def region(self) -> str:
        """The region that was called."""
        return self.call.region

    @property
    def request_id(self) -> str:
        """The request id that the answer carried."""
        return self.call.request_id

    @property
    def error_code(self) -> str | None:
        """The code that a client shows, or what a fault made of the answer; None if the call went well."""
        if self.error is None:
            return None
        return self.error.error_code if isinstance(self.error, ApiError) else str(self.error)

    def describe(self) -> str:
        """One line: service.operation(parameters) and the outcome, shortened for a reader."""
        if self.error is not None:
            outcome = f"{self.error_code}: {self.error.text}" if isinstance(self.error, ApiError) else str(self.error)
        elif self.answer is None:
            outcome = "waiting"
        else:
            outcome = _listed(self.answer) or "done"
        return f"{self.service}.{self.operation}({_listed(self.parameters)}) -> {outcome}"

    def __repr__(self) -> str:
        return f"<CallRecord {self.describe()}>"


class EventRecord:
    """Something that came about by itself: a message became visible, expired, was moved, was delivered."""

    __slots__ = ("_arguments", "_what", "at", "cause", "number", "resource", "service")

    def __init__(  # noqa: PLR0917 - made once an event, by the journal alone
        self,
        number: int,
        at: Millis,
        service: str,
        resource: str,
        what: str,
        arguments: tuple[Any, ...],
        cause: int | None,
    ) -> None:
        self.number = number
        self.at = at
        self.service = service
        self.resource = resource
        self.cause = cause
        self._what = what
        self._arguments = arguments

    @property
    def what(self) -> str:
        """What happened, in words."""
        return self._what.format(*self._arguments) if self._arguments else self._what

    def describe(self) -> str:
        """One line: service, resource and what happened to it."""
        return f"{self.service} {self.resource}: {self.what}"

    def __repr__(self) -> str:
        return f"<EventRecord {self.describe()}>"


Entry = CallRecord | EventRecord


class Journal:
    """The newest entries, numbered from 1."""

    def __init__(self, limit: int = 10_000) -> None:
        self._entries: deque[Entry] = deque(maxlen=limit)
        self.losses: deque[EventRecord] = deque(maxlen=limit)
        """What was noted as lost."""
        self.count = 0
        """How many entries there have been."""
        self.cause: int | None = None
        """The number of the entry that what happens now goes back to."""
        self.now: Any = None
        """The clock's `now`, set by the cloud."""

    def called(self, at: Millis, call: ApiCall) -> CallRecord:
        """Note a call that begins."""
        self.count += 1
        record = CallRecord(self.count, at, call, self.cause)
        self._entries.append(record)
        return record

    def happened(self, service: str, resource: str, what: str, *arguments: Any) -> EventRecord:
        """Note an event. `arguments` fill the `{}` of the text only when somebody reads it."""
        self.count += 1
        record = EventRecord(self.count, self.now(), service, resource, what, arguments, self.cause)
        self._entries.append(record)
        return record

    def lost(self, service: str, resource: str, what: str, *arguments: Any) -> EventRecord:
        """Note an event that a failing test's report tells of whatever came after: something is gone for good."""
        record = self.happened(service, resource, what, *arguments)
        self.losses.append(record)
        return record

    def clear(self) -> None:
        """Forget everything, and number from 1 again."""
        self._entries.clear()
        self.losses.clear()
        self.count = 0
        self.cause = None

    def entries(self) -> list[Entry]:
        """Calls and events in order."""
        return list(self._entries)

    def calls(self) -> list[CallRecord]:
        """The calls in order."""
        return [entry for entry in self._entries if isinstance(entry, CallRecord)]

    def events(self) -> list[EventRecord]:
        """The events in order."""
        return [entry for entry in self._entries if isinstance(entry, EventRecord)]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries())

    def __len__(self) -> int:
        return len(self._entries)


def _listed(members: Mapping[str, Any]) -> str:
    """Members for one line, without digests, receipt handles and what is empty."""
    return ", ".join(
        f"{name}={_short(value)}"
        for name, value in members.items()
        if not name.startswith(("MD5Of", "ReceiptHandle")) and value not in ({}, [], None)
    )


def _short(value: Any) -> str:
    """A value for one line: the end of a URL, the begin of a long text, a long list's length."""
    if isinstance(value, str):
        if value.startswith("https://"):
            return f"…/{value.rsplit('/', 1)[-1]}"
        return repr(value) if len(value) <= 60 else f"{value[:57]!r}… ({len(value)} characters)"
    if isinstance(value, bytes) and len(value) > 40:
        return f"{value[:37]!r}… ({len(value)} bytes)"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return (
            f"[{len(value)} entries]" if len(value) > 3 else f"[{', '.join(f'{{{_listed(each)}}}' for each in value)}]"
        )
    text = repr(value)
    return text if len(text) <= 100 else text[:97] + "..."
