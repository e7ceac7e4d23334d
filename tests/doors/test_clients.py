"""Every client of the process is caught, however and whenever it was made."""

from __future__ import annotations

import gc
import weakref
from typing import Any
from unittest import mock

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointProviderError

from pytest_cloudfakes import FakeCloud

REGION = "eu-west-1"
KEYS = {"aws_access_key_id": "111122223333", "aws_secret_access_key": "secret"}

MADE_AT_IMPORT = boto3.client("sqs", region_name=REGION, **KEYS)
SESSION_OF_A_LIBRARY = boto3.Session("111122223333", "secret", region_name=REGION)


def queues(client: Any) -> list[str]:
    return client.list_queues().get("QueueUrls", [])


def test_a_client_made_at_import_of_the_application_is_caught(fake_cloud):
    url = MADE_AT_IMPORT.create_queue(QueueName="jobs")["QueueUrl"]

    assert url == f"https://sqs.{REGION}.amazonaws.com/111122223333/jobs"
    assert [call.operation for call in fake_cloud.calls] == ["CreateQueue"]


def test_a_client_that_found_no_credentials_when_it_was_made_works(without_credentials, monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    client = boto3.client("sqs", region_name=REGION)
    with FakeCloud():
        assert client.create_queue(QueueName="jobs")["QueueUrl"].endswith("/123456789012/jobs")


def test_a_session_that_a_library_made_earlier_is_caught(fake_cloud):
    SESSION_OF_A_LIBRARY.client("sqs").create_queue(QueueName="jobs")

    assert len(queues(MADE_AT_IMPORT)) == 1


def test_a_session_of_botocore_is_caught(fake_cloud):
    client = botocore.session.get_session().create_client("sqs", region_name=REGION)
    client.create_queue(QueueName="jobs")

    assert fake_cloud.calls[0].region == REGION


def test_a_resource_of_boto3_is_caught(fake_cloud, either_way):
    resource = boto3.resource("sqs", region_name=REGION)
    either_way(resource.meta.client)
    queue = resource.create_queue(QueueName="jobs")
    queue.send_message(MessageBody="cat.png")

    message = queue.receive_messages()[0]
    assert message.body == "cat.png"
    message.delete()
    assert [each.url for each in resource.queues.all()] == [queue.url]
    assert queue.attributes["QueueArn"] == f"arn:aws:sqs:{REGION}:123456789012:jobs"


@pytest.mark.parametrize(
    "options",
    [
        {"endpoint_url": "http://localhost:4566"},
        {"endpoint_url": "https://sqs.eu-west-1.api.aws"},
        {"endpoint_url": "https://vpce-1a2b3c4d-5e6f.sqs.eu-west-1.vpce.amazonaws.com"},
        {"config": Config(use_fips_endpoint=True), "region_name": "us-east-1"},
        {"config": Config(use_dualstack_endpoint=True)},
        {"config": Config(use_fips_endpoint=True, use_dualstack_endpoint=True), "region_name": "us-east-1"},
        {"region_name": "cn-north-1"},
        {"region_name": "us-gov-west-1"},
        {"use_ssl": False},
        {"verify": False},
        {"config": Config(proxies={"https": "http://proxy.example:3128"})},
        {"config": Config(parameter_validation=False)},
        {"config": Config(signature_version="v4")},
    ],
    ids=[
        "a URL of this machine",
        "a host of api.aws",
        "a VPC endpoint",
        "FIPS",
        "dual stack",
        "FIPS and dual stack",
        "China",
        "GovCloud",
        "HTTP",
        "unverified",
        "by proxy",
        "parameters unvalidated",
        "another signature",
    ],
)
def test_whatever_its_endpoint_is_a_client_is_caught(fake_cloud, either_way, options):
    client = either_way(boto3.client("sqs", **{"region_name": REGION, **options}))
    url = client.create_queue(QueueName="jobs")["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody="cat.png")

    assert client.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "cat.png"
    assert {call.region for call in fake_cloud.calls} == {client.meta.region_name}


def test_the_endpoint_url_that_a_client_shows_stays_as_it_is(fake_cloud):
    assert MADE_AT_IMPORT.meta.endpoint_url.endswith("eu-west-1.amazonaws.com")
    MADE_AT_IMPORT.list_queues()
    assert MADE_AT_IMPORT.meta.endpoint_url.endswith("eu-west-1.amazonaws.com")


def test_an_endpoint_that_botocore_refuses_is_refused_at_every_call(fake_cloud, either_way):
    client = either_way(boto3.client("sqs", region_name=REGION))
    refusal = EndpointProviderError(msg="this partition does not support DualStack")
    with mock.patch("botocore.regions.EndpointRulesetResolver.construct_endpoint", side_effect=refusal):
        for _ in range(2):
            with pytest.raises(EndpointProviderError, match="does not support DualStack"):
                client.list_queues()
    assert fake_cloud.calls == []


def test_the_account_is_the_one_that_the_credentials_name(fake_cloud, either_way):
    mine = either_way(boto3.client("sqs", region_name=REGION, **fake_cloud.credentials("111111111111")))
    theirs = either_way(boto3.client("sqs", region_name=REGION, **fake_cloud.credentials("222222222222")))
    mine.create_queue(QueueName="jobs")

    assert len(queues(mine)) == 1
    assert queues(theirs) == []
    assert [call.account for call in fake_cloud.calls] == ["111111111111", "111111111111", "222222222222"]


def test_a_client_whose_credentials_change_calls_as_the_new_account(fake_cloud, either_way):
    client = either_way(boto3.client("sqs", region_name=REGION, **fake_cloud.credentials("111111111111")))
    client.list_queues()
    client._request_signer._credentials = boto3.Session("222222222222", "secret").get_credentials()
    client.list_queues()

    assert [call.account for call in fake_cloud.calls] == ["111111111111", "222222222222"]


def test_every_answer_is_the_callers_own_to_change(sqs, queue_url, either_way):
    client = either_way(sqs)
    first = client.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])
    first["Attributes"].clear()
    first["ResponseMetadata"].clear()

    second = client.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])
    assert second["Attributes"]
    assert second["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_the_callers_parameters_stay_its_own(fake_cloud, sqs, queue_url, either_way):
    attributes = {"kind": {"DataType": "String", "StringValue": "picture"}}
    either_way(sqs).send_message(QueueUrl=queue_url, MessageBody="cat.png", MessageAttributes=attributes)
    attributes["kind"]["StringValue"] = "changed"

    received = sqs.receive_message(QueueUrl=queue_url, MessageAttributeNames=["All"])["Messages"][0]
    assert received["MessageAttributes"]["kind"]["StringValue"] == "picture"
    assert fake_cloud.calls[1].parameters["MessageAttributes"]["kind"]["StringValue"] == "picture"


def test_a_client_made_within_the_cloud_is_caught_by_the_next_one():
    with FakeCloud():
        client = boto3.client("sqs", region_name=REGION)
        client.create_queue(QueueName="jobs")
    with FakeCloud() as second:
        assert queues(client) == []
        assert len(second.calls) == 1


def test_a_client_that_nobody_holds_any_longer_is_let_go(fake_cloud, either_way):
    client = either_way(boto3.client("sqs", region_name=REGION, config=Config(retries={"mode": "standard"})))
    client.list_queues()
    with pytest.raises(client.exceptions.QueueDoesNotExist):
        client.get_queue_url(QueueName="missing")
    held = weakref.ref(client)
    del client
    gc.collect()
    assert held() is None
