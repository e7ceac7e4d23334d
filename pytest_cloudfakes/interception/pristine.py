"""Whether anybody would notice if botocore's usual way of making a call were left out."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

import botocore.history

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

ENDPOINT_STEPS = (
    "make_request",
    "create_request",
    "prepare_request",
    "_send_request",
    "_get_response",
    "_do_get_response",
    "_needs_retry",
    "_send",
)
CLIENT_STEPS = ("_make_request", "_convert_to_request_dict", "_emit_api_params", "_resolve_endpoint_ruleset")

_NOTICED = (
    "stub",
    "monitoring",
    "retries.adaptive",
    "retries.throttling",
)
"""Parts of botocore whose handlers must see the real thing: the user's stubs, monitoring, client-side rate limits."""

_ENDPOINT_NAMES = frozenset(ENDPOINT_STEPS)
_CLIENT_NAMES = frozenset(CLIENT_STEPS)


def _recorder() -> Any:
    return botocore.history.get_global_history_recorder()


class Watch:
    """Whether every step that the short way leaves out is botocore's own. Looked at anew when one was replaced."""

    def __init__(
        self, is_clean: Callable[[Any], bool], steps: Iterable[tuple[type, str]], endpoints: Iterable[type]
    ) -> None:
        self.is_clean = is_clean
        """Whether a function is a patch of ours around botocore's own."""
        self._steps = [(_namespace_with(owner, name), name) for owner, name in steps]
        self._endpoints = frozenset(endpoints)
        self._seen: list[Any] = [None] * len(self._steps)
        self._verdict = False

    def finds_botocore_as_it_was(self, client: Any) -> bool:
        """Whether the classes and this client have botocore's own steps, and nothing records what they do."""
        seen = [owner[name] for owner, name in self._steps]
        # By identity: a wrapper of wrapt says that it equals what it wraps.
        if not all(map(operator.is_, seen, self._seen)):
            self._verdict = all(is_botocores_own(step) or self.is_clean(step) for step in seen)
            self._seen = seen
        endpoint = client._endpoint
        return (
            self._verdict
            and type(endpoint) in self._endpoints
            and _ENDPOINT_NAMES.isdisjoint(endpoint.__dict__)
            and _CLIENT_NAMES.isdisjoint(client.__dict__)
            and not _recorder()._enabled
        )


def _namespace_with(owner: type, name: str) -> Any:
    """The namespace of the class that defines an attribute of `owner`."""
    return next(vars(kind) for kind in owner.__mro__ if name in vars(kind))


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
    package, _, rest = module.partition(".")
    return package not in {"botocore", "aiobotocore", "pytest_cloudfakes"} or rest.startswith(_NOTICED)
