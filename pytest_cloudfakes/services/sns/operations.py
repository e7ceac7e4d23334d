"""Amazon SNS: the facade. Each method translates one operation; what it means is said in the machine's modules."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.api import ApiCall, ApiError, Caller, operation
from pytest_cloudfakes.services.sns import data_protection, permissions, publishing, rates
from pytest_cloudfakes.services.sns import tags as tag_rules
from pytest_cloudfakes.services.sns.access import Access
from pytest_cloudfakes.services.sns.arn_parameters import parse_arn
from pytest_cloudfakes.services.sns.confirmation import Tokens
from pytest_cloudfakes.services.sns.delivery import Deliveries
from pytest_cloudfakes.services.sns.envelopes import Addresses, instant
from pytest_cloudfakes.services.sns.errors import (
    AuthorizationError,
    InvalidParameter,
    InvalidParameterReason,
    NotFound,
    ResourceNotFound,
    ValidationError,
)
from pytest_cloudfakes.services.sns.mobile.operations import MobileOperations
from pytest_cloudfakes.services.sns.mobile.platform import Application, Endpoint, Platform
from pytest_cloudfakes.services.sns.mobile.sms import TextMessages
from pytest_cloudfakes.services.sns.outbox import Outbox, OutboxMessage
from pytest_cloudfakes.services.sns.pages import page
from pytest_cloudfakes.services.sns.registry import Registry
from pytest_cloudfakes.services.sns.subscribing import Subscribing
from pytest_cloudfakes.services.sns.topics import Topic
from pytest_cloudfakes.services.sns.web import serve

if TYPE_CHECKING:
    from pytest_cloudfakes.cloud import FakeCloud
    from pytest_cloudfakes.model import Violation

Answer = dict[str, Any]
Rows = Sequence[Mapping[str, Any]]

_PENDING = "pending confirmation"
"""In place of an ARN. Recorded from AWS."""


class Sns(MobileOperations, service="sns"):
    """Amazon SNS in one account and one region."""

    def __init__(self, cloud: FakeCloud, account: str, region: str) -> None:
        super().__init__(cloud, account, region)
        self.registry = Registry(
            account=account,
            region=region,
            partition=self.partition,
            clock=self.clock,
            ids=self.ids,
            happened=cloud.journal.happened,
        )
        self.addresses = Addresses(region, "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com")
        self.outbox = Outbox()
        self.sms = TextMessages(self.clock, self.ids)
        self.platform = Platform(self.registry.arn(""), self.ids, self._announce)
        self.tokens = Tokens(self.ids)
        self.access = Access(self)
        self.deliveries = Deliveries(self)
        self.subscribing = Subscribing(self)
        self._rates = rates.CallRates()
        self.direct = Topic("direct publishing", "", account, self.clock.now(), fifo=False)
        """What messages for one phone or one app count as published to."""
        cloud.http.register(self.addresses.root, serve(self))

    # ── permissions ──────────────────────────────────────────────────────────────────────────────────────────────

    @operation
    def add_permission(
        self, call: ApiCall, *, TopicArn: str, Label: str, AWSAccountId: list[str], ActionName: list[str]
    ) -> None:
        """Let accounts use a topic: a statement is added to its policy. Errors: InvalidParameter, NotFound."""
        topic = self.access.topic(call, TopicArn, "AddPermission")
        topic.values["Policy"] = permissions.add_permission(
            topic.values["Policy"], arn=topic.arn, label=Label, accounts=AWSAccountId, actions=ActionName
        )

    @operation
    def remove_permission(self, call: ApiCall, *, TopicArn: str, Label: str) -> None:
        """Take a statement out of a topic's policy; a label that isn't there is passed over. Errors: NotFound."""
        topic = self.access.topic(call, TopicArn, "RemovePermission")
        topic.values["Policy"] = permissions.remove_permission(topic.values["Policy"], Label)

    # ── topics ───────────────────────────────────────────────────────────────────────────────────────────────────

    @operation
    def create_topic(
        self,
        call: ApiCall,
        *,
        Name: str,
        Attributes: Mapping[str, str] | None = None,
        Tags: Rows | None = None,
        DataProtectionPolicy: str | None = None,
    ) -> Answer:
        """Create a topic, or give the ARN of the one that is there with the same attributes and tags.

        Errors: InvalidParameter, TopicLimitExceeded, TagLimitExceeded.
        """
        tags = None if Tags is None else tag_rules.read(Tags)
        policy = None if DataProtectionPolicy is None else data_protection.checked(DataProtectionPolicy)
        topic = self.registry.create(Name, Attributes or {}, tags)
        if DataProtectionPolicy is not None:
            topic.data_protection = policy
        return {"TopicArn": topic.arn}

    @operation
    def delete_topic(self, call: ApiCall, *, TopicArn: str) -> None:
        """Delete a topic with its subscriptions; one that isn't there was deleted already (recorded from AWS).

        Errors: InvalidParameter, InvalidState while it has an archive.
        """
        try:
            topic, owner = self.access.topic_and_service(call, TopicArn, "DeleteTopic")
        except NotFound:
            return
        owner.registry.delete(topic)
        owner.subscribing.forget_topic(topic)

    @operation
    def get_topic_attributes(self, call: ApiCall, *, TopicArn: str) -> Answer:
        """Show a topic. Errors: NotFound."""
        return {"Attributes": self.access.topic(call, TopicArn, "GetTopicAttributes").attributes(self.clock.now())}

    @operation
    def set_topic_attributes(
        self, call: ApiCall, *, TopicArn: str, AttributeName: str, AttributeValue: str = ""
    ) -> None:
        """Set one attribute of a topic; without a value it takes its default. Errors: InvalidParameter, NotFound."""
        topic, owner = self.access.topic_and_service(call, TopicArn, "SetTopicAttributes")
        owner.registry.change(topic, AttributeName, AttributeValue)

    @operation
    def list_topics(self, call: ApiCall, *, NextToken: str | None = None) -> Answer:
        """The account's topics in this region, a hundred a page."""
        arns, token = page(self.registry.topics, NextToken, request="topics")
        return {"Topics": [{"TopicArn": arn} for arn in arns], **token}

    @operation
    def get_data_protection_policy(self, call: ApiCall, *, ResourceArn: str) -> Answer:
        """Show a topic's data protection policy, if it has one. Errors: NotFound."""
        topic = self.access.topic(call, ResourceArn, "GetDataProtectionPolicy", parameter="ResourceArn")
        return {} if topic.data_protection is None else {"DataProtectionPolicy": topic.data_protection}

    @operation
    def put_data_protection_policy(self, call: ApiCall, *, ResourceArn: str, DataProtectionPolicy: str) -> None:
        """Set a topic's data protection policy; an empty one deletes it. Errors: InvalidParameter, NotFound."""
        topic = self.access.topic(call, ResourceArn, "PutDataProtectionPolicy", parameter="ResourceArn")
        topic.data_protection = data_protection.checked(DataProtectionPolicy)

    # ── tags ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @operation
    def list_tags_for_resource(self, call: ApiCall, *, ResourceArn: str) -> Answer:
        """The tags of a topic. Errors: ResourceNotFound."""
        return {"Tags": tag_rules.rows(self._tagged(call, ResourceArn, "ListTagsForResource").tags)}

    @operation
    def tag_resource(self, call: ApiCall, *, ResourceArn: str, Tags: Rows) -> None:
        """Add tags to a topic, or give them another value. Errors: ResourceNotFound, TagLimitExceeded."""
        topic = self._tagged(call, ResourceArn, "TagResource")
        topic.tags = tag_rules.added(topic.tags, tag_rules.read(Tags))

    @operation
    def untag_resource(self, call: ApiCall, *, ResourceArn: str, TagKeys: Sequence[str]) -> None:
        """Take tags off a topic; keys that it doesn't have are passed over. Errors: ResourceNotFound."""
        topic = self._tagged(call, ResourceArn, "UntagResource")
        for key in TagKeys:
            topic.tags.pop(key, None)

    def _tagged(self, call: ApiCall, arn: str, action: str) -> Topic:
        try:
            return self.access.topic(call, arn, action, parameter="ResourceArn")
        except NotFound:
            raise ResourceNotFound from None

    # ── subscriptions ────────────────────────────────────────────────────────────────────────────────────────────

    @operation
    def subscribe(
        self,
        call: ApiCall,
        *,
        TopicArn: str,
        Protocol: str,
        Endpoint: str | None = None,
        Attributes: Mapping[str, str] | None = None,
        ReturnSubscriptionArn: bool = False,
    ) -> Answer:
        """Subscribe an endpoint to a topic; some protocols have to confirm it.

        Errors: InvalidParameter, NotFound, SubscriptionLimitExceeded, FilterPolicyLimitExceeded.
        """
        topic, owner = self.access.topic_and_service(call, TopicArn, "Subscribe")
        subscription = owner.subscribing.subscribe(call.caller, topic, Protocol, Endpoint, Attributes or {})
        shown = subscription.confirmed or ReturnSubscriptionArn
        return {"SubscriptionArn": subscription.arn if shown else _PENDING}

    @operation
    def confirm_subscription(
        self, call: ApiCall, *, TopicArn: str, Token: str, AuthenticateOnUnsubscribe: str = "false"
    ) -> Answer:
        """Confirm a subscription by the token that its endpoint was sent. Errors: InvalidParameter."""
        owner = self.access.of_account(parse_arn(TopicArn, "TopicArn").account) or self
        subscription = owner.subscribing.confirm(
            TopicArn, Token, authenticated=True, authenticate=AuthenticateOnUnsubscribe.lower() == "true"
        )
        return {"SubscriptionArn": subscription.arn}

    @operation
    def unsubscribe(self, call: ApiCall, *, SubscriptionArn: str) -> None:
        """Take a subscription away; one that isn't there was taken away already. Errors: InvalidParameter."""
        subscription = self.access.find_subscription(SubscriptionArn)
        if subscription is None:
            return
        if self.cloud.options.policies == "enforced" and call.account not in {
            subscription.owner,
            subscription.topic.owner,
        }:
            raise AuthorizationError(principal=call.caller.arn, action="Unsubscribe", resource=SubscriptionArn)
        self._owner(subscription.topic).subscribing.unsubscribe(subscription, call.caller)

    @operation
    def get_subscription_attributes(self, call: ApiCall, *, SubscriptionArn: str) -> Answer:
        """Show a subscription. Errors: NotFound."""
        subscription = self.access.subscription(call, SubscriptionArn, "GetSubscriptionAttributes")
        return {"Attributes": subscription.attributes()}

    @operation
    def set_subscription_attributes(
        self, call: ApiCall, *, SubscriptionArn: str, AttributeName: str, AttributeValue: str = ""
    ) -> None:
        """Set one attribute of a subscription; an empty value takes it away.

        Errors: InvalidParameter, NotFound, FilterPolicyLimitExceeded.
        """
        subscription = self.access.subscription(call, SubscriptionArn, "SetSubscriptionAttributes")
        self._owner(subscription.topic).subscribing.change(subscription, AttributeName, AttributeValue)

    @operation
    def list_subscriptions(self, call: ApiCall, *, NextToken: str | None = None) -> Answer:
        """The account's subscriptions in this region, a hundred a page."""
        owned = self.registry.owned
        arns, token = page(owned, NextToken, request="subscriptions")
        return {"Subscriptions": [owned[arn].row() for arn in arns], **token}

    @operation
    def list_subscriptions_by_topic(self, call: ApiCall, *, TopicArn: str, NextToken: str | None = None) -> Answer:
        """The subscriptions of a topic, a hundred a page. Errors: NotFound."""
        subscriptions = self.access.topic(call, TopicArn, "ListSubscriptionsByTopic").listed
        arns, token = page(subscriptions, NextToken, request=("subscriptions", TopicArn))
        return {"Subscriptions": [subscriptions[arn].row() for arn in arns], **token}

    def _owner(self, topic: Topic) -> Sns:
        return self.access.of_account(topic.owner) or self

    # ── publishing ───────────────────────────────────────────────────────────────────────────────────────────────

    @operation
    def publish(
        self,
        call: ApiCall,
        *,
        Message: str,
        TopicArn: str | None = None,
        TargetArn: str | None = None,
        PhoneNumber: str | None = None,
        Subject: str | None = None,
        MessageStructure: str | None = None,
        MessageAttributes: Mapping[str, Answer] | None = None,
        MessageDeduplicationId: str | None = None,
        MessageGroupId: str | None = None,
    ) -> Answer:
        """Publish a message to a topic, an app on a device, or a phone.

        Errors: InvalidParameter, ParameterValueInvalid, NotFound, EndpointDisabled, PlatformApplicationDisabled.
        Source: API reference, Publish; recorded from AWS.
        """
        if (TopicArn is not None) + (TargetArn is not None) + (PhoneNumber is not None) != 1:
            raise InvalidParameterReason(name="TopicArn or TargetArn", reason="no value for required parameter")
        if PhoneNumber is not None:
            return publishing.publish_to_phone(self, PhoneNumber, call.parameters)
        arn, parameter = (TopicArn, "TopicArn") if TargetArn is None else (TargetArn, "TargetArn")
        assert arn is not None
        if TargetArn is not None and parse_arn(TargetArn, parameter).resource.startswith("endpoint/"):
            return publishing.publish_to_endpoint(self, TargetArn, call.parameters)
        topic, owner = self.access.topic_and_service(call, arn, "Publish", parameter=parameter)
        return publishing.publish(owner, topic, call.parameters, call)

    @operation
    def publish_batch(self, call: ApiCall, *, TopicArn: str, PublishBatchRequestEntries: Rows) -> Answer:
        """Publish up to ten messages to a topic, each with its own outcome, to a FIFO topic in their order.

        Errors: those of a batch, BatchRequestTooLong, ParameterValueInvalid, NotFound.
        """
        topic, owner = self.access.topic_and_service(call, TopicArn, "Publish")
        return publishing.publish_batch(owner, topic, PublishBatchRequestEntries, call)

    # ── what the machine calls ───────────────────────────────────────────────────────────────────────────────────

    def constraint_error(self, call: ApiCall, violations: list[Violation]) -> ApiError | None:
        """SNS calls it ValidationError. Recorded from AWS."""
        from pytest_cloudfakes.violations import validation_error

        return validation_error(violations, ValidationError)

    def throttle(self, call: ApiCall) -> None:
        """Count a call, where AWS's own limits are on. Errors: Throttling."""
        now, most = self.clock.now(), rates.CALLS.get(call.operation)
        if most is not None:
            self._rates.count(call.operation, most, now)
        topic = self.registry.topics.get(call.parameters.get("TopicArn"))
        if topic is None or topic.deduplication is None or not call.operation.startswith("Publish"):
            return
        groups = rates.groups_of(call.parameters)
        if not topic.deduplication.per_group:
            self._rates.count(topic.arn, rates.FIFO_MESSAGES, now, sum(groups.values()))
            return
        for group, count in groups.items():
            self._rates.count((topic.arn, group), rates.FIFO_GROUP_MESSAGES, now, count)

    def send_password(self, number: str, password: str) -> None:
        """Send a one-time password to a phone."""
        text = f"Your verification code is {password}"
        self.outbox.add(OutboxMessage("sms", number, text, None, self.ids.uuid(), self.clock.now(), None, None, {}))

    def _announce(self, application: Application, kind: str, endpoint: Endpoint | None, reason: str) -> None:
        """Publish an application's event to the topic that its attributes name. The form is ours: none was seen."""
        topic_arn = application.values.get(f"Event{kind}")
        if not topic_arn or endpoint is None:
            return
        event = {
            "EventType": kind,
            "Resource": application.arn,
            "EndpointArn": endpoint.arn,
            "Service": "SNS",
            "Time": instant(self.clock.now()),
            **({"FailureMessage": reason} if reason else {}),
        }
        caller = Caller(self.account, service="sns.amazonaws.com")
        message = {"TopicArn": topic_arn, "Message": json.dumps(event), "Subject": f"{kind} event"}
        try:
            self.cloud.invoke("sns", "Publish", message, caller=caller, region=self.region)
        except (NotFound, InvalidParameter, AuthorizationError) as error:
            self.cloud.journal.happened("sns", application.arn, "{} can't be told: {}", kind, error)
