"""Rules for tags. Source: developer guide, tag restrictions; texts as observed of the service (2020)."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_cloudfakes.services.kinesis import limits
from pytest_cloudfakes.services.kinesis.errors import InvalidArgument, LimitExceeded

STREAM_SIGNS = "_./=+-%@"
RESOURCE_SIGNS = "_.:/=+-@"
"""Beside letters, digits and white space. Source: developer guide, tag restrictions; model, TagResource."""


def check(tags: Mapping[str, str], signs: str) -> None:
    """Hold new tags against what may stand in them. Errors: InvalidArgumentException."""
    for key, value in tags.items():
        if not all(character.isalnum() or character.isspace() or character in signs for character in key + value):
            raise InvalidArgument(
                "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, "
                f"{' '.join(signs)}."
            )


def check_count(existing: Mapping[str, str], more: Mapping[str, str]) -> None:
    """At most fifty for a consumer or a queue. Errors: LimitExceededException. Text unseen."""
    if len(existing.keys() | more.keys()) > limits.MAXIMUM_TAGS:
        raise LimitExceeded(f"A resource cannot have more than {limits.MAXIMUM_TAGS} tags associated with it.")


def add(existing: dict[str, str], tags: Mapping[str, str], *, stream: str, account: str) -> None:
    """Add tags to those of a stream, or give them other values. Errors: InvalidArgumentException."""
    check(tags, STREAM_SIGNS)
    said = f"Failed to add tags to stream {stream} under account {account} because"
    if any("%" in key + value for key, value in tags.items()):
        raise InvalidArgument(
            f"{said} some tags contained illegal characters. The allowed characters are Unicode letters, "
            "white-spaces, '_',',','/','=','+','-','@'."
        )
    if len(existing.keys() | tags.keys()) > limits.MAXIMUM_TAGS:
        # The text names an older limit.
        raise InvalidArgument(f"{said} a given stream cannot have more than 10 tags associated with it.")
    existing.update(tags)


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as answers list them, by code point of their keys."""
    return [{"Key": key, "Value": tags[key]} for key in sorted(tags)]
