"""What a FIFO topic remembers: deduplication ids for five minutes, and how far its sequence numbers are.

A duplicate is accepted and not delivered; it is answered with the id and the sequence number of the original.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from typing import NamedTuple

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sns import limits
from pytest_cloudfakes.services.sns.errors import InvalidParameter, InvalidParameterReason

_ID = re.compile(r"""[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]{1,128}""")
_FIRST_NUMBER, _STEP = 10_000_000_000_000_000_000, 1_000


class Original(NamedTuple):
    """What a duplicate is answered with."""

    message_id: str
    sequence_number: str


class Deduplication:
    """The ids of the last five minutes. O(1) for each message."""

    def __init__(self) -> None:
        self.per_group = False
        """Whether an id counts within its message group only (FifoThroughputScope)."""
        self._originals: dict[tuple[str | None, str], Original] = {}
        self._expiry: deque[tuple[Millis, tuple[str | None, str]]] = deque()
        self._numbers = 0

    def original(self, deduplication_id: str, group_id: str, now: Millis) -> Original | None:
        """What a message is a duplicate of."""
        while self._expiry and self._expiry[0][0] <= now:
            del self._originals[self._expiry.popleft()[1]]
        return self._originals.get(self._key(deduplication_id, group_id))

    def remember(self, deduplication_id: str, group_id: str, message_id: str, now: Millis) -> str:
        """Take a message in: its sequence number."""
        self._numbers += 1
        number = str(_FIRST_NUMBER + _STEP * self._numbers)
        key = self._key(deduplication_id, group_id)
        self._originals[key] = Original(message_id, number)
        self._expiry.append((now + limits.DEDUPLICATION, key))
        return number

    def _key(self, deduplication_id: str, group_id: str) -> tuple[str | None, str]:
        return (group_id if self.per_group else None, deduplication_id)


def content_id(text: str) -> str:
    """The id of a message by its content, without its attributes. Recorded from AWS."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def check_ids(*, fifo: bool, content_deduplication: bool, group_id: str | None, deduplication_id: str | None) -> None:
    """Whether a topic takes a message with these ids. Errors: InvalidParameter (texts unseen)."""
    for name, value in (("MessageGroupId", group_id), ("MessageDeduplicationId", deduplication_id)):
        if value is not None and _ID.fullmatch(value) is None:
            reason = f"{name} can only include alphanumeric and punctuation characters. 1 to 128 in length."
            raise InvalidParameterReason(name=name, reason=reason)
    if not fifo:
        if deduplication_id is not None:
            raise InvalidParameterReason(
                name="MessageDeduplicationId",
                reason="The request includes MessageDeduplicationId parameter that is not valid for this topic type",
            )
        return
    if group_id is None:
        raise InvalidParameter(name="The MessageGroupId parameter is required for FIFO topics")
    if deduplication_id is None and not content_deduplication:
        raise InvalidParameter(
            name="The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
            "explicitly"
        )
