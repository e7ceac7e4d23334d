"""Message attributes: what they may be, their digests, and which are asked for."""

import pytest

THREE = {
    "Help.Me": {"DataType": "String", "StringValue": "Me"},
    "Hello": {"DataType": "String", "StringValue": "There"},
    "General": {"DataType": "String", "StringValue": "Kenobi"},
}


def text(value="x", data_type="String"):
    return {"DataType": data_type, "StringValue": value}


@pytest.mark.parametrize(
    "attributes, digest",
    [
        (THREE, "4c360f3fdafd970e05fae2f149d997f5"),
        ({"Foo": text("Bar")}, "ae7155c6026991b6d54b11589678bf9c"),
        (
            {
                "attr1": {
                    "DataType": "Binary",
                    "BinaryValue": b"traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01",
                }
            },
            "8cbe4db156db8a94db8b801b7addb984",
        ),
    ],
)
def test_digests_are_those_that_aws_computes(send, queue_url, receive, attributes, digest):
    assert send(queue_url, MessageAttributes=attributes)["MD5OfMessageAttributes"] == digest
    (message,) = receive(queue_url, MessageAttributeNames=["All"])
    assert message["MD5OfMessageAttributes"] == digest
    assert message["MessageAttributes"] == attributes


def test_without_attributes_there_is_no_digest(send, queue_url, receive):
    assert "MD5OfMessageAttributes" not in send(queue_url)
    (message,) = receive(queue_url, MessageAttributeNames=["All"])
    assert "MD5OfMessageAttributes" not in message
    assert "MessageAttributes" not in message


@pytest.mark.parametrize(
    "names, expected, digest",
    [
        (["All"], {"General", "Hello", "Help.Me"}, "4c360f3fdafd970e05fae2f149d997f5"),
        ([".*"], {"General", "Hello", "Help.Me"}, "4c360f3fdafd970e05fae2f149d997f5"),
        (["Hello", "General"], {"General", "Hello"}, "fca026605781cb4126a1e9044df24232"),
        (["Hello", "Foo"], {"Hello"}, "a311262e065454b75da111d535b8dacd"),
        (["Hel.*"], {"Hello", "Help.Me"}, "83fee93c1bcd8b9a5a923ffacdc636c7"),
    ],
)
def test_names_select_attributes_and_the_digest_covers_only_those(send, queue_url, receive, names, expected, digest):
    send(queue_url, MessageAttributes=THREE)
    (message,) = receive(queue_url, MessageAttributeNames=names)
    assert message["MessageAttributes"].keys() == expected
    assert message["MD5OfMessageAttributes"] == digest


@pytest.mark.parametrize("names", [[], ["Foo"], ["hello"], ["Hel"], ["AWS.Foo"], ["..foo"], ["a b"]])
def test_names_that_select_nothing_are_passed_over(send, queue_url, receive, names):
    send(queue_url, MessageAttributes=THREE)
    (message,) = receive(queue_url, MessageAttributeNames=names)
    assert message.keys() == {"MessageId", "ReceiptHandle", "MD5OfBody", "Body"}


def test_ten_attributes_fit(send, queue_url, receive):
    attributes = {f"name{number}": text() for number in range(10)}
    send(queue_url, MessageAttributes=attributes)
    assert receive(queue_url, MessageAttributeNames=["All"])[0]["MessageAttributes"] == attributes


def test_eleven_attributes_are_too_many(send, queue_url, invalid):
    with invalid("Number of message attributes [11] exceeds the allowed maximum [10]."):
        send(queue_url, MessageAttributes={f"name{number}": text() for number in range(11)})


@pytest.mark.parametrize("name", ["a", "a" * 256, "A-b_c.1", "aws", "awsome.x", "AWSx.y", "amazon"])
def test_names_that_are_allowed(send, queue_url, name):
    send(queue_url, MessageAttributes={name: text()})


@pytest.mark.parametrize(
    "name", ["", "a" * 257, "a b", "é", ".a", "a.", "a..b", "AWS.a", "aws.a", "Amazon.a", "aMaZoN.a", "a$"]
)
def test_names_that_are_not_allowed(send, queue_url, invalid, name):
    with invalid():
        send(queue_url, MessageAttributes={name: text()})


@pytest.mark.parametrize("data_type", ["String", "String.label", "Number.int", "String." + "a" * 249])
def test_data_types_with_labels_come_back(send, queue_url, receive, data_type):
    send(queue_url, MessageAttributes={"a": text("1", data_type)})
    (message,) = receive(queue_url, MessageAttributeNames=["a"])
    assert message["MessageAttributes"] == {"a": {"DataType": data_type, "StringValue": "1"}}


@pytest.mark.parametrize("data_type", ["string", "Text", "Strings", ".String", "String.\0", "String.\ud800"])
def test_other_data_types_are_refused(send, queue_url, invalid, data_type):
    with invalid(
        "The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is "
        "Binary, Number, and String."
    ):
        send(queue_url, MessageAttributes={"a": text("1", data_type)})


def test_a_data_type_has_one_to_256_bytes(send, queue_url, invalid):
    with invalid("The message attribute 'a' must contain non-empty message attribute type."):
        send(queue_url, MessageAttributes={"a": text("1", "")})
    with invalid("The type of message attribute 'a' is longer than 256 bytes."):
        send(queue_url, MessageAttributes={"a": text("1", "String." + "a" * 250)})


@pytest.mark.parametrize(
    "value, kind",
    [
        ({"DataType": "String", "StringValue": ""}, "String"),
        ({"DataType": "String"}, "String"),
        ({"DataType": "String", "BinaryValue": b"x"}, "String"),
        ({"DataType": "Binary", "BinaryValue": b""}, "Binary"),
        ({"DataType": "Binary", "StringValue": "x"}, "Binary"),
    ],
)
def test_a_value_of_the_type_must_be_there(send, queue_url, invalid, value, kind):
    with invalid(f"Message (user) attribute 'ErrorDetails' must contain a non-empty value of type '{kind}'."):
        send(queue_url, MessageAttributes={"ErrorDetails": value})


@pytest.mark.parametrize(
    "number", ["0", "-1", "+1", "1.5", ".5", "5.", "1e126", "1E-128", "1" * 38, "0" * 50 + "1", "-1e+126", "0.0"]
)
def test_numbers_that_are_allowed_keep_their_text(send, queue_url, receive, number):
    send(queue_url, MessageAttributes={"n": text(number, "Number")})
    (message,) = receive(queue_url, MessageAttributeNames=["n"])
    assert message["MessageAttributes"]["n"]["StringValue"] == number


@pytest.mark.parametrize(
    "number",
    [
        "one",
        "1,5",
        "0x10",
        "nan",
        "inf",
        "1e127",
        "1.1e126",
        "9e-129",
        "1e9999999",
        "-1e-9999999",
        "\u0663",
        "1" * 39,
        "1 ",
        "--1",
        "1e",
    ],
)
def test_numbers_that_are_not_allowed(send, queue_url, invalid, number):
    with invalid("Can't cast the value of message (user) attribute 'n' to a number."):
        send(queue_url, MessageAttributes={"n": text(number, "Number")})


@pytest.mark.parametrize("member, value", [("StringListValues", ["x"]), ("BinaryListValues", [b"x"])])
def test_lists_of_values_are_not_implemented(send, queue_url, refused, member, value):
    with refused("AWS.SimpleQueueService.UnsupportedOperation"):
        send(queue_url, MessageAttributes={"a": {"DataType": "String", "StringValue": "x", member: value}})


def test_a_value_with_a_character_that_is_not_allowed(send, queue_url, invalid):
    with invalid():
        send(queue_url, MessageAttributes={"a": text("\x00")})


def test_a_text_and_bytes_at_once(send, queue_url, invalid):
    with invalid():
        send(queue_url, MessageAttributes={"a": {**text(), "BinaryValue": b"x"}})


def test_bytes_of_the_type_binary_may_have_a_label(send, queue_url, receive):
    attributes = {"a": {"DataType": "Binary.png", "BinaryValue": b"\x89PNG"}}
    send(queue_url, MessageAttributes=attributes)
    assert receive(queue_url, MessageAttributeNames=["a"])[0]["MessageAttributes"] == attributes
