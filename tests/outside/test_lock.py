"""Users' code runs without the cloud's lock: it may wait for threads that call AWS themselves."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

URL = "https://shop.example.com/hooks"


@pytest.fixture
def topic(fake_sns):
    fake_sns.create_topic("orders")
    return fake_sns.topic("orders").arn


@pytest.fixture
def sns(fake_sns):
    return boto3.client("sns", region_name="us-east-1")


@pytest.fixture
def sqs(fake_sqs):
    client = boto3.client("sqs", region_name="us-east-1")
    client.create_queue(QueueName="results")
    return client


def results(fake_sqs):
    return [message.body for message in fake_sqs.queue("results").messages]


def test_a_server_may_wait_for_a_thread_that_calls_aws(fake_cloud, fake_sns, fake_sqs, topic, sns, sqs):
    def answer(request):
        with ThreadPoolExecutor(1) as pool:
            url = pool.submit(sqs.get_queue_url, QueueName="results").result(timeout=5)["QueueUrl"]
            pool.submit(sqs.send_message, QueueUrl=url, MessageBody="from a thread").result(timeout=5)
        return 200

    fake_sns.subscribe("orders", "https", URL)
    fake_cloud.http.register(URL, answer)
    sns.publish(TopicArn=topic, Message="m")
    assert results(fake_sqs) == ["from a thread"]


def test_the_same_on_a_held_clock_that_is_moved(fake_cloud, fake_clock, fake_sns, fake_sqs, topic, sns, sqs):
    answers = [500]

    def answer(request):
        if answers:
            return answers.pop()
        with ThreadPoolExecutor(1) as pool:
            url = pool.submit(sqs.get_queue_url, QueueName="results").result(timeout=5)["QueueUrl"]
            pool.submit(sqs.send_message, QueueUrl=url, MessageBody=str(fake_clock.now())).result(timeout=5)
        return 200

    fake_sns.subscribe("orders", "https", URL)
    fake_cloud.http.register(URL, answer)
    start = fake_clock.now()
    sns.publish(TopicArn=topic, Message="m")
    fake_clock.advance(100)
    assert results(fake_sqs) == [str(start + 20_000)]


def test_what_comes_of_it_goes_back_to_the_call_that_caused_it(fake_cloud, fake_sns, topic, sns):
    fake_sns.subscribe("orders", "https", URL)
    fake_cloud.http.register(URL, lambda request: 200)
    sns.publish(TopicArn=topic, Message="m")
    (published,) = [call for call in fake_cloud.calls if call.operation == "Publish"]
    (delivered,) = [event for event in fake_cloud.events if "delivered to" in event.what]
    assert delivered.cause == published.number


def test_a_call_of_another_thread_is_not_held_up(fake_cloud, fake_sns, topic, sns, sqs):
    called, may_end = threading.Event(), threading.Event()

    def answer(request):
        called.set()
        assert may_end.wait(5)
        return 200

    fake_sns.subscribe("orders", "https", URL)
    fake_cloud.http.register(URL, answer)
    with ThreadPoolExecutor(1) as pool:
        publishing = pool.submit(sns.publish, TopicArn=topic, Message="m")
        assert called.wait(5)
        assert sqs.list_queues()["QueueUrls"]
        may_end.set()
        assert publishing.result(timeout=5)["MessageId"]


def test_a_function_may_wait_for_a_message(fake_cloud, fake_clock, fake_sns, topic, sns, sqs):
    def handler(event, context):
        url = sqs.get_queue_url(QueueName="results")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=10)
        return sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"][0]["Body"]

    function = fake_cloud.lambdas.register("f", handler)
    fake_sns.subscribe("orders", "lambda", "arn:aws:lambda:us-east-1:123456789012:function:f")
    start = fake_clock.now()
    sns.publish(TopicArn=topic, Message="m")
    assert function.invocations[0].result == "later"
    assert fake_clock.now() == start + 10_000
