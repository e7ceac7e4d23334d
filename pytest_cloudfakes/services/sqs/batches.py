"""Batches: what is wrong with one as a whole, and the outcomes of its entries.

Anything but the form of the batch fails the entry alone, with the error that the single operation would raise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.services.sqs.errors import (
    BatchEntryIdsNotDistinct,
    BatchRequestTooLong,
    EmptyBatchRequest,
    InvalidBatchEntryId,
    TooManyEntriesInBatchRequest,
)
from pytest_cloudfakes.services.sqs.fifo import no_deduplication_id
from pytest_cloudfakes.services.sqs.limits import MAXIMUM_BATCH_ENTRIES, MAXIMUM_MESSAGE_SIZE
from pytest_cloudfakes.services.sqs.queue import Queue

Entry = dict[str, Any]

_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


def answer(
    operation: str,
    queue: Queue,
    entries: Sequence[Entry],
    single: Callable[[Entry], Entry],
    *,
    check: Callable[[Queue, Sequence[Entry]], None] | None = None,
) -> Entry:
    """Do what each entry asks for. Successful and Failed are there only if not empty (recorded from AWS).

    Errors: EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct.
    """
    _check(operation, entries)
    if check is not None:
        check(queue, entries)
    successful: list[Entry] = []
    failed: list[Entry] = []
    outcomes = queue.together(partial(single, entry) for entry in entries)
    for entry, outcome in zip(entries, outcomes, strict=True):
        if isinstance(outcome, ApiError):
            failed.append(
                {
                    "Id": entry["Id"],
                    "SenderFault": outcome.status < 500,
                    "Code": outcome.error_code,
                    "Message": outcome.text,
                }
            )
        else:
            successful.append({"Id": entry["Id"], **outcome})
    return {name: results for name, results in (("Successful", successful), ("Failed", failed)) if results}


def _check(operation: str, entries: Sequence[Entry]) -> None:
    if not entries:
        raise EmptyBatchRequest(operation=operation)
    if len(entries) > MAXIMUM_BATCH_ENTRIES:
        raise TooManyEntriesInBatchRequest(count=len(entries))
    seen = set()
    for entry in entries:
        name = entry["Id"]
        if _ID.fullmatch(name) is None:
            raise InvalidBatchEntryId
        if name in seen:
            raise BatchEntryIdsNotDistinct(id=name)
        seen.add(name)


def check_sending(queue: Queue, entries: Sequence[Entry]) -> None:
    """What a batch of sends must be as a whole. Errors: BatchRequestTooLong, InvalidParameterValue (FIFO)."""
    size = sum(map(_size, entries))
    if size > MAXIMUM_MESSAGE_SIZE:
        raise BatchRequestTooLong(limit=MAXIMUM_MESSAGE_SIZE, size=size)
    bare = any("MessageDeduplicationId" not in entry for entry in entries)
    if bare and queue.fifo and not queue.settings.content_deduplication:
        raise no_deduplication_id()  # for the whole call: recorded from AWS


def _size(entry: Entry) -> int:
    """Bytes of an entry as it was sent, whether it is valid or not."""
    size = _bytes(entry["MessageBody"])
    for name, attribute in entry.get("MessageAttributes", {}).items():
        size += _bytes(name) + sum(
            _bytes(attribute.get(part, "")) for part in ("DataType", "StringValue", "BinaryValue")
        )
    return size


def _bytes(value: str | bytes) -> int:
    return len(value) if isinstance(value, bytes) else len(value.encode(errors="surrogatepass"))
