"""Resource policies: documents that say who may do what to a queue, a topic, a stream, a function or an API.

Source: IAM user guide, "Grammar of the IAM JSON policy language", "IAM JSON policy element reference", "AWS JSON
policy elements: Principal" and "Policy evaluation logic".
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pytest_cloudfakes.api import Caller
from pytest_cloudfakes.conditions import Condition, ConditionError, Context, Template, Value
from pytest_cloudfakes.scheduler import Millis

CURRENT, OLDER = "2012-10-17", "2008-10-17"
Reason = Literal[
    "json", "document", "version", "id", "statement", "sid", "effect", "principal", "action", "resource",
    "condition", "condition operator", "condition value", "element",
]  # fmt: skip
"""The element at fault; "json" for a text that isn't JSON, "document" for JSON that is no object."""

_ACTION = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_AWS_PRINCIPAL = re.compile(
    r"\*|[0-9]{12}|A[A-Z0-9]{15,127}|arn:aws[a-z-]*:(?:iam|sts)::[0-9]{12}:(?:root|(?:user|role|assumed-role|federated-user)/.+)"
)
_POLICY_ELEMENTS = {"Version", "Id", "Statement"}
_STATEMENT_ELEMENTS = {
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
}  # fmt: skip
_PRINCIPAL_TYPES = {"AWS", "Service", "Federated", "CanonicalUser"}


class PolicyError(ValueError):
    """A document that AWS doesn't take; each service says it in its own words.

    reason: the element at fault. statement: its number from 0, or None. value: what stands there.
    """

    def __init__(self, reason: Reason, value: Any = None, statement: int | None = None) -> None:
        where = "" if statement is None else f" of statement {statement}"
        super().__init__(f"{reason}{where}: {value!r}")
        self.reason = reason
        self.value = value
        self.statement = statement


class Decision(enum.Enum):
    """What a policy says of a request. NONE: nothing, which other policies may change."""

    ALLOW = "allow"
    DENY = "deny"
    NONE = "none"


@dataclass(frozen=True)
class Principal:
    """Somebody named in a policy. kind: "*" (everybody), "AWS", "Service", "Federated" or "CanonicalUser"."""

    kind: str
    name: str

    def is_(self, caller: Caller) -> bool:
        """Whether the caller is meant: itself, its account, or everybody, services of AWS included."""
        if self.name == "*" and self.kind in {"*", "AWS"}:
            return True
        if self.kind == "Service":
            return caller.service is not None and self.name == caller.service
        if caller.service is not None:
            return False
        if self.kind == "AWS":
            return self.name in _names_of(caller)
        return self.name == caller.arn


def _names_of(caller: Caller) -> set[str]:
    """What a policy may call a caller: by its account, ARN or id; a session also by its role."""
    prefix, _, resource = caller.arn.rpartition(":")
    partition = caller.arn.split(":", 2)[1] if caller.arn.startswith("arn:") else "aws"
    names = {caller.account, f"arn:{partition}:iam::{caller.account}:root", caller.arn, caller.user_id}
    if ":sts:" in prefix and resource.startswith("assumed-role/"):
        names.add(f"arn:{partition}:iam::{caller.account}:role/{resource.split('/')[1]}")
    return names


@dataclass(frozen=True)
class Statement:
    """One statement. A `not_…` flag turns the list beside it into what is excepted."""

    sid: str | None
    allows: bool
    principals: tuple[Principal, ...]
    not_principals: bool
    actions: tuple[Template, ...]
    not_actions: bool
    resources: tuple[Template, ...]
    not_resources: bool
    conditions: tuple[Condition, ...]

    def applies(self, caller: Caller, action: str, resource: str, context: Context) -> bool:
        """Whether the statement is about this request."""
        return (
            any(a.matches(action, context, ignore_case=True) for a in self.actions) != self.not_actions
            and any(p.is_(caller) for p in self.principals) != self.not_principals
            and self._covers(resource, context)
            and all(condition.holds(context) for condition in self.conditions)
        )

    def _covers(self, resource: str, context: Context) -> bool:
        if not self.resources:
            return True
        return any(r.matches(resource, context) for r in self.resources) != self.not_resources


@dataclass(frozen=True)
class Policy:
    """A policy as it was understood. Services keep the text they were given and show that."""

    version: str
    id: str | None
    statements: tuple[Statement, ...]


def parse_policy(document: str | Mapping[str, Any], *, resource_required: bool = True) -> Policy:
    """Read and check a policy. Errors: PolicyError.

    resource_required: whether a statement must name a resource, as those of SQS, SNS and Kinesis must.
    """
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except (ValueError, RecursionError):
            raise PolicyError("json", document) from None
    if not isinstance(document, Mapping):
        raise PolicyError("document", document)
    for name in document:
        if name not in _POLICY_ELEMENTS:
            raise PolicyError("element", name)
    version = document.get("Version", OLDER)
    if not isinstance(version, str) or version not in {CURRENT, OLDER}:
        raise PolicyError("version", version)
    identifier = document.get("Id")
    if identifier is not None and not isinstance(identifier, str):
        raise PolicyError("id", identifier)
    statements = document.get("Statement")
    if isinstance(statements, Mapping):
        statements = [statements]
    if not isinstance(statements, list) or not statements:
        raise PolicyError("statement", statements)
    parsed = tuple(
        _StatementReader(statement, number, variables=version == CURRENT).read(resource_required=resource_required)
        for number, statement in enumerate(statements)
    )
    return Policy(version, identifier, parsed)


class _StatementReader:
    """One statement on its way from JSON."""

    def __init__(self, statement: Any, number: int, *, variables: bool) -> None:
        self.statement = statement
        self.number = number
        self.variables = variables
        if not isinstance(statement, Mapping):
            raise self.wrong("statement", statement)
        for name in statement:
            if name not in _STATEMENT_ELEMENTS:
                raise self.wrong("element", name)

    def wrong(self, reason: Reason, value: Any) -> PolicyError:
        return PolicyError(reason, value, self.number)

    def read(self, *, resource_required: bool) -> Statement:
        sid, effect = self.statement.get("Sid"), self.statement.get("Effect")
        if sid is not None and not isinstance(sid, str):
            raise self.wrong("sid", sid)
        if not isinstance(effect, str) or effect not in {"Allow", "Deny"}:
            raise self.wrong("effect", effect)
        principals, not_principals = self.either("Principal", "principal")
        actions, not_actions = self.either("Action", "action")
        resources, not_resources = self.either("Resource", "resource", required=resource_required)
        return Statement(
            sid,
            effect == "Allow",
            self.principals(principals),
            not_principals,
            # Variables have no place in actions.
            tuple(Template.parse(self.action(text), variables=False) for text in self.texts(actions, "action")),
            not_actions,
            tuple(
                Template.parse(text, variables=self.variables)
                for text in (self.texts(resources, "resource") if resources is not None else ())
            ),
            not_resources,
            self.conditions(),
        )

    def either(self, name: str, reason: Reason, *, required: bool = True) -> tuple[Any, bool]:
        """The value of an element or of its negation, of which a statement has one, and whether it is the latter."""
        found = [element for element in (name, f"Not{name}") if element in self.statement]
        if len(found) == 2 or (required and not found):
            raise self.wrong(reason, None)
        return (self.statement[found[0]], found[0] != name) if found else (None, False)

    def texts(self, value: Any, reason: Reason) -> list[str]:
        """A text, or a list of at least one."""
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
            raise self.wrong(reason, value)
        return texts

    def action(self, text: str) -> str:
        if not _ACTION.fullmatch(text):
            raise self.wrong("action", text)
        return text

    def principals(self, value: Any) -> tuple[Principal, ...]:
        if value == "*":
            return (Principal("*", "*"),)
        if not isinstance(value, Mapping) or not value:
            raise self.wrong("principal", value)
        found = []
        for kind, names in value.items():
            if kind not in _PRINCIPAL_TYPES:
                raise self.wrong("principal", kind)
            for name in self.texts(names, "principal"):
                if not name or (kind == "AWS" and not _AWS_PRINCIPAL.fullmatch(name)):
                    raise self.wrong("principal", name)
                found.append(Principal(kind, name))
        return tuple(found)

    def conditions(self) -> tuple[Condition, ...]:
        block = self.statement.get("Condition", {})
        if not isinstance(block, Mapping):
            raise self.wrong("condition", block)
        found = []
        for operator, keys in block.items():
            if not isinstance(keys, Mapping) or not keys:
                raise self.wrong("condition", keys)
            for key, value in keys.items():
                values = value if isinstance(value, list) else [value]
                if not key or not values or not all(isinstance(v, (str, int, float)) for v in values):
                    raise self.wrong("condition", value)
                found.append(self.condition(operator, key, values))
        return tuple(found)

    def condition(self, operator: str, key: str, values: Sequence[Value]) -> Condition:
        try:
            return Condition.parse(operator, key, values, variables=self.variables)
        except ConditionError as error:
            reason: Reason = "condition operator" if error.reason == "operator" else "condition value"
            raise self.wrong(reason, error.text) from None


def evaluate(
    policy: Policy,
    *,
    caller: Caller,
    action: str,
    resource: str,
    context: Mapping[str, Value | Sequence[Value]] | None = None,
) -> Decision:
    """What a policy says of a request: a denial wins over any allowance.

    action: such as "sqs:SendMessage". resource: the ARN. context: keys of the request beside those of the caller
    (aws:PrincipalArn, aws:username …), which are added; their names are matched in any case.
    """
    keys = {**caller_keys(caller), **{name.lower(): value for name, value in (context or {}).items()}}
    allowed = False
    for statement in policy.statements:
        if (not statement.allows or not allowed) and statement.applies(caller, action, resource, keys):
            if not statement.allows:
                return Decision.DENY
            allowed = True
    return Decision.ALLOW if allowed else Decision.NONE


def caller_keys(caller: Caller) -> dict[str, Value]:
    """Context keys that follow from who calls, in lower case. Source: AWS global condition context keys."""
    if caller.service is not None:
        return {"aws:principalisawsservice": True, "aws:principalservicename": caller.service}
    keys: dict[str, Value] = {
        "aws:principalisawsservice": False,
        "aws:principalaccount": caller.account,
        "aws:principalarn": caller.arn,
        "aws:userid": caller.user_id,
    }
    resource = caller.arn.rpartition(":")[2]
    if resource.startswith("user/"):
        keys["aws:username"] = resource.rpartition("/")[2]
        keys["aws:principaltype"] = "User"
    elif resource.startswith("assumed-role/"):
        keys["aws:principaltype"] = "AssumedRole"
        prefix, _, _ = caller.arn.partition(":sts:")
        keys["aws:principalarn"] = f"{prefix}:iam::{caller.account}:role/{resource.split('/')[1]}"
    elif resource == "root":
        keys["aws:principaltype"] = "Account"
    return keys


def time_keys(now: Millis) -> dict[str, Value]:
    """Context keys that follow from the time of a request."""
    return {"aws:currenttime": now / 1000, "aws:epochtime": now // 1000}
