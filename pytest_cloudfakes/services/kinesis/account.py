"""The setting of an account in a region: whether it commits itself to a minimum of throughput (On-demand Advantage).

DISABLED ── ENABLED asked for ──► ENABLED
ENABLED ── DISABLED asked for ──► after a day: DISABLED; earlier: ENABLED_UNTIL_EARLIEST_ALLOWED_END, then DISABLED
"""

from __future__ import annotations

from pytest_cloudfakes.scheduler import Millis, Timer
from pytest_cloudfakes.services.kinesis.limits import COMMITMENT_LASTS
from pytest_cloudfakes.services.kinesis.world import World

ENABLED, DISABLED, ENDING = "ENABLED", "DISABLED", "ENABLED_UNTIL_EARLIEST_ALLOWED_END"


class BillingCommitment:
    """The minimum throughput billing commitment."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.status = DISABLED
        self.started: Millis | None = None
        self.ended: Millis | None = None
        self._end: Timer | None = None

    @property
    def in_force(self) -> bool:
        """Whether the account has On-demand Advantage."""
        return self.status != DISABLED

    @property
    def earliest_end(self) -> Millis | None:
        """When it may end; None while it isn't in force."""
        return self.started + COMMITMENT_LASTS if self.started is not None and self.in_force else None

    def ask(self, status: str) -> None:
        """UpdateAccountSettings."""
        now = self._world.clock.now()
        if self._end is not None:
            self._end.cancel()
            self._end = None
        if status == ENABLED:
            if not self.in_force:
                self.started, self.ended = now, None
            self.status = ENABLED
            return
        earliest = self.earliest_end
        if earliest is None:
            return
        if now >= earliest:
            self._finish()
            return
        self.status = ENDING
        self._end = self._world.clock.at(
            earliest, self._finish, service="kinesis", resource="account", what="the billing commitment ends"
        )

    def _finish(self) -> None:
        self.status = DISABLED
        self.ended = self._world.clock.now()
        self._world.happened("kinesis", "account", "the billing commitment has ended")
