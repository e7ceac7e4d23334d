"""The account of a test: what the service logged and what came about in AWS, by the cloud's clock."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from itertools import groupby
from textwrap import shorten
from typing import NamedTuple

from pytest_cloudfakes import FakeCloud
from pytest_cloudfakes.journal import CallRecord, EventRecord

DAY = 24 * 60 * 60 * 1000
MESSAGE = re.compile(r"message ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


class Line(NamedTuple):
    number: int
    """The cloud's newest journal entry, so that its lines and those of the log can be put in one order."""
    at: int
    """Milliseconds since the epoch."""
    who: str
    what: str


class Account(logging.Handler):
    """Listens to the service's log. What happens in the cloud, the cloud takes down itself."""

    def __init__(self, cloud: FakeCloud) -> None:
        super().__init__()
        self.cloud = cloud
        self.start = Line(cloud.journal.count, cloud.clock.now(), "", "")
        self.told: list[Line] = []

    def emit(self, record: logging.LogRecord) -> None:
        what = record.getMessage()
        if record.exc_info and record.exc_info[0]:
            what += shorten(f": {record.exc_info[0].__name__}: {record.exc_info[1]}", 70, placeholder=" …")
        self.tell(record.name.removeprefix("orders."), what)

    def note(self, what: str) -> None:
        """Say what the test does to the world, since neither the service nor SQS will."""
        self.tell("(test)", what)

    def tell(self, who: str, what: str) -> None:
        self.told.append(Line(self.cloud.journal.count, self.cloud.clock.now(), who, what))

    @property
    def duration(self) -> int:
        """Milliseconds that passed on the cloud's clock."""
        return self.cloud.clock.now() - self.start.at

    def text(self) -> list[str]:
        """A line for everything that happened; what happened alike to several messages at once has one together."""
        names = dict(self.names())
        lines = sorted([*self.seen(), *self.told], key=lambda line: line.number)
        text = []
        for (at, who, _), alike in groupby(lines, lambda line: (line.at, line.who, without_numbers(line.what))):
            first, *others = alike
            day = at // DAY - self.start.at // DAY
            what = MESSAGE.sub(lambda found: names.get(found[1], found[0]), first.what)
            more = f" … and {len(others)} more" if others else ""
            text.append(f"day {day}  {time_of_day(at)}  {who:13}  {what}{more}")
        return text

    def seen(self) -> Iterator[Line]:
        """What came about in AWS by itself, and what it did not take."""
        for entry in self.cloud.journal:
            if entry.number <= self.start.number:
                continue
            if isinstance(entry, EventRecord):
                yield Line(entry.number, entry.at, f"[{entry.resource}]", entry.what)
            elif entry.error is not None:
                yield Line(entry.number, entry.at, f"[{asked(entry)}]", f"{entry.operation} failed: {entry.error}")

    def names(self) -> Iterator[tuple[str, str]]:
        """What the messages are about, by their ids."""
        for call in self.cloud.calls:
            answer = call.answer or {}
            if "MessageId" in answer:
                yield answer["MessageId"], subject(call.parameters.get("MessageBody") or call.parameters["Message"])
            for message in answer.get("Messages", ()):
                yield message["MessageId"], subject(message["Body"])


def asked(call: CallRecord) -> str:
    """The queue or topic of a call."""
    where = call.parameters.get("QueueUrl") or call.parameters.get("TopicArn", "")
    return re.split("[/:]", where)[-1]


def subject(body: str) -> str:
    try:
        content = json.loads(body)
    except ValueError:
        return f'"{body}"'
    return f"order {content['number']}" if "number" in content else content["entry"]


def without_numbers(text: str) -> str:
    return re.sub(r"\d+", "", MESSAGE.sub("", text))


def time_of_day(at: int) -> str:
    seconds, millis = divmod(at % DAY, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{millis:03}"
