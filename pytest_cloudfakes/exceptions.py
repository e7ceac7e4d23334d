"""What the library says to the author of a test. AWS's own errors are another thing: see `api.ApiError`."""

from __future__ import annotations

__all__ = ["CloudFakesError", "CloudFakesWarning", "NetworkBlocked", "NotFaked", "TimeTravelError"]


class CloudFakesError(Exception):
    """The library was used in a way it can't serve; the text says what to do instead."""


class NotFaked(CloudFakesError):
    """A service, an operation or a parameter was called that this cloud doesn't fake."""


class NetworkBlocked(CloudFakesError):
    """A request was about to leave the process while it must not."""


class TimeTravelError(CloudFakesError):
    """The clock was asked for something that time doesn't do (backwards, for ever)."""


class CloudFakesWarning(UserWarning):
    """Something works, but not as its author may think."""
