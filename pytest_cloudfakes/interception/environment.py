"""What an application finds in its environment: dummy credentials and a region where it has none."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

DUMMY_ACCESS_KEY = "CLOUDFAKES0EXAMPLE00"
DUMMY_SECRET_KEY = "cloudfakes"  # noqa: S105 - it opens nothing


@contextlib.contextmanager
def environment(region: str) -> Iterator[None]:
    """Set what is missing; afterwards what was set here is unset again, unless somebody changed it meanwhile."""
    wanted = {"AWS_EC2_METADATA_DISABLED": "true"}
    if "AWS_ACCESS_KEY_ID" not in os.environ and "AWS_SECRET_ACCESS_KEY" not in os.environ:
        wanted |= {"AWS_ACCESS_KEY_ID": DUMMY_ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": DUMMY_SECRET_KEY}
    if "AWS_DEFAULT_REGION" not in os.environ:
        # boto reads no other variable; AWS_REGION is what Lambda and other SDKs set.
        wanted["AWS_DEFAULT_REGION"] = os.environ.get("AWS_REGION", region)
    missing = {name: value for name, value in wanted.items() if name not in os.environ}
    os.environ.update(missing)
    try:
        yield
    finally:
        for name, value in missing.items():
            if os.environ.get(name) == value:
                del os.environ[name]
