"""Amazon Resource Names: arn:partition:service:region:account:resource."""

from __future__ import annotations

import re
from typing import NamedTuple

_ACCOUNT = re.compile(r"[0-9]{12}")
_PARTITION = re.compile(r"aws(?:-[a-z]+)*")


class ArnError(ValueError):
    """A text that is no ARN. elements: how many parts it has between its colons, six being the least."""

    def __init__(self, text: str, elements: int) -> None:
        super().__init__(f"{text!r} is no ARN")
        self.text = text
        self.elements = elements


class Arn(NamedTuple):
    """An ARN in its parts. Region and account are empty where a service has none; `str` writes it."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> Arn:
        """Read an ARN. Colons after the fifth belong to the resource. Errors: ArnError."""
        parts = text.split(":", 5)
        if len(parts) < 6 or parts[0] != "arn":
            raise ArnError(text, len(parts))
        return cls(*parts[1:])

    @classmethod
    def is_arn(cls, text: str) -> bool:
        """Whether a text has the form of an ARN."""
        return text.startswith("arn:") and text.count(":") >= 5

    @property
    def well_formed(self) -> bool:
        """Whether partition and account could be AWS's, and service and resource are there."""
        return (
            _PARTITION.fullmatch(self.partition) is not None
            and bool(self.service and self.resource)
            and (not self.account or _ACCOUNT.fullmatch(self.account) is not None)
        )

    @property
    def resource_type(self) -> str:
        """What stands before the first slash or colon of the resource: "stream" of "stream/orders"; else empty."""
        match = re.match(r"([^/:]+)[/:]", self.resource)
        return match[1] if match else ""

    @property
    def resource_id(self) -> str:
        """The resource without its type: "orders" of "stream/orders"."""
        kind = self.resource_type
        return self.resource[len(kind) + 1 :] if kind else self.resource

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"
