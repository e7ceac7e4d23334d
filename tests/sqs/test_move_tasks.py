"""Message move tasks: messages of a dead-letter queue are sent anew, at a rate, until they are cancelled or fail."""

import json

import pytest

ARN = "arn:aws:sqs:us-east-1:123456789012:"


@pytest.fixture
def dead_url(create):
    """A dead-letter queue of the queue `jobs`."""
    url = create("dead")
    create("jobs", RedrivePolicy=json.dumps({"deadLetterTargetArn": ARN + "dead", "maxReceiveCount": 1}))
    return url


@pytest.fixture
def jobs_url(dead_url):
    return dead_url.replace("dead", "jobs")


@pytest.fixture
def die(send, bodies):
    """Send messages that end in the dead-letter queue."""

    def send_and_receive_too_often(url, *texts):
        for text in texts:
            send(url, text)
        for _ in range(0, len(texts), 10):
            bodies(url, VisibilityTimeout=0)
            assert bodies(url) == []

    return send_and_receive_too_often


@pytest.fixture
def start(sqs):
    def start_task(source="dead", destination=None, rate=None):
        parameters = {"SourceArn": ARN + source}
        if destination is not None:
            parameters["DestinationArn"] = ARN + destination
        if rate is not None:
            parameters["MaxNumberOfMessagesPerSecond"] = rate
        return sqs.start_message_move_task(**parameters)["TaskHandle"]

    return start_task


@pytest.fixture
def tasks(sqs):
    return lambda source="dead", **parameters: sqs.list_message_move_tasks(SourceArn=ARN + source, **parameters).get(
        "Results", []
    )


def test_messages_go_back_to_the_queue_that_they_came_from(fake_clock, die, dead_url, jobs_url, start, tasks, bodies):
    die(jobs_url, "one", "two")
    began = fake_clock.now()
    start()
    assert tasks() == [
        {
            "Status": "COMPLETED",
            "SourceArn": ARN + "dead",
            "ApproximateNumberOfMessagesMoved": 2,
            "ApproximateNumberOfMessagesToMove": 2,
            "StartedTimestamp": began,
        }
    ]
    assert bodies(dead_url) == []
    assert bodies(jobs_url) == ["one", "two"]


def test_each_goes_to_its_own_source(die, dead_url, jobs_url, create, start, tasks, bodies):
    other = create("other", RedrivePolicy=json.dumps({"deadLetterTargetArn": ARN + "dead", "maxReceiveCount": 1}))
    die(jobs_url, "j1", "j2")
    die(other, "o1", "o2")
    start()
    (task,) = tasks()
    assert task["ApproximateNumberOfMessagesMoved"] == 4
    assert (bodies(jobs_url), bodies(other)) == (["j1", "j2"], ["o1", "o2"])


def test_or_all_to_a_destination(die, jobs_url, create, start, tasks, bodies):
    url = create("again")
    die(jobs_url, "one", "two")
    start(destination="again")
    (task,) = tasks()
    assert (task["Status"], task["DestinationArn"]) == ("COMPLETED", ARN + "again")
    assert bodies(url) == ["one", "two"]


def test_they_are_sent_anew(fake_clock, die, jobs_url, dead_url, start, receive, counts):
    die(jobs_url, "one")
    (before,) = receive(dead_url, VisibilityTimeout=0)
    fake_clock.advance(86_400)
    start()
    (after,) = receive(jobs_url, AttributeNames=["All"], VisibilityTimeout=0)
    assert after["MessageId"] != before["MessageId"]
    assert after["Attributes"]["SentTimestamp"] == str(fake_clock.now())
    assert after["Attributes"]["ApproximateReceiveCount"] == "1"
    assert "DeadLetterQueueSourceArn" not in after["Attributes"]
    fake_clock.advance(4 * 86_400 - 0.001)
    assert counts(jobs_url) == (1, 0, 0)
    fake_clock.advance(0.001)
    assert counts(jobs_url) == (0, 0, 0)


def test_a_rate_is_kept_to_by_the_clock(fake_clock, die, dead_url, jobs_url, start, tasks, counts):
    die(jobs_url, *map(str, range(10)))
    handle = start(rate=2)
    moved = []
    for _ in range(5):
        moved.append(tasks()[0]["ApproximateNumberOfMessagesMoved"])
        fake_clock.advance(0.4)
    assert moved == [0, 0, 1, 2, 3]
    (task,) = tasks()
    assert task["Status"] == "RUNNING"
    assert task["TaskHandle"] == handle
    assert task["MaxNumberOfMessagesPerSecond"] == 2
    assert counts(dead_url) == (6, 0, 0)
    fake_clock.advance(2.999)
    assert tasks()[0]["Status"] == "RUNNING"
    fake_clock.advance(0.001)
    (task,) = tasks()
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 10)
    assert "TaskHandle" not in task
    assert counts(jobs_url) == (10, 0, 0)


def test_after_three_seconds_at_one_a_second_three_are_moved(fake_clock, die, jobs_url, start, tasks):
    die(jobs_url, *map(str, range(10)))
    start(rate=1)
    fake_clock.advance(3)
    assert tasks()[0]["ApproximateNumberOfMessagesMoved"] == 3


def test_a_destination_that_is_deleted_fails_the_task(fake_clock, sqs, die, jobs_url, create, start, tasks):
    url = create("again")
    die(jobs_url, *map(str, range(10)))
    began = fake_clock.now()
    start(destination="again", rate=1)
    fake_clock.advance(3)
    sqs.delete_queue(QueueUrl=url)
    fake_clock.advance(1)
    assert tasks() == [
        {
            "Status": "FAILED",
            "FailureReason": "AWS.SimpleQueueService.NonExistentQueue",
            "SourceArn": ARN + "dead",
            "DestinationArn": ARN + "again",
            "MaxNumberOfMessagesPerSecond": 1,
            "ApproximateNumberOfMessagesMoved": 3,
            "ApproximateNumberOfMessagesToMove": 10,
            "StartedTimestamp": began,
        }
    ]


def test_a_message_without_a_known_source_fails_the_task_and_stays(send, dead_url, start, tasks, counts, bodies):
    send(dead_url)
    start()
    (task,) = tasks()
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("FAILED", 0)
    assert task["FailureReason"] == "CouldNotDetermineMessageSource"
    assert counts(dead_url) == (1, 0, 0)
    assert bodies(dead_url) == ["message"]


def test_with_a_destination_it_may_be_unknown(send, dead_url, create, start, tasks, bodies):
    url = create("again")
    send(dead_url)
    start(destination="again")
    assert tasks()[0]["Status"] == "COMPLETED"
    assert bodies(url) == ["message"]


def test_an_empty_queue_is_done_at_once(dead_url, start, tasks):
    start()
    (task,) = tasks()
    assert (task["Status"], task["ApproximateNumberOfMessagesToMove"]) == ("COMPLETED", 0)


def test_messages_in_flight_stay(die, jobs_url, dead_url, start, tasks, receive, bodies):
    die(jobs_url, "one", "two")
    receive(dead_url, 1)
    start()
    assert tasks()[0]["ApproximateNumberOfMessagesMoved"] == 1
    assert bodies(jobs_url) == ["two"]


def test_a_move_wakes_those_who_wait(fake_clock, die, jobs_url, start, waiting_receive):
    die(jobs_url, "one")
    waiting = waiting_receive(jobs_url)
    start(rate=1)
    fake_clock.advance(0.999)
    assert not waiting.done
    fake_clock.advance(0.001)
    assert [message["Body"] for message in waiting.result()["Messages"]] == ["one"]


def test_fifo_queues_keep_their_groups(create, die, send, bodies, start, tasks, receive):
    create("dead.fifo")
    policy = json.dumps({"deadLetterTargetArn": ARN + "dead.fifo", "maxReceiveCount": 1})
    url = create("jobs.fifo", ContentBasedDeduplication="true", RedrivePolicy=policy)
    die(url, "one", "two")
    start("dead.fifo")
    assert tasks("dead.fifo")[0]["Status"] == "COMPLETED"
    messages = receive(url, AttributeNames=["MessageGroupId"])
    assert [(message["Body"], message["Attributes"]["MessageGroupId"]) for message in messages] == [
        ("one", "group"),
        ("two", "group"),
    ]


class TestCancelling:
    def test_what_is_moved_stays_moved(self, fake_clock, sqs, die, jobs_url, dead_url, start, tasks, counts):
        die(jobs_url, *map(str, range(5)))
        handle = start(rate=1)
        fake_clock.advance(2)
        answer = sqs.cancel_message_move_task(TaskHandle=handle)
        assert answer["ApproximateNumberOfMessagesMoved"] == 2
        fake_clock.advance(100)
        (task,) = tasks()
        assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("CANCELLED", 2)
        assert "TaskHandle" not in task
        assert (counts(dead_url), counts(jobs_url)) == ((3, 0, 0), (2, 0, 0))

    def test_a_task_that_is_over_cant_be_cancelled(self, fake_clock, sqs, dead_url, start, refused):
        handle = start()
        with refused("AWS.SimpleQueueService.UnsupportedOperation"):
            sqs.cancel_message_move_task(TaskHandle=handle)

    def test_an_unknown_task(self, sqs, refused):
        with refused("ResourceNotFoundException", status=404):
            sqs.cancel_message_move_task(TaskHandle="nonsense")

    def test_another_task_can_be_started(self, fake_clock, sqs, die, jobs_url, start, tasks):
        die(jobs_url, "one")
        sqs.cancel_message_move_task(TaskHandle=start(rate=1))
        start()
        assert [task["Status"] for task in tasks(MaxResults=10)] == ["COMPLETED", "CANCELLED"]


class TestStarting:
    def test_the_source_must_be_a_dead_letter_queue(self, queue_url, start, invalid):
        with invalid("Source queue must be configured as a Dead Letter Queue."):
            start("jobs")

    @pytest.mark.parametrize("source", ["missing", "", "a:b"])
    def test_an_unknown_source(self, dead_url, start, refused, source):
        with refused("ResourceNotFoundException", status=404):
            start(source)

    def test_an_unknown_destination(self, dead_url, start, refused):
        with refused("ResourceNotFoundException", status=404):
            start(destination="missing")

    def test_a_destination_of_the_other_type(self, dead_url, create, start, invalid):
        create("other.fifo")
        with invalid():
            start(destination="other.fifo")

    def test_the_source_is_no_destination(self, dead_url, start, invalid):
        with invalid():
            start(destination="dead")

    @pytest.mark.parametrize("rate", [0, 501, -1])
    def test_rates(self, fake_clock, dead_url, start, invalid, rate):
        with invalid():
            start(rate=rate)
        start(rate=500)
        fake_clock.advance(1)
        start(rate=1)

    def test_one_task_at_a_time_for_a_source(self, fake_clock, die, jobs_url, start, refused):
        die(jobs_url, "one")
        start(rate=1)
        with refused("AWS.SimpleQueueService.UnsupportedOperation"):
            start()
        fake_clock.advance(1)
        start()

    def test_a_hundred_tasks_at_a_time(self, fake_clock, create, send, start, refused):
        for number in range(101):
            url = create(f"dead{number}")
            policy = {"deadLetterTargetArn": f"{ARN}dead{number}", "maxReceiveCount": 1}
            create(f"jobs{number}", RedrivePolicy=json.dumps(policy))
            send(url)
        for number in range(100):
            start(f"dead{number}", destination="jobs0", rate=1)
        with refused("AWS.SimpleQueueService.UnsupportedOperation"):
            start("dead100")
        fake_clock.advance(1)
        start("dead100", destination="jobs0")

    def test_a_task_runs_for_thirty_six_hours_at_the_most(
        self, fake_clock, fake_sqs, dead_url, create, start, tasks, monkeypatch
    ):
        from pytest_cloudfakes.services.sqs import limits

        assert limits.MOVE_TASK_DURATION == 36 * 3_600_000
        monkeypatch.setattr(limits, "MOVE_TASK_DURATION", 36_000)  # so that forty messages are enough
        create("again")
        fake_sqs.send_many("dead", map(str, range(40)))
        start(destination="again", rate=1)
        fake_clock.advance(35.999)
        assert tasks()[0]["Status"] == "RUNNING"
        fake_clock.advance(0.001)
        (task,) = tasks()
        assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("FAILED", 36)


class TestListing:
    def test_the_newest_one_unless_more_are_asked_for(self, dead_url, fake_clock, start, tasks):
        assert tasks() == []
        for _ in range(12):
            start()
            fake_clock.advance(1)
        newest = fake_clock.now() - 1000
        assert [task["StartedTimestamp"] for task in tasks()] == [newest]
        assert [task["StartedTimestamp"] for task in tasks(MaxResults=10)] == [newest - 1000 * n for n in range(10)]

    @pytest.mark.parametrize("count", [0, 11])
    def test_how_many_can_be_asked_for(self, dead_url, tasks, invalid, count):
        with invalid():
            tasks(MaxResults=count)

    def test_an_unknown_source(self, tasks, refused):
        with refused("ResourceNotFoundException", status=404):
            tasks("missing")

    def test_a_source_that_is_deleted_while_a_task_runs(
        self, fake_cloud, fake_clock, sqs, die, jobs_url, dead_url, start
    ):
        die(jobs_url, "one", "two")
        start(rate=1)
        sqs.delete_queue(QueueUrl=dead_url)
        fake_clock.advance(10)
        (event,) = [entry for entry in fake_cloud.journal.events() if "move task" in entry.what]
        assert event.what == "message move task failed: 0 of 2 messages moved"
