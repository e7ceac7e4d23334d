"""Functions: Python callables behind the name and ARN of a Lambda function, for every service that invokes some.

    cloud.lambdas.register("thumbnail", handler)

A handler gets AWS's event and context. Its exception is a function error. An asynchronous invocation is accepted at
once and run again after a function error, 60 and 120 seconds later, as Lambda does; then the event is discarded.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.arns import Arn
from pytest_cloudfakes.exceptions import CloudFakesError
from pytest_cloudfakes.scheduler import Millis

if TYPE_CHECKING:
    from pytest_cloudfakes.cloud import FakeCloud

Handler = Callable[[Any, "LambdaContext"], Any]

RETRY_AFTER: tuple[Millis, ...] = (60_000, 120_000)
"""Waits after a function error. Source: Lambda developer guide, asynchronous invocation."""
DEFAULT_TIMEOUT = 3.0
"""Seconds. Source: Lambda API reference, CreateFunction."""
DEFAULT_MEMORY = 128
"""Megabytes. Source: Lambda API reference, CreateFunction."""

_NAME = re.compile(r"(arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:)?[a-zA-Z0-9_-]+(:[a-zA-Z0-9$_-]+)?")
"""A function's name, or its ARN, with or without a version or an alias."""


class LambdaContext:
    """What a handler gets beside the event. Source: Lambda developer guide, context object in Python."""

    def __init__(self, function: LambdaFunction, arn: str, request_id: str, cloud: FakeCloud) -> None:
        self._deadline = cloud.clock.now() + round(1000 * function.timeout)
        self._clock = cloud.clock
        self.function_name = function.name
        self.function_version = "$LATEST"
        self.invoked_function_arn = arn
        self.memory_limit_in_mb = str(function.memory)
        self.aws_request_id = request_id
        self.log_group_name = f"/aws/lambda/{function.name}"
        self.log_stream_name = f"{cloud.clock.datetime():%Y/%m/%d}/[$LATEST]{cloud.ids.hex(32)}"
        self.identity = None
        self.client_context = None

    def get_remaining_time_in_millis(self) -> int:
        """Until the function's time-out, by the cloud's clock."""
        return max(0, self._deadline - self._clock.now())


@dataclass(frozen=True)
class Invocation:
    """One run of a function. at: its instant. error: what the handler raised, else None."""

    at: Millis
    event: Any
    request_id: str
    result: Any = None
    error: BaseException | None = None
    attempt: int = 1
    """Which run of the same event it was."""

    @property
    def ok(self) -> bool:
        """Whether the handler returned."""
        return self.error is None


@dataclass(eq=False)
class LambdaFunction:
    """A registered function: how it was invoked, and the events that it failed for good."""

    name: str
    arn: str
    handler: Handler
    timeout: float = DEFAULT_TIMEOUT
    memory: int = DEFAULT_MEMORY
    invocations: list[Invocation] = field(default_factory=list)
    discarded: list[Invocation] = field(default_factory=list)
    """The last run of each event that was given up."""

    @property
    def events(self) -> list[Any]:
        """The events of all runs, in order."""
        return [invocation.event for invocation in self.invocations]

    def __repr__(self) -> str:
        return f"<LambdaFunction {self.name}: {len(self.invocations)} invocations>"


class Lambdas:
    """The functions of one cloud."""

    def __init__(self, cloud: FakeCloud) -> None:
        self._cloud = cloud
        self._by_name: dict[str, LambdaFunction] = {}
        self._by_arn: dict[str, LambdaFunction] = {}

    def register(
        self, name: str, handler: Handler, *, timeout: float = DEFAULT_TIMEOUT, memory: int = DEFAULT_MEMORY
    ) -> LambdaFunction:
        """Put a callable behind a function, in the cloud's account and every region, or behind one function's ARN.

        handler: called with event and context. Units: timeout in seconds, memory in megabytes.
        """
        if not callable(handler):
            raise CloudFakesError(f"A function's handler is called with an event and a context; {handler!r} can't be.")
        if inspect.iscoroutinefunction(handler):
            raise CloudFakesError(f"Lambda doesn't await: the handler of {name} is an ordinary function, no async one.")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise CloudFakesError(f"A function is registered under its name or ARN, such as 'thumbnail', not {name!r}.")
        options = self._cloud.options
        if Arn.is_arn(name):
            arn = _unqualified(name)
            function = LambdaFunction(Arn.parse(arn).resource_id, arn, handler, timeout, memory)
            self._by_arn[arn] = function
        else:
            from pytest_cloudfakes.api import partition_of

            arn = f"arn:{partition_of(options.region)}:lambda:{options.region}:{options.account}:function:{name}"
            function = LambdaFunction(name, arn, handler, timeout, memory)
            self._by_name[name] = function
        return function

    def unregister(self, name: str) -> None:
        """Take a function away, by the name or ARN under which it was registered."""
        self._by_name.pop(name, None)
        self._by_arn.pop(_unqualified(name), None)

    def find(self, arn: str) -> LambdaFunction | None:
        """The function of an ARN, whatever version or alias it names."""
        arn = _unqualified(arn)
        found = self._by_arn.get(arn)
        if found is None and Arn.is_arn(arn):
            parsed = Arn.parse(arn)
            if parsed.service == "lambda" and parsed.account == self._cloud.options.account:
                found = self._by_name.get(parsed.resource_id)
        return found

    def get(self, name: str) -> LambdaFunction:
        """The function of a name or an ARN, to look at its invocations. Errors: CloudFakesError."""
        found = self._by_name.get(name) or self.find(name)
        if found is None:
            there = ", ".join([*self._by_name, *self._by_arn]) or "none"
            raise CloudFakesError(f"There is no function {name!r}. Functions: {there}.")
        return found

    def invoke(self, arn: str, event: Any, then: Callable[[Invocation], None], *, request_id: str = "") -> str | None:
        """Run a function once; `then` gets the outcome. Needs the lock; the handler runs without it.

        The request id is answered, or None if there is no such function.
        """
        function = self.find(arn)
        if function is None:
            return None
        request_id = request_id or self._cloud.ids.uuid()
        self._run(function, arn, event, request_id=request_id, attempt=1, then=then)
        return request_id

    def invoke_asynchronously(self, arn: str, event: Any) -> str | None:
        """Accept an event for a function, to be run now and again after errors. Needs the lock.

        The request id is answered, or None if there is no such function.
        """
        function = self.find(arn)
        if function is None:
            return None
        request_id = self._cloud.ids.uuid()
        self._attempt(function, arn, event, request_id, 1)
        return request_id

    def _attempt(self, function: LambdaFunction, arn: str, event: Any, request_id: str, attempt: int) -> None:
        def ended(invocation: Invocation) -> None:
            if invocation.ok:
                return
            if attempt > len(RETRY_AFTER):
                function.discarded.append(invocation)
                what = "the event is discarded after {} attempts; the last ended with {!r}"
                self._cloud.journal.happened("lambda", function.name, what, attempt, invocation.error)
                return
            self._cloud.clock.at(
                self._cloud.clock.now() + RETRY_AFTER[attempt - 1],
                lambda: self._attempt(function, arn, event, request_id, attempt + 1),
                service="lambda",
                resource=function.name,
                what=f"attempt {attempt + 1} of an event",
            )

        self._run(function, arn, event, request_id=request_id, attempt=attempt, then=ended)

    def _run(
        self,
        function: LambdaFunction,
        arn: str,
        event: Any,
        *,
        request_id: str,
        attempt: int,
        then: Callable[[Invocation], None],
    ) -> None:
        cloud = self._cloud
        at = cloud.clock.now()
        context = LambdaContext(function, arn, request_id, cloud)
        given = json.dumps(event)

        def work() -> tuple[Any, Exception | None]:
            try:
                result = function.handler(json.loads(given), context)
                # As Lambda's runtime does: what can't be written as JSON is an error of the function.
                return json.loads(json.dumps(result)), None
            except Exception as error:  # noqa: BLE001 - whatever it raises is the function's error
                return None, error

        def ended(outcome: tuple[Any, Exception | None]) -> None:
            result, error = outcome
            invocation = Invocation(at, json.loads(given), request_id, result, error, attempt)
            function.invocations.append(invocation)
            if error is None:
                cloud.journal.happened("lambda", function.name, "invoked: returned {!r}", result)
            else:
                cloud.journal.happened("lambda", function.name, "invoked: raised {!r}", error)
            then(invocation)

        cloud.outside.add(work, ended, f"an invocation of {function.name}")

    def __repr__(self) -> str:
        return f"<Lambdas {', '.join([*self._by_name, *self._by_arn]) or 'none'}>"


def _unqualified(arn: str) -> str:
    """A function's ARN without version or alias."""
    parts = arn.split(":")
    return ":".join(parts[:7]) if len(parts) == 8 else arn
