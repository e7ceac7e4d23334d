"""What is patched in botocore while a cloud is on, and what each patch does.

BaseClient._make_api_call                   the short way, where nobody could notice
Endpoint.make_request                       notes what the thread is making a request for
Endpoint._send                              the long way's end: the cloud answers
URLLib3Session.send                         the network guard: nothing leaves the process
RequestSigner.get_auth_instance, .get_auth  signs with dummy credentials only
CredentialResolver.load_credentials         no credentials from files, processes or the machine's role
Session.get_credentials                     keeps no dummies
Session.__init__                            notices aiobotocore, if that was imported meanwhile
TokenBucket.acquire, time.sleep             waits are on the cloud's clock
RetryHandler._is_long_polling_operation     so is the back-off after a long poll that fails
"""

from __future__ import annotations

from typing import Any

from botocore.client import BaseClient
from botocore.credentials import CredentialResolver, Credentials
from botocore.endpoint import Endpoint
from botocore.exceptions import EndpointConnectionError
from botocore.httpsession import URLLib3Session
from botocore.retries.bucket import TokenBucket
from botocore.retries.standard import RetryHandler
from botocore.session import Session
from botocore.signers import RequestSigner

from pytest_cloudfakes.exceptions import NetworkBlocked
from pytest_cloudfakes.interception import (
    active,
    long_way,
    network_blocked,
    notice_aiobotocore,
    short_way,
    signing,
    waits,
)
from pytest_cloudfakes.interception.environment import DUMMY_ACCESS_KEY, DUMMY_SECRET_KEY, environment_credentials
from pytest_cloudfakes.interception.patches import Patch
from pytest_cloudfakes.interception.pristine import CLIENT_STEPS, ENDPOINT_STEPS, Watch

METHOD = "cloudfakes"
"""How our dummy credentials were found, as botocore notes it."""

_BACKS_OFF = hasattr(RetryHandler, "_is_long_polling_operation")
"""Whether this botocore sleeps after a long poll that fails and may not be retried."""

_UNREACHABLE = ("169.254.", "fd00:ec2::254", "localhost.metadata")


def make_api_call(wrapped: Any, client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A client's call: answered at once if nobody could notice, else botocore goes on."""
    switchboard = active()
    if switchboard is None or not CALL.pristine or len(args) != 2:
        return wrapped(*args, **kwargs)
    answer = short_way.answer(switchboard, WATCH, client, *args)
    if answer is not short_way.TAKE_THE_LONG_WAY:
        return answer
    try:
        return wrapped(*args, **kwargs)
    finally:
        short_way.BEGUN.set(None)


def make_request(wrapped: Any, endpoint: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """An endpoint begins with a request and its retries."""
    if active() is None:
        return wrapped(*args, **kwargs)
    if type(endpoint).__module__.startswith("aiobotocore"):
        notice_aiobotocore()
    model: Any = kwargs.get("operation_model", args[0] if args else None)
    request = kwargs.get("request_dict", args[1] if len(args) > 1 else {})
    token = long_way.UNDERWAY.set((model, request.get("context", {})))
    try:
        return wrapped(*args, **kwargs)
    finally:
        long_way.UNDERWAY.reset(token)


def send(wrapped: Any, endpoint: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """An endpoint sends a prepared request: the cloud answers."""
    switchboard = active()
    if switchboard is None or long_way.UNDERWAY.get() is None:
        return wrapped(*args, **kwargs)
    if long_way.passes_through(switchboard):
        token = long_way.PASSING.set(True)
        try:
            return wrapped(*args, **kwargs)
        finally:
            long_way.PASSING.reset(token)
    return long_way.answer(switchboard, kwargs.get("request", args[0] if args else None))


def guard(wrapped: Any, session: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Botocore's HTTP session is about to send a request: not while a cloud or the guard is on."""
    if not network_blocked() or long_way.PASSING.get():
        return wrapped(*args, **kwargs)
    request: Any = kwargs.get("request", args[0] if args else None)
    raise refusal(request.url)


def refusal(url: str) -> Exception:
    """What is raised instead of sending a request."""
    host = long_way.host_of(url)
    if host.startswith(_UNREACHABLE):
        # The machine's metadata: whoever asks for it takes an unreachable address for an answer.
        return EndpointConnectionError(endpoint_url=url)
    if active() is None:
        return NetworkBlocked(
            f"A request to {host} was about to leave the process, which cloudfakes_block_network forbids: "
            "ask for a fixture such as fake_cloud, or stub the client."
        )
    return NetworkBlocked(
        f"A request to {host} was about to leave the process while a fake cloud is on; it came from outside of a "
        "client's call. Let the service's calls through with the option passthrough, or stub what sends it."
    )


def sign(wrapped: Any, signer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A signer is made: for dummy credentials, whatever the client holds."""
    switchboard = active()
    if switchboard is None or signing.signs_in_earnest(switchboard.cloud.options.passthrough, signer):
        return wrapped(*args, **kwargs)
    kwargs.pop("request_credentials", None)
    auth = wrapped.__func__(signing.stand_in(signer, signing.dummy_credentials), *args, **kwargs)
    return auth if long_way.UNDERWAY.get() is None else signing.in_name_only(auth)


def load_credentials(wrapped: Any, resolver: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A session looks for credentials: dummies, never those of a file, of the machine's role or of its owner."""
    switchboard = active()
    if switchboard is not None and not switchboard.cloud.options.passthrough:
        return Credentials(*environment_credentials(), method=METHOD)
    found = wrapped(*args, **kwargs)
    if found is None and network_blocked():
        # So that what is reported is the request that would go out, not that it can't be signed.
        return Credentials(DUMMY_ACCESS_KEY, DUMMY_SECRET_KEY, method=METHOD)
    return found


def get_credentials(wrapped: Any, session: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A session's credentials: it keeps what it found, but not our dummies, which would outlive the cloud."""
    credentials = wrapped(*args, **kwargs)
    if getattr(credentials, "method", None) == METHOD:
        session._credentials = None
    return credentials


def made_session(wrapped: Any, session: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A session is made: if it is one of aiobotocore, that has been imported since the cloud went on."""
    notice_aiobotocore()
    return wrapped(*args, **kwargs)


CALL = Patch(BaseClient, "_make_api_call", make_api_call)
_PATCHES = (
    CALL,
    Patch(Endpoint, "make_request", make_request),
    Patch(Endpoint, "_send", send),
    Patch(URLLib3Session, "send", guard),
    Patch(RequestSigner, "get_auth_instance", sign),
    Patch(RequestSigner, "get_auth", sign),
    Patch(CredentialResolver, "load_credentials", load_credentials),
    Patch(Session, "get_credentials", get_credentials),
    Patch(Session, "__init__", made_session),
    Patch(TokenBucket, "acquire", waits.acquire),
    *([Patch(RetryHandler, "_is_long_polling_operation", waits.back_off)] if _BACKS_OFF else []),
)
WATCH = Watch(
    lambda step: any(patch.ours is step and patch.pristine for patch in _PATCHES),
    [*((Endpoint, name) for name in ENDPOINT_STEPS), *((BaseClient, name) for name in CLIENT_STEPS)],
    [Endpoint],
)


def put_on() -> None:
    """Patch botocore."""
    for patch in _PATCHES:
        patch.put_on()
    waits.put_on()


def take_off() -> None:
    """Leave botocore as it was."""
    waits.take_off()
    for patch in reversed(_PATCHES):
        patch.take_off()
