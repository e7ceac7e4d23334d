"""Transitions that take their documented time: creating, changing, deleting, purging."""

import json

import pytest

pytestmark = pytest.mark.cloudfakes(transitions="documented")


@pytest.fixture
def queue_url(fake_clock, create):
    url = create("jobs")
    fake_clock.advance(1)
    return url


def test_a_new_queue_can_be_used_after_a_second(fake_clock, create, send, no_such_queue):
    url = create("new")
    fake_clock.advance(0.999)
    with no_such_queue():
        send(url)
    fake_clock.advance(0.001)
    send(url)


def test_a_deleted_queue_goes_on_for_sixty_seconds(
    fake_clock, sqs, queue_url, send, bodies, refused, no_such_queue, create
):
    send(queue_url)
    sqs.delete_queue(QueueUrl=queue_url)
    fake_clock.advance(59.999)
    assert bodies(queue_url) == ["message"]
    sqs.delete_queue(QueueUrl=queue_url)
    with refused("AWS.SimpleQueueService.QueueDeletedRecently"):
        create("jobs")
    fake_clock.advance(0.001)
    with no_such_queue():
        send(queue_url)
    create("jobs")
    fake_clock.advance(1)
    assert bodies(queue_url) == []


def test_a_purge_takes_sixty_seconds(fake_clock, sqs, queue_url, send, counts):
    send(queue_url, "before")
    sqs.purge_queue(QueueUrl=queue_url)
    send(queue_url, "after")
    fake_clock.advance(59.999)
    assert counts(queue_url) == (2, 0, 0)
    fake_clock.advance(0.001)
    assert counts(queue_url) == (1, 0, 0)


def test_changed_attributes_have_effect_after_sixty_seconds(fake_clock, sqs, queue_url, attributes_of, send, counts):
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"DelaySeconds": "10"})
    fake_clock.advance(59.999)
    assert attributes_of(queue_url, "DelaySeconds") == {"DelaySeconds": "0"}
    send(queue_url)
    assert counts(queue_url) == (1, 0, 0)
    fake_clock.advance(0.001)
    assert attributes_of(queue_url, "DelaySeconds") == {"DelaySeconds": "10"}
    send(queue_url)
    assert counts(queue_url) == (1, 0, 1)


def test_a_changed_retention_takes_fifteen_minutes(fake_clock, sqs, queue_url, send, counts):
    send(queue_url)
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"MessageRetentionPeriod": "60", "DelaySeconds": "1"})
    fake_clock.advance(899.999)
    assert counts(queue_url) == (1, 0, 0)
    fake_clock.advance(0.001)
    assert counts(queue_url) == (0, 0, 0)


def test_a_change_counts_on_those_before_it(fake_clock, sqs, create, refused, attributes_of):
    url = create("jobs.fifo", DeduplicationScope="messageGroup")
    fake_clock.advance(1)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DeduplicationScope": "queue"})
    fake_clock.advance(30)
    with refused("InvalidAttributeValue"):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"FifoThroughputLimit": "perMessageGroupId"})
    fake_clock.advance(60)
    assert attributes_of(url)["DeduplicationScope"] == "queue"


def test_permissions_add_up(fake_clock, sqs, queue_url, attributes_of):
    for label in ("one", "two"):
        sqs.add_permission(QueueUrl=queue_url, Label=label, AWSAccountIds=["111111111111"], Actions=["SendMessage"])
    sqs.remove_permission(QueueUrl=queue_url, Label="one")
    assert "Policy" not in attributes_of(queue_url)
    fake_clock.advance(60)
    policy = json.loads(attributes_of(queue_url)["Policy"])
    assert [statement["Sid"] for statement in policy["Statement"]] == ["two"]


def test_a_refused_change_is_refused_at_once(sqs, queue_url, refused):
    with refused("InvalidAttributeValue"):
        sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"DelaySeconds": "901"})


def test_a_new_queue_can_be_looked_at(fake_clock, fake_sqs):
    jobs = fake_sqs.create_queue("jobs", dead_letter_queue="dead")
    assert jobs.exists
    fake_clock.advance(1)
    fake_sqs.send_many("jobs", ["a", "b"])
    assert len(jobs.visible) == 2


def test_a_dead_letter_task_of_a_queue_that_is_being_deleted_goes_on(fake_clock, sqs, fake_sqs):
    jobs = fake_sqs.create_queue("jobs", dead_letter_queue="dead")
    dead = fake_sqs.queue("dead")
    fake_clock.advance(1)
    fake_sqs.send_many("dead", ["a", "b", "c"])
    sqs.start_message_move_task(SourceArn=dead.arn, DestinationArn=jobs.arn, MaxNumberOfMessagesPerSecond=1)
    sqs.delete_queue(QueueUrl=dead.url)
    fake_clock.advance(2)
    (task,) = sqs.list_message_move_tasks(SourceArn=dead.arn)["Results"]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("RUNNING", 2)
