"""An answer that isn't there yet.

A long poll doesn't block inside a service. The operation returns a `Pending`, the service keeps it in arrival
order, and whoever makes the answer possible (a send, a timer, the end of the wait) gives it. How the caller
waits meanwhile is the door's affair: a thread on a condition, a coroutine on a future, an HTTP connection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from pytest_cloudfakes.scheduler import Timer

T = TypeVar("T")
U = TypeVar("U")


class Pending(Generic[T]):
    """A call that waits. All of its methods are to be called under the cloud's lock."""

    __slots__ = ("_listeners", "_steps", "_value", "done", "error", "on_cancel", "timer", "undo")

    def __init__(self) -> None:
        self.done = False
        self.error: Exception | None = None
        self.timer: Timer | None = None
        """The end of the wait, which answers by itself."""
        self.on_cancel: Callable[[], None] | None = None
        """Forget the waiter: the caller went away, or the wait ended, before there was an answer."""
        self.undo: Callable[[], None] | None = None
        """Put back what the answer took: the caller went away and never saw it."""
        self._value: Any = None
        self._steps: list[Callable[[Any], Any]] = []
        self._listeners: list[Callable[[], None]] = []

    def then(self, step: Callable[[T], U]) -> Pending[U]:
        """Map the value when it comes, at the instant at which it comes."""
        if self.done:
            if self.error is None:
                self._value = step(self._value)
        else:
            self._steps.append(step)
        return cast("Pending[U]", self)

    def answer(self, value: T) -> None:
        """Give the answer; the caller returns with it. A second answer is ignored."""
        if self.done:
            return
        try:
            result: Any = value
            for step in self._steps:
                result = step(result)
            self._value = result
        except Exception as error:  # noqa: BLE001 - whatever it is, it is for the one who waits
            self.error = error
        self._finish()

    def fail(self, error: Exception) -> None:
        """Let the waiting call fail with an error of AWS (or of ours)."""
        if not self.done:
            self.error = error
            self._finish()

    def cancel(self) -> None:
        """The caller has gone: leave the service as if the call had not been made."""
        if not self.done:
            self._finish()
            if self.on_cancel is not None:
                self.on_cancel()
        elif self.undo is not None:
            undo, self.undo = self.undo, None
            undo()

    def when_done(self, listener: Callable[[], None]) -> None:
        """Call `listener` once there is an answer (at once if there is)."""
        if self.done:
            listener()
        else:
            self._listeners.append(listener)

    def result(self) -> T:
        """The answer, or raise the error."""
        if self.error is not None:
            raise self.error
        return cast("T", self._value)

    def _finish(self) -> None:
        self.done = True
        if self.timer is not None:
            self.timer.cancel()
        listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener()

    def __repr__(self) -> str:
        return f"<Pending {'done' if self.done else 'waiting'}>"
