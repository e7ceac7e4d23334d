"""What the model requires, where a client doesn't check it, in SQS's own words."""

import boto3
import pytest
from botocore.config import Config


@pytest.fixture
def careless(fake_cloud):
    """A client that sends whatever it is given."""
    return boto3.client("sqs", region_name="us-east-1", config=Config(parameter_validation=False))


@pytest.fixture
def missing(refused):
    return lambda name: refused(
        "MissingParameter", f"The request must contain the parameter {name}.", shape="MissingRequiredParameterException"
    )


def test_the_first_parameter_that_is_missing_is_named(careless, queue_url, missing):
    with missing("MessageBody"):
        careless.send_message(QueueUrl=queue_url)
    with missing("QueueUrl"):
        careless.receive_message()
    with missing("QueueName"):
        careless.create_queue()
    with missing("VisibilityTimeout"):
        careless.change_message_visibility(QueueUrl=queue_url, ReceiptHandle="x")


def test_a_member_of_an_entry(careless, queue_url, missing):
    with missing("Entries.2.MessageBody"):
        careless.send_message_batch(QueueUrl=queue_url, Entries=[{"Id": "a", "MessageBody": "b"}, {"Id": "c"}])


def test_names_beyond_the_models_enumerations_are_for_the_operation_to_judge(sqs, queue_url, send):
    send(queue_url)
    assert "Attributes" in sqs.receive_message(QueueUrl=queue_url, AttributeNames=["SenderId"])["Messages"][0]
