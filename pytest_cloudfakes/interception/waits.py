"""The sleeps of botocore's retries and waiters, on the cloud's clock.

botocore sleeps with `time.sleep`, looked up in its own modules, and in its adaptive retry mode on a condition.
While a cloud is on these modules see a `time` whose sleep is the cloud's. A test that replaces `time.sleep` itself
gets what it asks for.
"""

from __future__ import annotations

import time as real_time
from typing import Any

import botocore.endpoint
import botocore.retries.bucket
import botocore.waiter

from pytest_cloudfakes.interception import current_cloud

_REAL_SLEEP = real_time.sleep


class CloudTime:
    """The `time` module as botocore sees it while a cloud is on."""

    def __init__(self, what: str) -> None:
        self._what = what

    def sleep(self, duration: float) -> None:
        """Wait on the cloud's clock."""
        cloud = current_cloud()
        if cloud is None or real_time.sleep is not _REAL_SLEEP:
            real_time.sleep(duration)
        elif duration > 0:
            cloud.clock.sleep(duration, self._what)

    def time(self) -> float:
        """Seconds since the epoch, in the cloud."""
        cloud = current_cloud()
        return real_time.time() if cloud is None else cloud.clock.now() / 1000

    def __getattr__(self, name: str) -> Any:
        return getattr(real_time, name)


_MODULES: tuple[tuple[Any, str], ...] = (
    (botocore.endpoint, "retry back-off ends"),
    (botocore.waiter, "waiter looks again"),
    (botocore.retries.bucket, "client-side rate limit"),
)


def put_on() -> None:
    """Let botocore sleep on the cloud's clock."""
    for module, what in _MODULES:
        if module.time is real_time:
            module.time = CloudTime(what)


def take_off() -> None:
    """Let botocore sleep for real again."""
    for module, _ in _MODULES:
        if isinstance(module.time, CloudTime):
            module.time = real_time


def acquire(wrapped: Any, bucket: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`TokenBucket.acquire` of the adaptive retry mode: wait on the clock instead of on a condition."""
    amount = kwargs.get("amount", args[0] if args else 1)
    block = kwargs.get("block", args[1] if len(args) > 1 else True)
    if current_cloud() is None or not block:
        return wrapped(*args, **kwargs)
    while True:
        with bucket._new_fill_rate_condition:
            bucket._refill()
            missing = bucket._sleep_amount(amount)
            if missing <= 0:
                bucket._current_capacity -= amount
                return True
        # A clock of whole milliseconds: round up, or the last fraction would never come.
        bucket._clock.sleep(max(missing, 0.001))


def back_off(wrapped: Any, handler: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`RetryHandler._is_long_polling_operation`: after a yes it sleeps, with a `time.sleep` that it took at import.

    So it is slept here, on the clock, and the answer is no.
    """
    polls = wrapped(*args, **kwargs)
    cloud = current_cloud()
    if not polls or cloud is None or handler._sleep is not _REAL_SLEEP:
        return polls
    context = kwargs.get("context", args[0] if args else None)
    cloud.clock.sleep(handler._retry_policy.compute_retry_delay(context), "retry back-off ends")
    return False
