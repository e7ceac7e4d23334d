"""SNS answers the same through every door: in process, the way of the wire, and over HTTP."""

from __future__ import annotations

import json
import re

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_cloudfakes import FakeCloud

QUEUE = "arn:aws:sqs:us-east-1:123456789012:billing"


def conversation(sns):
    """Calls of all kinds, and what was answered, without what differs by request."""

    def ask(operation, **parameters):
        try:
            answer = getattr(sns, operation)(**parameters)
        except ClientError as error:
            answer = error.response
        metadata = answer.pop("ResponseMetadata")
        said.append((operation, metadata["HTTPStatusCode"], answer))
        return answer

    said = []
    topic = ask("create_topic", Name="orders", Tags=[{"Key": "team", "Value": ""}])["TopicArn"]
    ask("get_topic_attributes", TopicArn=topic)
    ask("list_topics")
    ask("list_subscriptions_by_topic", TopicArn=topic)
    arn = ask("subscribe", TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)["SubscriptionArn"]
    ask("get_subscription_attributes", SubscriptionArn=arn)
    ask("set_subscription_attributes", SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue='{"a":["ü"]}')
    ask("set_subscription_attributes", SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue='{"a":[]}')
    ask("set_subscription_attributes", SubscriptionArn=arn, AttributeName="FilterPolicy")
    ask("list_subscriptions")
    attributes = {
        "text": {"DataType": "String", "StringValue": "ü<&>"},
        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    ask("publish", TopicArn=topic, Message="line\nü<&>", Subject="s", MessageAttributes=attributes)
    ask("publish", TopicArn=topic, Message="")
    ask("publish", TopicArn=topic + "x", Message="m")
    entries = [{"Id": "1", "Message": "m", "MessageAttributes": attributes}, {"Id": "2", "Message": "m", "Subject": ""}]
    ask("publish_batch", TopicArn=topic, PublishBatchRequestEntries=entries)
    ask("publish_batch", TopicArn=topic, PublishBatchRequestEntries=[])
    ask("list_tags_for_resource", ResourceArn=topic)
    ask("untag_resource", ResourceArn=topic, TagKeys=["team"])
    ask("list_tags_for_resource", ResourceArn=topic)
    ask("get_data_protection_policy", ResourceArn=topic)
    ask("create_platform_application", Name="a", Platform="GCM", Attributes={})
    ask("create_platform_application", Name="a", Platform="GCM", Attributes={"PlatformCredential": "x"})
    ask("list_platform_applications")
    ask("check_if_phone_number_is_opted_out", phoneNumber="+15551234567")
    ask("list_phone_numbers_opted_out")
    ask("get_sms_attributes", attributes=["MonthlySpendLimit"])
    ask("get_sms_attributes", attributes=["DefaultSenderID"])
    ask("get_sms_sandbox_account_status")
    ask("verify_sms_sandbox_phone_number", PhoneNumber="+15551234567", OneTimePassword="12345")
    ask("unsubscribe", SubscriptionArn="x")
    ask("unsubscribe", SubscriptionArn=arn)
    ask("delete_topic", TopicArn=topic)
    return said


def listen(**_):
    """Somebody's handler, for whom a call takes the way of the wire."""


@pytest.fixture
def in_process():
    with FakeCloud():
        return conversation(boto3.client("sns", region_name="us-east-1"))


def without_uuids(said):
    """The wire's request ids take from the same source, so all ids differ in value: keep where they stand only."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<uuid>", json.dumps(said, default=repr))


def test_the_way_of_the_wire_answers_as_the_short_way(in_process):
    with FakeCloud():
        client = boto3.client("sns", region_name="us-east-1")
        client.meta.events.register("before-call.sns", listen)
        assert without_uuids(conversation(client)) == without_uuids(in_process)


def test_programs_publish_and_subscribe_over_http():
    pytest.importorskip("cheroot")
    with FakeCloud() as cloud:
        keys = {"aws_access_key_id": "cloudfakes", "aws_secret_access_key": "cloudfakes", "region_name": "us-east-1"}
        url = cloud.serve().url
        sns, sqs = (boto3.client(name, endpoint_url=url, **keys) for name in ("sns", "sqs"))
        queue = sqs.create_queue(QueueName="billing")["QueueUrl"]
        topic = sns.create_topic(Name="orders")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)
        published = sns.publish(TopicArn=topic, Message="größer", Subject="s")
        (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
        envelope = json.loads(message["Body"])
        assert (envelope["MessageId"], envelope["Message"]) == (published["MessageId"], "größer")


def test_the_door_over_http_answers_as_the_short_way(in_process):
    pytest.importorskip("cheroot")
    with FakeCloud() as cloud:
        endpoint = cloud.serve()
        client = boto3.client(
            "sns",
            region_name="us-east-1",
            endpoint_url=endpoint.url,
            aws_access_key_id="cloudfakes",
            aws_secret_access_key="cloudfakes",
        )
        assert without_uuids(conversation(client)) == without_uuids(in_process)
