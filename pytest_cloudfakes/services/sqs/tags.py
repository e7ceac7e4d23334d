"""Rules for the tags of a queue. Source: developer guide, quotas related to queues. Texts unseen."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_cloudfakes.services.sqs import limits
from pytest_cloudfakes.services.sqs.errors import InvalidParameterValue


def check(tags: Mapping[str, str]) -> None:
    """Errors: InvalidParameterValue. More than fifty tags aren't recommended, but not refused."""
    for key, value in tags.items():
        if not 1 <= len(key) <= limits.TAG_KEY_LENGTH:
            raise InvalidParameterValue("Tag keys must be between 1 and 128 characters in length.")
        if len(value) > limits.TAG_VALUE_LENGTH:
            raise InvalidParameterValue("Tag values must be between 0 and 256 characters in length.")
        if key.lower().startswith("aws:"):
            raise InvalidParameterValue("Tag keys must not start with aws:, which is reserved for AWS.")
