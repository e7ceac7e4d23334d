"""Who else moves this process's time: freezegun and time-machine, followed and moved along with the cloud.

Both patch the process, so both are found in the process, in the modules that they loaded; neither is imported
here, since a suite that doesn't use them shouldn't pay for them.
"""

from __future__ import annotations

import datetime
import sys
import time
from typing import Any, Protocol

from pytest_cloudfakes.scheduler import Millis

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_MILLISECOND = datetime.timedelta(milliseconds=1)


class Freezer(Protocol):
    """Something that decides what `time.time()` says."""

    name: str
    identity: Any
    """The same object for as long as the same freeze is on."""

    def position(self, *, held: bool) -> Millis:
        """Its instant; with `held`, only as it was set, without what flows or steps by itself."""

    def tick(self, delta: Millis, *, held: bool) -> None:
        """Move it on; with `held`, as seen without what flows by itself."""


class _Freezegun:
    name = "freezegun"

    def __init__(self, factory: Any) -> None:
        self.identity = factory

    def position(self, *, held: bool) -> Millis:
        factory = self.identity
        # A factory that ticks along with real time is asked; one that steps at each look must not be made to step.
        flows = not held and hasattr(factory, "start")
        instant: datetime.datetime = factory() if flows else factory.time_to_freeze
        return round((instant.replace(tzinfo=datetime.timezone.utc) - _EPOCH) / _MILLISECOND)

    def tick(self, delta: Millis, *, held: bool) -> None:
        factory, step = self.identity, datetime.timedelta(milliseconds=delta)
        if not held and hasattr(factory, "start"):
            # Its own tick would forget what has flowed since it was last moved.
            factory.move_to(factory() + step)
        else:
            factory.tick(step)


class _TimeMachine:
    name = "time-machine"

    def __init__(self, traveller: Any) -> None:
        self.identity = traveller

    def position(self, *, held: bool) -> Millis:
        if held:
            nanoseconds: int | None = getattr(self.identity, "_destination_timestamp_ns", None)
            if nanoseconds is not None:
                return round(nanoseconds / 1_000_000)
        return round(time.time() * 1000)

    def tick(self, delta: Millis, *, held: bool) -> None:
        self.identity.shift(datetime.timedelta(milliseconds=delta))


def active_freezer() -> Freezer | None:
    """The freeze that is on, the innermost one; None if time is real."""
    api = sys.modules.get("freezegun.api")
    if api is not None:
        factories = api.freeze_factories
        if factories:
            return _Freezegun(factories[-1])
    module = sys.modules.get("time_machine")
    if module is not None:
        # The stack's name differs between its releases.
        stack = getattr(module, "traveller_stack", None) or getattr(module, "coordinates_stack", None)
        if stack:
            return _TimeMachine(stack[-1])
    return None
