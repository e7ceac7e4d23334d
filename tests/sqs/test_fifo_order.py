"""FIFO queues: order in groups, and what blocks a group."""


def test_a_group_is_delivered_in_order(send, fifo_url, bodies):
    for number in range(12):
        send(fifo_url, str(number))
    assert bodies(fifo_url) == [str(number) for number in range(10)]


def test_a_group_with_a_message_in_flight_is_blocked(fake_clock, sqs, send, fifo_url, receive, bodies):
    for number in range(3):
        send(fifo_url, str(number))
    (message,) = receive(fifo_url, 1)
    assert bodies(fifo_url) == []
    sqs.delete_message(QueueUrl=fifo_url, ReceiptHandle=message["ReceiptHandle"])
    assert bodies(fifo_url) == ["1", "2"]


def test_another_group_goes_on(send, fifo_url, bodies):
    send(fifo_url, "a1", group="a")
    send(fifo_url, "b1", group="b")
    send(fifo_url, "a2", group="a")
    assert bodies(fifo_url, 1) == ["a1"]
    assert bodies(fifo_url) == ["b1"]


def test_a_receive_takes_as_many_of_a_group_as_it_can_then_goes_on(send, fifo_url, bodies):
    for number in range(3):
        for group in "ab":
            send(fifo_url, f"{group}{number}", group=group)
    assert bodies(fifo_url, 5) == ["a0", "a1", "a2", "b0", "b1"]


def test_the_group_that_has_waited_longest_comes_first(fake_clock, send, fifo_url, bodies):
    send(fifo_url, "a1", group="a")
    send(fifo_url, "b1", group="b")
    assert bodies(fifo_url, 1, VisibilityTimeout=10) == ["a1"]
    fake_clock.advance(10)
    assert bodies(fifo_url) == ["a1", "b1"]


def test_a_message_that_was_not_deleted_comes_again_before_its_successors(fake_clock, send, fifo_url, bodies):
    send(fifo_url, "one")
    send(fifo_url, "two")
    bodies(fifo_url, 1)
    fake_clock.advance(29.999)
    assert bodies(fifo_url) == []
    fake_clock.advance(0.001)
    assert bodies(fifo_url) == ["one", "two"]


def test_deleting_out_of_order_leaves_the_group_blocked(fake_clock, sqs, send, fifo_url, receive, bodies):
    for body in ("one", "two", "three"):
        send(fifo_url, body)
    messages = receive(fifo_url, 2)
    sqs.delete_message(QueueUrl=fifo_url, ReceiptHandle=messages[1]["ReceiptHandle"])
    assert bodies(fifo_url) == []
    sqs.delete_message(QueueUrl=fifo_url, ReceiptHandle=messages[0]["ReceiptHandle"])
    assert bodies(fifo_url) == ["three"]


def test_a_message_in_the_middle_can_be_the_only_one_deleted(fake_clock, sqs, send, fifo_url, receive, bodies):
    for body in ("one", "two", "three"):
        send(fifo_url, body)
    messages = receive(fifo_url)
    sqs.delete_message(QueueUrl=fifo_url, ReceiptHandle=messages[1]["ReceiptHandle"])
    fake_clock.advance(30)
    send(fifo_url, "four")
    assert bodies(fifo_url) == ["one", "three", "four"]


def test_a_group_that_was_empty_is_offered_again(sqs, send, fifo_url, receive, bodies):
    send(fifo_url, "Message 1")
    (message,) = receive(fifo_url)
    assert bodies(fifo_url) == []
    sqs.delete_message(QueueUrl=fifo_url, ReceiptHandle=message["ReceiptHandle"])
    send(fifo_url, "Message 2")
    assert bodies(fifo_url) == ["Message 2"]


def test_blocked_messages_count_as_visible(send, fifo_url, bodies, counts):
    for number in range(3):
        send(fifo_url, str(number))
    bodies(fifo_url, 1)
    assert counts(fifo_url) == (2, 1, 0)


def test_a_timeout_of_zero_leaves_the_group_open(send, fifo_url, bodies):
    send(fifo_url, "one")
    send(fifo_url, "two")
    assert bodies(fifo_url, VisibilityTimeout=0) == ["one", "two"]
    assert bodies(fifo_url, VisibilityTimeout=0) == ["one", "two"]


def test_sequence_numbers_grow_and_have_twenty_digits(send, fifo_url):
    numbers = [send(fifo_url, str(number), group=str(number % 2))["SequenceNumber"] for number in range(10)]
    assert all(len(number) == 20 and number.isdigit() for number in numbers)
    assert numbers == sorted(set(numbers))


def test_a_backlog_of_blocked_groups_hides_the_groups_behind_it(fake_sqs, sqs, send, fifo_url, receive, bodies):
    fake_sqs.quotas.fifo_backlog = 5
    for number in range(5):
        send(fifo_url, f"a{number}", group="a")
    send(fifo_url, "b", group="b")
    (message,) = receive(fifo_url, 1)
    assert bodies(fifo_url) == []
    sqs.delete_message(QueueUrl=fifo_url, ReceiptHandle=message["ReceiptHandle"])
    assert bodies(fifo_url, 1) == ["a1"]
    assert bodies(fifo_url) == ["b"]
