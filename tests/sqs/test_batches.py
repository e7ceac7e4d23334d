"""Batches: what fails one as a whole, and what fails an entry."""

import pytest


def delete(ids, handle="nonsense"):
    return "delete_message_batch", [{"Id": each, "ReceiptHandle": handle} for each in ids]


def change(ids):
    return "change_message_visibility_batch", [
        {"Id": each, "ReceiptHandle": "nonsense", "VisibilityTimeout": 1} for each in ids
    ]


def send_(ids):
    return "send_message_batch", [{"Id": each, "MessageBody": "a"} for each in ids]


@pytest.fixture(params=[delete, change, send_])
def batch(request, sqs, queue_url):
    def call(ids):
        method, entries = request.param(ids)
        return getattr(sqs, method)(QueueUrl=queue_url, Entries=entries)

    return call


def test_a_batch_has_at_least_one_entry(batch, refused):
    with refused("AWS.SimpleQueueService.EmptyBatchRequest"):
        batch([])


def test_a_batch_has_at_most_ten_entries(batch, refused):
    batch([str(number) for number in range(10)])
    with refused(
        "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
        "Maximum number of entries per request are 10. You have sent 20.",
    ):
        batch([str(number) for number in range(20)])
    with refused("AWS.SimpleQueueService.TooManyEntriesInBatchRequest"):
        batch([str(number) for number in range(11)])


@pytest.mark.parametrize("entry_id", ["a", "A-z_9", "a" * 80])
def test_ids_that_are_allowed(batch, entry_id):
    batch([entry_id])


@pytest.mark.parametrize("entry_id", ["", "a" * 81, "testLongId" * 10, "invalid:id", "a b", "é", "a.b"])
def test_ids_that_are_not(batch, refused, entry_id):
    with refused(
        "AWS.SimpleQueueService.InvalidBatchEntryId",
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 "
        "letters long.",
    ):
        batch([entry_id])


def test_ids_are_distinct(batch, refused):
    with refused("AWS.SimpleQueueService.BatchEntryIdsNotDistinct"):
        batch(["a", "b", "a"])


def test_a_batch_is_for_a_queue_that_exists(sqs, queue_url, no_such_queue):
    with no_such_queue():
        sqs.send_message_batch(QueueUrl=queue_url + "x", Entries=[{"Id": "1", "MessageBody": "a"}])


class TestSending:
    def test_each_entry_is_answered_as_a_send_is(self, sqs, queue_url, receive):
        entries = [
            {"Id": "1", "MessageBody": "message"},
            {"Id": "2", "MessageBody": "b", "MessageAttributes": {"Foo": {"DataType": "String", "StringValue": "Bar"}}},
        ]
        answer = sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
        assert "Failed" not in answer
        one, two = answer["Successful"]
        assert one.keys() == {"Id", "MessageId", "MD5OfMessageBody"}
        assert one["MD5OfMessageBody"] == "78e731027d8fd50ed642340b7c9a63b3"
        assert two["MD5OfMessageAttributes"] == "ae7155c6026991b6d54b11589678bf9c"
        assert [message["MessageId"] for message in receive(queue_url)] == [one["MessageId"], two["MessageId"]]

    def test_an_entry_that_is_too_long_fails_alone(self, sqs, create):
        url = create("small", MaximumMessageSize=1024)
        entries = [{"Id": "long", "MessageBody": "a" * 1025}, {"Id": "ok", "MessageBody": "a" * 1024}]
        answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
        assert answer["Failed"] == [
            {
                "Id": "long",
                "SenderFault": True,
                "Code": "InvalidParameterValue",
                "Message": "One or more parameters cannot be validated. Reason: Message must be shorter than 1024 "
                "bytes.",
            }
        ]
        assert [entry["Id"] for entry in answer["Successful"]] == ["ok"]

    def test_only_failures(self, sqs, queue_url):
        answer = sqs.send_message_batch(QueueUrl=queue_url, Entries=[{"Id": "1", "MessageBody": "\x00"}])
        assert "Successful" not in answer
        assert answer["Failed"][0]["Code"] == "InvalidMessageContents"

    def test_a_batch_of_a_mebibyte_fits(self, sqs, queue_url):
        attributes = {"k": {"DataType": "String", "StringValue": "v"}}  # 8 bytes
        entries = [
            {"Id": "1", "MessageBody": "a" * (1_048_576 - 9), "MessageAttributes": attributes},
            {"Id": "2", "MessageBody": "a"},
        ]
        assert len(sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)["Successful"]) == 2

    def test_a_longer_batch_fails_as_a_whole(self, sqs, queue_url, refused, counts):
        attributes = {"k": {"DataType": "String", "StringValue": "v"}}
        entries = [
            {"Id": "1", "MessageBody": "a" * (1_048_576 - 9), "MessageAttributes": attributes},
            {"Id": "2", "MessageBody": "aa"},
        ]
        with refused(
            "AWS.SimpleQueueService.BatchRequestTooLong",
            "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.",
        ):
            sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
        assert counts(queue_url) == (0, 0, 0)

    def test_the_queues_maximum_is_for_each_message_only(self, sqs, create):
        url = create("small", MaximumMessageSize=1024)
        entries = [{"Id": str(number), "MessageBody": "a" * 1024} for number in range(10)]
        assert len(sqs.send_message_batch(QueueUrl=url, Entries=entries)["Successful"]) == 10

    def test_entries_of_a_fifo_queue_keep_their_order(self, sqs, create, receive):
        url = create("jobs.fifo")
        entries = [
            {"Id": str(n), "MessageBody": str(n), "MessageGroupId": "g", "MessageDeduplicationId": str(n)}
            for n in (3, 1, 2)
        ]
        answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
        numbers = [entry["SequenceNumber"] for entry in answer["Successful"]]
        assert numbers == sorted(numbers)
        assert [message["Body"] for message in receive(url)] == ["3", "1", "2"]

    def test_a_missing_deduplication_id_fails_the_whole_batch(self, sqs, create, invalid, counts):
        url = create("jobs.fifo")
        entries = [
            {"Id": "1", "MessageBody": "a", "MessageGroupId": "g", "MessageDeduplicationId": "1"},
            {"Id": "2", "MessageBody": "b", "MessageGroupId": "g"},
        ]
        with invalid(
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
            "explicitly"
        ):
            sqs.send_message_batch(QueueUrl=url, Entries=entries)
        assert counts(url) == (0, 0, 0)

    def test_a_missing_group_fails_the_entry(self, sqs, fifo_url):
        answer = sqs.send_message_batch(QueueUrl=fifo_url, Entries=[{"Id": "1", "MessageBody": "a"}])
        (failed,) = answer["Failed"]
        assert (failed["Code"], failed["Message"]) == (
            "MissingParameter",
            "The request must contain the parameter MessageGroupId.",
        )


class TestDeleting:
    def test_each_entry_has_its_own_outcome(self, sqs, send, queue_url, receive, counts):
        send(queue_url)
        (message,) = receive(queue_url)
        entries = [
            {"Id": "good", "ReceiptHandle": message["ReceiptHandle"]},
            {"Id": "bad", "ReceiptHandle": "nonsense"},
        ]
        answer = sqs.delete_message_batch(QueueUrl=queue_url, Entries=entries)
        assert answer["Successful"] == [{"Id": "good"}]
        (failed,) = answer["Failed"]
        assert (failed["Id"], failed["Code"], failed["SenderFault"]) == ("bad", "ReceiptHandleIsInvalid", True)
        assert counts(queue_url) == (0, 0, 0)
