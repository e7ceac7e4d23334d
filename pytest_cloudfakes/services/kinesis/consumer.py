"""Registered consumers of a stream: CREATING, then ACTIVE, then DELETING and gone.

A consumer subscribes to one shard at a time as often as it likes, but not twice within five seconds to the same one; a
later subscription takes over from the earlier one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.scheduler import Timer
from pytest_cloudfakes.services.kinesis import limits
from pytest_cloudfakes.services.kinesis.errors import (
    ConsumerExists,
    ConsumerNotActive,
    LimitExceeded,
    SubscriptionExists,
)
from pytest_cloudfakes.services.kinesis.shard import Shard
from pytest_cloudfakes.services.kinesis.stream import ACTIVE, CREATING, DELETING, Stream
from pytest_cloudfakes.services.kinesis.throughput import Window

if TYPE_CHECKING:
    from pytest_cloudfakes.services.kinesis.subscription import Subscription


class Consumer:
    """One consumer. Consumers of the same name have different ARNs."""

    def __init__(self, name: str, stream: Stream) -> None:
        self.name = name
        self.stream = stream
        now = stream.world.clock.now()
        # The ARN ends in a second, and no two of a name are equal.
        second = max(now // 1000, stream.consumer_seconds.get(name, 0) + 1)
        stream.consumer_seconds[name] = second
        self.arn = f"{stream.arn}/consumer/{name}:{second}"
        self.created = now
        self.status = ACTIVE
        self.tags: dict[str, str] = {}
        self.policy: str | None = None
        self.subscriptions: dict[int, Subscription] = {}
        """The latest one for each shard."""
        self._calls: dict[int, Window] = {}
        self._change: Timer | None = None

    def require_active(self, error: type[ApiError] = ConsumerNotActive) -> None:
        """Errors: ResourceInUseException."""
        if self.status != ACTIVE:
            raise self.stream.error(error, consumer=self.name, created=self.created // 1000)

    def begin(self, status: str, what: str) -> None:
        """Enter a state that ends by itself: at once, or after a while where transitions take their time."""
        world = self.stream.world
        if self._change is not None:
            self._change.cancel()
        if not world.transitions_take_time:
            self._finish(status, what)
            return
        self.status = status
        self._change = world.clock.at(
            world.clock.now() + limits.CONSUMER_TAKES,
            lambda: self._finish(status, what),
            service="kinesis",
            resource=self.stream.name,
            what=what,
        )

    def _finish(self, status: str, what: str) -> None:
        world = self.stream.world
        if status == CREATING:
            self.status = ACTIVE
        else:
            self.close()
            self.stream.consumers.pop(self.name, None)
        if world.transitions_take_time:
            world.happened("kinesis", self.stream.name, what)

    def close(self) -> None:
        """The consumer is gone; its subscriptions end."""
        if self._change is not None:
            self._change.cancel()
        self.status = DELETING
        for subscription in self.subscriptions.values():
            subscription.close()

    def admit(self, shard: Shard) -> None:
        """Whether it may subscribe to a shard now. Errors: LimitExceeded- and ResourceInUseException."""
        world = self.stream.world
        now = world.clock.now()
        if world.metered and not self._calls.setdefault(shard.index, Window(1)).admits(now):
            raise self.stream.error(LimitExceeded)
        before = self.subscriptions.get(shard.index)
        if before is not None and now < before.begun + limits.SUBSCRIBE_AGAIN_AFTER:
            raise self.stream.error(SubscriptionExists, shard=shard.shard_id, consumer=self.name)


def register(stream: Stream, name: str, tags: dict[str, str], *, most: int) -> Consumer:
    """RegisterStreamConsumer. Errors: ResourceInUse- and LimitExceededException. Texts of the limits unseen."""
    stream.require_active()
    if name in stream.consumers:
        raise stream.error(ConsumerExists, consumer=name)
    if len(stream.consumers) + stream.queue_count >= most:
        raise LimitExceeded(
            f"Stream {stream.name} under account {stream.world.account} already has the maximum number of registered "
            f"consumers. Limit: {most}."
        )
    if sum(each.status == CREATING for each in stream.consumers.values()) >= limits.CONSUMERS_IN_CREATION:
        raise LimitExceeded(
            "This request would exceed the limit on the number of consumers that can simultaneously be in CREATING for "
            f"the stream {stream.name}. Limit: {limits.CONSUMERS_IN_CREATION}."
        )
    consumer = stream.consumers[name] = Consumer(name, stream)
    consumer.tags.update(tags)
    consumer.begin(CREATING, f"consumer {name} is ACTIVE")
    return consumer


def deregister(consumer: Consumer) -> None:
    """DeregisterStreamConsumer. Errors: ResourceInUseException while it is being deleted."""
    if consumer.status == DELETING:
        consumer.require_active()
    consumer.begin(DELETING, f"consumer {consumer.name} is deleted")


def consumer_arn(arn: str) -> tuple[str, str] | None:
    """The stream's ARN and the consumer's name of a consumer's ARN; None if it isn't one."""
    stream_arn, slash, rest = arn.partition("/consumer/")
    name, colon, second = rest.rpartition(":")
    if not slash or not colon or not second.isdigit():
        return None
    return stream_arn, name
