"""A cloud inside a cloud is a fresh and separate one; the outer one is back afterwards."""

from __future__ import annotations

import os

import boto3
import pytest

from pytest_cloudfakes import CloudFakesError, FakeCloud, current_cloud


def queues(client):
    return [url.rsplit("/", 1)[1] for url in client.list_queues().get("QueueUrls", [])]


@pytest.fixture
def client():
    return boto3.client("sqs", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")


def test_the_inner_cloud_is_fresh_and_the_outer_one_is_back_afterwards(client, either_way, as_before):
    client = either_way(client)
    with FakeCloud() as outer:
        client.create_queue(QueueName="outer")
        with FakeCloud() as inner:
            assert queues(client) == []
            client.create_queue(QueueName="inner")
        assert queues(client) == ["outer"]
    assert [call.operation for call in inner.calls] == ["ListQueues", "CreateQueue"]
    assert [call.operation for call in outer.calls] == ["CreateQueue", "ListQueues"]
    assert as_before() == []


def test_clouds_may_end_in_any_order(client, as_before):
    first, second, third = FakeCloud().start(), FakeCloud().start(), FakeCloud().start()
    client.create_queue(QueueName="third")
    second.stop()
    assert queues(client) == ["third"]
    third.stop()
    assert queues(client) == []
    assert current_cloud() is first
    first.stop()

    assert current_cloud() is None
    assert len(second.calls) == 0
    assert as_before() == []


def test_the_outer_cloud_may_end_first(client, as_before):
    outer, inner = FakeCloud().start(), FakeCloud().start()
    outer.stop()
    boto3.client("sqs").create_queue(QueueName="jobs")
    assert queues(boto3.client("sqs")) == ["jobs"]
    inner.stop()

    assert as_before() == []


def test_each_cloud_has_its_own_time(client):
    with FakeCloud() as outer:
        outer.clock.hold()
        before = outer.clock.now()
        with FakeCloud() as inner:
            inner.clock.hold()
            inner.clock.advance(3600)
        assert outer.clock.now() == before
        assert inner.clock.now() - before >= 3_600_000


def test_each_cloud_has_its_own_region_and_account(without_credentials):
    with FakeCloud():
        assert boto3.client("sqs").meta.region_name == "us-east-1"
        with FakeCloud(region="ap-south-1", account="999999999999"):
            client = boto3.client("sqs")
            url = client.create_queue(QueueName="jobs")["QueueUrl"]
            assert url == "https://sqs.ap-south-1.amazonaws.com/999999999999/jobs"
        assert boto3.client("sqs").meta.region_name == "us-east-1"
    assert "AWS_DEFAULT_REGION" not in os.environ


def test_an_environment_that_is_changed_between_two_clouds_is_left_as_it_was(without_credentials, monkeypatch):
    with FakeCloud():
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
        with FakeCloud():
            assert boto3.client("sqs").meta.region_name == "eu-north-1"
        monkeypatch.undo()
    assert "AWS_DEFAULT_REGION" not in os.environ


def test_a_cloud_may_go_on_again(client):
    cloud = FakeCloud()
    with cloud:
        client.create_queue(QueueName="jobs")
    with cloud:
        assert queues(client) == ["jobs"]
    cloud.stop()


def test_a_cloud_that_is_on_is_not_switched_on_twice():
    cloud = FakeCloud().start()
    try:
        with pytest.raises(CloudFakesError, match="on already"):
            cloud.start()
    finally:
        cloud.stop()
