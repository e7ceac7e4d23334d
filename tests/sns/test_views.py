"""What `fake_sns` shows, and what a failing test's report tells of deliveries."""

from __future__ import annotations

import pytest

from pytest_cloudfakes import CloudFakesError
from pytest_cloudfakes.report import account_of_calls

GONE = "arn:aws:sqs:us-east-1:123456789012:gone"


def test_topics_and_subscriptions_are_looked_at_by_name(sns, topic, queue, subscribe, fake_sns):
    arn = subscribe(topic, queue("billing"))
    view = fake_sns.topic("orders")
    assert (view.name, view.arn, view.exists) == ("orders", topic, True)
    assert view.attributes["SubscriptionsConfirmed"] == "1"
    subscription = view.subscription("billing")
    assert (subscription.arn, subscription.protocol, subscription.confirmed) == (arn, "sqs", True)
    assert subscription.endpoint.endswith(":billing")
    assert subscription.attributes["RawMessageDelivery"] == "false"
    assert [each.arn for each in view.subscriptions] == [arn]
    sns.delete_topic(TopicArn=topic)
    assert (view.exists, subscription.exists) == (False, False)


def test_what_is_not_there_is_told_with_what_is(topic, fake_sns, subscribe):
    subscribe(topic, GONE)
    with pytest.raises(CloudFakesError, match=r"There is no topic 'other' in account .* Topics there: orders\."):
        fake_sns.topic("other")
    with pytest.raises(CloudFakesError, match=rf"orders has 0 subscriptions of 'billing'\. Endpoints: {GONE}\."):
        fake_sns.topic("orders").subscription("billing")


def test_the_only_topic_of_a_name_is_found_wherever_it_is(fake_cloud, fake_sns):
    for region in ("eu-west-1", "eu-west-2"):
        fake_cloud.client("sns", region=region).create_topic(Name=region)
        fake_cloud.client("sns", region=region).create_topic(Name="both")
    assert fake_sns.topic("eu-west-1").arn == "arn:aws:sns:eu-west-1:123456789012:eu-west-1"
    assert fake_sns.subscribe("eu-west-1", "https", "https://example.com").confirmed
    with pytest.raises(CloudFakesError, match="but in account 123456789012, eu-west-1 and account 123456789012, eu-"):
        fake_sns.topic("both")
    assert ":eu-west-2:" in fake_sns.topic("both", region="eu-west-2").arn


def test_topics_and_subscriptions_can_be_arranged_in_a_line(fake_sns, sns):
    view = fake_sns.create_topic("orders.fifo", {"ContentBasedDeduplication": True}, tags={"team": "a"})
    assert view.attributes["ContentBasedDeduplication"] == "true"
    assert view.tags == {"team": "a"}
    fake_sns.create_topic("orders")
    subscription = fake_sns.subscribe("orders", "https", "https://example.com", {"FilterPolicy": {"a": ["x"]}})
    assert subscription.confirmed
    assert repr(subscription) == "<Subscription https https://example.com of orders>"
    assert len(fake_sns.topics) == 2


def test_each_delivery_is_shown_with_its_attempts(sns, topic, queue, subscribe, fake_sns, fake_clock):
    billing = queue("billing")
    subscribe(topic, billing)
    subscribe(topic, GONE)
    published = sns.publish(TopicArn=topic, Message="m", Subject="s")
    lost, delivered = sorted(fake_sns.topic("orders").deliveries, key=lambda each: each.state, reverse=True)
    assert (delivered.message_id, delivered.text, delivered.subject) == (published["MessageId"], "m", "s")
    assert (delivered.endpoint, delivered.protocol, delivered.topic) == (billing, "sqs", "orders")
    assert [(each.at, each.outcome) for each in delivered.attempts] == [(fake_clock.now(), "delivered")]
    assert (delivered.published_at, delivered.next_attempt_at) == (fake_clock.now(), None)
    assert fake_sns.topic("orders").subscription("billing").deliveries == (delivered,)
    assert repr(delivered) == f"<'m' to {billing} delivered>"
    assert repr(lost).startswith(f"<'m' to {GONE} failed, AWS.SimpleQueueService.NonExistentQueue")


def test_a_lost_message_is_in_the_report_of_a_failing_test(sns, topic, subscribe, fake_cloud):
    subscribe(topic, GONE)
    message_id = sns.publish(TopicArn=topic, Message="m")["MessageId"]
    report = account_of_calls(fake_cloud)
    assert f"sns orders: message {message_id} is lost for gone after 1 attempts" in report
    assert "and there is no dead-letter queue" in report


def test_a_message_lost_long_ago_is_still_in_the_report(sns, topic, subscribe, fake_cloud):
    subscribe(topic, GONE)
    message_id = sns.publish(TopicArn=topic, Message="m")["MessageId"]
    for _ in range(60):
        sns.list_topics()
    lines = [line for line in account_of_calls(fake_cloud).splitlines() if line.startswith("lost earlier: ")]
    assert len(lines) == 1
    assert f"message {message_id} is lost for gone" in lines[0]


def test_deliveries_and_retries_are_in_the_report(sns, topic, queue, subscribe, fake_cloud, fake_clock):
    subscribe(topic, queue("billing"))
    subscribe(topic, queue("shipping"))
    fake_cloud.faults.fail("sqs", "SendMessage", times=5)
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(10)
    report = account_of_calls(fake_cloud)
    assert "attempt 1 to deliver message" in report
    assert "delivered to shipping" in report


def test_many_deliveries_are_one_line(sns, topic, queue, subscribe, fake_cloud):
    for number in range(7):
        subscribe(topic, queue(f"q{number}"))
    sns.publish(TopicArn=topic, Message="m")
    lines = [event.what for event in fake_cloud.events if "delivered to" in event.what]
    assert len(lines) == 1
    assert lines[0].endswith("q4 and 2 more")


# ── delivery status logs ─────────────────────────────────────────────────────────────────────────────────────────


def test_status_logs_are_written_where_a_topic_asks_for_them(sns, topic, fake_cloud, fake_sns, subscribe):
    fake_cloud.lambdas.register("f", lambda event, context: None)
    endpoint = "arn:aws:lambda:us-east-1:123456789012:function:f"
    subscribe(topic, endpoint, "lambda")
    sns.publish(TopicArn=topic, Message="before")
    for name, value in (("RoleArn", "arn:aws:iam::123456789012:role/logs"), ("SampleRate", "100")):
        sns.set_topic_attributes(TopicArn=topic, AttributeName=f"LambdaSuccessFeedback{name}", AttributeValue=value)
    published = sns.publish(TopicArn=topic, Message="logged")
    (record,) = fake_sns.topic("orders").status_logs
    assert record["status"] == "SUCCESS"
    assert (record["notification"]["messageId"], record["notification"]["topicArn"]) == (published["MessageId"], topic)
    assert (record["delivery"]["destination"], record["delivery"]["statusCode"]) == (endpoint, 202)
    assert "lambdaRequestId" in record["delivery"]["providerResponse"]


@pytest.mark.parametrize("rate, logged", [("0", 0), ("25", 5), ("100", 20)])
def test_successes_are_sampled(sns, create, queue, subscribe, fake_sns, rate, logged):
    topic = create("orders", SQSSuccessFeedbackRoleArn="arn:aws:iam::1:role/r", SQSSuccessFeedbackSampleRate=rate)
    subscribe(topic, queue("billing"))
    for _ in range(20):
        sns.publish(TopicArn=topic, Message="m")
    assert len(fake_sns.topic("orders").status_logs) == logged


def test_every_failure_is_logged(sns, create, subscribe, fake_sns):
    topic = create("orders", SQSFailureFeedbackRoleArn="arn:aws:iam::1:role/r")
    subscribe(topic, GONE)
    sns.publish(TopicArn=topic, Message="m")
    assert [record["status"] for record in fake_sns.topic("orders").status_logs] == ["FAILURE"]
