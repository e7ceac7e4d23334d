"""How streams, shards, consumers and queues look in answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.api import timestamp
from pytest_cloudfakes.services.kinesis import limits
from pytest_cloudfakes.services.kinesis.stream import ON_DEMAND

if TYPE_CHECKING:
    from pytest_cloudfakes.services.kinesis.account import BillingCommitment
    from pytest_cloudfakes.services.kinesis.consumer import Consumer
    from pytest_cloudfakes.services.kinesis.queue import StreamQueue
    from pytest_cloudfakes.services.kinesis.shard import Shard
    from pytest_cloudfakes.services.kinesis.stream import Stream

Answer = dict[str, Any]


def shard(found: Shard) -> Answer:
    """A shard, as DescribeStream and ListShards show it."""
    answer: Answer = {"ShardId": found.shard_id}
    if found.parent is not None:
        answer["ParentShardId"] = found.parent
    if found.adjacent_parent is not None:
        answer["AdjacentParentShardId"] = found.adjacent_parent
    answer["HashKeyRange"] = {"StartingHashKey": str(found.start), "EndingHashKey": str(found.end)}
    numbers = answer["SequenceNumberRange"] = {"StartingSequenceNumber": found.starting_number}
    ending = found.ending_number
    if ending is not None:
        numbers["EndingSequenceNumber"] = ending
    return answer


def stream(found: Stream) -> Answer:
    """What DescribeStream and DescribeStreamSummary have in common."""
    answer: Answer = {
        "StreamName": found.name,
        "StreamARN": found.arn,
        "StreamStatus": found.status,
        "StreamModeDetails": {"StreamMode": found.mode},
        "RetentionPeriodHours": found.retention // limits.HOUR,
        "StreamCreationTimestamp": timestamp(found.created),
        "EnhancedMonitoring": [{"ShardLevelMetrics": list(found.metrics)}],
        "EncryptionType": "NONE",
    }
    if found.key_id is not None:
        answer |= {"EncryptionType": "KMS", "KeyId": found.key_id}
    return answer


def stream_summary(found: Stream, *, advantage: bool) -> Answer:
    """DescribeStreamSummary. advantage: whether the account has committed itself to a minimum of throughput."""
    answer = stream(found)
    answer |= {
        "OpenShardCount": len(found.open_shards),
        "ConsumerCount": len(found.consumers),
        "MaxRecordSizeInKiB": found.maximum_record // limits.KIB,
    }
    if found.mode == ON_DEMAND:
        answer |= {
            "RecordDistributionStrategy": found.strategy,
            "ChannelCount": 0,
            "QueueCount": found.queue_count,
        }
        if advantage:
            answer["WarmThroughput"] = warm_throughput(found)
    return answer


def warm_throughput(found: Stream) -> Answer:
    """The throughput that an on-demand stream is to be ready for, and is."""
    return {"TargetMiBps": found.warm_target, "CurrentMiBps": found.warm}


def listed_stream(found: Stream) -> Answer:
    """An entry of ListStreams."""
    return {
        "StreamName": found.name,
        "StreamARN": found.arn,
        "StreamStatus": found.status,
        "StreamModeDetails": {"StreamMode": found.mode},
        "StreamCreationTimestamp": timestamp(found.created),
    }


def consumer(found: Consumer) -> Answer:
    """A consumer, as it is listed."""
    return {
        "ConsumerName": found.name,
        "ConsumerARN": found.arn,
        "ConsumerStatus": found.status,
        "ConsumerCreationTimestamp": timestamp(found.created),
    }


def commitment(found: BillingCommitment) -> Answer:
    """The setting of an account."""
    answer: Answer = {"Status": found.status}
    for name, instant in (
        ("StartedAt", found.started),
        ("EndedAt", found.ended),
        ("EarliestAllowedEndAt", found.earliest_end),
    ):
        if instant is not None:
            answer[name] = timestamp(instant)
    return {"MinimumThroughputBillingCommitment": answer}


def queue(found: StreamQueue) -> Answer:
    """A queue's description."""
    stream_configuration: Answer = {"StreamARN": found.stream.arn}
    if found.starting_position is not None:
        stream_configuration["StartingPosition"] = dict(found.starting_position)
    settings = found.attributes
    return {
        "QueueDescription": {
            "QueueName": found.name,
            "QueueARN": found.arn,
            "QueueStatus": found.status,
            "QueueCreationTimestamp": timestamp(found.created),
            "StreamConfigurationList": [stream_configuration],
            "QueueAttributes": {
                "VisibilityTimeoutSeconds": settings["VisibilityTimeoutSeconds"],
                "DeadLetterConfiguration": dict(settings["DeadLetterConfiguration"]),
            },
        }
    }


def listed_queue(found: StreamQueue) -> Answer:
    """An entry of ListQueues."""
    return {
        "QueueName": found.name,
        "QueueARN": found.arn,
        "QueueStatus": found.status,
        "QueueCreationTimestamp": timestamp(found.created),
        "Streams": [{"StreamARN": found.stream.arn, "StreamCreationTimestamp": timestamp(found.stream.created)}],
    }
