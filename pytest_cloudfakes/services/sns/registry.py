"""The topics of one account in one region, and the subscriptions that the account owns there.

A subscription lives with its topic, which may be another account's; whoever subscribed owns it and has it listed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sortedcontainers import SortedDict

from pytest_cloudfakes.services.sns import limits, topics
from pytest_cloudfakes.services.sns.errors import (
    InvalidParameterReason,
    InvalidState,
    NotFound,
    TopicLimitExceeded,
)
from pytest_cloudfakes.services.sns.subscriptions import Subscription
from pytest_cloudfakes.services.sns.topics import Topic

if TYPE_CHECKING:
    from pytest_cloudfakes.clock import Clock
    from pytest_cloudfakes.ids import Ids


class Registry:
    """What exists in one account and region."""

    def __init__(
        self,
        *,
        account: str,
        region: str,
        partition: str,
        clock: Clock,
        ids: Ids,
        happened: Callable[..., object],
    ) -> None:
        self.account = account
        self.region = region
        self.partition = partition
        self.clock = clock
        self.ids = ids
        self.happened = happened
        self.quotas = limits.Quotas()
        self.topics: SortedDict[str, Topic] = SortedDict()
        """By ARN."""
        self.owned: SortedDict[str, Subscription] = SortedDict()
        """The account's subscriptions by ARN, those of other accounts' topics included."""
        self.filter_policies = 0
        """How many subscriptions of the account's topics have one."""
        self._fifo_topics = 0

    def arn(self, name: str) -> str:
        """The ARN of a topic's name."""
        return f"arn:{self.partition}:sns:{self.region}:{self.account}:{name}"

    def get(self, arn: str) -> Topic:
        """The topic of an ARN. Errors: NotFound."""
        topic: Topic | None = self.topics.get(arn)
        if topic is None:
            raise NotFound(what="Topic")
        return topic

    def find_subscription(self, arn: str) -> Subscription | None:
        """The subscription of an ARN, if it is one of this account's topics."""
        topic = self.topics.get(arn.rpartition(":")[0])
        return None if topic is None else topic.subscriptions.get(arn)

    # ── creating and deleting ────────────────────────────────────────────────────────────────────────────────────

    def create(self, name: str, given: Mapping[str, str], tags: Mapping[str, str] | None) -> Topic:
        """A new topic, or the one that is there. Errors: InvalidParameter, TopicLimitExceeded."""
        fifo = given.get("FifoTopic", "").lower() == "true"
        topics.check_name(name, fifo=fifo)
        changes = topics.check(given, fifo=fifo, new=True)
        existing: Topic | None = self.topics.get(self.arn(name))
        if existing is not None:
            if existing.differs(changes):
                reason = "Topic already exists with different attributes"
                raise InvalidParameterReason(name="Attributes", reason=reason)
            if tags is not None and existing.tags != tags:
                raise InvalidParameterReason(name="Tags", reason="Topic already exists with different tags")
            return existing
        self._check_quota(fifo=fifo)
        now = self.clock.now()
        topic = Topic(name, self.arn(name), self.account, now, fifo=fifo)
        topic.apply(changes, now)
        topic.tags.update(tags or {})
        self.topics[topic.arn] = topic
        self._fifo_topics += fifo
        return topic

    def change(self, topic: Topic, name: str, text: str) -> None:
        """Set an attribute. Errors: InvalidParameter."""
        changes = topics.check({name: text}, fifo=topic.fifo, new=False)
        size = changes.get("MaximumMessageSize")
        if size is not None and int(size) > limits.MESSAGE_SIZE:
            _check_large_messages(topic)
        topic.apply(changes, self.clock.now())

    def delete(self, topic: Topic) -> None:
        """Delete a topic with its subscriptions. Errors: InvalidState while it has an archive."""
        if topic.archive is not None:
            raise InvalidState
        topic.deleted = True
        del self.topics[topic.arn]
        self._fifo_topics -= topic.fifo

    def _check_quota(self, *, fifo: bool) -> None:
        quota = self.quotas.fifo_topics if fifo else self.quotas.topics
        count = self._fifo_topics if fifo else len(self.topics) - self._fifo_topics
        if count >= quota:
            raise TopicLimitExceeded

    def __repr__(self) -> str:
        return f"<Registry {self.account}/{self.region}: {len(self.topics)} topics>"


def _check_large_messages(topic: Topic) -> None:
    """Messages above 256 KiB are for few subscriptions, of AWS's services. Source: model, SetTopicAttributes."""
    protocols = {subscription.protocol for subscription in topic.subscriptions.values()}
    if len(topic.subscriptions) > limits.LARGE_MESSAGE_SUBSCRIPTIONS or protocols - {"sqs", "lambda", "firehose"}:
        raise InvalidParameterReason(
            name="MaximumMessageSize",
            reason="Above 262144 bytes a topic has at most 100 subscriptions, of SQS, Lambda and Firehose only",
        )
