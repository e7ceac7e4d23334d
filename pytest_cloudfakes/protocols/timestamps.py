"""Instants in the three forms that the protocols know: epoch seconds, ISO 8601 and RFC 822."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from pytest_cloudfakes.protocols.errors import SerializationException
from pytest_cloudfakes.protocols.values import token

UTC = datetime.timezone.utc


def read_timestamp(value: Any) -> datetime.datetime:
    """An aware datetime from a number of epoch seconds or a text in any of the three forms.

    AWS's services read them all, whichever form the model names.
    """
    try:
        if isinstance(value, str):
            return _from_text(value)
        if not isinstance(value, bool):
            return datetime.datetime.fromtimestamp(value, UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        pass
    raise SerializationException(f"{token(value)} can not be converted to milliseconds since epoch")


def _from_text(text: str) -> datetime.datetime:
    try:
        return datetime.datetime.fromtimestamp(float(text), UTC)
    except ValueError:
        pass
    if text[:1].isalpha():
        moment = parsedate_to_datetime(text)
    else:
        moment = datetime.datetime.fromisoformat(_as_python_reads_it(text))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _as_python_reads_it(text: str) -> str:
    """ISO 8601 in the part of it that Python 3.10 reads: three or six digits of a second, an offset with a colon."""
    head, dot, rest = text.replace("Z", "+00:00").partition(".")
    if not dot:
        return head
    digits = len(rest) - len(rest.lstrip("0123456789"))
    return f"{head}.{rest[:digits][:6].ljust(6, '0')}{rest[digits:]}"


def epoch_seconds(moment: datetime.datetime) -> int | float:
    """Epoch seconds, whole where they are whole."""
    value = moment.timestamp()
    whole = int(value)
    return whole if whole == value else value


def iso8601(moment: datetime.datetime) -> str:
    """Such as 2015-01-25T08:00:00Z; milliseconds, or microseconds, where there are any."""
    moment = moment.astimezone(UTC)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    text = text.rjust(19, "0")  # glibc doesn't pad the years before 1000
    if not moment.microsecond:
        return text + "Z"
    milliseconds, rest = divmod(moment.microsecond, 1000)
    return f"{text}.{moment.microsecond:06d}Z" if rest else f"{text}.{milliseconds:03d}Z"


def rfc822(moment: datetime.datetime) -> str:
    """Such as Sun, 25 Jan 2015 08:00:00 GMT; parts of a second are lost."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


WRITERS: dict[str, Callable[[datetime.datetime], Any]] = {
    "unixtimestamp": epoch_seconds,
    "iso8601": iso8601,
    "rfc822": rfc822,
}
