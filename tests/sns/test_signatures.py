"""Signatures: a real verifier accepts them, and nothing is signed that nobody reads."""

from __future__ import annotations

import base64
import json
from types import SimpleNamespace

import pytest

from pytest_cloudfakes.services.sns import signatures

needs_cryptography = pytest.mark.skipif(not signatures.available(), reason="cryptography is not installed")


@pytest.fixture
def listening(topic, queue, subscribe):
    arn = queue("billing")
    subscribe(topic, arn)
    return arn


@pytest.fixture
def verify(fake_cloud):
    """Verify a message as the developer guide tells, with the certificate from its address."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    def check(message):
        pem = fake_cloud.http.get(message.get("SigningCertURL") or message["SigningCertUrl"]).body
        keys = ["Message", "MessageId"]
        if message["Type"] == "Notification":
            keys += ["Subject"] if message.get("Subject") is not None else []
        else:
            keys += ["SubscribeURL"]
        keys += ["Timestamp"] + (["Token"] if "Token" in message else []) + ["TopicArn", "Type"]
        text = "".join(f"{key}\n{message[key]}\n" for key in keys)
        algorithm = hashes.SHA256() if message["SignatureVersion"] == "2" else hashes.SHA1()  # noqa: S303 - AWS's version 1
        key = x509.load_pem_x509_certificate(pem).public_key()
        key.verify(base64.b64decode(message["Signature"]), text.encode(), padding.PKCS1v15(), algorithm)

    return check


@needs_cryptography
@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("parameters", [{}, {"Subject": "Größe"}])
def test_a_notification_is_signed(sns, topic, listening, envelopes, verify, version, parameters):
    sns.set_topic_attributes(TopicArn=topic, AttributeName="SignatureVersion", AttributeValue=version)
    sns.publish(TopicArn=topic, Message='say "Signature" : "' + "=" * 344, **parameters)
    (message,) = envelopes(listening)
    assert message["SignatureVersion"] == version
    verify(message)


@needs_cryptography
def test_a_changed_message_is_found_out(sns, topic, listening, envelopes, verify):
    from cryptography.exceptions import InvalidSignature

    sns.publish(TopicArn=topic, Message="m")
    (message,) = envelopes(listening)
    with pytest.raises(InvalidSignature):
        verify({**message, "Message": "forged"})


@needs_cryptography
def test_requests_to_confirm_are_signed(sns, topic, server, subscribe, verify, fake_sns):
    subscribe(topic, server.url, "https")
    verify(server.requests[0].json())
    fake_sns.topic("orders").subscriptions[0].confirm()
    sns.publish(TopicArn=topic, Message="m")
    sns.unsubscribe(SubscriptionArn=fake_sns.topic("orders").subscriptions[0].arn)
    assert [request.json()["Type"] for request in server.requests[1:]] == ["Notification", "UnsubscribeConfirmation"]
    for request in server.requests[1:]:
        verify(request.json())


@needs_cryptography
@pytest.mark.parametrize("version", ["1", "2"])
def test_the_event_of_a_function_is_signed(sns, topic, fake_cloud, subscribe, verify, version):
    function = fake_cloud.lambdas.register("f", lambda event, context: None)
    subscribe(topic, "arn:aws:lambda:us-east-1:123456789012:function:f", "lambda")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="SignatureVersion", AttributeValue=version)
    sns.publish(TopicArn=topic, Message="m", Subject="s")
    verify(function.events[0]["Records"][0]["Sns"])


@needs_cryptography
def test_a_dead_letter_is_signed(sns, topic, subscribe, queue, envelopes, verify):
    dead = queue("dead")
    gone = "arn:aws:sqs:us-east-1:123456789012:gone"
    subscribe(topic, gone, RedrivePolicy={"deadLetterTargetArn": dead})
    sns.publish(TopicArn=topic, Message="m")
    verify(envelopes(dead)[0])


@needs_cryptography
def test_a_verifier_of_the_package_index_accepts_it(sns, topic, listening, envelopes, fake_cloud, monkeypatch):
    requests = pytest.importorskip("requests")
    validator = pytest.importorskip("sns_message_validator").SNSMessageValidator()
    monkeypatch.setattr(requests, "get", lambda url: SimpleNamespace(content=fake_cloud.http.get(url).body))
    for parameters in ({}, {"Subject": "s"}):
        sns.publish(TopicArn=topic, Message="m", **parameters)
    for message in envelopes(listening):
        validator.validate_message(message=message)


def test_nothing_is_signed_that_nobody_reads(sns, topic, listening, messages, monkeypatch):
    signed = []
    monkeypatch.setattr(signatures, "available", lambda: True)
    monkeypatch.setattr(signatures, "sign", lambda text, version: signed.append(text) or "S" * 344)
    for _ in range(10):
        sns.publish(TopicArn=topic, Message="m")
    assert signed == []
    (first, *_) = messages(listening)
    assert json.loads(first["Body"])["Signature"] == "S" * 344
    assert len(signed) == 10


def test_without_cryptography_a_placeholder_of_the_same_length_stands_there(
    sns, topic, listening, envelopes, fake_cloud, monkeypatch
):
    monkeypatch.setattr(signatures, "available", lambda: False)
    sns.publish(TopicArn=topic, Message="m")
    (message,) = envelopes(listening)
    assert len(message["Signature"]) == 344
    assert base64.b64decode(message["Signature"]).startswith(b"not signed: ")
    assert fake_cloud.http.get(message["SigningCertURL"]).status == 404


def test_a_signed_body_can_be_moved_and_looked_at(sns, sqs, topic, listening, fake_sqs, monkeypatch):
    monkeypatch.setattr(signatures, "available", lambda: True)
    monkeypatch.setattr(signatures, "sign", lambda text, version: "S" * 344)
    sns.publish(TopicArn=topic, Message="m")
    (message,) = fake_sqs.queue("billing").visible
    assert json.loads(message.body)["Signature"] == "S" * 344
