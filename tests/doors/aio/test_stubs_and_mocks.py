"""Users' own stubs and mocks of aiobotocore go on working inside a fake cloud."""

from __future__ import annotations

from unittest import mock

import pytest
from botocore.exceptions import ClientError

from pytest_cloudfakes.interception import network_guard

from .conftest import KEYS, create_client

pytestmark = pytest.mark.asyncio


def stubber_of(client):
    from aiobotocore.stub import AioStubber

    return AioStubber(client)


async def test_a_stubbed_client_gets_its_stubs_and_others_the_cloud(fake_cloud, sqs):
    async with create_client() as stubbed:
        with stubber_of(stubbed) as stubber:
            stubber.add_response("list_queues", {"QueueUrls": ["stub"]})
            stubber.add_client_error("get_queue_url", "QueueDoesNotExist")
            assert (await stubbed.list_queues())["QueueUrls"] == ["stub"]
            with pytest.raises(ClientError):
                await stubbed.get_queue_url(QueueName="jobs")
            assert "QueueUrls" not in await sqs.list_queues()
        assert "QueueUrls" not in await stubbed.list_queues()
    assert len(fake_cloud.calls) == 2


async def test_the_guard_does_not_stand_in_the_way_of_stubs():
    with network_guard():
        async with create_client(**KEYS) as client:
            with stubber_of(client) as stubber:
                stubber.add_response("list_queues", {"QueueUrls": ["stub"]})
                assert (await client.list_queues())["QueueUrls"] == ["stub"]


async def test_the_recipe_that_replaces_make_api_call(fake_cloud, sqs):
    from aiobotocore.client import AioBaseClient

    original = AioBaseClient._make_api_call

    async def recipe(client, operation, parameters):
        if operation == "ListQueues":
            return {"QueueUrls": ["mock"]}
        return await original(client, operation, parameters)

    with mock.patch("aiobotocore.client.AioBaseClient._make_api_call", recipe):
        assert (await sqs.list_queues())["QueueUrls"] == ["mock"]
        await sqs.create_queue(QueueName="jobs")
    assert len((await sqs.list_queues())["QueueUrls"]) == 1
    assert [call.operation for call in fake_cloud.calls] == ["CreateQueue", "ListQueues"]


async def test_a_mocked_method_of_a_client(fake_cloud, sqs):
    with mock.patch.object(sqs, "list_queues", mock.AsyncMock(return_value={"QueueUrls": ["mock"]})):
        assert (await sqs.list_queues())["QueueUrls"] == ["mock"]
    assert "QueueUrls" not in await sqs.list_queues()


async def test_a_replaced_step_of_the_endpoint_is_gone_through(fake_cloud, sqs):
    from aiobotocore.endpoint import AioEndpoint

    seen = []
    original = AioEndpoint._send_request

    async def noted(endpoint, request_dict, operation_model):
        seen.append(operation_model.name)
        return await original(endpoint, request_dict, operation_model)

    with mock.patch.object(AioEndpoint, "_send_request", noted):
        await sqs.list_queues()
    await sqs.list_queues()
    assert seen == ["ListQueues"]
