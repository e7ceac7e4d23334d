"""Botocore's calls, caught on their way out of the process while a cloud is on.

Patching is process-wide, so the stack of clouds that are on is too: the innermost one answers. The patches go on
with the first cloud (or with the guard that keeps a whole session off the network) and come off with the last.

    environment.py    dummy credentials and a region where there are none
    botocore.py       what is patched, and what each patch does
    routes.py         what is known of one operation of one client
    short_way.py      a call answered inside the client, when nobody could notice
    long_way.py       a call answered where botocore would send it
    aiobotocore.py    the same for aiobotocore
    http.py           requests and answers as botocore has them
    event_streams.py  answers that go on: events of a subscription
    pristine.py       whether anybody would notice the short way
    signing.py        dummy credentials, and signatures in name only
    validation.py     whether parameters are what callers usually give; odd ones take the long way
    waits.py          the sleeps of botocore's retries and waiters, on the cloud's clock
    clients.py        clients of the library's own
    patches.py        wrapping and unwrapping in company
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

from pytest_cloudfakes.interception.environment import Environment

if TYPE_CHECKING:
    from pytest_cloudfakes.cloud import FakeCloud
    from pytest_cloudfakes.interception.aiobotocore import AioPatches
    from pytest_cloudfakes.interception.short_way import Switchboard

_lock = threading.Lock()
_switchboards: list[Switchboard] = []
_environment = Environment()
_guards: list[object] = []
_asynchronous: list[AioPatches] = []
"""The patches of aiobotocore while they are on."""


def active() -> Switchboard | None:
    """The switchboard of the innermost cloud that is on."""
    return _switchboards[-1] if _switchboards else None


def current_cloud() -> FakeCloud | None:
    """The innermost cloud that is on, None if there is none."""
    return _switchboards[-1].cloud if _switchboards else None


def network_blocked() -> bool:
    """Whether nothing may leave the process: while a cloud or the session's guard is on."""
    return bool(_switchboards or _guards)


def notice_aiobotocore() -> None:
    """Patch aiobotocore too, if it has been imported by now."""
    if _asynchronous or "aiobotocore" not in sys.modules or not network_blocked():
        return
    from pytest_cloudfakes.interception import aiobotocore

    with _lock:
        if not _asynchronous and network_blocked() and aiobotocore.imported():
            patches = aiobotocore.AioPatches()
            patches.put_on()
            _asynchronous.append(patches)


def _take_off(patching: ModuleType) -> None:
    """Leave botocore, and aiobotocore, as they were. Imports nothing: a script may end with its cloud still on."""
    while _asynchronous:
        _asynchronous.pop().take_off()
    patching.take_off()


@contextlib.contextmanager
def switched_on(cloud: FakeCloud) -> Iterator[None]:
    """While this lasts, the cloud answers every botocore client of the process."""
    from pytest_cloudfakes.interception import botocore as patching
    from pytest_cloudfakes.interception.short_way import Switchboard

    switchboard = Switchboard(cloud)
    try:
        with _lock:
            if not _switchboards and not _guards:
                patching.put_on()
            _switchboards.append(switchboard)
            _environment.provide(cloud.options)
        notice_aiobotocore()
        yield
    finally:
        with _lock:
            if switchboard in _switchboards:
                _switchboards.remove(switchboard)
            if _switchboards:
                _environment.provide(_switchboards[-1].cloud.options)
            else:
                _environment.restore()
            if not _switchboards and not _guards:
                _take_off(patching)


@contextlib.contextmanager
def network_guard() -> Iterator[None]:
    """While this lasts, no request of botocore leaves the process, with or without a cloud."""
    from pytest_cloudfakes.interception import botocore as patching

    with _lock:
        if not _switchboards and not _guards:
            patching.put_on()
        _guards.append(None)
    try:
        notice_aiobotocore()
        yield
    finally:
        with _lock:
            _guards.pop()
            if not _switchboards and not _guards:
                _take_off(patching)
