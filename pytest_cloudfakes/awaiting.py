"""How a coroutine waits on the cloud's clock: never blocking its loop.

Where a thread would jump or block (see `clock`), a coroutine lets the other tasks of its loop run first. Only when
none of them can, and nobody else could change anything, the clock goes on to the next event.

    asyncio: one `Pump` a loop looks, between the loop's rounds, whether anything else can run
    trio: `trio.testing.wait_all_tasks_blocked` says so
"""

from __future__ import annotations

import asyncio
import sys
import weakref
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_cloudfakes.clock import RECHECK, Clock, Stopwatch
from pytest_cloudfakes.pending import Pending

if TYPE_CHECKING:
    from pytest_cloudfakes.api import ApiCall
    from pytest_cloudfakes.cloud import FakeCloud

T = TypeVar("T")

_PATIENCE = 0.01
"""Seconds for which a loop must have been idle before the clock jumps for a task other than the test's own."""


async def call(cloud: FakeCloud, api_call: ApiCall) -> dict[str, Any]:
    """Answer a call; awaits it if it waits. Errors: ApiError, NetworkFault, NotFaked."""
    with cloud.lock:
        answer = cloud.handle_call(api_call)
    return await wait(cloud.clock, answer) if isinstance(answer, Pending) else answer


async def sleep(clock: Clock, duration: float, what: str) -> None:
    """Let this task wait for so many seconds of the cloud's time."""
    with clock.condition:
        clock.refresh()
        pending = clock.sleeping(duration, what)
    await wait(clock, pending)


async def wait(clock: Clock, pending: Pending[T]) -> T:
    """Wait until there is an answer. A wait that is cancelled leaves its service as if it had not begun."""
    if not pending.done:
        try:
            await (_wait_in_trio(clock, pending) if _in_trio() else _wait_in_asyncio(clock, pending))
        except BaseException:
            with clock.condition:
                pending.cancel()
            raise
    return pending.result()


# ── asyncio ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _wait_in_asyncio(clock: Clock, pending: Pending[Any]) -> Awaitable[None]:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not future.done():
            future.set_result(None)

    def tell() -> None:
        # The answer may come from any thread, and the loop may have been closed meanwhile.
        if not loop.is_closed():
            loop.call_soon_threadsafe(wake)

    with clock.condition:
        pending.when_done(tell)
    if not pending.done:
        _pump(clock, loop).add(pending, asyncio.current_task(loop))
    return future


def _pump(clock: Clock, loop: asyncio.AbstractEventLoop) -> Pump:
    pumps: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Pump] = clock.pumps
    found = pumps.get(loop)
    if found is None:
        found = pumps[loop] = Pump(clock, loop)
    return found


class Pump:
    """Moves the clock while tasks of one loop wait for it and nothing else in that loop can run."""

    def __init__(self, clock: Clock, loop: asyncio.AbstractEventLoop) -> None:
        self._clock = clock
        self._loop = weakref.ref(loop)
        self._waits: dict[Pending[Any], tuple[asyncio.Task[Any] | None, Stopwatch]] = {}
        self._turning = False
        self._idle_looks = 0
        self._idle_since: Stopwatch | None = None

    def add(self, pending: Pending[Any], task: asyncio.Task[Any] | None) -> None:
        """A task begins to wait."""
        self._waits[pending] = (task, Stopwatch(pending, self._clock))
        self._idle_looks = 0
        if not self._turning:
            self._turn_soon()

    def _turn_soon(self, delay: float = 0) -> None:
        loop = self._loop()
        if loop is None or loop.is_closed():
            return
        self._turning = True
        if delay:
            loop.call_later(delay, self._turn)
        else:
            loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._turning = False
        clock, loop = self._clock, self._loop()
        with clock.condition:
            clock.refresh()
            for pending, (_, stopwatch) in list(self._waits.items()):
                if not pending.done and stopwatch.is_over():
                    clock.end_wait(pending)
                if pending.done:
                    del self._waits[pending]
        if not self._waits or loop is None:
            return
        if _can_run(loop):
            self._idle_looks, self._idle_since = 0, None
            self._turn_soon()
        elif not clock.may_jump() or not self._nobody_sleeps(loop):
            self._turn_soon(RECHECK)
        elif not self._is_idle():
            self._turn_soon(0 if self._own_task_waits() else _PATIENCE / 4)
        else:
            self._idle_looks, self._idle_since = 0, None
            with clock.condition:
                clock.step()
            self._turn_soon()

    def _is_idle(self) -> bool:
        """Whether the loop has been idle for long enough: it has looked for input and output in between."""
        self._idle_looks += 1
        if self._own_task_waits():
            return self._idle_looks > 1
        if self._idle_since is None:
            self._idle_since = Stopwatch(None, self._clock)
        return self._idle_since.elapsed() >= _PATIENCE

    def _own_task_waits(self) -> bool:
        return any(task is not None and _is_main(task) for task, _ in self._waits.values())

    def _nobody_sleeps(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Whether no real sleep is on that could make a difference: the test's own, or, in flowing time, anybody's."""
        sleepers = _sleeping_futures(loop)
        if not sleepers:
            return True
        if not self._clock.held:
            return False
        if self._own_task_waits():
            return True
        main = next((task for task in asyncio.all_tasks(loop) if _is_main(task)), None)
        return main is not None and getattr(main, "_fut_waiter", None) not in sleepers


def _can_run(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether anything of the loop is ready to run. Needs to be called from a callback of the loop."""
    ready = getattr(loop, "_ready", None)
    if ready is not None:
        return bool(ready)
    for task in asyncio.all_tasks(loop):
        waiter = getattr(task, "_fut_waiter", None)
        if waiter is None or waiter.done():
            return True
    return False


def _sleeping_futures(loop: asyncio.AbstractEventLoop) -> list[Any]:
    """The futures that `asyncio.sleep` has set a timer for."""
    return [
        handle._args[0]
        for handle in getattr(loop, "_scheduled", ())
        if handle._args and not handle.cancelled() and isinstance(handle._args[0], asyncio.Future)
        if getattr(handle._callback, "__name__", "") == "_set_result_unless_cancelled"
    ]


def _is_main(task: asyncio.Task[Any]) -> bool:
    """Whether the loop runs until this task is done, as it does with a test."""
    callbacks = getattr(task, "_callbacks", None) or ()
    return any(getattr(callback, "__name__", "") == "_run_until_complete_cb" for callback, *_ in callbacks)


# ── trio ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _in_trio() -> bool:
    trio = sys.modules.get("trio")
    if trio is None:
        return False
    try:
        trio.lowlevel.current_task()
    except RuntimeError:
        return False
    return True


async def _wait_in_trio(clock: Clock, pending: Pending[Any]) -> None:
    import trio
    import trio.testing

    event = trio.Event()
    token = trio.lowlevel.current_trio_token()
    stopwatch = Stopwatch(pending, clock)
    with clock.condition:
        pending.when_done(lambda: _tell_trio(token, event.set))
    while not pending.done:
        if clock.may_jump():
            steps = clock.steps
            await trio.testing.wait_all_tasks_blocked()
            with clock.condition:
                clock.refresh()
                if not pending.done and clock.steps == steps:
                    clock.step()
        else:
            with trio.move_on_after(RECHECK):
                await event.wait()
            with clock.condition:
                clock.refresh()
                if not pending.done and stopwatch.is_over():
                    clock.end_wait(pending)
    await trio.lowlevel.checkpoint()


def _tell_trio(token: Any, action: Callable[[], None]) -> None:
    import trio

    try:
        token.run_sync_soon(action)
    except trio.RunFinishedError:
        return
