"""What a queue delivers: each record until somebody acknowledges it."""

import threading

import pytest


@pytest.fixture(autouse=True)
def _queues(knows):
    knows("CreateQueue")


@pytest.fixture
def on_demand(create):
    return create(shards=None)


@pytest.fixture
def queue(on_demand, kinesis):
    """A queue that begins with the stream's oldest record, or elsewhere; its ARN."""

    def create_queue(name="jobs", position="TRIM_HORIZON", **attributes):
        configuration = {"StreamARN": on_demand, "StartingPosition": {"Type": position}}
        answer = kinesis.create_queue(
            QueueName=name, StreamConfigurationList=[configuration], QueueAttributes=attributes
        )
        return answer["QueueDescription"]["QueueARN"]

    return create_queue


@pytest.fixture
def receive(kinesis):
    def receive_records(arn, **parameters):
        return kinesis.receive_queue_records(QueueARN=arn, WaitTimeSeconds=1, **parameters)["QueueRecords"]

    return receive_records


@pytest.fixture
def receive_dead(kinesis):
    def receive_records(arn, **parameters):
        answer = kinesis.receive_dead_letter_queue_records(QueueARN=arn, WaitTimeSeconds=1, **parameters)
        return answer["QueueRecords"]

    return receive_records


def data(records):
    return sorted(record["Data"] for record in records)


def entries(*records, **more):
    return [{"ReceiptHandle": record["ReceiptHandle"], **more} for record in records]


def test_a_record_as_it_is_received(fake_clock, queue, put, receive):
    arn = queue()
    put(b"1", key="k")
    fake_clock.advance(2)
    [record] = receive(arn)
    now = fake_clock.now() / 1000
    assert record["FirstReceiveTimestamp"].timestamp() == pytest.approx(now)
    assert record["ApproximateArrivalTimestamp"].timestamp() == pytest.approx(now - 2)
    assert (record["Data"], record["PartitionKey"], record["ReceiveCount"]) == (b"1", "k", 1)
    assert set(record) == {
        "ReceiptHandle",
        "RecordId",
        "PartitionKey",
        "Data",
        "ApproximateArrivalTimestamp",
        "FirstReceiveTimestamp",
        "ReceiveCount",
    }


def test_records_of_all_shards_ten_at_most_at_a_time(fake_clock, queue, put_all, receive):
    arn = queue()
    put_all(*[(str(number), b"%02d" % number) for number in range(25)])
    batches = [receive(arn), receive(arn, Limit=10), receive(arn)]
    assert [len(batch) for batch in batches] == [10, 10, 5]
    assert data(record for batch in batches for record in batch) == [b"%02d" % number for number in range(25)]
    assert receive(arn) == []


def test_where_delivery_begins(fake_clock, queue, put, receive):
    put(b"before")
    latest, oldest = queue("latest", "LATEST"), queue("oldest")
    put(b"after")
    assert data(receive(latest)) == [b"after"]
    assert data(receive(oldest)) == [b"after", b"before"]


def test_every_queue_delivers_every_record(fake_clock, queue, put, receive):
    arns = queue("a"), queue("b")
    put(b"1")
    [first], [second] = receive(arns[0]), receive(arns[1])
    assert first["RecordId"] == second["RecordId"]
    assert first["ReceiptHandle"] != second["ReceiptHandle"]


def test_a_record_is_back_when_its_visibility_timeout_ends(fake_clock, queue, put, receive):
    arn = queue()
    put(b"1")
    [first] = receive(arn)
    fake_clock.advance(28.999)
    assert receive(arn) == []
    fake_clock.advance(0.001)
    [second] = receive(arn)
    assert second["RecordId"] == first["RecordId"]
    assert second["ReceiptHandle"] != first["ReceiptHandle"]
    assert (second["ReceiveCount"], second["FirstReceiveTimestamp"]) == (2, first["FirstReceiveTimestamp"])


def test_a_receive_may_have_a_timeout_of_its_own(fake_clock, queue, put, receive):
    arn = queue(VisibilityTimeoutSeconds=10)
    put(b"1")
    receive(arn)
    fake_clock.advance(10)
    assert data(receive(arn, VisibilityTimeoutSeconds=0)) == [b"1"]
    assert data(receive(arn, VisibilityTimeoutSeconds=100)) == [b"1"]
    fake_clock.advance(98)
    assert receive(arn) == []
    fake_clock.advance(1)
    assert data(receive(arn)) == [b"1"]


def test_a_new_timeout_of_the_queue_is_for_later_receives(fake_clock, queue, put, receive, kinesis):
    arn = queue()
    put(b"1")
    receive(arn)
    kinesis.update_queue(QueueARN=arn, QueueAttributes={"VisibilityTimeoutSeconds": 5})
    fake_clock.advance(28)
    assert receive(arn) == []
    fake_clock.advance(1)
    receive(arn)
    fake_clock.advance(5)
    assert data(receive(arn)) == [b"1"]


def test_an_acknowledged_record_does_not_come_again(fake_clock, queue, put, receive, kinesis, read):
    arn, other = queue(), queue("other")
    put(b"1", ExplicitHashKey="0")
    [record] = receive(arn)
    answer = kinesis.acknowledge_queue_records(QueueARN=arn, Entries=entries(record))
    assert (answer["Successful"], answer["Failed"]) == (entries(record), [])
    fake_clock.advance(60)
    assert receive(arn) == []
    assert data(receive(other)) == [b"1"]
    assert read() == [b"1"]


def test_entries_fail_alone(fake_clock, queue, put, receive, kinesis):
    arn = queue()
    put(b"1")
    [record] = receive(arn)
    answer = kinesis.acknowledge_queue_records(
        QueueARN=arn, Entries=[{"ReceiptHandle": "x"}, *entries(record), *entries(record)]
    )
    assert answer["Successful"] == entries(record)
    assert [failed["ErrorCode"] for failed in answer["Failed"]] == ["InvalidArgumentException"] * 2


def test_a_handle_is_good_until_the_record_is_received_again(fake_clock, queue, put, receive, kinesis):
    arn = queue(VisibilityTimeoutSeconds=5)
    put(b"1")
    [first] = receive(arn)
    fake_clock.advance(5)
    [second] = receive(arn)
    assert kinesis.acknowledge_queue_records(QueueARN=arn, Entries=entries(first))["Failed"] != []
    fake_clock.advance(5)
    assert kinesis.acknowledge_queue_records(QueueARN=arn, Entries=entries(second))["Failed"] == []
    assert receive(arn) == []


def test_visibility_is_counted_from_the_change(fake_clock, queue, put, receive, kinesis):
    arn = queue()
    put(b"1")
    [record] = receive(arn)
    fake_clock.advance(20)
    kinesis.update_queue_records_visibility(QueueARN=arn, Entries=entries(record, VisibilityTimeoutSeconds=60))
    fake_clock.advance(58.999)
    assert receive(arn) == []
    fake_clock.advance(0.001)
    [record] = receive(arn)
    kinesis.update_queue_records_visibility(QueueARN=arn, Entries=entries(record, VisibilityTimeoutSeconds=0))
    assert data(receive(arn)) == [b"1"]


def test_a_wait_is_nine_seconds_unless_told_otherwise(fake_clock, queue, kinesis):
    arn = queue()
    began = fake_clock.now()
    assert kinesis.receive_queue_records(QueueARN=arn)["QueueRecords"] == []
    assert fake_clock.now() - began == 9_000
    kinesis.receive_queue_records(QueueARN=arn, WaitTimeSeconds=20)
    assert fake_clock.now() - began == 29_000


def test_a_wait_ends_when_a_record_is_back(fake_clock, queue, put, receive, kinesis):
    arn = queue(VisibilityTimeoutSeconds=5)
    put(b"1")
    began = fake_clock.now()
    receive(arn)
    assert data(kinesis.receive_queue_records(QueueARN=arn)["QueueRecords"]) == [b"1"]
    assert fake_clock.now() - began == 5_000


def test_a_wait_ends_when_a_record_is_written(fake_clock, queue, put, kinesis, fake_kinesis):
    arn = queue()
    fake_kinesis.grow("clicks")
    found = []
    reader = threading.Thread(target=lambda: found.append(kinesis.receive_queue_records(QueueARN=arn)))
    reader.start()
    put(b"1")
    reader.join(10)
    assert [data(answer["QueueRecords"]) for answer in found] == [[b"1"]]


def test_growing_loses_nothing(fake_clock, queue, put_all, receive, fake_kinesis):
    arn = queue()
    put_all(*[(str(number), b"%02d" % number) for number in range(5)])
    fake_kinesis.grow("clicks")
    put_all(*[(str(number), b"%02d" % number) for number in range(5, 10)])
    assert data(receive(arn)) == [b"%02d" % number for number in range(10)]


def test_retention_ends_delivery(fake_clock, queue, put, receive):
    arn = queue(VisibilityTimeoutSeconds=43_200)
    put(b"received")
    receive(arn)
    put(b"fresh")
    fake_clock.advance(24 * 3600)
    assert receive(arn) == []


# ── dead letters ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def dead_record(fake_clock, queue, put, receive):
    """A queue and its one dead letter."""

    def make(receives=2):
        arn = queue(
            VisibilityTimeoutSeconds=10,
            DeadLetterConfiguration={"TargetType": "BUILT_IN", "MaxReceiveCount": receives},
        )
        put(b"1")
        for _ in range(receives):
            assert data(receive(arn)) == [b"1"]
            fake_clock.advance(10)
        return arn

    return make


def test_a_record_is_dead_after_its_last_receive(fake_clock, dead_record, receive, receive_dead, fake_kinesis):
    arn = dead_record(2)
    assert fake_kinesis.queue("jobs").dead == 1
    assert receive(arn) == []
    [record] = receive_dead(arn)
    assert (record["Data"], record["ReceiveCount"]) == (b"1", 3)


def test_six_receives_unless_told_otherwise(fake_clock, queue, put, receive, receive_dead):
    arn = queue(VisibilityTimeoutSeconds=10)
    put(b"1")
    for _ in range(6):
        assert data(receive(arn)) == [b"1"]
        fake_clock.advance(10)
    assert receive(arn) == []
    assert data(receive_dead(arn)) == [b"1"]


def test_none_are_dead_if_that_is_switched_off(fake_clock, queue, put, receive):
    arn = queue(VisibilityTimeoutSeconds=0, DeadLetterConfiguration={"TargetType": "NONE"})
    put(b"1")
    for _ in range(20):
        assert data(receive(arn)) == [b"1"]


def test_a_dead_letter_is_hidden_and_back(fake_clock, dead_record, receive_dead, kinesis):
    arn = dead_record()
    [record] = receive_dead(arn)
    assert receive_dead(arn) == []
    fake_clock.advance(9)
    [record] = receive_dead(arn)
    kinesis.update_dead_letter_queue_records_visibility(
        QueueARN=arn, Entries=entries(record, VisibilityTimeoutSeconds=0)
    )
    assert data(receive_dead(arn)) == [b"1"]


def test_a_dead_letter_is_discarded(fake_clock, dead_record, receive_dead, kinesis):
    arn = dead_record()
    [record] = receive_dead(arn)
    assert kinesis.acknowledge_queue_records(QueueARN=arn, Entries=entries(record))["Failed"] != []
    assert kinesis.acknowledge_dead_letter_queue_records(QueueARN=arn, Entries=entries(record))["Failed"] == []
    fake_clock.advance(60)
    assert receive_dead(arn) == []


def test_a_restored_record_begins_anew(fake_clock, dead_record, receive, receive_dead, kinesis):
    arn = dead_record(2)
    [record] = receive_dead(arn)
    answer = kinesis.restore_dead_letter_queue_records(QueueARN=arn, Entries=entries(record))
    assert answer["Failed"] == []
    for count in (1, 2):
        [again] = receive(arn)
        assert again["ReceiveCount"] == count
        assert again["RecordId"] == record["RecordId"]
        fake_clock.advance(10)
    assert receive(arn) == []
    assert data(receive_dead(arn)) == [b"1"]
