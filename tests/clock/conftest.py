from __future__ import annotations

import pytest

from pytest_cloudfakes import Clock, FakeCloud

SECOND = 1000


class Diary:
    """Sets timers and notes when they happened."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.start = clock.now()
        self.happened: list[tuple[float, str]] = []

    def at(self, seconds: float, what: str, then=None, **options):
        def note() -> None:
            self.happened.append((self.since(), what))
            if then is not None:
                then()

        due = self.start + round(seconds * SECOND)
        return self.clock.at(due, note, service="test", resource="diary", what=what, **options)

    def since(self) -> float:
        return (self.clock.now() - self.start) / SECOND


@pytest.fixture
def cloud():
    with FakeCloud() as cloud:
        cloud.clock.hold()
        yield cloud


@pytest.fixture
def clock(cloud):
    return cloud.clock


@pytest.fixture
def diary(clock):
    return Diary(clock)
