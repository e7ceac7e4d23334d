"""Whether anybody would notice if botocore's usual way of making a call were left out."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

import botocore.history
from botocore.client import BaseClient
from botocore.endpoint import Endpoint

from pytest_cloudfakes.interception.patches import is_botocores_own

_EVENTS = (
    "provide-client-params",
    "before-parameter-build",
    "before-endpoint-resolution",
    "before-call",
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
    "before-parse",
    "response-received",
    "needs-retry",
    "after-call",
    "after-call-error",
)

_ENDPOINT_STEPS = (
    "make_request",
    "create_request",
    "prepare_request",
    "_send_request",
    "_get_response",
    "_do_get_response",
    "_needs_retry",
    "_send",
)
_CLIENT_STEPS = ("_make_request", "_convert_to_request_dict", "_emit_api_params", "_resolve_endpoint_ruleset")

_NOTICED = (
    "botocore.stub",
    "botocore.monitoring",
    "botocore.retries.adaptive",
    "botocore.retries.throttling",
)
"""Parts of botocore whose handlers must see the real thing: the user's stubs, monitoring, client-side rate limits."""

_STEPS = tuple(
    (vars(owner), name) for owner, names in ((Endpoint, _ENDPOINT_STEPS), (BaseClient, _CLIENT_STEPS)) for name in names
)
_ENDPOINT_NAMES = frozenset(_ENDPOINT_STEPS)
_CLIENT_NAMES = frozenset(_CLIENT_STEPS)


def _recorder() -> Any:
    return botocore.history.get_global_history_recorder()


class Watch:
    """Whether every step that the short way leaves out is botocore's own. Looked at anew when one was replaced."""

    def __init__(self, is_clean: Callable[[Any], bool]) -> None:
        self._is_clean = is_clean
        """Whether a function is a patch of ours around botocore's own."""
        self._seen: list[Any] = [None] * len(_STEPS)
        self._verdict = False

    def finds_botocore_as_it_was(self, client: Any) -> bool:
        """Whether the classes and this client have botocore's own steps, and nothing records what they do."""
        seen = [owner[name] for owner, name in _STEPS]
        # By identity: a wrapper of wrapt says that it equals what it wraps.
        if not all(map(operator.is_, seen, self._seen)):
            self._seen = seen
            self._verdict = all(is_botocores_own(step) or self._is_clean(step) for step in seen)
        endpoint = client._endpoint
        return (
            self._verdict
            and type(endpoint) is Endpoint
            and _ENDPOINT_NAMES.isdisjoint(endpoint.__dict__)
            and _CLIENT_NAMES.isdisjoint(client.__dict__)
            and not _recorder()._enabled
        )


def handlers_of(emitter: Any, event: str) -> Iterable[Any] | None:
    """The handlers of an event; None where this botocore doesn't let them be seen."""
    trie = getattr(getattr(emitter, "_emitter", None), "_handlers", None)
    if trie is None or not hasattr(trie, "prefix_search"):
        return None
    return list(trie.prefix_search(event))


def foreign_handlers(emitter: Any, event: str) -> bool:
    """Whether anybody but botocore listens to what happens on the way of a call."""
    for step in _EVENTS:
        handlers = handlers_of(emitter, f"{step}.{event}")
        if handlers is None or any(_is_foreign(handler) for handler in handlers):
            return True
    return False


def _is_foreign(handler: Any) -> bool:
    function = getattr(handler, "__func__", handler)
    module = getattr(function, "__module__", None) or type(handler).__module__
    if module.startswith("moto."):
        # moto answers before anybody else would; where this cloud answers, it isn't asked.
        return False
    return module.split(".")[0] != "botocore" or module.startswith(_NOTICED)
