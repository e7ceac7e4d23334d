"""Message move tasks: a dead-letter queue's messages are sent anew, to their sources or to another queue.

    RUNNING ──► COMPLETED      all that were there at the start are moved, or no more are visible
        ├─────► FAILED         a queue is gone, a message has no known source, or 36 hours are over
        └─► CANCELLING ──► CANCELLED

With a rate of r messages per second, floor(r × elapsed) messages are moved after that time. Without one AWS chooses
the speed.

Deviation: without a rate all messages are moved at the next look at the clock, within the same instant.
Deviation: the quota of active tasks is counted for each region of an account, not for the account.
"""

from __future__ import annotations

import base64
import json
from collections import deque
from collections.abc import Iterator
from typing import Final

from pytest_cloudfakes.scheduler import Millis, Timer
from pytest_cloudfakes.services.sqs import limits
from pytest_cloudfakes.services.sqs.errors import InvalidParameterValue, ResourceNotFound, UnsupportedOperation
from pytest_cloudfakes.services.sqs.messages import Message
from pytest_cloudfakes.services.sqs.queue import Queue
from pytest_cloudfakes.services.sqs.registry import Registry

RUNNING: Final = "RUNNING"
COMPLETED: Final = "COMPLETED"
CANCELLING: Final = "CANCELLING"
CANCELLED: Final = "CANCELLED"
FAILED: Final = "FAILED"

_QUEUE_IS_GONE = "AWS.SimpleQueueService.NonExistentQueue"
"""Recorded from AWS."""
_NO_SOURCE = "CouldNotDetermineMessageSource"
"""Unseen."""
_TOO_LONG = "MessageMoveTaskTimedOut"
"""Unseen: AWS documents the 36 hours, not what the task then says."""


class MoveTask:
    """One task."""

    __slots__ = ("destination", "failure", "handle", "moved", "rate", "source", "started", "status", "timer", "to_move")

    def __init__(self, handle: str, source: Queue, destination: str | None, rate: int | None, started: Millis) -> None:
        self.handle = handle
        self.source = source
        self.destination = destination
        """The ARN given at the start; None is each message's own source."""
        self.rate = rate
        self.started = started
        self.to_move = source.visible
        self.moved = 0
        self.status = RUNNING
        self.failure: str | None = None
        self.timer: Timer | None = None

    @property
    def active(self) -> bool:
        return self.status in {RUNNING, CANCELLING}

    def next_due(self) -> Millis:
        """When the next message is to be moved."""
        if self.rate is None or self.moved >= self.to_move:
            return self.started
        return self.started + -(-1000 * (self.moved + 1) // self.rate)

    def due_by(self, now: Millis) -> int:
        """How many may have been moved by now."""
        return self.to_move if self.rate is None else min(self.to_move, self.rate * (now - self.started) // 1000)


class MoveTasks:
    """The message move tasks of one account in one region."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._by_handle: dict[str, MoveTask] = {}
        self._by_source: dict[Queue, deque[MoveTask]] = {}
        self._active = 0

    def start(self, source_arn: str, destination_arn: str | None, rate: int | None) -> MoveTask:
        """Start moving. Errors: ResourceNotFound, InvalidParameterValue, UnsupportedOperation."""
        registry = self._registry
        source = self._queue(source_arn, "SourceArn")
        if rate is not None and not 1 <= rate <= limits.MAXIMUM_MOVE_RATE:
            reason = f"Must be between 1 and {limits.MAXIMUM_MOVE_RATE}, if provided."
            raise InvalidParameterValue(value=rate, name="MaxNumberOfMessagesPerSecond", reason=reason)
        if not registry.is_dead_letter_queue(source_arn):
            raise InvalidParameterValue("Source queue must be configured as a Dead Letter Queue.")
        if destination_arn is not None:
            self._check_destination(source, self._queue(destination_arn, "DestinationArn"))
        tasks = self._by_source.setdefault(source, deque(maxlen=limits.MAXIMUM_MOVE_TASK_RESULTS))
        if tasks and tasks[-1].active:
            raise UnsupportedOperation(
                "There is already a task running. "
                "Only one active task is allowed for a source queue arn at a given time."
            )
        if self._active >= limits.MAXIMUM_MOVE_TASKS:
            raise UnsupportedOperation(f"There are already {limits.MAXIMUM_MOVE_TASKS} active tasks in this account.")
        task = MoveTask(self._new_handle(source_arn), source, destination_arn, rate, registry.clock.now())
        if len(tasks) == tasks.maxlen:
            del self._by_handle[tasks[0].handle]
        tasks.append(task)
        self._by_handle[task.handle] = task
        self._active += 1
        self._go_on(task)
        return task

    def cancel(self, handle: str) -> MoveTask:
        """Stop a running task; what is moved stays moved. Errors: ResourceNotFound, UnsupportedOperation."""
        task = self._by_handle.get(handle)
        if task is None:
            raise ResourceNotFound(name="TaskHandle")
        if task.status != RUNNING:
            raise UnsupportedOperation("Only active tasks can be cancelled.")
        task.status = CANCELLING
        if task.timer is not None:
            task.timer.cancel()
        task.timer = self._registry.clock.at(
            self._registry.clock.now(),
            lambda: self._end(task, CANCELLED),
            service="sqs",
            resource=task.source.name,
            what="the message move task is cancelled",
        )
        return task

    def of(self, source_arn: str) -> Iterator[MoveTask]:
        """The tasks of a source, newest first. Errors: ResourceNotFound."""
        return reversed(self._by_source.get(self._queue(source_arn, "SourceArn"), deque()))

    def forget(self, queue: Queue) -> None:
        """A source is deleted, and its list with it. A task that runs fails when it is to go on."""
        for task in self._by_source.pop(queue, ()):
            if not task.active:
                del self._by_handle[task.handle]

    # ── how it works ─────────────────────────────────────────────────────────────────────────────────────────────

    def _queue(self, arn: str, name: str) -> Queue:
        queue = self._registry.find(arn)
        if queue is None:
            raise ResourceNotFound(name=name)
        return queue

    def _check_destination(self, source: Queue, destination: Queue) -> None:
        if destination is source:
            raise InvalidParameterValue("Source queue arn and destination queue arn must be different.")
        if destination.fifo is not source.fifo:
            raise InvalidParameterValue("Source queue and destination queue must be of the same type.")

    def _new_handle(self, source_arn: str) -> str:
        content = {"taskId": self._registry.ids.uuid(), "sourceArn": source_arn}
        return base64.b64encode(json.dumps(content, separators=(",", ":")).encode()).decode()

    def _go_on(self, task: MoveTask) -> None:
        task.timer = self._registry.clock.at(
            min(task.next_due(), task.started + limits.MOVE_TASK_DURATION),
            lambda: self._step(task),
            service="sqs",
            resource=task.source.name,
            what="the message move task goes on",
        )

    def _step(self, task: MoveTask) -> None:
        """Move what is due by now."""
        now = self._registry.clock.now()
        if task.source.deleted:
            self._fail(task, _QUEUE_IS_GONE)
            return
        due = task.due_by(now)
        while task.status == RUNNING and task.moved < due:
            if task.source.hand_over(lambda message: self._target(task, message)) is None:
                break
            task.moved += 1
        if task.status != RUNNING:
            return
        if task.moved < due or task.moved >= task.to_move:
            self._end(task, COMPLETED)
        elif now >= task.started + limits.MOVE_TASK_DURATION:
            self._fail(task, _TOO_LONG)
        else:
            self._go_on(task)

    def _target(self, task: MoveTask, message: Message) -> Queue | None:
        """Where a message goes; None after noting that it can't."""
        arn = task.destination or message.source_arn
        if arn is None:
            self._fail(task, _NO_SOURCE)
            return None
        target = self._registry.find(arn)
        if target is None:
            self._fail(task, _QUEUE_IS_GONE)
        return target

    def _fail(self, task: MoveTask, reason: str) -> None:
        task.failure = reason
        self._end(task, FAILED)

    def _end(self, task: MoveTask, status: str) -> None:
        task.status = status
        self._active -= 1
        self._registry.happened(
            task.source.name,
            "message move task {}: {} of {} messages moved",
            status.lower(),
            task.moved,
            task.to_move,
        )
