"""Amazon SQS: the facade. Each method translates one operation; what it means is said in the machine's modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.api import ApiCall, ApiError, Service, operation
from pytest_cloudfakes.services.sqs import answers, batches, permissions
from pytest_cloudfakes.services.sqs import tags as tag_rules
from pytest_cloudfakes.services.sqs.access import Access
from pytest_cloudfakes.services.sqs.attributes import NAMES
from pytest_cloudfakes.services.sqs.errors import InvalidAttributeName, InvalidParameterValue, MissingParameter
from pytest_cloudfakes.services.sqs.limits import (
    MAXIMUM_MESSAGES,
    MAXIMUM_MOVE_TASK_RESULTS,
    MAXIMUM_VISIBILITY_SECONDS,
    MAXIMUM_WAIT_SECONDS,
    PURGE_TAKES,
)
from pytest_cloudfakes.services.sqs.messages import is_trace_header, parse_attributes, parse_trace_header
from pytest_cloudfakes.services.sqs.move_tasks import MoveTasks
from pytest_cloudfakes.services.sqs.pages import page
from pytest_cloudfakes.services.sqs.queue import Queue
from pytest_cloudfakes.services.sqs.registry import Registry
from pytest_cloudfakes.services.sqs.waiting import Wanted

if TYPE_CHECKING:
    from pytest_cloudfakes.cloud import FakeCloud
    from pytest_cloudfakes.model import Violation
    from pytest_cloudfakes.pending import Pending

Answer = dict[str, Any]


class Sqs(Service, service="sqs"):
    """Amazon SQS in one account and one region."""

    retryable_codes = frozenset({"RequestThrottled"})

    def __init__(self, cloud: FakeCloud, account: str, region: str) -> None:
        super().__init__(cloud, account, region)
        self.registry = Registry(
            account=account,
            region=region,
            partition=self.partition,
            clock=self.clock,
            ids=self.ids,
            schedule=self.schedule,
            happened=cloud.journal.happened,
            transitions_take_time=cloud.options.transitions == "documented",
        )
        self.move_tasks = MoveTasks(self.registry)
        self.access = Access(self)

    # ── permissions ──────────────────────────────────────────────────────────────────────────────────────────────

    @operation
    def add_permission(
        self, call: ApiCall, *, QueueUrl: str, Label: str, AWSAccountIds: list[str], Actions: list[str]
    ) -> None:
        """Let accounts use a queue: a statement is added to its policy.

        Errors: OverLimit, InvalidParameterValue. Source: API reference, AddPermission; recorded from AWS.
        """
        queue = self.access.own(call, QueueUrl)
        policy = permissions.add_permission(
            self.registry.promised(queue).get("Policy"),
            arn=queue.arn,
            label=Label,
            accounts=AWSAccountIds,
            actions=Actions,
        )
        self.registry.change(queue, {"Policy": policy})

    @operation
    def cancel_message_move_task(self, call: ApiCall, *, TaskHandle: str) -> Answer:
        """Stop a running task. Errors: ResourceNotFoundException, UnsupportedOperation."""
        return {"ApproximateNumberOfMessagesMoved": self.move_tasks.cancel(TaskHandle).moved}

    # ── visibility ───────────────────────────────────────────────────────────────────────────────────────────────

    @operation
    def change_message_visibility(
        self, call: ApiCall, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int
    ) -> None:
        """Hide a received message for another while, counted from now.

        Units: VisibilityTimeout in seconds, 0 to 43,200.
        Errors: ReceiptHandleIsInvalid, MessageNotInflight, InvalidParameterValue.
        Source: API reference, ChangeMessageVisibility; developer guide, visibility timeout.
        """
        self.access.queue(call, QueueUrl).change_visibility(ReceiptHandle, VisibilityTimeout)

    @operation
    def change_message_visibility_batch(self, call: ApiCall, *, QueueUrl: str, Entries: list[Answer]) -> Answer:
        """ChangeMessageVisibility for up to ten messages, each with its own outcome."""
        queue = self.access.queue(call, QueueUrl)

        def change(entry: Answer) -> Answer:
            if "VisibilityTimeout" not in entry:
                raise MissingParameter(name="VisibilityTimeout")
            queue.change_visibility(entry["ReceiptHandle"], entry["VisibilityTimeout"])
            return {}

        return batches.answer("ChangeMessageVisibilityBatch", queue, Entries, change)

    # ── queues ───────────────────────────────────────────────────────────────────────────────────────────────────

    @operation
    def create_queue(
        self,
        call: ApiCall,
        *,
        QueueName: str,
        Attributes: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Answer:
        """Create a queue, or give the URL of the one that is there with the same attributes.

        Errors: QueueDeletedRecently, QueueNameExists, InvalidAttributeName, InvalidAttributeValue.
        """
        tag_rules.check(tags or {})
        return {"QueueUrl": self.registry.create(QueueName, Attributes or {}, tags or {}).url}

    @operation
    def delete_message(self, call: ApiCall, *, QueueUrl: str, ReceiptHandle: str) -> None:
        """Delete a received message. Errors: ReceiptHandleIsInvalid, InvalidParameterValue (FIFO)."""
        self.access.queue(call, QueueUrl).delete(ReceiptHandle)

    @operation
    def delete_message_batch(self, call: ApiCall, *, QueueUrl: str, Entries: list[Answer]) -> Answer:
        """DeleteMessage for up to ten messages, each with its own outcome."""
        queue = self.access.queue(call, QueueUrl)

        def delete(entry: Answer) -> Answer:
            queue.delete(entry["ReceiptHandle"])
            return {}

        return batches.answer("DeleteMessageBatch", queue, Entries, delete)

    @operation
    def delete_queue(self, call: ApiCall, *, QueueUrl: str) -> None:
        """Delete a queue, whatever is in it. Source: API reference, DeleteQueue."""
        queue = self.access.own(call, QueueUrl)
        self.registry.delete(queue)
        if queue.deleted:
            self.move_tasks.forget(queue)

    @operation
    def get_queue_attributes(self, call: ApiCall, *, QueueUrl: str, AttributeNames: Sequence[str] = ()) -> Answer:
        """Show attributes of a queue: those that are named and have a value. Errors: InvalidAttributeName."""
        queue = self.access.queue(call, QueueUrl)
        for name in AttributeNames:
            if name not in NAMES and name != "All":
                raise InvalidAttributeName(name=name)
        return _unless_empty("Attributes", answers.queue_attributes(queue, queue.approximate_counts(), AttributeNames))

    @operation
    def get_queue_url(self, call: ApiCall, *, QueueName: str, QueueOwnerAWSAccountId: str | None = None) -> Answer:
        """The URL of a queue by its name, and its owner where that is another account. Errors: QueueDoesNotExist."""
        return {"QueueUrl": self.access.named(call, QueueOwnerAWSAccountId or self.account, QueueName).url}

    @operation
    def list_dead_letter_source_queues(
        self, call: ApiCall, *, QueueUrl: str, MaxResults: int | None = None, NextToken: str | None = None
    ) -> Answer:
        """The queues whose redrive policy names this one, by name; at most 1,000 where MaxResults isn't given."""
        queue = self.access.queue(call, QueueUrl)
        registry = self.access.registry_of(queue)
        names, token = page(partial(registry.sources, queue.arn), MaxResults, NextToken, request=("sources", queue.arn))
        return {"queueUrls": [registry.url(name) for name in names], **token}

    @operation
    def list_message_move_tasks(self, call: ApiCall, *, SourceArn: str, MaxResults: int = 1) -> Answer:
        """The newest tasks of a source, newest first. Errors: ResourceNotFoundException."""
        tasks = self.move_tasks.of(SourceArn)
        if not 1 <= MaxResults <= MAXIMUM_MOVE_TASK_RESULTS:
            reason = f"Must be between 1 and {MAXIMUM_MOVE_TASK_RESULTS}, if provided."
            raise InvalidParameterValue(value=MaxResults, name="MaxResults", reason=reason)
        return {"Results": [answers.move_task(task) for task in islice(tasks, MaxResults)]}

    @operation
    def list_queue_tags(self, call: ApiCall, *, QueueUrl: str) -> Answer:
        """The tags of a queue."""
        return _unless_empty("Tags", dict(self.access.own(call, QueueUrl).tags))

    @operation
    def list_queues(
        self,
        call: ApiCall,
        *,
        QueueNamePrefix: str = "",
        NextToken: str | None = None,
        MaxResults: int | None = None,
    ) -> Answer:
        """The queues of the account in this region, by name; at most 1,000 where MaxResults isn't given."""
        names, token = page(
            partial(self.registry.names, QueueNamePrefix), MaxResults, NextToken, request=("queues", QueueNamePrefix)
        )
        urls = [self.registry.url(name) for name in names]
        return {**_unless_empty("QueueUrls", urls), **token}

    @operation
    def purge_queue(self, call: ApiCall, *, QueueUrl: str) -> None:
        """Delete all messages of a queue. Errors: PurgeQueueInProgress within 60 s."""
        takes = PURGE_TAKES if self.registry.transitions_take_time else 0
        self.access.queue(call, QueueUrl).purge(takes=takes)

    # ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────

    @operation
    def receive_message(
        self,
        call: ApiCall,
        *,
        QueueUrl: str,
        AttributeNames: Sequence[str] = (),
        MessageSystemAttributeNames: Sequence[str] = (),
        MessageAttributeNames: Sequence[str] = (),
        MaxNumberOfMessages: int = 1,
        VisibilityTimeout: int | None = None,
        WaitTimeSeconds: int | None = None,
        ReceiveRequestAttemptId: str | None = None,
    ) -> Answer | Pending[Answer]:
        """Receive up to ten messages, waiting for the first if asked to.

        Units: VisibilityTimeout and WaitTimeSeconds in seconds; both default to the queue's.
        Errors: OverLimit (standard, short poll), InvalidParameterValue.
        Source: API reference, ReceiveMessage; developer guide, short and long polling.
        """
        queue = self.access.queue(call, QueueUrl)
        form = answers.Form.of((*AttributeNames, *MessageSystemAttributeNames), MessageAttributeNames)
        _check_receive(MaxNumberOfMessages, VisibilityTimeout, WaitTimeSeconds)
        received = queue.receive(
            Wanted(
                MaxNumberOfMessages,
                None if VisibilityTimeout is None else 1000 * VisibilityTimeout,
                None if WaitTimeSeconds is None else 1000 * WaitTimeSeconds,
                ReceiveRequestAttemptId,
            )
        )
        show = partial(answers.received, queue, form)
        return show(received) if isinstance(received, list) else received.then(show)

    @operation
    def remove_permission(self, call: ApiCall, *, QueueUrl: str, Label: str) -> None:
        """Take a statement out of a queue's policy. Errors: InvalidParameterValue."""
        queue = self.access.own(call, QueueUrl)
        policy = permissions.remove_permission(self.registry.promised(queue).get("Policy"), Label)
        self.registry.change(queue, {"Policy": policy or ""})

    @operation
    def send_message(
        self,
        call: ApiCall,
        *,
        QueueUrl: str,
        MessageBody: str,
        DelaySeconds: int | None = None,
        MessageAttributes: Mapping[str, Answer] | None = None,
        MessageSystemAttributes: Mapping[str, Answer] | None = None,
        MessageDeduplicationId: str | None = None,
        MessageGroupId: str | None = None,
    ) -> Answer:
        """Send a message.

        Units: DelaySeconds 0 to 900, by default the queue's; not on FIFO queues.
        Errors: InvalidMessageContents, InvalidParameterValue, MissingParameter, UnsupportedOperation.
        Source: API reference, SendMessage; recorded from AWS.
        """
        return self._send(call, self.access.queue(call, QueueUrl), call.parameters)

    @operation
    def send_message_batch(self, call: ApiCall, *, QueueUrl: str, Entries: list[Answer]) -> Answer:
        """SendMessage for up to ten messages, each with its own outcome, on a FIFO queue in their order.

        Errors: those of a batch, BatchRequestTooLong.
        """
        queue = self.access.queue(call, QueueUrl)
        send = partial(self._send, call, queue)
        return batches.answer("SendMessageBatch", queue, Entries, send, check=batches.check_sending)

    def _send(self, call: ApiCall, queue: Queue, given: Mapping[str, Any]) -> Answer:
        """Send one message: the parameters of SendMessage, or an entry of a batch."""
        attributes, system = given.get("MessageAttributes"), given.get("MessageSystemAttributes")
        parsed = parse_attributes(attributes) if attributes else None
        header = parse_trace_header(system) if system else None
        body = given["MessageBody"]
        message = queue.send(
            body,
            delay_seconds=given.get("DelaySeconds"),
            attributes=parsed,
            trace_header=header or (_trace_header(call) if call.headers else None),
            deduplication_id=given.get("MessageDeduplicationId"),
            group_id=given.get("MessageGroupId"),
            sender_id=call.caller.user_id,
        )
        return answers.sent(queue, message, body, parsed, header)

    def deliver(
        self,
        name: str,
        body: str,
        *,
        attributes: Mapping[str, Answer] | None,
        group_id: str | None,
        deduplication_id: str | None,
        trace_header: str | None,
        sender_id: str,
    ) -> None:
        """SendMessage for a service of AWS, without an answer: for where no fault, rate or policy has a say in it.

        Errors: QueueDoesNotExist and those of SendMessage.
        """
        self.registry.get(name).send(
            body,
            delay_seconds=None,
            attributes=parse_attributes(attributes) if attributes else None,
            trace_header=trace_header if trace_header and is_trace_header(trace_header) else None,
            deduplication_id=deduplication_id,
            group_id=group_id,
            sender_id=sender_id,
        )

    @operation
    def set_queue_attributes(self, call: ApiCall, *, QueueUrl: str, Attributes: Mapping[str, str]) -> None:
        """Change attributes of a queue, all or none.

        Errors: InvalidAttributeName, InvalidAttributeValue, OverLimit (Policy), InvalidParameterValue (RedrivePolicy).
        """
        self.registry.change(self.access.own(call, QueueUrl), Attributes)

    @operation
    def start_message_move_task(
        self,
        call: ApiCall,
        *,
        SourceArn: str,
        DestinationArn: str | None = None,
        MaxNumberOfMessagesPerSecond: int | None = None,
    ) -> Answer:
        """Move a dead-letter queue's messages back to their sources, or to another queue.

        Units: MaxNumberOfMessagesPerSecond 1 to 500. Errors: ResourceNotFoundException, UnsupportedOperation.
        """
        task = self.move_tasks.start(SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond)
        return {"TaskHandle": task.handle}

    @operation
    def tag_queue(self, call: ApiCall, *, QueueUrl: str, Tags: Mapping[str, str]) -> None:
        """Add tags to a queue, or give them another value. Errors: InvalidParameterValue."""
        queue = self.access.own(call, QueueUrl)
        tag_rules.check(Tags)
        queue.tags.update(Tags)

    @operation
    def untag_queue(self, call: ApiCall, *, QueueUrl: str, TagKeys: Sequence[str]) -> None:
        """Take tags off a queue; keys that it doesn't have are passed over."""
        tags = self.access.own(call, QueueUrl).tags
        for key in TagKeys:
            tags.pop(key, None)

    # ── what the model forbids, and AWS's own limits ─────────────────────────────────────────────────────────────

    def constraint_error(self, call: ApiCall, violations: list[Violation]) -> ApiError | None:
        """SQS names the first parameter that is missing. Enumerations are checked by the operations.

        Source: recorded from AWS (MissingParameter).
        """
        others = [violation for violation in violations if violation.kind not in {"enum", "element", "key", "value"}]
        for violation in others:
            if violation.kind == "required":
                return MissingParameter(name=_parameter_name(violation.steps))
        return super().constraint_error(call, others) if others else None

    def throttle(self, call: ApiCall) -> None:
        """FIFO queues take 300 calls of an action in a second. Errors: RequestThrottled."""
        self.access.throttle(call)


def _check_receive(count: int, visibility: int | None, wait: int | None) -> None:
    """Errors: InvalidParameterValue; the first and last text are recorded from AWS."""
    if not 1 <= count <= MAXIMUM_MESSAGES:
        reason = "Must be between 1 and 10, if provided."
        raise InvalidParameterValue(value=count, name="MaxNumberOfMessages", reason=reason)
    if visibility is not None and not 0 <= visibility <= MAXIMUM_VISIBILITY_SECONDS:
        reason = "Must be >= 0 and <= 43200, if provided."
        raise InvalidParameterValue(value=visibility, name="VisibilityTimeout", reason=reason)
    if wait is not None and not 0 <= wait <= MAXIMUM_WAIT_SECONDS:
        reason = "Must be >= 0 and <= 20, if provided."
        raise InvalidParameterValue(value=wait, name="WaitTimeSeconds", reason=reason)


def _trace_header(call: ApiCall) -> str | None:
    """The header of X-Ray, which SQS stores as if it had been given as a system attribute."""
    for name, value in call.headers.items():
        if name.lower() == "x-amzn-trace-id" and is_trace_header(value):
            return value
    return None


def _parameter_name(steps: Sequence[str | int]) -> str:
    """A parameter as the messages of SQS spell it: members of a list by their number from 1."""
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in steps)


def _unless_empty(name: str, value: Any) -> Answer:
    """SQS leaves empty collections out of its answers. Recorded from AWS."""
    return {name: value} if value else {}
