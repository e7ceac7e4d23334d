"""From what a reader asks for (the oldest record, a sequence number, an instant) to a position in a shard."""

from __future__ import annotations

import datetime

from pytest_cloudfakes.api import to_millis
from pytest_cloudfakes.services.kinesis import sequence
from pytest_cloudfakes.services.kinesis.errors import InvalidArgument
from pytest_cloudfakes.services.kinesis.shard import Shard, shard_id
from pytest_cloudfakes.services.kinesis.stream import Stream

TRIM_HORIZON, LATEST, AT_TIMESTAMP = "TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"
AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER = "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"


def find_position(
    stream: Stream, shard: Shard, kind: str, number: str | None, instant: datetime.datetime | None, *, operation: str
) -> int:
    """Where reading begins. What is already trimmed counts: reading then begins at the horizon.

    Errors: InvalidArgumentException, in texts observed of GetShardIterator.
    """
    check_combination(kind, number, instant)
    if kind == TRIM_HORIZON:
        return 0
    if kind == LATEST:
        return shard.log.end
    if instant is not None and kind == AT_TIMESTAMP:
        return _position_at(stream, shard, instant)
    assert number is not None
    said = _parse(stream, shard, number, operation)
    position = min(said.position, shard.log.end)
    if kind == AFTER_SEQUENCE_NUMBER and said.is_record and position < shard.log.end:
        return position + 1
    return position


def check_combination(kind: str, number: str | None, instant: datetime.datetime | None) -> None:
    """Whether what is given goes with the type. Errors: InvalidArgumentException."""
    by_number = kind in {AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER}
    if by_number != (number is not None) and kind != AT_TIMESTAMP:
        given = f"{kind} and no StartingSequenceNumber" if by_number else f"{kind} and also a StartingSequenceNumber"
        raise InvalidArgument(
            "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or "
            f"(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified {given}."
        )
    if kind == AT_TIMESTAMP and instant is None:
        raise InvalidArgument(
            "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no "
            "timestamp parameter."
        )


def _position_at(stream: Stream, shard: Shard, instant: datetime.datetime) -> int:
    now = stream.world.clock.now()
    wanted = to_millis(instant)
    if wanted > now:
        raise InvalidArgument(
            "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
            f"timestampInMillis: {wanted}, currentTimestampInMillis: {now}"
        )
    return shard.log.at(wanted)


def _parse(stream: Stream, shard: Shard, text: str, operation: str) -> sequence.SequenceNumber:
    number = sequence.parse(text)
    problem = None
    if number is None:
        problem = "is invalid."
    elif number.shard != shard.index:
        raise InvalidArgument(
            f"Invalid StartingSequenceNumber. It encodes {shard_id(number.shard)}, while it was used in a call to a "
            f"shard with {shard.shard_id}"
        )
    elif number.created != shard.created_second:
        problem = "is invalid because it did not come from this stream."
    if problem is not None:
        raise InvalidArgument(
            f"StartingSequenceNumber {text} used in {operation} on shard {shard.shard_id} in stream {stream.name} "
            f"under account {stream.world.account} {problem}"
        )
    assert number is not None
    return number
