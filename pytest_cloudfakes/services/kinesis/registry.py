"""The streams of one account in one region: their names, how they come and go, and what the account may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sortedcontainers import SortedDict

from pytest_cloudfakes.services.kinesis import limits, tags
from pytest_cloudfakes.services.kinesis.account import BillingCommitment
from pytest_cloudfakes.services.kinesis.errors import (
    InvalidArgument,
    LimitExceeded,
    ResourceNotFound,
    StreamExists,
    StreamHasConsumers,
    StreamHasQueues,
    ValidationException,
)
from pytest_cloudfakes.services.kinesis.limits import Quotas
from pytest_cloudfakes.services.kinesis.queues import Queues
from pytest_cloudfakes.services.kinesis.stream import (
    AUTO,
    CREATING,
    DELETING,
    ON_DEMAND,
    PROVISIONED,
    USER_PARTITION_KEY,
    Stream,
)
from pytest_cloudfakes.services.kinesis.throughput import Window
from pytest_cloudfakes.services.kinesis.world import World


class Registry:
    """Streams by name."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.quotas = Quotas.of(world.region)
        self.commitment = BillingCommitment(world)
        self.queues = Queues(self)
        self.iterators = 0
        """How many were given out."""
        self._streams: SortedDict[str, Stream] = SortedDict()
        self._generation = 0
        self._rates: dict[tuple[str, str], Window] = {}

    def __iter__(self) -> Iterator[Stream]:
        return iter(list(self._streams.values()))

    def names_after(self, name: str | None) -> Iterator[str]:
        """The names that come after one, in order."""
        streams = self._streams
        return streams.irange() if name is None else streams.irange(name, inclusive=(False, True))  # type: ignore[no-any-return]

    def find(self, name: str) -> Stream | None:
        """A stream by its name."""
        return self._streams.get(name)  # type: ignore[no-any-return]

    def get(self, name: str) -> Stream:
        """A stream by its name. Errors: ResourceNotFoundException."""
        found = self._streams.get(name)
        if found is None:
            raise ResourceNotFound(stream=name, account=self.world.account)
        return found  # type: ignore[no-any-return]

    def next_iterator(self) -> int:
        """A number for an iterator."""
        self.iterators += 1
        return self.iterators

    # ── streams come and go ──────────────────────────────────────────────────────────────────────────────────────

    def create(
        self,
        name: str,
        *,
        shards: int | None,
        mode: str | None,
        given_tags: Mapping[str, str],
        warm: int | None,
        record_kib: int,
        strategy: str | None,
    ) -> None:
        """CreateStream. Errors: ResourceInUse-, LimitExceeded-, InvalidArgument-, ValidationException."""
        if mode is None:
            # A stream of which nothing but the name was said got four shards. Recorded from AWS (2022).
            mode = ON_DEMAND if shards is None else PROVISIONED
        self._check_shape(name, shards, mode, warm, strategy)
        tags.check(given_tags, tags.STREAM_SIGNS)
        if name in self._streams:
            raise StreamExists(stream=name, account=self.world.account)
        count = limits.ON_DEMAND_SHARDS if shards is None else shards
        self._check_quotas(mode, count)
        self._generation += 1
        stream = Stream(name, self.world, self._generation, mode=mode)
        tags.add(stream.tags, given_tags, stream=name, account=self.world.account)
        stream.maximum_record = record_kib * limits.KIB
        stream.strategy = strategy or USER_PARTITION_KEY
        stream.warm_target = stream.warm = warm or 0
        self._streams[name] = stream
        stream.begin(CREATING, limits.CREATION_TAKES, "the stream is ACTIVE", lambda: stream.open_first_shards(count))

    def delete(self, stream: Stream, *, with_consumers: bool) -> None:
        """DeleteStream, in whatever state. Errors: ResourceInUseException."""
        if stream.status == DELETING:
            stream.require_active()
        if stream.queue_count:
            raise stream.error(StreamHasQueues)
        if stream.consumers and not with_consumers:
            raise stream.error(StreamHasConsumers, arn=stream.arn)
        stream.begin(DELETING, limits.DELETION_TAKES, "the stream is deleted", lambda: self._remove(stream))

    def _remove(self, stream: Stream) -> None:
        self._streams.pop(stream.name, None)
        for consumer in list(stream.consumers.values()):
            consumer.close()
        stream.close()

    def _check_shape(self, name: str, shards: int | None, mode: str, warm: int | None, strategy: str | None) -> None:
        """Which parameters go together. Texts unseen but that for on-demand streams, which CloudFormation shows."""
        if mode == PROVISIONED and shards is None:
            raise ValidationException(f"ShardCount must be given for stream {name} in PROVISIONED mode.")
        if mode == ON_DEMAND and shards is not None:
            raise ValidationException("ShardCount is not expected when StreamMode=ON_DEMAND")
        if mode == PROVISIONED and strategy == AUTO:
            raise InvalidArgument("RecordDistributionStrategy AUTO is supported for ON_DEMAND streams only.")
        if warm:
            self.check_warm(mode, warm)

    def check_warm(self, mode: str, warm: int) -> None:
        """Whether a stream may have warm throughput. Errors: Validation- and LimitExceededException. Texts unseen.

        Source: model, UpdateStreamWarmThroughput.
        """
        if mode != ON_DEMAND:
            raise ValidationException("Warm throughput is supported for ON_DEMAND streams only.")
        if not self.commitment.in_force:
            raise ValidationException(
                "Warm throughput is supported only if MinimumThroughputBillingCommitment is enabled for the account "
                f"{self.world.account}."
            )
        if warm > limits.MAXIMUM_WARM_MIBPS:
            raise LimitExceeded(f"Warm throughput can't be more than {limits.MAXIMUM_WARM_MIBPS} MiBps.")

    # ── quotas ───────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def open_shard_count(self) -> int:
        """The open shards that count against the quota: those of provisioned streams."""
        return sum(len(stream.open_shards) for stream in self if stream.mode == PROVISIONED)

    @property
    def on_demand_count(self) -> int:
        """The on-demand streams."""
        return sum(stream.mode == ON_DEMAND for stream in self)

    def check_shards(self, more: int) -> None:
        """Whether there may be so many more open shards. Errors: LimitExceededException."""
        if more <= 0:
            return
        count = self.open_shard_count
        if count + more > self.quotas.shards:
            raise LimitExceeded(
                f"This request would exceed the shard limit for the account {self.world.account} in "
                f"{self.world.region}. Current shard count for the account: {count}. Limit: {self.quotas.shards}. "
                f"Number of additional shards that would have resulted from this request: {more}. Refer to the AWS "
                "Service Limits page (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for "
                "current limits and how to request higher limits."
            )

    def check_on_demand(self) -> None:
        """Whether there may be one more on-demand stream. Errors: LimitExceededException. Text unseen."""
        if self.on_demand_count >= self.quotas.on_demand_streams:
            raise LimitExceeded(
                f"This request would exceed the on-demand stream limit for the account {self.world.account} in "
                f"{self.world.region}. Limit: {self.quotas.on_demand_streams}."
            )

    def _check_quotas(self, mode: str, count: int) -> None:
        if sum(stream.status == CREATING for stream in self) >= limits.STREAMS_IN_CREATION:
            # The two blanks are AWS's.
            raise LimitExceeded(
                "This request would have exceed the limit on the number  of streams that can simultaneously be in "
                f"CREATING or DELETING for the account {self.world.account}. Limit: {limits.STREAMS_IN_CREATION}."
            )
        if mode == ON_DEMAND:
            self.check_on_demand()
        else:
            self.check_shards(count)

    @property
    def most_consumers(self) -> int:
        """How many consumers and queues a stream may have, by the account's setting."""
        return limits.MAXIMUM_CONSUMERS_ADVANTAGE if self.commitment.in_force else limits.MAXIMUM_CONSUMERS

    def count_call(self, operation: str, stream: str | None) -> None:
        """Count a call of an operation whose rate is limited.

        Errors: LimitExceededException. Text for accounts unseen.
        """
        per_account = limits.PER_ACCOUNT.get(operation)
        calls = per_account or (limits.PER_STREAM.get(operation) if stream is not None else None)
        if calls is None:
            return
        key = (operation, "" if per_account else stream or "")
        window = self._rates.get(key)
        if window is None:
            window = self._rates[key] = Window(calls)
        if not window.admits(self.world.clock.now()):
            if per_account or stream is None:
                raise LimitExceeded(f"Rate exceeded for account {self.world.account}.")
            raise LimitExceeded(stream=stream, account=self.world.account)
