"""A stream through splits, merges, scaling and time, held against lists of records by shard."""

import datetime

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pytest_cloudfakes import FakeCloud
from pytest_cloudfakes.api import ApiCall, ApiError, Caller

CALLER = Caller("123456789012")
DAY = 24 * 3_600_000
LAST_KEY = 2**128 - 1
KEYS = st.sampled_from(["a", "b", "c", "d", "e", "1", "partitionKey"])


class ModelRecord:
    def __init__(self, data, key, arrived, number):
        self.data = data
        self.key = key
        self.arrived = arrived
        self.number = number


class Stream(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.cloud = FakeCloud(start=datetime.datetime(2026, 1, 31, tzinfo=datetime.timezone.utc))
        self.cloud.clock.hold()
        self.call("CreateStream", StreamName="s", ShardCount=2)
        self.model = {0: [], 1: []}
        self.parents = {0: (), 1: ()}
        self.closed = {}
        self.written = 0
        self.retention = DAY
        self.readers = []

    # ── the stream ───────────────────────────────────────────────────────────────────────────────────────────────

    def call(self, operation, **parameters):
        if operation not in {"CreateStream", "GetRecords"}:
            parameters["StreamName"] = "s"
        call = ApiCall("kinesis", operation, parameters, caller=CALLER, region="us-east-1", request_id="r")
        return self.cloud.call(call)

    def try_to(self, operation, **parameters):
        """The answer, and the code of the error if there is one."""
        try:
            return self.call(operation, **parameters), None
        except ApiError as error:
            return None, error.code

    def shards(self):
        return self.call("ListShards")["Shards"]

    def open_shards(self):
        found = self.call("ListShards", ShardFilter={"Type": "AT_LATEST"})["Shards"]
        return sorted(found, key=lambda shard: int(shard["HashKeyRange"]["StartingHashKey"]))

    def iterator(self, shard, kind, **parameters):
        answer = self.call("GetShardIterator", ShardId=f"shardId-{shard:012}", ShardIteratorType=kind, **parameters)
        return answer["ShardIterator"]

    def read(self, shard, kind="TRIM_HORIZON", **parameters):
        answer = self.call("GetRecords", ShardIterator=self.iterator(shard, kind, **parameters))
        return [record["Data"] for record in answer["Records"]]

    @property
    def now(self):
        return self.cloud.clock.now()

    def expire(self):
        horizon = self.now - self.retention
        for records in self.model.values():
            records[:] = [record for record in records if record.arrived > horizon]
        for shard, closed in list(self.closed.items()):
            if closed <= horizon:
                del self.closed[shard], self.model[shard]

    def notice_resharding(self):
        """Take over what the stream says of its shards; the invariants hold it against the rules."""
        for shard in self.shards():
            index = int(shard["ShardId"][8:])
            if index not in self.model:
                self.model[index] = []
                names = (shard.get("ParentShardId"), shard.get("AdjacentParentShardId"))
                self.parents[index] = tuple(int(name[8:]) for name in names if name is not None)
            if "EndingSequenceNumber" in shard["SequenceNumberRange"]:
                self.closed.setdefault(index, self.now)

    # ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(key=KEYS, explicit=st.none() | st.integers(0, LAST_KEY))
    def put(self, key, explicit):
        self.written += 1
        data = b"%d" % self.written
        hash_key = {} if explicit is None else {"ExplicitHashKey": str(explicit)}
        answer = self.call("PutRecord", Data=data, PartitionKey=key, **hash_key)
        shard = int(answer["ShardId"][8:])
        assert shard not in self.closed
        self.model[shard].append(ModelRecord(data, key, self.now, int(answer["SequenceNumber"])))

    @rule(keys=st.lists(KEYS, min_size=1, max_size=5))
    def put_many(self, keys):
        records = []
        for key in keys:
            self.written += 1
            records.append({"Data": b"%d" % self.written, "PartitionKey": key})
        answer = self.call("PutRecords", Records=records)
        for record, outcome in zip(records, answer["Records"], strict=True):
            shard, number = int(outcome["ShardId"][8:]), int(outcome["SequenceNumber"])
            self.model[shard].append(ModelRecord(record["Data"], record["PartitionKey"], self.now, number))

    @rule(choice=st.integers(0, 100), part=st.fractions(0, 1))
    def split(self, choice, part):
        shards = self.open_shards()
        shard = shards[choice % len(shards)]
        start, end = (int(shard["HashKeyRange"][name]) for name in ("StartingHashKey", "EndingHashKey"))
        key = start + int((end - start) * part)
        allowed = start + 1 < key < end
        _, error = self.try_to("SplitShard", ShardToSplit=shard["ShardId"], NewStartingHashKey=str(key))
        assert error == (None if allowed else "InvalidArgumentException")
        self.notice_resharding()

    @precondition(lambda self: len(self.open_shards()) > 1)
    @rule(choice=st.integers(0, 100))
    def merge(self, choice):
        shards = self.open_shards()
        place = choice % (len(shards) - 1)
        self.call(
            "MergeShards",
            ShardToMerge=shards[place]["ShardId"],
            AdjacentShardToMerge=shards[place + 1]["ShardId"],
        )
        self.notice_resharding()

    @rule(wanted=st.integers(1, 12))
    def scale(self, wanted):
        count = len(self.open_shards())
        allowed = count / 2 <= wanted <= 2 * count
        _, error = self.try_to("UpdateShardCount", TargetShardCount=wanted, ScalingType="UNIFORM_SCALING")
        assert error == (None if allowed else "LimitExceededException")
        if allowed:
            self.notice_resharding()
            starts = [int(shard["HashKeyRange"]["StartingHashKey"]) for shard in self.open_shards()]
            assert starts == [number * ((LAST_KEY + 1) // wanted) for number in range(wanted)]

    @rule(milliseconds=st.sampled_from([1, 250, 60_000, DAY // 3, DAY - 1, DAY]))
    def wait(self, milliseconds):
        self.cloud.clock.advance(milliseconds / 1_000)
        self.expire()

    @rule(hours=st.sampled_from([24, 36, 48]))
    def retain(self, hours):
        longer = hours * 3_600_000 >= self.retention
        operation = "IncreaseStreamRetentionPeriod" if longer else "DecreaseStreamRetentionPeriod"
        self.call(operation, RetentionPeriodHours=hours)
        self.retention = hours * 3_600_000
        self.expire()

    @rule(choice=st.integers(0, 100))
    def begin_to_read(self, choice):
        shard = list(self.model)[choice % len(self.model)]
        self.readers.append([shard, self.iterator(shard, "TRIM_HORIZON"), self.now, 0])

    @precondition(lambda self: self.readers)
    @rule(choice=st.integers(0, 100), limit=st.integers(1, 5))
    def go_on_reading(self, choice, limit):
        place = choice % len(self.readers)
        shard, iterator, given, last = self.readers.pop(place)
        answer, error = self.try_to("GetRecords", ShardIterator=iterator, Limit=limit)
        if answer is None:
            expired = self.now > given + 300_000
            assert error == ("ExpiredIteratorException" if expired else "ResourceNotFoundException")
            assert expired or shard not in self.model
            return
        assert self.now <= given + 300_000
        expected = [record for record in self.model[shard] if record.number > last][:limit]
        assert [record["Data"] for record in answer["Records"]] == [record.data for record in expected]
        last = expected[-1].number if expected else last
        left = any(record.number > last for record in self.model[shard])
        if shard in self.closed and not left:
            assert "NextShardIterator" not in answer
            children = {index for index, parents in self.parents.items() if shard in parents}
            assert {int(child["ShardId"][8:]) for child in answer["ChildShards"]} == children
        else:
            assert (answer["MillisBehindLatest"] == 0) or left
            self.readers.append([shard, answer["NextShardIterator"], self.now, last])

    @precondition(lambda self: any(self.model.values()))
    @rule(choice=st.integers(0, 100), place=st.integers(0, 100), offset=st.integers(-2, 2))
    def find(self, choice, place, offset):
        """Every kind of begin, at a record and around it."""
        shard, records = [each for each in self.model.items() if each[1]][choice % sum(map(bool, self.model.values()))]
        place %= len(records)
        number, data = str(records[place].number), [record.data for record in records]
        assert self.read(shard, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=number) == data[place:]
        assert self.read(shard, "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=number) == data[place + 1 :]
        instant = min(records[place].arrived + offset, self.now)
        moment = datetime.datetime.fromtimestamp(instant / 1000, datetime.timezone.utc)
        later = [record.data for record in records if record.arrived >= instant]
        assert self.read(shard, "AT_TIMESTAMP", Timestamp=moment) == later
        assert self.read(shard, "LATEST") == []

    # ── what always holds ────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def open_shards_cover_the_key_space(self):
        position = 0
        for shard in self.open_shards():
            assert int(shard["HashKeyRange"]["StartingHashKey"]) == position
            position = int(shard["HashKeyRange"]["EndingHashKey"]) + 1
        assert position == LAST_KEY + 1

    @invariant()
    def nothing_is_lost_or_doubled(self):
        assert [int(shard["ShardId"][8:]) for shard in self.shards()] == sorted(self.model)
        for shard, records in self.model.items():
            assert self.read(shard) == [record.data for record in records]

    @invariant()
    def records_of_a_key_are_in_order_from_parents_to_children(self):
        """Unless an explicit hash key took one elsewhere, which the numbers of a lineage tell."""
        for shard, records in self.model.items():
            numbers = [record.number for record in records]
            assert numbers == sorted(set(numbers))
            for parent in self.parents[shard]:
                before = self.model.get(parent, ())
                assert not records or not before or before[-1].number < records[0].number


Stream.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestStream = Stream.TestCase
