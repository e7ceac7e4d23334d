"""The settings of the service, read from the environment once. Times are in seconds."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Final

REGION: Final = os.environ.get("ORDERS_REGION", "eu-central-1")
DATABASE: Final = os.environ.get("ORDERS_DATABASE", "orders.sqlite3")
WAREHOUSE_URL: Final = os.environ.get("ORDERS_WAREHOUSE_URL", "http://localhost:8081")

VISIBILITY_TIMEOUT: Final = 30
"""How long a delivered message stays hidden: enough for dealing with it, and not too long after a crash."""

MAX_DELIVERIES: Final = 5
"""A message that failed as often as this is dead."""

RETENTION: Final = timedelta(days=4)
"""How long an order waits for a worker before SQS drops it."""

DEAD_RETENTION: Final = timedelta(days=14)
"""How long a dead letter waits for a person: as long as SQS allows."""

LONG_POLL: Final = 20
FIRST_BACKOFF: Final = 30
LONGEST_BACKOFF: Final = 900

ATTEMPTS: Final = 4
"""How often botocore tries a call that AWS throttles."""

ANNOUNCE_AGAIN: Final = 600
ANNOUNCE_RETRIES: Final = 6
"""An announcement is tried for an hour, which is as long as SNS goes on."""
