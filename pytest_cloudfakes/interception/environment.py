"""What an application finds in its environment: dummy credentials and a region where it has none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_cloudfakes.options import Options

DUMMY_ACCESS_KEY = "CLOUDFAKES0EXAMPLE00"
DUMMY_SECRET_KEY = "cloudfakes"  # noqa: S105 it opens nothing


class Environment:
    """What is set while a cloud is on, for the innermost one's region, and unset again afterwards."""

    def __init__(self) -> None:
        self._ours: dict[str, set[str]] = {}
        """The values that were set here, by variable: whoever finds another one there leaves it alone."""

    def provide(self, options: Options) -> None:
        """Set what the environment lacks, for a cloud with these options."""
        self._unset()
        environment = os.environ
        # What is let through is signed with real credentials, which dummies in the environment would come before.
        has_keys = "AWS_ACCESS_KEY_ID" in environment or "AWS_SECRET_ACCESS_KEY" in environment
        if not options.passthrough and not has_keys:
            self._set("AWS_ACCESS_KEY_ID", DUMMY_ACCESS_KEY)
            self._set("AWS_SECRET_ACCESS_KEY", DUMMY_SECRET_KEY)
        if "AWS_DEFAULT_REGION" not in environment:
            # boto reads no other variable; AWS_REGION is what Lambda and other SDKs set.
            self._set("AWS_DEFAULT_REGION", environment.get("AWS_REGION", options.region))

    def _set(self, name: str, value: str) -> None:
        os.environ[name] = value
        self._ours.setdefault(name, set()).add(value)

    def restore(self) -> None:
        """Unset what was set here, unless somebody changed it meanwhile."""
        self._unset()
        self._ours.clear()

    def _unset(self) -> None:
        for name, values in self._ours.items():
            if os.environ.get(name) in values:
                del os.environ[name]


def environment_credentials() -> tuple[str, str, str | None]:
    """Access key, secret and token from the environment; dummies where there are none, or what may be real ones."""
    key = os.environ.get("AWS_ACCESS_KEY_ID", DUMMY_ACCESS_KEY)
    # Access keys of AWS have 16 characters or more.
    if len(key) >= 16:
        return DUMMY_ACCESS_KEY, DUMMY_SECRET_KEY, None
    return key, os.environ.get("AWS_SECRET_ACCESS_KEY", DUMMY_SECRET_KEY), os.environ.get("AWS_SESSION_TOKEN")
