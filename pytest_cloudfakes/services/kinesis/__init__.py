"""Amazon Kinesis Data Streams."""

from pytest_cloudfakes.services.kinesis.handle import KinesisHandle
from pytest_cloudfakes.services.kinesis.operations import Kinesis
from pytest_cloudfakes.services.kinesis.views import (
    ConsumerView,
    IteratorView,
    QueueView,
    RecordView,
    ShardView,
    StreamView,
    SubscriptionView,
)

__all__ = [
    "ConsumerView",
    "IteratorView",
    "Kinesis",
    "KinesisHandle",
    "QueueView",
    "RecordView",
    "ShardView",
    "StreamView",
    "SubscriptionView",
]
