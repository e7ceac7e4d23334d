"""A queue's access policy as a document, and the statements that AddPermission writes into it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pytest_cloudfakes.policies import PolicyError, parse_policy
from pytest_cloudfakes.services.sqs import limits
from pytest_cloudfakes.services.sqs.errors import (
    InvalidAttributeValue,
    InvalidParameterValue,
    MissingParameter,
    OverLimit,
)

_LABEL = re.compile(r"[A-Za-z0-9_-]{1,80}")
_ACCOUNT = re.compile(r"[0-9]{12}")

OWNERS_ACTIONS = frozenset(
    {
        "AddPermission",
        "CancelMessageMoveTask",
        "CreateQueue",
        "DeleteQueue",
        "ListMessageMoveTasks",
        "ListQueues",
        "ListQueueTags",
        "RemovePermission",
        "SetQueueAttributes",
        "StartMessageMoveTask",
        "TagQueue",
        "UntagQueue",
    }
)
"""What no other account can be allowed. Source: developer guide, grant cross-account permissions."""

ACTIONS = frozenset(
    {
        "*",
        "ChangeMessageVisibility",
        "DeleteMessage",
        "GetQueueAttributes",
        "GetQueueUrl",
        "ListDeadLetterSourceQueues",
        "PurgeQueue",
        "ReceiveMessage",
        "SendMessage",
    }
)
"""What others can be allowed. Batch actions are implied by their single form. Source: model, AddPermission."""


def check_policy(text: str) -> None:
    """Hold a policy document against its form and quotas. Errors: InvalidAttributeValue, OverLimit."""
    if len(text.encode("utf-8", "surrogatepass")) > limits.POLICY_BYTES:
        raise InvalidAttributeValue(name="Policy")
    try:
        statements = parse_policy(text).statements
    except PolicyError:
        raise InvalidAttributeValue(name="Policy") from None
    if (
        len(statements) > limits.POLICY_STATEMENTS
        or sum(len(statement.principals) for statement in statements) > limits.POLICY_PRINCIPALS
        or sum(len(statement.conditions) for statement in statements) > limits.POLICY_CONDITIONS
    ):
        raise OverLimit("The policy has more statements, principals or conditions than a queue allows.")
    actions = max(len(statement.actions) for statement in statements)
    if actions > limits.POLICY_ACTIONS_PER_STATEMENT:
        raise OverLimit(f"{actions} Actions were found, maximum allowed is {limits.POLICY_ACTIONS_PER_STATEMENT}.")


def add_permission(policy: str | None, *, arn: str, label: str, accounts: Sequence[str], actions: Sequence[str]) -> str:
    """The policy with one more statement, not yet held against the quotas.

    Errors: InvalidParameterValue, MissingParameter.
    """
    if _LABEL.fullmatch(label) is None:
        reason = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length."
        raise InvalidParameterValue(value=label, name="Label", reason=reason)
    _check_accounts(accounts)
    _check_actions(actions)
    document = json.loads(policy) if policy else {"Version": "2008-10-17", "Id": f"{arn}/SQSDefaultPolicy"}
    statements = document["Statement"] = _several(document.get("Statement", []))
    if any(statement.get("Sid") == label for statement in statements):
        raise InvalidParameterValue(value=label, name="Label", reason="Already exists.")
    partition = arn.split(":")[1]
    statements.append(
        {
            "Sid": label,
            "Effect": "Allow",
            "Principal": {"AWS": _one_or_several([f"arn:{partition}:iam::{account}:root" for account in accounts])},
            "Action": _one_or_several([f"SQS:{action}" for action in actions]),
            "Resource": arn,
        }
    )
    return json.dumps(document, separators=(",", ":"))


def remove_permission(policy: str | None, label: str) -> str | None:
    """The policy without a statement; None if it was the last. Errors: InvalidParameterValue."""
    document = json.loads(policy) if policy else {}
    statements = _several(document.get("Statement", []))
    left = [statement for statement in statements if statement.get("Sid") != label]
    if len(left) == len(statements):
        raise InvalidParameterValue(value=label, name="Label", reason="can't find label.")
    if not left:
        return None
    return json.dumps({**document, "Statement": left}, separators=(",", ":"))


def _check_accounts(accounts: Sequence[str]) -> None:
    """Texts unseen in AWS's documents; reported by its users."""
    for account in accounts or ["[]"]:
        if _ACCOUNT.fullmatch(account) is None:
            raise InvalidParameterValue(value=account, name="PrincipalId", reason="Unable to verify.")


def _check_actions(actions: Sequence[str]) -> None:
    """Texts unseen in AWS's documents; reported by its users."""
    if not actions:
        raise MissingParameter(name="Actions")
    for action in actions:
        if action not in ACTIONS:
            reason = "Please refer to the appropriate WSDL for a list of valid actions."
            if action in OWNERS_ACTIONS:
                reason = "Only the queue owner is allowed to invoke this action."
            raise InvalidParameterValue(value=f"SQS:{action}", name="ActionName", reason=reason)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _one_or_several(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values
