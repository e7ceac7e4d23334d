"""Queues of a stream: their life, and the records that they deliver."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from pytest_cloudfakes.api import ApiCall, ApiError, operation
from pytest_cloudfakes.pending import Pending
from pytest_cloudfakes.services.kinesis import answers, limits, listing
from pytest_cloudfakes.services.kinesis.errors import ValidationException
from pytest_cloudfakes.services.kinesis.facade import Answer, Facade
from pytest_cloudfakes.services.kinesis.queue import Pool, StreamQueue
from pytest_cloudfakes.services.kinesis.queues import check_attributes, matches

Received = Answer | Pending[Answer]


class QueueOperations(Facade):
    """The operations whose names end in Queue, Queues or QueueRecords."""

    @operation
    def create_queue(
        self,
        call: ApiCall,
        *,
        QueueName: str,
        StreamConfigurationList: list[Answer],
        QueueAttributes: Answer | None = None,
        Tags: dict[str, str] | None = None,
    ) -> Answer:
        """Create a queue on an on-demand stream, which delivers each record until it is acknowledged.

        Errors: ResourceNotFound-, ResourceInUse-, LimitExceeded-, ValidationException.
        """
        if len(StreamConfigurationList) != 1:
            # Text unseen.
            raise ValidationException("StreamConfigurationList must have exactly one entry.")
        [configuration] = StreamConfigurationList
        stream = self.access.stream(call, None, configuration["StreamARN"])
        position = configuration.get("StartingPosition")
        queue = self.registry.queues.create(QueueName, stream, position, QueueAttributes or {}, Tags or {})
        answer = answers.queue(queue)
        # Even where it is ACTIVE at once, the answer is the one that AWS gives.
        answer["QueueDescription"]["QueueStatus"] = "CREATING"
        return answer

    @operation
    def update_queue(self, call: ApiCall, *, QueueARN: str, QueueAttributes: Answer) -> Answer:
        """Change attributes of a queue; those that aren't given stay. Errors: ResourceInUse-, ValidationException."""
        check_attributes(QueueAttributes)
        queue = self.access.queue(call, QueueARN)
        queue.update(QueueAttributes)
        return answers.queue(queue)

    @operation
    def delete_queue(self, call: ApiCall, *, QueueARN: str) -> None:
        """Delete a queue; the records stay in the stream. Errors: ResourceNotFoundException."""
        self.registry.queues.delete(self.access.queue(call, QueueARN))

    @operation
    def describe_queue(self, call: ApiCall, *, QueueARN: str) -> Answer:
        """Describe a queue. Errors: ResourceNotFoundException."""
        return answers.queue(self.access.queue(call, QueueARN))

    @operation
    def list_queues(
        self,
        call: ApiCall,
        *,
        MaxResults: int = limits.MAXIMUM_QUEUES_LISTED,
        NextToken: str | None = None,
        StreamFilter: list[Answer] | None = None,
    ) -> Answer:
        """List the queues of the account in the region, by name.

        Errors: InvalidArgument-, ExpiredNextTokenException.
        """
        now = self.clock.now()
        queues = self.registry.queues
        after = None if NextToken is None else listing.read("ListQueues", NextToken, now)
        found = (queue for name in queues.names_after(after) if (queue := queues.find(name)) is not None)
        shown, more = listing.page((queue for queue in found if matches(queue, StreamFilter)), MaxResults)
        answer: Answer = {"QueueSummaries": [answers.listed_queue(queue) for queue in shown]}
        if more:
            answer["NextToken"] = listing.token("ListQueues", shown[-1].name, now)
        return answer

    # ── records ──────────────────────────────────────────────────────────────────────────────────────────────────

    @operation
    def receive_queue_records(
        self,
        call: ApiCall,
        *,
        QueueARN: str,
        Limit: int = limits.QUEUE_RECEIVE_LIMIT,
        WaitTimeSeconds: int = limits.QUEUE_WAIT_SECONDS,
        VisibilityTimeoutSeconds: int | None = None,
    ) -> Received:
        """Receive up to ten records, waiting for some if there are none. Errors: ResourceNotFoundException."""
        queue = self.access.queue(call, QueueARN)
        return _received(queue.receive(queue.normal, Limit, WaitTimeSeconds, VisibilityTimeoutSeconds))

    @operation
    def receive_dead_letter_queue_records(
        self,
        call: ApiCall,
        *,
        QueueARN: str,
        Limit: int = limits.QUEUE_RECEIVE_LIMIT,
        WaitTimeSeconds: int = limits.QUEUE_WAIT_SECONDS,
        VisibilityTimeoutSeconds: int | None = None,
    ) -> Received:
        """Receive records that were received too often without being acknowledged.

        Errors: ResourceNotFoundException.
        """
        queue = self.access.queue(call, QueueARN)
        return _received(queue.receive(queue.dead, Limit, WaitTimeSeconds, VisibilityTimeoutSeconds))

    @operation
    def acknowledge_queue_records(self, call: ApiCall, *, QueueARN: str, Entries: list[Answer]) -> Answer:
        """Let records not be delivered again, each with its own outcome. Errors: ResourceNotFoundException."""
        queue = self.access.queue(call, QueueARN)
        return _acknowledged(queue, queue.normal, Entries)

    @operation
    def acknowledge_dead_letter_queue_records(self, call: ApiCall, *, QueueARN: str, Entries: list[Answer]) -> Answer:
        """Discard dead letters, each with its own outcome. Errors: ResourceNotFoundException."""
        queue = self.access.queue(call, QueueARN)
        return _acknowledged(queue, queue.dead, Entries)

    @operation
    def update_queue_records_visibility(self, call: ApiCall, *, QueueARN: str, Entries: list[Answer]) -> Answer:
        """Hide received records for another while, counted from now; 0 makes them visible at once."""
        queue = self.access.queue(call, QueueARN)
        return _hidden(queue, queue.normal, Entries)

    @operation
    def update_dead_letter_queue_records_visibility(
        self, call: ApiCall, *, QueueARN: str, Entries: list[Answer]
    ) -> Answer:
        """Hide received dead letters for another while, counted from now; 0 makes them visible at once."""
        queue = self.access.queue(call, QueueARN)
        return _hidden(queue, queue.dead, Entries)

    @operation
    def restore_dead_letter_queue_records(self, call: ApiCall, *, QueueARN: str, Entries: list[Answer]) -> Answer:
        """Let dead letters be received again as if they never had been. Errors: ResourceNotFoundException."""
        queue = self.access.queue(call, QueueARN)
        return _each(Entries, lambda entry: queue.restore(entry["ReceiptHandle"]))


def _received(found: list[Any] | Pending[list[Any]]) -> Received:
    if isinstance(found, Pending):
        return found.then(lambda records: {"QueueRecords": records})
    return {"QueueRecords": found}


def _acknowledged(queue: StreamQueue, pool: Pool, entries: list[Answer]) -> Answer:
    acknowledge = partial(queue.acknowledge, pool)
    return _each(entries, lambda entry: acknowledge(entry["ReceiptHandle"]))


def _hidden(queue: StreamQueue, pool: Pool, entries: list[Answer]) -> Answer:
    hide = partial(queue.change_visibility, pool)
    return _each(entries, lambda entry: hide(entry["ReceiptHandle"], entry["VisibilityTimeoutSeconds"]))


def _each(entries: list[Answer], action: Callable[[Answer], None]) -> Answer:
    """Do something with each entry; what fails, fails alone."""
    successful, failed = [], []
    for entry in entries:
        handle = entry["ReceiptHandle"]
        try:
            action(entry)
        except ApiError as error:
            failed.append({"ReceiptHandle": handle, "ErrorCode": error.code, "ErrorMessage": error.text})
        else:
            successful.append({"ReceiptHandle": handle})
    return {"Successful": successful, "Failed": failed}
