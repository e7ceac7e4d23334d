"""Tags of queues."""

import pytest


@pytest.fixture
def tags(sqs, queue_url):
    return lambda: sqs.list_queue_tags(QueueUrl=queue_url).get("Tags")


@pytest.fixture
def tag(sqs, queue_url):
    return lambda tags: sqs.tag_queue(QueueUrl=queue_url, Tags=tags)


def test_they_are_added_overwritten_and_taken_off(sqs, queue_url, tag, tags):
    assert tags() is None
    tag({"tag1": "value1", "tag2": "other"})
    tag({"tag2": "value2", "tag3": ""})
    assert tags() == {"tag1": "value1", "tag2": "value2", "tag3": ""}
    sqs.untag_queue(QueueUrl=queue_url, TagKeys=["tag1", "tag3", "unknown"])
    assert tags() == {"tag2": "value2"}
    sqs.untag_queue(QueueUrl=queue_url, TagKeys=["tag2"])
    assert tags() is None


def test_keys_are_case_sensitive(tag, tags):
    tag({"a": "1", "A": "2"})
    assert tags() == {"a": "1", "A": "2"}


def test_a_queue_can_be_created_with_tags(sqs):
    url = sqs.create_queue(QueueName="tagged", tags={"a": "b"})["QueueUrl"]
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"a": "b"}


def test_tags_dont_matter_when_it_is_created_again(sqs, create):
    url = sqs.create_queue(QueueName="tagged", tags={"a": "b"})["QueueUrl"]
    sqs.create_queue(QueueName="tagged", tags={"c": "d"})
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"a": "b"}


@pytest.mark.parametrize("tags_given", [{"k" * 128: "v" * 256}, {f"key{number}": "x" for number in range(50)}])
def test_as_long_and_as_many_as_they_may_be(tag, tags, tags_given):
    tag(tags_given)
    assert tags() == tags_given


@pytest.mark.parametrize("tags_given", [{"k" * 129: "v"}, {"k": "v" * 257}, {"": "v"}, {"aws:x": "v"}, {"AWS:x": "v"}])
def test_tags_that_are_refused(sqs, tag, tags, invalid, tags_given):
    with invalid():
        tag(tags_given)
    with invalid():
        sqs.create_queue(QueueName="tagged", tags=tags_given)
    assert tags() is None
