"""Rules for the tags of a topic. Source: developer guide, topic tagging; model, TagKey and TagValue. Texts unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_cloudfakes.services.sns import limits
from pytest_cloudfakes.services.sns.errors import InvalidParameter, TagLimitExceeded


def read(tags: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Tags of a request by key. Errors: InvalidParameter, TagLimitExceeded."""
    found: dict[str, str] = {}
    for tag in tags:
        key = tag["Key"]
        if key in found:
            raise InvalidParameter(name="Duplicated keys are not allowed.")
        if key.lower().startswith("aws:"):
            raise InvalidParameter(name="Tag keys can not start with aws:")
        found[key] = tag["Value"]
    if len(found) > limits.TAGS:
        raise TagLimitExceeded
    return found


def added(there: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """A topic's tags with some more. Errors: TagLimitExceeded."""
    after = {**there, **new}
    if len(after) > limits.TAGS:
        raise TagLimitExceeded
    return after


def rows(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Of ListTagsForResource."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
