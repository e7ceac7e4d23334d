"""What `fake_sqs` shows, and how it arranges: queues by name, their messages as frozen values.

Looking never changes anything. What is due is let happen first, so that a view shows this instant.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from pytest_cloudfakes.exceptions import CloudFakesError
from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.sequences import FrozenList
from pytest_cloudfakes.services.sqs.answers import queue_attributes
from pytest_cloudfakes.services.sqs.fifo import FifoQueue
from pytest_cloudfakes.services.sqs.history import Departed
from pytest_cloudfakes.services.sqs.limits import Quotas
from pytest_cloudfakes.services.sqs.messages import IN_FLIGHT, Message, State
from pytest_cloudfakes.timeline import instant_text

if TYPE_CHECKING:
    from pytest_cloudfakes.cloud import FakeCloud
    from pytest_cloudfakes.services.sqs.operations import Sqs
    from pytest_cloudfakes.services.sqs.queue import Queue


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message at the instant of the look. Instants are milliseconds since the epoch, as of `fake_clock.now()`."""

    body: str
    attributes: Mapping[str, str | bytes]
    """Message attributes by name."""
    message_id: str
    state: str
    """"visible", "in flight", "delayed", or how it left: "deleted", "expired", "moved"."""
    receive_count: int
    group_id: str | None
    deduplication_id: str | None
    sequence_number: str | None
    dead_letter_source: str | None
    """The ARN of the queue that a redrive policy moved it from."""
    trace_header: str | None
    sender_id: str
    sent_at: Millis
    visible_at: Millis
    """Since when it is, or from when on it will be, visible."""
    expires_at: Millis
    first_received_at: Millis | None
    received_at: Millis | None
    """When it was last received from this queue."""
    left_at: Millis | None
    """When it was deleted, expired or moved."""

    def __repr__(self) -> str:
        body = self.body if len(self.body) <= 40 else self.body[:37] + "..."
        parts = [f"{body!r} {self.state}"]
        if self.left_at is not None:
            parts[0] += f" at {instant_text(self.left_at)}"
        elif self.state != "visible":
            parts[0] += f" until {instant_text(self.visible_at)}"
        if self.receive_count:
            parts.append(f"received {self.receive_count}x")
        if self.group_id is not None:
            parts.append(f"group {self.group_id!r}")
        if self.left_at is None:
            parts.append(f"expires {instant_text(self.expires_at)}")
        return f"<{', '.join(parts)}>"


class QueueView:
    """A queue, looked at anew with every question. Its messages come as frozen lists of frozen values."""

    def __init__(self, queue: Queue, cloud: FakeCloud) -> None:
        self._queue = queue
        self._cloud = cloud

    @property
    def name(self) -> str:
        """Its name."""
        return self._queue.name

    @property
    def url(self) -> str:
        """Its URL."""
        return self._queue.url

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self._queue.arn

    @property
    def exists(self) -> bool:
        """Whether it hasn't been deleted."""
        return not self._now().deleted

    @property
    def attributes(self) -> Mapping[str, str]:
        """All attributes that have a value, as GetQueueAttributes shows them."""
        queue = self._now()
        return MappingProxyType(queue_attributes(queue, queue.counts, ["All"]))

    @property
    def tags(self) -> Mapping[str, str]:
        """Its tags."""
        return MappingProxyType(dict(self._now().tags))

    @property
    def visible(self) -> FrozenList[MessageView]:
        """The messages that a receive could get, in order; on a FIFO queue also those behind a blocked one."""
        return self._views(self._now().offered())

    @property
    def in_flight(self) -> FrozenList[MessageView]:
        """The messages that are received and hidden, in the order in which they came."""
        return self._views(message for message in self._now().messages() if message.state is IN_FLIGHT)

    @property
    def delayed(self) -> FrozenList[MessageView]:
        """The messages whose delay isn't over, in the order in which they came."""
        return self._views(message for message in self._now().messages() if message.state is State.DELAYED)

    @property
    def messages(self) -> FrozenList[MessageView]:
        """All messages that are there, in the order in which they came."""
        return self._views(self._now().messages())

    @property
    def deleted(self) -> FrozenList[MessageView]:
        """The messages that DeleteMessage deleted, in order (the newest 10,000)."""
        return self._departed(self._now().history.deleted)

    @property
    def expired(self) -> FrozenList[MessageView]:
        """The messages whose retention period ended, in order (the newest 10,000)."""
        return self._departed(self._now().history.expired)

    @property
    def moved(self) -> FrozenList[MessageView]:
        """The messages that a redrive policy or a move task took away, in order (the newest 10,000)."""
        return self._departed(self._now().history.moved)

    @property
    def dead(self) -> FrozenList[MessageView]:
        """The messages of this queue that are in its dead-letter queue now."""
        queue = self._now()
        redrive = queue.settings.redrive
        target = None if redrive is None else queue.world.find(redrive.target_arn)
        if target is None:
            return FrozenList()
        return QueueView(target, self._cloud)._views(
            message for message in target.messages() if message.source_arn == queue.arn
        )

    def _now(self) -> Queue:
        with self._cloud.lock:
            self._cloud.clock.now()
            return self._queue

    def _views(self, messages: Iterable[Message]) -> FrozenList[MessageView]:
        with self._cloud.lock:
            return FrozenList(self._view(message, None) for message in messages)

    def _departed(self, departed: Departed) -> FrozenList[MessageView]:
        with self._cloud.lock:
            return FrozenList(self._view(message, at) for message, at in departed.entries())

    def _view(self, message: Message, left_at: Millis | None) -> MessageView:
        queue = self._queue
        visible_at = message.ready
        if isinstance(queue, FifoQueue) and message.source_arn is None:
            visible_at = message.sent + queue.settings.delay
        if message.receive_count and message.receipt:
            visible_at = message.until
        return MessageView(
            body=message.body.decode(),
            attributes=MappingProxyType(
                {name: attribute.value for name, attribute in (message.attributes or {}).items()}
            ),
            message_id=message.message_id,
            state=message.state.value,
            receive_count=message.receive_count,
            group_id=message.group_id,
            deduplication_id=message.deduplication_id,
            sequence_number=queue.sequence_number(message),
            dead_letter_source=message.source_arn,
            trace_header=message.trace_header,
            sender_id=message.sender_id,
            sent_at=message.sent,
            visible_at=visible_at,
            expires_at=message.sent + queue.settings.retention,
            first_received_at=message.first_received,
            received_at=message.received if message.receipt else None,
            left_at=left_at,
        )

    def __repr__(self) -> str:
        queue = self._now()
        state = (
            "deleted"
            if queue.deleted
            else f"{queue.visible} visible, {queue.in_flight} in flight, {queue.delayed} delayed"
        )
        return f"<queue {queue.name}: {state}>"


class SqsHandle:
    """Amazon SQS in the test's cloud: arrange queues and look into them. The code under test uses its own clients."""

    def __init__(self, cloud: FakeCloud) -> None:
        self._cloud = cloud
        self._clients: dict[tuple[str, str], Any] = {}

    @property
    def client(self) -> Any:
        """A botocore client of the cloud's account and region."""
        options = self._cloud.options
        return self._client_of(options.region, options.account)

    @property
    def quotas(self) -> Quotas:
        """Quotas that can be made small for a test, such as `fake_sqs.quotas.in_flight = 5`."""
        return self._service(None, None).registry.quotas

    def queue(self, name: str, *, account: str | None = None, region: str | None = None) -> QueueView:
        """A queue by its name.

        It is that of the cloud's own account and region, if there is one, else the only one of that name; of several
        say the account or the region. Errors: CloudFakesError.
        """
        if not isinstance(name, str) or ":" in name:
            raise CloudFakesError(f"A queue is looked up by its name, such as 'jobs', not by {name!r}.")
        options = self._cloud.options
        home = (account or options.account, region or options.region)
        with self._cloud.lock:
            self._cloud.clock.now()
            registries = [service.registry for service in self._services()]
            found = {(each.account, each.region): queue for each in registries if (queue := each.look(name))}
        found = {at: queue for at, queue in found.items() if account in {None, at[0]} and region in {None, at[1]}}
        queue = found.get(home) or (next(iter(found.values())) if len(found) == 1 else None)
        if queue is not None:
            return QueueView(queue, self._cloud)
        where = f"There is no queue {name!r} in account {home[0]}, {home[1]}"
        if found:
            others = " and ".join(f"account {at[0]}, {at[1]}" for at in found)
            raise CloudFakesError(f"{where}, but in {others}: say which, as in queue({name!r}, region=...).")
        there = ", ".join(each.name for each in islice(self._service(*home).registry, 20)) or "none"
        raise CloudFakesError(f"{where}. Queues there: {there}.")

    @property
    def queues(self) -> FrozenList[QueueView]:
        """The queues of all accounts and regions."""
        return FrozenList(QueueView(queue, self._cloud) for each in self._services() for queue in each.registry)

    def create_queue(
        self,
        name: str,
        attributes: Mapping[str, object] | None = None,
        *,
        dead_letter_queue: str | None = None,
        max_receive_count: int = 3,
        tags: Mapping[str, str] | None = None,
    ) -> QueueView:
        """Create a queue, a FIFO one if the name ends in `.fifo`, with its dead-letter queue if one is named.

        attributes: by AWS's names; numbers, flags and documents needn't be texts. The dead-letter queue is created
        too unless it exists.
        """
        given = {key: _text(value) for key, value in (attributes or {}).items()}
        if str(name).endswith(".fifo"):
            given.setdefault("FifoQueue", "true")
        if dead_letter_queue is not None:
            fifo = {"FifoQueue": "true"} if str(dead_letter_queue).endswith(".fifo") else {}
            self.client.create_queue(QueueName=dead_letter_queue, Attributes=fifo)
            given["RedrivePolicy"] = json.dumps(
                {
                    "deadLetterTargetArn": self.queue(dead_letter_queue).arn,
                    "maxReceiveCount": max_receive_count,
                }
            )
        self.client.create_queue(QueueName=name, Attributes=given, tags={} if tags is None else tags)
        return self.queue(name)

    def send_many(
        self, queue: str, bodies: Iterable[str], *, group_id: str | None = None, **parameters: Any
    ) -> list[str]:
        """Send messages in batches of ten; their ids. On a FIFO queue in one group, each with an id of its own.

        parameters: further members of SendMessage, such as DelaySeconds=10.
        """
        if isinstance(bodies, (str, bytes)):
            raise CloudFakesError(f"bodies is a list of texts, such as [{bodies!r}], not one.")
        view = self.queue(queue)
        client = self._client_of(*view.arn.split(":")[3:5])
        fifo = view.name.endswith(".fifo")
        if group_id is not None or fifo:
            parameters["MessageGroupId"] = group_id or "group"
        ids: list[str] = []
        for batch in _batches(bodies, 10):
            entries = [{"Id": str(number), "MessageBody": body, **parameters} for number, body in enumerate(batch)]
            if fifo:
                for entry in entries:
                    entry.setdefault("MessageDeduplicationId", self._cloud.ids.uuid())
            answer = client.send_message_batch(QueueUrl=view.url, Entries=entries)
            for failed in answer.get("Failed", ()):
                raise CloudFakesError(f"{failed['Code']}: {failed['Message']}")
            ids.extend(entry["MessageId"] for entry in answer["Successful"])
        return ids

    def _client_of(self, region: str, account: str) -> Any:
        at = (region, account)
        if at not in self._clients:
            self._clients[at] = self._cloud.client("sqs", region=region, account=account)
        return self._clients[at]

    def _services(self) -> Iterable[Sqs]:
        return cast("Iterable[Sqs]", self._cloud.services("sqs"))

    def _service(self, account: str | None, region: str | None) -> Sqs:
        options = self._cloud.options
        return cast("Sqs", self._cloud.service("sqs", account or options.account, region or options.region))

    def __repr__(self) -> str:
        return f"<fake_sqs: {', '.join(map(repr, self.queues)) or 'no queues'}>"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def _batches(items: Iterable[str], size: int) -> Iterator[Sequence[str]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
