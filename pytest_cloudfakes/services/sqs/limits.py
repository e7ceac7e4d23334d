"""The numbers of SQS, each with its source. Durations are milliseconds unless a name says seconds."""

from __future__ import annotations

from dataclasses import dataclass

MAXIMUM_MESSAGE_SIZE = 1_048_576
"""Bytes of a message, and of all messages of a batch. Source: model, MaximumMessageSize; recorded from AWS."""

MAXIMUM_DELAY_SECONDS = 900
"""Source: model, DelaySeconds."""

MAXIMUM_VISIBILITY_SECONDS = 43_200
"""Twelve hours, counted from the receive. Source: model, VisibilityTimeout and ChangeMessageVisibility."""

MAXIMUM_WAIT_SECONDS = 20
"""Source: model, ReceiveMessageWaitTimeSeconds."""

MAXIMUM_MESSAGES = 10
"""Messages of one receive. Source: model, MaxNumberOfMessages."""

MAXIMUM_BATCH_ENTRIES = 10
"""Source: model, TooManyEntriesInBatchRequest."""

MAXIMUM_MESSAGE_ATTRIBUTES = 10
"""Source: developer guide, message metadata."""

MAXIMUM_ATTRIBUTE_NAME = 256
"""Characters of a message attribute's name. Source: model, MessageAttributeNames."""

MAXIMUM_ATTRIBUTE_TYPE = 256
"""Bytes of a message attribute's data type. Source: developer guide, message metadata."""

NUMBER_DIGITS = 38
"""Precision of a Number attribute; its magnitude is 1e-128 to 1e+126. Source: developer guide, message metadata."""

NUMBER_EXPONENTS = (-128, 126)
"""Source: developer guide, message metadata."""

RECREATE_AFTER = 60_000
"""A deleted queue's name is free again after this. Source: model, DeleteQueue and QueueDeletedRecently."""

PURGE_INTERVAL = 60_000
"""Between two purges of a queue. Source: model, PurgeQueueInProgress."""

DEDUPLICATION_INTERVAL = 300_000
"""How long a FIFO queue remembers a deduplication id. Source: model, MessageDeduplicationId."""

RECEIVE_ATTEMPT_INTERVAL = 300_000
"""How long a ReceiveRequestAttemptId can be repeated. Source: model, ReceiveRequestAttemptId."""

USABLE_AFTER_CREATION = 1_000
"""Before a new queue may be used. Source: model, CreateQueue."""

DELETION_TAKES = 60_000
"""Source: model, DeleteQueue ("up to 60 seconds")."""

PURGE_TAKES = 60_000
"""Source: model, PurgeQueue ("up to 60 seconds")."""

PROPAGATION_TAKES = 60_000
"""Of changed attributes. Source: model, SetQueueAttributes ("up to 60 seconds")."""

RETENTION_PROPAGATION_TAKES = 900_000
"""Of a changed MessageRetentionPeriod. Source: model, SetQueueAttributes ("up to 15 minutes")."""

COUNTERS_LAG = 60_000
"""How long the approximate counters may be behind. Source: model, GetQueueAttributes ("at least 1 minute")."""

LISTED_AFTER = 60_000
"""How long a new queue may be missing in lists. AWS names no time; that of other changes of queues."""

LATE_BY = 1_000
"""How much longer than its timeout a message may be hidden, where a schedule wants that. AWS names no time."""

POLICY_BYTES = 8_192
POLICY_STATEMENTS = 20
POLICY_PRINCIPALS = 50
POLICY_CONDITIONS = 10
POLICY_ACTIONS_PER_STATEMENT = 7
"""Source: developer guide, quotas related to policies; model, AddPermission (seven actions)."""

MAXIMUM_RECEIVE_COUNT = 1_000
"""Of a redrive policy. Source: developer guide, dead-letter queues."""

MAXIMUM_SOURCE_QUEUE_ARNS = 10
"""Of a redrive allow policy. Source: model, RedriveAllowPolicy."""

MAXIMUM_LIST_RESULTS = 1_000
"""Source: model, ListQueues and ListDeadLetterSourceQueues."""

MAXIMUM_MOVE_TASK_RESULTS = 10
"""Source: model, ListMessageMoveTasks."""

MAXIMUM_MOVE_RATE = 500
"""Messages per second. Source: model, StartMessageMoveTask."""

MAXIMUM_MOVE_TASKS = 100
"""Active at a time in an account. Source: developer guide, dead-letter queue redrive."""

MOVE_TASK_DURATION = 36 * 3_600_000
"""At the most. Source: developer guide, dead-letter queue redrive."""

FIFO_CALLS_PER_SECOND = 300
"""Of each API action on a FIFO queue, or on a partition in high throughput. Source: developer guide, quotas."""

NOISY_SHARE = 10
"""A tenant is noisy above this share, in percent. Source: developer guide, how fair queues work."""

NOISY_IN_FLIGHT = 30
"""And with at least so many messages in flight. Source: developer guide, how fair queues work."""

NOISY_WINDOW = 300_000
"""A tenant that sends nothing for so long is quiet again. Source: developer guide, how fair queues work."""

NOISY_PROCESSING_TIME = 30_000
"""Processing time below this never makes a tenant noisy.

Deviation: AWS names no floor for the share of "recent" processing time, but calls its thresholds approximate.
Without one, the first message of an idle queue would hold all of the time, and real milliseconds would decide the
order in a test.
"""

TAG_KEY_LENGTH = 128
TAG_VALUE_LENGTH = 256
"""Source: developer guide, quotas related to queues."""


@dataclass(slots=True)
class Quotas:
    """Quotas that a test may want to be small. Source: developer guide, quotas related to queues and messages."""

    in_flight: int = 120_000
    """Messages in flight in a standard queue ("approximately")."""
    fifo_in_flight: int = 120_000
    """Messages in flight in a FIFO queue."""
    fifo_backlog: int = 120_000
    """A FIFO queue looks for available groups among so many of its oldest messages."""
