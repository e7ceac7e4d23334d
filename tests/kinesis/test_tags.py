"""Tags of streams, by the operations of streams and by those of resources."""

import pytest


@pytest.fixture
def tag(stream, kinesis):
    return lambda tags: kinesis.add_tags_to_stream(StreamName="clicks", Tags=tags)


@pytest.fixture
def tags(kinesis):
    """The tags of the stream, in order."""
    return lambda **parameters: [
        (each["Key"], each.get("Value"))
        for each in kinesis.list_tags_for_stream(StreamName="clicks", **parameters)["Tags"]
    ]


def test_tags_are_added_and_changed(tag, tags):
    tag({"b": "1", "a": "2"})
    tag({"b": "3"})
    assert tags() == [("a", "2"), ("b", "3")]


def test_tags_are_removed_and_unknown_keys_passed_over(tag, tags, kinesis):
    tag({"a": "1", "b": "2"})
    kinesis.remove_tags_from_stream(StreamName="clicks", TagKeys=["a", "x"])
    assert tags() == [("b", "2")]


def test_tags_are_listed_by_code_point_in_pages(tag, kinesis):
    tag({"b": "", "a": "", "B": "", "é": ""})
    answer = kinesis.list_tags_for_stream(StreamName="clicks", Limit=2)
    assert [each["Key"] for each in answer["Tags"]] == ["B", "a"]
    assert answer["HasMoreTags"] is True
    answer = kinesis.list_tags_for_stream(StreamName="clicks", ExclusiveStartTagKey="a")
    assert [each["Key"] for each in answer["Tags"]] == ["b", "é"]
    assert answer["HasMoreTags"] is False


def test_fifty_tags_at_most(tag, tags, refused):
    tag({f"key-{number}": "" for number in range(50)})
    text = (
        "Failed to add tags to stream clicks under account 123456789012 because a given stream cannot have more than "
        "10 tags associated with it."
    )
    with refused("InvalidArgumentException", text):
        tag({"one-too-many": ""})
    tag({"key-7": "changed"})
    assert len(tags()) == 50


@pytest.mark.parametrize("text", ["é 1", "_./=+-@", "x" * 128])
def test_characters_of_tags(text, tag, tags):
    tag({text: text})
    assert tags() == [(text, text)]


@pytest.mark.parametrize("tags", [{"a*": ""}, {"a": "b;c"}, {"a": "b:c"}])
def test_characters_that_are_refused(tags, tag, refused):
    text = (
        "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @."
    )
    with refused("InvalidArgumentException", text):
        tag(tags)


@pytest.mark.parametrize("tags", [{"100%": ""}, {"a": "100%"}])
def test_a_percent_sign_is_refused_with_another_text(tags, tag, refused):
    text = (
        "Failed to add tags to stream clicks under account 123456789012 because some tags contained illegal "
        "characters. The allowed characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@'."
    )
    with refused("InvalidArgumentException", text):
        tag(tags)


@pytest.mark.parametrize("tags", [{"k" * 129: ""}, {"k": "v" * 257}])
def test_lengths_of_tags(tags, tag, refused):
    with refused("ValidationException"):
        tag(tags)


def test_a_stream_is_created_with_tags(create, tags, knows, refused):
    knows("CreateStream", "Tags")
    create(Tags={"a": "1"})
    assert tags() == [("a", "1")]
    with refused("InvalidArgumentException"):
        create("other", Tags={"*": ""})


def test_both_kinds_of_operations_see_the_same_tags(stream, tag, tags, kinesis, knows):
    knows("TagResource")
    tag({"a": "1"})
    kinesis.tag_resource(ResourceARN=stream, Tags={"b:c": "2"})
    assert kinesis.list_tags_for_resource(ResourceARN=stream)["Tags"] == [
        {"Key": "a", "Value": "1"},
        {"Key": "b:c", "Value": "2"},
    ]
    kinesis.untag_resource(ResourceARN=stream, TagKeys=["a"])
    assert tags() == [("b:c", "2")]


def test_a_consumer_has_tags_of_its_own(stream, kinesis, knows, tags):
    knows("RegisterStreamConsumer", "Tags")
    consumer = kinesis.register_stream_consumer(StreamARN=stream, ConsumerName="c", Tags={"a": "1"})["Consumer"]
    arn = consumer["ConsumerARN"]
    kinesis.tag_resource(ResourceARN=arn, Tags={"b": "2"})
    assert [each["Key"] for each in kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"]] == ["a", "b"]
    assert tags() == []


def test_a_resource_that_is_not_there(kinesis, knows, refused):
    knows("TagResource")
    arn = "arn:aws:kinesis:us-east-1:123456789012:"
    for resource in ("stream/nothing", "stream/nothing/consumer/c:1", "queue/nothing"):
        with refused("ResourceNotFoundException"):
            kinesis.list_tags_for_resource(ResourceARN=arn + resource)
