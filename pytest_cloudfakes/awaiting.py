"""How a coroutine waits on the cloud's clock: never blocking its loop.

Where a thread would jump or block (see `clock`), a coroutine lets the other tasks of its loop run first. Only when
none of them can, and the test's own task waits for the clock (or for tasks that do), the clock goes on to the next
event. While the test's own task waits for anything else, its time is real time, and the clock stands.

    asyncio: one `Pump` a loop looks, between the loop's rounds, whether anything else can run
    trio: `trio.testing.wait_all_tasks_blocked` says so
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import types
import weakref
from collections.abc import Collection, Generator
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_cloudfakes import tasks
from pytest_cloudfakes.clock import RECHECK, Clock, Stopwatch
from pytest_cloudfakes.freezers import active_freezer
from pytest_cloudfakes.pending import Pending
from pytest_cloudfakes.tasks import WaitsFor

if TYPE_CHECKING:
    from pytest_cloudfakes.api import ApiCall
    from pytest_cloudfakes.cloud import FakeCloud

T = TypeVar("T")

SHORT_REST = 0.01
"""Seconds of rest before the clock goes on for tasks that the test's own task waits for: a callback may come first."""

LONG_REST = 3.0
"""The same where some task or thread waits for something else, which is likely to come within that time."""


async def call(cloud: FakeCloud, api_call: ApiCall) -> dict[str, Any]:
    """Answer a call; awaits it if it waits. Errors: ApiError, NetworkFault, NotFaked.

    Other tasks get their turn first, as they do with a network: a loop of calls must not keep them from running.
    """
    await (_checkpoint() if _in_trio() else _turn_of_others())
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


def _rest_needed(clock: Clock, own: WaitsFor, others: Collection[WaitsFor]) -> float | None:
    """For how many seconds a loop must be at rest before the clock goes on; None if it mustn't.

    own: what the test's own task waits for. others: what the other tasks wait for.
    """
    outside = WaitsFor.OUTSIDE in others
    if own is WaitsFor.OUTSIDE or (outside and not clock.held):
        return None
    if own is WaitsFor.CLOCK:
        return 0
    return LONG_REST if outside or clock.others_are_busy() else SHORT_REST


class _Rest:
    """For how long a loop and its cloud have been at rest."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._activity = clock.activity
        self._of_cloud = self._of_loop = Stopwatch(None, clock)

    def ends(self) -> None:
        """Something in the loop could run."""
        self._of_loop = Stopwatch(None, self._clock)

    def lasted(self, seconds: float) -> bool:
        """Whether it has lasted so long. What beats in a loop by itself breaks a short rest only."""
        if self._clock.activity != self._activity:
            self._activity = self._clock.activity
            self._of_cloud = Stopwatch(None, self._clock)
        return self._of_cloud.elapsed() >= seconds and (seconds > SHORT_REST or self._of_loop.elapsed() >= seconds)


# ── asyncio ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@types.coroutine
def _turn_of_others() -> Generator[None, None, None]:
    """What `asyncio.sleep(0)` does, whoever patched that."""
    yield


async def _wait_in_asyncio(clock: Clock, pending: Pending[Any]) -> None:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not future.done():
            future.set_result(None)

    def tell() -> None:
        # The answer may come from any thread, and the loop may have been closed meanwhile.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(wake)

    with clock.condition:
        pending.when_done(tell)
    if not pending.done:
        _pump(clock, loop).add(pending, future)
    await future


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
        self._waits: dict[Pending[Any], tuple[asyncio.Future[None], Stopwatch]] = {}
        self._turning = False
        self._looks = 0
        """How often in a row nothing could run; the loop looks for input and output in between."""
        self._rest = _Rest(clock)

    def add(self, pending: Pending[Any], future: asyncio.Future[None]) -> None:
        """A task begins to wait, for a future that is done when there is an answer."""
        self._waits[pending] = (future, Stopwatch(pending, self._clock))
        self._looks = 0
        if not self._turning:
            self._turn_soon()

    def _turn_soon(self, delay: float = 0) -> None:
        loop = self._loop()
        if loop is None or loop.is_closed():
            return
        self._turning = True
        if delay and not _stands(loop):
            loop.call_later(delay, self._turn)
        else:
            loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._turning = False
        clock, loop = self._clock, self._loop()
        self._end_what_is_over()
        if not self._waits or loop is None:
            return
        if tasks.can_run(loop):
            self._looks = 0
            self._rest.ends()
            self._turn_soon()
            return
        self._looks += 1
        rest = self._rest_needed(loop) if clock.may_jump() else None
        if rest is None:
            self._turn_soon(RECHECK)
        elif self._looks > 1 and self._rest.lasted(rest):
            self._looks = 0
            self._step()
            self._turn_soon()
        else:
            self._turn_soon(min(rest / 4, RECHECK))

    def _end_what_is_over(self) -> None:
        with self._clock.condition:
            self._clock.refresh()
            for pending, (_, stopwatch) in list(self._waits.items()):
                if not pending.done and stopwatch.is_over():
                    self._clock.end_wait(pending)
                if pending.done:
                    del self._waits[pending]

    def _rest_needed(self, loop: asyncio.AbstractEventLoop) -> float | None:
        futures = {future for future, _ in self._waits.values()}
        own = tasks.own_task(loop)
        if own is not None and tasks.asyncio_task_waits_for(own, futures) is WaitsFor.CLOCK and self._clock.held:
            return 0
        if not self._clock.held and tasks.reads_or_writes(loop):
            return None
        # A plugin that runs tests in a task of its own waits for that in another one.
        others = [task for task in asyncio.all_tasks(loop) if task is not own and not tasks.ends_the_loop(task)]
        return _rest_needed(
            self._clock,
            WaitsFor.TASKS if own is None else tasks.asyncio_task_waits_for(own, futures),
            {tasks.asyncio_task_waits_for(task, futures) for task in others},
        )

    def _step(self) -> None:
        with self._clock.condition:
            try:
                self._clock.step()
            except Exception as error:  # noqa: BLE001 - a loop only logs what its callbacks raise; somebody waits for it
                for pending in self._waits:
                    pending.fail(error)


def _stands(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether a freeze holds the loop's own time, so that nothing it is to call later is ever called."""
    if active_freezer() is None:
        return False
    before = loop.time()
    return loop.time() == before


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


async def _checkpoint() -> None:
    import trio

    await trio.lowlevel.checkpoint()


async def _wait_in_trio(clock: Clock, pending: Pending[Any]) -> None:
    import trio

    token = trio.lowlevel.current_trio_token()
    task = trio.lowlevel.current_task()
    stopwatch = Stopwatch(pending, clock)
    with trio.CancelScope() as looking:
        with clock.condition:
            pending.when_done(lambda: _tell_trio(token, looking.cancel))
        clock.waiting_tasks.add(task)
        try:
            await _look_in_trio(clock, pending, stopwatch)
        finally:
            clock.waiting_tasks.discard(task)
    await trio.lowlevel.checkpoint()


async def _look_in_trio(clock: Clock, pending: Pending[Any], stopwatch: Stopwatch) -> None:
    import trio
    import trio.testing

    rest = _Rest(clock)
    while not pending.done:
        steps = clock.steps
        with trio.move_on_after(RECHECK) as busy:
            await trio.testing.wait_all_tasks_blocked()
        needed = _rest_needed_in_trio(clock) if clock.may_jump() and not busy.cancelled_caught else None
        with clock.condition:
            clock.refresh()
            if not pending.done and stopwatch.is_over():
                clock.end_wait(pending)
            elif not pending.done and needed is not None and clock.steps == steps and rest.lasted(needed):
                clock.step()
                continue
        if needed != 0:
            await _pause_in_trio(RECHECK if needed is None else min(needed / 4, RECHECK))


async def _pause_in_trio(seconds: float) -> None:
    import trio

    if active_freezer() is None:
        await trio.sleep(seconds)
    else:
        # A freeze may hold trio's own time, and then no sleep would end.
        await trio.lowlevel.checkpoint()


def _rest_needed_in_trio(clock: Clock) -> float | None:
    own = tasks.own_trio_task()
    if own is None:
        return _rest_needed(clock, WaitsFor.TASKS, ())
    waiting = clock.waiting_tasks
    own_waits = tasks.trio_task_waits_for(own, waiting)
    return _rest_needed(
        clock, own_waits, {tasks.trio_task_waits_for(task, waiting) for task in tasks.trio_descendants(own)}
    )


def _tell_trio(token: Any, action: Any) -> None:
    import trio

    try:
        token.run_sync_soon(action)
    except trio.RunFinishedError:
        return
