"""`fake_kinesis`: arranging streams, and the way to the views of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, cast

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.exceptions import CloudFakesError
from pytest_cloudfakes.sequences import FrozenList
from pytest_cloudfakes.services.kinesis import resharding
from pytest_cloudfakes.services.kinesis.errors import InternalFailure, ReadThroughputExceeded, ThroughputExceeded
from pytest_cloudfakes.services.kinesis.limits import Quotas
from pytest_cloudfakes.services.kinesis.shard import shard_id, shard_index
from pytest_cloudfakes.services.kinesis.stream import ON_DEMAND, Stream
from pytest_cloudfakes.services.kinesis.views import QueueView, StreamView, queue_view
from pytest_cloudfakes.services.kinesis.writing import Refusal

if TYPE_CHECKING:
    from pytest_cloudfakes.cloud import FakeCloud
    from pytest_cloudfakes.services.kinesis.operations import Kinesis
    from pytest_cloudfakes.services.kinesis.registry import Registry

_PUT_RECORDS = 500


class KinesisHandle:
    """Kinesis Data Streams in the test's cloud: arrange streams and look into them."""

    def __init__(self, cloud: FakeCloud) -> None:
        self._cloud = cloud
        self._client: Any = None

    @property
    def client(self) -> Any:
        """A botocore client of the cloud's account and region."""
        if self._client is None:
            self._client = self._cloud.client("kinesis")
        return self._client

    @property
    def quotas(self) -> Quotas:
        """Quotas that can be made small for a test, such as `fake_kinesis.quotas.shards = 5`."""
        return self._service(None, None).registry.quotas

    def stream(self, name: str, *, account: str | None = None, region: str | None = None) -> StreamView:
        """A stream by its name.

        It is that of the cloud's own account and region, if there is one, else the only one of that name; of several
        say the account or the region. Errors: CloudFakesError.
        """
        return StreamView(self._stream(name, account, region), self._cloud)

    @property
    def streams(self) -> FrozenList[StreamView]:
        """The streams of all accounts and regions."""
        return FrozenList(StreamView(stream, self._cloud) for each in self._registries() for stream in each)

    def queue(self, name: str, *, account: str | None = None, region: str | None = None) -> QueueView:
        """A queue of a stream at this instant. Errors: CloudFakesError."""
        with self._cloud.lock:
            self._cloud.clock.now()
            registry = self._service(account, region).registry
            found = registry.queues.find(name)
            if found is None:
                there = ", ".join(queue.name for queue in registry.queues) or "none"
                raise CloudFakesError(f"There is no queue {name!r} of a stream. Queues there: {there}.")
            return queue_view(found)

    def create_stream(self, name: str, shards: int | None = 1, **parameters: Any) -> StreamView:
        """Create a stream with so many shards; an on-demand one with None.

        parameters: further members of CreateStream, such as MaxRecordSizeInKiB=10240.
        """
        if shards is None:
            parameters.setdefault("StreamModeDetails", {"StreamMode": "ON_DEMAND"})
        else:
            parameters["ShardCount"] = shards
        self.client.create_stream(StreamName=name, **parameters)
        return self.stream(name)

    def put_many(
        self, stream: str, records: Iterable[bytes | str | tuple[str, bytes | str]], *, partition_key: str = "key"
    ) -> list[str]:
        """Write records in batches of 500; their sequence numbers. A pair is a partition key and its data."""
        if isinstance(records, (str, bytes)):
            raise CloudFakesError(f"records is a list, such as [{records!r}], not a single one.")
        numbers: list[str] = []
        for batch in _batches(records, _PUT_RECORDS):
            entries = [
                {"PartitionKey": key, "Data": data}
                for key, data in (each if _is_pair(each) else (partition_key, each) for each in batch)
            ]
            answer = self.client.put_records(StreamName=stream, Records=entries)
            for outcome in answer["Records"]:
                if "ErrorCode" in outcome:
                    raise CloudFakesError(f"{outcome['ErrorCode']}: {outcome['ErrorMessage']}")
                numbers.append(outcome["SequenceNumber"])
        return numbers

    def grow(self, stream: str) -> None:
        """Split every open shard of an on-demand stream in the middle, as AWS does when its traffic has doubled."""
        found = self._stream(stream, None, None)
        if found.mode != ON_DEMAND:
            raise CloudFakesError(f"{stream} is provisioned; split its shards, or call update_shard_count.")
        with self._cloud.lock:
            self._cloud.clock.now()
            resharding.double(found)

    def throttle_writes(self, stream: str, records: int = 1, *, shard: str | None = None) -> None:
        """Let the next records be refused with ProvisionedThroughputExceededException, of any shard or of one.

        PutRecord fails with it, an entry of PutRecords alone.
        """
        self._refuse(stream, "write", ThroughputExceeded, records, shard)

    def fail_writes(self, stream: str, records: int = 1, *, shard: str | None = None) -> None:
        """Let the next records be refused with InternalFailure, of any shard or of one."""
        self._refuse(stream, "write", InternalFailure, records, shard)

    def throttle_reads(self, stream: str, calls: int = 1, *, shard: str | None = None) -> None:
        """Let the next calls of GetRecords be refused with ProvisionedThroughputExceededException."""
        self._refuse(stream, "read", ReadThroughputExceeded, calls, shard)

    def _refuse(
        self, name: str, kind: Literal["write", "read"], error: type[ApiError], count: int, shard: str | None
    ) -> None:
        if not isinstance(count, int) or count < 1:
            raise CloudFakesError("What is to be refused is 1 or more.")
        stream = self._stream(name, None, None)
        index = None if shard is None else shard_index(str(shard))
        if shard is not None and index not in stream.shards:
            there = ", ".join(map(shard_id, islice(stream.shards, 20))) or "none"
            raise CloudFakesError(f"{name} has no shard {shard!r}. Shards there: {there}.")
        stream.refusals.append(Refusal(kind, error, count, index))

    def _stream(self, name: str, account: str | None, region: str | None) -> Stream:
        if not isinstance(name, str) or ":" in name:
            raise CloudFakesError(f"A stream is looked up by its name, such as 'clicks', not by {name!r}.")
        options = self._cloud.options
        home = (account or options.account, region or options.region)
        with self._cloud.lock:
            self._cloud.clock.now()
            worlds = [(each.world.account, each.world.region, each) for each in self._registries()]
            found = {(at, of): stream for at, of, each in worlds if (stream := each.find(name)) is not None}
        found = {at: stream for at, stream in found.items() if account in {None, at[0]} and region in {None, at[1]}}
        stream = found.get(home) or (next(iter(found.values())) if len(found) == 1 else None)
        if stream is not None:
            return stream
        where = f"There is no stream {name!r} in account {home[0]}, {home[1]}"
        if found:
            others = " and ".join(f"account {at[0]}, {at[1]}" for at in found)
            raise CloudFakesError(f"{where}, but in {others}: say which, as in stream({name!r}, region=...).")
        there = ", ".join(islice(self._service(*home).registry.names_after(None), 20)) or "none"
        raise CloudFakesError(f"{where}. Streams there: {there}.")

    def _registries(self) -> Iterable[Registry]:
        return [service.registry for service in cast("Iterable[Kinesis]", self._cloud.services("kinesis"))]

    def _service(self, account: str | None, region: str | None) -> Kinesis:
        options = self._cloud.options
        return cast("Kinesis", self._cloud.service("kinesis", account or options.account, region or options.region))

    def __repr__(self) -> str:
        return f"<fake_kinesis: {', '.join(map(repr, self.streams)) or 'no streams'}>"


def _is_pair(record: Any) -> bool:
    # What is neither a pair nor data is for botocore to refuse, with its usual words.
    return isinstance(record, tuple) and len(record) == 2


def _batches(items: Iterable[Any], size: int) -> Iterator[Sequence[Any]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
