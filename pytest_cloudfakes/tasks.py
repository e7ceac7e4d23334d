"""What the tasks of an event loop wait for, as far as one can tell by looking at them.

Held time may go on by itself only where nothing else could come first. A task that waits for the clock, or for other
tasks of its loop, waits for nothing else; one that sleeps, reads from a socket, waits for a thread or a subprocess,
or for something unknown, waits for the outside.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Collection, Iterator
from types import FrameType
from typing import Any


class WaitsFor(enum.Enum):
    """What a task waits for."""

    CLOCK = "the cloud's clock"
    TASKS = "other tasks of its loop"
    OUTSIDE = "anything else"


_BY_OTHER_TASKS = frozenset(
    {"asyncio.locks", "asyncio.queues", "asyncio.taskgroups", "asyncio.tasks", "trio._channel", "trio._sync"}
)
"""Modules whose coroutines wait for other tasks of the loop, but for those that sleep."""

_ALSO_BY_OTHER_TASKS = frozenset(
    {
        ("anyio._backends._asyncio", "__aexit__"),
        ("trio._core._parking_lot", "park"),
        ("trio._core._run", "_nested_child_finished"),
    }
)
_RUNNERS = frozenset({"_run_tests_and_fixtures", "_asyncioLoopRunner"})
"""Coroutines in which anyio's plugin and unittest run tests, while the loop runs until something else is done."""

_ENDS_THE_LOOP = frozenset({"_run_until_complete_cb", "run_until_complete.<locals>.done_cb"})
"""What asyncio and uvloop call when the task is done for which a loop runs."""


def _frames(awaitable: Any) -> Iterator[FrameType]:
    """The frames of a coroutine that waits, from the outermost to the innermost."""
    while awaitable is not None:
        for kind in ("cr", "gi", "ag"):
            frame = getattr(awaitable, f"{kind}_frame", None)
            if frame is not None:
                yield frame
                awaitable = getattr(awaitable, "gi_yieldfrom" if kind == "gi" else f"{kind}_await")
                break
        else:
            return


def _waits_by_its_frames(coroutine: Any) -> WaitsFor:
    innermost = None
    for frame in _frames(coroutine):
        if frame.f_globals.get("__name__") != "trio._core._traps":
            innermost = frame
    if innermost is None:
        return WaitsFor.OUTSIDE
    module, name = innermost.f_globals.get("__name__", ""), innermost.f_code.co_name
    if (module in _BY_OTHER_TASKS and name != "sleep") or (module, name) in _ALSO_BY_OTHER_TASKS:
        return WaitsFor.TASKS
    return WaitsFor.OUTSIDE


# ── asyncio ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def can_run(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether anything of the loop is ready to run. Needs to be called from a callback of the loop."""
    ready = getattr(loop, "_ready", None)
    if ready is not None:
        return bool(ready)
    # uvloop doesn't show what is ready; its tasks do.
    waiters = [getattr(task, "_fut_waiter", None) for task in asyncio.all_tasks(loop)]
    return any(waiter is None or waiter.done() for waiter in waiters)


def own_task(loop: asyncio.AbstractEventLoop) -> asyncio.Task[Any] | None:
    """The test's own task: the one until whose end the loop runs, or the one in which a plugin runs tests."""
    own = None
    for task in asyncio.all_tasks(loop):
        if getattr(task.get_coro(), "__name__", "") in _RUNNERS:
            return task
        if ends_the_loop(task):
            own = task
    return own


def ends_the_loop(task: asyncio.Task[Any]) -> bool:
    """Whether the loop runs until this task is done."""
    return not _ENDS_THE_LOOP.isdisjoint(_told(task))


def asyncio_task_waits_for(task: asyncio.Task[Any], on_the_clock: Collection[Any]) -> WaitsFor:
    """What a task waits for. on_the_clock: the futures of those that wait for the clock."""
    waiter = getattr(task, "_fut_waiter", None)
    if waiter is None:
        return WaitsFor.TASKS
    if waiter in on_the_clock:
        return WaitsFor.CLOCK
    if isinstance(waiter, asyncio.Task) or hasattr(waiter, "_children"):
        return _future_waits_for(waiter, on_the_clock)
    if any("shield.<locals>" in name for name in _told(waiter)):
        return WaitsFor.TASKS
    return _waits_by_its_frames(task.get_coro())


def _future_waits_for(future: Any, on_the_clock: Collection[Any]) -> WaitsFor:
    """What a task that somebody awaits waits for, or what all of those that he gathers do."""
    if isinstance(future, asyncio.Task):
        return asyncio_task_waits_for(future, on_the_clock)
    if not hasattr(future, "_children"):
        return WaitsFor.OUTSIDE
    found = {_future_waits_for(each, on_the_clock) for each in future._children if not each.done()}
    return found.pop() if len(found) == 1 else WaitsFor.TASKS


def _told(future: Any) -> Iterator[str]:
    """The names of what is called when a future is done."""
    for callback, *_ in getattr(future, "_callbacks", None) or ():
        yield getattr(callback, "__qualname__", "")


def reads_or_writes(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether the loop looks at any socket or pipe but its own."""
    selector = getattr(loop, "_selector", None)
    return selector is not None and len(selector.get_map() or ()) > 1


# ── trio ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def own_trio_task() -> Any:
    """The task that `trio.run` was called with; None while it can't be told."""
    import trio

    root = trio.lowlevel.current_root_task()
    candidates = list(root.child_nurseries[-1].child_tasks) if root is not None and root.child_nurseries else []
    return candidates[0] if len(candidates) == 1 else None


def trio_descendants(task: Any) -> Iterator[Any]:
    """The tasks that a task started, and those that they started."""
    for nursery in task.child_nurseries:
        for child in nursery.child_tasks:
            yield child
            yield from trio_descendants(child)


def trio_task_waits_for(task: Any, on_the_clock: Collection[Any]) -> WaitsFor:
    """What a task waits for. on_the_clock: the tasks that wait for the clock."""
    return WaitsFor.CLOCK if task in on_the_clock else _waits_by_its_frames(task.coro)
