"""Streams and their settings: how they come, change and go."""

from __future__ import annotations

from typing import Any

from pytest_cloudfakes.api import ApiCall, operation
from pytest_cloudfakes.services.kinesis import answers, limits, listing
from pytest_cloudfakes.services.kinesis.errors import InvalidArgument, StreamHasQueues, ValidationException
from pytest_cloudfakes.services.kinesis.facade import Answer, Facade
from pytest_cloudfakes.services.kinesis.listing import page
from pytest_cloudfakes.services.kinesis.stream import AUTO, METRICS, ON_DEMAND, Stream


class StreamOperations(Facade):
    """Everything about streams but their shards, records, tags and policies."""

    @operation
    def create_stream(
        self,
        call: ApiCall,
        *,
        StreamName: str,
        ShardCount: int | None = None,
        StreamModeDetails: Answer | None = None,
        Tags: dict[str, str] | None = None,
        WarmThroughputMiBps: int | None = None,
        MaxRecordSizeInKiB: int = limits.DEFAULT_RECORD_KIB,
        RecordDistributionStrategy: str | None = None,
    ) -> None:
        """Create a stream, on-demand or with a number of shards.

        Errors: ResourceInUse-, LimitExceeded-, InvalidArgument-, ValidationException.
        """
        self.registry.create(
            StreamName,
            shards=ShardCount,
            mode=StreamModeDetails["StreamMode"] if StreamModeDetails is not None else None,
            given_tags=Tags or {},
            warm=WarmThroughputMiBps,
            record_kib=MaxRecordSizeInKiB,
            strategy=RecordDistributionStrategy,
        )

    @operation
    def delete_stream(
        self,
        call: ApiCall,
        *,
        StreamName: str | None = None,
        EnforceConsumerDeletion: bool = False,
        StreamARN: str | None = None,
        StreamId: str | None = None,
    ) -> None:
        """Delete a stream with its records, and its consumers if so told.

        Errors: ResourceNotFound-, ResourceInUseException.
        """
        stream = self.access.stream(call, StreamName, StreamARN)
        self.access.registry_of(stream).delete(stream, with_consumers=EnforceConsumerDeletion)

    @operation
    def describe_stream(
        self,
        call: ApiCall,
        *,
        StreamName: str | None = None,
        Limit: int = limits.MAXIMUM_SHARDS_DESCRIBED,
        ExclusiveStartShardId: str | None = None,
        StreamARN: str | None = None,
        StreamId: str | None = None,
    ) -> Answer:
        """Describe a stream with up to a hundred of its shards."""
        stream = self.access.stream(call, StreamName, StreamARN)
        after = listing.start_after(stream, ExclusiveStartShardId)
        shards, more = page(stream.shards_after(after), min(Limit, limits.MAXIMUM_SHARDS_DESCRIBED))
        shown: Answer = {"Shards": [answers.shard(shard) for shard in shards], "HasMoreShards": more}
        return {"StreamDescription": answers.stream(stream) | shown}

    @operation
    def describe_stream_summary(
        self,
        call: ApiCall,
        *,
        StreamName: str | None = None,
        StreamARN: str | None = None,
        StreamId: str | None = None,
    ) -> Answer:
        """Describe a stream without its shards."""
        stream = self.access.stream(call, StreamName, StreamARN)
        commitment = self.access.registry_of(stream).commitment
        found = answers.stream_summary(stream, advantage=commitment.in_force)
        known = self.members_of(call, "StreamDescriptionSummary")
        return {"StreamDescriptionSummary": {name: value for name, value in found.items() if name in known}}

    @operation
    def list_streams(
        self,
        call: ApiCall,
        *,
        Limit: int = limits.MAXIMUM_STREAMS_LISTED,
        ExclusiveStartStreamName: str | None = None,
        NextToken: str | None = None,
    ) -> Answer:
        """List the streams of the account in the region, by name.

        Errors: InvalidArgument-, ExpiredNextTokenException.
        """
        now = self.clock.now()
        after = ExclusiveStartStreamName
        if NextToken is not None:
            after = listing.read("ListStreams", NextToken, now)
        names, more = page(self.registry.names_after(after), min(Limit, limits.MAXIMUM_STREAMS_LISTED))
        answer: Answer = {
            "StreamNames": names,
            "HasMoreStreams": more,
            "StreamSummaries": [answers.listed_stream(self.registry.get(name)) for name in names],
        }
        if more:
            answer["NextToken"] = listing.token("ListStreams", names[-1], now)
        return answer

    # ── retention, record size, mode, throughput, distribution ───────────────────────────────────────────────────

    @operation
    def increase_stream_retention_period(
        self,
        call: ApiCall,
        *,
        RetentionPeriodHours: int,
        StreamName: str | None = None,
        StreamARN: str | None = None,
        StreamId: str | None = None,
    ) -> None:
        """Keep records for longer; those that are already gone stay so.

        Units: hours, 24 to 8,760. Errors: InvalidArgument-, ResourceInUse-, ResourceNotFoundException.
        """
        stream = self.access.stream(call, StreamName, StreamARN)
        _retain(stream, RetentionPeriodHours, "shorter", "Decrease")

    @operation
    def decrease_stream_retention_period(
        self,
        call: ApiCall,
        *,
        RetentionPeriodHours: int,
        StreamName: str | None = None,
        StreamARN: str | None = None,
        StreamId: str | None = None,
    ) -> None:
        """Keep records for less long; those that are older are gone at once.

        Units: hours, 24 to 8,760. Errors: InvalidArgument-, ResourceInUse-, ResourceNotFoundException.
        """
        stream = self.access.stream(call, StreamName, StreamARN)
        _retain(stream, RetentionPeriodHours, "longer", "Increase")

    @operation
    def update_max_record_size(
        self, call: ApiCall, *, MaxRecordSizeInKiB: int, StreamARN: str | None = None, StreamId: str | None = None
    ) -> None:
        """Change how large a record may be. Units: KiB, 1,024 to 10,240.

        Errors: ResourceInUse-, ValidationException.
        """
        stream = self.access.stream(call, None, StreamARN)
        size = MaxRecordSizeInKiB * limits.KIB
        stream.update("the record size is changed", lambda: setattr(stream, "maximum_record", size))

    @operation
    def update_stream_mode(
        self,
        call: ApiCall,
        *,
        StreamARN: str,
        StreamModeDetails: Answer,
        WarmThroughputMiBps: int | None = None,
        StreamId: str | None = None,
    ) -> None:
        """Switch between on-demand and provisioned; the shards stay what they are.

        Errors: ResourceInUse-, LimitExceeded-, ValidationException.
        """
        stream = self.access.stream(call, None, StreamARN)
        registry = self.access.registry_of(stream)
        mode: str = StreamModeDetails["StreamMode"]
        stream.require_active()
        if WarmThroughputMiBps:
            registry.check_warm(mode, WarmThroughputMiBps)
        if mode != ON_DEMAND and stream.queue_count:
            raise stream.error(StreamHasQueues)
        if mode == ON_DEMAND and stream.mode != ON_DEMAND:
            registry.check_on_demand()
        elif mode != ON_DEMAND and stream.mode == ON_DEMAND:
            registry.check_shards(len(stream.open_shards))
        stream.count_daily("UpdateStreamMode", limits.MODE_UPDATES)

        def finish() -> None:
            stream.mode = mode
            stream.warm_target = stream.warm = WarmThroughputMiBps or 0
            if mode != ON_DEMAND:
                stream.strategy = "USER_PARTITION_KEY"

        stream.update(f"the stream is {mode}", finish)

    @operation
    def update_stream_record_distribution_strategy(
        self, call: ApiCall, *, StreamARN: str, RecordDistributionStrategy: str, StreamId: str | None = None
    ) -> None:
        """Say who chooses a record's shard, the producer or Kinesis; from the next record on.

        Errors: InvalidArgument-, ResourceInUseException.
        """
        stream = self.access.stream(call, None, StreamARN)
        stream.require_active()
        if stream.mode != ON_DEMAND and RecordDistributionStrategy == AUTO:
            # Text unseen.
            raise InvalidArgument("RecordDistributionStrategy AUTO is supported for ON_DEMAND streams only.")
        stream.strategy = RecordDistributionStrategy

    @operation
    def update_stream_warm_throughput(
        self,
        call: ApiCall,
        *,
        WarmThroughputMiBps: int,
        StreamARN: str | None = None,
        StreamName: str | None = None,
        StreamId: str | None = None,
    ) -> Answer:
        """Say for how much an on-demand stream is to be ready at once. Errors: ResourceInUse-, ValidationException."""
        stream = self.access.stream(call, StreamName, StreamARN)
        registry = self.access.registry_of(stream)
        stream.require_active()
        registry.check_warm(stream.mode, WarmThroughputMiBps)
        stream.warm_target = WarmThroughputMiBps
        stream.update("the warm throughput is there", lambda: setattr(stream, "warm", WarmThroughputMiBps))
        return {
            "StreamARN": stream.arn,
            "StreamName": stream.name,
            "WarmThroughput": answers.warm_throughput(stream),
        }

    # ── encryption and monitoring ────────────────────────────────────────────────────────────────────────────────

    @operation
    def start_stream_encryption(
        self,
        call: ApiCall,
        *,
        EncryptionType: str,
        KeyId: str,
        StreamName: str | None = None,
        StreamARN: str | None = None,
        StreamId: str | None = None,
    ) -> None:
        """Encrypt the records that come from now on.

        Errors: InvalidArgument-, LimitExceeded-, ResourceInUseException.
        """
        stream = self._to_encrypt(call, StreamName, StreamARN, EncryptionType)
        if stream.key_id != KeyId:
            stream.count_daily("StartStreamEncryption", limits.ENCRYPTION_UPDATES)
        stream.update("records are encrypted", lambda: stream.encrypt(KeyId))

    @operation
    def stop_stream_encryption(
        self,
        call: ApiCall,
        *,
        EncryptionType: str,
        KeyId: str,
        StreamName: str | None = None,
        StreamARN: str | None = None,
        StreamId: str | None = None,
    ) -> None:
        """Encrypt no more records. Errors: InvalidArgument-, LimitExceeded-, ResourceInUseException."""
        stream = self._to_encrypt(call, StreamName, StreamARN, EncryptionType)
        stream.count_daily("StopStreamEncryption", limits.ENCRYPTION_UPDATES)
        stream.update("records are no longer encrypted", lambda: stream.encrypt(None))

    def _to_encrypt(self, call: ApiCall, name: str | None, arn: str | None, kind: str) -> Stream:
        if kind != "KMS":
            # Text unseen. Source: model, StartStreamEncryption ("the only valid value is KMS").
            raise InvalidArgument(f"EncryptionType {kind} is not valid; it must be KMS.")
        stream = self.access.stream(call, name, arn)
        stream.require_active()
        return stream

    @operation
    def enable_enhanced_monitoring(
        self,
        call: ApiCall,
        *,
        ShardLevelMetrics: list[str],
        StreamName: str | None = None,
        StreamARN: str | None = None,
        StreamId: str | None = None,
    ) -> Answer:
        """Switch metrics of shards on, and show which were and which are.

        Errors: ResourceInUse-, ResourceNotFoundException.
        """
        stream = self.access.stream(call, StreamName, StreamARN)
        return _monitor(stream, set(stream.metrics) | _expanded(ShardLevelMetrics))

    @operation
    def disable_enhanced_monitoring(
        self,
        call: ApiCall,
        *,
        ShardLevelMetrics: list[str],
        StreamName: str | None = None,
        StreamARN: str | None = None,
        StreamId: str | None = None,
    ) -> Answer:
        """Switch metrics of shards off, and show which were and which are.

        Errors: ResourceInUse-, ResourceNotFoundException.
        """
        stream = self.access.stream(call, StreamName, StreamARN)
        return _monitor(stream, set(stream.metrics) - _expanded(ShardLevelMetrics))

    # ── the account ──────────────────────────────────────────────────────────────────────────────────────────────

    @operation
    def describe_limits(self, call: ApiCall) -> Answer:
        """How many shards and on-demand streams the account may have here, and has."""
        registry = self.registry
        return {
            "ShardLimit": registry.quotas.shards,
            "OpenShardCount": registry.open_shard_count,
            "OnDemandStreamCount": registry.on_demand_count,
            "OnDemandStreamCountLimit": registry.quotas.on_demand_streams,
        }

    @operation
    def describe_account_settings(self, call: ApiCall) -> Answer:
        """Whether the account has committed itself to a minimum of throughput."""
        return answers.commitment(self.registry.commitment)

    @operation
    def update_account_settings(self, call: ApiCall, *, MinimumThroughputBillingCommitment: dict[str, Any]) -> Answer:
        """Commit the account to a minimum of throughput for a day at least, or end that."""
        self.registry.commitment.ask(MinimumThroughputBillingCommitment["Status"])
        return answers.commitment(self.registry.commitment)


def _retain(stream: Stream, hours: int, forbidden: str, other: str) -> None:
    """Set the retention period, which must not become shorter (or longer). Texts observed of the service (2020)."""
    if hours < limits.MINIMUM_RETENTION_HOURS:
        raise InvalidArgument(
            f"Minimum allowed retention period is {limits.MINIMUM_RETENTION_HOURS} hours. Requested retention period "
            f"({hours} hours) is too short."
        )
    if hours > limits.MAXIMUM_RETENTION_HOURS:
        # Text unseen.
        raise InvalidArgument(
            f"Maximum allowed retention period is {limits.MAXIMUM_RETENTION_HOURS} hours. Requested retention period "
            f"({hours} hours) is too long."
        )
    stream.require_active()
    now = stream.retention // limits.HOUR
    if (hours < now) if forbidden == "shorter" else (hours > now):
        raise InvalidArgument(
            f"Requested retention period ({hours} hours) for stream {stream.name} can not be {forbidden} than existing "
            f"retention period ({now} hours). Use {other}RetentionPeriod API."
        )
    stream.update(f"records are kept for {hours} hours", lambda: stream.retain(hours * limits.HOUR))


def _expanded(names: list[str]) -> set[str]:
    return set(METRICS) if "ALL" in names else set(names)


def _monitor(stream: Stream, wanted: set[str]) -> Answer:
    before = stream.metrics
    after = tuple(name for name in METRICS if name in wanted)
    stream.update("the metrics are changed", lambda: setattr(stream, "metrics", after))
    return {
        "StreamName": stream.name,
        "CurrentShardLevelMetrics": list(before),
        "DesiredShardLevelMetrics": list(after),
        "StreamARN": stream.arn,
    }


def require_provisioned(stream: Stream) -> None:
    """Shards of an on-demand stream are AWS's affair. Errors: ValidationException; text unseen."""
    if stream.mode == ON_DEMAND:
        raise ValidationException(
            f"Stream {stream.name} under account {stream.world.account} is in ON_DEMAND mode, in which its shards "
            "can't be changed."
        )
