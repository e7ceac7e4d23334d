"""The life of subscriptions: made, confirmed, changed, replayed, and taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pytest_cloudfakes.api import Caller
from pytest_cloudfakes.services.sns import limits
from pytest_cloudfakes.services.sns.archive import COMPLETED, IN_PROGRESS, Replay
from pytest_cloudfakes.services.sns.channels import DELIVERED, SERVER_ERROR, Outcome
from pytest_cloudfakes.services.sns.endpoints import (
    CONFIRMED_BY_HAND,
    HTTP,
    check_endpoint,
    endpoint_account,
)
from pytest_cloudfakes.services.sns.envelopes import complete, confirmation
from pytest_cloudfakes.services.sns.errors import (
    AuthorizationError,
    FilterPolicyLimitExceeded,
    InvalidParameter,
    InvalidParameterReason,
    SubscriptionLimitExceeded,
)
from pytest_cloudfakes.services.sns.outbox import OutboxMessage
from pytest_cloudfakes.services.sns.subscriptions import SETTABLE, AttributeRefused, Subscription
from pytest_cloudfakes.services.sns.topics import Topic

if TYPE_CHECKING:
    from pytest_cloudfakes.services.sns.operations import Sns

SUBSCRIBE, UNSUBSCRIBE = "SubscriptionConfirmation", "UnsubscribeConfirmation"


class Subscribing:
    """What happens to the subscriptions of one account's topics in one region."""

    def __init__(self, service: Sns) -> None:
        self._service = service
        self._pending = 0

    # ── making ───────────────────────────────────────────────────────────────────────────────────────────────────

    def subscribe(
        self, caller: Caller, topic: Topic, protocol: str, endpoint: str | None, given: Mapping[str, str]
    ) -> Subscription:
        """A new subscription, or the one that is there. Errors: InvalidParameter, SubscriptionLimitExceeded."""
        endpoint = check_endpoint(topic, protocol, endpoint)
        if protocol == "application" and self._service.platform.find(endpoint) is None:
            raise InvalidParameterReason(name="Endpoint", reason="Endpoint does not exist for endpoint arn " + endpoint)
        there = topic.by_endpoint.get((protocol, endpoint))
        if there is not None:
            if there.differs(given):
                reason = "Subscription already exists with different attributes"
                raise InvalidParameterReason(name="Attributes", reason=reason)
            if not there.confirmed:
                self._ask(there)
            return there
        self._check_quotas(topic)
        service = self._service
        subscription = Subscription(
            topic,
            f"{topic.arn}:{service.ids.uuid()}",
            protocol,
            endpoint,
            owner=caller.account,
            principal=caller.arn,
            created=service.clock.now(),
        )
        self._configure(subscription, given, new=True)
        account = endpoint_account(protocol, endpoint)
        subscription.confirmed = protocol not in CONFIRMED_BY_HAND and account in {None, caller.account}
        self._enter(subscription)
        if not subscription.confirmed:
            self._ask(subscription)
            self._expect(subscription)
        self._replay(subscription)
        return subscription

    def _check_quotas(self, topic: Topic) -> None:
        quotas = self._service.registry.quotas
        quota = quotas.fifo_subscriptions if topic.fifo else quotas.subscriptions
        if len(topic.subscriptions) >= quota or self._pending >= quotas.pending_subscriptions:
            raise SubscriptionLimitExceeded
        if topic.maximum_size > limits.MESSAGE_SIZE and len(topic.subscriptions) >= limits.LARGE_MESSAGE_SUBSCRIPTIONS:
            raise InvalidParameterReason(
                name="Subscription", reason="A topic with messages above 262144 bytes has at most 100 subscriptions"
            )

    def _enter(self, subscription: Subscription) -> None:
        topic = subscription.topic
        subscription.deleted = False
        topic.subscriptions[subscription.arn] = topic.listed[subscription.arn] = subscription
        topic.by_endpoint[subscription.protocol, subscription.endpoint] = subscription
        self._owner(subscription).registry.owned[subscription.arn] = subscription
        self._pending += not subscription.confirmed

    def _owner(self, subscription: Subscription) -> Sns:
        service = self._service
        if subscription.owner == service.account:
            return service
        return service.cloud.service("sns", subscription.owner, service.region)  # type: ignore[return-value]

    # ── attributes ───────────────────────────────────────────────────────────────────────────────────────────────

    def change(self, subscription: Subscription, name: str, text: str) -> None:
        """Set an attribute. Errors: InvalidParameter, FilterPolicyLimitExceeded."""
        if name not in SETTABLE:
            raise InvalidParameter(name="AttributeName")
        self._configure(subscription, {name: text}, new=False)
        if name == "ReplayPolicy":
            self._replay(subscription)

    def _configure(self, subscription: Subscription, given: Mapping[str, str], *, new: bool) -> None:
        topic, registry = subscription.topic, self._service.registry
        unknown = next((name for name in given if name not in SETTABLE), None)
        if unknown is not None:
            raise InvalidParameterReason(name="Attributes", reason=f"Unknown attribute {unknown}")
        if given.get("FilterPolicy") and subscription.filter_policy is None:
            quotas = registry.quotas
            if topic.filter_policies >= quotas.filter_policies:
                raise FilterPolicyLimitExceeded
            if registry.filter_policies >= quotas.account_filter_policies:
                raise FilterPolicyLimitExceeded
        if new and subscription.protocol == "firehose" and not given.get("SubscriptionRoleArn"):
            raise InvalidParameterReason(name="Attributes", reason="SubscriptionRoleArn is required for firehose")
        before = topic.filter_policies
        try:
            self._check_replay(subscription, given.get("ReplayPolicy"))
            subscription.configure(given)
        except AttributeRefused as error:
            raise InvalidParameter(f"Invalid parameter: {'Attributes Reason: ' if new else ''}{error.text}") from None
        registry.filter_policies += topic.filter_policies - before

    def _check_replay(self, subscription: Subscription, text: str | None) -> None:
        """A replay begins within the archive. Errors: AttributeRefused (text unseen)."""
        archive = subscription.topic.archive
        if not text or archive is None:
            return
        try:
            replay = Replay.parse(text)
        except ValueError:
            return  # told by the subscription
        if replay is not None and replay.start < archive.beginning(self._service.clock.now()):
            raise AttributeRefused("ReplayPolicy: StartingPoint must not be before the topic's BeginningArchiveTime")

    # ── replay ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _replay(self, subscription: Subscription) -> None:
        """Begin, replace or stop a replay. Messages keep their content, id and time, and say that they are replayed."""
        text, archive = subscription.values.get("ReplayPolicy"), subscription.topic.archive
        subscription.replay = replay = Replay.parse(text) if text else None
        if replay is None or archive is None:
            return
        now, deliveries = self._service.clock.now(), self._service.deliveries
        replay.status = IN_PROGRESS
        for message in archive.between(replay.start, now if replay.end is None else replay.end, now):
            deliveries.offer(message.as_replayed(), subscription)
        deliveries.work()

        def complete_replay() -> None:
            if subscription.replay is replay:
                replay.status = COMPLETED
                what = "replay to {} is completed"
                self._service.cloud.journal.happened("sns", subscription.topic.name, what, subscription.endpoint)

        if replay.end is None or replay.end <= now:
            complete_replay()
            return
        # Until then what is newly published still belongs to it.
        self._service.clock.at(
            replay.end,
            complete_replay,
            service="sns",
            resource=subscription.topic.name,
            what=f"the replay to {subscription.endpoint} is completed",
        )

    # ── confirming ───────────────────────────────────────────────────────────────────────────────────────────────

    def confirm(self, topic_arn: str, token: str, *, authenticated: bool, authenticate: bool) -> Subscription:
        """Confirm by a token, or restore what was unsubscribed. Errors: InvalidParameter."""
        subscription = self._service.tokens.subscription(token, topic_arn, self._service.clock.now())
        if subscription.deleted:
            subscription.confirmed = True
            subscription.topic.subscriptions_deleted -= 1
            self._count_filter_policy(subscription, 1)
            self._enter(subscription)
        elif not subscription.confirmed:
            self._pending -= 1
            subscription.confirmed = True
            subscription.authenticated = authenticated
            subscription.authenticate_on_unsubscribe = authenticate
        return subscription

    def _ask(self, subscription: Subscription, kind: str = SUBSCRIBE) -> None:
        """Send a token to an endpoint, in the way of its protocol."""
        service, topic = self._service, subscription.topic
        now, message_id = service.clock.now(), service.ids.uuid()
        token = service.tokens.give(subscription, now)
        body = confirmation(
            kind,
            message_id=message_id,
            token=token,
            topic_arn=topic.arn,
            subscription_arn=subscription.arn,
            at=now,
            addresses=service.addresses,
            version=topic.version or "1",
        )
        if subscription.protocol in HTTP:
            self._post(subscription, kind, message_id, body, 0)
        elif subscription.protocol == "sqs":
            service.deliveries.channels.confirm_to_queue(subscription, message_id, body)
        elif subscription.protocol in CONFIRMED_BY_HAND:
            url = service.addresses.subscribe(topic.arn, token)
            text = (
                f"You have chosen to subscribe to the topic:\n{topic.arn}\n\nTo confirm this subscription, visit {url}"
            )
            service.outbox.add(
                OutboxMessage(
                    protocol=subscription.protocol,
                    to=subscription.endpoint,
                    text=complete(body) if subscription.protocol == "email-json" else text,
                    subject="AWS Notification - Subscription Confirmation",
                    message_id=message_id,
                    at=now,
                    topic_arn=topic.arn,
                    subscription_arn=subscription.arn,
                    attributes={},
                )
            )

    def _post(self, subscription: Subscription, kind: str, message_id: str, body: str, retries: int) -> None:
        """Post a confirmation, again after server errors as any delivery. Source: developer guide."""
        service = self._service

        def post_again() -> None:
            if kind is UNSUBSCRIBE or not (subscription.confirmed or subscription.deleted):
                self._post(subscription, kind, message_id, body, retries + 1)

        def posted(outcome: Outcome) -> None:
            happened, name = service.cloud.journal.happened, subscription.topic.name
            if outcome.kind is DELIVERED:
                happened("sns", name, "{} sent to {}", kind, subscription.endpoint)
                return
            happened("sns", name, "{} not sent to {}: {}", kind, subscription.endpoint, outcome.reason)
            policy = subscription.http_policy().retries
            if outcome.kind is SERVER_ERROR and retries < policy.retries:
                service.clock.at(
                    service.clock.now() + policy.delay(retries),
                    post_again,
                    service="sns",
                    resource=name,
                    what=f"another {kind} for {subscription.endpoint}",
                )

        service.deliveries.channels.confirm(subscription, kind, message_id, body, posted)

    def _expect(self, subscription: Subscription) -> None:
        """What nobody confirms is removed after three days."""
        service = self._service

        def remove() -> None:
            if not subscription.confirmed and not subscription.deleted:
                self._leave(subscription)
                service.tokens.forget(subscription)
                what = "the subscription of {} was not confirmed, and is removed"
                service.cloud.journal.happened("sns", subscription.topic.name, what, subscription.endpoint)

        service.clock.at(
            subscription.created + limits.PENDING_LIFE,
            remove,
            service="sns",
            resource=subscription.topic.name,
            what=f"the subscription of {subscription.endpoint} is removed unless it is confirmed",
            background=True,
        )

    # ── taking away ──────────────────────────────────────────────────────────────────────────────────────────────

    def unsubscribe(self, subscription: Subscription, caller: Caller | None) -> None:
        """Take a subscription away; caller: None if the request isn't signed.

        Errors: InvalidParameter while it is pending (text unseen), AuthorizationError.
        """
        if not subscription.confirmed:
            raise InvalidParameterReason(name="SubscriptionArn", reason="This subscription is pending confirmation")
        if caller is None and subscription.authenticate_on_unsubscribe:
            raise AuthorizationError(principal="anonymous", action="Unsubscribe", resource=subscription.arn)
        self._leave(subscription)
        if subscription.protocol in HTTP:
            self._ask(subscription, UNSUBSCRIBE)

    def forget_topic(self, topic: Topic) -> None:
        """A topic is deleted, and its subscriptions with it."""
        for subscription in tuple(topic.subscriptions.values()):
            self._leave(subscription)
            self._service.tokens.forget(subscription)

    def _leave(self, subscription: Subscription) -> None:
        topic = subscription.topic
        subscription.deleted = True
        self._pending -= not subscription.confirmed
        del topic.subscriptions[subscription.arn], topic.listed[subscription.arn]
        topic.by_endpoint.pop((subscription.protocol, subscription.endpoint), None)
        self._owner(subscription).registry.owned.pop(subscription.arn, None)
        topic.subscriptions_deleted += 1
        self._count_filter_policy(subscription, -1)
        self._service.deliveries.drop(subscription)

    def _count_filter_policy(self, subscription: Subscription, change: int) -> None:
        if subscription.filter_policy is not None:
            subscription.topic.filter_policies += change
            self._service.registry.filter_policies += change
