"""System attributes of messages: which there are, how they are asked for, and the trace header."""

import pytest

ALWAYS = {"SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp"}
HEADER = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1"


def trace(value=HEADER, data_type="String"):
    return {"AWSTraceHeader": {"DataType": data_type, "StringValue": value}}


@pytest.fixture
def newer_name(sqs):
    """MessageSystemAttributeNames, where the installed botocore has it."""
    members = sqs.meta.service_model.operation_model("ReceiveMessage").input_shape.members
    if "MessageSystemAttributeNames" not in members:
        pytest.skip("this botocore has AttributeNames only")
    return "MessageSystemAttributeNames"


@pytest.fixture(params=["AttributeNames", "MessageSystemAttributeNames"])
def parameter(request):
    if request.param == "AttributeNames":
        return request.param
    return request.getfixturevalue("newer_name")


class TestBothParameters:
    def test_all_of_a_standard_queue(self, send, queue_url, receive, parameter):
        send(queue_url)
        assert receive(queue_url, **{parameter: ["All"]})[0]["Attributes"].keys() == ALWAYS

    def test_one_by_name(self, send, queue_url, receive, parameter):
        send(queue_url)
        assert receive(queue_url, **{parameter: ["SenderId"]})[0]["Attributes"].keys() == {"SenderId"}

    def test_what_does_not_apply_is_absent(self, send, queue_url, receive, parameter):
        send(queue_url)
        (message,) = receive(queue_url, **{parameter: ["SequenceNumber", "SenderId"]})
        assert message["Attributes"].keys() == {"SenderId"}

    def test_nothing_that_applies_leaves_the_member_out(self, send, queue_url, receive, parameter):
        send(queue_url)
        assert "Attributes" not in receive(queue_url, **{parameter: ["SequenceNumber"]})[0]

    @pytest.mark.parametrize("name", ["SqsManagedSseEnabled", "Policy", "QueueArn", "ApproximateNumberOfMessages"])
    def test_attributes_of_queues_are_none_of_messages(self, send, queue_url, receive, parameter, name):
        send(queue_url)
        assert "Attributes" not in receive(queue_url, **{parameter: [name]})[0]

    def test_an_unknown_name_is_refused(self, send, queue_url, receive, refused, parameter):
        with refused("InvalidAttributeName", "Unknown Attribute Bogus."):
            receive(queue_url, **{parameter: ["Bogus"]})


def test_both_parameters_count_together(newer_name, send, queue_url, receive):
    send(queue_url)
    (message,) = receive(
        queue_url, AttributeNames=["All"], MessageSystemAttributeNames=["SenderId"], VisibilityTimeout=0
    )
    assert message["Attributes"].keys() == ALWAYS
    (message,) = receive(queue_url, AttributeNames=["SenderId"], MessageSystemAttributeNames=["SentTimestamp"])
    assert message["Attributes"].keys() == {"SenderId", "SentTimestamp"}


def test_timestamps_are_milliseconds_and_counts_go_up(fake_clock, send, queue_url, receive):
    start = fake_clock.now()
    send(queue_url)
    fake_clock.advance(1.234)
    (first,) = receive(queue_url, AttributeNames=["All"], VisibilityTimeout=1)
    fake_clock.advance(5)
    (second,) = receive(queue_url, AttributeNames=["All"])
    assert first["Attributes"]["SentTimestamp"] == str(start)
    assert first["Attributes"]["ApproximateFirstReceiveTimestamp"] == str(start + 1234)
    assert first["Attributes"]["ApproximateReceiveCount"] == "1"
    assert second["Attributes"]["SentTimestamp"] == str(start)
    assert second["Attributes"]["ApproximateFirstReceiveTimestamp"] == str(start + 1234)
    assert second["Attributes"]["ApproximateReceiveCount"] == "2"


def test_all_of_a_fifo_queue(sqs, create, receive):
    url = create("jobs.fifo")
    sent = sqs.send_message(
        QueueUrl=url, MessageBody="message-body-1", MessageGroupId="group-1", MessageDeduplicationId="dedup-1"
    )
    (message,) = receive(url, AttributeNames=["All"])
    assert message["Attributes"].keys() == ALWAYS | {"MessageDeduplicationId", "MessageGroupId", "SequenceNumber"}
    assert message["Attributes"]["MessageDeduplicationId"] == "dedup-1"
    assert message["Attributes"]["MessageGroupId"] == "group-1"
    assert message["Attributes"]["SequenceNumber"] == sent["SequenceNumber"]


def test_the_trace_header_comes_back(send, queue_url, receive):
    answer = send(queue_url, MessageSystemAttributes=trace())
    assert len(answer["MD5OfMessageSystemAttributes"]) == 32
    (message,) = receive(queue_url, AttributeNames=["AWSTraceHeader"])
    assert message["Attributes"] == {"AWSTraceHeader": HEADER}


def test_the_trace_header_may_come_as_a_header_of_the_request(sqs, send, queue_url, receive):
    def add_header(params, **kwargs):
        params["headers"]["X-Amzn-Trace-Id"] = HEADER

    sqs.meta.events.register("before-call.sqs.SendMessage", add_header)
    answer = send(queue_url)
    assert "MD5OfMessageSystemAttributes" not in answer
    (message,) = receive(queue_url, AttributeNames=["AWSTraceHeader", "SentTimestamp"])
    assert message["Attributes"]["AWSTraceHeader"] == HEADER


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "Root=1-5759e988-bd862e3fe1be46a99427279",
        "Root=2-5759e988-bd862e3fe1be46a994272793",
        "Parent=53995c3f42cd8ad8",
    ],
)
def test_a_malformed_trace_header_is_refused(send, queue_url, invalid, value):
    with invalid():
        send(queue_url, MessageSystemAttributes=trace(value))


@pytest.mark.parametrize("data_type", ["String.label", "String."])
def test_the_trace_header_is_a_plain_text(send, queue_url, invalid, data_type):
    with invalid("Message system attribute 'AWSTraceHeader' must be of type 'String'."):
        send(queue_url, MessageSystemAttributes=trace(data_type=data_type))


def test_there_is_no_other_system_attribute_to_send(send, queue_url, invalid):
    with invalid("Message system attribute name 'SenderId' is invalid."):
        send(queue_url, MessageSystemAttributes={"SenderId": {"DataType": "String", "StringValue": HEADER}})
