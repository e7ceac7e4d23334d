"""Writing to a stream: what is refused as a whole, what a shard refuses, what is stored.

All entries of a call are checked before any is stored. Then each is judged alone: a shard that is over its throughput
refuses one and may take a later, smaller one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.services.kinesis import limits, sequence
from pytest_cloudfakes.services.kinesis.errors import (
    InternalFailure,
    InvalidArgument,
    ThroughputExceeded,
    blob_too_long,
    missing,
)
from pytest_cloudfakes.services.kinesis.shard import Shard
from pytest_cloudfakes.services.kinesis.stream import AUTO, Stream

_STORED, _THROTTLED, _FAILED = "stored", ThroughputExceeded.code, InternalFailure.code


class Entry(NamedTuple):
    """A record that is to be stored, and where."""

    shard: Shard
    blob: bytes
    key: str | None


@dataclass
class Refusal:
    """Records (or reads) that a test wants to be refused."""

    kind: str
    """"write" or "read"."""
    error: type[ApiError]
    left: int
    """How many more."""
    shard: int | None = None
    """Of this shard, or of any."""


def check(stream: Stream, record: Mapping[str, Any], path: str = "") -> Entry:
    """Hold a record against what the stream takes. Errors: ValidationException, InvalidArgumentException.

    path: of the record in the request, such as "records.1.member.".
    """
    blob: bytes = record["Data"]
    key: str | None = record.get("PartitionKey")
    if key is None and stream.strategy != AUTO:
        raise missing(f"{path}partitionKey")
    shard = stream.shard_for(key, record.get("ExplicitHashKey"))
    if len(blob) + 256 > stream.maximum_record:
        _check_size(stream, blob, key, path)
    return Entry(shard, blob, key)


def _check_size(stream: Stream, blob: bytes, key: str | None, path: str) -> None:
    """Code and text are those of a longer record than any stream takes; what AWS says here is unseen."""
    if len(blob) + len((key or "").encode("utf-8", "surrogatepass")) > stream.maximum_record:
        raise blob_too_long(len(blob), stream.maximum_record, f"{path}data")


def check_all(stream: Stream, records: Sequence[Mapping[str, Any]]) -> list[Entry]:
    """Hold all records of a call against what the stream takes. Errors: as `check`.

    The text for too many bytes is that of the older limit of 5 MB, with today's.
    """
    size = sum(len(record["Data"]) for record in records)
    if size + 1_024 * len(records) > limits.MAXIMUM_CALL_BYTES:
        size += sum(len((record.get("PartitionKey") or "").encode("utf-8", "surrogatepass")) for record in records)
        if size > limits.MAXIMUM_CALL_BYTES:
            raise InvalidArgument("Records size exceeds 10 MB limit")
    return [check(stream, record, f"records.{number}.member.") for number, record in enumerate(records, 1)]


def check_ordering(stream: Stream, text: str | None) -> None:
    """A number that the next one shall be greater than. Errors: InvalidArgumentException.

    Numbers of a shard and of its children only grow, so that nothing else is to be done for it.
    """
    if text is None:
        return
    number = sequence.parse(text)
    if number is None or number.second > stream.world.clock.now() // 1000:
        raise InvalidArgument(
            f"ExclusiveMinimumSequenceNumber {text} used in PutRecord on stream {stream.name} under account "
            f"{stream.world.account} is invalid."
        )


def store(stream: Stream, entry: Entry) -> str:
    """Store a record; its sequence number. Errors: ProvisionedThroughputExceededException, InternalFailure."""
    shard, blob, key = entry
    world = stream.world
    now = world.clock.now()
    if stream.refusals:
        refuse(stream, "write", shard)
    if not world.schedule.friendly:
        _let_the_schedule_decide(stream, shard)
    if world.metered and not shard.writes.take(len(blob) + len((key or "").encode("utf-8", "surrogatepass")), now):
        raise stream.error(ThroughputExceeded, shard=shard.shard_id)
    number = shard.put(blob, key, now)
    if shard.timer is None:
        stream.watch(shard)
    return number


def _let_the_schedule_decide(stream: Stream, shard: Shard) -> None:
    outcome = stream.world.schedule.choose("kinesis.put", (_STORED, _THROTTLED, _FAILED))
    if outcome == _THROTTLED:
        shard.writes.refused += 1
        raise stream.error(ThroughputExceeded, shard=shard.shard_id)
    if outcome == _FAILED:
        raise InternalFailure


def refuse(stream: Stream, kind: str, shard: Shard) -> None:
    """Fail if a test ordered so. Errors: what it ordered."""
    for refusal in stream.refusals:
        if refusal.kind == kind and refusal.shard in {None, shard.index}:
            refusal.left -= 1
            if refusal.left <= 0:
                stream.refusals.remove(refusal)
            if refusal.error is not InternalFailure:
                budget = shard.writes if kind == "write" else shard.reads
                budget.refused += 1
            raise stream.error(refusal.error, shard=shard.shard_id)
