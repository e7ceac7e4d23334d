"""How one attempt to deliver is made, protocol by protocol, and what came of it.

Queues and functions answer at once; HTTP endpoints are called outside of the cloud's lock and tell later; email, text
messages and mobile push go to the outbox. A client error is not tried again: the target is gone or doesn't allow it.
A server error is: it may pass. Source: developer guide, message delivery retries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, cast

from pytest_cloudfakes.api import NO_HEADERS, ApiCall, ApiError, Caller
from pytest_cloudfakes.faults import NetworkFault
from pytest_cloudfakes.http_targets import HttpRequest, HttpResponse, Unreachable
from pytest_cloudfakes.pending import Pending
from pytest_cloudfakes.services.sns import limits
from pytest_cloudfakes.services.sns.endpoints import QueueTarget
from pytest_cloudfakes.services.sns.envelopes import Notification, complete, lambda_event
from pytest_cloudfakes.services.sns.messages import NO_ATTRIBUTES, Attributes, Message
from pytest_cloudfakes.services.sns.outbox import OutboxMessage

if TYPE_CHECKING:
    from pytest_cloudfakes.services.sns.delivery import Delivery
    from pytest_cloudfakes.services.sns.operations import Sns
    from pytest_cloudfakes.services.sns.subscriptions import Subscription

DELIVERED: Final = "delivered"
CLIENT_ERROR: Final = "client error"
SERVER_ERROR: Final = "server error"

AGENT = "Amazon Simple Notification Service Agent"
SENDER_ID = "AIDAIT2UOQQY3AUEKVGXU"
"""SenderId of messages that come from SNS. Source: Lambda developer guide, sample events."""
_THROTTLES = frozenset({"RequestThrottled", "ThrottlingException", "Throttling", "KmsThrottled", "OverLimit"})


class Outcome(NamedTuple):
    """What came of an attempt. lasting: whether it can't be another until faults are changed."""

    kind: str
    reason: str
    status: int = 200
    lasting: bool = False


SENT = Outcome(DELIVERED, "")
_TOO_MANY_ATTRIBUTES = Outcome(CLIENT_ERROR, "more than 10 message attributes with raw message delivery", 400)
Then = Callable[[Outcome], None]


class Queues(Protocol):
    """What SNS needs of SQS beside its operations."""

    def deliver(
        self,
        name: str,
        body: str,
        *,
        attributes: Mapping[str, Mapping[str, Any]] | None,
        group_id: str | None,
        deduplication_id: str | None,
        trace_header: str | None,
        sender_id: str,
    ) -> None:
        """SendMessage for a service of AWS."""


class Channels:
    """The ways out of one account's SNS in one region."""

    def __init__(self, service: Sns, finish: Callable[[Delivery, Outcome], None]) -> None:
        self._service = service
        self._cloud = service.cloud
        self._finish = finish
        options = service.cloud.options
        self._stored = options.policies == "stored" and options.limits == "off"
        self._queues: dict[tuple[str, str], Queues] = {}

    @property
    def plain(self) -> bool:
        """Whether neither faults, nor rates, nor policies have a say in what goes to a queue."""
        return self._stored and not self._cloud.faults.armed

    def attempt(self, delivery: Delivery) -> Outcome | None:
        """Make an attempt; None if its outcome is told later."""
        return _ATTEMPTS[delivery.subscription.protocol](self, delivery)

    # ── SQS ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _to_queue(self, delivery: Delivery) -> Outcome | None:
        subscription, message = delivery.subscription, delivery.message
        queue = subscription.queue
        assert queue is not None
        attributes = NO_ATTRIBUTES
        if subscription.raw:
            attributes = message.attributes
            if len(attributes) > limits.RAW_ATTRIBUTES:
                return _TOO_MANY_ATTRIBUTES
        body = self._body(delivery)
        return self._send(queue, delivery, body, attributes, lambda outcome: self._finish(delivery, outcome))

    def send_at_once(self, message: Message, subscription: Subscription) -> Outcome:
        """The same for a message of a standard topic, where it is plain: all that most deliveries need."""
        queue = subscription.queue
        assert queue is not None
        attributes = None
        if not subscription.raw:
            body = self._notification(message, subscription).text(subscription.arn)
        else:
            body = message.text_for("sqs")
            attributes = message.attributes or None
            if attributes and len(attributes) > limits.RAW_ATTRIBUTES:
                return _TOO_MANY_ATTRIBUTES
        try:
            self._sqs(queue).deliver(
                queue.name,
                body,
                attributes=attributes,
                group_id=message.group_id,
                deduplication_id=None,
                trace_header=message.trace_header,
                sender_id=SENDER_ID,
            )
        except ApiError as error:
            return outcome_of(error)
        return SENT

    def bury(self, delivery: Delivery, then: Then) -> Outcome | None:
        """Send what the endpoint would have got to the dead-letter queue. Recorded from AWS."""
        subscription = delivery.subscription
        assert subscription.redrive is not None
        attributes = NO_ATTRIBUTES
        if subscription.raw and subscription.protocol == "sqs":
            attributes = delivery.message.attributes
            if len(attributes) > limits.RAW_ATTRIBUTES:
                # The queue can't take them; that it gets the text without them is a guess.
                attributes = NO_ATTRIBUTES
        return self._send(subscription.redrive, delivery, self._body(delivery), attributes, then)

    def confirm_to_queue(self, subscription: Subscription, message_id: str, body: str) -> None:
        """Send a confirmation to a queue of another account."""
        from pytest_cloudfakes.services.sns.delivery import Delivery

        assert subscription.queue is not None
        message = Message(message_id, subscription.topic.arn, body, self._service.clock.now())
        if subscription.topic.fifo:
            message.group_id = message.deduplication_id = message_id
        self._send(subscription.queue, Delivery(message, subscription), body, NO_ATTRIBUTES, lambda _: None)

    def _send(
        self, queue: QueueTarget, delivery: Delivery, body: str, attributes: Attributes, then: Then
    ) -> Outcome | None:
        message = delivery.message
        group_id, deduplication_id = message.group_id, message.deduplication_id
        if not queue.fifo:
            deduplication_id = None
            if delivery.subscription.topic.fifo:
                group_id = None  # recorded from AWS
        if self.plain:
            try:
                self._sqs(queue).deliver(
                    queue.name,
                    body,
                    attributes=attributes or None,
                    group_id=group_id,
                    deduplication_id=deduplication_id,
                    trace_header=message.trace_header,
                    sender_id=SENDER_ID,
                )
            except ApiError as error:
                return outcome_of(error)
            return SENT
        parameters: dict[str, Any] = {"QueueUrl": queue.url, "MessageBody": complete(body)}
        if attributes:
            parameters["MessageAttributes"] = {name: dict(each) for name, each in attributes.items()}
        if group_id is not None:
            parameters["MessageGroupId"] = group_id
        if deduplication_id is not None:
            parameters["MessageDeduplicationId"] = deduplication_id
        return self._call_sqs(queue, delivery, parameters, then)

    def _sqs(self, queue: QueueTarget) -> Queues:
        key = (queue.account, queue.region)
        found = self._queues.get(key)
        if found is None:
            found = self._queues[key] = cast("Queues", self._cloud.service("sqs", *key))
        return found

    def _call_sqs(
        self, queue: QueueTarget, delivery: Delivery, parameters: dict[str, Any], then: Then
    ) -> Outcome | None:
        """SendMessage as a call like any other: faults, rates and policies have a say in it."""
        message, service = delivery.message, self._service
        context = {"aws:SourceArn": message.topic_arn, "aws:SourceAccount": service.account}
        call = ApiCall(
            "sqs",
            "SendMessage",
            parameters,
            caller=Caller(queue.account, service="sns.amazonaws.com", user_id=SENDER_ID, context=context),
            region=queue.region,
            partition=service.partition,
            request_id=service.ids.uuid(),
            headers={"X-Amzn-Trace-Id": message.trace_header} if message.trace_header else NO_HEADERS,
        )
        try:
            answer = self._cloud.handle_call(call)
        except (ApiError, NetworkFault) as error:
            return outcome_of(error, lasting=self._cloud.faults.lasting("sqs", "SendMessage"))
        if isinstance(answer, Pending):
            waiting = answer
            waiting.when_done(lambda: then(SENT if waiting.error is None else outcome_of(waiting.error)))
            return None
        return SENT

    # ── Lambda ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _to_function(self, delivery: Delivery) -> Outcome | None:
        """An asynchronous invocation: accepted is delivered, whatever becomes of it then."""
        subscription, functions = delivery.subscription, self._cloud.lambdas
        if functions.find(subscription.endpoint) is None:
            return Outcome(CLIENT_ERROR, "there is no such function: cloud.lambdas.register(name, callable)", 404)
        notification = self._notification(delivery.message, subscription)
        event = lambda_event(notification, delivery.message, subscription.arn)
        request_id = functions.invoke_asynchronously(subscription.endpoint, event)
        return Outcome(DELIVERED, f'{{"lambdaRequestId":"{request_id}"}}', 202)

    # ── HTTP(S) ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _to_url(self, delivery: Delivery) -> Outcome | None:
        subscription = delivery.subscription
        body = self._body(delivery)
        headers = self._headers(subscription, "Notification", delivery.message.message_id)
        headers["x-amz-sns-subscription-arn"] = subscription.arn
        if subscription.raw:
            headers["x-amz-sns-rawdelivery"] = "true"
        self.post(subscription, headers, body, lambda outcome: self._finish(delivery, outcome))
        return None

    def _headers(self, subscription: Subscription, kind: str, message_id: str) -> dict[str, str]:
        """Recorded from AWS."""
        return {
            "x-amz-sns-message-type": kind,
            "x-amz-sns-message-id": message_id,
            "x-amz-sns-topic-arn": subscription.topic.arn,
            "Content-Type": subscription.http_policy().content_type,
            "User-Agent": AGENT,
            "Accept-Encoding": "gzip,deflate",
        }

    def confirm(self, subscription: Subscription, kind: str, message_id: str, body: str, then: Then) -> None:
        """Send a confirmation to an HTTP(S) endpoint."""
        headers = self._headers(subscription, kind, message_id)
        if kind != "SubscriptionConfirmation":
            headers["x-amz-sns-subscription-arn"] = subscription.arn
        self.post(subscription, headers, body, then)

    def post(self, subscription: Subscription, headers: Mapping[str, str], body: str, then: Then) -> None:
        """Call an endpoint outside of the lock. It has 15 seconds of the cloud's time."""
        cloud, clock, url = self._cloud, self._service.clock, subscription.endpoint

        def work() -> HttpResponse | Exception:
            try:
                return cloud.http.send(HttpRequest("POST", url, headers, complete(body).encode()))
            except Exception as error:  # noqa: BLE001 - a server whose code fails answers with an error
                return error

        def answered(response: HttpResponse | Exception) -> None:
            outcome, delay = outcome_of_http(response)
            if not delay:
                then(outcome)
                return
            clock.at(
                clock.now() + delay,
                lambda: then(outcome),
                service="sns",
                resource=subscription.topic.name,
                what=f"{url} has answered" if delay < limits.HTTP_TIMEOUT else f"{url} has not answered",
            )

        cloud.outside.add(work, answered, f"a request to {url}")

    # ── people and what has no consumer here ─────────────────────────────────────────────────────────────────────

    def _to_outbox(self, delivery: Delivery) -> Outcome | None:
        subscription, message = delivery.subscription, delivery.message
        refusal = self._service.outbox.refusal(subscription.endpoint)
        if refusal is not None:
            kind, what = (CLIENT_ERROR, "for good") if refusal.permanent else (SERVER_ERROR, "for now")
            return Outcome(kind, f"the provider refused it {what}", 400 if refusal.permanent else 503)
        self._service.outbox.add(
            OutboxMessage(
                protocol=subscription.protocol,
                to=subscription.endpoint,
                text=complete(self._body(delivery)),
                subject=message.subject,
                message_id=message.message_id,
                at=self._service.clock.now(),
                topic_arn=message.topic_arn or None,
                subscription_arn=subscription.arn or None,
                attributes=message.attributes,
            )
        )
        return SENT

    def _to_phone(self, delivery: Delivery) -> Outcome | None:
        why = self._service.sms.why_not(delivery.subscription.endpoint)
        return Outcome(CLIENT_ERROR, why, 400) if why else self._to_outbox(delivery)

    def _to_app(self, delivery: Delivery) -> Outcome | None:
        platform, arn = self._service.platform, delivery.subscription.endpoint
        why = platform.why_not(arn)
        if why:
            return Outcome(CLIENT_ERROR, why, 400)
        outcome = self._to_outbox(delivery)
        if outcome is not None and outcome.kind is CLIENT_ERROR:
            # A provider that no longer knows a token: SNS disables the endpoint.
            platform.disable(arn, outcome.reason)
        return outcome

    # ── bodies ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _text(self, message: Message, subscription: Subscription) -> str:
        if message.texts is None:
            return message.text
        if subscription.protocol == "application":
            platform = subscription.endpoint.split("/")[1]
            return message.texts.get(platform) or message.text_for("application")
        return message.text_for(subscription.protocol)

    def _body(self, delivery: Delivery) -> str:
        """What the endpoint gets: the text alone, or in its envelope."""
        message, subscription = delivery.message, delivery.subscription
        if subscription.raw or subscription.protocol in _BARE:
            return self._text(message, subscription)
        return self._notification(message, subscription).text(subscription.arn)

    def _notification(self, message: Message, subscription: Subscription) -> Notification:
        """What the envelopes of a message have in common, made once for each text."""
        text = message.text if message.texts is None else self._text(message, subscription)
        version = None if subscription.protocol == "firehose" else subscription.topic.version
        found: Notification | None = message.forms.get((text, version))
        if found is None:
            found = message.forms[text, version] = Notification(message, text, self._service.addresses, version)
        return found


_BARE = frozenset({"email", "sms", "application"})

_ATTEMPTS: Mapping[str, Callable[[Channels, Delivery], Outcome | None]] = {
    "sqs": Channels._to_queue,
    "lambda": Channels._to_function,
    "http": Channels._to_url,
    "https": Channels._to_url,
    "email": Channels._to_outbox,
    "email-json": Channels._to_outbox,
    "firehose": Channels._to_outbox,
    "sms": Channels._to_phone,
    "application": Channels._to_app,
}


def outcome_of(error: Exception, *, lasting: bool = False) -> Outcome:
    """What an error of SQS means for a delivery."""
    if not isinstance(error, ApiError):
        return Outcome(SERVER_ERROR, str(error), 503, lasting)
    retried = error.status >= 500 or not {error.code, error.query_code}.isdisjoint(_THROTTLES)
    return Outcome(SERVER_ERROR if retried else CLIENT_ERROR, str(error), error.status, lasting)


def outcome_of_http(response: HttpResponse | Exception) -> tuple[Outcome, int]:
    """What an HTTP answer means for a delivery, and after how many milliseconds.

    Redirects and client errors are not tried again, but for 429. Source: developer guide, HTTP(S) delivery retries
    and dead-letter queues, which tell it differently and agree on that.
    """
    if isinstance(response, Exception):
        timed_out = isinstance(response, Unreachable) and response.timed_out
        reason = str(response) if isinstance(response, Unreachable) else repr(response)
        return Outcome(SERVER_ERROR, reason, 503), limits.HTTP_TIMEOUT if timed_out else 0
    delay = round(1_000 * response.delay)
    if delay >= limits.HTTP_TIMEOUT:
        return Outcome(SERVER_ERROR, "it didn't answer within 15 seconds", 503), limits.HTTP_TIMEOUT
    status = response.status
    if 200 <= status < 300:
        return Outcome(DELIVERED, f"HTTP {status}", status), delay
    kind = SERVER_ERROR if status >= 500 or status == 429 else CLIENT_ERROR
    return Outcome(kind, f"HTTP {status}", status), delay
