"""Sends clicks, all of a user to the same shard, and sends again what a shard refused."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from clickstream import stream

log = logging.getLogger(__name__)

BATCH: Final = 500
"""As many records as PutRecords takes."""
LONGEST_PAUSE: Final = 8.0
"""Seconds between two attempts, at the most."""

Click = tuple[str, str]
"""A user and a page."""


class Producer:
    def __init__(self, pause: Callable[[float], object] = time.sleep) -> None:
        self.pause = pause
        self.refused = 0
        """How many records had to be sent again."""

    def send(self, clicks: Sequence[Click]) -> None:
        """Send clicks; when this returns, Kinesis has every one of them.

        A refused click is sent again after the others of its batch, so a user's clicks may change their order then.
        """
        for batch in _batches(clicks):
            seconds = 0.5
            while batch := self._send(batch):
                self.refused += len(batch)
                log.info("%d records were refused, trying again in %g s", len(batch), seconds)
                self.pause(seconds)
                seconds = min(2 * seconds, LONGEST_PAUSE)

    def _send(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Send records, and give back those that were refused."""
        answer = stream.kinesis.put_records(StreamName=stream.NAME, Records=records)
        return [record for record, outcome in zip(records, answer["Records"], strict=True) if "ErrorCode" in outcome]


def _batches(clicks: Sequence[Click]) -> Iterator[list[dict[str, Any]]]:
    rest = iter(clicks)
    while batch := list(islice(rest, BATCH)):
        yield [
            {"PartitionKey": user, "Data": json.dumps({"user": user, "page": page}).encode()} for user, page in batch
        ]
