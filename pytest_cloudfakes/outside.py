"""Code of users that AWS would run elsewhere: functions of Lambda, servers behind HTTP endpoints.

It must not run under the cloud's lock: a server may wait for a thread that calls AWS itself. So a service puts it in
line, and it is run as soon as the call or the event that caused it is worked off, at the same instant, without the
lock. What comes of it is then told to the service, under the lock again.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_cloudfakes.exceptions import CloudFakesError

if TYPE_CHECKING:
    from pytest_cloudfakes.clock import Clock
    from pytest_cloudfakes.journal import Journal

T = TypeVar("T")

LIMIT = 10_000
"""So many pieces of work out of one call or event look like a loop: a function whose result starts it again."""


class Outside:
    """The line of one cloud."""

    def __init__(self, clock: Clock, journal: Journal, lock: threading.RLock) -> None:
        self._clock = clock
        self._journal = journal
        self._lock: Any = lock
        self._line: deque[tuple[Callable[[], Any], Callable[[Any], None], str, int | None]] = deque()
        self._running: set[int] = set()

    def add(self, work: Callable[[], T], then: Callable[[T], None], what: str) -> None:
        """Put work in line; `then` gets its result. What `work` raises is for whoever called AWS. Needs the lock."""
        self._line.append((work, then, what, self._journal.cause))

    @property
    def waiting(self) -> bool:
        """Whether anything is in line."""
        return bool(self._line)

    def run(self) -> None:
        """Do what is in line. Needs the lock, and lets go of it meanwhile.

        Work that is put in line by work is done after it, not within it.
        """
        thread = threading.get_ident()
        if thread in self._running:
            return
        self._running.add(thread)
        count = 0
        try:
            while self._line:
                work, then, what, cause = self._line.popleft()
                count += 1
                if count > LIMIT:
                    self._stop(what)
                result = self._without_the_lock(work)
                outer_cause, self._journal.cause = self._journal.cause, cause
                self._clock.acting += 1
                try:
                    then(result)
                finally:
                    self._clock.acting -= 1
                    self._journal.cause = outer_cause
        finally:
            self._running.discard(thread)

    def _without_the_lock(self, work: Callable[[], T]) -> T:
        """Run `work` with the lock let go of, however often this thread holds it, as a condition's wait does."""
        held = self._lock._release_save()
        try:
            return work()
        finally:
            self._lock._acquire_restore(held)

    def _stop(self, what: str) -> None:
        self._line.clear()
        raise CloudFakesError(
            f"{what} came after {LIMIT:,} other pieces of outside work that one call or event has led to: something "
            "seems to call itself over and over. Break the loop, or let it take time."
        )
