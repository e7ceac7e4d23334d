"""Handlers are called as aiobotocore calls them: plain functions, and coroutines that are awaited."""

from __future__ import annotations

import asyncio

import pytest

from .conftest import create_client

pytestmark = pytest.mark.asyncio

NAMES = [
    "provide-client-params",
    "before-parameter-build",
    "before-call",
    "choose-signer",
    "before-sign",
    "request-created",
    "before-send",
    "response-received",
    "needs-retry",
    "after-call",
]


async def test_every_event_is_emitted_in_order(sqs):
    seen = []
    for name in NAMES:
        sqs.meta.events.register(f"{name}.sqs", lambda event_name, **kwargs: seen.append(event_name.split(".")[0]))
    await sqs.list_queues()
    assert seen == NAMES


@pytest.mark.parametrize("kind", ["function", "coroutine"])
async def test_a_handler_may_change_the_parameters(sqs, kind):
    def rename(params, **kwargs):
        params["QueueName"] = "renamed"

    async def rename_later(params, **kwargs):
        await asyncio.sleep(0)
        params["QueueName"] = "renamed"

    handler = rename if kind == "function" else rename_later
    sqs.meta.events.register("provide-client-params.sqs.CreateQueue", handler)
    assert (await sqs.create_queue(QueueName="jobs"))["QueueUrl"].endswith("/renamed")


@pytest.mark.parametrize("event", ["after-call", "before-send", "needs-retry"])
async def test_a_coroutine_is_awaited(sqs, event):
    done = []

    async def listens(**kwargs):
        await asyncio.sleep(0)
        done.append(kwargs["event_name"])

    sqs.meta.events.register(f"{event}.sqs.ListQueues", listens)
    await sqs.list_queues()
    assert done == [f"{event}.sqs.ListQueues"]


async def test_after_a_call_a_handler_sees_and_may_change_the_answer(sqs, queue_url):
    seen = []

    async def note(parsed, model, http_response, context, **kwargs):
        seen.append((model.name, http_response.status_code, parsed["QueueUrls"], context["client_region"]))
        parsed["QueueUrls"] = ["changed"]

    sqs.meta.events.register("after-call.sqs.ListQueues", note)
    assert (await sqs.list_queues())["QueueUrls"] == ["changed"]
    assert seen == [("ListQueues", 200, [queue_url], "eu-west-1")]


async def test_a_handler_may_answer_in_place_of_aws(fake_cloud):
    from aiobotocore.awsrequest import AioAWSResponse

    class Raw:
        raw_headers = ()

        async def read(self):
            return b'{"StreamNames": ["from a handler"], "HasMoreStreams": false}'

    async def answer(request, **kwargs):
        return AioAWSResponse(request.url, 200, {}, Raw())

    async with create_client("kinesis") as kinesis:
        kinesis.meta.events.register("before-send.kinesis.ListStreams", answer)
        assert (await kinesis.list_streams())["StreamNames"] == ["from a handler"]
    assert fake_cloud.calls == []


async def test_a_handler_that_raises_does_so_in_the_call(sqs):
    async def broken(**kwargs):
        raise ValueError("from a handler")

    sqs.meta.events.register("before-call.sqs.ListQueues", broken)
    with pytest.raises(ValueError, match="from a handler"):
        await sqs.list_queues()
