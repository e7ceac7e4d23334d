"""FIFO topics: ids, order, deduplication, and what queues of both types get."""

from __future__ import annotations

import datetime
import hashlib

import pytest


@pytest.fixture
def publish(sns):
    def publish_message(topic, message="m", group="g", **parameters):
        return sns.publish(TopicArn=topic, Message=message, MessageGroupId=group, **parameters)

    return publish_message


@pytest.fixture
def explicit(create):
    """A FIFO topic without deduplication by content."""
    return create("explicit.fifo")


def test_a_message_group_is_required(sns, fifo_topic, invalid):
    with invalid("Invalid parameter: The MessageGroupId parameter is required for FIFO topics"):
        sns.publish(TopicArn=fifo_topic, Message="m")


def test_a_deduplication_id_is_required_unless_the_content_is_one(publish, explicit, fifo_topic, invalid):
    with invalid(
        "Invalid parameter: The topic should either have ContentBasedDeduplication enabled or "
        "MessageDeduplicationId provided explicitly"
    ):
        publish(explicit)
    publish(explicit, MessageDeduplicationId="1")
    publish(fifo_topic)


def test_a_standard_topic_takes_a_group_but_no_deduplication_id(publish, topic, invalid):
    publish(topic)
    with invalid():
        publish(topic, MessageDeduplicationId="1")


@pytest.mark.parametrize("good, bad", [("a" * 128, "a" * 129), ("!~[]", "a b"), ("a", "ä")])
def test_ids_have_1_to_128_characters_of_an_alphabet(publish, explicit, invalid, good, bad):
    publish(explicit, group=good, MessageDeduplicationId=good)
    with invalid():
        publish(explicit, group=bad, MessageDeduplicationId="1")
    with invalid():
        publish(explicit, MessageDeduplicationId=bad)


def test_sequence_numbers_rise(publish, explicit):
    numbers = [publish(explicit, MessageDeduplicationId=str(n))["SequenceNumber"] for n in range(3)]
    assert all(len(number) == 20 for number in numbers)
    assert numbers == sorted(set(numbers))


def test_a_fifo_queue_gets_the_ids_and_its_own_number(publish, explicit, queue, subscribe, messages):
    billing = queue("billing.fifo")
    subscribe(explicit, billing)
    published = publish(explicit, "Test", group="message-group-id-1", MessageDeduplicationId="message-dedup-id-1")
    (message,) = messages(billing)
    assert message["Attributes"]["MessageGroupId"] == "message-group-id-1"
    assert message["Attributes"]["MessageDeduplicationId"] == "message-dedup-id-1"
    assert message["Attributes"]["SequenceNumber"] != published["SequenceNumber"]


def test_the_envelope_has_the_topics_number_and_no_signature(publish, fifo_topic, queue, subscribe, envelopes):
    billing = queue("billing.fifo")
    subscribe(fifo_topic, billing)
    published = publish(fifo_topic)
    (envelope,) = envelopes(billing)
    assert list(envelope) == [
        "Type",
        "MessageId",
        "SequenceNumber",
        "TopicArn",
        "Message",
        "Timestamp",
        "UnsubscribeURL",
    ]
    assert envelope["SequenceNumber"] == published["SequenceNumber"]


def test_an_id_of_the_content_goes_on_to_a_queue_that_wants_explicit_ones(
    publish, fifo_topic, queue, subscribe, messages
):
    billing = queue("billing.fifo")
    subscribe(fifo_topic, billing, RawMessageDelivery="true")
    attributes = {"attr1": {"DataType": "Number", "StringValue": "99.12"}}
    publish(fifo_topic, "Test Message with two attributes", MessageAttributes=attributes)
    (message,) = messages(billing)
    assert message["Attributes"]["MessageDeduplicationId"] == (
        "47f6d7e2c477469ad670ae3bfee60ed3e79080bb0105fc01a2805a50f8b21358"
    )
    assert hashlib.sha256(b"Test Message with two attributes").hexdigest().startswith("47f6d7e2")


@pytest.mark.parametrize("raw", ["false", "true"])
def test_a_standard_queue_gets_no_ids(publish, fifo_topic, queue, subscribe, messages, raw):
    billing = queue("billing")
    subscribe(fifo_topic, billing, RawMessageDelivery=raw)
    publish(fifo_topic, "Test")
    publish(fifo_topic, "Test")
    (message,) = messages(billing)
    assert not {"MessageGroupId", "MessageDeduplicationId", "SequenceNumber"} & set(message["Attributes"])


# ── deduplication ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_duplicate_is_answered_with_the_original_and_not_delivered(publish, fifo_topic, queue, subscribe, texts):
    billing = queue("billing.fifo")
    subscribe(fifo_topic, billing)
    first, second = publish(fifo_topic), publish(fifo_topic, group="another")
    assert (second["MessageId"], second["SequenceNumber"]) == (first["MessageId"], first["SequenceNumber"])
    assert texts(billing) == ["m"]


def test_an_id_is_remembered_for_five_minutes(fake_clock, publish, explicit):
    first = publish(explicit, MessageDeduplicationId="x")
    fake_clock.advance(299.999)
    assert publish(explicit, MessageDeduplicationId="x")["MessageId"] == first["MessageId"]
    fake_clock.advance(0.001)
    assert publish(explicit, MessageDeduplicationId="x")["MessageId"] != first["MessageId"]


def test_a_duplicate_does_not_prolong_the_five_minutes(fake_clock, publish, explicit):
    first = publish(explicit, MessageDeduplicationId="x")
    fake_clock.advance(200)
    publish(explicit, MessageDeduplicationId="x")
    fake_clock.advance(100)
    assert publish(explicit, MessageDeduplicationId="x")["MessageId"] != first["MessageId"]


def test_an_id_may_count_within_its_group_only(publish, create):
    topic = create("scoped.fifo", FifoThroughputScope="MessageGroup", ContentBasedDeduplication="true")
    one, two = publish(topic, group="1"), publish(topic, group="2")
    assert one["MessageId"] != two["MessageId"]
    assert publish(topic, group="1")["MessageId"] == one["MessageId"]


def test_what_is_refused_is_not_remembered(publish, explicit, invalid, queue, subscribe, texts):
    billing = queue("billing.fifo")
    subscribe(explicit, billing)
    with invalid():
        publish(explicit, MessageDeduplicationId="x", Subject="")
    publish(explicit, MessageDeduplicationId="x")
    assert texts(billing) == ["m"]


def test_duplicates_within_and_after_a_batch(sns, fifo_topic, queue, subscribe, texts):
    billing = queue("billing.fifo")
    subscribe(fifo_topic, billing)
    entries = [{"Id": str(n), "Message": f"m{n % 2}", "MessageGroupId": "g"} for n in range(3)]
    first = sns.publish_batch(TopicArn=fifo_topic, PublishBatchRequestEntries=entries)
    assert first["Failed"] == []
    ids = [(each["MessageId"], each["SequenceNumber"]) for each in first["Successful"]]
    assert ids[0] == ids[2] != ids[1]
    second = sns.publish_batch(TopicArn=fifo_topic, PublishBatchRequestEntries=entries)
    assert [(each["MessageId"], each["SequenceNumber"]) for each in second["Successful"]] == ids
    assert texts(billing) == ["m0", "m1"]


# ── order ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_group_waits_behind_a_message_that_is_tried_again(
    fake_clock, fake_cloud, publish, explicit, queue, subscribe, texts
):
    billing = queue("billing.fifo")
    subscribe(explicit, billing)
    fake_cloud.faults.fail("sqs", "SendMessage", times=4)
    for number in range(3):
        publish(explicit, f"m{number}", group="a", MessageDeduplicationId=str(number))
    assert texts(billing) == []
    fake_clock.advance(0.999)
    assert texts(billing) == []
    fake_clock.advance(0.001)
    assert texts(billing) == ["m0", "m1", "m2"]


def test_other_groups_do_not_wait(fake_clock, fake_cloud, publish, explicit, queue, subscribe, texts):
    billing = queue("billing.fifo")
    subscribe(explicit, billing)
    fake_cloud.faults.fail("sqs", "SendMessage", times=4, when=lambda call: call.parameters["MessageGroupId"] == "a")
    publish(explicit, "a", group="a", MessageDeduplicationId="1")
    publish(explicit, "b", group="b", MessageDeduplicationId="2")
    assert texts(billing) == ["b"]
    fake_clock.advance(1)
    assert texts(billing) == ["a"]


def test_a_dead_letter_lets_its_group_go_on(sns, sqs, publish, explicit, queue, subscribe, messages):
    dead = queue("dead.fifo")
    subscribe(explicit, "arn:aws:sqs:us-east-1:123456789012:gone.fifo", RedrivePolicy={"deadLetterTargetArn": dead})
    for number in range(3):
        publish(explicit, f"m{number}", group="complexMessageGroupId", MessageDeduplicationId=f"id-{number}")
    found = messages(dead)
    assert [each["Attributes"]["MessageDeduplicationId"] for each in found] == ["id-0", "id-1", "id-2"]
    assert {each["Attributes"]["MessageGroupId"] for each in found} == {"complexMessageGroupId"}


# ── archive and replay ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def archived(create, publish, fake_clock):
    """A topic with an archive of a day, and in it a message of each of three hours."""
    topic = create("archived.fifo", ArchivePolicy={"MessageRetentionPeriod": "1"}, ContentBasedDeduplication="true")
    for hour in range(3):
        publish(topic, f"hour {hour}")
        fake_clock.advance(3600)
    return topic


def iso(fake_clock, hours_ago):
    return (fake_clock.datetime() - datetime.timedelta(hours=hours_ago)).isoformat()


def policy(start, end=None):
    found = {"PointType": "Timestamp", "StartingPoint": start}
    return found if end is None else {**found, "EndingPoint": end}


def test_an_archive_tells_its_beginning(archived, attributes_of, fake_clock):
    shown = attributes_of(archived)
    assert shown["ArchivePolicy"] == '{"MessageRetentionPeriod":"1"}'
    beginning = shown["BeginningArchiveTime"]
    fake_clock.advance(24 * 3600)
    assert attributes_of(archived)["BeginningArchiveTime"] > beginning


@pytest.mark.parametrize("good, bad", [("1", "0"), ("365", "366"), ("30", "x")])
def test_an_archive_keeps_1_to_365_days(create, invalid, good, bad):
    create("good.fifo", ArchivePolicy={"MessageRetentionPeriod": good})
    with invalid():
        create("bad.fifo", ArchivePolicy={"MessageRetentionPeriod": bad})


def test_a_topic_with_an_archive_is_not_deleted(sns, archived, refused):
    with refused("InvalidState"):
        sns.delete_topic(TopicArn=archived)
    sns.set_topic_attributes(TopicArn=archived, AttributeName="ArchivePolicy", AttributeValue="{}")
    sns.delete_topic(TopicArn=archived)


def test_archived_messages_are_replayed_as_they_were(archived, queue, subscribe, envelopes, fake_clock, attributes_of):
    billing = queue("billing.fifo")
    subscription = subscribe(archived, billing, ReplayPolicy=policy(iso(fake_clock, 3)))
    found = envelopes(billing)
    assert [each["Message"] for each in found] == ["hour 0", "hour 1", "hour 2"]
    assert all(each["Replayed"] == "true" for each in found)
    assert len({each["Timestamp"] for each in found}) == 3
    assert attributes_of(subscription)["ReplayStatus"] == "Completed"


def test_after_a_replay_without_an_end_live_messages_follow(archived, publish, queue, subscribe, texts, fake_clock):
    billing = queue("billing.fifo")
    subscribe(archived, billing, ReplayPolicy=policy(iso(fake_clock, 2)))
    assert texts(billing) == ["hour 1", "hour 2"]
    publish(archived, "live")
    assert texts(billing) == ["live"]


def test_a_replay_with_an_end_takes_nothing_that_comes_later(archived, publish, queue, subscribe, texts, fake_clock):
    billing = queue("billing.fifo")
    subscribe(archived, billing, ReplayPolicy=policy(iso(fake_clock, 3), iso(fake_clock, 2)))
    assert texts(billing) == ["hour 0", "hour 1"]
    publish(archived, "live")
    assert texts(billing) == []


def test_a_replay_that_ends_later_is_in_progress_until_then(
    archived, publish, queue, subscribe, texts, fake_clock, attributes_of
):
    billing = queue("billing.fifo")
    subscription = subscribe(archived, billing, ReplayPolicy=policy(iso(fake_clock, 1), iso(fake_clock, -1)))
    assert texts(billing) == ["hour 2"]
    publish(archived, "within")
    assert texts(billing) == ["within"]
    fake_clock.advance(3599.999)
    assert attributes_of(subscription)["ReplayStatus"] == "In progress"
    fake_clock.advance(0.001)
    assert attributes_of(subscription)["ReplayStatus"] == "Completed"
    fake_clock.advance(1)
    publish(archived, "after")
    assert texts(billing) == []


def test_a_filter_policy_holds_for_replays(archived, publish, queue, subscribe, texts, fake_clock):
    publish(archived, "book", MessageAttributes={"kind": {"DataType": "String", "StringValue": "book"}})
    billing = queue("billing.fifo")
    subscribe(archived, billing, FilterPolicy={"kind": ["book"]}, ReplayPolicy=policy(iso(fake_clock, 3)))
    assert texts(billing) == ["book"]


def test_archived_messages_are_there_for_the_retention_period(create, publish, queue, subscribe, texts, fake_clock):
    topic = create("a.fifo", ArchivePolicy={"MessageRetentionPeriod": "1"}, ContentBasedDeduplication="true")
    fake_clock.advance(1)
    publish(topic, "m")
    fake_clock.advance(24 * 3600 - 0.001)
    billing, shipping = queue("billing.fifo"), queue("shipping.fifo")
    subscribe(topic, billing, ReplayPolicy=policy(iso(fake_clock, 23.9999998)))
    assert texts(billing) == ["m"]
    fake_clock.advance(0.001)
    subscribe(topic, shipping, ReplayPolicy=policy(iso(fake_clock, 24)))
    assert texts(shipping) == []


@pytest.mark.parametrize(
    "replay",
    [
        "{",
        {"PointType": "Number", "StartingPoint": "2030-01-01T00:00:00Z"},
        {"PointType": "Timestamp"},
        {"PointType": "Timestamp", "StartingPoint": "yesterday"},
        {"PointType": "Timestamp", "StartingPoint": "2001-01-01T00:00:00Z"},
        {
            "PointType": "Timestamp",
            "StartingPoint": "2100-01-01T00:00:00Z",
            "EndingPoint": "2100-01-01T00:00:00Z",
        },
    ],
)
def test_a_replay_that_cannot_be(archived, queue, subscribe, invalid, replay):
    with invalid():
        subscribe(archived, queue("billing.fifo"), ReplayPolicy=replay)


def test_a_replay_needs_an_archive(fifo_topic, queue, subscribe, invalid, fake_clock):
    with invalid():
        subscribe(fifo_topic, queue("billing.fifo"), ReplayPolicy=policy(iso(fake_clock, 0)))


def test_an_empty_policy_stops_a_replay(sns, archived, queue, subscribe, attributes_of, fake_clock):
    subscription = subscribe(archived, queue("billing.fifo"), ReplayPolicy=policy(iso(fake_clock, 3)))
    sns.set_subscription_attributes(SubscriptionArn=subscription, AttributeName="ReplayPolicy", AttributeValue="{}")
    assert not {"ReplayPolicy", "ReplayStatus"} & set(attributes_of(subscription))
