"""The shards of a stream: listing, splitting, merging, scaling."""

from __future__ import annotations

import datetime

from pytest_cloudfakes.api import ApiCall, operation
from pytest_cloudfakes.services.kinesis import answers, limits, listing, resharding
from pytest_cloudfakes.services.kinesis.errors import (
    InvalidArgument,
    ResourceNotFound,
    StreamNotReady,
)
from pytest_cloudfakes.services.kinesis.facade import Answer, Facade
from pytest_cloudfakes.services.kinesis.listing import ShardFilter as Filter
from pytest_cloudfakes.services.kinesis.queues import is_created
from pytest_cloudfakes.services.kinesis.stream import ACTIVE, UPDATING, Stream
from pytest_cloudfakes.services.kinesis.stream_operations import require_provisioned


class ShardOperations(Facade):
    """ListShards, SplitShard, MergeShards, UpdateShardCount."""

    @operation
    def list_shards(
        self,
        call: ApiCall,
        *,
        StreamName: str | None = None,
        NextToken: str | None = None,
        ExclusiveStartShardId: str | None = None,
        MaxResults: int = limits.MAXIMUM_SHARDS_LISTED,
        StreamCreationTimestamp: datetime.datetime | None = None,
        ShardFilter: Answer | None = None,
        StreamARN: str | None = None,
        StreamId: str | None = None,
    ) -> Answer:
        """List the shards of a stream that haven't expired, by their index.

        Errors: ResourceNotFound-, ResourceInUse-, InvalidArgument-, ExpiredNextTokenException.
        """
        now = self.clock.now()
        if NextToken is not None:
            _alone("StreamName", StreamName)
            _alone("StreamARN", StreamARN)
            _alone("ExclusiveStartShardId", ExclusiveStartShardId)
            _alone("StreamCreationTimestamp", StreamCreationTimestamp)
            _alone("ShardFilter", ShardFilter)
            stream_arn, generation, after, *rest = listing.read("ListShards", NextToken, now)
            stream = self.access.stream(call, None, stream_arn)
            if stream.generation != generation:
                raise stream.error(ResourceNotFound)
            given = Filter(*rest)
        else:
            if StreamName is None and StreamARN is None:
                raise InvalidArgument("Either NextToken or StreamName should be provided.")
            given = listing.parse_filter(ShardFilter)
            stream = self.access.stream(call, StreamName, StreamARN)
            if StreamCreationTimestamp is not None and not is_created(stream, StreamCreationTimestamp):
                raise stream.error(ResourceNotFound)
            after = listing.start_after(stream, ExclusiveStartShardId or given.shard)
        if stream.status not in {ACTIVE, UPDATING}:
            raise stream.error(StreamNotReady, state=stream.status)
        return _shards(stream, after, MaxResults, given, now)

    @operation
    def split_shard(
        self,
        call: ApiCall,
        *,
        ShardToSplit: str,
        NewStartingHashKey: str,
        StreamName: str | None = None,
        StreamARN: str | None = None,
        StreamId: str | None = None,
    ) -> None:
        """Divide a shard in two at a hash key.

        Errors: ResourceNotFound-, ResourceInUse-, InvalidArgument-, LimitExceeded-, ValidationException.
        """
        stream = self.access.stream(call, StreamName, StreamARN)
        require_provisioned(stream)
        resharding.split(stream, ShardToSplit, NewStartingHashKey, self.access.registry_of(stream).check_shards)

    @operation
    def merge_shards(
        self,
        call: ApiCall,
        *,
        ShardToMerge: str,
        AdjacentShardToMerge: str,
        StreamName: str | None = None,
        StreamARN: str | None = None,
        StreamId: str | None = None,
    ) -> None:
        """Make one shard of two adjacent ones, the lower of which is named first.

        Errors: ResourceNotFound-, ResourceInUse-, InvalidArgument-, ValidationException.
        """
        stream = self.access.stream(call, StreamName, StreamARN)
        require_provisioned(stream)
        resharding.merge(stream, ShardToMerge, AdjacentShardToMerge)

    @operation
    def update_shard_count(
        self,
        call: ApiCall,
        *,
        TargetShardCount: int,
        ScalingType: str,
        StreamName: str | None = None,
        StreamARN: str | None = None,
        StreamId: str | None = None,
    ) -> Answer:
        """Divide the key space equally among another number of shards.

        Errors: ResourceInUse-, LimitExceeded-, ValidationException.
        """
        stream = self.access.stream(call, StreamName, StreamARN)
        require_provisioned(stream)
        before = len(stream.open_shards)
        resharding.scale(stream, TargetShardCount, self.access.registry_of(stream).check_shards)
        return {
            "StreamName": stream.name,
            "CurrentShardCount": before,
            "TargetShardCount": TargetShardCount,
            "StreamARN": stream.arn,
        }


def _alone(name: str, value: object) -> None:
    """Errors: InvalidArgumentException. Text: logs of users of AWS, for a stream's name, its ARN and filters."""
    if value is not None:
        raise InvalidArgument(f"NextToken and {name} cannot be provided together.")


def _shards(stream: Stream, after: int | None, count: int, given: Filter, now: int) -> Answer:
    wanted = listing.wanted(stream, given)
    found, more = listing.page(filter(wanted, stream.shards_after(after)), min(count, limits.MAXIMUM_SHARDS_LISTED))
    answer: Answer = {"Shards": [answers.shard(shard) for shard in found]}
    if more:
        position = [stream.arn, stream.generation, found[-1].index, *given]
        answer["NextToken"] = listing.token("ListShards", position, now)
    return answer
