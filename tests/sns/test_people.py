"""Email, text messages and the outbox; opting out, attributes and the sandbox."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.config import Config

PHONE, OTHER = "+15551234567", "+15557654321"
DAY = 86_400


# ── email and the outbox ─────────────────────────────────────────────────────────────────────────────────────────


def test_an_email_has_the_text_and_the_subject(sns, topic, fake_sns, fake_clock):
    subscription = fake_sns.subscribe("orders", "email", "me@example.com")
    published = sns.publish(TopicArn=topic, Message="Hello", Subject="Greeting")
    mail = fake_sns.outbox.emails[-1]
    assert (mail.text, mail.subject, mail.to) == ("Hello", "Greeting", "me@example.com")
    assert (mail.message_id, mail.topic_arn, mail.subscription_arn) == (
        published["MessageId"],
        topic,
        subscription.arn,
    )
    assert mail.at == fake_clock.now()


def test_a_program_gets_an_email_in_json(sns, topic, fake_sns):
    fake_sns.subscribe("orders", "email-json", "me@example.com")
    sns.publish(TopicArn=topic, Message="Hello")
    assert json.loads(fake_sns.outbox.emails[-1].text)["Message"] == "Hello"


def test_the_outbox_keeps_the_order_and_tells_by_address(sns, topic, fake_sns, subscribe):
    subscribe(topic, PHONE, "sms")
    subscribe(topic, OTHER, "sms")
    sns.publish(TopicArn=topic, Message="1")
    sns.publish(TopicArn=topic, Message="2")
    assert [(each.to, each.text) for each in fake_sns.outbox] == [
        (PHONE, "1"),
        (OTHER, "1"),
        (PHONE, "2"),
        (OTHER, "2"),
    ]
    assert [each.text for each in fake_sns.outbox.to(OTHER)] == ["1", "2"]
    assert len(fake_sns.outbox) == 4


def test_a_provider_that_fails_for_a_while_is_tried_again(sns, topic, fake_sns, fake_clock, subscribe, seconds):
    subscribe(topic, PHONE, "sms")
    fake_sns.outbox.refuse(PHONE, times=3)
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(29.999)
    assert len(fake_sns.outbox) == 0
    fake_clock.advance(0.001)
    assert [each.text for each in fake_sns.outbox] == ["m"]
    assert seconds([attempt.at for attempt in fake_sns.deliveries[0].attempts]) == [0, 10, 20, 30]


def test_a_provider_that_never_comes_back_is_tried_for_six_hours(sns, topic, fake_sns, fake_clock, subscribe):
    subscribe(topic, PHONE, "sms")
    fake_sns.outbox.refuse(PHONE, times=None)
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(24_089.609)
    assert fake_sns.deliveries[0].state == "waiting"
    fake_clock.advance(0.001)
    assert (fake_sns.deliveries[0].state, fake_sns.deliveries[0].attempt_count) == ("failed", 51)


def test_a_provider_that_refuses_for_good_is_not_tried_again(sns, topic, fake_sns, fake_clock, subscribe):
    subscribe(topic, PHONE, "sms")
    fake_sns.outbox.refuse(PHONE, permanent=True)
    sns.publish(TopicArn=topic, Message="m")
    fake_sns.outbox.accept(PHONE)
    sns.publish(TopicArn=topic, Message="m2")
    assert [each.text for each in fake_sns.outbox] == ["m2"]
    assert [each.text for each in fake_sns.topic("orders").failed] == ["m"]


def test_firehose_has_no_consumer_here_and_lands_in_the_outbox(sns, topic, fake_sns, subscribe):
    stream, role = "arn:aws:firehose:us-east-1:123456789012:deliverystream/a", "arn:aws:iam::123456789012:role/r"
    subscribe(topic, stream, "firehose", SubscriptionRoleArn=role)
    sns.publish(TopicArn=topic, Message="m")
    envelope = json.loads(fake_sns.outbox.to(stream)[0].text)
    assert envelope["Message"] == "m"
    assert not {"Signature", "SignatureVersion", "SigningCertURL"} & set(envelope)


# ── text messages ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_text_message_to_one_phone(sns, fake_sns):
    attributes = {"AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": "Shop"}}
    assert sns.publish(PhoneNumber=PHONE, Message="Hi", MessageAttributes=attributes)["MessageId"]
    (message,) = fake_sns.outbox.sms
    assert (message.to, message.text, message.topic_arn) == (PHONE, "Hi", None)
    assert message.attributes == attributes


@pytest.mark.parametrize("number", ["12", "5551234567", "+0551234567", "phone", "+1234567890123456"])
def test_a_number_that_is_none(sns, fake_sns, invalid, number):
    with invalid():
        sns.publish(PhoneNumber=number, Message="m")


def test_a_text_message_has_at_most_1600_characters(sns, fake_sns, invalid):
    sns.publish(PhoneNumber=PHONE, Message="x" * 1_600)
    with invalid():
        sns.publish(PhoneNumber=PHONE, Message="x" * 1_601)


def test_attributes_of_a_region_that_was_never_touched(sns, fake_sns):
    assert sns.get_sms_attributes()["attributes"] == {"MonthlySpendLimit": "1"}


@pytest.mark.parametrize(
    "name, good, bad",
    [
        ("MonthlySpendLimit", "100", "much"),
        ("DeliveryStatusSuccessSamplingRate", "100", "101"),
        ("DefaultSenderID", "Shop1234567", "Shop12345678"),
        ("DefaultSenderID", "a1", "11"),
        ("DefaultSMSType", "Transactional", "Private"),
    ],
)
def test_both_sides_of_the_limit_of_an_sms_attribute(sns, fake_sns, invalid, name, good, bad):
    sns.set_sms_attributes(attributes={name: good})
    assert sns.get_sms_attributes(attributes=[name])["attributes"] == {name: good}
    with invalid():
        sns.set_sms_attributes(attributes={name: bad})


def test_an_unknown_sms_attribute(sns, fake_sns, invalid):
    with invalid("DefaultSendID is not a valid attribute"):
        sns.set_sms_attributes(attributes={"DefaultSendID": "x"})


def test_a_number_that_opted_out_gets_nothing(sns, topic, fake_sns, subscribe):
    subscribe(topic, PHONE, "sms")
    assert sns.list_phone_numbers_opted_out()["phoneNumbers"] == []
    assert sns.check_if_phone_number_is_opted_out(phoneNumber=PHONE)["isOptedOut"] is False
    fake_sns.opt_out(PHONE)
    assert sns.list_phone_numbers_opted_out()["phoneNumbers"] == [PHONE]
    assert sns.check_if_phone_number_is_opted_out(phoneNumber=PHONE)["isOptedOut"] is True

    sns.publish(TopicArn=topic, Message="m")
    sns.publish(PhoneNumber=PHONE, Message="m")
    assert len(fake_sns.outbox) == 0
    assert {each.state for each in fake_sns.deliveries} == {"failed"}
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]


def test_a_number_is_opted_in_once_in_thirty_days(sns, fake_sns, fake_clock, invalid):
    fake_sns.opt_out(PHONE)
    sns.opt_in_phone_number(phoneNumber=PHONE)
    assert sns.check_if_phone_number_is_opted_out(phoneNumber=PHONE)["isOptedOut"] is False
    fake_clock.advance(30 * DAY - 0.001)
    with invalid():
        sns.opt_in_phone_number(phoneNumber=PHONE)
    fake_clock.advance(0.001)
    sns.opt_in_phone_number(phoneNumber=PHONE)


def test_opting_in_a_number_that_was_not_out_or_is_none(sns, fake_sns, invalid):
    sns.opt_in_phone_number(phoneNumber=OTHER)
    with invalid("Invalid parameter: PhoneNumber Reason: input incorrectly formatted"):
        sns.opt_in_phone_number(phoneNumber="not a number")


def test_numbers_that_opted_out_are_listed_a_hundred_a_page(sns, fake_sns):
    for number in range(101):
        fake_sns.opt_out(f"+1555000{number:04}")
    first = sns.list_phone_numbers_opted_out()
    assert len(first["phoneNumbers"]) == 100
    assert sns.list_phone_numbers_opted_out(nextToken=first["nextToken"])["phoneNumbers"] == ["+15550000100"]


def test_origination_numbers_are_those_that_the_test_arranged(sns, fake_sns):
    assert sns.list_origination_numbers()["PhoneNumbers"] == []
    fake_sns.add_origination_number("+18005550100", Iso2CountryCode="US", NumberCapabilities=["SMS"])
    fake_sns.add_origination_number("+18005550101")
    (number,) = sns.list_origination_numbers(MaxResults=1)["PhoneNumbers"]
    assert (number["PhoneNumber"], number["RouteType"], number["NumberCapabilities"]) == (
        "+18005550100",
        "Transactional",
        ["SMS"],
    )


# ── the sandbox ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def sandbox(fake_sns, sns):
    fake_sns.sandbox = True
    return fake_sns


def password(sandbox, number=PHONE):
    return sandbox.outbox.to(number)[-1].text.rpartition(" ")[2]


def test_an_account_says_whether_it_is_in_the_sandbox(sns, fake_sns):
    assert sns.get_sms_sandbox_account_status()["IsInSandbox"] is False
    fake_sns.sandbox = True
    assert sns.get_sms_sandbox_account_status()["IsInSandbox"] is True


def test_in_the_sandbox_only_verified_numbers_get_messages(sns, sandbox):
    sns.create_sms_sandbox_phone_number(PhoneNumber=PHONE)
    code = password(sandbox)
    assert sns.list_sms_sandbox_phone_numbers()["PhoneNumbers"] == [{"PhoneNumber": PHONE, "Status": "Pending"}]
    sns.publish(PhoneNumber=PHONE, Message="too early")
    sns.verify_sms_sandbox_phone_number(PhoneNumber=PHONE, OneTimePassword=code)
    assert sns.list_sms_sandbox_phone_numbers()["PhoneNumbers"] == [{"PhoneNumber": PHONE, "Status": "Verified"}]
    sns.publish(PhoneNumber=PHONE, Message="m")
    sns.publish(PhoneNumber=OTHER, Message="m")
    assert [each.text for each in sandbox.outbox][1:] == ["m"]


def test_a_wrong_password_verifies_nothing(sns, sandbox, refused):
    sns.create_sms_sandbox_phone_number(PhoneNumber=PHONE)
    wrong = f"{(int(password(sandbox)) + 1) % 1_000_000:06}"
    with refused("VerificationException"):
        sns.verify_sms_sandbox_phone_number(PhoneNumber=PHONE, OneTimePassword=wrong)
    with refused("ResourceNotFound", status=404):
        sns.verify_sms_sandbox_phone_number(PhoneNumber=OTHER, OneTimePassword=wrong)


def test_a_password_is_good_for_a_quarter_of_an_hour(sns, sandbox, fake_clock, refused):
    sns.create_sms_sandbox_phone_number(PhoneNumber=PHONE)
    code = password(sandbox)
    fake_clock.advance(900)
    with refused("VerificationException"):
        sns.verify_sms_sandbox_phone_number(PhoneNumber=PHONE, OneTimePassword=code)
    sns.create_sms_sandbox_phone_number(PhoneNumber=PHONE)
    code = password(sandbox)
    fake_clock.advance(899.999)
    sns.verify_sms_sandbox_phone_number(PhoneNumber=PHONE, OneTimePassword=code)


def test_five_passwords_are_sent_to_a_number_in_a_day(sns, sandbox, fake_clock):
    once = boto3.client("sns", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1}))
    for _ in range(5):
        once.create_sms_sandbox_phone_number(PhoneNumber=PHONE)
    fake_clock.advance(DAY - 0.001)
    with pytest.raises(once.exceptions.ThrottledException):
        once.create_sms_sandbox_phone_number(PhoneNumber=PHONE)
    fake_clock.advance(0.001)
    once.create_sms_sandbox_phone_number(PhoneNumber=PHONE)


def test_a_sandbox_has_ten_numbers_at_most(sns, sandbox, refused):
    for number in range(10):
        sns.create_sms_sandbox_phone_number(PhoneNumber=f"+1555000000{number}")
    with refused("UserError"):
        sns.create_sms_sandbox_phone_number(PhoneNumber=PHONE)
    pages = sns.get_paginator("list_sms_sandbox_phone_numbers").paginate(PaginationConfig={"PageSize": 4})
    assert [len(page["PhoneNumbers"]) for page in pages] == [4, 4, 2]


def test_a_number_that_opted_out_is_not_added(sns, sandbox, refused):
    sandbox.opt_out(PHONE)
    with refused("OptedOut"):
        sns.create_sms_sandbox_phone_number(PhoneNumber=PHONE)


def test_a_number_can_be_deleted_a_day_after_its_verification(sns, sandbox, fake_clock, refused):
    sns.create_sms_sandbox_phone_number(PhoneNumber=PHONE)
    fake_clock.advance(DAY - 0.001)
    with refused("UserError"):
        sns.delete_sms_sandbox_phone_number(PhoneNumber=PHONE)
    fake_clock.advance(0.001)
    sns.delete_sms_sandbox_phone_number(PhoneNumber=PHONE)
    with refused("ResourceNotFound", status=404):
        sns.delete_sms_sandbox_phone_number(PhoneNumber=PHONE)


@pytest.mark.parametrize("code", ["1234", "123456789", "12345a"])
def test_a_password_has_five_to_eight_digits(sns, sandbox, refused, code):
    sns.create_sms_sandbox_phone_number(PhoneNumber=PHONE)
    with refused("ValidationError"):
        unchecked_client().verify_sms_sandbox_phone_number(PhoneNumber=PHONE, OneTimePassword=code)


def unchecked_client():
    """A client that leaves all checks to AWS."""
    return boto3.client("sns", region_name="us-east-1", config=Config(parameter_validation=False))
