"""Botocore's way and aiobotocore's two ways answer alike: the same script on three clouds, compared in everything."""

from __future__ import annotations

import asyncio

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_cloudfakes import FakeCloud

from .conftest import KEYS, REGION, create_client, module_of_botocores_tests

scripts = module_of_botocores_tests("test_two_ways")


@pytest.fixture(scope="module")
def client():
    return boto3.client("sqs", region_name=REGION, **KEYS)


class AioRun(scripts.Run):
    """A script's progress, where calls are awaited."""

    async def acall(self, operation, parameters):
        resolved = {name: self.resolve(value) for name, value in parameters.items()}
        try:
            answer = await getattr(self.client, operation)(**resolved)
        except ClientError as error:
            self.results.append((type(error).__name__, str(error), error.response, error.operation_name))
            return
        except Exception as error:  # noqa: BLE001 what it is, is compared
            self.results.append((type(error).__name__, str(error)))
            return
        self.results.append(answer)
        self.handles += [message["ReceiptHandle"] for message in answer.get("Messages", [])]
        self.tokens += [answer[name] for name in ("NextToken", "TaskHandle") if name in answer]


@pytest.fixture(scope="module")
def in_aiobotocore():
    """`run` of botocore's test, with aiobotocore. Its clients live as long as their loop."""
    loop = asyncio.new_event_loop()
    clients = [loop.run_until_complete(create_client(**KEYS).__aenter__()) for _ in range(2)]
    clients[True].meta.events.register("before-send", listens)

    async def calls(cloud, client, script):
        progress = AioRun(client, cloud)
        await progress.acall("create_queue", {"QueueName": "jobs", "Attributes": {"VisibilityTimeout": "5"}})
        for verb, argument in script:
            if verb == "advance":
                cloud.clock.advance(argument)
            else:
                await progress.acall(verb, argument)
        return progress.results, [scripts.told(entry) for entry in cloud.journal]

    def run_in_aiobotocore(script, *, long):
        with FakeCloud(seed=7, start=scripts.START) as cloud:
            cloud.clock.hold()
            return loop.run_until_complete(calls(cloud, clients[long], script))

    yield run_in_aiobotocore
    for client in clients:
        loop.run_until_complete(client.__aexit__(None, None, None))
    loop.close()


def listens(**kwargs):
    pass


@given(st.lists(scripts.steps.filter(lambda step: step[0] != "fail"), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_generated_scripts_end_alike(client, in_aiobotocore, script):
    plain = scripts.run(script, client)
    assert in_aiobotocore(script, long=False) == plain
    assert in_aiobotocore(script, long=True) == plain


def test_a_script_that_waits_ends_alike(client, in_aiobotocore):
    script = [
        ("send_message", {"QueueUrl": scripts.URL + "jobs", "MessageBody": "x", "DelaySeconds": 5}),
        ("receive_message", {"QueueUrl": scripts.URL + "jobs", "WaitTimeSeconds": 20}),
        ("receive_message", {"QueueUrl": scripts.URL + "jobs", "WaitTimeSeconds": 20}),
        ("receive_message", {"QueueUrl": scripts.URL + "missing", "WaitTimeSeconds": 20}),
        ("receive_message", {"QueueUrl": scripts.URL + "jobs", "WaitTimeSeconds": 20}),
    ]
    plain = scripts.run(script, client)
    assert in_aiobotocore(script, long=False) == plain
    assert in_aiobotocore(script, long=True) == plain


@pytest.mark.asyncio
async def test_the_two_ways_are_two(sqs, long_way, monkeypatch):
    from pytest_cloudfakes.interception import long_way as end

    taken = []
    exchange = end.Exchange
    monkeypatch.setattr(end, "Exchange", lambda *args: taken.append(1) or exchange(*args))
    await sqs.list_queues()
    assert taken == []
    await long_way(sqs).list_queues()
    assert taken == [1]
