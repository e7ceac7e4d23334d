"""The machine of streams on a bare scheduler: no client, no cloud, no botocore."""

import pytest

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.ids import Ids
from pytest_cloudfakes.pending import Pending
from pytest_cloudfakes.schedule import Schedule
from pytest_cloudfakes.scheduler import Scheduler, Timer
from pytest_cloudfakes.services.kinesis import consumer, limits, reading, resharding, writing
from pytest_cloudfakes.services.kinesis.limits import HASH_KEYS
from pytest_cloudfakes.services.kinesis.registry import Registry
from pytest_cloudfakes.services.kinesis.subscription import Subscription
from pytest_cloudfakes.services.kinesis.world import World

BEGIN = 1_700_000_000_000


class BareClock:
    """As much of a clock as a service sees, on the scheduler alone."""

    def __init__(self):
        self.time = BEGIN
        self.scheduler = Scheduler()
        self.ran = 0

    def now(self):
        return self.time

    def at(self, due, action, **about):
        return self.scheduler.add(Timer(due, action, **about))

    def pending(self, until, at_end, **about):
        waiting = Pending()
        waiting.timer = self.at(until, lambda: waiting.done or waiting.answer(at_end()), **about)
        return waiting

    def advance(self, by):
        target = self.time + by
        while (due := self.scheduler.next_due()) is not None and due <= target:
            self.time = max(self.time, due)
            self.ran += 1
            self.scheduler.pop().action()
        self.time = target


@pytest.fixture
def clock():
    return BareClock()


@pytest.fixture
def registry(clock):
    world = World(
        account="123456789012",
        region="us-east-1",
        partition="aws",
        clock=clock,
        ids=Ids(0),
        schedule=Schedule(),
        happened=lambda *_: None,
    )
    return Registry(world)


@pytest.fixture
def create(registry):
    def create_stream(shards=1, name="clicks"):
        registry.create(name, shards=shards, mode=None, given_tags={}, warm=None, record_kib=1024, strategy=None)
        return registry.get(name)

    return create_stream


def put(stream, data=b"data", key="key"):
    return writing.store(stream, writing.check(stream, {"Data": data, "PartitionKey": key}))


def data(batch):
    return [record["Data"] for record in batch.records]


def free(more):
    """No limit on shards."""


def test_one_timer_for_each_shard_whatever_it_holds(clock, create):
    stream = create(3)
    for number in range(300):
        put(stream, key=str(number))
        clock.advance(1)
    assert len(clock.scheduler) == 3
    assert clock.ran == 0


def test_records_expire_each_at_its_own_instant(clock, create):
    stream = create()
    [shard] = stream.open_shards
    for _ in range(10):
        put(stream)
        clock.advance(1)
    clock.advance(limits.DAY - 10)
    for left in range(9, -1, -1):
        assert len(shard.log) == left
        clock.advance(1)
    assert clock.ran == 10
    assert len(clock.scheduler) == 0


def test_records_of_one_instant_expire_in_one_event(clock, create):
    stream = create()
    for _ in range(1_000):
        put(stream)
    clock.advance(limits.DAY)
    assert clock.ran == 1


def test_a_new_retention_sets_new_deadlines(clock, create):
    stream = create()
    [shard] = stream.open_shards
    put(stream)
    stream.retain(2 * limits.DAY)
    clock.advance(limits.DAY)
    assert len(shard.log) == 1
    stream.retain(limits.DAY)
    assert len(shard.log) == 0
    assert len(clock.scheduler) == 0


def test_a_deleted_stream_leaves_no_timer(clock, create, registry):
    stream = create(2)
    for key in "ab":
        put(stream, key=key)
    registry.delete(stream, with_consumers=False)
    assert len(clock.scheduler) == 0
    with pytest.raises(ApiError):
        registry.get("clicks")


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("target", [1, 2, 3, 4, 7, 16])
def test_any_number_of_equal_shards_from_any_other(count, target, create, registry):
    stream = create(count)
    resharding.divide_equally(stream, target)
    new = create(target, "new")
    assert [(each.start, each.end) for each in stream.open_shards] == [
        (each.start, each.end) for each in new.open_shards
    ]


def test_every_key_has_one_open_shard_after_any_resharding(create):
    stream = create(2)
    resharding.split(stream, "shardId-0", "1000", free)
    resharding.merge(stream, "shardId-3", "shardId-1")
    resharding.scale(stream, 4, free)
    position = 0
    for shard in stream.open_shards:
        assert shard.start == position
        position = shard.end + 1
    assert position == HASH_KEYS


def test_doubling_splits_every_shard_in_the_middle(create):
    stream = create(3)
    resharding.double(stream)
    assert len(stream.open_shards) == 6
    assert [shard.shard_id[-1] for shard in stream.open_shards] == list("345678")


def test_a_batch_is_cut_by_count_and_by_size(clock, create):
    stream = create()
    [shard] = stream.open_shards
    for size in (3, 3, 3, 50, 3):
        put(stream, b"x" * size)
    sizes = [
        [len(record["Data"]) for record in reading.read(shard, position, count, clock.now(), maximum=9).records]
        for position, count in ((0, 2), (0, 9), (2, 9), (3, 9), (4, 9), (5, 9))
    ]
    assert sizes == [[3, 3], [3, 3, 3], [3], [50], [3], []]


def test_a_position_beyond_the_end_waits_there(clock, create):
    stream = create()
    [shard] = stream.open_shards
    batch = reading.read(shard, 7, 10, clock.now())
    assert (batch.records, batch.position, batch.behind, batch.at_end) == ([], 7, 0, False)


# ── subscriptions ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def subscribe(create):
    """A subscription to a stream's first shard; the stream."""

    def subscribe_to(stream, position=0):
        reader = stream.consumers.get("reader") or consumer.register(stream, "reader", {}, most=20)
        return Subscription(reader, stream.open_shards[0], position)

    return subscribe_to


def event(pending):
    return pending.result()["SubscribeToShardEvent"]


def test_the_first_event_is_there_at_once(create, subscribe):
    stream = create()
    pending = subscribe(stream).next()
    assert pending.done
    assert event(pending)["Records"] == []


def test_a_record_answers_who_waits(clock, create, subscribe):
    stream = create()
    subscription = subscribe(stream)
    subscription.next()
    waiting = subscription.next()
    assert not waiting.done
    assert subscription.next() is waiting
    clock.advance(1_000)
    put(stream, b"1")
    assert [record["Data"] for record in event(waiting)["Records"]] == [b"1"]


def test_nothing_is_left_behind_by_a_subscription_that_ended(clock, create, subscribe):
    stream = create()
    subscription = subscribe(stream)
    count = 0
    while True:
        pending = subscription.next()
        if not pending.done:
            clock.advance(5_000)
        if pending.result() is None:
            break
        count += 1
    assert count == 60
    assert clock.now() - BEGIN == 300_000
    assert stream.open_shards[0].waiters == {}
    assert len(clock.scheduler) == 0
    assert subscription.next().result() is None


def test_closing_answers_who_waits(create, subscribe):
    stream = create()
    subscription = subscribe(stream)
    subscription.next()
    waiting = subscription.next()
    subscription.close()
    assert waiting.done
    assert waiting.result() is None


def test_a_closed_shard_ends_it(create, subscribe):
    stream = create()
    subscription = subscribe(stream)
    subscription.next()
    waiting = subscription.next()
    resharding.split(stream, "shardId-0", "1000", free)
    assert [child["ShardId"][-1] for child in event(waiting)["ChildShards"]] == ["1", "2"]
    assert subscription.next().result() is None
    assert not subscription.active


def test_a_full_pipe_delays_events(clock, create, subscribe, registry):
    registry.world.metered = True
    stream = create()
    for _ in range(4):
        put(stream, b"x" * (limits.MIB - 3))
        clock.advance(1_000)
    subscription = subscribe(stream)
    began = clock.now()
    assert len(event(subscription.next())["Records"]) == 2
    waiting = subscription.next()
    put(stream, b"y" * 9)
    assert not waiting.done
    clock.advance(1_000)
    assert len(event(waiting)["Records"]) == 2
    assert clock.now() - began == 1_000


def test_a_full_pipe_delays_what_is_written_meanwhile(clock, create, subscribe, registry):
    registry.world.metered = True
    stream = create()
    put(stream, b"x" * (limits.MIB - 3))
    subscription = subscribe(stream)
    subscription.next()
    waiting = subscription.next()
    clock.advance(100)
    put(stream, b"y", key="k")
    assert not waiting.done
    clock.advance(400)
    assert [record["Data"] for record in event(waiting)["Records"]] == [b"y"]
