"""Eight threads see one consistent cloud: nothing is lost, nothing is doubled."""

from __future__ import annotations

import collections
import threading

import boto3
import pytest
from botocore.config import Config

THREADS = 8
EACH = 40


def in_threads(work):
    """Run work(number) in eight threads at once; raise the first error of theirs."""
    start, errors = threading.Barrier(THREADS), []

    def run(number):
        start.wait()
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 raised again in the test's thread
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    if errors:
        raise errors[0]


@pytest.mark.parametrize("clients", ["shared", "own"])
def test_what_eight_threads_send_arrives_once(fake_cloud, sqs, queue_url, either_way, clients):
    own = [
        either_way(sqs if clients == "shared" else boto3.client("sqs", region_name="eu-west-1")) for _ in range(THREADS)
    ]
    ids = [[] for _ in range(THREADS)]

    def send(number):
        for each in range(EACH):
            answer = own[number].send_message(QueueUrl=queue_url, MessageBody=f"{number}-{each}")
            ids[number].append((answer["MessageId"], answer["ResponseMetadata"]["RequestId"]))

    in_threads(send)

    assert len({message for one in ids for message, _ in one}) == THREADS * EACH
    assert len({request for one in ids for _, request in one}) == THREADS * EACH
    bodies = [message.body for message in fake_cloud.sqs.queue("jobs", region="eu-west-1").visible]
    assert sorted(bodies) == sorted(f"{number}-{each}" for number in range(THREADS) for each in range(EACH))
    for number in range(THREADS):
        mine = [body for body in bodies if body.startswith(f"{number}-")]
        assert mine == [f"{number}-{each}" for each in range(EACH)]
    assert len(fake_cloud.calls) == 1 + THREADS * EACH


def test_what_eight_threads_receive_each_got_alone(fake_cloud, sqs, queue_url, either_way):
    client = either_way(sqs)
    for start in range(0, THREADS * EACH, 10):
        entries = [{"Id": str(n), "MessageBody": str(n)} for n in range(start, start + 10)]
        sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
    got = [[] for _ in range(THREADS)]

    def receive(number):
        while messages := client.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=3).get("Messages"):
            for message in messages:
                got[number].append(message["Body"])
                client.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])

    in_threads(receive)

    counted = collections.Counter(body for one in got for body in one)
    assert counted == collections.Counter(map(str, range(THREADS * EACH)))
    queue = fake_cloud.sqs.queue("jobs", region="eu-west-1")
    assert (len(queue.visible), len(queue.in_flight)) == (0, 0)


def test_eight_threads_that_meet_errors_each_get_their_own(sqs, queue_url, either_way):
    client = either_way(sqs)

    def ask(number):
        for each in range(EACH):
            with pytest.raises(client.exceptions.QueueDoesNotExist) as caught:
                client.get_queue_url(QueueName=f"missing-{number}-{each}")
            assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400

    in_threads(ask)


def test_throttled_calls_of_eight_threads_are_each_made_up_for(fake_cloud, queue_url):
    # Chance may strike one call several times.
    patient = Config(retries={"mode": "standard", "total_max_attempts": 9})
    client = boto3.client("sqs", region_name="eu-west-1", config=patient)
    fake_cloud.clock.hold()
    fake_cloud.faults.fail("sqs", "SendMessage", "ThrottlingException", every=5, times=8)
    advancing = threading.Event()

    def advance():
        while not advancing.wait(0.001):
            fake_cloud.clock.advance(5)

    helper = threading.Thread(target=advance)
    helper.start()
    try:
        in_threads(lambda number: [client.send_message(QueueUrl=queue_url, MessageBody=str(number)) for _ in range(5)])
    finally:
        advancing.set()
        helper.join()

    assert len(fake_cloud.sqs.queue("jobs", region="eu-west-1").visible) == THREADS * 5
    assert sum(call.error is not None for call in fake_cloud.calls) == 8


def test_signing_in_eight_threads_leaves_the_clients_credentials_alone(fake_cloud, long_way):
    client = long_way(
        boto3.client(
            "sqs", region_name="eu-west-1", aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="s"
        )
    )
    held = client._request_signer._credentials

    in_threads(lambda number: [client.list_queues() for _ in range(20)])

    assert client._request_signer._credentials is held


def test_eight_threads_may_make_clients_and_enter_clouds(fake_cloud):
    seen = []

    def work(number):
        client = boto3.session.Session().client("sqs", region_name="eu-west-1")
        client.create_queue(QueueName=f"queue-{number}")
        seen.append(len(client.list_queues()["QueueUrls"]))

    in_threads(work)
    assert max(seen) == THREADS
