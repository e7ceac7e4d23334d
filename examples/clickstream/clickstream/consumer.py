"""Reads all shards of the stream, children after their parents, from checkpoint to checkpoint.

What may happen meanwhile, and what is done about it:

a shard is split or merged       it is read to its end, then its children from their begin
an iterator expires              a new one goes on after the checkpoint
a shard is read too often        botocore retries; if that doesn't help, it is this shard's turn again next time
the consumer stops anywhere      the next one begins after the checkpoint
records expire unread            reading goes on with the oldest one that is left
"""

from __future__ import annotations

import json
import logging
from typing import Any

from clickstream import stream
from clickstream.checkpoints import FINISHED, Checkpoints

log = logging.getLogger(__name__)


class Consumer:
    def __init__(self, checkpoints: Checkpoints, *, batch: int = 1000) -> None:
        self.checkpoints = checkpoints
        self.batch = batch
        self._iterators: dict[str, str] = {}

    def work(self) -> int:
        """Read once from every shard whose turn it is; how many records there were."""
        return sum(self.read(shard) for shard in self.ready())

    def ready(self) -> list[str]:
        """The shards that can be read: those that aren't finished, and whose parents are finished or gone."""
        shards = {shard["ShardId"]: shard for shard in stream.shards()}
        return [
            name
            for name, shard in shards.items()
            if not self.checkpoints.finished(name)
            and all(self.checkpoints.finished(parent) for parent in _parents(shard) if parent in shards)
        ]

    def read(self, shard: str) -> int:
        """Read and count what comes next in a shard."""
        answer = self._next(shard)
        if answer is None:
            return 0
        records = answer["Records"]
        following = answer.get("NextShardIterator")
        if following is None:
            checkpoint = FINISHED
            self._iterators.pop(shard, None)
            log.info("%s was read to its end", shard)
        else:
            self._iterators[shard] = following
            checkpoint = records[-1]["SequenceNumber"] if records else ""
        if checkpoint:
            self.checkpoints.count(shard, [json.loads(record["Data"])["page"] for record in records], checkpoint)
        return len(records)

    def _next(self, shard: str) -> dict[str, Any] | None:
        errors = stream.kinesis.exceptions
        try:
            iterator = self._iterators.get(shard) or self._begin(shard)
            answer: dict[str, Any] = stream.kinesis.get_records(ShardIterator=iterator, Limit=self.batch)
        except errors.ExpiredIteratorException:
            log.info("the iterator of %s has expired: going on after the checkpoint", shard)
            del self._iterators[shard]
            return self._next(shard)
        except errors.ProvisionedThroughputExceededException:
            log.info("%s is read too often", shard)
            return None
        return answer

    def _begin(self, shard: str) -> str:
        """An iterator that goes on after the checkpoint, or begins with the oldest record."""
        checkpoint = self.checkpoints.of(shard)
        place = {"ShardIteratorType": "TRIM_HORIZON"}
        if checkpoint is not None:
            place = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": checkpoint}
        answer = stream.kinesis.get_shard_iterator(StreamName=stream.NAME, ShardId=shard, **place)
        self._iterators[shard] = answer["ShardIterator"]
        return self._iterators[shard]


def _parents(shard: dict[str, Any]) -> list[str]:
    return [shard[name] for name in ("ParentShardId", "AdjacentParentShardId") if name in shard]
