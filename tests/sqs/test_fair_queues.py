"""Fair queues: message groups on standard queues, and who comes first when one of them is noisy."""

import pytest


@pytest.fixture
def flood(fake_sqs):
    """Send many messages of one tenant."""
    return lambda url, tenant, count: fake_sqs.send_many(
        url.rpartition("/")[2], [f"{tenant}{number}" for number in range(count)], group_id=tenant
    )


def take(bodies, url, count):
    found = []
    while len(found) < count:
        found += bodies(url, min(10, count - len(found)))
    return found


def test_as_long_as_nobody_is_noisy_messages_come_in_order(send, queue_url, bodies):
    for body, group in (("a1", "a"), ("b1", "b"), ("plain", None), ("a2", "a")):
        send(queue_url, body, group=group)
    assert bodies(queue_url) == ["a1", "b1", "plain", "a2"]


def test_groups_dont_block(send, queue_url, bodies):
    send(queue_url, "a1", group="a")
    send(queue_url, "a2", group="a")
    assert bodies(queue_url, 1) == ["a1"]
    assert bodies(queue_url, 1) == ["a2"]


def test_a_tenant_with_thirty_in_flight_and_more_than_a_tenth_lets_others_go_first(flood, send, queue_url, bodies):
    flood(queue_url, "a", 50)
    take(bodies, queue_url, 29)
    send(queue_url, "b", group="b")
    assert bodies(queue_url, 1) == ["a29"]  # it has thirty in flight now
    assert bodies(queue_url, 1) == ["b"]
    send(queue_url, "plain")
    assert bodies(queue_url, 2) == ["plain", "a30"]


def test_a_tenth_of_all_in_flight_is_not_enough(flood, send, queue_url, bodies):
    flood(queue_url, "quiet", 29)
    for number in range(271):
        send(queue_url, f"plain{number}")
    take(bodies, queue_url, 300)
    flood(queue_url, "a", 34)
    take(bodies, queue_url, 33)  # 33 of 333
    send(queue_url, "b", group="b")
    assert bodies(queue_url) == ["a33", "b"]


def test_a_noisy_tenant_is_served_when_nobody_else_waits(flood, queue_url, bodies):
    flood(queue_url, "a", 40)
    assert take(bodies, queue_url, 40) == [f"a{number}" for number in range(40)]


def test_of_several_noisy_tenants_the_one_with_the_fewest_in_flight_comes_first(flood, queue_url, bodies):
    flood(queue_url, "a", 45)
    take(bodies, queue_url, 40)
    flood(queue_url, "b", 35)
    take(bodies, queue_url, 30)
    assert bodies(queue_url, 10) == [f"b{number}" for number in range(30, 35)] + [
        f"a{number}" for number in range(40, 45)
    ]


def test_a_tenant_is_quiet_again_when_its_backlog_is_drained(flood, send, queue_url, bodies):
    flood(queue_url, "a", 40)
    take(bodies, queue_url, 40)
    assert bodies(queue_url) == []
    send(queue_url, "a-new", group="a")
    send(queue_url, "b", group="b")
    assert bodies(queue_url, 1) == ["a-new"]


def test_a_tenant_that_sends_nothing_for_five_minutes_is_quiet_again(fake_clock, flood, send, queue_url, bodies):
    flood(queue_url, "a", 50)
    for _ in range(4):
        bodies(queue_url, VisibilityTimeout=1000)
    fake_clock.advance(299.999)
    send(queue_url, "b", group="b")
    assert bodies(queue_url, 1) == ["b"]
    send(queue_url, "c", group="c")
    fake_clock.advance(0.001)
    assert bodies(queue_url, 1) == ["a40"]


def test_a_tenant_that_took_more_than_a_tenth_of_the_processing_time_is_noisy(
    fake_clock, sqs, send, queue_url, receive, bodies
):
    for number in range(3):
        send(queue_url, f"slow{number}", group="slow")
    (message,) = receive(queue_url, 1, VisibilityTimeout=100)
    fake_clock.advance(60)
    sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    send(queue_url, "quick", group="quick")
    assert bodies(queue_url) == ["quick", "slow1", "slow2"]


@pytest.fixture
def process(fake_clock, sqs, send, queue_url, receive):
    """Send a message and take so many seconds over it; another of the group is waiting by then."""

    def process_message(group, seconds):
        send(queue_url, group, group=group)
        (message,) = receive(queue_url, 1, VisibilityTimeout=1000)
        fake_clock.advance(seconds)
        send(queue_url, group, group=group)
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])

    return process_message


@pytest.mark.parametrize("seconds, order", [(30, ["slow", "quick"]), (30.001, ["quick", "slow"])])
def test_a_tenth_of_the_processing_time_is_not_enough(process, send, queue_url, bodies, seconds, order):
    process("other", 270)
    bodies(queue_url, VisibilityTimeout=1000)
    process("slow", seconds)
    send(queue_url, "quick", group="quick")
    assert bodies(queue_url) == order


@pytest.mark.parametrize("later, order", [(290, ["quick", "slow"]), (600, ["slow", "quick"])])
def test_the_processing_time_of_ten_minutes_ago_doesnt_count(
    fake_clock, process, send, queue_url, bodies, later, order
):
    process("slow", 29)
    bodies(queue_url, VisibilityTimeout=1000)
    fake_clock.advance(later)
    process("slow", 2)
    send(queue_url, "quick", group="quick")
    assert bodies(queue_url) == order


def test_a_little_processing_time_makes_nobody_noisy(fake_clock, sqs, send, queue_url, receive, bodies):
    for number in range(3):
        send(queue_url, f"slow{number}", group="slow")
    (message,) = receive(queue_url, 1)
    fake_clock.advance(29.999)
    sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    send(queue_url, "quick", group="quick")
    assert bodies(queue_url) == ["slow1", "slow2", "quick"]


def test_messages_come_back_to_their_places(fake_clock, send, queue_url, bodies):
    for body, group in (("a1", "a"), ("b1", "b"), ("a2", "a")):
        send(queue_url, body, group=group)
    bodies(queue_url, 2, VisibilityTimeout=5)
    fake_clock.advance(5)
    assert bodies(queue_url) == ["a1", "b1", "a2"]


def test_a_queue_becomes_fair_with_messages_that_are_there(fake_clock, send, queue_url, bodies):
    send(queue_url, "one")
    send(queue_url, "two", DelaySeconds=5)
    bodies(queue_url, VisibilityTimeout=5)
    send(queue_url, "three", group="a")
    fake_clock.advance(5)
    assert bodies(queue_url) == ["one", "three", "two"]
