"""What makes sense in calls of each service: words for its members, and whole calls."""

from __future__ import annotations

import dataclasses
import datetime
import json
from typing import Any

START = datetime.datetime(2027, 1, 1, tzinfo=datetime.timezone.utc)
ACCOUNT = "111122223333"
REGION = "eu-west-1"

Call = tuple[str, dict[str, Any]]


@dataclasses.dataclass(frozen=True)
class Earlier:
    """A value of a member of that name in an earlier answer."""

    name: str
    index: int = 0


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """What makes sense in calls of a service.

    beginning: calls that each example starts with. words: values by the name of the member. phrases: whole calls, where
    one member makes sense only with another. without: optional members that are left out, and operations that aren't
    called. Operations that the installed botocore doesn't know are left out, too.
    """

    service: str
    beginning: tuple[Call, ...]
    words: dict[str, tuple[Any, ...]]
    phrases: tuple[Call, ...] = ()
    without: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.service


SQS = Vocabulary(
    "sqs",
    beginning=(
        ("CreateQueue", {"QueueName": "jobs", "Attributes": {"VisibilityTimeout": "5"}}),
        ("CreateQueue", {"QueueName": "orders.fifo", "Attributes": {"FifoQueue": "true"}}),
    ),
    words={
        "QueueUrl": (Earlier("QueueUrl", 0), Earlier("QueueUrl", 1)),
        "QueueName": ("jobs", "orders.fifo", "dead"),
        "AttributeNames": (["All"], ["QueueArn"]),
        "MessageSystemAttributeNames": (["All"],),
        "MessageAttributeNames": (["All"],),
        "Attributes": ({}, {"DelaySeconds": "3"}, {"VisibilityTimeout": "x"}, {"FifoQueue": "true"}),
        "MessageAttributes": ({"n": {"DataType": "Number", "StringValue": "12"}},),
        "MessageGroupId": ("a", "b"),
        "MessageDeduplicationId": ("1", "2"),
        "Id": ("1", "2"),
        "AWSAccountIds": ([ACCOUNT],),
        "Actions": (["SendMessage"],),
        "SourceArn": (f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs",),
    },
    phrases=(
        ("SendMessage", {"QueueUrl": Earlier("QueueUrl"), "MessageBody": "cat ☺"}),
        (
            "SendMessage",
            {
                "QueueUrl": Earlier("QueueUrl", 1),
                "MessageBody": "cat",
                "MessageGroupId": "a",
                "MessageDeduplicationId": "1",
            },
        ),
        ("ReceiveMessage", {"QueueUrl": Earlier("QueueUrl"), "MaxNumberOfMessages": 2}),
        ("DeleteMessage", {"QueueUrl": Earlier("QueueUrl"), "ReceiptHandle": Earlier("ReceiptHandle")}),
        (
            "AddPermission",
            {"QueueUrl": Earlier("QueueUrl"), "Label": "a", "AWSAccountIds": [ACCOUNT], "Actions": ["*"]},
        ),
        ("RemovePermission", {"QueueUrl": Earlier("QueueUrl"), "Label": "a"}),
    ),
    # What waits is answered by the clock in process, where nobody else could change anything, and later over HTTP.
    without=frozenset({"WaitTimeSeconds", "StartMessageMoveTask", "CancelMessageMoveTask"}),
)


def _stream(name: str) -> str:
    return f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{name}"


_CLICKS, _FEED = _stream("clicks"), _stream("feed")
_READERS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
            "Action": ["kinesis:DescribeStreamSummary", "kinesis:GetRecords"],
            "Resource": _CLICKS,
        }
    ],
}

KINESIS = Vocabulary(
    "kinesis",
    beginning=(
        ("CreateStream", {"StreamName": "clicks", "ShardCount": 2}),
        ("CreateStream", {"StreamName": "feed", "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}),
        ("CreateQueue", {"QueueName": "jobs", "StreamConfigurationList": [{"StreamARN": _FEED}]}),
        ("DescribeStream", {"StreamName": "clicks"}),
        ("RegisterStreamConsumer", {"StreamARN": _CLICKS, "ConsumerName": "fan"}),
        ("PutRecord", {"StreamName": "clicks", "PartitionKey": "a", "Data": b"cat.png"}),
        (
            "GetShardIterator",
            {"StreamName": "clicks", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"},
        ),
    ),
    words={
        "StreamName": ("clicks", "clicks", "feed", "orders"),
        "StreamARN": (_CLICKS, _FEED),
        "ResourceARN": (_CLICKS,),
        "ShardId": ("shardId-000000000000", "shardId-000000000001", "shardId-000000000002"),
        "ShardIteratorType": ("TRIM_HORIZON", "LATEST"),
        "PartitionKey": ("a", "b"),
        "ExplicitHashKey": ("0", str(2**127), str(2**128 - 1)),
        "ConsumerName": ("fan",),
        "ShardCount": (1, 2, 3),
        "TargetShardCount": (1, 2, 3, 4),
        "ScalingType": ("UNIFORM_SCALING",),
        "ShardToSplit": ("shardId-000000000000", "shardId-000000000001"),
        "NewStartingHashKey": (str(2**126), str(3 * 2**126)),
        "ShardToMerge": ("shardId-000000000000",),
        "AdjacentShardToMerge": ("shardId-000000000001",),
        "RetentionPeriodHours": (24, 36, 48),
        "ShardLevelMetrics": (["IncomingBytes"], ["ALL"]),
        "EncryptionType": ("KMS",),
        "KeyId": ("alias/aws/kinesis",),
        "Tags": ({"a": "1"}, {"a": "2", "b": "1"}),
        "TagKeys": (["a"], ["a", "b"]),
        "Policy": (json.dumps(_READERS),),
        "Limit": (1, 10),
        "MaxRecordSizeInKiB": (1_024, 2_048),
        "QueueName": ("jobs", "mails"),
        "StreamConfigurationList": ([{"StreamARN": _FEED}],),
        "QueueAttributes": ({"VisibilityTimeoutSeconds": 60}, {"DeadLetterConfiguration": {"TargetType": "BUILT_IN"}}),
        "VisibilityTimeoutSeconds": (0, 60),
    },
    phrases=(
        ("GetRecords", {"ShardIterator": Earlier("ShardIterator")}),
        ("GetRecords", {"ShardIterator": Earlier("NextShardIterator")}),
        ("PutRecords", {"StreamName": "clicks", "Records": [{"PartitionKey": key, "Data": b"cat"} for key in "ab"]}),
        ("SplitShard", {"StreamName": "clicks", "ShardToSplit": Earlier("ShardId"), "NewStartingHashKey": "1"}),
        ("DescribeStreamConsumer", {"StreamARN": _CLICKS, "ConsumerName": "fan"}),
        ("DescribeStreamConsumer", {"ConsumerARN": Earlier("ConsumerARN")}),
        ("DeregisterStreamConsumer", {"StreamARN": _CLICKS, "ConsumerName": "fan"}),
        ("ListTagsForStream", {"StreamName": "clicks", "Limit": 1}),
        ("TagResource", {"ResourceARN": _CLICKS, "Tags": {"a": "1"}}),
        ("PutResourcePolicy", {"ResourceARN": _CLICKS, "Policy": json.dumps(_READERS)}),
        ("GetResourcePolicy", {"ResourceARN": _CLICKS}),
        ("ListShards", {"StreamName": "clicks", "ShardFilter": {"Type": "AT_LATEST"}}),
        ("IncreaseStreamRetentionPeriod", {"StreamName": "clicks", "RetentionPeriodHours": 48}),
        ("DecreaseStreamRetentionPeriod", {"StreamName": "clicks", "RetentionPeriodHours": 24}),
        ("StopStreamEncryption", {"StreamName": "clicks", "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}),
        ("UpdateMaxRecordSize", {"StreamARN": _CLICKS, "MaxRecordSizeInKiB": 2_048}),
        ("UpdateStreamMode", {"StreamARN": _CLICKS, "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}),
        ("UpdateStreamRecordDistributionStrategy", {"StreamARN": _FEED, "RecordDistributionStrategy": "AUTO"}),
        ("UpdateStreamWarmThroughput", {"StreamName": "feed", "WarmThroughputMiBps": 10}),
        ("DescribeAccountSettings", {}),
        ("UpdateAccountSettings", {"MinimumThroughputBillingCommitment": {"Status": "ENABLED"}}),
    ),
    # Queues of streams wait at least a second for records; what waits is left out as it is of SQS.
    without=frozenset(
        {"SubscribeToShard", "ReceiveQueueRecords", "ReceiveDeadLetterQueueRecords", "StreamId", "StreamARN"}
        | {"ConsumerARN", "DryRun", "WarmThroughputMiBps", "RecordDistributionStrategy"}
    ),
)


def _topic(name: str) -> str:
    return f"arn:aws:sns:{REGION}:{ACCOUNT}:{name}"


_ORDERS, _FIFO = _topic("orders"), _topic("orders.fifo")
_QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"
_PHONE = "+12065550100"
_NO_CARDS = {
    "Name": "cards",
    "Version": "2021-06-01",
    "Statement": [
        {
            "Sid": "deny",
            "DataDirection": "Inbound",
            "Principal": ["*"],
            "DataIdentifier": ["arn:aws:dataprotection::aws:data-identifier/CreditCardNumber"],
            "Operation": {"Deny": {}},
        }
    ],
}

SNS = Vocabulary(
    "sns",
    beginning=(
        ("CreateTopic", {"Name": "orders"}),
        ("CreateTopic", {"Name": "orders.fifo", "Attributes": {"FifoTopic": "true"}}),
        ("Subscribe", {"TopicArn": _ORDERS, "Protocol": "sqs", "Endpoint": _QUEUE}),
        ("Subscribe", {"TopicArn": _ORDERS, "Protocol": "email", "Endpoint": "audit@example.com"}),
        (
            "CreatePlatformApplication",
            {"Name": "shop", "Platform": "GCM", "Attributes": {"PlatformCredential": "AIzaSyExample"}},
        ),
        ("CreatePlatformEndpoint", {"PlatformApplicationArn": Earlier("PlatformApplicationArn"), "Token": "t" * 64}),
    ),
    words={
        "Name": ("orders", "mails", "orders.fifo"),
        "TopicArn": (_ORDERS, _ORDERS, _FIFO, _topic("mails")),
        "ResourceArn": (_ORDERS, _FIFO),
        "Message": ("cat.png", '{"default": "cat", "sqs": "cat ☺"}'),
        "MessageAttributes": ({"n": {"DataType": "Number", "StringValue": "12"}},),
        "Id": ("1", "2"),
        "Label": ("a", "b"),
        "AWSAccountId": (["444455556666"],),
        "ActionName": (["Publish"],),
        "Protocol": ("sqs", "email", "sms"),
        "Key": ("a", "b"),
        "TagKeys": (["a"],),
        "Platform": ("GCM",),
        "attributes": ({"DefaultSMSType": "Transactional"}, ["DefaultSMSType"]),
        "phoneNumber": (_PHONE,),
        "LanguageCode": ("en-US",),
        "DataProtectionPolicy": (json.dumps(_NO_CARDS),),
        "MaxResults": (1, 10),
    },
    phrases=(
        ("CreateTopic", {"Name": "mails", "Tags": [{"Key": "a", "Value": "1"}]}),
        ("Subscribe", {"TopicArn": _ORDERS, "Protocol": "sms", "Endpoint": _PHONE}),
        ("Subscribe", {"TopicArn": _ORDERS, "Protocol": "https", "Endpoint": "https://shop.example.com/hooks"}),
        (
            "Subscribe",
            {
                "TopicArn": _ORDERS,
                "Protocol": "sqs",
                "Endpoint": _QUEUE + "2",
                "Attributes": {"FilterPolicy": '{"n": [12]}'},
            },
        ),
        ("Subscribe", {"TopicArn": _FIFO, "Protocol": "sqs", "Endpoint": _QUEUE + ".fifo"}),
        ("Publish", {"TopicArn": _ORDERS, "Message": "cat ☺"}),
        ("Publish", {"TopicArn": _FIFO, "Message": "cat", "MessageGroupId": "a", "MessageDeduplicationId": "1"}),
        ("Publish", {"PhoneNumber": _PHONE, "Message": "cat"}),
        ("Publish", {"TargetArn": Earlier("EndpointArn"), "Message": "cat"}),
        (
            "AddPermission",
            {"TopicArn": _ORDERS, "Label": "a", "AWSAccountId": ["444455556666"], "ActionName": ["Publish"]},
        ),
        ("RemovePermission", {"TopicArn": _ORDERS, "Label": "a"}),
        ("TagResource", {"ResourceArn": _ORDERS, "Tags": [{"Key": "a", "Value": "1"}]}),
        ("Unsubscribe", {"SubscriptionArn": Earlier("SubscriptionArn")}),
        ("ListSubscriptions", {}),
        ("GetSubscriptionAttributes", {"SubscriptionArn": Earlier("SubscriptionArn")}),
        (
            "SetSubscriptionAttributes",
            {
                "SubscriptionArn": Earlier("SubscriptionArn"),
                "AttributeName": "RawMessageDelivery",
                "AttributeValue": "true",
            },
        ),
        ("SetTopicAttributes", {"TopicArn": _ORDERS, "AttributeName": "DisplayName", "AttributeValue": "Orders"}),
        ("SetEndpointAttributes", {"EndpointArn": Earlier("EndpointArn"), "Attributes": {"Enabled": "false"}}),
        (
            "SetPlatformApplicationAttributes",
            {
                "PlatformApplicationArn": Earlier("PlatformApplicationArn"),
                "Attributes": {"EventEndpointCreated": _ORDERS},
            },
        ),
        ("CreateSMSSandboxPhoneNumber", {"PhoneNumber": _PHONE}),
        ("DeleteSMSSandboxPhoneNumber", {"PhoneNumber": _PHONE}),
    ),
)

VOCABULARIES = (SQS, KINESIS, SNS)
