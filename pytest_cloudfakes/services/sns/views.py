"""What `fake_sns` shows, and how it arranges: topics by name, their subscriptions, and what became of each delivery.

Looking never changes anything. What is due is let happen first, so that a view shows this instant.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from pytest_cloudfakes.api import Caller
from pytest_cloudfakes.exceptions import CloudFakesError
from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.sequences import FrozenList
from pytest_cloudfakes.services.sns import signatures
from pytest_cloudfakes.services.sns.delivery import FAILED, Attempt, Delivery
from pytest_cloudfakes.services.sns.limits import Quotas
from pytest_cloudfakes.services.sns.outbox import Outbox, OutboxMessage
from pytest_cloudfakes.services.sns.subscriptions import Subscription
from pytest_cloudfakes.services.sns.topics import Topic
from pytest_cloudfakes.timeline import instant_text

if TYPE_CHECKING:
    from pytest_cloudfakes.cloud import FakeCloud
    from pytest_cloudfakes.services.sns.operations import Sns


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One message on its way to one subscriber, at the instant of the look."""

    message_id: str
    text: str
    subject: str | None
    protocol: str
    endpoint: str
    topic: str
    """The topic's name."""
    subscription_arn: str
    state: str
    """"delivered", "dead-lettered", "failed" (lost for good), "dropped" (its subscription went first), "waiting" for
    another attempt, "queued" behind its group, or "in progress"."""
    attempts: tuple[Attempt, ...]
    """Each with `.at`, `.outcome` and `.reason`; equal ones of a long retry policy may be one, with `.count`."""
    attempt_count: int
    published_at: Millis
    next_attempt_at: Millis | None

    def __repr__(self) -> str:
        text = self.text if len(self.text) <= 40 else self.text[:37] + "..."
        parts = [f"{text!r} to {self.endpoint} {self.state}"]
        if self.attempt_count != 1:
            parts.append(f"{self.attempt_count} attempts")
        if self.attempts and self.state != "delivered":
            parts.append(self.attempts[-1].reason)
        if self.next_attempt_at is not None:
            parts.append(f"next {instant_text(self.next_attempt_at)}")
        return f"<{', '.join(parts)}>"


class SubscriptionView:
    """A subscription, looked at anew with every question."""

    def __init__(self, subscription: Subscription, service: Sns) -> None:
        self._subscription = subscription
        self._service = service

    @property
    def arn(self) -> str:
        """Its ARN, also while it is pending."""
        return self._subscription.arn

    @property
    def protocol(self) -> str:
        """Its protocol."""
        return self._subscription.protocol

    @property
    def endpoint(self) -> str:
        """Its endpoint."""
        return self._subscription.endpoint

    @property
    def exists(self) -> bool:
        """Whether it is there."""
        return not self._now().deleted

    @property
    def confirmed(self) -> bool:
        """Whether it gets messages."""
        return self._now().confirmed

    @property
    def token(self) -> str | None:
        """The token that confirms it, if it was sent one."""
        return self._now().token

    @property
    def attributes(self) -> Mapping[str, str]:
        """Its attributes, as GetSubscriptionAttributes shows them."""
        return MappingProxyType(self._now().attributes())

    @property
    def deliveries(self) -> FrozenList[DeliveryView]:
        """Its deliveries, by the time of their end, those under way last (the newest 10,000)."""
        return _views(self._service, lambda delivery: delivery.subscription is self._subscription)

    def confirm(self) -> None:
        """Confirm it, as whoever has the token would."""
        subscription = self._now()
        if subscription.token is not None and not subscription.confirmed:
            given = {"TopicArn": subscription.topic.arn, "Token": subscription.token}
            _call(self._service.cloud, "ConfirmSubscription", given, self._service.account, self._service.region)

    def _now(self) -> Subscription:
        return cast("Subscription", _now(self._service, self._subscription))

    def __repr__(self) -> str:
        return repr(self._now())


class TopicView:
    """A topic, looked at anew with every question."""

    def __init__(self, topic: Topic, service: Sns) -> None:
        self._topic = topic
        self._service = service

    @property
    def name(self) -> str:
        """Its name."""
        return self._topic.name

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self._topic.arn

    @property
    def exists(self) -> bool:
        """Whether it hasn't been deleted."""
        return not self._now().deleted

    @property
    def attributes(self) -> Mapping[str, str]:
        """Its attributes, as GetTopicAttributes shows them."""
        topic = self._now()
        return MappingProxyType(topic.attributes(self._service.clock.now()))

    @property
    def tags(self) -> Mapping[str, str]:
        """Its tags."""
        return MappingProxyType(dict(self._now().tags))

    @property
    def subscriptions(self) -> FrozenList[SubscriptionView]:
        """Its subscriptions, in the order in which they were made, pending ones included."""
        return FrozenList(SubscriptionView(each, self._service) for each in self._now().subscriptions.values())

    def subscription(self, endpoint: str) -> SubscriptionView:
        """The subscription of an endpoint or of a queue's or function's name. Errors: CloudFakesError."""
        found = [
            each
            for each in self._now().subscriptions.values()
            if each.endpoint == endpoint or each.endpoint.endswith(f":{endpoint}")
        ]
        if len(found) != 1:
            there = ", ".join(each.endpoint for each in self._topic.subscriptions.values()) or "none"
            raise CloudFakesError(f"{self.name} has {len(found)} subscriptions of {endpoint!r}. Endpoints: {there}.")
        return SubscriptionView(found[0], self._service)

    @property
    def deliveries(self) -> FrozenList[DeliveryView]:
        """Its deliveries, by the time of their end, those under way last (the newest 10,000)."""
        return _views(self._service, lambda delivery: delivery.subscription.topic is self._topic)

    @property
    def failed(self) -> FrozenList[DeliveryView]:
        """The deliveries that failed for good, and that no dead-letter queue took."""
        return FrozenList(each for each in self.deliveries if each.state == FAILED)

    @property
    def status_logs(self) -> FrozenList[Mapping[str, Any]]:
        """The delivery status logs that its feedback attributes ask for."""
        self._now()
        records = self._service.deliveries.logs.records
        return FrozenList(each for each in records if each["notification"]["topicArn"] == self.arn)

    def _now(self) -> Topic:
        return cast("Topic", _now(self._service, self._topic))

    def __repr__(self) -> str:
        topic = self._now()
        state = "deleted" if topic.deleted else f"{len(topic.subscriptions)} subscriptions"
        return f"<topic {self.name}: {state}>"


class SnsHandle:
    """Amazon SNS in the test's cloud: arrange and look. The code under test uses its own clients."""

    def __init__(self, cloud: FakeCloud) -> None:
        self._cloud = cloud
        self._client: Any = None

    @property
    def client(self) -> Any:
        """A botocore client of the cloud's account and region."""
        if self._client is None:
            self._client = self._cloud.client("sns")
        return self._client

    def topic(self, name: str, *, account: str | None = None, region: str | None = None) -> TopicView:
        """A topic by its name.

        It is that of the cloud's own account and region, if there is one, else the only one of that name; of several
        say the account or the region. Errors: CloudFakesError.
        """
        if not isinstance(name, str) or ":" in name:
            raise CloudFakesError(f"A topic is looked up by its name, such as 'orders', not by {name!r}.")
        options = self._cloud.options
        home = (account or options.account, region or options.region)
        with self._cloud.lock:
            self._cloud.clock.now()
            services = {(each.account, each.region): each for each in self._services()}
        found = {
            at: service
            for at, service in services.items()
            if service.registry.arn(name) in service.registry.topics
            and account in {None, at[0]}
            and region in {None, at[1]}
        }
        service = found.get(home) or (next(iter(found.values())) if len(found) == 1 else None)
        if service is not None:
            return TopicView(service.registry.topics[service.registry.arn(name)], service)
        where = f"There is no topic {name!r} in account {home[0]}, {home[1]}"
        if found:
            others = " and ".join(f"account {at[0]}, {at[1]}" for at in found)
            raise CloudFakesError(f"{where}, but in {others}: say which, as in topic({name!r}, region=...).")
        there = [each.name for each in self._service(*home).registry.topics.values()[:20]]
        raise CloudFakesError(f"{where}. Topics there: {', '.join(there) or 'none'}.")

    @property
    def topics(self) -> FrozenList[TopicView]:
        """The topics of all accounts and regions."""
        return FrozenList(
            TopicView(topic, service) for service in self._services() for topic in service.registry.topics.values()
        )

    @property
    def deliveries(self) -> FrozenList[DeliveryView]:
        """All deliveries, also those to single phones and apps."""
        return FrozenList(view for service in self._services() for view in _views(service, lambda _: True))

    @property
    def outbox(self) -> Outbox:
        """Email, text messages and mobile push of the cloud's account and region."""
        service = self._service(None, None)
        service.clock.now()
        return service.outbox

    @property
    def quotas(self) -> Quotas:
        """Quotas that can be made small for a test, such as `fake_sns.quotas.subscriptions = 5`."""
        return self._service(None, None).registry.quotas

    @property
    def certificate(self) -> bytes | None:
        """The certificate of message signatures in PEM; None without the extra `signatures`."""
        return signatures.certificate()

    # ── text messages ────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def sandbox(self) -> bool:
        """Whether the account is in the SMS sandbox, where only verified numbers get messages. It can be set."""
        return self._service(None, None).sms.in_sandbox

    @sandbox.setter
    def sandbox(self, value: bool) -> None:
        self._service(None, None).sms.in_sandbox = value

    def opt_out(self, number: str) -> None:
        """Let the owner of a phone opt out of messages, as an answer STOP would."""
        sms = self._service(None, None).sms
        sms.opted_out[sms.check_number(number)] = None

    def add_origination_number(self, number: str, **members: Any) -> None:
        """Let ListOriginationNumbers show a number. members: of its rows, such as Iso2CountryCode="US"."""
        row = {"PhoneNumber": number, "Status": "ACTIVE", "RouteType": "Transactional", **members}
        self._service(None, None).sms.origination.append(row)

    # ── arranging ────────────────────────────────────────────────────────────────────────────────────────────────

    def create_topic(
        self, name: str, attributes: Mapping[str, object] | None = None, *, tags: Mapping[str, str] | None = None
    ) -> TopicView:
        """Create a topic, a FIFO one if the name ends in `.fifo`; attributes needn't be texts."""
        given = {key: _text(value) for key, value in (attributes or {}).items()}
        if str(name).endswith(".fifo"):
            given.setdefault("FifoTopic", "true")
        rows = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
        options = self._cloud.options
        parameters = {"Name": name, "Attributes": given, **({"Tags": rows} if rows else {})}
        _call(self._cloud, "CreateTopic", parameters, options.account, options.region)
        return self.topic(name)

    def subscribe(
        self, topic: str, protocol: str, endpoint: str, attributes: Mapping[str, object] | None = None
    ) -> SubscriptionView:
        """Subscribe an endpoint, and confirm it where that is needed; attributes needn't be texts."""
        view = self.topic(topic)
        given = {key: _text(value) for key, value in (attributes or {}).items()}
        parameters = {
            "TopicArn": view.arn,
            "Protocol": protocol,
            "Endpoint": endpoint,
            "Attributes": given,
            "ReturnSubscriptionArn": True,
        }
        service = view._service
        arn = _call(self._cloud, "Subscribe", parameters, service.account, service.region)["SubscriptionArn"]
        found = SubscriptionView(view._now().subscriptions[arn], service)
        found.confirm()
        return found

    def _service(self, account: str | None, region: str | None) -> Sns:
        options = self._cloud.options
        return cast("Sns", self._cloud.service("sns", account or options.account, region or options.region))

    def _services(self) -> Iterator[Sns]:
        return iter(cast("Iterable[Sns]", self._cloud.services("sns")))

    def __repr__(self) -> str:
        return f"<fake_sns: {', '.join(map(repr, self.topics)) or 'no topics'}>"


def _call(cloud: FakeCloud, operation: str, parameters: dict[str, Any], account: str, region: str) -> dict[str, Any]:
    """Call SNS as somebody of an account."""
    return cloud.invoke("sns", operation, parameters, caller=Caller(account), region=region)


def _now(service: Sns, thing: Any) -> Any:
    with service.cloud.lock:
        service.clock.now()
        return thing


def _views(service: Sns, wanted: Any) -> FrozenList[DeliveryView]:
    with service.cloud.lock:
        service.clock.now()
        deliveries = service.deliveries
        return FrozenList(
            _view(delivery)
            for group in (deliveries.done, deliveries.failed, deliveries.under_way)
            for delivery in group
            if wanted(delivery)
        )


def _view(delivery: Delivery) -> DeliveryView:
    message, subscription = delivery.message, delivery.subscription
    timer = delivery.timer
    return DeliveryView(
        message_id=message.message_id,
        text=message.text_for(subscription.protocol),
        subject=message.subject,
        protocol=subscription.protocol,
        endpoint=subscription.endpoint,
        topic=subscription.topic.name,
        subscription_arn=subscription.arn,
        state=delivery.state,
        attempts=tuple(delivery.attempts),
        attempt_count=delivery.counted,
        published_at=message.published,
        next_attempt_at=timer.due if timer is not None and timer.active and not delivery.over else None,
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


__all__ = [
    "Attempt",
    "DeliveryView",
    "OutboxMessage",
    "SnsHandle",
    "SubscriptionView",
    "TopicView",
]
