"""A topic's access policy as a document, and the statements that AddPermission writes into it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pytest_cloudfakes.policies import PolicyError, parse_policy
from pytest_cloudfakes.services.sns import limits
from pytest_cloudfakes.services.sns.errors import InvalidParameter, InvalidParameterReason

_ACCOUNT = re.compile(r"\d{12}")
_OWNERS = (
    "GetTopicAttributes",
    "SetTopicAttributes",
    "AddPermission",
    "RemovePermission",
    "DeleteTopic",
    "Subscribe",
    "ListSubscriptionsByTopic",
    "Publish",
)
"""What the default policy allows, in this order. Recorded from AWS."""
ACTIONS = frozenset(
    {
        *_OWNERS,
        "ConfirmSubscription",
        "GetDataProtectionPolicy",
        "GetSubscriptionAttributes",
        "ListTagsForResource",
        "PutDataProtectionPolicy",
        "Receive",
        "SetSubscriptionAttributes",
        "TagResource",
        "Unsubscribe",
        "UntagResource",
        "*",
    }
)
"""Source: developer guide, API permissions: actions and resources."""


class PolicyRefused(ValueError):
    """A policy that a topic doesn't take; text says why."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def default_policy(arn: str, owner: str) -> str:
    """The policy of a topic to which nothing was said. Recorded from AWS."""
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in _OWNERS],
        "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": owner}},
    }
    return _text({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})


def checked(text: str) -> str:
    """A policy after it was held against its form and quotas. Errors: PolicyRefused (texts unseen)."""
    if len(text.encode(errors="surrogatepass")) > limits.POLICY_BYTES:
        raise PolicyRefused("Policy Error: policy too large")
    try:
        statements = parse_policy(text).statements
    except PolicyError:
        raise PolicyRefused("Policy Error: null") from None
    if len(statements) > limits.POLICY_STATEMENTS:
        raise PolicyRefused("Policy Error: too many statements")
    return text


def add_permission(policy: str, *, arn: str, label: str, accounts: Sequence[str], actions: Sequence[str]) -> str:
    """The policy with one more statement. Errors: InvalidParameter (texts recorded from AWS, that on accounts unseen).

    Single values are written as texts, several as lists. Recorded from AWS.
    """
    document = json.loads(policy)
    statements = _statements(document)
    if any(statement.get("Sid") == label for statement in statements):
        raise InvalidParameter(name="Statement already exists")
    if any(action not in ACTIONS for action in actions):
        raise InvalidParameter(name="Policy statement action out of service scope!")
    if any(_ACCOUNT.fullmatch(account) is None for account in accounts):
        raise InvalidParameterReason(name="AWSAccountId", reason="invalid account ID")
    partition = arn.split(":")[1]
    statement = {
        "Sid": label,
        "Effect": "Allow",
        "Principal": {"AWS": _one_or_several([f"arn:{partition}:iam::{account}:root" for account in accounts])},
        "Action": _one_or_several([f"SNS:{action}" for action in actions]),
        "Resource": arn,
    }
    text = _text({**document, "Statement": [*statements, statement]})
    try:
        return checked(text)
    except PolicyRefused as error:
        raise InvalidParameter(name=error.text) from None


def remove_permission(policy: str, label: str) -> str:
    """The policy without a statement; as it was, where it has none of that label."""
    document = json.loads(policy)
    left = [statement for statement in _statements(document) if statement.get("Sid") != label]
    return _text({**document, "Statement": left})


def _statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    statements = document.get("Statement", [])
    return statements if isinstance(statements, list) else [statements]


def _one_or_several(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"))
