"""Redrive policies: which queue takes a source's poison messages, and which sources a queue takes them from.

A message is delivered at most `maxReceiveCount` times. The receive that would exceed it moves the message instead
and doesn't return it; without such a receive it stays where it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from pytest_cloudfakes.services.sqs import limits
from pytest_cloudfakes.services.sqs.errors import InvalidParameterValue

_ARN = re.compile(r"arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}(\.fifo)?")


class RedrivePolicy(NamedTuple):
    """A source's policy: where its poison messages go, and after how many receives."""

    target_arn: str
    maximum: int

    def text(self) -> str:
        """As GetQueueAttributes shows it: compact, the count as a number."""
        return json.dumps(
            {"deadLetterTargetArn": self.target_arn, "maxReceiveCount": self.maximum}, separators=(",", ":")
        )


class RedriveAllowPolicy(NamedTuple):
    """A dead-letter queue's policy: `allowAll`, `denyAll`, or `byQueue` with the sources."""

    permission: str
    source_arns: tuple[str, ...] = ()

    def allows(self, source_arn: str) -> bool:
        return self.permission == "allowAll" or source_arn in self.source_arns

    def text(self) -> str:
        """As GetQueueAttributes shows it."""
        shown: dict[str, Any] = {"redrivePermission": self.permission}
        if self.source_arns:
            shown["sourceQueueArns"] = list(self.source_arns)
        return json.dumps(shown, separators=(",", ":"))


class Target(Protocol):
    """What a redrive policy needs to know of a dead-letter queue."""

    @property
    def fifo(self) -> bool: ...

    @property
    def redrive_allow(self) -> RedriveAllowPolicy | None: ...


def is_queue_arn(text: str) -> bool:
    """Whether a text has the form of a queue's ARN."""
    return _ARN.fullmatch(text) is not None


def parse_redrive(text: str) -> RedrivePolicy:
    """RedrivePolicy as given. Errors: InvalidParameterValue. The texts of the reasons are unseen."""

    def invalid(reason: str) -> InvalidParameterValue:
        return InvalidParameterValue(value=text, name="RedrivePolicy", reason=reason)

    given = _parse_map(text, "RedrivePolicy")
    for member in ("maxReceiveCount", "deadLetterTargetArn"):
        if member not in given:
            raise invalid(f"Redrive policy does not contain mandatory attribute: {member}.")
    if given.keys() - {"maxReceiveCount", "deadLetterTargetArn"}:
        raise invalid("Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount].")
    count = given["maxReceiveCount"]
    if isinstance(count, str) and re.fullmatch(r"[0-9]{1,9}", count):
        count = int(count)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= limits.MAXIMUM_RECEIVE_COUNT:
        raise invalid(
            f"Invalid value for maxReceiveCount: {given['maxReceiveCount']}, "
            "valid values are from 1 to 1000 both inclusive."
        )
    arn = given["deadLetterTargetArn"]
    if not isinstance(arn, str) or not is_queue_arn(arn):
        raise invalid("deadLetterTargetArn is not a valid ARN of a queue.")
    return RedrivePolicy(arn, count)


def parse_redrive_allow(text: str) -> RedriveAllowPolicy:
    """RedriveAllowPolicy as given. Errors: InvalidParameterValue. The texts of the reasons are unseen."""

    def invalid(reason: str) -> InvalidParameterValue:
        return InvalidParameterValue(value=text, name="RedriveAllowPolicy", reason=reason)

    given = _parse_map(text, "RedriveAllowPolicy")
    permission = given.get("redrivePermission", "allowAll")
    if not isinstance(permission, str) or permission not in {"allowAll", "denyAll", "byQueue"}:
        raise invalid("redrivePermission must be allowAll, denyAll or byQueue.")
    arns = given.get("sourceQueueArns")
    if permission != "byQueue":
        if arns is not None:
            raise invalid("sourceQueueArns can be specified only when redrivePermission is byQueue.")
        return RedriveAllowPolicy(permission)
    if not isinstance(arns, list) or not 1 <= len(arns) <= limits.MAXIMUM_SOURCE_QUEUE_ARNS:
        raise invalid("sourceQueueArns must contain 1 to 10 queue ARNs.")
    if not all(isinstance(arn, str) and is_queue_arn(arn) for arn in arns):
        raise invalid("sourceQueueArns must contain valid queue ARNs.")
    return RedriveAllowPolicy(permission, tuple(arns))


def check_redrive(
    policy: RedrivePolicy, text: str, source_arn: str, *, fifo: bool, find: Callable[[str], Target | None]
) -> None:
    """Hold a source's policy against its target. Errors: InvalidParameterValue."""

    def invalid(reason: str) -> InvalidParameterValue:
        return InvalidParameterValue(value=text, name="RedrivePolicy", reason=reason)

    if policy.target_arn.rpartition(":")[0] != source_arn.rpartition(":")[0]:
        raise invalid("Dead-letter queue must be in the same account and Region as the source.")
    target = find(policy.target_arn)
    if target is None:
        raise invalid("Dead letter target does not exist.")
    if target.fifo is not fifo:
        raise invalid("Dead-letter queue must be same type of queue as the source.")
    if target.redrive_allow is not None and not target.redrive_allow.allows(source_arn):
        raise invalid("The dead-letter queue does not allow this queue as a source.")


def _parse_map(text: str, name: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        kind = "Redrive policy" if name == "RedrivePolicy" else "Redrive allow policy"
        raise InvalidParameterValue(value=text, name=name, reason=f"{kind} is not a valid JSON map.")
    return given
