"""boto3's resource: queues and messages as objects."""

import boto3
import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def resource(fake_sqs):
    return boto3.resource("sqs", region_name="us-east-1")


@pytest.fixture
def queue(resource):
    return resource.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "7"})


def test_a_queue_has_a_url_and_attributes(queue):
    assert queue.url == "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"
    assert queue.attributes["VisibilityTimeout"] == "7"
    queue.set_attributes(Attributes={"VisibilityTimeout": "8"})
    queue.load()
    assert queue.attributes["VisibilityTimeout"] == "8"


def test_a_queue_by_its_name(resource, queue):
    assert resource.get_queue_by_name(QueueName="jobs") == queue
    with pytest.raises(resource.meta.client.exceptions.QueueDoesNotExist):
        resource.get_queue_by_name(QueueName="nope")


def test_a_queue_that_doesnt_exist(resource):
    with pytest.raises(ClientError, match="NonExistentQueue"):
        resource.Queue("https://sqs.us-east-1.amazonaws.com/123456789012/nope").load()


def test_queues_by_a_prefix(resource, queue):
    resource.create_queue(QueueName="other")
    assert list(resource.queues.filter(QueueNamePrefix="jo")) == [queue]
    assert len(list(resource.queues.all())) == 2
    assert list(resource.queues.filter(QueueNamePrefix="none")) == []


def test_a_message_and_what_it_carries(fake_clock, queue):
    attributes = {"kind": {"DataType": "String", "StringValue": "a"}}
    sent = queue.send_message(MessageBody="body", MessageAttributes=attributes)
    (message,) = queue.receive_messages(MessageAttributeNames=["All"], AttributeNames=["All"])
    assert (message.body, message.message_id) == ("body", sent["MessageId"])
    assert message.message_attributes == attributes
    assert message.attributes["ApproximateReceiveCount"] == "1"
    assert message.md5_of_body == sent["MD5OfMessageBody"]
    assert message.queue_url == queue.url
    message.change_visibility(VisibilityTimeout=0)
    (message,) = queue.receive_messages()
    assert message.attributes is None
    assert message.message_attributes is None
    message.delete()
    fake_clock.advance(7)
    assert queue.receive_messages() == []


def test_batches(queue):
    answer = queue.send_messages(Entries=[{"Id": str(number), "MessageBody": str(number)} for number in range(3)])
    assert [entry["Id"] for entry in answer["Successful"]] == ["0", "1", "2"]
    messages = queue.receive_messages(MaxNumberOfMessages=10)
    entries = [{"Id": message.body, "ReceiptHandle": message.receipt_handle} for message in messages]
    queue.change_message_visibility_batch(Entries=[{**entry, "VisibilityTimeout": 30} for entry in entries])
    answer = queue.delete_messages(Entries=entries)
    assert len(answer["Successful"]) == 3
    assert "Failed" not in answer


def test_purging_and_deleting(fake_sqs, queue):
    queue.send_message(MessageBody="body")
    queue.purge()
    assert fake_sqs.queue("jobs").messages == []
    queue.delete()
    assert fake_sqs.queues == []


def test_permissions(queue):
    queue.add_permission(Label="label", AWSAccountIds=["111111111111"], Actions=["SendMessage"])
    queue.load()
    assert "label" in queue.attributes["Policy"]
    queue.remove_permission(Label="label")
    queue.load()
    assert "Policy" not in queue.attributes


def test_the_sources_of_a_dead_letter_queue(resource, fake_sqs):
    fake_sqs.create_queue("jobs", dead_letter_queue="dead")
    dead = resource.get_queue_by_name(QueueName="dead")
    assert [source.url.rpartition("/")[2] for source in dead.dead_letter_source_queues.all()] == ["jobs"]
