"""Putting wrappers onto botocore and taking them off again, in the company of others who do the same.

Ours goes to the bottom of a chain of wrapt proxies, right around botocore's function. So whoever wrapped it before
or wraps it later (OpenTelemetry, X-Ray, a user) sees each call as with AWS, and may unwrap in any order: unwrapping
takes off the top. A plain function that somebody put there can't be got under; then ours sits on it and calls down.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

import wrapt

PROXY: Any = getattr(wrapt, "BaseObjectProxy", wrapt.ObjectProxy)
"""What all of wrapt's wrappers are; since wrapt 2 ObjectProxy is one of them."""

Wrapper = Callable[[Callable[..., Any], Any, tuple[Any, ...], dict[str, Any]], Any]


class Patch:
    """One wrapped attribute of a class."""

    def __init__(self, owner: type, name: str, wrapper: Wrapper) -> None:
        self._owner = owner
        self._name = name
        self._wrapper = wrapper
        self.ours: Any = None
        self._original: Any = None
        self.pristine = False
        """Whether botocore's own function is right below ours."""

    def put_on(self) -> None:
        """Wrap the attribute."""
        holder, inner = None, _unbound(vars(self._owner)[self._name])
        while isinstance(inner, PROXY) and not self._is_from_earlier(inner):
            holder, inner = inner, _unbound(inner.__wrapped__)
        if isinstance(inner, PROXY):
            # Somebody had patched over ours, outlived it, and put it back: it serves again, or calls would meet two.
            self.ours, self._original = inner, inner.__wrapped__
            self.pristine = is_botocores_own(self._original)
            return
        if inner is not self._original:
            # The same function as last time needs neither a new wrapper nor a new verdict.
            self.ours, self._original = wrapt.FunctionWrapper(inner, self._wrapper), inner
            self.pristine = is_botocores_own(inner)
        if holder is None:
            setattr(self._owner, self._name, self.ours)
        else:
            holder.__wrapped__ = self.ours

    def take_off(self) -> None:
        """Put the original back wherever ours is now. Where somebody holds on to ours, it stays there, inert."""
        holder, inner = None, _unbound(vars(self._owner)[self._name])
        while isinstance(inner, PROXY) and inner is not self.ours:
            holder, inner = inner, _unbound(inner.__wrapped__)
        if inner is not self.ours:
            return
        if holder is None:
            setattr(self._owner, self._name, self._original)
        else:
            holder.__wrapped__ = self._original

    def _is_from_earlier(self, candidate: Any) -> bool:
        return isinstance(candidate, wrapt.FunctionWrapper) and candidate._self_wrapper is self._wrapper


def _unbound(candidate: Any) -> Any:
    """A wrapper itself. Whoever unwraps with getattr leaves a bound form of the next one in the class."""
    while isinstance(candidate, wrapt.BoundFunctionWrapper):
        candidate = candidate._self_parent
    return candidate


def is_botocores_own(function: Any) -> bool:
    """Whether a function is as botocore (or aiobotocore) defined it, its own decorators included."""
    while type(function) is FunctionType:
        module = function.__globals__.get("__name__", "")
        if module != "botocore.context":
            return module.split(".")[0] in {"botocore", "aiobotocore"}
        function = getattr(function, "__wrapped__", None)
    return False
