"""The cloud's clock: the only place that waits, and, with `freezers`, that reads real time.

All of AWS's time in a cloud comes from here, in whole milliseconds. It flows (as `time.time()` does, whoever
patches that) or is held until the test moves it. Moving it is a discrete-event simulation: whatever falls due
happens in order, at its own instant, before the clock goes on.

    position of the source (real time, or a freeze that is on) ── differences ──► now
    advance, and waits that jump ─────────────────────────────── steps ────────► now

A wait (a long poll, a retry's back-off) is a `Pending` with an end on the clock. Where nobody else could change
anything, waiting runs the clock to the first event that answers; else the thread waits for real, without the
cloud's lock, and no longer than the wait would last in real time, so that no frozen clock can hang it.
"""

from __future__ import annotations

import _thread
import datetime as dt
import math
import sys
import threading
import time
import warnings
import weakref
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any, TypeVar

from pytest_cloudfakes.exceptions import CloudFakesError, CloudFakesWarning, TimeTravelError
from pytest_cloudfakes.freezers import Freezer, active_freezer
from pytest_cloudfakes.journal import Journal
from pytest_cloudfakes.outside import Outside
from pytest_cloudfakes.pending import Pending
from pytest_cloudfakes.scheduler import Due, Millis, Scheduler, Timer
from pytest_cloudfakes.timeline import Timeline, duration_text, instant_text

T = TypeVar("T")

Duration = float | dt.timedelta
Instant = dt.datetime | float

DEFAULT_LIMIT = dt.timedelta(days=30)
"""How far `run_until` and `run_until_idle` go at the most unless told otherwise."""

END_OF_TIME: Millis = 221_845_392_000_000
"""The year 9000: what is due from there on still has an instant that Python can write."""

RECHECK = 0.02
"""Seconds between two looks of a thread that waits for real: time may have been moved behind the clock's back."""


class _Real:
    """Real elapsed time. Held in a class, since freezers replace what modules hold."""

    @staticmethod
    def monotonic() -> float:
        hatch = getattr(sys.modules.get("time_machine"), "escape_hatch", None)
        if hatch is not None and hatch.is_travelling() and hasattr(hatch.time, "monotonic"):
            # Some releases of time-machine patch the monotonic clock too.
            return float(hatch.time.monotonic())
        api = sys.modules.get("freezegun.api")
        return float((time.monotonic if api is None else api.real_monotonic)())


class Stopwatch:
    """Real elapsed time of a wait, which no frozen clock can make longer than it would be with AWS."""

    def __init__(self, pending: Pending[Any] | None, clock: Clock) -> None:
        timer = None if pending is None else pending.timer
        self._longest = None if timer is None else (timer.due - clock.latest) / 1000
        self._started = _Real.monotonic()

    def elapsed(self) -> float:
        """Seconds since it was started."""
        return _Real.monotonic() - self._started

    def left(self) -> float | None:
        """Seconds until the wait is over for real; None if it has no end of its own."""
        return None if self._longest is None else self._longest - self.elapsed()

    def is_over(self) -> bool:
        """Whether the wait has lasted as long as it would for real."""
        left = self.left()
        return left is not None and left <= 0


class Clock:
    """One cloud's time. Instants are milliseconds since the epoch, durations that users give are seconds."""

    def __init__(self, lock: threading.RLock, journal: Journal, *, start: Millis | None = None) -> None:
        self.condition = threading.Condition(lock)
        self._lock = lock
        self._journal = journal
        self._scheduler = Scheduler()
        self.latest: Millis = 0
        """The instant at the last look; within a call or an event, this instant."""
        self._start = start
        self._observed = False
        self._held = False
        self.acting = 0
        """How many calls and events are being worked on, one inside the other; time stands meanwhile."""
        self.outside: Outside | None = None
        """What users' code is to run between two events, set by the cloud."""
        self._source: Any = None
        self._position: Millis = 0
        self._added: Millis = 0
        self._warned = False
        self._owner: int | None = None
        self._threads_at_start: frozenset[threading.Thread] = frozenset()
        self._thread_count_at_start = 0
        self.steps = 0
        """How often waiting let the clock go on to an event."""
        self.pumps: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()
        """What moves the clock for the tasks of an event loop; see `awaiting`."""
        self.waiting_tasks: weakref.WeakSet[Any] = weakref.WeakSet()
        """The tasks of trio that wait for this clock."""

    # ── what services use ────────────────────────────────────────────────────────────────────────────────────────

    def now(self) -> Millis:
        """This instant; the same one throughout a call or an event."""
        if self.acting:
            return self.latest
        with self._lock:
            self.refresh()
            return self.latest

    def at(
        self,
        due: Millis,
        action: Callable[[], None],
        *,
        service: str,
        resource: str,
        what: str,
        details: Callable[[], Iterable[Due]] | None = None,
        true_due: Callable[[], Millis | None] | None = None,
        background: bool = False,
    ) -> Timer:
        """Let `action` happen at an instant (at the next look, if that is past). See `Timer` for the rest."""
        timer = Timer(
            due,
            action,
            service=service,
            resource=resource,
            what=what,
            details=details,
            true_due=true_due,
            background=background,
            cause=self._journal.cause,
        )
        return self._scheduler.add(timer)

    def pending(self, until: Millis, at_end: Callable[[], T], *, service: str, resource: str, what: str) -> Pending[T]:
        """An answer to be given later, and by `at_end` at the latest when the wait is over."""
        waiting: Pending[T] = Pending()

        def end() -> None:
            if not waiting.done:
                if waiting.on_cancel is not None:
                    waiting.on_cancel()
                waiting.answer(at_end())

        waiting.timer = self.at(until, end, service=service, resource=resource, what=what)
        waiting.timer.waiting = waiting
        return waiting

    # ── what tests use ───────────────────────────────────────────────────────────────────────────────────────────

    def datetime(self) -> dt.datetime:
        """This instant as an aware datetime in UTC."""
        return dt.datetime.fromtimestamp(self.now() / 1000, dt.timezone.utc)

    @property
    def held(self) -> bool:
        """Whether time stands until the test moves it."""
        return self._held

    def hold(self) -> None:
        """Let time stand until it is moved."""
        with self._lock:
            if self._observed:
                self.refresh()
            self._held = True
            self._settle()

    def release(self) -> None:
        """Let time flow again, from where it is."""
        with self._lock:
            self.refresh()
            self._held = False
            self._settle()

    def advance(self, by: Duration) -> None:
        """Move time on by seconds (or a timedelta). When it returns, everything due has happened, in order."""
        delta = _duration(by)
        if delta < 0:
            raise TimeTravelError(f"Time goes forward only: advance by 0 or more, not by {by!r}.")
        with self._lock:
            self.refresh()
            self._travel(_reachable(self.latest + delta, by))

    def advance_to(self, instant: Instant) -> None:
        """Move time on to an instant: a datetime (a naive one is UTC) or seconds since the epoch."""
        from pytest_cloudfakes.api import to_millis

        target = _reachable(to_millis(instant), instant)
        with self._lock:
            self.refresh()
            if target < self.latest:
                raise TimeTravelError(
                    f"Time goes forward only: it is {instant_text(self.latest)}, later than {instant_text(target)}."
                )
            self._travel(target)

    def advance_to_next_event(self) -> Due | None:
        """Move time on to whatever comes next; it has then happened. Returns it, or None if nothing is due."""
        with self._lock:
            self.refresh()
            coming = self._scheduler.next()
            if coming is not None:
                self._travel(max(coming.at, self.latest))
            return coming

    def run_until(self, predicate: Callable[[], Any], *, limit: Duration = DEFAULT_LIMIT) -> None:
        """Go from event to event until `predicate()` is true: at once if it is, at most `limit` (30 days) on.

        Errors: TimeTravelError if it isn't true by then, or if nothing is due any more.
        """
        if not callable(predicate):
            raise TimeTravelError(f"run_until takes a function that says whether it is so, not {predicate!r}.")
        end = self.now() + _duration(limit)
        while not predicate():
            with self._lock:
                self.refresh()
                due = self._scheduler.next_due()
                if due is None or due > end:
                    raise TimeTravelError(self._not_reached("the condition was never true", limit, due))
                self._travel(max(due, self.latest))

    def run_until_idle(self, *, limit: Duration = DEFAULT_LIMIT) -> None:
        """Go from event to event until nothing is due any more, at most `limit` (30 days) on.

        Retention and other tidying up don't keep a cloud busy. Errors: TimeTravelError if it is still busy then.
        """
        with self._lock:
            self.refresh()
            end = self.latest + _duration(limit)
            while True:
                due = self._scheduler.next_due(background=False)
                if due is None:
                    return
                if due > end:
                    raise TimeTravelError(self._not_reached("the cloud was still busy", limit, due))
                self._travel(max(due, self.latest))

    def upcoming(self) -> list[Due]:
        """What is due, in order: `.at` (ms since the epoch), `.service`, `.resource`, `.what`."""
        with self._lock:
            self.refresh()
            return self._scheduler.upcoming()

    def assert_holds_until(self, after: Duration, condition: Callable[[], Any]) -> None:
        """Assert that something is so for a while, and no longer from then on; time is then at that instant.

        `condition` is looked at now, after every event up to a millisecond before the instant, and at the instant,
        where it must have become false. It should only look: a receive would change what it looks at.
        """
        __tracebackhide__ = True
        if not self._held:
            raise TimeTravelError("A period is exact on a held clock only: ask for fake_clock, or call hold() first.")
        start = self.now()
        instant = _reachable(start + _duration(after), after)
        if not callable(condition):
            raise TimeTravelError(f"A condition is a function that says whether it is so, not {condition!r}.")
        if instant <= start:
            raise TimeTravelError(f"A period has a length: give more than 0 seconds, not {after!r}.")
        timeline = Timeline(start, self._journal)
        while True:
            timeline.look(self.now(), condition())
            if not timeline.holds:
                raise AssertionError(timeline.report(f"it was not so until {duration_text(instant - start)}"))
            with self._lock:
                due = self._scheduler.next_due()
                target = instant - 1 if due is None or due >= instant else max(due, self.latest)
                if self.latest >= instant - 1:
                    break
                self._travel(target)
        with self._lock:
            self._travel(instant)
        timeline.look(instant, condition())
        if timeline.holds:
            raise AssertionError(timeline.report(f"it was still so at {duration_text(instant - start)}"))

    # ── what the cloud and its doors use ─────────────────────────────────────────────────────────────────────────

    def forget(self) -> None:
        """Let nothing be due any more."""
        self._scheduler = Scheduler()

    def enter(self) -> None:
        """The cloud goes on, in the thread that runs the test."""
        self._owner = threading.get_ident()
        self._threads_at_start = frozenset(threading.enumerate())
        self._thread_count_at_start = _thread._count()

    def refresh(self) -> None:
        """Follow the source of time; whatever fell due meanwhile happens now, in order. Needs the lock."""
        if self.acting:
            return
        freezer = active_freezer()
        source = None if freezer is None else freezer.identity
        if not self._observed:
            self._observe(freezer)
            return
        if freezer is None:
            if self._held:
                self._source = None
                if self._scheduler.may_be_due(self.latest):
                    self._run_events(self.latest)
                return
            position = int(time.time() * 1000)
        else:
            position = freezer.position(held=self._held)
        if source is self._source:
            target = self.latest + position - self._position
        else:
            target = position + (self._added if freezer is None else 0)
            self._source = source
        if target < self.latest:
            self._warn_backwards(freezer, target)
            target = self.latest
        # A freeze is at the target already, and what falls due on the way there is not to move it any further.
        self._position = position if freezer is None else position - (target - self.latest)
        if self._scheduler.may_be_due(target):
            self._run_events(target)
        if target > self.latest:
            self._go(target)

    def wait(self, pending: Pending[T], look: Callable[[], None] | None = None) -> T:
        """Wait in this thread until there is an answer. Needs the lock, and lets go of it while waiting.

        look: called now and then, with the lock, while the thread waits for real; it may cancel what it waits for.
        """
        if not pending.done:
            if self.may_jump():
                self._jump_until(pending)
            else:
                self._block_until(pending, look)
        return pending.result()

    def sleep(self, duration: float, what: str) -> None:
        """Let this thread wait for so many seconds of the cloud's time."""
        with self._lock:
            self.refresh()
            self.wait(self.sleeping(duration, what))

    def sleeping(self, duration: float, what: str) -> Pending[None]:
        """A wait for nothing but time. Needs the lock."""
        until = self.latest + round(duration * 1000)
        return self.pending(until, lambda: None, service="botocore", resource="client", what=what)

    def end_waits(self, error: Exception) -> None:
        """Let every call that waits fail: nobody will answer it any more."""
        with self._lock:
            for pending in self._scheduler.waiting():
                if pending.on_cancel is not None:
                    pending.on_cancel()
                pending.fail(error)

    def step(self) -> None:
        """Go on to the next event, for somebody who waits. Needs the lock."""
        due = self._scheduler.next_due()
        if due is None:
            raise CloudFakesError("A call waits for something that has no end; please report this.")
        self.steps += 1
        self._travel(max(due, self.latest))

    @property
    def activity(self) -> tuple[int, int]:
        """Another value whenever something was asked of the cloud, or happened in it."""
        return self._journal.count, self.steps

    def end_wait(self, pending: Pending[Any]) -> None:
        """Let a wait be over although the cloud's time hasn't got there. Needs the lock."""
        if pending.timer is not None:
            pending.timer.cancel()
            pending.timer.action()

    # ── how it works ─────────────────────────────────────────────────────────────────────────────────────────────

    def _observe(self, freezer: Freezer | None) -> None:
        """The first look: until then a freeze may begin (a decorator does after the fixtures) and sets the time."""
        self._observed = True
        self._settle()
        real = int(time.time() * 1000) if freezer is None else self._position
        self.latest = real if self._start is None else self._start
        self._added = self.latest - real

    def _settle(self) -> None:
        """Take the source's position as the one that `now` belongs to."""
        freezer = active_freezer()
        self._source = None if freezer is None else freezer.identity
        self._position = int(time.time() * 1000) if freezer is None else freezer.position(held=self._held)
        if freezer is None:
            self._added = self.latest - self._position

    def _travel(self, target: Millis) -> None:
        """Go to `target`, not earlier than now, through all that is due, and take a freeze along."""
        before = self.latest
        self._run_events(target)
        self._go(target)
        if not self._held and active_freezer() is None:
            self._added += self.latest - before
        self.condition.notify_all()

    def _run_events(self, target: Millis) -> None:
        scheduler = self._scheduler
        while True:
            due = scheduler.next_due()
            if due is None or due > target:
                return
            self._go(due)
            timer = scheduler.pop()
            assert timer is not None
            outer_cause, self._journal.cause = self._journal.cause, timer.cause
            self.acting += 1
            try:
                timer.action()
            finally:
                self.acting -= 1
                self._journal.cause = outer_cause
            if self.outside is not None and self.outside.waiting and not self.acting:
                self.outside.run()

    def _go(self, instant: Millis) -> None:
        """Let it be `instant`, without looking at what is due; a freeze that is on goes along."""
        delta = instant - self.latest
        if delta <= 0:
            return
        self.latest = instant
        freezer = active_freezer()
        if freezer is not None and freezer.identity is self._source:
            self._position += delta
            behind = self._position - freezer.position(held=self._held)
            if behind > 0:
                freezer.tick(behind, held=self._held)

    def may_jump(self) -> bool:
        """Whether nobody else could change anything while this thread waits."""
        if self._owner != threading.get_ident():
            return False
        return self._held or (_thread._count() <= self._thread_count_at_start and not self.other_threads())

    def other_threads(self) -> set[int]:
        """The threads that were started since the cloud went on."""
        # By the threads themselves: the identifier of one that has ended is given to another.
        return {thread.ident or 0 for thread in threading.enumerate() if thread not in self._threads_at_start}

    def others_are_busy(self) -> bool:
        """Whether any of them does more than wait in a pool for work."""
        frames = sys._current_frames()
        return any(not _waits_for_work(frames[thread]) for thread in self.other_threads() & frames.keys())

    def _jump_until(self, pending: Pending[Any]) -> None:
        while not pending.done:
            self.step()

    def _block_until(self, pending: Pending[Any], look: Callable[[], None] | None) -> None:
        pending.when_done(self.condition.notify_all)
        stopwatch = Stopwatch(pending, self)
        while not pending.done:
            left = stopwatch.left()
            if left is not None and left <= 0:
                self.end_wait(pending)
                return
            self.condition.wait(RECHECK if left is None else min(left, RECHECK))
            self.refresh()
            if look is not None and not pending.done:
                look()

    def _warn_backwards(self, freezer: Freezer | None, target: Millis) -> None:
        if self._warned or (freezer is None and self.latest - target < 1000):
            return
        self._warned = True
        cause = "time.time()" if freezer is None else freezer.name
        warnings.warn(
            f"{cause} went back to {instant_text(target)}; the cloud's time never goes backwards and stays at "
            f"{instant_text(self.latest)}. Freeze time before the first call to AWS, or in a new FakeCloud.",
            CloudFakesWarning,
            stacklevel=2,
        )

    def _not_reached(self, what: str, limit: Duration, due: Millis | None) -> str:
        if due is None:
            return f"{what}, and nothing is due any more at {instant_text(self.latest)}."
        coming = self._scheduler.upcoming()
        lines = [f"  {instant_text(entry.at)}  {entry.service} {entry.resource}: {entry.what}" for entry in coming[:10]]
        more = [f"  … and {len(coming) - 10} more"] if len(coming) > 10 else []
        return "\n".join([f"{what} within {duration_text(_duration(limit))}. Still due:", *lines, *more])

    def __repr__(self) -> str:
        time = instant_text(self.latest) if self._observed else "not looked at yet"
        return f"<Clock {time}, {'held' if self._held else 'flowing'}>"


_POOLS = frozenset({"concurrent.futures.thread", "anyio._backends._asyncio", "trio._core._thread_cache"})
"""The modules in which threads of a pool wait for work."""


def _waits_for_work(frame: FrameType | None) -> bool:
    while frame is not None and frame.f_globals.get("__name__") in {"queue", "threading"}:
        frame = frame.f_back
    return frame is not None and frame.f_globals.get("__name__") in _POOLS


def _duration(value: Duration) -> Millis:
    """Seconds or a timedelta as milliseconds."""
    if isinstance(value, dt.timedelta):
        return round(value / dt.timedelta(milliseconds=1))
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise TimeTravelError(f"A duration is a number of seconds or a timedelta, not {value!r}.")
    return round(value * 1000)


def _reachable(instant: Millis, asked: object) -> Millis:
    """The same instant. Errors: TimeTravelError if it is out of every datetime's reach."""
    if abs(instant) >= END_OF_TIME:
        raise TimeTravelError(f"A cloud's time ends with the year 8999, so it can't go on by or to {asked!r}.")
    return instant
