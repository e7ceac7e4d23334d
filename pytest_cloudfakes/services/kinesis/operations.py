"""Amazon Kinesis Data Streams: the facade.

The operations stand in modules by what they are about; each translates one, and what it means is said in the machine's
modules.
"""

from __future__ import annotations

from pytest_cloudfakes.services.kinesis.consumer_operations import ConsumerOperations
from pytest_cloudfakes.services.kinesis.queue_operations import QueueOperations
from pytest_cloudfakes.services.kinesis.record_operations import RecordOperations
from pytest_cloudfakes.services.kinesis.shard_operations import ShardOperations
from pytest_cloudfakes.services.kinesis.stream_operations import StreamOperations

_NO_TARGET = "a channel delivers to S3, and there is no S3 here that it could deliver to"


class Kinesis(
    RecordOperations, ShardOperations, StreamOperations, ConsumerOperations, QueueOperations, service="kinesis"
):
    """Amazon Kinesis Data Streams in one account and one region."""

    retryable_codes = frozenset({"LimitExceededException", "ProvisionedThroughputExceededException"})
    gaps = dict.fromkeys(
        ("CreateChannel", "DeleteChannel", "DescribeChannel", "ListChannels", "UpdateChannel"), _NO_TARGET
    )
