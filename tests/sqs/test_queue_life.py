"""Creating, finding, deleting and re-creating queues."""

import json

import pytest

URL = "https://sqs.us-east-1.amazonaws.com/123456789012/"


@pytest.mark.parametrize("name", ["a", "A-z_09", "a" * 80])
def test_names_of_standard_queues(create, name):
    assert create(name) == URL + name


@pytest.mark.parametrize("name", ["", "a" * 81, "a.b", "a b", "a/b", "é", "a.fifo"])
def test_other_names_are_refused(sqs, invalid, name):
    with invalid():
        sqs.create_queue(QueueName=name)


@pytest.mark.parametrize("name", ["a.fifo", "a" * 75 + ".fifo"])
def test_names_of_fifo_queues(create, name):
    assert create(name) == URL + name


@pytest.mark.parametrize("name", ["a", ".fifo", "a" * 76 + ".fifo", "a.b.fifo", "a.FIFO"])
def test_a_fifo_queues_name_ends_in_fifo(sqs, invalid, name):
    with invalid():
        sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})


def test_a_fifo_name_needs_the_attribute(sqs, invalid):
    with invalid():
        sqs.create_queue(QueueName="a.fifo", Attributes={"ContentBasedDeduplication": "true"})


def test_names_are_case_sensitive(create, sqs, no_such_queue):
    create("Jobs")
    with no_such_queue():
        sqs.get_queue_url(QueueName="jobs")


def test_creating_it_again_gives_the_queue_that_is_there(create, send, counts):
    url = create("jobs", DelaySeconds=0, VisibilityTimeout=60)
    send(url)
    assert create("jobs") == url
    assert create("jobs", VisibilityTimeout=60) == url
    assert create("jobs", MaximumMessageSize=1_048_576) == url
    assert counts(url) == (1, 0, 0)


def test_a_differing_attribute_is_named(create, refused):
    create("jobs", VisibilityTimeout=60)
    with refused(
        "QueueAlreadyExists",
        "A queue already exists with the same name and a different value for attribute VisibilityTimeout",
        shape="QueueNameExists",
    ):
        create("jobs", DelaySeconds=0, VisibilityTimeout=61)


def test_a_differing_attribute_of_a_fifo_queue(create, refused):
    create("jobs.fifo", ContentBasedDeduplication="true")
    assert create("jobs.fifo")
    with refused(
        "QueueAlreadyExists",
        "A queue already exists with the same name and a different value for attribute ContentBasedDeduplication",
        shape="QueueNameExists",
    ):
        create("jobs.fifo", ContentBasedDeduplication="false")


def test_present_values_count(create, sqs, refused):
    url = create("jobs")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "5"})
    assert create("jobs", DelaySeconds=5) == url
    with refused("QueueAlreadyExists", shape="QueueNameExists"):
        create("jobs", DelaySeconds=0)


def test_policies_are_compared_as_documents(create, refused):
    create("dead")
    policy = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 3}
    create("jobs", RedrivePolicy=json.dumps(policy))
    create("jobs", RedrivePolicy=json.dumps(dict(reversed(policy.items())), indent=1))
    create("jobs", RedrivePolicy=json.dumps({**policy, "maxReceiveCount": "3"}))
    with refused("QueueAlreadyExists", shape="QueueNameExists"):
        create("jobs", RedrivePolicy=json.dumps({**policy, "maxReceiveCount": 4}))


def test_the_exception_can_be_caught_by_its_shape(sqs, create):
    create("jobs")
    with pytest.raises(sqs.exceptions.QueueNameExists):
        create("jobs", DelaySeconds=5)


def test_a_queues_url_by_its_name(create, sqs, no_such_queue):
    assert sqs.get_queue_url(QueueName=create("jobs").rpartition("/")[2])["QueueUrl"] == URL + "jobs"
    with no_such_queue():
        sqs.get_queue_url(QueueName="other")


def test_a_queue_that_doesnt_exist(sqs):
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
        sqs.send_message(QueueUrl=URL + "jobs", MessageBody="a")
    assert caught.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"


class TestDeleting:
    def test_a_deleted_queue_is_gone_with_its_messages(self, fake_clock, sqs, create, send, counts, no_such_queue):
        url = create("jobs")
        send(url)
        sqs.delete_queue(QueueUrl=url)
        with no_such_queue():
            send(url)
        with no_such_queue():
            sqs.get_queue_url(QueueName="jobs")
        fake_clock.advance(60)
        create("jobs")
        assert counts(url) == (0, 0, 0)

    def test_its_name_is_free_after_sixty_seconds(self, fake_clock, sqs, create, refused):
        sqs.delete_queue(QueueUrl=create("jobs"))
        fake_clock.advance(59.999)
        with refused("AWS.SimpleQueueService.QueueDeletedRecently"):
            create("jobs")
        fake_clock.advance(0.001)
        create("jobs")
        create("jobs")

    def test_deleting_it_twice_fails(self, sqs, queue_url, no_such_queue):
        sqs.delete_queue(QueueUrl=queue_url)
        with no_such_queue():
            sqs.delete_queue(QueueUrl=queue_url)

    def test_nothing_of_it_is_left_on_the_clock(self, fake_clock, sqs, queue_url, send, receive):
        send(queue_url)
        send(queue_url, DelaySeconds=5)
        receive(queue_url)
        assert fake_clock.upcoming()
        sqs.delete_queue(QueueUrl=queue_url)
        assert fake_clock.upcoming() == []

    def test_a_handle_of_the_old_queue_is_none_of_the_new(self, fake_clock, sqs, create, send, receive, refused):
        url = create("jobs")
        send(url)
        handle = receive(url)[0]["ReceiptHandle"]
        sqs.delete_queue(QueueUrl=url)
        fake_clock.advance(60)
        create("jobs")
        send(url)
        receive(url)
        with refused("ReceiptHandleIsInvalid", status=404):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)


class TestPurging:
    def test_all_messages_go(self, fake_clock, sqs, queue_url, send, receive, counts):
        for _ in range(3):
            send(queue_url)
        send(queue_url, DelaySeconds=5)
        receive(queue_url, 1)
        sqs.purge_queue(QueueUrl=queue_url)
        assert counts(queue_url) == (0, 0, 0)
        fake_clock.advance(60)
        assert receive(queue_url) == []

    def test_once_in_sixty_seconds(self, fake_clock, sqs, queue_url, refused):
        sqs.purge_queue(QueueUrl=queue_url)
        fake_clock.advance(59.999)
        with refused(
            "AWS.SimpleQueueService.PurgeQueueInProgress",
            "Only one PurgeQueue operation on jobs is allowed every 60 seconds.",
            status=403,
        ):
            sqs.purge_queue(QueueUrl=queue_url)
        fake_clock.advance(0.001)
        sqs.purge_queue(QueueUrl=queue_url)

    def test_messages_sent_afterwards_stay(self, sqs, queue_url, send, bodies):
        send(queue_url, "before")
        sqs.purge_queue(QueueUrl=queue_url)
        send(queue_url, "after")
        assert bodies(queue_url) == ["after"]

    def test_a_fifo_queue_goes_on_with_its_groups(self, fake_clock, sqs, fifo_url, send, receive, bodies):
        send(fifo_url, "one")
        send(fifo_url, "two")
        receive(fifo_url, 1)
        sqs.purge_queue(QueueUrl=fifo_url)
        send(fifo_url, "three")
        assert bodies(fifo_url) == ["three"]
