"""The numbers of SNS, each with its source. Durations are milliseconds unless a name says seconds."""

from __future__ import annotations

from dataclasses import dataclass

SECOND = 1_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR

# ── topics ───────────────────────────────────────────────────────────────────────────────────────────────────────

TOPIC_NAME_LENGTH = 256
"""Characters of a topic's name, `.fifo` included. Source: model, CreateTopic."""
DISPLAY_NAME_LENGTH = 100
"""Source: API reference, SetTopicAttributes."""
POLICY_BYTES = 30_720
"""30 KB of a topic's access policy. Source: developer guide, quotas."""
POLICY_STATEMENTS = 100
"""Source: developer guide, quotas."""
TAGS = 50
"""Tags of a topic. Source: model, TagLimitExceededException."""
PAGE = 100
"""Rows of a page of every list. Source: API reference, ListTopics and the others."""

# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────

MESSAGE_SIZE = 262_144
"""Bytes of a message with its attributes where a topic says no other. Source: model, Publish."""
SMALLEST_MAXIMUM_MESSAGE_SIZE, LARGEST_MAXIMUM_MESSAGE_SIZE = 1_024, 1_048_576
"""What MaximumMessageSize may be. Source: model, SetTopicAttributes."""
LARGE_MESSAGE_SUBSCRIPTIONS = 100
"""So many subscriptions a topic with messages above 256 KiB may have. Source: model, SetTopicAttributes."""
SUBJECT_LENGTH = 100
"""A subject is shorter than this. Source: model, Publish."""
BATCH_ENTRIES = 10
"""Source: model, PublishBatch."""
BATCH_ID_LENGTH = 80
"""Source: model, PublishBatchRequestEntry; recorded from AWS."""
ATTRIBUTE_NAME_BYTES = 256
"""Source: developer guide, message attributes; recorded from AWS."""
RAW_ATTRIBUTES = 10
"""SQS takes no more with raw delivery; more is a client-side error. Source: developer guide, raw message delivery."""
NUMBER_LIMIT, NUMBER_DECIMALS = 10**9, 5
"""Numbers of attributes and filter policies. Source: developer guide, message attributes; filter policy constraints."""
SMS_CHARACTERS = 1_600
"""All parts of one text message. Source: model, Publish."""

# ── FIFO topics ──────────────────────────────────────────────────────────────────────────────────────────────────

DEDUPLICATION = 300 * SECOND
"""Source: developer guide, message deduplication for FIFO topics."""
SHORTEST_ARCHIVE_DAYS, LONGEST_ARCHIVE_DAYS = 1, 365
"""Source: developer guide, message archiving for FIFO topic owners."""

# ── subscriptions ────────────────────────────────────────────────────────────────────────────────────────────────

TOKEN_LIFE = 2 * DAY
"""How long a token confirms. Source: model, ConfirmSubscription."""
PENDING_LIFE = 3 * DAY
"""When an unconfirmed subscription is removed. Source: developer guide, confirm the subscription."""
FILTER_POLICY_KEYS = 5
"""Source: developer guide, filter policy constraints; recorded from AWS."""
FILTER_POLICY_COMBINATIONS = 150
"""Source: developer guide, filter policy constraints."""
FILTER_POLICY_BYTES = 262_144
"""Source: developer guide, filter policy constraints."""

# ── delivery ─────────────────────────────────────────────────────────────────────────────────────────────────────

HTTP_TIMEOUT = 15 * SECOND
"""How long an HTTP endpoint may take. Source: developer guide, HTTP(S) delivery retries."""
LONGEST_DELAY_SECONDS = 3_600
"""Of one delay, and of all retries of an HTTP policy together. Source: developer guide, message delivery retries."""
MOST_RETRIES = 100
"""Of an HTTP policy. Source: developer guide, message delivery retries."""

# ── phones and platforms ─────────────────────────────────────────────────────────────────────────────────────────

OPT_IN_INTERVAL = 30 * DAY
"""A number can be opted in once in this time. Source: model, OptInPhoneNumber."""
SANDBOX_NUMBERS = 10
"""Destination numbers of a sandbox. Source: developer guide, SMS sandbox."""
ONE_TIME_PASSWORD_LIFE = 900 * SECOND
"""Unseen."""
ONE_TIME_PASSWORDS_A_DAY = 5
"""Source: developer guide, adding and verifying phone numbers in the SMS sandbox."""
SANDBOX_DELETION_AFTER = DAY
"""Source: developer guide, deleting phone numbers from the SMS sandbox."""
CUSTOM_USER_DATA_BYTES = 2_048
"""Source: model, CreatePlatformEndpoint; recorded from AWS."""
DATA_PROTECTION_POLICY_LENGTH = 30_720
"""Source: model, PutDataProtectionPolicy."""


@dataclass
class Quotas:
    """Quotas of number, as they are for an account that never asked for more; a test may make them small."""

    topics: int = 100_000
    """Source: model, CreateTopic."""
    fifo_topics: int = 1_000
    """Source: model, CreateTopic."""
    subscriptions: int = 12_500_000
    """Of a standard topic. Source: developer guide, quotas."""
    fifo_subscriptions: int = 100
    """Of a FIFO topic. Source: developer guide, quotas."""
    pending_subscriptions: int = 5_000
    """Of an account. Source: developer guide, quotas."""
    filter_policies: int = 200
    """Of a topic. Source: developer guide, filter policy constraints."""
    account_filter_policies: int = 10_000
    """Of an account in a region. Source: developer guide, filter policy constraints."""
