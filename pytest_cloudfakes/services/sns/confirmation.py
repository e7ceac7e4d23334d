"""Confirming subscriptions: tokens, and the messages that carry them to an endpoint.

A token confirms for two days; a subscription that nobody confirmed is removed after three. Source: model,
ConfirmSubscription; developer guide, confirm the subscription.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sns import limits
from pytest_cloudfakes.services.sns.errors import InvalidParameter
from pytest_cloudfakes.services.sns.subscriptions import Subscription

if TYPE_CHECKING:
    from pytest_cloudfakes.ids import Ids

_HEAD, _LENGTH = "2336412f37", 224
_TOKEN = re.compile(rf"[0-9a-f]{{{_LENGTH}}}")


class Tokens:
    """The tokens of one account and region, and which subscription each confirms."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._given: dict[str, tuple[Subscription, Millis]] = {}

    def give(self, subscription: Subscription, now: Millis) -> str:
        """A new token of a subscription."""
        token = _HEAD + self._ids.hex(_LENGTH - len(_HEAD))
        self._given[token] = (subscription, now)
        subscription.token = token
        return token

    def subscription(self, token: str, topic_arn: str, now: Millis) -> Subscription:
        """What a token confirms. Errors: InvalidParameter (texts recorded from AWS, for an expired token unseen)."""
        if _TOKEN.fullmatch(token) is None:
            raise InvalidParameter("Invalid token")
        found = self._given.get(token)
        if found is None or found[0].topic.arn != topic_arn or found[0].topic.deleted:
            raise InvalidParameter(name="Token")
        subscription, given = found
        settled = subscription.confirmed and not subscription.deleted
        if not settled and now >= given + limits.TOKEN_LIFE:
            raise InvalidParameter(name="Token")
        return subscription

    def forget(self, subscription: Subscription) -> None:
        """A subscription is gone for good."""
        if subscription.token is not None:
            self._given.pop(subscription.token, None)
