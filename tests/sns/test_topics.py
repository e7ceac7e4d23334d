"""Topics: names, attributes, and how they are created, listed and deleted."""

from __future__ import annotations

import json

import boto3
import pytest

DEFAULT_POLICY = {
    "Version": "2008-10-17",
    "Id": "__default_policy_ID",
    "Statement": [
        {
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [
                "SNS:GetTopicAttributes",
                "SNS:SetTopicAttributes",
                "SNS:AddPermission",
                "SNS:RemovePermission",
                "SNS:DeleteTopic",
                "SNS:Subscribe",
                "SNS:ListSubscriptionsByTopic",
                "SNS:Publish",
            ],
            "Resource": "arn:aws:sns:us-east-1:123456789012:orders",
            "Condition": {"StringEquals": {"AWS:SourceOwner": "123456789012"}},
        }
    ],
}
DEFAULT_DELIVERY = {
    "http": {
        "defaultHealthyRetryPolicy": {
            "minDelayTarget": 20,
            "maxDelayTarget": 20,
            "numRetries": 3,
            "numMaxDelayRetries": 0,
            "numNoDelayRetries": 0,
            "numMinDelayRetries": 0,
            "backoffFunction": "linear",
        },
        "disableSubscriptionOverrides": False,
        "defaultRequestPolicy": {"headerContentType": "text/plain; charset=UTF-8"},
    }
}


def set_attribute(sns, topic, name, value):
    sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=value)


def test_a_new_topic_has_these_attributes(topic, attributes_of):
    assert topic == "arn:aws:sns:us-east-1:123456789012:orders"
    shown = attributes_of(topic)
    assert json.loads(shown.pop("Policy")) == DEFAULT_POLICY
    effective = shown.pop("EffectiveDeliveryPolicy")
    assert effective == json.dumps(DEFAULT_DELIVERY, separators=(",", ":"))
    assert shown == {
        "DisplayName": "",
        "Owner": "123456789012",
        "SubscriptionsConfirmed": "0",
        "SubscriptionsDeleted": "0",
        "SubscriptionsPending": "0",
        "TopicArn": topic,
    }


def test_a_fifo_topic_tells_so(create, attributes_of):
    shown = attributes_of(create("orders.fifo"))
    assert (shown["FifoTopic"], shown["ContentBasedDeduplication"]) == ("true", "false")


@pytest.mark.parametrize("name", ["a", "a" * 256, "A-Z_0-9"])
def test_a_name_that_is_taken(create, name):
    assert create(name).endswith(f":{name}")


@pytest.mark.parametrize("name", ["a" * 257, "a b", "a.b", "ä", "orders.fifo2"])
def test_a_name_that_is_not_taken(create, invalid, name):
    with invalid("Invalid parameter: Topic Name"):
        create(name)


def test_the_name_of_a_fifo_topic_ends_in_fifo_and_has_256_characters_at_most(sns, create, invalid):
    create("a" * 251 + ".fifo")
    with invalid():
        create("a" * 252 + ".fifo")
    with invalid():
        sns.create_topic(Name="orders", Attributes={"FifoTopic": "true"})
    with invalid("Invalid parameter: Topic Name"):
        sns.create_topic(Name="orders.fifo")


def test_creating_a_topic_that_is_there_gives_its_arn(create, attributes_of):
    topic = create("orders", DisplayName="Shop")
    assert create("orders") == topic
    assert create("orders", DisplayName="Shop") == topic
    assert attributes_of(topic)["DisplayName"] == "Shop"


def test_creating_a_topic_that_is_there_with_other_attributes_or_tags_fails(create, invalid):
    create("orders", DisplayName="Shop", tags={"team": "a"})
    with invalid("Invalid parameter: Attributes Reason: Topic already exists with different attributes"):
        create("orders", DisplayName="Store")
    with invalid("Invalid parameter: Tags Reason: Topic already exists with different tags"):
        create("orders", tags={"team": "b"})
    create("orders", tags={"team": "a"})


def test_a_deleted_topic_is_gone_and_its_name_free_at_once(sns, create, not_found):
    topic = create("orders", tags={"team": "a"})
    sns.delete_topic(TopicArn=topic)
    sns.delete_topic(TopicArn=topic)
    with not_found("Topic"):
        sns.get_topic_attributes(TopicArn=topic)
    assert create("orders", tags={"team": "b"}) == topic


def test_topics_of_two_regions_are_two(sns, create, attributes_of):
    west = boto3.client("sns", region_name="us-west-2")
    east_topic = create("orders")
    west_topic = west.create_topic(Name="orders")["TopicArn"]
    assert west_topic == "arn:aws:sns:us-west-2:123456789012:orders"
    assert sns.list_topics()["Topics"] == [{"TopicArn": east_topic}]
    assert west.list_topics()["Topics"] == [{"TopicArn": west_topic}]


def test_a_topic_of_another_region_cannot_be_used(sns, invalid):
    west = boto3.client("sns", region_name="us-west-2")
    topic = west.create_topic(Name="orders")["TopicArn"]
    with invalid("Invalid parameter: TopicArn"):
        sns.publish(TopicArn=topic, Message="m")


def test_topics_are_listed_a_hundred_a_page(sns, create):
    for number in range(101):
        create(f"topic-{number:03}")
    first = sns.list_topics()
    assert len(first["Topics"]) == 100
    second = sns.list_topics(NextToken=first["NextToken"])
    assert [row["TopicArn"].rpartition("-")[2] for row in second["Topics"]] == ["100"]
    assert "NextToken" not in second


def test_a_hundred_topics_are_one_page(sns, create):
    for number in range(100):
        create(f"topic-{number}")
    assert "NextToken" not in sns.list_topics()


def test_a_token_of_another_list_is_refused(sns, create, invalid):
    for number in range(101):
        create(f"topic-{number}")
    token = sns.list_topics()["NextToken"]
    with invalid("Invalid parameter: NextToken"):
        sns.list_subscriptions(NextToken=token)


@pytest.mark.parametrize(
    "arn, elements", [("invalid", 1), ("arn:aws:sns", 3), ("arn:aws:sns:us-east-1:123456789012", 5)]
)
def test_what_is_no_arn_is_refused(sns, fake_sns, invalid, arn, elements):
    with invalid(f"Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not {elements}"):
        sns.get_topic_attributes(TopicArn=arn)


# ── attributes ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name, good, bad",
    [
        ("DisplayName", "x" * 100, "x" * 101),
        ("SignatureVersion", "2", "3"),
        ("TracingConfig", "Active", "Passive"),
        ("MaximumMessageSize", "1024", "1023"),
        ("MaximumMessageSize", "1048576", "1048577"),
        ("SQSSuccessFeedbackSampleRate", "100", "101"),
        ("Policy", json.dumps(DEFAULT_POLICY), "{"),
        ("DeliveryPolicy", '{"http":{}}', '{"http":{"defaultHealthyRetryPolicy":{"numRetries":101}}}'),
    ],
)
def test_both_sides_of_the_limit_of_an_attribute(sns, topic, attributes_of, invalid, name, good, bad):
    set_attribute(sns, topic, name, good)
    assert name in attributes_of(topic)
    with invalid():
        set_attribute(sns, topic, name, bad)


@pytest.mark.parametrize("name", ["FifoTopic", "Owner", "TopicArn", "Unknown"])
def test_an_attribute_that_cannot_be_set(sns, topic, invalid, name):
    with invalid("Invalid parameter: AttributeName"):
        set_attribute(sns, topic, name, "true")


def test_an_unknown_attribute_makes_no_topic(sns, create, invalid):
    with invalid():
        create("orders", Unknown="x")
    assert sns.list_topics()["Topics"] == []


@pytest.mark.parametrize("name, value", [("ContentBasedDeduplication", "true"), ("FifoThroughputScope", "Topic")])
def test_fifo_attributes_are_for_fifo_topics(sns, topic, fifo_topic, attributes_of, invalid, name, value):
    set_attribute(sns, fifo_topic, name, value)
    assert attributes_of(fifo_topic)[name] == value
    with invalid():
        set_attribute(sns, topic, name, value)


def test_an_empty_value_takes_an_attribute_away(sns, topic, attributes_of):
    set_attribute(sns, topic, "KmsMasterKeyId", "alias/aws/sns")
    assert attributes_of(topic)["KmsMasterKeyId"] == "alias/aws/sns"
    set_attribute(sns, topic, "KmsMasterKeyId", "")
    assert "KmsMasterKeyId" not in attributes_of(topic)


def test_setting_a_delivery_policy_replaces_the_former_one(sns, create, attributes_of):
    policy = {"http": {"defaultRequestPolicy": {"headerContentType": "application/json"}}}
    topic = create("orders", DeliveryPolicy=policy)

    def shown():
        found = attributes_of(topic)
        return json.loads(found.get("DeliveryPolicy", "null")), json.loads(found["EffectiveDeliveryPolicy"])

    own, effective = shown()
    assert own == {"http": {"disableSubscriptionOverrides": False, **policy["http"]}}
    assert effective["http"]["defaultRequestPolicy"] == {"headerContentType": "application/json"}

    retries = {"minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": 1}
    set_attribute(sns, topic, "DeliveryPolicy", json.dumps({"http": {"defaultHealthyRetryPolicy": retries}}))
    own, effective = shown()
    assert own == {"http": {"defaultHealthyRetryPolicy": retries, "disableSubscriptionOverrides": False}}
    assert effective["http"]["defaultRequestPolicy"] == {"headerContentType": "text/plain; charset=UTF-8"}

    set_attribute(sns, topic, "DeliveryPolicy", json.dumps({"http": {"defaultHealthyRetryPolicy": None}}))
    assert shown() == ({"http": {"disableSubscriptionOverrides": False}}, DEFAULT_DELIVERY)

    set_attribute(sns, topic, "DeliveryPolicy", "")
    assert shown() == (None, DEFAULT_DELIVERY)


def test_large_messages_are_for_few_subscriptions_of_services(sns, topic, queue, subscribe, invalid):
    subscribe(topic, queue("billing"))
    set_attribute(sns, topic, "MaximumMessageSize", "262145")
    set_attribute(sns, topic, "MaximumMessageSize", "262144")
    subscribe(topic, "me@example.com", "email")
    set_attribute(sns, topic, "MaximumMessageSize", "262144")
    with invalid():
        set_attribute(sns, topic, "MaximumMessageSize", "262145")


def test_the_number_of_topics_has_a_quota(create, fake_sns, refused):
    fake_sns.quotas.topics = 2
    create("one")
    create("two")
    create("two")
    with refused("TopicLimitExceeded", status=403):
        create("three")
    create("three.fifo")


# ── data protection ──────────────────────────────────────────────────────────────────────────────────────────────


def protection(**statement):
    given = {"DataDirection": "Inbound", "Principal": ["*"], "DataIdentifier": ["arn"], "Operation": {"Deny": {}}}
    return json.dumps({"Name": "p", "Version": "2021-06-01", "Statement": [{**given, **statement}]})


def test_a_data_protection_policy_is_kept_and_shown(sns, topic, attributes_of):
    before = attributes_of(topic)
    sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy=protection())
    assert sns.get_data_protection_policy(ResourceArn=topic)["DataProtectionPolicy"] == protection()
    assert attributes_of(topic) == before
    sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy="")
    assert "DataProtectionPolicy" not in sns.get_data_protection_policy(ResourceArn=topic)


@pytest.mark.parametrize("policy", ["{", "[]", "{}", protection(DataDirection="Sideways"), "x" * 30_721])
def test_a_data_protection_policy_that_is_none(sns, topic, invalid, policy):
    with invalid():
        sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy=policy)


def test_a_topic_can_be_created_with_a_data_protection_policy(sns, fake_sns):
    topic = sns.create_topic(Name="orders", DataProtectionPolicy=protection())["TopicArn"]
    assert sns.get_data_protection_policy(ResourceArn=topic)["DataProtectionPolicy"] == protection()


# ── tags ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_tags_are_added_changed_and_taken_off(sns, create):
    topic = create("orders", tags={"team": "a"})
    sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "team", "Value": "b"}, {"Key": "env", "Value": ""}])
    assert sns.list_tags_for_resource(ResourceArn=topic)["Tags"] == [
        {"Key": "team", "Value": "b"},
        {"Key": "env", "Value": ""},
    ]
    sns.untag_resource(ResourceArn=topic, TagKeys=["team", "unknown"])
    assert sns.list_tags_for_resource(ResourceArn=topic)["Tags"] == [{"Key": "env", "Value": ""}]


def test_a_topic_has_at_most_fifty_tags(sns, topic, refused):
    tags = [{"Key": str(number), "Value": "x"} for number in range(50)]
    sns.tag_resource(ResourceArn=topic, Tags=tags)
    sns.tag_resource(ResourceArn=topic, Tags=tags)
    with refused("TagLimitExceeded"):
        sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "one more", "Value": "x"}])


@pytest.mark.parametrize("key", ["aws:team", "AWS:team"])
def test_keys_that_are_reserved(sns, topic, invalid, key):
    with invalid():
        sns.tag_resource(ResourceArn=topic, Tags=[{"Key": key, "Value": "x"}])


def test_a_key_is_given_once(sns, topic, invalid):
    with invalid():
        sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "team", "Value": "a"}, {"Key": "team", "Value": "b"}])


def test_a_topic_is_not_created_with_more_than_fifty_tags(create, refused):
    create("fifty", tags={str(number): "x" for number in range(50)})
    with refused("TagLimitExceeded"):
        create("more", tags={str(number): "x" for number in range(51)})


def test_tags_of_a_topic_that_is_not_there(sns, topic, refused):
    with refused("ResourceNotFound", status=404):
        sns.list_tags_for_resource(ResourceArn=topic + "x")


# ── permissions ──────────────────────────────────────────────────────────────────────────────────────────────────


def statements(attributes):
    return json.loads(attributes["Policy"])["Statement"]


def test_adding_a_permission_writes_a_statement(sns, topic, attributes_of):
    sns.add_permission(TopicArn=topic, Label="one", AWSAccountId=["111111111111"], ActionName=["Publish"])
    sns.add_permission(
        TopicArn=topic,
        Label="two",
        AWSAccountId=["111111111111", "222222222222"],
        ActionName=["Publish", "Subscribe"],
    )
    _, one, two = statements(attributes_of(topic))
    assert one == {
        "Sid": "one",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
        "Action": "SNS:Publish",
        "Resource": topic,
    }
    assert two["Action"] == ["SNS:Publish", "SNS:Subscribe"]
    assert len(two["Principal"]["AWS"]) == 2

    sns.remove_permission(TopicArn=topic, Label="one")
    assert [each["Sid"] for each in statements(attributes_of(topic))] == ["__default_statement_ID", "two"]


def test_permissions_that_cannot_be_added(sns, topic, invalid, not_found):
    given = {"Label": "one", "AWSAccountId": ["111111111111"], "ActionName": ["Publish"]}
    sns.add_permission(TopicArn=topic, **given)
    with invalid("Invalid parameter: Statement already exists"):
        sns.add_permission(TopicArn=topic, **given)
    with invalid("Invalid parameter: Policy statement action out of service scope!"):
        sns.add_permission(TopicArn=topic, **{**given, "Label": "two", "ActionName": ["Nothing"]})
    with not_found("Topic"):
        sns.add_permission(TopicArn=topic + "x", **given)


def test_an_account_has_twelve_digits(sns, topic, invalid):
    with invalid():
        sns.add_permission(TopicArn=topic, Label="one", AWSAccountId=["1"], ActionName=["Publish"])


def policy_of(statements, sid="x"):
    statement = {"Effect": "Allow", "Principal": "*", "Action": "SNS:Publish", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Sid": sid}] * statements})


def test_a_policy_has_at_most_100_statements_and_30_kilobytes(sns, topic, invalid):
    set_attribute(sns, topic, "Policy", policy_of(100))
    with invalid():
        set_attribute(sns, topic, "Policy", policy_of(101))
    with invalid():
        sns.add_permission(TopicArn=topic, Label="101", AWSAccountId=["111111111111"], ActionName=["Publish"])
    room = 30_720 - len(policy_of(1, ""))
    set_attribute(sns, topic, "Policy", policy_of(1, "s" * room))
    with invalid():
        set_attribute(sns, topic, "Policy", policy_of(1, "s" * (room + 1)))


def test_an_empty_policy_is_the_default(sns, topic, attributes_of):
    set_attribute(sns, topic, "Policy", policy_of(1))
    set_attribute(sns, topic, "Policy", "")
    assert json.loads(attributes_of(topic)["Policy"]) == DEFAULT_POLICY


@pytest.mark.cloudfakes(policies="enforced")
def test_a_stranger_may_not_touch_a_subscription(fake_cloud, sns, topic, refused):
    arn = sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+15551234567")["SubscriptionArn"]
    other = boto3.client("sns", region_name="us-east-1", **fake_cloud.credentials("111111111111"))
    with refused("AuthorizationError", status=403):
        other.get_subscription_attributes(SubscriptionArn=arn)
    with refused("AuthorizationError", status=403):
        other.unsubscribe(SubscriptionArn=arn)


@pytest.mark.cloudfakes(policies="enforced")
def test_a_policy_may_say_which_endpoints_may_subscribe(fake_cloud, sns, topic, refused):
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "111111111111"},
        "Action": "SNS:Subscribe",
        "Resource": topic,
        "Condition": {"StringEquals": {"SNS:Protocol": "sqs"}, "StringLike": {"SNS:Endpoint": "*:theirs"}},
    }
    set_attribute(sns, topic, "Policy", json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    other = boto3.client("sns", region_name="us-east-1", **fake_cloud.credentials("111111111111"))
    arn = "arn:aws:sqs:us-east-1:111111111111:"
    other.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn + "theirs")
    with refused("AuthorizationError", status=403):
        other.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn + "others")


@pytest.mark.cloudfakes(policies="enforced")
def test_another_account_needs_the_topics_permission(fake_cloud, sns, topic, refused):
    other = boto3.client("sns", region_name="us-east-1", **fake_cloud.credentials("111111111111"))
    with refused("AuthorizationError", status=403):
        other.publish(TopicArn=topic, Message="m")
    sns.add_permission(TopicArn=topic, Label="one", AWSAccountId=["111111111111"], ActionName=["Publish"])
    assert other.publish(TopicArn=topic, Message="m")["MessageId"]
    with refused("AuthorizationError", status=403):
        other.get_topic_attributes(TopicArn=topic)


def test_stored_policies_let_another_account_in(fake_cloud, sns, topic):
    other = boto3.client("sns", region_name="us-east-1", **fake_cloud.credentials("111111111111"))
    assert other.publish(TopicArn=topic, Message="m")["MessageId"]
