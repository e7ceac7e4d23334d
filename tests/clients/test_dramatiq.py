"""dramatiq with the SQS broker of dramatiq-sqs: its worker, its retries with delays, its dead letters."""

from __future__ import annotations

import itertools
import queue
from collections.abc import Iterator
from typing import Any

import dramatiq
import pytest
from dramatiq_sqs import SQSBroker
from dramatiq_sqs.exceptions import MessageDelayTooLong, MessageTooLarge

from pytest_cloudfakes import FakeCloud


class Outcomes(dramatiq.Middleware):
    """Tells the test what became of each message, as soon as the broker knows it."""

    def __init__(self) -> None:
        self.settled: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()

    def after_ack(self, broker: dramatiq.Broker, message: Any) -> None:
        self.settled.put(("ack", message.args[0]))

    def after_nack(self, broker: dramatiq.Broker, message: Any) -> None:
        self.settled.put(("nack", message.args[0]))

    def next(self) -> tuple[str, Any]:
        return self.settled.get(timeout=10)


@pytest.fixture
def outcomes() -> Outcomes:
    return Outcomes()


@pytest.fixture
def broker(fake_cloud: FakeCloud, outcomes: Outcomes) -> SQSBroker:
    broker = SQSBroker(namespace="shop", dead_letter=True, tags={"team": "shop"}, region_name="eu-west-1")
    broker.add_middleware(outcomes)
    return broker


@pytest.fixture
def worker(broker: SQSBroker) -> Iterator[dramatiq.Worker]:
    """A worker with its threads. It doesn't long-poll: held time would keep it waiting when it is to stop."""
    worker = dramatiq.Worker(broker, worker_timeout=50, worker_threads=2)
    worker.start()
    yield worker
    worker.stop()


@pytest.mark.usefixtures("worker")
def test_an_actor_runs_and_its_message_is_deleted(broker: SQSBroker, outcomes: Outcomes, sqs: Any) -> None:
    ran = []

    @dramatiq.actor(broker=broker)
    def resize(picture: str) -> None:
        ran.append(picture)

    resize.send("cat.png")
    assert outcomes.next() == ("ack", "cat.png")
    assert ran == ["cat.png"]
    assert depth(sqs, "shop_default") == 0


def test_queues_are_created_when_first_used_with_retention_tags_and_a_dead_letter_queue(
    broker: SQSBroker, sqs: Any
) -> None:
    @dramatiq.actor(broker=broker, queue_name="pictures")
    def resize(picture: str) -> None: ...

    assert "QueueUrls" not in sqs.list_queues()
    resize.send("cat.png")

    urls = sqs.list_queues()["QueueUrls"]
    assert [url.rpartition("/")[2] for url in urls] == ["shop_pictures", "shop_pictures_dlq"]
    found = sqs.get_queue_attributes(QueueUrl=urls[0], AttributeNames=["MessageRetentionPeriod"])
    assert found["Attributes"] == {"MessageRetentionPeriod": str(14 * 86400)}
    assert sqs.list_queue_tags(QueueUrl=urls[0])["Tags"] == {"team": "shop"}


@pytest.mark.usefixtures("worker")
def test_a_delayed_message_runs_when_its_delay_ends(broker: SQSBroker, outcomes: Outcomes, fake_clock: Any) -> None:
    ran_at = []

    @dramatiq.actor(broker=broker)
    def remind(customer: str) -> None:
        ran_at.append(fake_clock.now())

    sent_at = fake_clock.now()
    remind.send_with_options(args=("Ada",), delay=600_000)
    fake_clock.advance(599.999)
    remind.send("Grace")
    assert outcomes.next() == ("ack", "Grace")

    fake_clock.advance(0.001)
    assert outcomes.next() == ("ack", "Ada")
    assert [at - sent_at for at in ran_at] == [599_999, 600_000]


@pytest.mark.usefixtures("worker")
def test_a_failing_actor_is_retried_after_its_back_off_and_then_goes_to_the_dead_letter_queue(
    broker: SQSBroker, outcomes: Outcomes, sqs: Any, fake_clock: Any
) -> None:
    ran_at = []

    @dramatiq.actor(broker=broker, max_retries=2, min_backoff=60_000, max_backoff=60_000)
    def bill(order: str) -> None:
        ran_at.append(fake_clock.now())
        raise ValueError("no such customer")

    bill.send("order 1")
    assert outcomes.next() == ("ack", "order 1")
    for outcome in ("ack", "nack"):
        fake_clock.advance_to_next_event()
        assert outcomes.next() == (outcome, "order 1")

    back_offs = [later - earlier for earlier, later in itertools.pairwise(ran_at)]
    assert len(back_offs) == 2
    assert all(30_000 <= back_off <= 60_000 for back_off in back_offs)
    assert depth(sqs, "shop_default") == 0
    assert depth(sqs, "shop_default_dlq") == 1


def test_a_consumer_hands_back_what_it_did_not_process(broker: SQSBroker, fake_clock: Any) -> None:
    @dramatiq.actor(broker=broker)
    def resize(picture: str) -> None: ...

    for number in range(4):
        resize.send(f"{number}.png")
    consumer = broker.consume("default", prefetch=4, timeout=0)
    taken = next(consumer)
    assert taken is not None
    assert fake_queue(broker).attributes["ApproximateNumberOfMessagesNotVisible"] == "4"

    consumer.close()
    assert fake_queue(broker).attributes["ApproximateNumberOfMessagesNotVisible"] == "1"
    consumer.requeue([taken])
    assert fake_queue(broker).attributes["ApproximateNumberOfMessagesNotVisible"] == "0"


def test_a_message_of_a_worker_that_died_comes_back_after_the_visibility_timeout(
    fake_cloud: FakeCloud, fake_clock: Any
) -> None:
    broker = SQSBroker(visibility_timeout=45, region_name="eu-west-1")

    @dramatiq.actor(broker=broker)
    def resize(picture: str) -> None: ...

    resize.send("cat.png")
    assert next(broker.consume("default", timeout=0)) is not None

    survivor = broker.consume("default", timeout=20_000)
    fake_clock.advance(44.999)
    start = fake_clock.now()
    again = next(survivor)
    assert again is not None
    assert again.args == ("cat.png",)
    assert fake_clock.now() - start == 1


def test_join_returns_once_the_queue_is_empty(broker: SQSBroker) -> None:
    @dramatiq.actor(broker=broker)
    def resize(picture: str) -> None: ...

    resize.send("cat.png")
    consumer = broker.consume("default", timeout=0)
    message = next(consumer)
    assert message is not None
    consumer.ack(message)

    broker.join("default", timeout=1)


def test_limits_of_sqs_are_those_that_dramatiq_knows(broker: SQSBroker) -> None:
    @dramatiq.actor(broker=broker)
    def store(text: str) -> None: ...

    with pytest.raises(MessageDelayTooLong):
        store.send_with_options(args=("",), delay=901_000)
    with pytest.raises(MessageTooLarge):
        store.send("x" * 1024 * 1024)
    store.send_with_options(args=("x" * 700_000,), delay=900_000)


def fake_queue(broker: SQSBroker) -> Any:
    """The broker's own queue resource, looked at anew."""
    broker.queues["default"].reload()
    return broker.queues["default"]


def depth(sqs: Any, queue_name: str) -> int:
    """Messages of a queue: visible, in flight and delayed."""
    url = sqs.get_queue_url(QueueName=queue_name)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return sum(int(value) for name, value in found.items() if name.startswith("ApproximateNumber"))
