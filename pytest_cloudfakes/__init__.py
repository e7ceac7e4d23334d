"""In-process AWS fakes for pytest, with a clock that the test moves.

Names are loaded when they are first used: importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_cloudfakes.api import ApiCall as ApiCall
    from pytest_cloudfakes.api import ApiError as ApiError
    from pytest_cloudfakes.clock import Clock as Clock
    from pytest_cloudfakes.cloud import FakeCloud as FakeCloud
    from pytest_cloudfakes.exceptions import CloudFakesError as CloudFakesError
    from pytest_cloudfakes.exceptions import CloudFakesWarning as CloudFakesWarning
    from pytest_cloudfakes.exceptions import NetworkBlocked as NetworkBlocked
    from pytest_cloudfakes.exceptions import NotFaked as NotFaked
    from pytest_cloudfakes.exceptions import TimeTravelError as TimeTravelError
    from pytest_cloudfakes.interception import current_cloud as current_cloud
    from pytest_cloudfakes.journal import CallRecord as CallRecord
    from pytest_cloudfakes.journal import EventRecord as EventRecord
    from pytest_cloudfakes.options import Options as Options
    from pytest_cloudfakes.schedule import Schedule as Schedule

__version__ = "0.1.0"

_HOMES = {
    "ApiCall": "api",
    "ApiError": "api",
    "CallRecord": "journal",
    "Clock": "clock",
    "CloudFakesError": "exceptions",
    "CloudFakesWarning": "exceptions",
    "EventRecord": "journal",
    "FakeCloud": "cloud",
    "NetworkBlocked": "exceptions",
    "NotFaked": "exceptions",
    "Options": "options",
    "Schedule": "schedule",
    "TimeTravelError": "exceptions",
    "current_cloud": "interception",
}

__all__ = [
    "ApiCall",
    "ApiError",
    "CallRecord",
    "Clock",
    "CloudFakesError",
    "CloudFakesWarning",
    "EventRecord",
    "FakeCloud",
    "NetworkBlocked",
    "NotFaked",
    "Options",
    "Schedule",
    "TimeTravelError",
    "current_cloud",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
