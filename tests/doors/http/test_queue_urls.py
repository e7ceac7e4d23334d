"""Queue URLs lead to the address that was asked: many SDKs send the next request there."""

from __future__ import annotations

import pytest

from .conftest import JOBS

FORM = "application/x-www-form-urlencoded"


def test_who_asks_at_an_address_of_this_machine_gets_urls_of_that_address(call, fake_aws_endpoint):
    here = f"{fake_aws_endpoint.url}/123456789012/jobs"
    assert call.sqs("CreateQueue", QueueName="jobs").json["QueueUrl"] == here
    assert call.sqs("GetQueueUrl", QueueName="jobs").json["QueueUrl"] == here
    assert call.sqs("ListQueues").json["QueueUrls"] == [here]
    assert call.sqs("SendMessage", QueueUrl=here, MessageBody="cat.png").status == 200


def test_who_asks_at_an_address_of_aws_gets_urls_of_aws(call, jobs):
    for host in ("sqs.us-east-1.amazonaws.com", "queue.amazonaws.com"):
        answer = call("POST", "/", {"Host": host, "Content-Type": FORM}, "Action=GetQueueUrl&QueueName=jobs")
        assert JOBS.encode() in answer.body


def test_who_names_no_host_gets_urls_of_aws(exchange, jobs):
    assert JOBS.encode() in exchange(b"GET /?Action=ListQueues HTTP/1.0\r\n\r\n")


def test_the_journal_and_clients_of_this_process_have_the_urls_of_aws(jobs, fake_cloud, fake_sqs):
    assert fake_cloud.calls[0].answer == {"QueueUrl": JOBS}
    assert fake_sqs.client.list_queues()["QueueUrls"] == [JOBS]


@pytest.mark.parametrize("operation", ["ListQueues", "ListDeadLetterSourceQueues"])
def test_an_answer_without_urls_stays_as_it_is(call, jobs, operation):
    assert call.sqs(operation, QueueUrl=jobs, QueueNamePrefix="nope").json in ({}, {"queueUrls": []})


def test_a_url_of_aws_can_be_turned_into_one_of_the_endpoint(fake_aws_endpoint):
    assert fake_aws_endpoint.at_this_address(JOBS) == f"{fake_aws_endpoint.url}/123456789012/jobs"
