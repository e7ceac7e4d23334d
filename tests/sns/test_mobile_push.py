"""Platform applications and endpoints, and what phones get."""

from __future__ import annotations

import json

import pytest

CREDENTIAL = {"PlatformCredential": "secret"}
APP = "arn:aws:sns:us-east-1:123456789012:app/GCM/shop"


@pytest.fixture
def app(sns, fake_sns):
    return sns.create_platform_application(Name="shop", Platform="GCM", Attributes=CREDENTIAL)["PlatformApplicationArn"]


@pytest.fixture
def device(sns, app):
    return sns.create_platform_endpoint(PlatformApplicationArn=app, Token="token")["EndpointArn"]


def endpoint(sns, arn):
    return sns.get_endpoint_attributes(EndpointArn=arn)["Attributes"]


def test_an_application_has_an_arn_and_keeps_its_credentials_to_itself(sns, app):
    assert app == APP
    assert (
        sns.create_platform_application(Name="shop", Platform="GCM", Attributes=CREDENTIAL)["PlatformApplicationArn"]
        == app
    )
    assert sns.get_platform_application_attributes(PlatformApplicationArn=app)["Attributes"] == {"Enabled": "true"}
    assert sns.list_platform_applications()["PlatformApplications"] == [
        {"PlatformApplicationArn": app, "Attributes": {"Enabled": "true"}}
    ]


@pytest.mark.parametrize(
    "name, platform, attributes",
    [
        ("a b", "GCM", CREDENTIAL),
        ("a" * 257, "GCM", CREDENTIAL),
        ("shop", "PIGEON", CREDENTIAL),
        ("shop", "GCM", {"Enabled": "true"}),
        ("shop", "APNS", CREDENTIAL),
        ("shop", "GCM", {**CREDENTIAL, "Unknown": "x"}),
    ],
)
def test_an_application_that_cannot_be(sns, fake_sns, invalid, name, platform, attributes):
    with invalid():
        sns.create_platform_application(Name=name, Platform=platform, Attributes=attributes)


def test_an_application_without_attributes(sns, fake_sns, refused):
    text = "Value null at 'attributes' failed to satisfy constraint: Member must not be null"
    with refused("ValidationError", f"1 validation error detected: {text}"):
        sns.create_platform_application(Name="shop", Platform="GCM", Attributes={})


def test_applications_that_are_not_there(sns, fake_sns, invalid, not_found):
    with invalid("Invalid parameter: PlatformApplicationArn Reason: An ARN must have at least 6 elements, not 1"):
        sns.set_platform_application_attributes(PlatformApplicationArn="dummy", Attributes={"Enabled": "true"})
    with not_found("PlatformApplication"):
        sns.set_platform_application_attributes(PlatformApplicationArn=APP, Attributes={"Enabled": "true"})
    with not_found("PlatformApplication"):
        sns.create_platform_endpoint(PlatformApplicationArn=APP, Token="token")
    sns.delete_platform_application(PlatformApplicationArn=APP)


def test_an_endpoint_is_enabled_and_known_by_its_token(sns, app, device, invalid):
    assert device.startswith("arn:aws:sns:us-east-1:123456789012:endpoint/GCM/shop/")
    assert endpoint(sns, device) == {"Enabled": "true", "Token": "token"}
    assert sns.create_platform_endpoint(PlatformApplicationArn=app, Token="token")["EndpointArn"] == device
    with invalid(
        f"Invalid parameter: Token Reason: Endpoint {device} already exists with the same Token, but different "
        "attributes."
    ):
        sns.create_platform_endpoint(PlatformApplicationArn=app, Token="token", CustomUserData="x")


def test_user_data_has_at_most_2048_bytes(sns, app, invalid):
    for number, data in enumerate(("x" * 2_048, "ü" * 1_024)):
        sns.create_platform_endpoint(PlatformApplicationArn=app, Token=str(number), CustomUserData=data)
    with invalid(
        "Invalid parameter: Attributes Reason: Invalid value for attribute: CustomUserData: must be at most 2048 "
        "bytes long in UTF-8 encoding"
    ):
        sns.create_platform_endpoint(PlatformApplicationArn=app, Token="3", CustomUserData="x" * 2_049)
    with invalid("Invalid parameter: Attributes Reason: Invalid attribute name: Color"):
        sns.create_platform_endpoint(PlatformApplicationArn=app, Token="3", Attributes={"Color": "red"})


def test_endpoints_are_listed_changed_and_deleted(sns, app, device, not_found):
    sns.set_endpoint_attributes(EndpointArn=device, Attributes={"Token": "new", "CustomUserData": "x"})
    shown = {"Enabled": "true", "Token": "new", "CustomUserData": "x"}
    assert sns.list_endpoints_by_platform_application(PlatformApplicationArn=app)["Endpoints"] == [
        {"EndpointArn": device, "Attributes": shown}
    ]
    sns.delete_endpoint(EndpointArn=device)
    sns.delete_endpoint(EndpointArn=device)
    with not_found("Endpoint"):
        endpoint(sns, device)


def test_endpoints_are_listed_a_hundred_a_page(sns, app):
    for number in range(101):
        sns.create_platform_endpoint(PlatformApplicationArn=app, Token=str(number))
    pages = sns.get_paginator("list_endpoints_by_platform_application").paginate(PlatformApplicationArn=app)
    assert [len(page["Endpoints"]) for page in pages] == [100, 1]


def test_deleting_an_application_deletes_its_endpoints(sns, app, device, not_found):
    sns.delete_platform_application(PlatformApplicationArn=app)
    with not_found("Endpoint"):
        endpoint(sns, device)
    with not_found("PlatformApplication"):
        sns.list_endpoints_by_platform_application(PlatformApplicationArn=app)


# ── delivery ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_endpoint_gets_the_payload_of_its_platform(sns, device, fake_sns):
    payload = json.dumps({"notification": {"title": "Hi"}})
    text = json.dumps({"default": "Hi", "GCM": payload, "APNS": "{}"})
    sns.publish(TargetArn=device, Message=text, MessageStructure="json")
    sns.publish(TargetArn=device, Message="plain")
    assert [(push.to, push.text) for push in fake_sns.outbox.pushes] == [(device, payload), (device, "plain")]


def test_an_endpoint_can_be_subscribed_to_a_topic(sns, topic, device, fake_sns, subscribe):
    subscribe(topic, device, "application")
    sns.publish(TopicArn=topic, Message="m")
    assert [push.text for push in fake_sns.outbox.pushes] == ["m"]
    sns.delete_endpoint(EndpointArn=device)
    assert len(sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]) == 1
    sns.publish(TopicArn=topic, Message="m")
    assert [each.text for each in fake_sns.topic("orders").failed] == ["m"]


def test_a_disabled_endpoint_and_a_disabled_application(sns, app, device, refused):
    sns.set_endpoint_attributes(EndpointArn=device, Attributes={"Enabled": "false"})
    with refused("EndpointDisabled"):
        sns.publish(TargetArn=device, Message="m")
    sns.set_endpoint_attributes(EndpointArn=device, Attributes={"Enabled": "true"})
    sns.publish(TargetArn=device, Message="m")
    sns.set_platform_application_attributes(PlatformApplicationArn=app, Attributes={"Enabled": "false"})
    with refused("PlatformApplicationDisabled"):
        sns.publish(TargetArn=device, Message="m")


def test_a_token_that_the_provider_no_longer_knows_disables_the_endpoint(
    sns, app, device, fake_sns, topic, queue, subscribe, texts, refused
):
    billing = queue("billing")
    subscribe(topic, billing)
    sns.set_platform_application_attributes(PlatformApplicationArn=app, Attributes={"EventDeliveryFailure": topic})
    fake_sns.outbox.refuse(device, permanent=True)
    sns.publish(TargetArn=device, Message="m")
    assert endpoint(sns, device)["Enabled"] == "false"
    with refused("EndpointDisabled"):
        sns.publish(TargetArn=device, Message="m")
    (event,) = map(json.loads, texts(billing))
    assert (event["EventType"], event["EndpointArn"]) == ("DeliveryFailure", device)
    assert sns.create_platform_endpoint(PlatformApplicationArn=app, Token="token")["EndpointArn"] == device
    assert endpoint(sns, device)["Enabled"] == "false"


def test_an_application_announces_its_endpoints(sns, app, topic, queue, subscribe, texts):
    billing = queue("billing")
    subscribe(topic, billing)
    events = {f"EventEndpoint{kind}": topic for kind in ("Created", "Updated", "Deleted")}
    sns.set_platform_application_attributes(PlatformApplicationArn=app, Attributes=events)
    device = sns.create_platform_endpoint(PlatformApplicationArn=app, Token="token")["EndpointArn"]
    sns.set_endpoint_attributes(EndpointArn=device, Attributes={"CustomUserData": "x"})
    sns.delete_endpoint(EndpointArn=device)
    assert [json.loads(text)["EventType"] for text in texts(billing)] == [
        "EndpointCreated",
        "EndpointUpdated",
        "EndpointDeleted",
    ]
