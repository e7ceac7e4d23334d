"""The addresses in SNS's messages, visited over HTTP: the certificate of signatures, links to confirm or leave."""

from __future__ import annotations

import base64
from urllib.parse import urlsplit

import boto3
import pytest

from pytest_cloudfakes.services.sns import signatures

from .conftest import SIGNED

HOOKS = "https://shop.example.com/hooks"
REGION = "eu-west-1"


@pytest.fixture
def sns(fake_cloud):
    return boto3.client("sns", region_name=REGION)


@pytest.fixture
def requests(fake_cloud):
    """What the subscriber was sent."""
    received = []
    fake_cloud.http.register(HOOKS, lambda request: received.append(request.json()))
    return received


@pytest.fixture
def topic(sns, requests):
    arn = sns.create_topic(Name="orders")["TopicArn"]
    sns.subscribe(TopicArn=arn, Protocol="https", Endpoint=HOOKS)
    return arn


def path_of(url):
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def states(sns, topic):
    return [each["SubscriptionArn"] for each in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]]


@pytest.mark.skipif(not signatures.available(), reason="cryptography is not installed")
@pytest.mark.parametrize("host", [{}, {"Host": "sns.eu-west-1.amazonaws.com"}])
def test_a_message_is_verified_by_the_certificate_at_its_address(call, topic, requests, host):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    [message] = requests
    certificate = call("GET", path_of(message["SigningCertURL"]), host)
    assert (certificate.status, certificate.headers["Content-Type"]) == (200, "text/plain")
    signed = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    text = "".join(f"{key}\n{message[key]}\n" for key in signed)
    key = x509.load_pem_x509_certificate(certificate.body).public_key()
    key.verify(base64.b64decode(message["Signature"]), text.encode(), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303


def test_the_certificate_is_missing_where_nothing_can_sign(call, topic, requests, monkeypatch):
    monkeypatch.setattr(signatures, "available", lambda: False)
    assert call("GET", f"/{signatures.CERTIFICATE_NAME}").status == 404


def test_whoever_visits_the_links_confirms_and_leaves(call, sns, topic, requests):
    confirmed = call("GET", path_of(requests[0]["SubscribeURL"]))
    assert confirmed.status == 200
    [subscription] = states(sns, topic)
    assert subscription.encode() in confirmed.body

    sns.publish(TopicArn=topic, Message="m")
    assert call("GET", path_of(requests[1]["UnsubscribeURL"])).status == 200
    assert states(sns, topic) == []


def test_a_subscription_that_asks_for_a_signature_is_not_left_by_its_link(call, sns, topic, requests):
    token = requests[0]["Token"]
    sns.confirm_subscription(TopicArn=topic, Token=token, AuthenticateOnUnsubscribe="true")
    sns.publish(TopicArn=topic, Message="m")
    link = path_of(requests[1]["UnsubscribeURL"])
    assert call("GET", link).status == 403
    signed = SIGNED.format(key="123456789012", region=REGION, service="sns")
    assert call("GET", f"{link}&Version=2010-03-31", {"Authorization": signed}).status == 200
    assert states(sns, topic) == []


@pytest.mark.parametrize("arn", ["", "x", "arn:aws:sns:://:1:orders", "arn:aws:sns:eu-west-1:1:orders"])
def test_a_link_to_nothing_is_an_error_of_aws(call, arn):
    answer = call("GET", f"/?Action=ConfirmSubscription&Token=1&TopicArn={arn}")
    assert answer.status == 400
    assert b"<Code>InvalidParameter</Code>" in answer.body


def test_other_actions_are_calls(call, fake_cloud):
    assert call("GET", "/?Action=CreateTopic&Name=orders").status == 200
    assert [made.operation for made in fake_cloud.calls] == ["CreateTopic"]
