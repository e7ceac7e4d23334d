"""The lock of a cloud: reentrant, and without convoys.

A thread that waits for a lock in the kernel is handed it while another thread runs Python code. That one then waits at
its next call, is handed the lock in turn, and so on: once there is contention every call costs two switches of
threads, for as long as there is any. Here whoever finds the lock taken lets the others run and looks again. Since a
call is short, its thread was only interrupted in it, and has left it by then.
"""

from __future__ import annotations

import threading
from time import sleep
from typing import Any

_LOOKS = 100
"""After so many, whoever has the lock is doing something long, and is waited for in the kernel."""

_RLock: Any = type(threading.RLock())


class CloudLock(_RLock):  # type: ignore[misc]
    """Use it by `with`. A condition that is made of it waits as ever."""

    def __enter__(self) -> bool:
        return self.acquire(blocking=False) or self._look_again()

    def _look_again(self) -> bool:
        for _ in range(_LOOKS):
            sleep(0)
            if self.acquire(blocking=False):
                return True
        return bool(self.acquire())
