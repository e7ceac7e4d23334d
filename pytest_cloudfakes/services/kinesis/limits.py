"""The numbers of Kinesis Data Streams, each with its source. Durations are milliseconds unless a name says seconds."""

from __future__ import annotations

from dataclasses import dataclass

SECOND = 1_000
HOUR = 3_600_000
DAY = 24 * HOUR
KIB = 1_024
MIB = 1_048_576

HASH_KEYS = 1 << 128
"""Hash keys are 0 to 2^128 - 1. Source: model, PutRecord (128-bit integers)."""

DEFAULT_RECORD_KIB = 1_024
"""Largest record of a stream unless it is told otherwise. Source: model, GetRecords ("1 MiB in size by default")."""

MAXIMUM_CALL_BYTES = 10 * MIB
"""Data and partition keys of a PutRecords, and data of a GetRecords. Source: model, PutRecords and GetRecords."""

MAXIMUM_RECORDS_READ = 10_000
"""Records of a GetRecords. Source: model, GetRecords."""

DEFAULT_RETENTION_HOURS = 24
MINIMUM_RETENTION_HOURS = 24
MAXIMUM_RETENTION_HOURS = 8_760
"""Source: model, IncreaseStreamRetentionPeriod and DecreaseStreamRetentionPeriod."""

ITERATOR_LIFE = 300_000
"""An iterator may be used until so long after it was returned, this instant included. Source: model, GetShardIterator;
observed of the service (2020) for the instant itself."""

TOKEN_LIFE = 300_000
"""Of ListShards and ListStreamConsumers. Source: model, ListShards."""

MAXIMUM_SHARDS_LISTED = 1_000
MAXIMUM_SHARDS_DESCRIBED = 100
MAXIMUM_STREAMS_LISTED = 100
MAXIMUM_CONSUMERS_LISTED = 100
MAXIMUM_QUEUES_LISTED = 100
MAXIMUM_TAGS_LISTED = 50
"""Source: model, ListShards, DescribeStream, ListStreams, ListStreamConsumers, ListTagsForStream. That of ListQueues,
for which AWS names none, is that of the others."""

ON_DEMAND_SHARDS = 4
"""Shards of a new on-demand stream. Source: developer guide, on-demand mode; recorded from AWS (2022)."""

MAXIMUM_SHARDS_OF_A_STREAM = 10_000
"""For UpdateShardCount. Source: model, UpdateShardCount."""

SHARD_COUNT_UPDATES = 10
"""In a rolling day and stream. Source: model, UpdateShardCount."""

MODE_UPDATES = 2
"""In a rolling day and stream. Source: developer guide, switch between capacity modes."""

ENCRYPTION_UPDATES = 25
"""New keys, and stops, in a rolling day and stream. Source: model, StartStreamEncryption and StopStreamEncryption."""

STREAMS_IN_CREATION = 5
CONSUMERS_IN_CREATION = 5
"""At a time. Source: model, CreateStream and RegisterStreamConsumer."""

MAXIMUM_CONSUMERS = 20
MAXIMUM_CONSUMERS_ADVANTAGE = 50
"""Consumers and queues of a stream; the second with On-demand Advantage. Source: model, RegisterStreamConsumer."""

SUBSCRIPTION_LIFE = 300_000
SUBSCRIBE_AGAIN_AFTER = 5_000
"""Source: model, SubscribeToShard."""

EVENT_INTERVAL = 5_000
"""Between two events of a subscription while nothing is written. AWS's are "every few seconds"."""

EVENT_BYTES = 2 * MIB
"""Data of one event, and what a subscription carries in a second. Source: model, RegisterStreamConsumer."""

RECORDS_PER_SECOND = 1_000
BYTES_PER_SECOND = MIB
"""What an open shard takes. Source: model, PutRecords."""

LARGE_RECORD_BURST = 10 * MIB
"""A large record may use up what is to come. Source: model, PutRecord ("10 MiB per second")."""

READS_PER_SECOND = 5
READ_BYTES_PER_SECOND = 2 * MIB
"""What a shard gives to all its readers together. Source: model, GetRecords."""

MAXIMUM_TAGS = 50
TAG_KEY_LENGTH = 128
TAG_VALUE_LENGTH = 256
"""Source: model, AddTagsToStream; developer guide, tag restrictions."""

MAXIMUM_WARM_MIBPS = 10 * KIB
"""Source: model, UpdateStreamWarmThroughput ("10 GiBps")."""

COMMITMENT_LASTS = DAY
"""Of the minimum throughput billing commitment, at least. Source: developer guide, On-demand Advantage."""

CREATION_TAKES = 20 * SECOND
DELETION_TAKES = 20 * SECOND
RESHARDING_TAKES = 30 * SECOND
CHANGE_TAKES = 5 * SECOND
CONSUMER_TAKES = 10 * SECOND
"""With `transitions="documented"`. AWS says "a few minutes" or "a few seconds"; observed: 10 to 40 s, 30 to 60 s, some
seconds."""

QUEUE_VISIBILITY_SECONDS = 30
QUEUE_MAX_RECEIVE_COUNT = 6
QUEUE_RECEIVE_LIMIT = 10
QUEUE_WAIT_SECONDS = 9
"""Defaults. Source: model, CreateQueue and ReceiveQueueRecords; developer guide for the visibility timeout."""

_LARGE_REGIONS = frozenset({"us-east-1", "us-west-2", "eu-west-1"})


@dataclass(slots=True)
class Quotas:
    """Quotas of an account in a region that a test may want to be small. Source: developer guide, quotas and limits."""

    shards: int
    """Open shards of provisioned streams."""
    on_demand_streams: int = 50
    """On-demand streams."""

    @classmethod
    def of(cls, region: str) -> Quotas:
        """AWS's defaults: 20,000 shards in three regions, 1,000 or 6,000 elsewhere."""
        return cls(20_000 if region in _LARGE_REGIONS else 1_000)


PER_ACCOUNT = {
    "AddTagsToStream": 5,
    "CreateStream": 5,
    "DeleteResourcePolicy": 5,
    "DeleteStream": 5,
    "DescribeAccountSettings": 5,
    "DescribeLimits": 1,
    "DescribeStream": 10,
    "DescribeStreamSummary": 20,
    "GetResourcePolicy": 5,
    "ListStreams": 5,
    "PutResourcePolicy": 5,
    "UpdateAccountSettings": 5,
    "UpdateStreamWarmThroughput": 5,
}
"""Calls in a second, of all streams together. Source: developer guide, quotas and limits (API limits)."""

PER_STREAM = {
    "DecreaseStreamRetentionPeriod": 5,
    "DeregisterStreamConsumer": 5,
    "DescribeStreamConsumer": 20,
    "DisableEnhancedMonitoring": 5,
    "EnableEnhancedMonitoring": 5,
    "IncreaseStreamRetentionPeriod": 5,
    "ListShards": 1_000,
    "ListStreamConsumers": 5,
    "ListTagsForStream": 5,
    "MergeShards": 5,
    "RegisterStreamConsumer": 5,
    "RemoveTagsFromStream": 5,
    "SplitShard": 5,
    "UpdateShardCount": 10,
}
"""Calls in a second on one stream. Source: developer guide, quotas and limits (API limits)."""
