"""In company with others who wrap botocore: each sees every call, and may come and go in any order."""

from __future__ import annotations

import itertools

import boto3
import botocore.client
import botocore.endpoint
import pytest
import wrapt

from pytest_cloudfakes import FakeCloud

TARGETS = {
    "call": (botocore.client.BaseClient, "_make_api_call"),
    "prepare": (botocore.endpoint.Endpoint, "prepare_request"),
    "make_request": (botocore.endpoint.Endpoint, "make_request"),
    "send": (botocore.endpoint.Endpoint, "_send"),
}

TRACE = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1"


class Tracer:
    """An instrumentation as they are: wraps with wrapt, and unwraps whatever is on top."""

    def __init__(self, target="call"):
        self.owner, self.name = TARGETS[target]
        self.seen = []

    def on(self):
        wrapt.wrap_function_wrapper(self.owner, self.name, self._wrapper)

    def off(self):
        """As OpenTelemetry does it."""
        top = getattr(self.owner, self.name)
        if isinstance(top, (wrapt.FunctionWrapper, wrapt.BoundFunctionWrapper)):
            setattr(self.owner, self.name, top.__wrapped__)

    def _wrapper(self, wrapped, instance, args, kwargs):
        self.seen.append(args[0] if self.name == "_make_api_call" else self.name)
        return wrapped(*args, **kwargs)


@pytest.fixture
def client():
    return boto3.client("sqs", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.mark.parametrize("target", TARGETS)
def test_who_wrapped_before_the_cloud_sees_every_call(client, target, as_before):
    tracer = Tracer(target)
    tracer.on()
    with FakeCloud() as cloud:
        client.list_queues()
        client.list_queues()
    tracer.off()

    assert len(tracer.seen) == len(cloud.calls) == 2
    assert as_before() == []


@pytest.mark.parametrize("target", TARGETS)
def test_who_wraps_inside_the_cloud_sees_every_call_until_it_leaves(client, target, as_before):
    tracer = Tracer(target)
    with FakeCloud() as cloud:
        client.list_queues()
        tracer.on()
        client.list_queues()
        tracer.off()
        client.list_queues()

    assert len(tracer.seen) == 1
    assert len(cloud.calls) == 3
    assert as_before() == []


@pytest.mark.parametrize("target", TARGETS)
def test_who_wrapped_before_may_leave_inside(client, target, as_before):
    tracer = Tracer(target)
    tracer.on()
    with FakeCloud() as cloud:
        client.list_queues()
        tracer.off()
        client.list_queues()

    assert len(tracer.seen) == 1
    assert len(cloud.calls) == 2
    assert as_before() == []


@pytest.mark.parametrize("target", TARGETS)
def test_who_wraps_inside_may_stay_when_the_cloud_leaves(client, target, as_before):
    tracer = Tracer(target)
    with FakeCloud():
        tracer.on()
        client.list_queues()
    with FakeCloud() as second:
        client.list_queues()
    tracer.off()

    assert len(tracer.seen) == 2
    assert len(second.calls) == 1
    assert as_before() == []


@pytest.mark.parametrize("order", list(itertools.permutations(["first", "second", "cloud"])), ids="-".join)
def test_two_others_and_a_cloud_leave_in_any_order(client, order, as_before):
    first, second = Tracer(), Tracer()
    first.on()
    cloud = FakeCloud().start()
    second.on()
    client.list_queues()
    # Unwrapping takes off the top, whoever asks: so it is for them, with or without a cloud.
    leave = {"first": first.off, "second": second.off, "cloud": cloud.stop}
    for name in order:
        leave[name]()

    assert first.seen == second.seen == ["ListQueues"]
    assert len(cloud.calls) == 1
    assert as_before() == []


@pytest.mark.parametrize("order", list(itertools.permutations(["tracer", "outer", "inner"])), ids="-".join)
def test_two_clouds_and_another_leave_in_any_order(client, order, as_before):
    tracer = Tracer()
    outer = FakeCloud().start()
    tracer.on()
    inner = FakeCloud().start()
    client.list_queues()
    leave = {"tracer": tracer.off, "outer": outer.stop, "inner": inner.stop}
    for name in order:
        leave[name]()

    assert tracer.seen == ["ListQueues"]
    assert (len(outer.calls), len(inner.calls)) == (0, 1)
    assert as_before() == []


def test_who_replaces_the_method_for_good_leaves_it_inert(client, monkeypatch):
    """As X-Ray and Sentry do, which hold what they found in a closure and never put it back."""
    first = FakeCloud().start()
    original, seen = botocore.client.BaseClient._make_api_call, []

    def spy(self, operation_name, kwargs):
        seen.append(operation_name)
        return original(self, operation_name, kwargs)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", spy)
    client.list_queues()
    first.stop()
    with FakeCloud() as second:
        client.list_queues()
        with pytest.raises(client.exceptions.QueueDoesNotExist):
            client.get_queue_url(QueueName="missing")
    monkeypatch.undo()

    assert seen == ["ListQueues", "ListQueues", "GetQueueUrl"]
    assert (len(first.calls), len(second.calls)) == (1, 2)
    # What was put back is ours from the first cloud, which the next one takes off.
    with FakeCloud() as third:
        client.list_queues()
    assert len(third.calls) == 1
    assert type(vars(botocore.client.BaseClient)["_make_api_call"]).__name__ == "function"


def test_a_wrapper_gets_what_it_gets_with_aws(client):
    got = []

    def wrapper(wrapped, instance, args, kwargs):
        got.append((instance, args, kwargs, wrapped(*args, **kwargs)))
        return got[-1][-1]

    original = vars(botocore.client.BaseClient)["_make_api_call"]
    wrapt.wrap_function_wrapper(botocore.client.BaseClient, "_make_api_call", wrapper)
    with FakeCloud():
        client.create_queue(QueueName="jobs")
    botocore.client.BaseClient._make_api_call = original

    ((instance, args, kwargs, answer),) = got
    assert instance is client
    assert args == ("CreateQueue", {"QueueName": "jobs"})
    assert kwargs == {}
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"] == answer["ResponseMetadata"]["RequestId"]


def test_a_header_that_somebody_adds_at_the_endpoint_reaches_the_service(client):
    def add(wrapped, instance, args, kwargs):
        args[0].headers["X-Amzn-Trace-Id"] = TRACE
        return wrapped(*args, **kwargs)

    original = vars(botocore.endpoint.Endpoint)["prepare_request"]
    with FakeCloud() as cloud:
        url = client.create_queue(QueueName="jobs")["QueueUrl"]
        client.send_message(QueueUrl=url, MessageBody="without")
        wrapt.wrap_function_wrapper(botocore.endpoint.Endpoint, "prepare_request", add)
        client.send_message(QueueUrl=url, MessageBody="with")
        botocore.endpoint.Endpoint.prepare_request = original
        received = client.receive_message(QueueUrl=url, MaxNumberOfMessages=2, AttributeNames=["AWSTraceHeader"])
    assert [message.get("Attributes") for message in received["Messages"]] == [None, {"AWSTraceHeader": TRACE}]
    assert [dict(call.call.headers) for call in cloud.calls[1:3]] == [{}, {"X-Amzn-Trace-Id": TRACE}]


def test_in_a_lambda_functions_environment_the_trace_id_reaches_the_service(client, monkeypatch):
    with FakeCloud() as cloud:
        client.list_queues()
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "thumbnails")
        monkeypatch.setenv("_X_AMZN_TRACE_ID", TRACE)
        client.list_queues()
    assert [dict(call.call.headers) for call in cloud.calls] == [{}, {"X-Amzn-Trace-Id": TRACE}]
