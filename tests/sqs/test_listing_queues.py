"""ListQueues and its pages."""

import pytest


def names(urls):
    return [url.rpartition("/")[2] for url in urls]


@pytest.fixture
def listed(sqs):
    return lambda **parameters: names(sqs.list_queues(**parameters).get("QueueUrls", []))


def test_no_queues_leave_the_member_out(sqs):
    assert "QueueUrls" not in sqs.list_queues()
    assert "NextToken" not in sqs.list_queues()


def test_queues_come_by_name(create, listed):
    for name in ("b", "c.fifo", "a"):
        create(name)
    assert listed() == ["a", "b", "c.fifo"]


def test_a_prefix_selects_and_is_case_sensitive(create, listed):
    for name in ("orders", "orders-dead", "Orders", "other", "order"):
        create(name)
    assert listed(QueueNamePrefix="orders") == ["orders", "orders-dead"]
    assert listed(QueueNamePrefix="x") == []
    assert listed(QueueNamePrefix="") == ["Orders", "order", "orders", "orders-dead", "other"]


def test_deleted_queues_are_not_listed(sqs, create, listed):
    sqs.delete_queue(QueueUrl=create("a"))
    assert listed() == []


def test_pages(sqs, create):
    for number in range(5):
        create(f"q{number}")
    first = sqs.list_queues(MaxResults=2)
    second = sqs.list_queues(MaxResults=2, NextToken=first["NextToken"])
    third = sqs.list_queues(MaxResults=2, NextToken=second["NextToken"])
    assert [names(page["QueueUrls"]) for page in (first, second, third)] == [["q0", "q1"], ["q2", "q3"], ["q4"]]
    assert "NextToken" not in third


def test_a_last_page_that_is_full_has_no_token(sqs, create):
    for number in range(4):
        create(f"q{number}")
    first = sqs.list_queues(MaxResults=2)
    assert "NextToken" not in sqs.list_queues(MaxResults=2, NextToken=first["NextToken"])


def test_the_paginator_goes_through_all(sqs, create):
    for number in range(7):
        create(f"q{number}")
    pages = sqs.get_paginator("list_queues").paginate(QueueNamePrefix="q", PaginationConfig={"PageSize": 3})
    assert [names(page["QueueUrls"]) for page in pages] == [["q0", "q1", "q2"], ["q3", "q4", "q5"], ["q6"]]


def test_queues_that_come_and_go_between_pages(fake_clock, sqs, create):
    for name in "bdf":
        create(name)
    first = sqs.list_queues(MaxResults=2)
    for name in "ae":
        create(name)
    sqs.delete_queue(QueueUrl=create("d"))
    second = sqs.list_queues(MaxResults=2, NextToken=first["NextToken"])
    assert names(first["QueueUrls"]) == ["b", "d"]
    assert names(second["QueueUrls"]) == ["e", "f"]


def test_without_a_size_there_are_a_thousand_and_no_token(sqs, create):
    for number in range(1001):
        create(f"q{number:04}")
    answer = sqs.list_queues()
    assert len(answer["QueueUrls"]) == 1000
    assert "NextToken" not in answer


@pytest.mark.parametrize("size", [0, -1, 1001])
def test_sizes_of_pages(sqs, invalid, size):
    sqs.list_queues(MaxResults=1)
    sqs.list_queues(MaxResults=1000)
    with invalid():
        sqs.list_queues(MaxResults=size)


def test_a_token_that_is_none(sqs, invalid):
    with invalid():
        sqs.list_queues(MaxResults=1, NextToken="nonsense")


def test_a_token_belongs_to_its_request(sqs, create, invalid):
    create("a1")
    create("a2")
    token = sqs.list_queues(QueueNamePrefix="a", MaxResults=1)["NextToken"]
    with invalid():
        sqs.list_queues(QueueNamePrefix="b", MaxResults=1, NextToken=token)


def test_a_region_lists_its_own(fake_cloud, create, listed):
    create("here")
    fake_cloud.client("sqs", region="eu-west-1").create_queue(QueueName="there")
    assert listed() == ["here"]
