"""The options of a cloud: the same names in `FakeCloud(...)`, in the marker and, with a prefix, in the ini file."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pytest_cloudfakes.exceptions import CloudFakesError

DEFAULT_ACCOUNT = "123456789012"
DEFAULT_REGION = "us-east-1"
_REGION = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """How a cloud behaves.

    account: the account of a client whose credentials say no other, twelve digits.
    region: the region of a client that was given none.
    start: the instant at which the cloud's time begins; None is now. Naive datetimes are UTC.
    freeze: whether `time.time()` and `datetime.now()` of the code under test stand at the cloud's time too.
    seed: where identifiers come from; the same seed and calls give the same identifiers.
    limits: "documented" puts AWS's own rate limits (which nobody configured) on the clock; "off" leaves them out.
    policies: "enforced" lets access policies decide calls and deliveries; "stored" only keeps and shows them.
    transitions: "documented" gives AWS's "takes a while" its time on the clock; "immediate" doesn't.
    passthrough: services whose calls go on to where they would go without a cloud (botocore's names).
    journal_limit: how many calls and events are remembered.
    """

    account: str = DEFAULT_ACCOUNT
    region: str = DEFAULT_REGION
    start: dt.datetime | None = None
    freeze: bool = False
    seed: int = 0
    limits: Literal["off", "documented"] = "off"
    policies: Literal["stored", "enforced"] = "stored"
    transitions: Literal["immediate", "documented"] = "immediate"
    passthrough: frozenset[str] = frozenset()
    journal_limit: int = 10_000

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise CloudFakesError(f"{name} is {' or '.join(map(repr, allowed))}, not {getattr(self, name)!r}.")
        if not (isinstance(self.account, str) and len(self.account) == 12 and self.account.isdigit()):
            raise CloudFakesError(f"account is a text of twelve digits, not {self.account!r}.")
        if self.start is not None and not isinstance(self.start, dt.datetime):
            raise CloudFakesError(f"start is a datetime, not {self.start!r}.")
        if self.start is not None and self.start.year >= 9000:
            raise CloudFakesError(f"A cloud's time ends with the year 8999; start is {self.start!r}.")
        self._check_types()
        object.__setattr__(self, "passthrough", frozenset(self.passthrough))

    def _check_types(self) -> None:
        if not (isinstance(self.region, str) and _REGION.fullmatch(self.region)):
            raise CloudFakesError(f"region is the name of one, such as 'eu-central-1', not {self.region!r}.")
        if not isinstance(self.freeze, bool):
            raise CloudFakesError(f"freeze is True or False, not {self.freeze!r}.")
        for name, least in (("seed", None), ("journal_limit", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or (least is not None and value < least):
                kind = "a whole number" if least is None else f"a whole number of {least} or more"
                raise CloudFakesError(f"{name} is {kind}, not {value!r}.")
        names: Any = self.passthrough
        if (
            isinstance(names, str)
            or not isinstance(names, Iterable)
            or not all(isinstance(name, str) for name in names)
        ):
            raise CloudFakesError("passthrough is a collection of service names, such as {'s3', 'dynamodb'}.")

    def replace(self, **changes: Any) -> Options:
        """The same options with some changed. Errors: TypeError for a name that is no option."""
        if not changes:
            return self
        check_names(changes)
        return dataclasses.replace(self, **changes)


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "limits": ("off", "documented"),
    "policies": ("stored", "enforced"),
    "transitions": ("immediate", "documented"),
}

NAMES = tuple(field.name for field in dataclasses.fields(Options))


def check_names(given: Mapping[str, Any]) -> None:
    """Refuse a name that is no option. Errors: TypeError, naming it and those that exist."""
    for name in given:
        if name not in NAMES:
            raise TypeError(f"{name!r} is no option of a fake cloud; there are: {', '.join(NAMES)}.")


def from_text(name: str, text: str) -> Any:
    """An option's value from an ini file."""
    text = text.strip()
    if name == "freeze":
        if text.lower() in {"true", "1", "yes", "on"}:
            return True
        if text.lower() in {"false", "0", "no", "off", ""}:
            return False
        raise CloudFakesError(f"cloudfakes_freeze is true or false, not {text!r}.")
    if name in {"seed", "journal_limit"}:
        try:
            return int(text)
        except ValueError:
            raise CloudFakesError(f"cloudfakes_{name} is a whole number, not {text!r}.") from None
    if name == "start":
        try:
            return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            raise CloudFakesError(
                f"cloudfakes_start is a date and time such as 2026-01-31T12:00:00, not {text!r}."
            ) from None
    if name == "passthrough":
        return frozenset(text.replace(",", " ").split())
    return text
