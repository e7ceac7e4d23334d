"""Writing and reading records."""

from __future__ import annotations

import datetime
from typing import Any

from pytest_cloudfakes.api import ApiCall, operation
from pytest_cloudfakes.services.kinesis import iterators, positions, reading, resharding, writing
from pytest_cloudfakes.services.kinesis.errors import (
    InternalFailure,
    ReadThroughputExceeded,
    ResourceNotFound,
    ShardNotFound,
    ThroughputExceeded,
)
from pytest_cloudfakes.services.kinesis.facade import Answer, Facade, stop_dry_run
from pytest_cloudfakes.services.kinesis.iterators import Place
from pytest_cloudfakes.services.kinesis.limits import MAXIMUM_RECORDS_READ
from pytest_cloudfakes.services.kinesis.shard import Shard, shard_id, shard_index
from pytest_cloudfakes.services.kinesis.stream import Issued, Stream


class RecordOperations(Facade):
    """PutRecord, PutRecords, GetShardIterator, GetRecords."""

    @operation
    def put_record(
        self,
        call: ApiCall,
        *,
        Data: bytes,
        PartitionKey: str | None = None,
        StreamName: str | None = None,
        ExplicitHashKey: str | None = None,
        SequenceNumberForOrdering: str | None = None,
        StreamARN: str | None = None,
        StreamId: str | None = None,
        DryRun: bool = False,
    ) -> Answer:
        """Write a record to the shard that its partition key belongs to.

        Errors: ResourceNotFound-, ProvisionedThroughputExceeded-, InvalidArgument-, ValidationException.
        """
        stream = self.access.stream(call, StreamName, StreamARN)
        stream.require_usable()
        entry = writing.check(stream, {"Data": Data, "PartitionKey": PartitionKey, "ExplicitHashKey": ExplicitHashKey})
        writing.check_ordering(stream, SequenceNumberForOrdering)
        stop_dry_run(DryRun)
        answer = {"ShardId": entry.shard.shard_id, "SequenceNumber": writing.store(stream, entry)}
        if stream.key_id is not None:
            answer["EncryptionType"] = "KMS"
        return answer

    @operation
    def put_records(
        self,
        call: ApiCall,
        *,
        Records: list[Answer],
        StreamName: str | None = None,
        StreamARN: str | None = None,
        StreamId: str | None = None,
        DryRun: bool = False,
    ) -> Answer:
        """Write up to 500 records, each with its own outcome.

        Errors: ResourceNotFound-, InvalidArgument-, ValidationException; none of them if it is about single records'
        throughput.
        """
        stream = self.access.stream(call, StreamName, StreamARN)
        stream.require_usable()
        entries = writing.check_all(stream, Records)
        stop_dry_run(DryRun)
        failed = 0
        outcomes = []
        for entry in entries:
            try:
                number = writing.store(stream, entry)
            except (ThroughputExceeded, InternalFailure) as error:  # noqa: PERF203 - each entry fails alone
                failed += 1
                outcomes.append({"ErrorCode": error.code, "ErrorMessage": error.text})
            else:
                outcomes.append({"SequenceNumber": number, "ShardId": entry.shard.shard_id})
        answer: Answer = {"FailedRecordCount": failed, "Records": outcomes}
        if stream.key_id is not None:
            answer["EncryptionType"] = "KMS"
        return answer

    @operation
    def get_shard_iterator(
        self,
        call: ApiCall,
        *,
        ShardId: str,
        ShardIteratorType: str,
        StreamName: str | None = None,
        StartingSequenceNumber: str | None = None,
        Timestamp: datetime.datetime | None = None,
        StreamARN: str | None = None,
        StreamId: str | None = None,
        DryRun: bool = False,
    ) -> Answer:
        """Where to begin to read a shard: an iterator that lives for five minutes.

        Errors: ResourceNotFound-, InvalidArgument-, ProvisionedThroughputExceededException.
        """
        positions.check_combination(ShardIteratorType, StartingSequenceNumber, Timestamp)
        stream, shard = self._shard(call, StreamName, StreamARN, ShardId)
        position = positions.find_position(
            stream,
            shard,
            ShardIteratorType,
            StartingSequenceNumber,
            Timestamp,
            operation="GetShardIterator",
        )
        if stream.world.metered and shard.is_open and not shard.reads.iterators.admits(self.clock.now()):
            raise stream.error(ReadThroughputExceeded, shard=shard.shard_id)
        stop_dry_run(DryRun)
        return {"ShardIterator": self._iterator(stream, shard, position)}

    @operation
    def get_records(
        self,
        call: ApiCall,
        *,
        ShardIterator: str,
        Limit: int = MAXIMUM_RECORDS_READ,
        StreamARN: str | None = None,
        StreamId: str | None = None,
        DryRun: bool = False,
    ) -> Answer:
        """Read records from an iterator on, and get the iterator for the next ones.

        Errors: InvalidArgument-, ExpiredIterator-, ResourceNotFound-, ProvisionedThroughputExceededException.
        """
        now = self.clock.now()
        place = iterators.decode(ShardIterator, now)
        stream, shard = self._iterated(call, place)
        if stream.refusals:
            writing.refuse(stream, "read", shard)
        if stream.world.metered and not shard.reads.admits(now):
            raise stream.error(ReadThroughputExceeded, shard=shard.shard_id)
        stop_dry_run(DryRun)
        batch = reading.read(shard, place.position, Limit, now)
        if stream.world.metered:
            shard.reads.gave(batch.size, now)
        answer: Answer = {"Records": batch.records}
        if batch.at_end and not self._ends_later(batch.records):
            answer["ChildShards"] = resharding.children(shard)
        else:
            answer["NextShardIterator"] = self._iterator(stream, shard, batch.position)
        answer["MillisBehindLatest"] = batch.behind
        return answer

    # ── how they work ────────────────────────────────────────────────────────────────────────────────────────────

    def _ends_later(self, records: list[Any]) -> bool:
        """Whether a closed shard's end is told only by the next answer, after the one with its last records."""
        if self.schedule.friendly or not records:
            return False
        return self.schedule.choose("kinesis.get_records.end", ("with the last records", "on the next call")) != (
            "with the last records"
        )

    def _shard(self, call: ApiCall, name: str | None, arn: str | None, shard_name: str) -> tuple[Stream, Shard]:
        """A shard that is to be read. A stream that isn't there has no shards."""
        try:
            stream = self.access.stream(call, name, arn)
            shard = stream.shard(shard_name, ShardNotFound)
            stream.require_usable()
        except ResourceNotFound as error:
            raise ShardNotFound(
                shard=_normal(shard_name), stream=error.fields["stream"], account=error.fields["account"]
            ) from None
        return stream, shard

    def _iterated(self, call: ApiCall, place: Place) -> tuple[Stream, Shard]:
        stream = self.access.iterated(call, place.account, place.stream, place.generation)
        shard = stream.shards.get(place.shard) if stream is not None else None
        if stream is None or shard is None:
            raise ShardNotFound(shard=shard_id(place.shard), stream=place.stream, account=f"{place.account:012d}")
        stream.require_usable()
        return stream, shard

    def _iterator(self, stream: Stream, shard: Shard, position: int) -> str:
        now = self.clock.now()
        stream.issued.append(Issued(shard.index, position, now))
        return iterators.encode(
            Place(
                int(stream.world.account),
                stream.generation,
                shard.index,
                position,
                now,
                self.registry.next_iterator(),
                stream.name,
            )
        )


def _normal(shard_name: str) -> str:
    index = shard_index(shard_name)
    return shard_name if index is None else shard_id(index)
