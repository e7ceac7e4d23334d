"""aioboto3, which stands on aiobotocore: clients and resources."""

from __future__ import annotations

import aioboto3
import pytest

from .conftest import REGION

pytestmark = pytest.mark.asyncio


@pytest.fixture
def session():
    return aioboto3.Session(region_name=REGION)


async def test_a_client(fake_clock, session):
    before = fake_clock.now()
    async with session.client("sqs") as sqs:
        url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        await sqs.send_message(QueueUrl=url, MessageBody="cat.png", DelaySeconds=5)
        answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
    assert answer["Messages"][0]["Body"] == "cat.png"
    assert fake_clock.now() - before == 5_000


async def test_a_resource(fake_clock, session):
    async with session.resource("sqs") as sqs:
        queue = await sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "5"})
        await queue.send_message(MessageBody="cat.png")
        (message,) = await queue.receive_messages(WaitTimeSeconds=20)
        assert await message.body == "cat.png"
        assert (await queue.attributes)["VisibilityTimeout"] == "5"
        assert [each.url async for each in sqs.queues.all()] == [queue.url]
        await message.delete()
        assert await queue.receive_messages(WaitTimeSeconds=20) == []


async def test_a_session_made_before_the_cloud_went_on(session, fake_cloud):
    async with session.client("sqs") as sqs:
        await sqs.list_queues()
    assert [call.operation for call in fake_cloud.calls] == ["ListQueues"]
