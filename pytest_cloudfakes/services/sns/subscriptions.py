"""A subscription: its endpoint, whether it is confirmed, and its attributes.

    PENDING ──confirmed by its token──► CONFIRMED ──unsubscribed──► gone
       └──three days without──► gone

Attributes are kept as the texts that were given, and compiled into what the machine reads, all or none.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sns.archive import Replay
from pytest_cloudfakes.services.sns.endpoints import HTTP, RAW, QueueTarget
from pytest_cloudfakes.services.sns.filter_policies import (
    ATTRIBUTES,
    BODY,
    FilterPolicy,
    FilterPolicyError,
    parse_filter_policy,
)
from pytest_cloudfakes.services.sns.retry_policies import (
    DeliveryPolicyError,
    HttpPolicy,
    effective_subscription_policy,
    http_policy,
    subscription_policy,
)

if TYPE_CHECKING:
    from pytest_cloudfakes.services.sns.delivery import Delivery
    from pytest_cloudfakes.services.sns.topics import Topic

SETTABLE = (
    "RawMessageDelivery",
    "FilterPolicyScope",
    "FilterPolicy",
    "DeliveryPolicy",
    "RedrivePolicy",
    "SubscriptionRoleArn",
    "ReplayPolicy",
)
"""In the order in which they are read: a policy is read in its scope."""


class AttributeRefused(ValueError):
    """An attribute that a subscription can't have, in AWS's words, which each operation puts after its own."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Subscription:
    """One subscription of one topic. Instants are milliseconds since the epoch."""

    __slots__ = (
        "_http",
        "arn",
        "authenticate_on_unsubscribe",
        "authenticated",
        "confirmed",
        "created",
        "deleted",
        "endpoint",
        "filter_policy",
        "groups",
        "owner",
        "pending",
        "principal",
        "protocol",
        "queue",
        "raw",
        "redrive",
        "replay",
        "scope",
        "throttled",
        "token",
        "topic",
        "values",
    )

    def __init__(
        self, topic: Topic, arn: str, protocol: str, endpoint: str, *, owner: str, principal: str, created: Millis
    ) -> None:
        self.topic = topic
        self.arn = arn
        self.protocol = protocol
        self.endpoint = endpoint
        self.owner = owner
        self.principal = principal
        self.created = created
        self.confirmed = True
        self.authenticated = True
        """Whether it was confirmed by a signed request."""
        self.authenticate_on_unsubscribe = False
        self.token: str | None = None
        self.deleted = False
        self.queue = QueueTarget.parse(endpoint) if protocol == "sqs" else None
        self.values: dict[str, str] = {}
        self.scope = ATTRIBUTES
        self.filter_policy: FilterPolicy | None = None
        self.raw = False
        self.redrive: QueueTarget | None = None
        self.replay: Replay | None = None
        self.pending: set[Delivery] = set()
        """Deliveries that are tried again, or wait."""
        self.groups: dict[str, deque[Delivery]] = {}
        """On FIFO topics: by message group what isn't delivered yet, in order."""
        self.throttled: deque[Millis] | None = None
        """The instants of the latest deliveries, where their rate is limited."""
        self._http: tuple[object, object, HttpPolicy] | None = None

    # ── attributes ───────────────────────────────────────────────────────────────────────────────────────────────

    def configure(self, given: Mapping[str, str]) -> None:
        """Set attributes, all or none. Errors: AttributeRefused."""
        values = dict(self.values)
        for name in SETTABLE:
            if name in given:
                _CHECKS[name](self, given[name])
                values[name] = given[name]
                if not given[name] or (name == "ReplayPolicy" and Replay.parse(given[name]) is None):
                    del values[name]
        scope = values.get("FilterPolicyScope", ATTRIBUTES)
        try:
            policy = parse_filter_policy(values.get("FilterPolicy", ""), scope)
        except FilterPolicyError as error:
            raise AttributeRefused(error.text) from None
        if policy is None:
            values.pop("FilterPolicy", None)
        self.topic.filter_policies += (policy is not None) - (self.filter_policy is not None)
        self.values, self.scope, self.filter_policy = values, scope, policy
        self.raw = values.get("RawMessageDelivery", "false").lower() == "true"
        redrive = values.get("RedrivePolicy")
        self.redrive = QueueTarget.parse(json.loads(redrive)["deadLetterTargetArn"]) if redrive else None
        self._http = None

    def differs(self, given: Mapping[str, str]) -> bool:
        """Whether any attribute of a request is another than this subscription's."""
        return any(
            text != self.values.get(name, _DEFAULTS.get(name, "")) for name, text in given.items() if name in SETTABLE
        )

    def attributes(self) -> dict[str, str]:
        """Of GetSubscriptionAttributes. Which are there is recorded from AWS."""
        shown = {
            "SubscriptionArn": self.arn,
            "TopicArn": self.topic.arn,
            "Owner": self.owner,
            "Protocol": self.protocol,
            "Endpoint": self.endpoint,
            "SubscriptionPrincipal": self.principal,
            "ConfirmationWasAuthenticated": _flag(self.confirmed and self.authenticated),
            "PendingConfirmation": _flag(not self.confirmed),
            "RawMessageDelivery": _flag(self.raw),
        }
        if self.filter_policy is not None:
            # The scope is remembered, but shown beside a policy only.
            shown["FilterPolicy"] = self.filter_policy.text
            shown["FilterPolicyScope"] = self.scope
        for name in ("DeliveryPolicy", "RedrivePolicy", "SubscriptionRoleArn", "ReplayPolicy"):
            if name in self.values:
                shown[name] = self.values[name]
        if self.replay is not None:
            shown["ReplayStatus"] = self.replay.status
        if self.protocol in HTTP:
            shown["EffectiveDeliveryPolicy"] = json.dumps(self._effective_policy(), separators=(",", ":"))
        return dict(sorted(shown.items()))

    @property
    def name(self) -> str:
        """How it is told of: a queue or function by its name, others by their endpoint."""
        return self.endpoint.rpartition(":")[2] if self.protocol in {"sqs", "lambda"} else self.endpoint

    def row(self) -> dict[str, str]:
        """Of the lists. A pending one doesn't tell its ARN."""
        return {
            "SubscriptionArn": self.arn if self.confirmed else "PendingConfirmation",
            "Owner": self.owner,
            "Protocol": self.protocol,
            "Endpoint": self.endpoint,
            "TopicArn": self.topic.arn,
        }

    def http_policy(self) -> HttpPolicy:
        """How an HTTP(S) endpoint is delivered to."""
        own, topic = self.values.get("DeliveryPolicy"), self.topic.delivery_policy
        if self._http is None or self._http[0] is not own or self._http[1] is not topic:
            self._http = (own, topic, http_policy(self._effective_policy()))
        return self._http[2]

    def _effective_policy(self) -> dict[str, Any]:
        own = self.values.get("DeliveryPolicy")
        return effective_subscription_policy(json.loads(own) if own else None, self.topic.delivery_policy)

    def __repr__(self) -> str:
        state = "" if self.confirmed else " (pending confirmation)"
        return f"<Subscription {self.protocol} {self.endpoint} of {self.topic.name}{state}>"


_DEFAULTS = {"RawMessageDelivery": "false", "FilterPolicyScope": ATTRIBUTES}


def _flag(value: bool) -> str:
    return "true" if value else "false"


# ── checks of single attributes; texts unseen unless recorded ────────────────────────────────────────────────────


def _check_raw(subscription: Subscription, text: str) -> None:
    if text.lower() not in {"true", "false"}:
        raise AttributeRefused(f"RawMessageDelivery: Invalid value [{text}]. Must be true or false.")
    if text.lower() == "true" and subscription.protocol not in RAW:
        raise AttributeRefused(
            f"RawMessageDelivery: Delivery protocol [{subscription.protocol}] does not support raw message delivery."
        )


def _check_scope(text: str) -> None:
    """Text recorded from AWS."""
    if text not in {ATTRIBUTES, BODY}:
        raise AttributeRefused(
            f"FilterPolicyScope: Invalid value [{text}]. Please use either MessageBody or MessageAttributes"
        )


def _check_delivery_policy(subscription: Subscription, text: str) -> None:
    if not text:
        return
    if subscription.protocol not in HTTP:
        raise AttributeRefused(
            f"DeliveryPolicy: Delivery protocol [{subscription.protocol}] does not support delivery policies."
        )
    try:
        subscription_policy(text)
    except DeliveryPolicyError as error:
        raise AttributeRefused(f"DeliveryPolicy: {error.text}") from None


def _check_redrive_policy(subscription: Subscription, text: str) -> None:
    if not text:
        return
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise AttributeRefused("RedrivePolicy: failed to parse JSON.") from None
    arn = document.get("deadLetterTargetArn") if isinstance(document, dict) else None
    queue = QueueTarget.parse(arn) if isinstance(arn, str) else None
    if queue is None:
        raise AttributeRefused("RedrivePolicy: deadLetterTargetArn is an invalid arn")
    region = subscription.topic.arn.split(":")[3]
    if (queue.account, queue.region) != (subscription.owner, region):
        raise AttributeRefused("RedrivePolicy: deadLetterTargetArn must be of the same account and region")
    if subscription.topic.fifo and not queue.fifo:
        raise AttributeRefused("RedrivePolicy: must use a FIFO queue as DLQ for a FIFO topic")
    if queue.fifo and not subscription.topic.fifo:
        raise AttributeRefused("RedrivePolicy: must use a standard queue as DLQ for a standard topic")


def _check_role(subscription: Subscription, text: str) -> None:
    if subscription.protocol != "firehose":
        raise AttributeRefused(f"SubscriptionRoleArn: not supported for protocol [{subscription.protocol}]")
    if not text.startswith("arn:") or ":role/" not in text:
        raise AttributeRefused("SubscriptionRoleArn: is an invalid arn")


def _check_replay(subscription: Subscription, text: str) -> None:
    try:
        replay = Replay.parse(text)
    except ValueError as error:
        raise AttributeRefused(f"ReplayPolicy: {error}") from None
    if replay is None:
        return
    if subscription.topic.archive is None:
        raise AttributeRefused("ReplayPolicy: the topic has no archive policy")


_CHECKS: Mapping[str, Callable[[Subscription, str], None]] = {
    "RawMessageDelivery": _check_raw,
    "FilterPolicyScope": lambda _, text: _check_scope(text),
    "FilterPolicy": lambda _, __: None,
    "DeliveryPolicy": _check_delivery_policy,
    "RedrivePolicy": _check_redrive_policy,
    "SubscriptionRoleArn": _check_role,
    "ReplayPolicy": _check_replay,
}
