"""Retry policies: how long after each failed attempt the next one is made.

    immediate ──► pre-backoff ──► backoff ──► post-backoff ──► given up
    (no delay)    (minimum)      (min → max)   (maximum)

A delay counts from the failure of the attempt before. Source: developer guide, message delivery retries; the inner
delays of the backoff are published for no function, so their formulas are ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import accumulate
from typing import Any

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sns import limits

LINEAR, ARITHMETIC, GEOMETRIC, EXPONENTIAL = "linear", "arithmetic", "geometric", "exponential"
FUNCTIONS = (ARITHMETIC, EXPONENTIAL, GEOMETRIC, LINEAR)


class RetryPolicy:
    """The delays of one policy: those up to the end of the backoff one by one, and then many equal ones."""

    __slots__ = ("_early", "_offsets", "late", "late_count")

    def __init__(self, early: list[Millis], late: Millis, late_count: int) -> None:
        self._early = tuple(early)
        self._offsets = (0, *accumulate(early))
        self.late = late
        self.late_count = late_count

    @classmethod
    def phases(
        cls,
        *,
        immediate: int = 0,
        pre_backoff: int = 0,
        backoff: int = 0,
        post_backoff: int = 0,
        minimum: float,
        maximum: float,
        function: str = LINEAR,
    ) -> RetryPolicy:
        """A policy by the number of retries in each phase. Units: minimum and maximum in seconds."""
        early = [0] * immediate + [round(1000 * minimum)] * pre_backoff
        early += [round(1000 * backoff_delay(function, n, backoff, minimum, maximum)) for n in range(backoff)]
        return cls(early, round(1000 * maximum), post_backoff)

    @property
    def retries(self) -> int:
        """How many there are after the first attempt."""
        return len(self._early) + self.late_count

    def delay(self, retry: int) -> Millis:
        """How long after the failure before it a retry is made; the first retry is 0."""
        return self._early[retry] if retry < len(self._early) else self.late

    def offset(self, attempt: int) -> Millis:
        """When an attempt is made, counted from the first (which is 0), if each one before fails at once."""
        early = len(self._early)
        if attempt <= early:
            return self._offsets[attempt]
        return self._offsets[early] + (attempt - early) * self.late

    def __repr__(self) -> str:
        return f"<RetryPolicy {self.retries} retries within {self.offset(self.retries) / 1000:g} s>"


def backoff_delay(function: str, n: int, count: int, minimum: float, maximum: float) -> float:
    """Delay n of count, from the minimum to the maximum. Units: seconds."""
    if count == 1:
        return minimum
    share: float = n / (count - 1)
    if function == GEOMETRIC:
        return float(minimum * (maximum / minimum) ** share)
    if function == ARITHMETIC:
        share = n * (n + 1) / (count * (count - 1))
    elif function == EXPONENTIAL:
        # A hundred retries are the most there are, so this stays exact enough.
        share = (2.0**n - 1) / (2.0 ** (count - 1) - 1)
    return minimum + (maximum - minimum) * share


AWS_SERVICES = RetryPolicy.phases(
    immediate=3, pre_backoff=2, backoff=10, post_backoff=100_000, minimum=1, maximum=20, function=EXPONENTIAL
)
"""SQS, Lambda and Firehose: 100,015 retries over 23 days."""

CUSTOMERS = RetryPolicy.phases(
    pre_backoff=2, backoff=10, post_backoff=38, minimum=10, maximum=600, function=EXPONENTIAL
)
"""Email, text messages and mobile push: 50 retries over six hours."""

# ── policies for HTTP(S) ─────────────────────────────────────────────────────────────────────────────────────────

DEFAULT_HEALTHY: Mapping[str, Any] = {
    "minDelayTarget": 20,
    "maxDelayTarget": 20,
    "numRetries": 3,
    "numMaxDelayRetries": 0,
    "numNoDelayRetries": 0,
    "numMinDelayRetries": 0,
    "backoffFunction": LINEAR,
}
"""Recorded from AWS, in this order."""
DEFAULT_CONTENT_TYPE = "text/plain; charset=UTF-8"
CONTENT_TYPES = frozenset(
    {
        DEFAULT_CONTENT_TYPE,
        "text/plain",
        "text/css; charset=UTF-8",
        "text/csv; charset=UTF-8",
        "text/html; charset=UTF-8",
        "text/xml; charset=UTF-8",
        "application/atom+xml",
        "application/json",
        "application/octet-stream",
        "application/soap+xml",
        "application/x-www-form-urlencoded",
        "application/xhtml+xml",
        "application/xml",
    }
)
"""Source: developer guide, creating an HTTP/S delivery policy."""


class DeliveryPolicyError(ValueError):
    """A delivery policy that AWS doesn't take; text says why."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class HttpPolicy:
    """How HTTP(S) endpoints are delivered to. rate: deliveries a second, None without a throttle."""

    __slots__ = ("content_type", "rate", "retries")

    def __init__(self, retries: RetryPolicy, rate: int | None, content_type: str) -> None:
        self.retries = retries
        self.rate = rate
        self.content_type = content_type

    @classmethod
    def of(cls, healthy: Mapping[str, Any], rate: int | None, content_type: str) -> HttpPolicy:
        phases = [healthy[f"num{name}Retries"] for name in ("NoDelay", "MinDelay", "MaxDelay")]
        retries = RetryPolicy.phases(
            immediate=phases[0],
            pre_backoff=phases[1],
            backoff=healthy["numRetries"] - sum(phases),
            post_backoff=phases[2],
            minimum=healthy["minDelayTarget"],
            maximum=healthy["maxDelayTarget"],
            function=healthy["backoffFunction"],
        )
        return cls(retries, rate, content_type)


def read_document(text: str) -> dict[str, Any]:
    """A delivery policy as a document. Errors: DeliveryPolicyError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise DeliveryPolicyError("failed to parse JSON.") from None
    if not isinstance(document, dict):
        raise DeliveryPolicyError("must be a JSON object.")
    return document


def healthy_policy(given: Any) -> dict[str, Any]:
    """A healthy retry policy with its defaults, checked. Errors: DeliveryPolicyError (texts unseen)."""
    if given is None:
        return dict(DEFAULT_HEALTHY)
    if not isinstance(given, Mapping):
        raise DeliveryPolicyError("healthyRetryPolicy must be a JSON object.")
    policy = {name: given.get(name, default) for name, default in DEFAULT_HEALTHY.items()}
    for name, value in policy.items():
        if name == "backoffFunction":
            if value not in FUNCTIONS:
                raise DeliveryPolicyError(f"backoffFunction must be one of {', '.join(FUNCTIONS)}.")
        elif not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise DeliveryPolicyError(f"{name} must be a whole number, 0 or more.")
    if not 1 <= policy["minDelayTarget"] <= policy["maxDelayTarget"] <= limits.LONGEST_DELAY_SECONDS:
        raise DeliveryPolicyError("minDelayTarget must be 1 or more, maxDelayTarget must be that or more, up to 3600.")
    if policy["numRetries"] > limits.MOST_RETRIES:
        raise DeliveryPolicyError(f"numRetries must be {limits.MOST_RETRIES} or less.")
    if sum(policy[f"num{name}Retries"] for name in ("NoDelay", "MinDelay", "MaxDelay")) > policy["numRetries"]:
        raise DeliveryPolicyError("numRetries must be the sum of the retries of all phases or more.")
    if HttpPolicy.of(policy, None, "").retries.offset(policy["numRetries"]) > 1000 * limits.LONGEST_DELAY_SECONDS:
        raise DeliveryPolicyError("the total retry time must be 3600 seconds or less.")
    return policy


def rate_of(given: Any) -> int | None:
    """Deliveries a second of a throttle policy. Errors: DeliveryPolicyError."""
    rate = given.get("maxReceivesPerSecond") if isinstance(given, Mapping) else None
    if rate is not None and (not isinstance(rate, int) or isinstance(rate, bool) or rate < 1):
        raise DeliveryPolicyError("maxReceivesPerSecond must be a whole number, 1 or more.")
    return rate


def content_type_of(given: Any) -> str | None:
    """Content type of a request policy. Errors: DeliveryPolicyError."""
    content_type = given.get("headerContentType") if isinstance(given, Mapping) else None
    if content_type is not None and content_type not in CONTENT_TYPES:
        raise DeliveryPolicyError(f"headerContentType {content_type!r} is not supported.")
    return content_type


# ── the policy of a topic, and of a subscription ─────────────────────────────────────────────────────────────────


def topic_policy(text: str) -> dict[str, Any]:
    """What a topic keeps of a delivery policy: as it was sent, with the override flag. Errors: DeliveryPolicyError.

    Recorded from AWS: nulls are left out, nothing else is added.
    """
    http = read_document(text).get("http") or {}
    if not isinstance(http, Mapping):
        raise DeliveryPolicyError("http must be a JSON object.")
    healthy_policy(http.get("defaultHealthyRetryPolicy"))
    rate_of(http.get("defaultThrottlePolicy"))
    content_type_of(http.get("defaultRequestPolicy"))
    kept = {name: http[name] for name in _TOPIC_PARTS if http.get(name) is not None}
    kept.setdefault("disableSubscriptionOverrides", False)
    return {"http": {name: kept[name] for name in _TOPIC_PARTS if name in kept}}


_TOPIC_PARTS = (
    "defaultHealthyRetryPolicy",
    "disableSubscriptionOverrides",
    "defaultThrottlePolicy",
    "defaultRequestPolicy",
)


def effective_topic_policy(kept: Mapping[str, Any] | None) -> dict[str, Any]:
    """A topic's policy with defaults merged in. Recorded from AWS."""
    http = (kept or {}).get("http", {})
    effective: dict[str, Any] = {
        "defaultHealthyRetryPolicy": healthy_policy(http.get("defaultHealthyRetryPolicy")),
        "disableSubscriptionOverrides": http.get("disableSubscriptionOverrides", False),
    }
    if http.get("defaultThrottlePolicy"):
        effective["defaultThrottlePolicy"] = http["defaultThrottlePolicy"]
    content_type = content_type_of(http.get("defaultRequestPolicy")) or DEFAULT_CONTENT_TYPE
    effective["defaultRequestPolicy"] = {"headerContentType": content_type}
    return {"http": effective}


def effective_subscription_policy(own: Mapping[str, Any] | None, topic: Mapping[str, Any] | None) -> dict[str, Any]:
    """What counts for an HTTP(S) subscription: its own parts, unless the topic forbids that, else the topic's."""
    http = effective_topic_policy(topic)["http"]
    mine = {} if own is None or http["disableSubscriptionOverrides"] else own
    return {
        "healthyRetryPolicy": (
            healthy_policy(mine["healthyRetryPolicy"])
            if mine.get("healthyRetryPolicy")
            else http["defaultHealthyRetryPolicy"]
        ),
        "sicklyRetryPolicy": None,
        "throttlePolicy": mine.get("throttlePolicy") or http.get("defaultThrottlePolicy"),
        "requestPolicy": mine.get("requestPolicy") or http["defaultRequestPolicy"],
        "guaranteed": False,
    }


def http_policy(effective: Mapping[str, Any]) -> HttpPolicy:
    """The machine's form of an effective policy."""
    content_type = content_type_of(effective["requestPolicy"]) or DEFAULT_CONTENT_TYPE
    return HttpPolicy.of(effective["healthyRetryPolicy"], rate_of(effective["throttlePolicy"]), content_type)


def subscription_policy(text: str) -> dict[str, Any]:
    """A subscription's own delivery policy, checked. Errors: DeliveryPolicyError."""
    document = read_document(text)
    healthy_policy(document.get("healthyRetryPolicy"))
    rate_of(document.get("throttlePolicy"))
    content_type_of(document.get("requestPolicy"))
    return document
