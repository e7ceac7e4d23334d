"""The forms in which subscribers get a message: SNS's envelope in JSON, and the event of a Lambda function.

All that subscribers have in common is written once a message. The signature is made when somebody reads an envelope:
until then its text carries a placeholder of the same length, see `Envelope`.
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Mapping
from datetime import datetime, timezone
from json.encoder import encode_basestring as _quoted
from typing import Any

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sns import signatures
from pytest_cloudfakes.services.sns.messages import Attribute, Attributes, Message

_UNSIGNED = "=" * signatures.LENGTH
_PLACE = f'"Signature" : "{_UNSIGNED}'
"""Where the signature goes. What users write has its quotation marks escaped, so it can't look like this."""


def instant(at: Millis) -> str:
    """An instant as messages carry it: `2026-01-31T12:00:00.000Z`."""
    return f"{_second(at // 1_000)}.{at % 1_000:03}Z"


@functools.lru_cache(maxsize=16)
def _second(at: int) -> str:
    return datetime.fromtimestamp(at, timezone.utc).isoformat()[:-6]


class Addresses:
    """The addresses of SNS in a region, as messages carry them."""

    def __init__(self, region: str, suffix: str) -> None:
        self.root = f"https://sns.{region}.{suffix}/"
        self.certificate = self.root + signatures.CERTIFICATE_NAME

    def subscribe(self, topic_arn: str, token: str) -> str:
        return f"{self.root}?Action=ConfirmSubscription&TopicArn={topic_arn}&Token={token}"

    def unsubscribe(self, subscription_arn: str) -> str:
        return f"{self.root}?Action=Unsubscribe&SubscriptionArn={subscription_arn}"


class Signature:
    """A signature that is made when it is first asked for."""

    __slots__ = ("_message", "_value", "_version")

    def __init__(self, message: Mapping[str, str], version: str) -> None:
        self._message = message
        self._version = version
        self._value: str | None = None

    def value(self) -> str:
        if self._value is None:
            self._value = signatures.sign(signatures.signed_text(self._message), self._version)
        return self._value


class Envelope(str):
    """An envelope's text with a placeholder for its signature, until `complete` makes it.

    It goes to a queue as it is: to encode it gives bytes that complete themselves when they are decoded, so that a
    message nobody reads is never signed.
    """

    __slots__ = ("signature",)
    signature: Signature

    @classmethod
    def of(cls, text: str, signature: Signature) -> Envelope:
        envelope = cls(text)
        envelope.signature = signature
        return envelope

    def complete(self) -> str:
        """The text with its signature."""
        return _signed(self, self.signature)

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        raw = EncodedEnvelope(super().encode(encoding, errors))
        raw.signature = self.signature
        return raw


class EncodedEnvelope(bytes):
    """The bytes of an envelope, which are complete when they are decoded or copied."""

    signature: Signature

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return _signed(super().decode(encoding, errors), self.signature)

    def __bytes__(self) -> bytes:
        return self.decode().encode()


def _signed(text: str, signature: Signature) -> str:
    return text.replace(_PLACE, _PLACE.replace(_UNSIGNED, signature.value()), 1)


def complete(text: str) -> str:
    """Any text as a reader sees it."""
    return text.complete() if type(text) is Envelope else text


# ── notifications ────────────────────────────────────────────────────────────────────────────────────────────────


class Notification:
    """What a message's envelopes have in common, for one protocol's text. Recorded from AWS, keys in this order."""

    __slots__ = ("_before", "_end", "_members", "_signature", "addresses", "members", "version")

    def __init__(self, message: Message, text: str, addresses: Addresses, version: str | None) -> None:
        self.addresses = addresses
        self.version = version
        """Of the signature; None on FIFO topics, which don't sign."""
        members = {"Type": "Notification", "MessageId": message.message_id}
        if message.sequence_number is not None:
            members["SequenceNumber"] = message.sequence_number
        members["TopicArn"] = message.topic_arn
        if message.subject is not None:
            members["Subject"] = message.subject
        members["Message"] = text
        members["Timestamp"] = instant(message.published)
        self.members: Mapping[str, str] = members
        self._signature: Signature | None = None
        signed = ""
        if version is not None:
            signature = signatures.PLACEHOLDER
            if signatures.available():
                self._signature = Signature(members, version)
                signature = _UNSIGNED
            signed = (
                f',\n  "SignatureVersion" : "{version}",\n  "Signature" : "{signature}",\n'
                f'  "SigningCertURL" : "{addresses.certificate}"'
            )
        self._before = f'{_opened(members)}{signed},\n  "UnsubscribeURL" : "{addresses.unsubscribe("")}'
        attributes = _attributes_text(message.attributes) if message.attributes else ""
        # Deviation: AWS documents that replayed messages say so, but not how it is written.
        replayed = ',\n  "Replayed" : "true"' if message.replayed else ""
        self._end = f'"{attributes}{replayed}\n}}'

    def text(self, subscription_arn: str) -> str:
        """The envelope for one subscription: plain text where it is complete, else an `Envelope`."""
        text = f"{self._before}{subscription_arn}{self._end}"
        return text if self._signature is None else Envelope.of(text, self._signature)

    def signature(self) -> str:
        """The signature, made now."""
        return signatures.PLACEHOLDER if self._signature is None else self._signature.value()


def _opened(members: Mapping[str, str]) -> str:
    """An object of JSON in AWS's layout, but for its closing brace."""
    return "{\n" + ",\n".join([f'  "{name}" : {_quoted(value)}' for name, value in members.items()])


def attribute_value(attribute: Attribute) -> str:
    """The value of an attribute as envelopes carry it: binary ones in base64."""
    value = attribute.get("StringValue")
    return value if value is not None else base64.b64encode(attribute["BinaryValue"]).decode()


def _attributes_text(attributes: Attributes) -> str:
    rows = [
        f'    {_quoted(name)} : {{"Type":{_quoted(each["DataType"])},"Value":{_quoted(attribute_value(each))}}}'
        for name, each in attributes.items()
    ]
    return ',\n  "MessageAttributes" : {\n' + ",\n".join(rows) + "\n  }"


def lambda_event(notification: Notification, message: Message, subscription_arn: str) -> dict[str, Any]:
    """The event that a function gets, with one record. Recorded from AWS.

    It is signed in version 1 whatever the topic says (recorded in 2024), so that a version of its own is made then.
    """
    members = notification.members
    version = "1"
    signature = notification.signature()
    if notification.version == "2":
        signature = Signature(members, version).value()
    addresses = notification.addresses
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": subscription_arn,
                "Sns": {
                    "Type": "Notification",
                    "MessageId": message.message_id,
                    "TopicArn": message.topic_arn,
                    "Subject": message.subject,
                    "Message": members["Message"],
                    "Timestamp": members["Timestamp"],
                    "SignatureVersion": version,
                    "Signature": signature,
                    "SigningCertUrl": addresses.certificate,
                    "UnsubscribeUrl": addresses.unsubscribe(subscription_arn),
                    "MessageAttributes": {
                        name: {"Type": _lambda_type(each["DataType"]), "Value": attribute_value(each)}
                        for name, each in message.attributes.items()
                    },
                },
            }
        ]
    }


def _lambda_type(data_type: str) -> str:
    """Functions get numbers and arrays as texts. Source: developer guide, message attributes."""
    return "Binary" if data_type.startswith("Binary") else "String"


# ── confirmations ────────────────────────────────────────────────────────────────────────────────────────────────

_SUBSCRIBE = (
    "You have chosen to subscribe to the topic {topic}.\n"
    "To confirm the subscription, visit the SubscribeURL included in this message."
)
_UNSUBSCRIBE = (
    "You have chosen to deactivate subscription {subscription}.\n"
    "To cancel this operation and restore the subscription, visit the SubscribeURL included in this message."
)


def confirmation(
    kind: str,
    *,
    message_id: str,
    token: str,
    topic_arn: str,
    subscription_arn: str,
    at: Millis,
    addresses: Addresses,
    version: str,
) -> str:
    """The body of a SubscriptionConfirmation or an UnsubscribeConfirmation. Recorded from AWS."""
    text = _SUBSCRIBE if kind == "SubscriptionConfirmation" else _UNSUBSCRIBE
    members = {
        "Type": kind,
        "MessageId": message_id,
        "Token": token,
        "TopicArn": topic_arn,
        "Message": text.format(topic=topic_arn, subscription=subscription_arn),
        "SubscribeURL": addresses.subscribe(topic_arn, token),
        "Timestamp": instant(at),
        "SignatureVersion": version,
    }
    signature = signatures.PLACEHOLDER
    if signatures.available():
        signature = _UNSIGNED
    text = f"{_opened({**members, 'Signature': signature, 'SigningCertURL': addresses.certificate})}\n}}"
    return Envelope.of(text, Signature(members, version)) if signature is _UNSIGNED else text
