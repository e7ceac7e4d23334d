"""Clients, topics, queues and endpoints, and ways to say what AWS answers."""

from __future__ import annotations

import contextlib
import json
from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import ClientError

ACCOUNT = "123456789012"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:"


@pytest.fixture
def sns(fake_sns):
    return boto3.client("sns", region_name="us-east-1")


@pytest.fixture
def sqs(fake_sqs):
    return boto3.client("sqs", region_name="us-east-1")


@pytest.fixture
def create(sns):
    """Create a topic, a FIFO one by its name, with attributes as text, numbers or documents; its ARN."""

    def create_topic(name="orders", tags=None, **attributes):
        if name.endswith(".fifo"):
            attributes.setdefault("FifoTopic", "true")
        given = {key: value if isinstance(value, str) else json.dumps(value) for key, value in attributes.items()}
        rows = {} if tags is None else {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
        return sns.create_topic(Name=name, Attributes=given, **rows)["TopicArn"]

    return create_topic


@pytest.fixture
def topic(create):
    return create("orders")


@pytest.fixture
def fifo_topic(create):
    return create("orders.fifo", ContentBasedDeduplication="true")


@pytest.fixture
def queue(sqs):
    """Create a queue, a FIFO one by its name; its ARN."""

    def create_queue(name="billing"):
        attributes = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        sqs.create_queue(QueueName=name, Attributes=attributes)
        return f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"

    return create_queue


@pytest.fixture
def subscribe(sns):
    """Subscribe an endpoint (by default a queue's ARN), with attributes as text or documents; the ARN."""

    def subscribe_endpoint(topic, endpoint, protocol="sqs", **attributes):
        given = {key: value if isinstance(value, str) else json.dumps(value) for key, value in attributes.items()}
        return sns.subscribe(
            TopicArn=topic, Protocol=protocol, Endpoint=endpoint, Attributes=given, ReturnSubscriptionArn=True
        )["SubscriptionArn"]

    return subscribe_endpoint


@pytest.fixture
def messages(sqs):
    """Receive up to ten messages of a queue by its ARN, and delete them."""

    def receive(arn, **parameters):
        url = sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
        found = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            AttributeNames=["All"],
            **parameters,
        ).get("Messages", [])
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    return receive


@pytest.fixture
def bodies(messages):
    return lambda arn: [message["Body"] for message in messages(arn)]


@pytest.fixture
def envelopes(messages):
    return lambda arn: [json.loads(message["Body"]) for message in messages(arn)]


@pytest.fixture
def texts(envelopes):
    """The texts that came to a queue in envelopes."""
    return lambda arn: [envelope["Message"] for envelope in envelopes(arn)]


@pytest.fixture
def attributes_of(sns):
    """The attributes of a topic or a subscription."""

    def get(arn):
        if arn.count(":") == 6:
            return sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        return sns.get_topic_attributes(TopicArn=arn)["Attributes"]

    return get


@pytest.fixture
def refused():
    """Expect an error of AWS: its code, text and status."""

    @contextlib.contextmanager
    def expect(code, message=None, *, status=400):
        seen = SimpleNamespace()
        with pytest.raises(ClientError) as caught:
            yield seen
        seen.response = response = caught.value.response
        error = response["Error"]
        assert (error["Code"], error["Type"]) == (code, "Sender")
        assert response["ResponseMetadata"]["HTTPStatusCode"] == status
        if message is not None:
            assert error["Message"] == message

    return expect


@pytest.fixture
def invalid(refused):
    """Expect InvalidParameter."""
    return lambda message=None: refused("InvalidParameter", message)


@pytest.fixture
def not_found(refused):
    return lambda what: refused("NotFound", f"{what} does not exist", status=404)


class Server:
    """An HTTP endpoint that answers what it is told, and remembers what it got."""

    def __init__(self, cloud, url):
        self.cloud = cloud
        self.url = url
        self.requests = []
        self.times = []
        self.answer = 200
        cloud.http.register(url, self)

    def __call__(self, request):
        self.requests.append(request)
        self.times.append(self.cloud.clock.now())
        return self.answer(request) if callable(self.answer) else self.answer

    def of(self, kind):
        return [each for each in self.requests if each.headers["x-amz-sns-message-type"] == kind]

    def forget(self):
        self.requests.clear()
        self.times.clear()


@pytest.fixture
def server(fake_cloud):
    return Server(fake_cloud, "https://shop.example.com/hooks")


@pytest.fixture
def subscribed_server(server, fake_sns, topic):
    """A server whose subscription is confirmed, without that in its memory."""
    fake_sns.subscribe("orders", "https", server.url)
    server.forget()
    return server


@pytest.fixture
def seconds(fake_clock):
    """Seconds since the test began, of instants in milliseconds."""
    start = fake_clock.now()
    return lambda instants: [(instant - start) / 1000 for instant in instants]
