"""Event streams: messages with checksums, errors in their midst."""

from __future__ import annotations

import datetime

import pytest
from botocore.eventstream import EventStreamBuffer
from botocore.exceptions import EventStreamError

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.protocols.eventstream import message


class KmsDisabled(ApiError):
    code = "KMSDisabledException"
    message = "The key is disabled."


class Unmodelled(ApiError):
    code = "Unheard"
    message = "Nobody knows."


def read(*messages):
    buffer = EventStreamBuffer()
    buffer.add_data(b"".join(messages))
    return [(found.headers, found.payload) for found in buffer]


def test_a_message_has_typed_headers_and_checksums():
    moment = datetime.datetime(2023, 11, 14, 22, 13, 20, 5000, tzinfo=datetime.timezone.utc)
    headers = {"t": "é", "y": True, "n": False, "i": -7, "l": 2**40, "b": b"\x00", "at": moment}
    [(found, payload)] = read(message(headers, b"payload"))
    assert found == {**headers, "at": 1_700_000_000_005}
    assert payload == b"payload"


def subscribe(client, events):
    operation = client.service_model.operation_model("SubscribeToShard")
    answer = client.protocol.encode(operation, {"EventStream": events}, "request-1")
    return operation, answer


def test_events_are_made_as_they_are_read(peer):
    client = peer("kinesis")
    taken = []

    def events():
        for number in range(2):
            taken.append(number)
            yield {
                "SubscribeToShardEvent": {
                    "Records": [],
                    "ContinuationSequenceNumber": "1",
                    "MillisBehindLatest": number,
                }
            }

    _, answer = subscribe(client, events())
    next(answer.body)
    assert taken == []
    next(answer.body)
    assert taken == [0]
    assert answer.headers["Content-Type"] == "application/vnd.amazon.eventstream"
    assert "Content-Length" not in answer.headers


@pytest.mark.parametrize("error", [KmsDisabled, Unmodelled])
def test_an_error_ends_the_stream_with_its_code_and_text(error, peer):
    client = peer("kinesis")

    def events():
        yield {"SubscribeToShardEvent": {"Records": [], "ContinuationSequenceNumber": "1", "MillisBehindLatest": 0}}
        raise error

    with pytest.raises(EventStreamError) as caught:
        client.answer(*subscribe(client, events()))
    assert caught.value.response["Error"] == {"Code": error.code, "Message": error.message}
