"""Redrive policies and redrive allow policies as attributes."""

import json

import pytest

ARN = "arn:aws:sqs:us-east-1:123456789012:"


def policy(target="dead", count=3, **more):
    return json.dumps({"deadLetterTargetArn": ARN + target, "maxReceiveCount": count, **more})


@pytest.fixture
def dead_url(create):
    return create("dead")


@pytest.fixture
def change(sqs):
    return lambda url, **attributes: sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)


def test_it_is_shown_with_the_count_as_a_number(dead_url, queue_url, change, attributes_of):
    change(queue_url, RedrivePolicy=policy(count="3"))
    assert attributes_of(queue_url, "RedrivePolicy") == {
        "RedrivePolicy": '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:dead","maxReceiveCount":3}'
    }


def test_an_empty_text_takes_it_away(sqs, dead_url, queue_url, change, attributes_of):
    change(queue_url, RedrivePolicy=policy())
    change(queue_url, RedrivePolicy="")
    assert attributes_of(queue_url, "RedrivePolicy") == {}
    assert not sqs.list_dead_letter_source_queues(QueueUrl=dead_url).get("queueUrls")


@pytest.mark.parametrize("count", [1, 1000, "1", "1000"])
def test_counts_that_are_allowed(dead_url, queue_url, change, count):
    change(queue_url, RedrivePolicy=policy(count=count))


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "[]",
        "{}",
        "[" * 100_000,
        '{"deadLetterTargetArn":[],"maxReceiveCount":{}}',
        policy(count="\u0663"),
        json.dumps({"deadLetterTargetArn": ARN + "dead"}),
        json.dumps({"maxReceiveCount": 3}),
        policy(count=0),
        policy(count=1001),
        policy(count="x"),
        policy(count=1.5),
        policy(count=True),
        policy(other=1),
        policy("missing"),
        json.dumps({"deadLetterTargetArn": "dead", "maxReceiveCount": 3}),
        json.dumps({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012", "maxReceiveCount": 3}),
        json.dumps({"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:dead", "maxReceiveCount": 3}),
        json.dumps({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:210987654321:dead", "maxReceiveCount": 3}),
        policy("dead.fifo"),
    ],
)
def test_what_is_refused(dead_url, queue_url, create, change, invalid, text):
    create("dead.fifo")
    with invalid() as seen:
        change(queue_url, RedrivePolicy=text)
    assert seen.response["Error"]["Message"].startswith(
        f"Value {text} for parameter RedrivePolicy is invalid. Reason: "
    )
    with invalid():
        create("new", RedrivePolicy=text)


def test_a_fifo_queue_needs_a_fifo_queue(dead_url, fifo_url, create, change, invalid):
    with invalid():
        change(fifo_url, RedrivePolicy=policy())
    create("dead.fifo")
    change(fifo_url, RedrivePolicy=policy("dead.fifo"))


class TestAllowing:
    @pytest.mark.parametrize(
        "text, allowed",
        [
            ({"redrivePermission": "allowAll"}, True),
            ({"redrivePermission": "denyAll"}, False),
            ({"redrivePermission": "byQueue", "sourceQueueArns": [ARN + "jobs"]}, True),
            ({"redrivePermission": "byQueue", "sourceQueueArns": [ARN + "other"]}, False),
        ],
    )
    def test_who_may_name_the_queue(self, dead_url, queue_url, create, change, invalid, text, allowed):
        change(dead_url, RedriveAllowPolicy=json.dumps(text))
        if allowed:
            change(queue_url, RedrivePolicy=policy())
            return
        with invalid():
            change(queue_url, RedrivePolicy=policy())

    def test_it_is_asked_when_a_source_names_the_queue_only(self, dead_url, queue_url, change, send, bodies):
        change(queue_url, RedrivePolicy=policy(count=1))
        change(dead_url, RedriveAllowPolicy=json.dumps({"redrivePermission": "denyAll"}))
        send(queue_url)
        bodies(queue_url, VisibilityTimeout=0)
        assert bodies(queue_url) == []
        assert bodies(dead_url) == ["message"]

    def test_it_is_shown_and_can_be_taken_away(self, dead_url, change, attributes_of):
        text = {"redrivePermission": "byQueue", "sourceQueueArns": [ARN + "a", ARN + "b"]}
        change(dead_url, RedriveAllowPolicy=json.dumps(text))
        assert json.loads(attributes_of(dead_url, "RedriveAllowPolicy")["RedriveAllowPolicy"]) == text
        change(dead_url, RedriveAllowPolicy="")
        assert attributes_of(dead_url, "RedriveAllowPolicy") == {}

    def test_up_to_ten_sources(self, dead_url, change, invalid):
        def by_queue(count):
            arns = [f"{ARN}q{number}" for number in range(count)]
            return json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": arns})

        change(dead_url, RedriveAllowPolicy=by_queue(10))
        with invalid():
            change(dead_url, RedriveAllowPolicy=by_queue(11))

    @pytest.mark.parametrize(
        "text",
        [
            "nonsense",
            "[]",
            '{"redrivePermission": "some"}',
            '{"redrivePermission": "byQueue"}',
            '{"redrivePermission": "byQueue", "sourceQueueArns": []}',
            '{"redrivePermission": "byQueue", "sourceQueueArns": ["x"]}',
            json.dumps({"redrivePermission": "allowAll", "sourceQueueArns": [ARN + "a"]}),
        ],
    )
    def test_what_is_refused(self, dead_url, change, invalid, text):
        with invalid():
            change(dead_url, RedriveAllowPolicy=text)


class TestSources:
    def test_an_empty_list_is_there(self, sqs, dead_url, by_query):
        assert by_query or sqs.list_dead_letter_source_queues(QueueUrl=dead_url)["queueUrls"] == []

    def test_they_come_by_name(self, sqs, dead_url, create):
        urls = [create(name, RedrivePolicy=policy()) for name in ("b", "a", "c")]
        found = sqs.list_dead_letter_source_queues(QueueUrl=dead_url)
        assert found["queueUrls"] == sorted(urls)
        assert "NextToken" not in found
        sqs.delete_queue(QueueUrl=urls[0])
        assert sqs.list_dead_letter_source_queues(QueueUrl=dead_url)["queueUrls"] == sorted(urls[1:])

    def test_pages(self, sqs, dead_url, create):
        urls = [create(f"q{number}", RedrivePolicy=policy()) for number in range(5)]
        pages = sqs.get_paginator("list_dead_letter_source_queues").paginate(
            QueueUrl=dead_url, PaginationConfig={"PageSize": 2}
        )
        assert [page["queueUrls"] for page in pages] == [urls[:2], urls[2:4], urls[4:]]

    @pytest.mark.parametrize("size", [0, 1001])
    def test_sizes_of_pages(self, sqs, dead_url, invalid, size):
        with invalid():
            sqs.list_dead_letter_source_queues(QueueUrl=dead_url, MaxResults=size)
