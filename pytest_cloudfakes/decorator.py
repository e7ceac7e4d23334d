"""A cloud as a decorator: each call of a function, and each test of a class, gets a fresh one."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager, aclosing
from typing import Any

from pytest_cloudfakes.exceptions import CloudFakesError

Begin = Callable[[], AbstractContextManager[Any]]


def decorate(begin: Begin, decorated: Any) -> Any:
    """Wrap a function, a coroutine function, a generator function of either kind, or a class of tests."""
    if isinstance(decorated, type):
        return _decorate_class(begin, decorated)
    if isinstance(decorated, (staticmethod, classmethod)):
        return type(decorated)(decorate(begin, decorated.__func__))
    _check(decorated)
    wrapper: Any
    if inspect.iscoroutinefunction(decorated):

        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            with begin():
                return await decorated(*args, **kwargs)

    elif inspect.isasyncgenfunction(decorated):

        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            with begin():
                async with aclosing(decorated(*args, **kwargs)) as values:
                    async for value in values:
                        yield value

    elif inspect.isgeneratorfunction(decorated):

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with begin():
                return (yield from decorated(*args, **kwargs))

    else:

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with begin():
                return decorated(*args, **kwargs)

    return functools.wraps(decorated)(wrapper)


def _check(decorated: Any) -> None:
    # pytest makes an object of a fixture; older releases mark its function.
    if type(decorated).__name__ == "FixtureFunctionDefinition" or hasattr(decorated, "_pytestfixturefunction"):
        raise CloudFakesError("A fixture is decorated from within: put the cloud below @pytest.fixture, not above it.")
    if not callable(decorated):
        raise CloudFakesError(f"A cloud decorates a function or a class, not {decorated!r}.")


def _decorate_class(begin: Begin, decorated: Any) -> Any:
    import unittest

    if issubclass(decorated, unittest.TestCase):
        # The whole of a test runs inside: setUp, tearDown and clean-ups belong to its cloud.
        decorated.run = decorate(begin, decorated.run)
        return decorated
    for name in ("setup_method", "teardown_method"):
        if hasattr(decorated, name):
            raise CloudFakesError(
                f"{name} runs outside of the test's cloud, so it would reach AWS: leave out the decorator, and ask for "
                "fake_cloud in a fixture with autouse=True that does the set-up."
            )
    for name in dir(decorated):
        member = inspect.getattr_static(decorated, name)
        if name.startswith("test") and (callable(member) or isinstance(member, classmethod)):
            setattr(decorated, name, decorate(begin, member))
    return decorated
