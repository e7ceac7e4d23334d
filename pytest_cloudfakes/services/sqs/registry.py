"""The queues of one account in one region: by name and by ARN, created, changed and deleted.

A deleted queue's name is free again after 60 seconds. Creating a queue that exists is answered with it if the
attributes named in the request are as they are there. Where transitions take their documented time, a new queue is
usable after a second, changed attributes have effect after 60 seconds (retention: 15 minutes), and a deleted queue
goes on working for 60 seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from sortedcontainers import SortedDict, SortedSet

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sqs import attributes, limits
from pytest_cloudfakes.services.sqs.dead_letter import check_redrive, parse_redrive
from pytest_cloudfakes.services.sqs.errors import (
    InvalidParameterValue,
    QueueDeletedRecently,
    QueueDoesNotExist,
    QueueNameExists,
)
from pytest_cloudfakes.services.sqs.fifo import FifoQueue
from pytest_cloudfakes.services.sqs.queue import Queue
from pytest_cloudfakes.services.sqs.standard import StandardQueue
from pytest_cloudfakes.services.sqs.urls import queue_url

if TYPE_CHECKING:
    from pytest_cloudfakes.clock import Clock
    from pytest_cloudfakes.ids import Ids
    from pytest_cloudfakes.schedule import Schedule

_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
_FIFO_NAME = re.compile(r"[A-Za-z0-9_-]{1,75}\.fifo")


class Registry:
    """The queues of one account in one region."""

    def __init__(
        self,
        *,
        account: str,
        region: str,
        partition: str,
        clock: Clock,
        ids: Ids,
        schedule: Schedule,
        happened: Callable[..., object],
        transitions_take_time: bool = False,
        quotas: limits.Quotas | None = None,
    ) -> None:
        self.account = account
        self.region = region
        self.partition = partition
        self.clock = clock
        self.ids = ids
        self.schedule = schedule
        self.quotas = quotas or limits.Quotas()
        self.transitions_take_time = transitions_take_time
        self._happened = happened
        self._arn_prefix = f"arn:{partition}:sqs:{region}:{account}:"
        self._queues: SortedDict[str, Queue] = SortedDict()
        self._deleted: dict[str, Millis] = {}
        self._sources: dict[str, SortedSet[str]] = {}
        self._promised: dict[Queue, attributes.Values] = {}

    # ── finding ──────────────────────────────────────────────────────────────────────────────────────────────────

    def get(self, name: str) -> Queue:
        """The queue of a name. Errors: QueueDoesNotExist."""
        queue = self.look(name)
        if queue is None or (self.transitions_take_time and self.clock.now() < self._usable(queue)):
            raise QueueDoesNotExist
        return queue

    def look(self, name: str) -> Queue | None:
        """The queue of a name, whether or not it can be used yet."""
        queue: Queue | None = self._queues.get(name)
        return queue

    def find(self, arn: str) -> Queue | None:
        """The queue of an ARN, if it exists in this account and region."""
        prefix, _, name = arn.rpartition(":")
        return self.look(name) if f"{prefix}:" == self._arn_prefix else None

    def url(self, name: str) -> str:
        """The URL of a queue that exists, whether or not it can be used yet."""
        return str(self._queues[name].url)

    def names(self, prefix: str = "", after: str | None = None) -> Iterator[str]:
        """Names in order that begin with `prefix`, those after `after` only."""
        start = max(prefix, after) if after is not None else prefix
        for name in self._queues.irange(start, inclusive=(after is None or prefix > after, True)):
            if not name.startswith(prefix):
                return
            if self._listed(name):
                yield name

    def sources(self, target_arn: str, after: str | None = None) -> Iterator[str]:
        """Names in order of the queues whose redrive policy names a target."""
        names = self._sources.get(target_arn)
        if names is not None:
            yield from filter(self._listed, names.irange(after, inclusive=(False, True)))

    def is_dead_letter_queue(self, arn: str) -> bool:
        """Whether a redrive policy names a queue."""
        return arn in self._sources

    def _listed(self, name: str) -> bool:
        """Whether lists have a queue: a new one may be missing for a while."""
        if self.schedule.friendly or self.clock.now() >= self._queues[name].created + limits.LISTED_AFTER:
            return True
        return self.schedule.choose("sqs.list.new", (True, False))

    def __iter__(self) -> Iterator[Queue]:
        return iter(self._queues.values())

    def happened(self, queue: str, what: str, *arguments: object) -> None:
        """Note what came about by itself."""
        self._happened("sqs", queue, what, *arguments)

    # ── creating, changing, deleting ─────────────────────────────────────────────────────────────────────────────

    def create(self, name: str, given: Mapping[str, str], tags: Mapping[str, str]) -> Queue:
        """A new queue, or the one that is there.

        Errors: QueueNameExists, QueueDeletedRecently, InvalidAttributeName, InvalidAttributeValue,
        InvalidParameterValue.
        """
        now = self.clock.now()
        fifo = _is_fifo(name, given)
        changes = attributes.check(given, fifo=fifo)
        deleted = self._deleted.get(name)
        if deleted is not None and now < deleted + limits.RECREATE_AFTER:
            raise QueueDeletedRecently
        existing = self.look(name)
        if existing is not None:
            differs = attributes.first_difference(existing.values, changes)
            if differs is not None:
                raise QueueNameExists(attribute=differs)
            return existing
        arn = self._arn_prefix + name
        values = attributes.changed(attributes.defaults(fifo=fifo), changes)
        self._check_redrive(arn, changes, given, fifo=fifo)
        url = queue_url(self.partition, self.region, self.account, name)
        queue = (FifoQueue if fifo else StandardQueue)(name, arn, url, values, self)
        queue.tags.update(tags)
        self._deleted.pop(name, None)
        self._queues[name] = queue
        self._link(queue)
        return queue

    def change(self, queue: Queue, given: Mapping[str, str]) -> None:
        """Set attributes, all or none. Errors: InvalidAttributeName, InvalidAttributeValue, InvalidParameterValue."""
        changes = attributes.check(given, fifo=queue.fifo)
        after = attributes.changed(self.promised(queue), changes)
        self._check_redrive(queue.arn, changes, given, fifo=queue.fifo)
        queue.modified = self.clock.now()
        if not self.transitions_take_time:
            self._apply(queue, after)
            return
        self._promised[queue] = after
        slow = {name: text for name, text in changes.items() if name == "MessageRetentionPeriod"}
        fast = {name: text for name, text in changes.items() if name not in slow}
        for part, takes in ((fast, limits.PROPAGATION_TAKES), (slow, limits.RETENTION_PROPAGATION_TAKES)):
            if part:
                self._later(queue, takes, part)

    def promised(self, queue: Queue) -> attributes.Values:
        """The attributes of a queue as all changes so far make them, whether or not they have effect yet."""
        return self._promised.get(queue, queue.values)

    def _later(self, queue: Queue, takes: Millis, changes: Mapping[str, str | None]) -> None:
        def apply() -> None:
            if not queue.deleted:
                self._apply(queue, attributes.changed(queue.values, changes))
                self.happened(queue.name, "changed attributes have effect: {}", ", ".join(changes))

        self.clock.at(
            queue.modified + takes, apply, service="sqs", resource=queue.name, what="changed attributes have effect"
        )

    def _apply(self, queue: Queue, values: attributes.Values) -> None:
        self._unlink(queue)
        queue.apply(values)
        self._link(queue)

    def delete(self, queue: Queue) -> None:
        """Delete a queue with its messages. Sources that name it keep their redrive policy."""
        now = self.clock.now()
        if not self.transitions_take_time:
            self._deleted[queue.name] = now
            self._remove(queue)
        elif queue.name not in self._deleted:
            self._deleted[queue.name] = now
            self.clock.at(
                now + limits.DELETION_TAKES,
                lambda: self._remove(queue),
                service="sqs",
                resource=queue.name,
                what="the queue is deleted",
            )

    def _remove(self, queue: Queue) -> None:
        del self._queues[queue.name]
        self._promised.pop(queue, None)
        self._unlink(queue)
        queue.close()

    # ── how it works ─────────────────────────────────────────────────────────────────────────────────────────────

    def _usable(self, queue: Queue) -> Millis:
        return queue.created + limits.USABLE_AFTER_CREATION

    def _check_redrive(
        self, arn: str, changes: Mapping[str, str | None], given: Mapping[str, str], *, fifo: bool
    ) -> None:
        policy = changes.get("RedrivePolicy")
        if policy:
            check_redrive(parse_redrive(policy), given["RedrivePolicy"], arn, fifo=fifo, find=self.find)

    def _link(self, queue: Queue) -> None:
        redrive = queue.settings.redrive
        if redrive is not None:
            self._sources.setdefault(redrive.target_arn, SortedSet()).add(queue.name)

    def _unlink(self, queue: Queue) -> None:
        redrive = queue.settings.redrive
        if redrive is not None:
            names = self._sources[redrive.target_arn]
            names.discard(queue.name)
            if not names:
                del self._sources[redrive.target_arn]


def _is_fifo(name: str, given: Mapping[str, str]) -> bool:
    """Hold a new queue's name against its type. Errors: InvalidParameterValue. Texts unseen."""
    if given.get("FifoQueue", "").lower() == "true":
        if _FIFO_NAME.fullmatch(name) is None:
            raise InvalidParameterValue(
                "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end "
                "with .fifo suffix and be 1 to 80 in length."
            )
        return True
    if _NAME.fullmatch(name) is None:
        raise InvalidParameterValue(
            value=name,
            name="QueueName",
            reason="Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.",
        )
    return False
