"""Clients of the library's own, for arranging and looking."""

from __future__ import annotations

from typing import Any


def make_client(service: str, region: str, credentials: dict[str, str]) -> Any:
    """A botocore client from a session of its own, which knows nothing of the machine's configuration."""
    import botocore.session

    session = botocore.session.Session()
    return session.create_client(service, region_name=region, **credentials)  # type: ignore[arg-type]
