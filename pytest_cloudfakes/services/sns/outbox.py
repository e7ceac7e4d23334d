"""Where email, text messages and mobile push go, and what has no consumer in this cloud.

    fake_sns.outbox.sms[-1].text
    fake_sns.outbox.refuse("+15551234567", times=2)      # the provider fails twice

Source: developer guide, application-to-person notifications.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_cloudfakes.exceptions import CloudFakesError
from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.sequences import FrozenList


@dataclass(frozen=True)
class OutboxMessage:
    """A message as a person, a phone or an app got it. at: its instant in ms since the epoch."""

    protocol: str
    """"email", "email-json", "sms", "application" or "firehose"."""
    to: str
    """Address, number, or ARN of the endpoint."""
    text: str
    subject: str | None
    message_id: str
    at: Millis
    topic_arn: str | None
    subscription_arn: str | None
    attributes: Mapping[str, Mapping[str, Any]]

    def __repr__(self) -> str:
        text = self.text if len(self.text) <= 40 else self.text[:37] + "..."
        return f"<{self.protocol} to {self.to}: {text!r}>"


@dataclass
class Refusal:
    """What a provider answers instead of taking a message. times: how often, None for always."""

    permanent: bool
    times: int | None


class Outbox:
    """All that one cloud's SNS has sent to people, in order."""

    def __init__(self) -> None:
        self._messages: list[OutboxMessage] = []
        self._refusals: dict[str, Refusal] = {}

    @property
    def emails(self) -> FrozenList[OutboxMessage]:
        """What went to email addresses, in both protocols, confirmations included."""
        return FrozenList(each for each in self._messages if each.protocol in {"email", "email-json"})

    @property
    def sms(self) -> FrozenList[OutboxMessage]:
        """Text messages."""
        return FrozenList(each for each in self._messages if each.protocol == "sms")

    @property
    def pushes(self) -> FrozenList[OutboxMessage]:
        """Push notifications to mobile apps."""
        return FrozenList(each for each in self._messages if each.protocol == "application")

    def to(self, address: str) -> FrozenList[OutboxMessage]:
        """What went to one address, number or endpoint."""
        return FrozenList(each for each in self._messages if each.to == address)

    def refuse(self, address: str, *, permanent: bool = False, times: int | None = 1) -> None:
        """Let the provider of an address fail: for a while (then SNS tries again), or for good.

        times: how many deliveries, None for all until `accept`.
        """
        if times is not None and times < 1:
            raise CloudFakesError("times is 1 or more, or None for all.")
        self._refusals[address] = Refusal(permanent, times)

    def accept(self, address: str) -> None:
        """Let the provider of an address take messages again."""
        self._refusals.pop(address, None)

    def refusal(self, address: str) -> Refusal | None:
        """What the next delivery to an address meets; counts it."""
        found = self._refusals.get(address)
        if found is not None and found.times is not None:
            found.times -= 1
            if not found.times:
                del self._refusals[address]
        return found

    def add(self, message: OutboxMessage) -> None:
        """Take a message in."""
        self._messages.append(message)

    def __iter__(self) -> Iterator[OutboxMessage]:
        return iter(tuple(self._messages))

    def __len__(self) -> int:
        return len(self._messages)

    def __getitem__(self, index: int) -> OutboxMessage:
        return self._messages[index]

    def __repr__(self) -> str:
        return f"<Outbox {self._messages}>"
