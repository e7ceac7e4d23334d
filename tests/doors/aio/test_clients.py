"""Every client of aiobotocore is caught, and answers as botocore's own does."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import boto3
import pytest

from pytest_cloudfakes import FakeCloud

from .conftest import KEYS, REGION, create_client

pytestmark = pytest.mark.asyncio

IMPORTED_LATER = """
import asyncio, sys
from pytest_cloudfakes import FakeCloud, NotFaked

async def main():
    import aiobotocore.session
    async with aiobotocore.session.get_session().create_client("sqs", region_name="eu-west-1") as sqs:
        url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        await sqs.send_message(QueueUrl=url, MessageBody="cat.png")
        print((await sqs.receive_message(QueueUrl=url))["Messages"][0]["Body"])
    async with aiobotocore.session.get_session().create_client("glue", region_name="eu-west-1") as glue:
        try:
            await glue.get_databases()
        except NotFaked:
            print("not faked")

with FakeCloud() as cloud:
    assert not any(name.startswith("aiobotocore") for name in sys.modules)
    asyncio.run(main())
    print([call.operation for call in cloud.calls])
import aiobotocore.client, aiobotocore.endpoint, asyncio
for patched in (aiobotocore.client.AioBaseClient._make_api_call, aiobotocore.endpoint.AioEndpoint._send):
    assert type(patched) is type(lambda: None), patched
assert aiobotocore.endpoint.asyncio is asyncio
"""


async def test_a_client_that_was_made_before_the_cloud_went_on():
    async with create_client(**KEYS) as client:
        with FakeCloud() as cloud:
            url = (await client.create_queue(QueueName="jobs"))["QueueUrl"]
        assert url == "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs"
        assert [call.operation for call in cloud.calls] == ["CreateQueue"]
        with FakeCloud():
            assert "QueueUrls" not in await client.list_queues()


async def test_aiobotocore_may_be_imported_while_the_cloud_is_on():
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", IMPORTED_LATER], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    assert done.stdout == "cat.png\nnot faked\n['CreateQueue', 'SendMessage', 'ReceiveMessage']\n"


@pytest.mark.parametrize("url", ["https://example.com", "http://localhost:4566", "http://127.0.0.1:9"])
async def test_whatever_its_endpoint_is(fake_cloud, url):
    async with create_client(endpoint_url=url) as client:
        await client.list_queues()
    assert [call.operation for call in fake_cloud.calls] == ["ListQueues"]


async def test_it_meets_botocores_clients_in_the_same_cloud(sqs, queue_url):
    boto3.client("sqs", region_name=REGION).send_message(QueueUrl=queue_url, MessageBody="cat.png")
    (message,) = (await sqs.receive_message(QueueUrl=queue_url))["Messages"]
    assert message["Body"] == "cat.png"


async def test_an_answer_has_what_botocore_adds(sqs, long_way):
    for client in (sqs, long_way(sqs)):
        metadata = (await client.list_queues())["ResponseMetadata"]
        assert metadata["HTTPStatusCode"] == 200
        assert metadata["RetryAttempts"] == 0
        assert metadata["HTTPHeaders"]["x-amzn-requestid"] == metadata["RequestId"]


async def test_errors_are_the_modelled_ones(sqs, either_way):
    client = either_way(sqs)
    with pytest.raises(client.exceptions.QueueDoesNotExist) as caught:
        await client.get_queue_url(QueueName="missing")
    error = caught.value.response["Error"]
    assert error["Code"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert error["Message"] == "The specified queue does not exist."
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


async def test_every_answer_is_a_fresh_one(sqs, queue_url, either_way):
    client = either_way(sqs)
    await client.send_message(QueueUrl=queue_url, MessageBody="cat.png")
    first = await client.receive_message(QueueUrl=queue_url, VisibilityTimeout=0)
    first["Messages"][0].clear()
    second = await client.receive_message(QueueUrl=queue_url)
    assert second["Messages"][0]["Body"] == "cat.png"


async def test_a_presigned_url_is_signed_with_dummies(fake_cloud):
    async with create_client("s3", aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x") as s3:
        url = await s3.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
    assert "AKIAIOSFODNN7EXAMPLE" not in url


async def test_the_account_is_that_of_the_access_key(fake_cloud, either_way):
    async with create_client(**KEYS) as client:
        url = (await either_way(client).create_queue(QueueName="jobs"))["QueueUrl"]
    assert url.split("/")[3] == "111122223333"


async def test_calls_let_other_tasks_have_their_turn(sqs, queue_url, either_way):
    client = either_way(sqs)
    done = []

    async def short_polls():
        while not done:
            await client.receive_message(QueueUrl=queue_url)

    polls = asyncio.create_task(short_polls())
    await asyncio.sleep(0.01)
    done.append(1)
    await asyncio.wait_for(polls, 5)
