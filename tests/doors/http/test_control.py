"""The control resource: the clock and the journal for tests in other languages."""

from __future__ import annotations

import json

import pytest

from .conftest import json_request, received


@pytest.fixture
def fake_aws_endpoint(fake_cloud):
    return fake_cloud.serve(control=True)


@pytest.fixture
def control(call):
    def ask(method, path, **given):
        return call(method, f"/_cloudfakes/{path}", {}, json.dumps(given) if given else None)

    return ask


def test_it_is_off_unless_asked_for(fake_cloud, caller_of):
    assert caller_of(fake_cloud.serve().url)("GET", "/_cloudfakes/clock").status == 404


def test_the_clock_is_held_and_moved(control, fake_cloud):
    assert control("GET", "clock").json["held"] is False
    before = control("POST", "clock/hold").json
    assert before["held"] is True

    after = control("POST", "clock/advance", seconds=30.5).json
    assert after["now"] - before["now"] == 30_500
    assert after["now"] == fake_cloud.clock.now()

    assert (
        control("POST", "clock/advance-to", instant="2040-01-31T12:00:00Z").json["datetime"]
        == "2040-01-31T12:00:00+00:00"
    )
    assert control("POST", "clock/advance-to", instant=2_300_000_000).json["now"] == 2_300_000_000_000
    assert control("POST", "clock/release").json["held"] is False


def test_what_is_due_is_shown_and_gone_to(control, call, jobs):
    control("POST", "clock/hold")
    call.sqs("SendMessage", QueueUrl=jobs, MessageBody="cat.png", DelaySeconds=10)
    now = control("GET", "clock").json["now"]
    first = control("GET", "upcoming").json[0]
    assert first == {"at": now + 10_000, "service": "sqs", "resource": first["resource"], "what": first["what"]}
    assert control("POST", "clock/next-event").json["now"] == now + 10_000


def test_calls_are_shown(control, call, jobs):
    call.sqs("SendMessage", QueueUrl="https://sqs.us-east-1.amazonaws.com/123456789012/nope", MessageBody="a")
    [made] = control("GET", "calls?service=sqs&operation=SendMessage").json
    assert made["parameters"]["MessageBody"] == "a"
    assert made["answer"] is None
    assert made["error"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert [each["operation"] for each in control("GET", "calls").json] == ["CreateQueue", "SendMessage"]


def test_bytes_and_times_are_shown_as_json_can(control, call, jobs, fake_clock):
    call.sqs(
        "SendMessage",
        QueueUrl=jobs,
        MessageBody="a",
        MessageAttributes={"b": {"DataType": "Binary", "BinaryValue": "AP8="}},
    )
    [made] = control("GET", "calls?operation=SendMessage").json
    assert made["parameters"]["MessageAttributes"]["b"]["BinaryValue"] == "AP8="


def test_after_a_reset_the_cloud_is_as_new_at_the_same_time(control, call, connect, fake_cloud, jobs):
    control("POST", "clock/hold")
    control("POST", "clock/advance", seconds=5)
    fake_cloud.faults.fail("sqs", "ListQueues")
    waiter = connect()
    waiter.sendall(json_request("ReceiveMessage", QueueUrl=jobs, WaitTimeSeconds=20))
    while not fake_cloud.clock.upcoming():
        pass
    before = control("GET", "clock").json

    assert control("POST", "reset").json == before
    assert received(waiter) == b""
    assert control("GET", "calls").json == []
    assert control("GET", "upcoming").json == []
    assert call.sqs("ListQueues").json == {}


@pytest.mark.parametrize(
    "method, path, body, text",
    [
        ("POST", "clock/advance", {}, "'seconds' is missing"),
        ("POST", "clock/advance", {"seconds": -1}, "forward only"),
        ("POST", "clock/advance", {"seconds": "soon"}, "number of seconds"),
        ("POST", "clock/advance", {"seconds": 1e400}, "number of seconds"),
        ("POST", "clock/advance-to", {"instant": "tomorrow"}, "2026-01-31T12:00:00Z"),
        ("POST", "clock/advance-to", {"instant": "1999-01-31T12:00:00Z"}, "forward only"),
        ("POST", "clock/advance-to", {"instant": None}, "instant"),
    ],
)
def test_what_it_cannot_do_it_says(control, method, path, body, text):
    answer = control(method, path, **body)
    assert answer.status == 400
    assert text in answer.json["error"]


def test_a_body_that_is_no_object_is_refused(call):
    for body in ("[]", "{", b"\xff\xfe"):
        assert call("POST", "/_cloudfakes/clock/advance", {}, body).status == 400


@pytest.mark.parametrize("method, path", [("GET", "nothing"), ("GET", "reset"), ("POST", "clock")])
def test_what_is_not_there_is_said_with_what_is(control, method, path):
    answer = control(method, path)
    assert answer.status == 404
    assert "POST /_cloudfakes/reset" in answer.json["there is"]
