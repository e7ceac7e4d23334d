"""The faked services, by botocore's names. Each is imported when it is first called."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.exceptions import NotFaked

if TYPE_CHECKING:
    from pytest_cloudfakes.api import Service

FAKED: Mapping[str, tuple[str, str]] = {
    "kinesis": ("Kinesis", "KinesisHandle"),
    "sns": ("Sns", "SnsHandle"),
    "sqs": ("Sqs", "SqsHandle"),
}
"""Service class and handle class in the package `services.<name>`."""


@functools.cache
def service_class(service: str) -> type[Service]:
    """The class that fakes a service. Errors: NotFaked."""
    return _exported(service, 0)  # type: ignore[no-any-return]


@functools.cache
def handle_class(service: str) -> type[Any]:
    """The class of the handle that arranges and looks. Errors: NotFaked."""
    return _exported(service, 1)  # type: ignore[no-any-return]


def _exported(service: str, which: int) -> Any:
    if service not in FAKED:
        raise NotFaked(f"{service} is not faked. Faked services: {', '.join(sorted(FAKED))}.")
    module = importlib.import_module(f"{__name__}.{service.replace('-', '_')}")
    return getattr(module, FAKED[service][which])
