"""Registered consumers and their subscriptions; the tags and policies of streams, consumers and queues."""

from __future__ import annotations

import datetime

from pytest_cloudfakes.api import ApiCall, operation
from pytest_cloudfakes.services.kinesis import answers, limits, listing, positions, tags
from pytest_cloudfakes.services.kinesis import consumer as consumers
from pytest_cloudfakes.services.kinesis.access import check_policy
from pytest_cloudfakes.services.kinesis.errors import (
    ConsumerNotReady,
    PolicyNotFound,
    ResourceNotFound,
    ShardNotFound,
)
from pytest_cloudfakes.services.kinesis.facade import Answer, Facade, stop_dry_run
from pytest_cloudfakes.services.kinesis.queues import is_created
from pytest_cloudfakes.services.kinesis.stream import Stream
from pytest_cloudfakes.services.kinesis.subscription import Subscription


class ConsumerOperations(Facade):
    """Enhanced fan-out."""

    @operation
    def register_stream_consumer(
        self,
        call: ApiCall,
        *,
        StreamARN: str,
        ConsumerName: str,
        StreamId: str | None = None,
        Tags: dict[str, str] | None = None,
    ) -> Answer:
        """Register a consumer, which then may subscribe to the shards of the stream.

        Errors: ResourceInUse-, LimitExceeded-, ResourceNotFound-, InvalidArgumentException.
        """
        stream = self.access.stream(call, None, StreamARN)
        tags.check(Tags or {}, tags.RESOURCE_SIGNS)
        most = self.access.registry_of(stream).most_consumers
        consumer = consumers.register(stream, ConsumerName, Tags or {}, most=most)
        # Even where it is ACTIVE at once, the answer is the one that AWS gives.
        return {"Consumer": answers.consumer(consumer) | {"ConsumerStatus": "CREATING"}}

    @operation
    def deregister_stream_consumer(
        self,
        call: ApiCall,
        *,
        StreamARN: str | None = None,
        ConsumerName: str | None = None,
        ConsumerARN: str | None = None,
        StreamId: str | None = None,
    ) -> None:
        """Delete a consumer; its subscriptions end. Errors: ResourceNotFound-, InvalidArgumentException."""
        consumers.deregister(self.access.consumer(call, StreamARN, ConsumerName, ConsumerARN))

    @operation
    def describe_stream_consumer(
        self,
        call: ApiCall,
        *,
        StreamARN: str | None = None,
        ConsumerName: str | None = None,
        ConsumerARN: str | None = None,
        StreamId: str | None = None,
    ) -> Answer:
        """Describe a consumer. Errors: ResourceNotFound-, InvalidArgumentException."""
        consumer = self.access.consumer(call, StreamARN, ConsumerName, ConsumerARN)
        return {"ConsumerDescription": answers.consumer(consumer) | {"StreamARN": consumer.stream.arn}}

    @operation
    def list_stream_consumers(
        self,
        call: ApiCall,
        *,
        StreamARN: str,
        NextToken: str | None = None,
        MaxResults: int = limits.MAXIMUM_CONSUMERS_LISTED,
        StreamCreationTimestamp: datetime.datetime | None = None,
        StreamId: str | None = None,
    ) -> Answer:
        """List the consumers of a stream, by name.

        Errors: ResourceNotFound-, InvalidArgument-, ExpiredNextTokenException.
        """
        now = self.clock.now()
        stream = self.access.stream(call, None, StreamARN)
        if StreamCreationTimestamp is not None and not is_created(stream, StreamCreationTimestamp):
            raise stream.error(ResourceNotFound)
        operation_and_stream = f"ListStreamConsumers {stream.arn}"
        after = None if NextToken is None else listing.read(operation_and_stream, NextToken, now)
        names = stream.consumers.irange(after, inclusive=(False, True)) if after else stream.consumers.irange()
        found, more = listing.page(names, min(MaxResults, limits.MAXIMUM_CONSUMERS_LISTED))
        answer: Answer = {"Consumers": [answers.consumer(stream.consumers[name]) for name in found]}
        if more:
            answer["NextToken"] = listing.token(operation_and_stream, found[-1], now)
        return answer

    @operation
    def subscribe_to_shard(
        self,
        call: ApiCall,
        *,
        ConsumerARN: str,
        ShardId: str,
        StartingPosition: Answer,
        StreamId: str | None = None,
        DryRun: bool = False,
    ) -> Answer:
        """Let the records of a shard come by themselves, for five minutes.

        Errors: ResourceNotFound-, ResourceInUse-, InvalidArgument-, LimitExceededException.
        """
        kind: str = StartingPosition["Type"]
        number, instant = StartingPosition.get("SequenceNumber"), StartingPosition.get("Timestamp")
        positions.check_combination(kind, number, instant)
        consumer = self.access.consumer(call, None, None, ConsumerARN)
        stream = consumer.stream
        stream.require_usable()
        consumer.require_active()
        shard = stream.shard(ShardId, ShardNotFound)
        position = positions.find_position(stream, shard, kind, number, instant, operation="SubscribeToShard")
        consumer.admit(shard)
        stop_dry_run(DryRun)
        before = consumer.subscriptions.get(shard.index)
        if before is not None and before.active:
            before.give_way()
        subscription = consumer.subscriptions[shard.index] = Subscription(consumer, shard, position)
        return {"EventStream": subscription}

    # ── tags ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @operation
    def add_tags_to_stream(
        self,
        call: ApiCall,
        *,
        Tags: dict[str, str],
        StreamName: str | None = None,
        StreamARN: str | None = None,
        StreamId: str | None = None,
    ) -> None:
        """Add tags to a stream, or give them other values. Errors: ResourceInUse-, InvalidArgumentException."""
        stream = self.access.stream(call, StreamName, StreamARN)
        stream.require_active()
        tags.add(stream.tags, Tags, stream=stream.name, account=stream.world.account)

    @operation
    def list_tags_for_stream(
        self,
        call: ApiCall,
        *,
        StreamName: str | None = None,
        ExclusiveStartTagKey: str | None = None,
        Limit: int = limits.MAXIMUM_TAGS_LISTED,
        StreamARN: str | None = None,
        StreamId: str | None = None,
    ) -> Answer:
        """List the tags of a stream, by key."""
        stream = self.access.stream(call, StreamName, StreamARN)
        listed = tags.listed(stream.tags)
        if ExclusiveStartTagKey is not None:
            listed = [tag for tag in listed if tag["Key"] > ExclusiveStartTagKey]
        found, more = listing.page(listed, Limit)
        return {"Tags": found, "HasMoreTags": more}

    @operation
    def remove_tags_from_stream(
        self,
        call: ApiCall,
        *,
        TagKeys: list[str],
        StreamName: str | None = None,
        StreamARN: str | None = None,
        StreamId: str | None = None,
    ) -> None:
        """Take tags off a stream; keys that it doesn't have are passed over. Errors: ResourceInUseException."""
        stream = self.access.stream(call, StreamName, StreamARN)
        stream.require_active()
        for key in TagKeys:
            stream.tags.pop(key, None)

    @operation
    def tag_resource(
        self, call: ApiCall, *, Tags: dict[str, str], ResourceARN: str, StreamId: str | None = None
    ) -> None:
        """Add tags to a stream, a consumer or a queue.

        Errors: ResourceNotFound-, InvalidArgument-, LimitExceededException.
        """
        resource = self.access.resource(call, ResourceARN)
        if isinstance(resource, Stream):
            resource.require_active()
        tags.check(Tags, tags.RESOURCE_SIGNS)
        tags.check_count(resource.tags, Tags)
        resource.tags.update(Tags)

    @operation
    def untag_resource(
        self, call: ApiCall, *, TagKeys: list[str], ResourceARN: str, StreamId: str | None = None
    ) -> None:
        """Take tags off a stream, a consumer or a queue. Errors: ResourceNotFoundException."""
        resource = self.access.resource(call, ResourceARN)
        if isinstance(resource, Stream):
            resource.require_active()
        for key in TagKeys:
            resource.tags.pop(key, None)

    @operation
    def list_tags_for_resource(self, call: ApiCall, *, ResourceARN: str, StreamId: str | None = None) -> Answer:
        """List the tags of a stream, a consumer or a queue. Errors: ResourceNotFoundException."""
        return {"Tags": tags.listed(self.access.resource(call, ResourceARN).tags)}

    # ── policies ─────────────────────────────────────────────────────────────────────────────────────────────────

    @operation
    def put_resource_policy(self, call: ApiCall, *, ResourceARN: str, Policy: str, StreamId: str | None = None) -> None:
        """Set who else may use a stream, a consumer or a queue. Errors: ResourceNotFound-, InvalidArgumentException."""
        resource = self.access.resource(call, ResourceARN)
        check_policy(Policy)
        if isinstance(resource, consumers.Consumer):
            resource.require_active(ConsumerNotReady)
        resource.policy = Policy

    @operation
    def get_resource_policy(self, call: ApiCall, *, ResourceARN: str, StreamId: str | None = None) -> Answer:
        """The policy of a stream, a consumer or a queue.

        Errors: ResourceNotFoundException, also where there is none.
        """
        policy = self.access.resource(call, ResourceARN).policy
        if policy is None:
            raise PolicyNotFound(arn=ResourceARN)
        return {"Policy": policy}

    @operation
    def delete_resource_policy(self, call: ApiCall, *, ResourceARN: str, StreamId: str | None = None) -> None:
        """Take a policy off. Errors: ResourceNotFoundException, also where there is none."""
        resource = self.access.resource(call, ResourceARN)
        if resource.policy is None:
            raise PolicyNotFound(arn=ResourceARN)
        resource.policy = None
