"""The queues of an account in a region, by name and by ARN."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sortedcontainers import SortedDict

from pytest_cloudfakes.api import to_millis
from pytest_cloudfakes.services.kinesis import limits, positions, tags
from pytest_cloudfakes.services.kinesis.errors import (
    LimitExceeded,
    QueueExists,
    QueueNotFound,
    ValidationException,
)
from pytest_cloudfakes.services.kinesis.queue import BUILT_IN, StreamQueue
from pytest_cloudfakes.services.kinesis.stream import CREATING, DELETING, ON_DEMAND, Stream

if TYPE_CHECKING:
    from pytest_cloudfakes.services.kinesis.registry import Registry

DEFAULT_ATTRIBUTES = {
    "VisibilityTimeoutSeconds": limits.QUEUE_VISIBILITY_SECONDS,
    "DeadLetterConfiguration": {"TargetType": BUILT_IN, "MaxReceiveCount": limits.QUEUE_MAX_RECEIVE_COUNT},
}


class Queues:
    """Queues by name; an ARN carries a generated id instead."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._by_name: SortedDict[str, StreamQueue] = SortedDict()
        self._by_arn: dict[str, StreamQueue] = {}

    def __iter__(self) -> Iterator[StreamQueue]:
        return iter(list(self._by_name.values()))

    def get(self, arn: str) -> StreamQueue:
        """A queue by its ARN. Errors: ResourceNotFoundException."""
        queue = self._by_arn.get(arn)
        if queue is None:
            raise QueueNotFound(queue=arn, account=self._registry.world.account)
        return queue

    def find(self, name: str) -> StreamQueue | None:
        """A queue by its name."""
        return self._by_name.get(name)  # type: ignore[no-any-return]

    def names_after(self, name: str | None) -> Iterator[str]:
        """The names that come after one, in order."""
        queues = self._by_name
        return queues.irange() if name is None else queues.irange(name, inclusive=(False, True))  # type: ignore[no-any-return]

    def create(
        self,
        name: str,
        stream: Stream,
        position: dict[str, Any] | None,
        attributes: dict[str, Any],
        given_tags: dict[str, str],
    ) -> StreamQueue:
        """CreateQueue. Errors: Validation-, ResourceInUse- and LimitExceededException. Texts unseen."""
        world = self._registry.world
        check_attributes(attributes)
        kind = _check_position(position)
        tags.check(given_tags, tags.RESOURCE_SIGNS)
        if stream.mode != ON_DEMAND:
            raise ValidationException("Queues are supported on data streams in ON_DEMAND mode only.")
        stream.require_active()
        if name in self._by_name:
            raise QueueExists(queue=name, account=world.account)
        most = self._registry.most_consumers
        if len(stream.consumers) + stream.queue_count >= most:
            raise LimitExceeded(
                f"Stream {stream.name} under account {world.account} already has the maximum number of registered "
                f"consumers. Limit: {most}."
            )
        instant = (position or {}).get("Timestamp")
        starts = [
            (shard, positions.find_position(stream, shard, kind, None, instant, operation="CreateQueue"))
            for shard in stream.shards.values()
        ]
        arn = world.arn(f"queue/{world.ids.alphanumeric(20)}")
        queue = StreamQueue(name, arn, stream, {**DEFAULT_ATTRIBUTES, **attributes}, position)
        queue.begin_at(starts)
        queue.tags.update(given_tags)
        self._by_name[name] = self._by_arn[arn] = queue
        stream.queue_count += 1
        queue.begin(CREATING, "the queue is ACTIVE")
        return queue

    def delete(self, queue: StreamQueue) -> None:
        """DeleteQueue. While it is being deleted, a second call changes nothing."""
        if queue.status != DELETING:
            queue.begin(DELETING, "the queue is deleted", lambda: self._remove(queue))

    def _remove(self, queue: StreamQueue) -> None:
        del self._by_name[queue.name]
        del self._by_arn[queue.arn]
        queue.stream.queue_count -= 1
        queue.close()


def check_attributes(attributes: dict[str, Any]) -> None:
    """Errors: ValidationException; text unseen. Source: developer guide (MaxReceiveCount goes with BUILT_IN)."""
    settings = attributes.get("DeadLetterConfiguration")
    if settings is not None and (settings["TargetType"] == BUILT_IN) is not ("MaxReceiveCount" in settings):
        raise ValidationException("MaxReceiveCount must be given with the target type BUILT_IN, and with no other.")


def _check_position(position: dict[str, Any] | None) -> str:
    """Errors: ValidationException; text unseen."""
    kind: str = (position or {}).get("Type", positions.LATEST)
    has_instant = position is not None and "Timestamp" in position
    if has_instant is not (kind == positions.AT_TIMESTAMP):
        raise ValidationException("Timestamp must be given with the type AT_TIMESTAMP, and with no other.")
    return kind


def matches(queue: StreamQueue, filters: list[dict[str, Any]] | None) -> bool:
    """Whether a queue is on one of the streams of a filter."""
    if filters is None:
        return True
    stream = queue.stream
    return any(
        each["StreamARN"] == stream.arn
        and ("StreamCreationTimestamp" not in each or is_created(stream, each["StreamCreationTimestamp"]))
        for each in filters
    )


def is_created(stream: Stream, instant: Any) -> bool:
    """Whether a stream was created at an instant, in whole seconds as older clients send them."""
    return to_millis(instant) // 1000 == stream.created // 1000
