"""What clients get: each protocol's own form of answers and errors."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

from .conftest import json_request, received, statuses_on

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NO_SUCH = "https://sqs.us-east-1.amazonaws.com/123456789012/nope"
XMLNS = "{http://queue.amazonaws.com/doc/2012-11-05/}"


def test_json_answers_have_a_length_an_id_and_the_clouds_date(call, fake_clock, jobs):
    fake_clock.advance_to(2_000_000_000)
    answer = call.sqs("SendMessage", QueueUrl=jobs, MessageBody="cat.png")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.0"
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer.headers["x-amzn-requestid"])
    assert answer.headers["Date"] == "Wed, 18 May 2033 03:33:20 GMT"


def test_the_request_id_is_the_journals(call, fake_cloud):
    answer = call.sqs("ListQueues")
    assert answer.headers["x-amzn-requestid"] == fake_cloud.calls[0].request_id


def test_a_json_error(call):
    answer = call.sqs("SendMessage", QueueUrl=NO_SUCH, MessageBody="cat.png")
    assert answer.status == 400
    assert answer.json == {
        "__type": "com.amazonaws.sqs#QueueDoesNotExist",
        "message": "The specified queue does not exist.",
    }
    assert answer.headers["x-amzn-query-error"] == "AWS.SimpleQueueService.NonExistentQueue;Sender"
    assert answer.headers["x-amzn-requestid"]


def test_an_answer_and_an_error_of_the_query_protocol(call):
    answer = call("POST", "/", FORM, "Action=CreateQueue&QueueName=jobs&Version=2012-11-05")
    root = ET.fromstring(answer.body)  # noqa: S314 - it comes from here
    assert answer.headers["Content-Type"] == "text/xml"
    assert root.findtext(f"{XMLNS}CreateQueueResult/{XMLNS}QueueUrl", "").endswith("/123456789012/jobs")
    assert root.findtext(f"{XMLNS}ResponseMetadata/{XMLNS}RequestId") == answer.headers["x-amzn-requestid"]

    answer = call("POST", "/123456789012/nope", FORM, "Action=ReceiveMessage&Version=2012-11-05")
    error = ET.fromstring(answer.body).find(f"{XMLNS}Error")  # noqa: S314
    assert answer.status == 400
    assert error is not None
    assert error.findtext(f"{XMLNS}Code") == "AWS.SimpleQueueService.NonExistentQueue"
    assert error.findtext(f"{XMLNS}Type") == "Sender"


def test_what_the_model_forbids_is_refused_by_the_service(call, jobs):
    answer = call.sqs("SendMessage", QueueUrl=jobs)
    assert answer.status == 400
    assert answer.json["__type"].endswith("#MissingRequiredParameterException")


def test_an_injected_error_keeps_its_status(call, fake_cloud):
    fake_cloud.faults.fail("sqs", "ListQueues", "ServiceUnavailable")
    assert [call.sqs("ListQueues").status for _ in range(2)] == [503, 200]


def test_a_failure_of_the_fakes_own_is_an_internal_failure_not_a_traceback(call, fake_cloud, monkeypatch, caplog):
    def fails(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(fake_cloud, "handle_call", fails)
    answer = call.sqs("ListQueues")
    assert answer.status == 500
    assert answer.json["__type"].endswith("InternalFailure")
    assert b"Traceback" not in answer.body
    assert "ZeroDivisionError" in caplog.text


def test_one_connection_serves_many_requests(call, connect, fake_cloud):
    for _ in range(3):
        assert call.sqs("ListQueues").status == 200
    pipelined = connect()
    pipelined.sendall(json_request("ListQueues") * 3)
    assert statuses_on(pipelined, 3) == [b"HTTP/1.1 200 OK"] * 3
    assert len(fake_cloud.calls) == 6


def test_a_connection_is_closed_if_the_client_wants_it(exchange):
    request = json_request("ListQueues").replace(b"Host:", b"Connection: close\r\nHost:")
    assert b"Connection: close" in exchange(request)


def test_a_body_may_come_in_chunks(connect, fake_sqs, jobs):
    body = json.dumps({"QueueUrl": jobs, "MessageBody": "cat.png"}).encode()
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (body[:10], body[10:])) + b"0\r\n\r\n"
    head = (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonSQS.SendMessage\r\n"
        b"Content-Type: application/x-amz-json-1.0\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    connection = connect()
    connection.sendall((head + chunks) * 2)
    assert statuses_on(connection, 2) == [b"HTTP/1.1 200 OK"] * 2
    assert [message.body for message in fake_sqs.queue("jobs").visible] == ["cat.png"] * 2


def test_a_client_may_ask_before_it_sends_the_body(connect, jobs):
    head, _, body = json_request("SendMessage", QueueUrl=jobs, MessageBody="cat.png").partition(b"\r\n\r\n")
    connection = connect()
    connection.sendall(head + b"\r\nExpect: 100-continue\r\n\r\n")
    assert connection.recv(1000).startswith(b"HTTP/1.1 100 Continue")
    connection.sendall(body)
    assert connection.recv(1000).startswith(b"HTTP/1.1 200 OK")


def test_a_head_request_has_no_body(exchange):
    answer = exchange(b"HEAD /?Action=ListQueues HTTP/1.1\r\nHost: localhost\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert body == b""


def test_the_oldest_http_is_understood(connect, fake_aws_endpoint):
    connection = connect()
    connection.sendall(b"GET /?Action=ListQueues HTTP/1.0\r\n\r\n")
    assert received(connection).startswith(b"HTTP/1.1 200 OK")


def test_many_clients_at_once_see_one_world(fake_aws_endpoint, caller_of, fake_sqs, jobs, in_thread):
    def send_some():
        caller = caller_of(fake_aws_endpoint.url)
        return {caller.sqs("SendMessage", QueueUrl=jobs, MessageBody="a").status for _ in range(20)}

    clients = [in_thread(send_some) for _ in range(8)]
    assert [client.result(10) for client in clients] == [{200}] * 8
    assert len(fake_sqs.queue("jobs").visible) == 160
