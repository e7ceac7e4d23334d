"""Text messages: an account's settings in one region, numbers that opted out, and the sandbox.

Sandbox: a destination number is Pending until its one-time password is given back, then Verified; only verified
numbers receive. Source: developer guide, SMS sandbox; model; recorded from AWS where so marked.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sortedcontainers import SortedDict

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sns import limits
from pytest_cloudfakes.services.sns.endpoints import is_phone_number, plain_number
from pytest_cloudfakes.services.sns.errors import (
    InvalidParameter,
    InvalidParameterReason,
    OptedOut,
    ResourceNotFound,
    Throttled,
    UserError,
    Verification,
)

if TYPE_CHECKING:
    from pytest_cloudfakes.clock import Clock
    from pytest_cloudfakes.ids import Ids

_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,11}")
_DEFAULT_SPEND_LIMIT = "1"
"""Shown for a region that was never touched. Recorded from AWS."""


def _rate(text: str) -> bool:
    return text.isdigit() and int(text) <= 100


ATTRIBUTES: Mapping[str, Callable[[str], bool]] = {
    "MonthlySpendLimit": str.isdigit,
    "DeliveryStatusIAMRole": bool,
    "DeliveryStatusSuccessSamplingRate": _rate,
    "DefaultSenderID": lambda text: not text or _SENDER.fullmatch(text) is not None,
    "DefaultSMSType": lambda text: text in {"Promotional", "Transactional"},
    "UsageReportS3Bucket": lambda _: True,
}
"""What each takes. Source: model, SetSMSAttributes."""


class SandboxNumber:
    """A destination number of the sandbox."""

    def __init__(self, number: str) -> None:
        self.number = number
        self.verified = False
        self.password = ""
        self.sent: deque[Millis] = deque(maxlen=limits.ONE_TIME_PASSWORDS_A_DAY)
        self.touched: Millis = 0
        """When it was verified, or a verification was last tried."""


class TextMessages:
    """What an account has set up for text messages in one region."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self.in_sandbox = False
        """Deviation: an account has left the sandbox already, since tests want to see their messages arrive."""
        self.attributes: dict[str, str] = {"MonthlySpendLimit": _DEFAULT_SPEND_LIMIT}
        self.opted_out: SortedDict[str, None] = SortedDict()
        self.numbers: SortedDict[str, SandboxNumber] = SortedDict()
        self.origination: list[dict[str, Any]] = []
        """Rows of ListOriginationNumbers, as a test arranges them."""
        self._opted_in: dict[str, Millis] = {}

    def set_attributes(self, given: Mapping[str, str]) -> None:
        """All or none. Errors: InvalidParameter (for a name recorded from AWS)."""
        for name, text in given.items():
            if name not in ATTRIBUTES:
                raise InvalidParameter(f"{name} is not a valid attribute")
            if not ATTRIBUTES[name](text):
                raise InvalidParameter(name=f"{name}")
        self.attributes.update(given)

    def shown(self, names: Sequence[str]) -> dict[str, str]:
        """The attributes that are named, or all that are set."""
        return {name: text for name, text in self.attributes.items() if not names or name in names}

    # ── opting out ───────────────────────────────────────────────────────────────────────────────────────────────

    def check_number(self, number: str) -> str:
        """A number in its plain form. Errors: InvalidParameter (recorded from AWS)."""
        plain = plain_number(number)
        if not is_phone_number(plain):
            raise InvalidParameterReason(name="PhoneNumber", reason="input incorrectly formatted")
        return plain

    def opt_in(self, number: str) -> None:
        """Once in 30 days for each number; one that isn't opted out is taken (recorded from AWS).

        Errors: InvalidParameter (text of the second time unseen).
        """
        plain, now = self.check_number(number), self._clock.now()
        before = self._opted_in.get(plain)
        if before is not None and now < before + limits.OPT_IN_INTERVAL:
            raise InvalidParameterReason(
                name="PhoneNumber", reason="the number was opted in within the last 30 days already"
            )
        self.opted_out.pop(plain, None)
        self._opted_in[plain] = now

    def why_not(self, number: str) -> str | None:
        """Why a number gets no message; None if it does."""
        plain = plain_number(number)
        if plain in self.opted_out:
            return f"{plain} is opted out"
        if self.in_sandbox and not (plain in self.numbers and self.numbers[plain].verified):
            return f"{plain} is not verified in the SMS sandbox"
        return None

    # ── the sandbox ──────────────────────────────────────────────────────────────────────────────────────────────

    def add_number(self, number: str) -> str:
        """Add a destination number, or send another password to it; the password is answered.

        Errors: OptedOut, UserError, Throttled.
        """
        now = self._clock.now()
        if number in self.opted_out:
            raise OptedOut(number=number)
        found: SandboxNumber | None = self.numbers.get(number)
        if found is None:
            if len(self.numbers) >= limits.SANDBOX_NUMBERS:
                raise UserError("You have reached the maximum number of destination phone numbers.")
            found = self.numbers[number] = SandboxNumber(number)
        if found.verified:
            raise UserError("The phone number is verified already.")
        if len(found.sent) == found.sent.maxlen and now < found.sent[0] + limits.DAY:
            raise Throttled
        found.sent.append(now)
        found.touched = now
        found.password = f"{self._ids.bits(64) % 1_000_000:06}"
        return found.password

    def verify(self, number: str, password: str) -> None:
        """Errors: ResourceNotFound, Verification for a wrong or old password."""
        found, now = self._number(number), self._clock.now()
        found.touched = now
        if password != found.password or now >= found.sent[-1] + limits.ONE_TIME_PASSWORD_LIFE:
            raise Verification
        found.verified = True

    def remove_number(self, number: str) -> None:
        """A day after it was verified, or its verification was tried. Errors: ResourceNotFound, UserError."""
        found = self._number(number)
        if self._clock.now() < found.touched + limits.SANDBOX_DELETION_AFTER:
            raise UserError("A phone number can be deleted 24 hours after its verification or the last attempt at it.")
        del self.numbers[number]

    def _number(self, number: str) -> SandboxNumber:
        found: SandboxNumber | None = self.numbers.get(number)
        if found is None:
            raise ResourceNotFound
        return found
