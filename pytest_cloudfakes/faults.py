"""Failures on demand: the next, every n-th or any matching call fails as AWS or the network would let it.

    cloud.faults.fail("sqs", "SendMessage", "RequestThrottled", times=2)
    cloud.faults.lose_answer("sqs", "SendMessage")          # it was sent, but the client never hears so
    cloud.faults.time_out("sqs")                            # the next call of any operation
    cloud.faults.slow("sqs", "ReceiveMessage", seconds=3)

botocore sees them as it would see AWS's, and retries on the cloud's clock.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from pytest_cloudfakes.api import ApiCall, ApiError
from pytest_cloudfakes.exceptions import CloudFakesError

if TYPE_CHECKING:
    from pytest_cloudfakes.cloud import FakeCloud

Kind = Literal["error", "time out", "connection lost", "slow"]


class NetworkFault(Exception):
    """The answer doesn't arrive. Each door renders it as its clients would see it."""

    def __init__(self, kind: Literal["time out", "connection lost"]) -> None:
        self.kind = kind
        super().__init__(kind)


@dataclasses.dataclass
class Fault:
    """One rule. `met` counts the calls it struck; `remove()` ends it."""

    service: str
    operation: str | None
    kind: Kind
    error: ApiError | None
    performed: bool
    seconds: float
    times: int | None
    every: int
    when: Callable[[ApiCall], bool] | None
    matching: int = 0
    met: int = 0
    removed: bool = False
    changed: Callable[[], None] = dataclasses.field(default=lambda: None, repr=False)
    """Told when it is removed."""

    def remove(self) -> None:
        """Let it strike no more."""
        self.removed = True
        self.changed()

    @property
    def spent(self) -> bool:
        """Whether it will strike no more."""
        return self.removed or (self.times is not None and self.met >= self.times)

    def strikes(self, call: ApiCall) -> bool:
        """Whether this call is struck; counts it."""
        if self.spent or call.service != self.service or self.operation not in (None, call.operation):
            return False
        if self.when is not None and not self.when(call):
            return False
        self.matching += 1
        if self.matching % self.every:
            return False
        self.met += 1
        return True


class Faults:
    """The rules of one cloud, in the order in which they were made; the first that strikes a call decides."""

    def __init__(self, cloud: FakeCloud) -> None:
        self._cloud = cloud
        self._rules: list[Fault] = []
        self._watchers: list[Callable[[], None]] = []

    @property
    def armed(self) -> bool:
        """Whether any rule could still strike."""
        return bool(self._rules)

    def fail(
        self,
        service: str,
        operation: str | None = None,
        error: str | ApiError | type[ApiError] = "InternalFailure",
        *,
        message: str | None = None,
        times: int | None = 1,
        every: int = 1,
        when: Callable[[ApiCall], bool] | None = None,
    ) -> Fault:
        """Let calls fail with an error of AWS, before they have any effect.

        error: a code of the service's model (or its query code, or a general one such as "InternalFailure",
        "ServiceUnavailable", "ThrottlingException"), or an `ApiError`.
        times: how many calls it strikes, None for all. every: strikes every n-th call. when: only matching calls.
        """
        resolved = self._resolve(service, error, message)
        return self._add(service, operation, "error", times=times, every=every, when=when, error=resolved)

    def lose_answer(
        self,
        service: str,
        operation: str | None = None,
        *,
        times: int | None = 1,
        every: int = 1,
        when: Callable[[ApiCall], bool] | None = None,
    ) -> Fault:
        """Let calls take effect, and their answers be lost: the client sees its connection break and may retry."""
        return self._add(service, operation, "connection lost", times=times, every=every, when=when, performed=True)

    def time_out(
        self,
        service: str,
        operation: str | None = None,
        *,
        performed: bool = False,
        seconds: float = 0,
        times: int | None = 1,
        every: int = 1,
        when: Callable[[ApiCall], bool] | None = None,
    ) -> Fault:
        """Let calls end in a read time-out, after so many seconds of the cloud's time.

        performed: whether the call takes effect all the same.
        """
        return self._add(
            service, operation, "time out", times=times, every=every, when=when, performed=performed, seconds=seconds
        )

    def slow(
        self,
        service: str,
        operation: str | None = None,
        *,
        seconds: float,
        times: int | None = 1,
        every: int = 1,
        when: Callable[[ApiCall], bool] | None = None,
    ) -> Fault:
        """Let calls take effect so many seconds (of the cloud's time) after they were made."""
        return self._add(
            service, operation, "slow", times=times, every=every, when=when, performed=True, seconds=seconds
        )

    def clear(self) -> None:
        """Forget all rules."""
        self._rules.clear()
        self._changed()

    def when_changed(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` once, when rules are made or taken away next."""
        self._watchers.append(watcher)

    def lasting(self, service: str, operation: str) -> bool:
        """Whether all calls of an operation fail until the rules change, so that to try again is in vain."""
        for rule in self._rules:
            if not rule.spent and rule.service == service and rule.operation in (None, operation):
                return rule.kind == "error" and rule.times is None and rule.every == 1 and rule.when is None
        return False

    def _changed(self) -> None:
        watchers, self._watchers = self._watchers, []
        with self._cloud.lock:
            for watcher in watchers:
                watcher()

    def meet(self, call: ApiCall) -> Fault | None:
        """The rule that strikes this call, if any."""
        for rule in self._rules:
            if rule.strikes(call):
                self._rules = [each for each in self._rules if not each.spent]
                return rule
        self._rules = [each for each in self._rules if not each.spent]
        return None

    def _add(
        self,
        service: str,
        operation: str | None,
        kind: Kind,
        *,
        times: int | None,
        every: int,
        when: Callable[[ApiCall], bool] | None,
        error: ApiError | None = None,
        performed: bool = False,
        seconds: float = 0,
    ) -> Fault:
        from pytest_cloudfakes.targets import known_operations

        operations = known_operations(service)
        if operation is not None and operation not in operations:
            raise CloudFakesError(
                f"{service} has no operation {operation!r}; spell it as in the API, such as {operations[0]!r}."
            )
        if not (_counts(every) and (times is None or _counts(times))):
            raise CloudFakesError("times and every are 1 or more, in whole numbers; times=None is always.")
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds < math.inf:
            raise CloudFakesError(f"seconds is 0 or more, not {seconds!r}.")
        if when is not None and not callable(when):
            raise CloudFakesError(f"when is a function of the call that says whether it matches, not {when!r}.")
        fault = Fault(service, operation, kind, error, performed, seconds, times, every, when)
        fault.changed = self._changed
        self._rules.append(fault)
        self._changed()
        return fault

    def _resolve(self, service: str, error: str | ApiError | type[ApiError], message: str | None) -> ApiError:
        if isinstance(error, ApiError):
            return error
        if isinstance(error, type) and issubclass(error, ApiError):
            return error(message)
        if not isinstance(error, str):
            raise CloudFakesError(f"An error is one of AWS's codes, as a text, or an ApiError, not {error!r}.")
        declared = _declared(service)
        found = declared.get(error) or _general(error) or _modelled(service, error)
        if found is None:
            codes = ", ".join(sorted({each.code for each in declared.values()}))
            raise CloudFakesError(f"{service} has no error {error!r}; there are: {codes}.")
        return found(message if message is not None else _text_without_fields(found))


def _counts(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _text_without_fields(error: type[ApiError]) -> str:
    return error.message.replace("{", "<").replace("}", ">")


def _declared(service: str) -> dict[str, type[ApiError]]:
    """The errors that the service declares, by code and by query code."""
    from pytest_cloudfakes.services import service_class

    package = service_class(service).__module__.rsplit(".", 1)[0]
    found: dict[str, type[ApiError]] = {}
    todo: list[type[ApiError]] = [ApiError]
    while todo:
        kind = todo.pop()
        todo.extend(kind.__subclasses__())
        if kind.__module__.startswith(package + ".") and "code" in vars(kind):
            found.setdefault(kind.code, kind)
            if kind.query_code:
                found.setdefault(kind.query_code, kind)
    return found


_GENERAL = {
    "InternalFailure": (500, "We encountered an internal error. Please try again."),
    "InternalError": (500, "We encountered an internal error. Please try again."),
    "ServiceUnavailable": (503, "Service Unavailable"),
    "ThrottlingException": (400, "Rate exceeded"),
    "Throttling": (400, "Rate exceeded"),
    "RequestThrottled": (403, "Request is throttled."),
    "TooManyRequestsException": (429, "Too Many Requests"),
    "AccessDeniedException": (400, "User is not authorized to perform this action."),
    "ExpiredTokenException": (403, "The security token included in the request is expired"),
    "UnrecognizedClientException": (403, "The security token included in the request is invalid."),
}


def _general(code: str) -> type[ApiError] | None:
    if code not in _GENERAL:
        return None
    status, text = _GENERAL[code]
    return type(code, (ApiError,), {"code": code, "status": status, "message": text})


def _modelled(service: str, code: str) -> type[ApiError] | None:
    """An error that the model has and the service doesn't raise by itself."""
    from pytest_cloudfakes.model import service_model

    for shape in service_model(service).error_shapes:
        error: dict[str, Any] = shape.metadata.get("error", {})
        if code in (shape.name, error.get("code")):
            fault = 500 if shape.metadata.get("fault") else 400
            attributes = {
                "code": shape.name,
                "status": error.get("httpStatusCode", fault),
                "message": shape.name,
            }
            return type(shape.name, (ApiError,), attributes)
    return None
