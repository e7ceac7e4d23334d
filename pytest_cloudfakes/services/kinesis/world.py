"""What streams need of the account and the region that they live in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_cloudfakes.clock import Clock
    from pytest_cloudfakes.ids import Ids
    from pytest_cloudfakes.schedule import Schedule


@dataclass
class World:
    """An account in a region, and how it behaves."""

    account: str
    region: str
    partition: str
    clock: Clock
    ids: Ids
    schedule: Schedule
    happened: Callable[..., Any]
    """Notes in the journal: service, resource, what, and what fills its `{}`."""
    transitions_take_time: bool = False
    metered: bool = False
    """Whether AWS's own rates are on."""

    def arn(self, resource: str) -> str:
        """The ARN of a resource here."""
        return f"arn:{self.partition}:kinesis:{self.region}:{self.account}:{resource}"
