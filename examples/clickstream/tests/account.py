"""The account of a test: what was written and read, changed and refused, and what came about by itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from pytest_cloudfakes import FakeCloud
from pytest_cloudfakes.journal import CallRecord, EventRecord

DAY = 24 * 60 * 60 * 1000
CHANGES = {"SplitShard", "MergeShards", "UpdateShardCount"}


def account_of(cloud: FakeCloud, began: int) -> list[str]:
    """A line for everything that happened; what happened alike at one instant has one together."""
    lines = [entry for entry in _told(cloud) if entry[0] >= began]
    text = []
    for (at, what), alike in groupby(lines, lambda line: line[:2]):
        number = sum(count for *_, count in alike)
        day = at // DAY - began // DAY
        text.append(f"day {day}  {_time_of_day(at)}  {_counted(what, number)}")
    return text


def _told(cloud: FakeCloud) -> Iterator[tuple[int, str, int]]:
    """Instant, what happened, and how many records that was about."""
    for entry in cloud.journal:
        if isinstance(entry, EventRecord):
            yield entry.at, f"[{entry.resource}] {entry.what}", 1
        elif entry.error is not None:
            yield entry.at, f"{entry.operation} failed: {entry.error_code}", 1
        else:
            yield from _of_call(entry)


def _of_call(call: CallRecord) -> Iterator[tuple[int, str, int]]:
    answer: Any = call.answer or {}
    if call.operation == "PutRecords":
        taken = len(answer["Records"]) - answer["FailedRecordCount"]
        if taken:
            yield call.at, "{} records were written", taken
        if answer["FailedRecordCount"]:
            yield call.at, "{} records were refused", answer["FailedRecordCount"]
    elif call.operation == "GetRecords":
        if answer["Records"]:
            yield call.at, "{} records were read", len(answer["Records"])
        if "NextShardIterator" not in answer:
            yield call.at, "{} shards were read to their end", 1
    elif call.operation in CHANGES:
        yield call.at, call.operation, 1


def _counted(what: str, number: int) -> str:
    if number == 1:
        what = what.replace("{} records were", "{} record was").replace("{} shards were", "{} shard was")
        what = what.replace("their end", "its end")
    return what.format(number)


def _time_of_day(at: int) -> str:
    seconds, millis = divmod(at % DAY, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{millis:03}"
