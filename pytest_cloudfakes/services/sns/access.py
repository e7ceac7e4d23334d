"""From a request to its topic or subscription, in this account or another's, and whether the caller may."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

from pytest_cloudfakes.api import ApiCall
from pytest_cloudfakes.conditions import Value
from pytest_cloudfakes.policies import Decision, Policy, evaluate, parse_policy, time_keys
from pytest_cloudfakes.services.sns.arn_parameters import parse_arn
from pytest_cloudfakes.services.sns.errors import AuthorizationError, InvalidParameter, NotFound
from pytest_cloudfakes.services.sns.subscriptions import Subscription
from pytest_cloudfakes.services.sns.topics import Topic

if TYPE_CHECKING:
    from pytest_cloudfakes.services.sns.operations import Sns


class Access:
    """How the operations of one account and region get at topics and subscriptions."""

    def __init__(self, service: Sns) -> None:
        self._service = service
        self._known: dict[str, tuple[Topic, Sns]] = {}
        self._enforced = service.cloud.options.policies == "enforced"

    def topic(self, call: ApiCall, arn: str, action: str, *, parameter: str = "TopicArn") -> Topic:
        """The topic of an ARN. Errors: InvalidParameter, NotFound, AuthorizationError."""
        return self.topic_and_service(call, arn, action, parameter=parameter)[0]

    def topic_and_service(
        self, call: ApiCall, arn: str, action: str, *, parameter: str = "TopicArn"
    ) -> tuple[Topic, Sns]:
        """The topic of an ARN with the SNS of its account."""
        known = self._known.get(arn)
        if known is None or known[0].deleted:
            known = self._find(arn, parameter)
            self._known[arn] = known
        if self._enforced:
            self._authorise(call, known[0], action)
        return known

    def _find(self, arn: str, parameter: str) -> tuple[Topic, Sns]:
        self._known.pop(arn, None)
        parsed = parse_arn(arn, parameter)
        # Only topics of the client's own region. Source: model, Publish.
        if parsed.service != "sns" or parsed.region != self._service.region:
            raise InvalidParameter(name=parameter)
        owner = self.of_account(parsed.account)
        if owner is None:
            raise NotFound(what="Topic")
        return owner.registry.get(arn), owner

    def of_account(self, account: str) -> Sns | None:
        """The SNS of an account in this region, if anything is there."""
        own = self._service
        if account == own.account:
            return own
        for other in own.cloud.services("sns"):
            if other.account == account and other.region == own.region:
                return cast("Sns", other)
        return None

    def subscription(self, call: ApiCall, arn: str, action: str) -> Subscription:
        """The subscription of an ARN. Errors: InvalidParameter, NotFound (recorded from AWS), AuthorizationError."""
        found = self.find_subscription(arn)
        if found is None:
            raise NotFound(what="Subscription")
        if self._enforced and call.account not in {found.owner, found.topic.owner}:
            raise _denied(call, action, arn)
        return found

    def find_subscription(self, arn: str) -> Subscription | None:
        """The subscription of an ARN, if it is there. Errors: InvalidParameter."""
        parsed = parse_arn(arn, "SubscriptionArn")
        owner = self.of_account(parsed.account)
        return None if owner is None else owner.registry.find_subscription(arn)

    def _authorise(self, call: ApiCall, topic: Topic, action: str) -> None:
        """Let the topic's policy decide. Errors: AuthorizationError.

        Whoever calls from the topic's own account counts as allowed by its identity's policies, so that only a denial
        matters; other accounts and services of AWS need to be allowed by the topic.
        """
        caller = call.caller
        parameters = call.parameters
        context: dict[str, Value] = {"aws:securetransport": True, "aws:sourceowner": caller.account}
        for key, name in (("sns:protocol", "Protocol"), ("sns:endpoint", "Endpoint")):
            if isinstance(parameters.get(name), str):
                context[key] = parameters[name]
        decision = evaluate(
            _parsed(topic.values["Policy"]),
            caller=caller,
            action=f"sns:{action}",
            resource=topic.arn,
            context={**context, **time_keys(self._service.clock.now()), **caller.context},
        )
        trusted = caller.service is None and caller.account == topic.owner
        if decision is Decision.DENY or (decision is Decision.NONE and not trusted):
            raise _denied(call, action, topic.arn)


def _denied(call: ApiCall, action: str, resource: str) -> AuthorizationError:
    return AuthorizationError(principal=call.caller.arn, action=action, resource=resource)


@lru_cache(maxsize=256)
def _parsed(document: str) -> Policy:
    """A document as it was understood; a memo, since the same one decides every call."""
    return parse_policy(document)
