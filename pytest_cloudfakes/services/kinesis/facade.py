"""What all operations of Kinesis share: the account's streams, and how to get at them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.api import ApiCall, Service
from pytest_cloudfakes.model import service_model
from pytest_cloudfakes.services.kinesis.access import Access
from pytest_cloudfakes.services.kinesis.errors import DryRunOperation
from pytest_cloudfakes.services.kinesis.registry import Registry
from pytest_cloudfakes.services.kinesis.world import World

if TYPE_CHECKING:
    from pytest_cloudfakes.cloud import FakeCloud

Answer = dict[str, Any]


class Facade(Service):
    """One account in one region; the operations are added by its subclasses."""

    def __init__(self, cloud: FakeCloud, account: str, region: str) -> None:
        super().__init__(cloud, account, region)
        options = cloud.options
        self.registry = Registry(
            World(
                account=account,
                region=region,
                partition=self.partition,
                clock=self.clock,
                ids=self.ids,
                schedule=self.schedule,
                happened=cloud.journal.happened,
                transitions_take_time=options.transitions == "documented",
                metered=options.limits == "documented",
            )
        )
        self.access = Access(self.registry, self._registry_of, self.clock, enforced=options.policies == "enforced")

    def throttle(self, call: ApiCall) -> None:
        """Count a call whose rate AWS limits. Errors: LimitExceededException."""
        parameters = call.parameters
        arn = parameters.get("StreamARN") or parameters.get("ConsumerARN")
        name = self.access.find(parameters.get("StreamName"), arn if isinstance(arn, str) else None)
        self.registry.count_call(call.operation, name)

    def members_of(self, call: ApiCall, name: str) -> Collection[str]:
        """What the installed botocore knows of a structure in the answer; an older one would drop the rest."""
        shape: Any = service_model(self.name).operation_model(call.operation).output_shape
        members: Collection[str] = shape.members[name].members
        return members

    def _registry_of(self, account: str) -> Registry | None:
        if account == self.account:
            return self.registry
        for other in self.cloud.services(self.name):
            if isinstance(other, Facade) and (other.account, other.region) == (account, self.region):
                return other.registry
        return None


def stop_dry_run(dry_run: bool) -> None:
    """Nothing is to be done: the call would have succeeded. Errors: DryRunOperationException."""
    if dry_run:
        raise DryRunOperation
