"""From a request to its stream, consumer or queue: in this account or another's, and whether the caller may."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from pytest_cloudfakes.api import ApiCall
from pytest_cloudfakes.arns import Arn, ArnError
from pytest_cloudfakes.policies import Decision, Policy, PolicyError, evaluate, parse_policy, time_keys
from pytest_cloudfakes.services.kinesis.consumer import Consumer, consumer_arn
from pytest_cloudfakes.services.kinesis.errors import (
    AccessDenied,
    ConsumerNotFound,
    ExplicitlyDenied,
    InvalidArgument,
    QueueNotFound,
    ResourceNotFound,
)
from pytest_cloudfakes.services.kinesis.queue import StreamQueue
from pytest_cloudfakes.services.kinesis.registry import Registry
from pytest_cloudfakes.services.kinesis.stream import Stream

if TYPE_CHECKING:
    from pytest_cloudfakes.clock import Clock

_EVERY_REQUEST = {"aws:securetransport": True}


class Resource(Protocol):
    """A stream, a consumer or a queue, for who looks after its tags and its policy."""

    arn: str
    tags: dict[str, str]
    policy: str | None


class Access:
    """How the operations of one account and region get at what they are about."""

    def __init__(
        self, registry: Registry, of_account: Callable[[str], Registry | None], clock: Clock, *, enforced: bool
    ) -> None:
        self._registry = registry
        self._of_account = of_account
        self._clock = clock
        self._enforced = enforced

    def stream(self, call: ApiCall, name: str | None, arn: str | None) -> Stream:
        """The stream that is named. Errors: ResourceNotFound-, InvalidArgument-, AccessDeniedException."""
        if arn is None:
            if name is None:
                # Text unseen.
                raise InvalidArgument("Either StreamName or StreamARN must be specified.")
            stream = self._registry.find(name)
            if stream is None:
                raise ResourceNotFound(stream=name, account=self._registry.world.account)
        else:
            stream = self._by_arn(arn, name)
        if self._enforced:
            self._authorise(call, stream, stream)
        return stream

    def find(self, name: str | None, arn: str | None) -> str | None:
        """The name of the stream that is named, whether it exists or not."""
        if name is not None or arn is None:
            return name
        return arn.partition("/")[2].partition("/")[0] or None

    def registry_of(self, stream: Stream) -> Registry:
        """Where a stream lives."""
        found = self._of_account(stream.world.account)
        assert found is not None
        return found

    def _by_arn(self, text: str, name: str | None) -> Stream:
        registry, resource = self._place(text)
        kind, _, named = resource.partition("/")
        if kind != "stream" or (name is not None and name != named):
            # Text unseen.
            raise InvalidArgument(f"StreamARN {text} and StreamName {name} do not name the same stream.")
        stream = registry.find(named) if registry is not None else None
        if stream is None:
            raise ResourceNotFound(stream=named, account=text.split(":")[4])
        return stream

    def _place(self, text: str) -> tuple[Registry | None, str]:
        """The registry that an ARN belongs to, if there is one, and the resource in it. Errors: InvalidArgument."""
        try:
            arn = Arn.parse(text)
        except ArnError:
            raise InvalidArgument(f"{text} is not a valid ARN.") from None
        if arn.region != self._registry.world.region:
            return None, arn.resource
        return self._of_account(arn.account), arn.resource

    def consumer(self, call: ApiCall, stream_arn: str | None, name: str | None, arn: str | None) -> Consumer:
        """The consumer that is named by its ARN, by stream and name, or by all. Errors: as `stream`. Texts unseen."""
        if arn is not None:
            parts = consumer_arn(arn)
            if parts is None or (name is not None and name != parts[1]):
                raise InvalidArgument(f"ConsumerARN {arn} and ConsumerName {name} do not name the same consumer.")
            if stream_arn is not None and stream_arn != parts[0]:
                raise InvalidArgument(f"ConsumerARN {arn} is not that of a consumer of {stream_arn}.")
            stream_arn, name = parts
        elif stream_arn is None or name is None:
            raise InvalidArgument("Either ConsumerARN, or StreamARN and ConsumerName, must be specified.")
        stream = self._by_arn(stream_arn, None)
        consumer: Consumer | None = stream.consumers.get(name)
        if consumer is None or arn not in {None, consumer.arn}:
            raise ConsumerNotFound(consumer=name, account=stream.world.account)
        if self._enforced:
            self._authorise(call, stream, consumer)
        return consumer

    def queue(self, call: ApiCall, arn: str) -> StreamQueue:
        """The queue of an ARN. Errors: ResourceNotFound-, AccessDeniedException."""
        registry, _ = self._place(arn)
        if registry is None:
            raise QueueNotFound(queue=arn, account=call.account)
        queue = registry.queues.get(arn)
        if self._enforced:
            self._authorise(call, queue.stream, queue)
        return queue

    def resource(self, call: ApiCall, arn: str) -> Resource:
        """The stream, consumer or queue of an ARN. Errors: as the others."""
        kind = arn.rpartition(":")[2].partition("/")[0] if ":queue/" in arn else ""
        if kind == "queue":
            return self.queue(call, arn)
        if "/consumer/" in arn:
            return self.consumer(call, None, None, arn)
        return self.stream(call, None, arn)

    def iterated(self, call: ApiCall, account: int, name: str, generation: int) -> Stream | None:
        """The stream that an iterator was made for; None if it is gone. Errors: AccessDeniedException."""
        registry = self._of_account(f"{account:012d}")
        stream = registry.find(name) if registry is not None else None
        if stream is None or stream.generation != generation:
            return None
        if self._enforced:
            self._authorise(call, stream, stream)
        return stream

    def _authorise(self, call: ApiCall, stream: Stream, resource: Resource) -> None:
        """Let the resource's policy decide. Errors: AccessDeniedException.

        Whoever calls from the stream's own account counts as allowed by its identity's policies, so that only a denial
        matters; others need to be allowed by the resource. Source: developer guide, resource-based policies.
        """
        caller = call.caller
        action = f"kinesis:{call.operation}"
        decision = Decision.NONE
        if resource.policy is not None:
            decision = evaluate(
                _parsed(resource.policy),
                caller=caller,
                action=action,
                resource=resource.arn,
                context={**_EVERY_REQUEST, **time_keys(self._clock.now()), **caller.context},
            )
        if decision is Decision.DENY:
            raise ExplicitlyDenied(caller=caller.arn, action=action, resource=resource.arn)
        trusted = caller.service is None and caller.account == stream.world.account
        if decision is Decision.NONE and not trusted:
            raise AccessDenied(caller=caller.service or caller.arn, action=action, resource=resource.arn)


def check_policy(document: str) -> None:
    """Hold a policy against what AWS takes. Errors: InvalidArgumentException; text unseen."""
    try:
        parse_policy(document)
    except PolicyError as error:
        raise InvalidArgument(f"The policy is invalid: {error}") from None


@lru_cache(maxsize=256)
def _parsed(document: str) -> Policy:
    """A document as it was understood; a memo, since the same one decides every call."""
    return parse_policy(document)
