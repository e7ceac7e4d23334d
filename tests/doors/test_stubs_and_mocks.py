"""Users' own stubs and mocks of botocore go on working inside a fake cloud."""

from __future__ import annotations

from unittest import mock

import boto3
import botocore.client
import pytest
from botocore.exceptions import ClientError, StubAssertionError
from botocore.stub import Stubber

from pytest_cloudfakes import FakeCloud

REGION = "eu-west-1"
AT_IMPORT = botocore.client.BaseClient._make_api_call


def recipe(client, operation, parameters):
    """The recipe that everyone copies: answer one operation, let the others through."""
    if operation == "ListQueues":
        return {"QueueUrls": ["https://from.the.mock"]}
    return AT_IMPORT(client, operation, parameters)


def test_a_stubber_answers_its_client_and_no_other(fake_cloud, sqs, queue_url):
    stubbed = boto3.client("sqs", region_name=REGION)
    with Stubber(stubbed) as stubber:
        stubber.add_response(
            "send_message", {"MessageId": "stub", "MD5OfMessageBody": "x"}, {"QueueUrl": "q", "MessageBody": "b"}
        )
        stubber.add_client_error("send_message", "OverLimit", http_status_code=403)

        assert stubbed.send_message(QueueUrl="q", MessageBody="b")["MessageId"] == "stub"
        with pytest.raises(stubbed.exceptions.OverLimit):
            stubbed.send_message(QueueUrl="q", MessageBody="b")
        stubber.assert_no_pending_responses()
    sqs.send_message(QueueUrl=queue_url, MessageBody="cat.png")

    assert [call.operation for call in fake_cloud.calls] == ["CreateQueue", "SendMessage"]
    assert stubbed.receive_message(QueueUrl=queue_url)["Messages"][0]["Body"] == "cat.png"


def test_a_stubber_put_on_a_client_that_was_used_before_is_noticed(sqs, queue_url):
    sqs.list_queues()
    with Stubber(sqs) as stubber:
        stubber.add_response("list_queues", {"QueueUrls": ["stub"]})
        assert sqs.list_queues()["QueueUrls"] == ["stub"]
    assert sqs.list_queues()["QueueUrls"] == [queue_url]


def test_a_stubber_checks_parameters_as_ever(sqs):
    with Stubber(sqs) as stubber:
        stubber.add_response("list_queues", {}, {"QueueNamePrefix": "a"})
        with pytest.raises(StubAssertionError):
            sqs.list_queues(QueueNamePrefix="b")


def test_a_stubber_serves_a_service_that_is_not_faked(fake_cloud):
    s3 = boto3.client("s3", region_name=REGION)
    with Stubber(s3) as stubber:
        stubber.add_response("list_buckets", {"Buckets": []})
        assert s3.list_buckets()["Buckets"] == []


def test_a_mock_of_make_api_call_by_the_well_known_recipe(fake_cloud, sqs, queue_url):
    with mock.patch("botocore.client.BaseClient._make_api_call", new=recipe):
        assert sqs.list_queues() == {"QueueUrls": ["https://from.the.mock"]}
        sqs.send_message(QueueUrl=queue_url, MessageBody="cat.png")
    assert [call.operation for call in fake_cloud.calls] == ["CreateQueue", "SendMessage"]
    assert sqs.list_queues()["QueueUrls"] == [queue_url]


def test_the_recipe_with_the_original_taken_inside_the_cloud(fake_cloud, sqs, queue_url):
    original = botocore.client.BaseClient._make_api_call

    def mocked(client, operation, parameters):
        return {"mocked": True} if operation == "ListQueues" else original(client, operation, parameters)

    with mock.patch("botocore.client.BaseClient._make_api_call", new=mocked):
        assert sqs.list_queues() == {"mocked": True}
        sqs.send_message(QueueUrl=queue_url, MessageBody="cat.png")
    assert len(fake_cloud.calls) == 2


def test_a_mock_that_was_there_before_the_cloud_sees_every_call(as_before):
    seen = []

    def spy(client, operation, parameters):
        seen.append(operation)
        return AT_IMPORT(client, operation, parameters)

    with mock.patch("botocore.client.BaseClient._make_api_call", new=spy), FakeCloud() as cloud:
        client = boto3.client("sqs", region_name=REGION)
        client.create_queue(QueueName="jobs")
        with pytest.raises(ClientError):
            client.get_queue_url(QueueName="missing")

    assert seen == ["CreateQueue", "GetQueueUrl"]
    assert [call.operation for call in cloud.calls] == seen
    assert as_before() == []


def test_a_mock_of_one_client(fake_cloud, sqs, queue_url):
    other = boto3.client("sqs", region_name=REGION)
    with mock.patch.object(sqs, "_make_api_call", return_value={"QueueUrls": []}) as mocked:
        assert sqs.list_queues() == {"QueueUrls": []}
        assert other.list_queues()["QueueUrls"] == [queue_url]
    mocked.assert_called_once_with("ListQueues", {})
    assert sqs.list_queues()["QueueUrls"] == [queue_url]


def test_a_mock_of_an_operations_method(sqs):
    with mock.patch.object(sqs, "list_queues", return_value={"QueueUrls": ["mocked"]}):
        assert sqs.list_queues()["QueueUrls"] == ["mocked"]


@pytest.mark.parametrize("step", ["make_request", "_send"])
def test_a_mock_of_the_endpoint_is_asked(fake_cloud, sqs, step):
    sqs.list_queues()
    answer = {"ResponseMetadata": {"HTTPStatusCode": 200}, "QueueUrls": ["mocked"]}
    response = mock.Mock(status_code=200, headers={}, content=b'{"QueueUrls": ["mocked"]}')
    if sqs.meta.service_model.metadata["protocol"] == "query":
        response.content = b"<R><ListQueuesResult><QueueUrl>mocked</QueueUrl></ListQueuesResult></R>"
    value = (response, answer) if step == "make_request" else response
    with mock.patch(f"botocore.endpoint.Endpoint.{step}", return_value=value) as mocked:
        assert sqs.list_queues()["QueueUrls"] == ["mocked"]
    mocked.assert_called_once()
    assert "QueueUrls" not in sqs.list_queues()


def test_a_mock_that_outlives_the_cloud_leaves_no_second_answer(as_before):
    first = FakeCloud().start()
    patcher = mock.patch("botocore.client.BaseClient._make_api_call", new=recipe)
    patcher.start()
    first.stop()
    patcher.stop()

    with FakeCloud() as second:
        client = boto3.client("sqs", region_name=REGION)
        second.faults.fail("sqs", "CreateQueue", "QueueDeletedRecently")
        with pytest.raises(client.exceptions.QueueDeletedRecently):
            client.create_queue(QueueName="jobs")
        client.create_queue(QueueName="jobs")
    assert [call.operation for call in second.calls] == ["CreateQueue", "CreateQueue"]
    assert as_before() == []
