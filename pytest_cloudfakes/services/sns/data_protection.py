"""A topic's data protection policy.

Deviation: data protection policies are kept and shown, but not enforced. AWS closed the feature to new customers.
"""

from __future__ import annotations

import json

from pytest_cloudfakes.services.sns import limits
from pytest_cloudfakes.services.sns.errors import InvalidParameterReason


def checked(text: str) -> str | None:
    """A policy after it was held against its form; None where it is empty, which deletes it.

    Errors: InvalidParameter (texts unseen).
    """
    if not text:
        return None
    if len(text) > limits.DATA_PROTECTION_POLICY_LENGTH:
        raise _refused(f"must be {limits.DATA_PROTECTION_POLICY_LENGTH} characters or less")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _refused("failed to parse JSON") from None
    if not isinstance(document, dict):
        raise _refused("must be a JSON object")
    missing = [name for name in ("Name", "Version", "Statement") if name not in document]
    if missing:
        raise _refused(f"{missing[0]} is required")
    statements = document["Statement"]
    if not isinstance(statements, list) or not all(isinstance(each, dict) for each in statements):
        raise _refused("Statement must be a list of objects")
    if sum("Audit" in (each.get("Operation") or {}) for each in statements) > 1:
        raise _refused("at most one statement may audit")
    for statement in statements:
        if statement.get("DataDirection") not in {"Inbound", "Outbound"}:
            raise _refused("DataDirection must be Inbound or Outbound")
    return text


def _refused(reason: str) -> InvalidParameterReason:
    return InvalidParameterReason(name="DataProtectionPolicy", reason=reason)
