"""The same patches for aiobotocore (and aioboto3, which stands on it): what waits is awaited.

aiobotocore isn't imported from here. It is noticed when it is there as a cloud goes on, and when a session or an
endpoint of it is made or used later.

    AioBaseClient._make_api_call    the short way, where nobody could notice
    AioEndpoint._send_request       notes what the task is making a request for
    AioEndpoint._send               the long way's end: the cloud answers
    AIOHTTPSession.send, HttpxSession.send           the network guard
    AioRequestSigner.get_auth_instance               signs with dummy credentials only
    AioCredentialResolver.load_credentials           no credentials from files, processes or the machine's role
    AsyncTokenBucket.acquire, asyncio.sleep, …       waits are on the cloud's clock
"""

from __future__ import annotations

import asyncio as real_asyncio
import importlib
import sys
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSResponse

from pytest_cloudfakes import awaiting
from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.faults import NetworkFault
from pytest_cloudfakes.interception import active, current_cloud, long_way, network_blocked, signing
from pytest_cloudfakes.interception.botocore import METHOD, refusal
from pytest_cloudfakes.interception.environment import DUMMY_ACCESS_KEY, DUMMY_SECRET_KEY, environment_credentials
from pytest_cloudfakes.interception.event_streams import AwaitedEvents
from pytest_cloudfakes.interception.patches import Patch
from pytest_cloudfakes.interception.pristine import CLIENT_STEPS, ENDPOINT_STEPS, Watch
from pytest_cloudfakes.interception.routes import lookup_cache, may_be_retried
from pytest_cloudfakes.interception.short_way import BEGUN, TAKE_THE_LONG_WAY, Switchboard, after_call

Arguments = tuple[Any, ...]
Keywords = dict[str, Any]


def imported() -> bool:
    """Whether aiobotocore is there to be patched."""
    module = sys.modules.get("aiobotocore.client")
    return module is not None and hasattr(module, "AioBaseClient") and "aiobotocore.session" in sys.modules


class AioPatches:
    """All patches of aiobotocore, made when it is noticed."""

    def __init__(self) -> None:
        client = importlib.import_module("aiobotocore.client").AioBaseClient
        endpoints: Any = importlib.import_module("aiobotocore.endpoint")
        self._endpoint = endpoints.AioEndpoint
        self.call = Patch(client, "_make_api_call", self.make_api_call)
        kinds = [kind for name in ("AioEndpoint", "AnyioEndpoint") if (kind := getattr(endpoints, name, None))]
        self._patches = [
            self.call,
            Patch(self._endpoint, "_send_request", send_request),
            Patch(self._endpoint, "_send", send),
            *_patches_of("aiobotocore.httpsession", "AIOHTTPSession", "send", guard),
            *_patches_of("aiobotocore.httpxsession", "HttpxSession", "send", guard),
            *_patches_of("aiobotocore.signers", "AioRequestSigner", "get_auth_instance", sign),
            *_patches_of("aiobotocore.signers", "AioRequestSigner", "get_auth", sign),
            *_patches_of("aiobotocore.credentials", "AioCredentialResolver", "load_credentials", load_credentials),
            *_patches_of("aiobotocore.session", "AioSession", "get_credentials", get_credentials),
            *_patches_of("aiobotocore.retries.bucket", "AsyncTokenBucket", "acquire", acquire),
            *_patches_of("aiobotocore.retries.standard", "AioRetryHandler", "needs_retry", needs_retry),
            *_patches_of("aiobotocore.endpoint", "AnyioEndpoint", "_sleep", sleep_of("retry back-off ends")),
            *_patches_of("aiobotocore.waiter", "AnyioWaiter", "_sleep", sleep_of("waiter looks again")),
        ]
        steps = [(self._endpoint, name) for name in ENDPOINT_STEPS] + [(client, name) for name in CLIENT_STEPS]
        self._watch = Watch(self._is_clean, steps, kinds)
        self._sleepers: tuple[tuple[Any, str], ...] = (
            (endpoints, "retry back-off ends"),
            (importlib.import_module("aiobotocore.waiter"), "waiter looks again"),
        )

    def put_on(self) -> None:
        """Patch aiobotocore."""
        for patch in self._patches:
            patch.put_on()
        for module, what in self._sleepers:
            if module.asyncio is real_asyncio:
                module.asyncio = CloudAsyncio(what)

    def take_off(self) -> None:
        """Leave aiobotocore as it was."""
        for module, _ in self._sleepers:
            if isinstance(module.asyncio, CloudAsyncio):
                module.asyncio = real_asyncio
        for patch in reversed(self._patches):
            patch.take_off()

    def make_api_call(self, wrapped: Any, client: Any, args: Arguments, kwargs: Keywords) -> Any:
        """A client's call: answered at once if nobody could notice, else aiobotocore goes on."""
        switchboard = active()
        if switchboard is None or not self.call.pristine or len(args) != 2:
            return wrapped(*args, **kwargs)
        return self._make_api_call(wrapped, switchboard, client, *args)

    async def _make_api_call(
        self, wrapped: Any, switchboard: Switchboard, client: Any, operation: str, parameters: dict[str, Any]
    ) -> Any:
        answer = await short(switchboard, self._watch, client, operation, parameters)
        if answer is not TAKE_THE_LONG_WAY:
            return answer
        try:
            return await wrapped(operation, parameters)
        finally:
            BEGUN.set(None)

    def _is_clean(self, step: Any) -> bool:
        from pytest_cloudfakes.interception.botocore import WATCH

        return WATCH.is_clean(step) or any(patch.ours is step and patch.pristine for patch in self._patches)


async def short(switchboard: Switchboard, watch: Watch, client: Any, operation: str, parameters: dict[str, Any]) -> Any:
    """`short_way.answer` for a client whose events and calls are awaited."""
    route = switchboard.route(client, operation)
    if route.short and not route.checked:
        await client._resolve_endpoint_ruleset(route.model, parameters, route.context(client))
        route.lookup_cache = lookup_cache(client.meta.events)
        route.checked = True
    if not switchboard.is_open(client, route, parameters, watch):
        return TAKE_THE_LONG_WAY
    context: dict[str, Any] | None = None
    if route.emit_parameters:
        context = route.context(client)
        parameters = await client._emit_api_params(api_params=parameters, operation_model=route.model, context=context)
    call = switchboard.call(route, parameters)
    try:
        parsed = switchboard.complete(route, call, await awaiting.call(switchboard.cloud, call))
    except ApiError as error:
        if may_be_retried(error, route.model):
            BEGUN.set((route.service, operation, error, call.request_id))
            return TAKE_THE_LONG_WAY
        parsed = route.parsed_error(switchboard.cloud, client, error, call.request_id)
        if route.tells(error.status):
            await client.meta.events.emit(**after_call(client, route, parsed, context))
        raise route.exception(client, parsed) from None
    if route.tells(route.status):
        await client.meta.events.emit(**after_call(client, route, parsed, context))
    return parsed


def send_request(wrapped: Any, endpoint: Any, args: Arguments, kwargs: Keywords) -> Any:
    """An endpoint begins with a request and its retries."""
    return wrapped(*args, **kwargs) if active() is None else _send_request(wrapped, args, kwargs)


async def _send_request(wrapped: Any, args: Arguments, kwargs: Keywords) -> Any:
    request: Any = kwargs.get("request_dict", args[0] if args else {})
    model: Any = kwargs.get("operation_model", args[1] if len(args) > 1 else None)
    token = long_way.UNDERWAY.set((model, request.get("context", {})))
    try:
        return await wrapped(*args, **kwargs)
    finally:
        long_way.UNDERWAY.reset(token)


def send(wrapped: Any, endpoint: Any, args: Arguments, kwargs: Keywords) -> Any:
    """An endpoint sends a prepared request: the cloud answers."""
    switchboard = active()
    if switchboard is None or long_way.UNDERWAY.get() is None:
        return wrapped(*args, **kwargs)
    if long_way.passes_through(switchboard):
        return _let_through(wrapped, args, kwargs)
    return _answer(switchboard, kwargs.get("request", args[0] if args else None))


async def _let_through(wrapped: Any, args: Arguments, kwargs: Keywords) -> Any:
    token = long_way.PASSING.set(True)
    try:
        return await wrapped(*args, **kwargs)
    finally:
        long_way.PASSING.reset(token)


async def _answer(switchboard: Switchboard, prepared: Any) -> Any:
    exchange = long_way.Exchange(switchboard, prepared, AwaitedEvents)
    try:
        wire = exchange.answered(await awaiting.call(switchboard.cloud, exchange.call()))
    except (ApiError, NetworkFault) as error:
        wire = exchange.failed(error)
    return _awaitable(exchange.response(wire), exchange.events)


def _awaitable(response: AWSResponse, events: Any) -> Any:
    """A response whose body is awaited."""
    from aiobotocore.awsrequest import AioAWSResponse

    return AioAWSResponse(response.url, response.status_code, response.headers, AsyncBody(response, events))


class AsyncBody:
    """A body as aiohttp or httpx would give it to aiobotocore."""

    def __init__(self, response: AWSResponse, events: AwaitedEvents | None) -> None:
        self._body: Any = response.raw
        self._events = events
        # Here older releases look for the headers.
        self.raw_headers = [(name.encode(), value.encode()) for name, value in response.headers.items()]
        self.content = self

    async def read(self, amount: int = -1) -> bytes:
        """The rest of the body, or so many bytes of it."""
        data: bytes = self._body.read(amount)
        return data

    aread = read

    async def iter_any(self) -> Any:
        """The rest of the body in pieces, as they come."""
        while piece := self._body.read(65_536):
            yield piece

    async def iter_chunks(self) -> Any:
        """The same, each with whether it is a whole one: the messages of an event stream, waited for."""
        for piece in self._body.stream():
            if piece:
                yield piece, True
            elif self._events is not None:
                await self._events.fetch()

    def close(self) -> None:
        """The reader goes."""
        self._body.close()


def guard(wrapped: Any, session: Any, args: Arguments, kwargs: Keywords) -> Any:
    """Aiobotocore's HTTP session is about to send a request: not while a cloud or the guard is on."""
    if not network_blocked() or long_way.PASSING.get():
        return wrapped(*args, **kwargs)
    request: Any = kwargs.get("request", args[0] if args else None)
    return _refuse(request.url)


async def _refuse(url: str) -> Any:
    raise refusal(url)


def sign(wrapped: Any, signer: Any, args: Arguments, kwargs: Keywords) -> Any:
    """A signer is made: for dummy credentials, whatever the client holds."""
    switchboard = active()
    if switchboard is None or signing.signs_in_earnest(switchboard.cloud.options.passthrough, signer):
        return wrapped(*args, **kwargs)
    kwargs.pop("request_credentials", None)
    auth = wrapped.__func__(signing.stand_in(signer, _credentials), *args, **kwargs)
    return auth if long_way.UNDERWAY.get() is None else _in_name_only(auth)


async def _in_name_only(auth: Any) -> Any:
    return signing.in_name_only(await auth)


def load_credentials(wrapped: Any, resolver: Any, args: Arguments, kwargs: Keywords) -> Any:
    """A session looks for credentials: dummies, never those of a file, of the machine's role or of its owner."""
    switchboard = active()
    if switchboard is not None and not switchboard.cloud.options.passthrough:
        return _ready(_credentials(*environment_credentials()))
    return _found_or_dummies(wrapped(*args, **kwargs))


async def _ready(value: Any) -> Any:
    return value


async def _found_or_dummies(search: Any) -> Any:
    found = await search
    # So that what is reported is the request that would go out, not that it can't be signed.
    return _credentials(DUMMY_ACCESS_KEY, DUMMY_SECRET_KEY) if found is None and network_blocked() else found


def _credentials(*keys: Any) -> Any:
    from aiobotocore.credentials import AioCredentials

    return AioCredentials(*keys, method=METHOD)


def get_credentials(wrapped: Any, session: Any, args: Arguments, kwargs: Keywords) -> Any:
    """A session's credentials: it keeps what it found, but not our dummies, which would outlive the cloud."""
    return _get_credentials(wrapped, session, args, kwargs)


async def _get_credentials(wrapped: Any, session: Any, args: Arguments, kwargs: Keywords) -> Any:
    credentials = await wrapped(*args, **kwargs)
    if getattr(credentials, "method", None) == METHOD:
        session._credentials = None
    return credentials


# ── waits ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_REAL_SLEEP = real_asyncio.sleep


class CloudAsyncio:
    """The `asyncio` module as aiobotocore's endpoint and waiters see it while a cloud is on."""

    def __init__(self, what: str) -> None:
        self._what = what

    async def sleep(self, duration: float) -> None:
        """Wait on the cloud's clock."""
        await _sleep(duration, self._what, real_asyncio.sleep)

    def __getattr__(self, name: str) -> Any:
        return getattr(real_asyncio, name)


async def _sleep(duration: float, what: str, otherwise: Callable[[float], Any]) -> None:
    cloud = current_cloud()
    if cloud is None or real_asyncio.sleep is not _REAL_SLEEP:
        await otherwise(duration)
    elif duration > 0:
        await awaiting.sleep(cloud.clock, duration, what)


def sleep_of(what: str) -> Any:
    """The wrapper of a method that sleeps so many seconds."""

    def sleep(wrapped: Any, sleeper: Any, args: Arguments, kwargs: Keywords) -> Any:
        return _sleep(args[0], what, wrapped)

    return sleep


def acquire(wrapped: Any, bucket: Any, args: Arguments, kwargs: Keywords) -> Any:
    """`AsyncTokenBucket.acquire` of the adaptive retry mode: wait on the clock instead of on a condition."""
    amount: Any = kwargs.get("amount", args[0] if args else 1)
    block = kwargs.get("block", args[1] if len(args) > 1 else True)
    cloud = current_cloud()
    return wrapped(*args, **kwargs) if cloud is None or not block else _acquire(bucket, amount, cloud)


async def _acquire(bucket: Any, amount: float, cloud: Any) -> bool:
    while True:
        async with bucket._new_fill_rate_condition:
            bucket._refill()
            missing = bucket._sleep_amount(amount)
            if missing <= 0:
                bucket._current_capacity -= amount
                return True
        await awaiting.sleep(cloud.clock, max(missing, 0.001), "client-side rate limit")


def needs_retry(wrapped: Any, handler: Any, args: Arguments, kwargs: Keywords) -> Any:
    """A retry handler, which sleeps after a long poll that may not be retried, with a sleep that it was given."""
    if current_cloud() is None or not _sleeps_for_real(getattr(handler, "_sleep", None)):
        return wrapped(*args, **kwargs)
    stand_in = signing.double_of(handler)
    stand_in._sleep = CloudAsyncio("retry back-off ends").sleep
    return wrapped.__func__(stand_in, *args, **kwargs)


def _sleeps_for_real(sleep: Any) -> bool:
    """Whether a sleep is asyncio's or, for the httpx backend, anyio's own."""
    return sleep is _REAL_SLEEP or (getattr(sleep, "__module__", "") == "anyio" and sleep.__name__ == "sleep")


def _patches_of(module: str, owner: str, name: str, wrapper: Any) -> list[Patch]:
    """A patch of something that not every release of aiobotocore has."""
    try:
        kind = getattr(importlib.import_module(module), owner, None)
    except ImportError:
        return []
    return [Patch(kind, name, wrapper)] if kind is not None and name in vars(kind) else []
