"""`FakeCloud`: AWS in this process, from the moment it goes on until it goes off.

    door ──► cloud.call(ApiCall) ──► faults, rate limits, the model's constraints ──► Service ──► answer

It owns the clock, the one lock, the seeded ids, the journal, and the services of every account and region.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pytest_cloudfakes.api import NO_HEADERS, ApiCall, ApiError, Caller, Service, partition_of, to_millis
from pytest_cloudfakes.clock import Clock
from pytest_cloudfakes.decorator import decorate
from pytest_cloudfakes.exceptions import CloudFakesError
from pytest_cloudfakes.faults import Fault, Faults, NetworkFault
from pytest_cloudfakes.http_targets import HttpTargets
from pytest_cloudfakes.ids import Ids
from pytest_cloudfakes.journal import CallRecord, EventRecord, Journal
from pytest_cloudfakes.lambdas import Lambdas
from pytest_cloudfakes.locks import CloudLock
from pytest_cloudfakes.options import Options, check_names
from pytest_cloudfakes.outside import Outside
from pytest_cloudfakes.pending import Pending
from pytest_cloudfakes.schedule import Schedule
from pytest_cloudfakes.services import handle_class, service_class
from pytest_cloudfakes.targets import Target, find_target, not_faked, unsupported_parameter

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from pytest_cloudfakes.front_door.endpoint import Endpoint
    from pytest_cloudfakes.services.kinesis import KinesisHandle
    from pytest_cloudfakes.services.sns import SnsHandle
    from pytest_cloudfakes.services.sqs import SqsHandle

F = TypeVar("F")

_DEFAULTS = Options()

CLOUD_OF_AN_ERROR = "_cloudfakes_cloud"
"""The attribute of an error that ended a cloud's block."""


class FakeCloud:
    """A cloud of its own: `with FakeCloud() as cloud:`, a decorator, or `start()` and `stop()`.

    While it is on, every botocore client of the process talks to it. Nested clouds are separate; the outer one is
    back when the inner one goes off. The options are those of `Options`.
    """

    def __init__(self, options: Options | None = None, **changes: Any) -> None:
        check_names(changes)
        if options is not None and not isinstance(options, Options):
            raise CloudFakesError(
                f"A cloud's options are given by name, FakeCloud(seed=2), not as {options!r}; "
                "as a decorator it has parentheses, @FakeCloud()."
            )
        self.options = (options or _DEFAULTS).replace(**changes)
        self.lock = CloudLock()
        self.journal = Journal(self.options.journal_limit)
        start = self.options.start
        self.clock = Clock(self.lock, self.journal, start=None if start is None else to_millis(start))
        self.journal.now = self.clock.now
        self.ids = Ids(self.options.seed)
        self.schedule = Schedule()
        self.faults = Faults(self)
        self.outside = self.clock.outside = Outside(self.clock, self.journal, self.lock)
        self.lambdas = Lambdas(self)
        """Python callables behind Lambda functions: `cloud.lambdas.register("thumbnail", handler)`."""
        self.http = HttpTargets()
        """Servers that AWS would call: `cloud.http.register("https://shop.example.com/hooks", handler)`."""
        self.answer_checks: list[Callable[[ApiCall, Target, Mapping[str, Any]], None]] = []
        """Called with every answer; the library's own tests hold them against the models."""
        self._services: dict[tuple[str, str, str], Service] = {}
        self._handles: dict[str, Any] = {}
        self._callers: dict[str, Caller] = {}
        self._exits: contextlib.ExitStack | None = None

    # ── on and off ───────────────────────────────────────────────────────────────────────────────────────────────

    def start(self) -> Self:
        """Go on: from now on every botocore client of the process talks to this cloud."""
        from pytest_cloudfakes.interception import switched_on

        if self._exits is not None:
            raise CloudFakesError("This cloud is on already; make another FakeCloud() for a separate one.")
        with contextlib.ExitStack() as exits:
            if self.options.freeze:
                exits.enter_context(self._frozen())
            self.clock.enter()
            exits.enter_context(switched_on(self))
            self._exits = exits.pop_all()
        return self

    def stop(self) -> None:
        """Go off: botocore is as it was before. Stopping twice is harmless.

        A call of another thread that still waits fails with a `CloudFakesError`: its next one would go to AWS.
        """
        exits, self._exits = self._exits, None
        if exits is not None:
            exits.close()
            self.clock.end_waits(CloudFakesError("The cloud went off while this call waited; end the thread before."))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        if error is not None:
            # For the report of the test that fails with it; the innermost cloud says most.
            vars(error).setdefault(CLOUD_OF_AN_ERROR, self)

    def __call__(self, decorated: F) -> F:
        """As a decorator of a function (of any kind) or a class of tests: each call gets a fresh cloud."""
        return cast("F", decorate(lambda: FakeCloud(self.options), decorated))

    # ── looking and arranging ────────────────────────────────────────────────────────────────────────────────────

    @property
    def calls(self) -> list[CallRecord]:
        """The calls that were made, in order (the newest 10,000 entries of the journal)."""
        return self.journal.calls()

    @property
    def events(self) -> list[EventRecord]:
        """What came about by itself, in order (the newest 10,000 entries of the journal)."""
        return self.journal.events()

    @property
    def kinesis(self) -> KinesisHandle:
        """Amazon Kinesis Data Streams: arrange streams and look into them."""
        return cast("KinesisHandle", self.handle("kinesis"))

    @property
    def sns(self) -> SnsHandle:
        """Amazon SNS: arrange topics, and look at what became of each delivery."""
        return cast("SnsHandle", self.handle("sns"))

    @property
    def sqs(self) -> SqsHandle:
        """Amazon SQS: arrange queues and look into them."""
        return cast("SqsHandle", self.handle("sqs"))

    def at_exit(self, action: Callable[[], None]) -> None:
        """Let something be done when this cloud goes off."""
        if self._exits is not None:
            self._exits.callback(action)

    def handle(self, service: str) -> Any:
        """The handle of a service, as the fixtures give it."""
        if service not in self._handles:
            self._handles[service] = handle_class(service)(self)
        return self._handles[service]

    def serve(self, *, port: int = 0, control: bool = False) -> Endpoint:
        """Serve this cloud over HTTP at 127.0.0.1, for programs that aren't botocore clients of this process.

        port: an unused one unless given. control: whether `/_cloudfakes/` is there, for tests in other languages.
        It needs the extra `server`, and ends with the cloud, or when what it gives is closed.
        """
        from pytest_cloudfakes.front_door.endpoint import Endpoint

        if self._exits is None:
            raise CloudFakesError("This cloud is off; serve it while it is on: with FakeCloud() as cloud.")
        endpoint = Endpoint(self, port=port, control=control)
        self._exits.callback(endpoint.close)
        return endpoint

    def reset(self) -> None:
        """Be as new: without resources, calls, faults and anything due, and with ids from the start. Time goes on."""
        with self.lock:
            self._services.clear()
            self.clock.forget()
            self.faults.clear()
            self.journal.clear()
            self.ids = Ids(self.options.seed)
            self.lambdas = Lambdas(self)
            self.http = HttpTargets()

    def client(self, service: str, *, region: str | None = None, account: str | None = None) -> Any:
        """A botocore client for this cloud and no other, by default of its own account and region."""
        from pytest_cloudfakes.interception.clients import make_client

        return make_client(self, service, region or self.options.region, account or self.options.account)

    def credentials(self, account: str) -> dict[str, str]:
        """Credentials of an account, as keyword arguments for a client or a session of boto3 or botocore."""
        if not (isinstance(account, str) and len(account) == 12 and account.isdigit()):
            raise CloudFakesError(f"An account is a text of twelve digits, not {account!r}.")
        return {"aws_access_key_id": account, "aws_secret_access_key": "cloudfakes"}

    def account_of(self, access_key: str | None) -> str:
        """The account that an access key belongs to: the twelve digits it consists of, or the default account."""
        if access_key is not None and len(access_key) == 12 and access_key.isdigit():
            return access_key
        return self.options.account

    def caller(self, access_key: str | None) -> Caller:
        """Who calls with an access key: always the same object for the same account."""
        account = self.account_of(access_key)
        found = self._callers.get(account)
        if found is None:
            found = self._callers[account] = Caller(account)
        return found

    # ── what doors and services use ──────────────────────────────────────────────────────────────────────────────

    def service(self, name: str, account: str, region: str) -> Service:
        """A service in an account and a region, made when it is first needed."""
        key = (name, account, region)
        found = self._services.get(key)
        if found is None:
            found = self._services[key] = service_class(name)(self, account, region)
        return found

    def services(self, name: str) -> Iterable[Service]:
        """The instances of a service that exist, over all accounts and regions."""
        return [service for (each, _, _), service in self._services.items() if each == name]

    def call(self, call: ApiCall) -> dict[str, Any]:
        """Answer a call, waiting in this thread if it waits. Errors: ApiError, NetworkFault, NotFaked."""
        with self.lock:
            answer = self.handle_call(call)
            return self.clock.wait(answer) if isinstance(answer, Pending) else answer

    def handle_call(self, call: ApiCall) -> dict[str, Any] | Pending[dict[str, Any]]:
        """Answer a call, or give what will answer it. Needs the lock."""
        clock = self.clock
        clock.refresh()
        record = self.journal.called(clock.latest, call)
        if self.faults.armed:
            fault = self.faults.meet(call)
            if fault is not None:
                return self._with_fault(fault, call, record)
        answer = self._perform(call, record)
        if self.outside.waiting and not clock.acting:
            self.outside.run()
        return answer

    def invoke(
        self,
        service: str,
        operation: str,
        parameters: dict[str, Any],
        *,
        caller: Caller,
        region: str,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> dict[str, Any]:
        """Let one service call another, as AWS would on somebody's behalf. Errors: ApiError."""
        call = ApiCall(
            service,
            operation,
            parameters,
            caller=caller,
            region=region,
            partition=partition_of(region),
            request_id=self.ids.uuid(),
            headers=headers,
        )
        return self.call(call)

    # ── how it works ─────────────────────────────────────────────────────────────────────────────────────────────

    def _perform(self, call: ApiCall, record: CallRecord) -> dict[str, Any] | Pending[dict[str, Any]]:
        """Let the service answer; the whole of it happens in one instant."""
        clock, journal = self.clock, self.journal
        outer_cause, journal.cause = journal.cause, record.number
        clock.acting += 1
        try:
            target = self._target(call)
            answer = self._ask(target, call)
            if type(answer) is Pending:
                return answer.then(functools.partial(self._answered, target, call, record))
            return self._answered(target, call, record, answer)
        except Exception as error:
            record.error = error.apart() if isinstance(error, ApiError) else error
            raise
        finally:
            clock.acting -= 1
            journal.cause = outer_cause

    def _target(self, call: ApiCall) -> Target:
        target = find_target(call.service, call.operation)
        if target is None:
            raise not_faked(call.service, call.operation, region=call.region, account=call.account)
        return target

    def _ask(self, target: Target, call: ApiCall) -> Any:
        service = self.service(call.service, call.caller.account, call.region)
        if self.options.limits == "documented":
            service.throttle(call)
        parameters = call.parameters
        violations = target.plan.violations(parameters)
        if violations:
            error = service.constraint_error(call, violations)
            if error is not None:
                raise error
        if target.unsupported and not target.unsupported.isdisjoint(parameters):
            raise unsupported_parameter(call, target.unsupported)
        return target.handler(service, call, **parameters)

    def _answered(
        self, target: Target, call: ApiCall, record: CallRecord, answer: dict[str, Any] | None
    ) -> dict[str, Any]:
        if answer is None:
            answer = {}
        record.answer = answer.copy()
        for check in self.answer_checks:
            check(call, target, answer)
        return answer

    def _with_fault(self, fault: Fault, call: ApiCall, record: CallRecord) -> Pending[dict[str, Any]]:
        if fault.error is not None:
            record.error = fault.error.apart()
            raise fault.error.apart()
        if fault.kind == "connection lost":
            self._try_to_perform(call, record)
            record.error = NetworkFault("connection lost")
            raise NetworkFault("connection lost")
        if fault.kind == "slow":
            return self._later(fault.seconds, call, lambda late: self._perform_late(call, record, late))
        if fault.performed:
            self._try_to_perform(call, record)
        record.error = NetworkFault("time out")
        return self._later(fault.seconds, call, lambda late: late.fail(NetworkFault("time out")))

    def _try_to_perform(self, call: ApiCall, record: CallRecord) -> None:
        """Do what was asked for although nobody will hear of it."""
        with contextlib.suppress(ApiError):
            answer = self._perform(call, record)
            if isinstance(answer, Pending):
                answer.cancel()

    def _perform_late(self, call: ApiCall, record: CallRecord, late: Pending[dict[str, Any]]) -> None:
        try:
            answer = self._perform(call, record)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is for the one who waits
            late.fail(error)
            return
        if isinstance(answer, Pending):
            answer.when_done(lambda: late.fail(answer.error) if answer.error else late.answer(answer.result()))
            late.on_cancel = answer.cancel
            late.timer = answer.timer
        else:
            late.answer(answer)

    def _later(
        self, delay: float, call: ApiCall, action: Callable[[Pending[dict[str, Any]]], None]
    ) -> Pending[dict[str, Any]]:
        late: Pending[dict[str, Any]] = Pending()
        late.timer = self.clock.at(
            self.clock.now() + round(delay * 1000),
            lambda: action(late),
            service=call.service,
            resource=call.operation,
            what="a slow call goes on",
        )
        return late

    @contextlib.contextmanager
    def _frozen(self) -> Any:
        """The code under test sees the cloud's time, unless a freeze is on already: then the cloud follows that."""
        from pytest_cloudfakes.freezers import active_freezer

        if active_freezer() is not None:
            yield
            return
        import freezegun

        # pytest's own durations are no business of the code under test.
        with freezegun.freeze_time(self.clock.datetime().replace(tzinfo=None), ignore=["_pytest.timing"]):
            yield

    def __repr__(self) -> str:
        state = "on" if self._exits is not None else "off"
        return f"<FakeCloud {state}, {len(self._services)} services used, {self.journal.count} journal entries>"
