"""Splitting and merging shards, alone and for a new number of equal ones.

Parents are closed and their children opened in one instant. All rules are checked when the call is made; nothing else
can happen to the shards until it is carried out, since the stream is UPDATING.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable

from pytest_cloudfakes.services.kinesis import hash_keys, limits
from pytest_cloudfakes.services.kinesis.errors import InvalidArgument, LimitExceeded, ShardToChangeNotFound
from pytest_cloudfakes.services.kinesis.shard import Shard, shard_index
from pytest_cloudfakes.services.kinesis.stream import Stream

CheckShardLimit = Callable[[int], None]
"""Errors: LimitExceededException, if so many more open shards would be too many."""


def split(stream: Stream, name: str, text: str, check_limit: CheckShardLimit) -> None:
    """SplitShard. Errors: ResourceNotFound-, ResourceInUse-, InvalidArgument-, LimitExceededException."""
    _check_form(stream, name)
    stream.require_active()
    shard = stream.shard(name, ShardToChangeNotFound)
    _check_open(stream, shard)
    key = int(text)
    if not shard.start + 1 < key < shard.end:
        raise InvalidArgument(
            f"NewStartingHashKey {text} used in SplitShard() on shard {shard.shard_id} in stream {stream.name} under "
            f"account {stream.world.account} is not both greater than one plus the shard's StartingHashKey "
            f"{shard.start} and less than the shard's EndingHashKey {shard.end}."
        )
    check_limit(1)

    def finish() -> None:
        _divide(stream, shard, key)
        stream.arrange()

    stream.update(f"{shard.shard_id} is split", finish, takes=limits.RESHARDING_TAKES)


def merge(stream: Stream, name: str, adjacent_name: str) -> None:
    """MergeShards. The lower shard is to be named first. Errors: as for `split`."""
    for each in (name, adjacent_name):
        _check_form(stream, each)
    stream.require_active()
    shards = [stream.shard(each, ShardToChangeNotFound) for each in (name, adjacent_name)]
    for shard in shards:
        _check_open(stream, shard)
    lower, upper = shards
    if lower.end + 1 != upper.start:
        raise InvalidArgument(
            f"Shards {lower.shard_id} and {upper.shard_id} in stream {stream.name} under account "
            f"{stream.world.account} are not an adjacent pair of shards eligible for merging"
        )

    def finish() -> None:
        _unite(stream, lower, upper)
        stream.arrange()

    stream.update(f"{lower.shard_id} and {upper.shard_id} are merged", finish, takes=limits.RESHARDING_TAKES)


def scale(stream: Stream, target: int, check_limit: CheckShardLimit) -> None:
    """UpdateShardCount. Errors: ResourceInUseException, LimitExceededException. The code is that of one source."""
    stream.require_active()
    current = len(stream.open_shards)
    counts = f"Current open shard count: {current}, Target shard count: {target}"
    if target > 2 * current:
        raise LimitExceeded(f"UpdateShardCount cannot scale up over double your current open shard count. {counts}")
    if 2 * target < current:
        raise LimitExceeded(f"UpdateShardCount cannot scale down below half your current open shard count. {counts}")
    most = limits.MAXIMUM_SHARDS_OF_A_STREAM
    if target > most or (current > most and target >= most):
        raise LimitExceeded(f"Target shard count or number of open shards cannot be greater than {most}. {counts}")
    check_limit(max(0, target - current))
    stream.count_daily("UpdateShardCount", limits.SHARD_COUNT_UPDATES)
    stream.update(
        f"the stream has {target} shards", lambda: divide_equally(stream, target), takes=limits.RESHARDING_TAKES
    )


def divide_equally(stream: Stream, target: int) -> None:
    """Split and merge until the open shards are those of a new stream with so many.

    First every shard is split at each boundary that falls inside it, upwards; then the pieces of one range are merged,
    left to right. AWS gets there by splits and merges too, in an order that it doesn't tell.
    """
    boundaries = hash_keys.starts(target)
    pieces: list[Shard] = []
    for shard in list(stream.open_shards):
        rest = shard
        for boundary in _inside(boundaries, shard):
            lower, rest = _divide(stream, rest, boundary)
            pieces.append(lower)
        pieces.append(rest)
    ends = [*(start - 1 for start in boundaries[1:]), limits.HASH_KEYS - 1]
    pieces.reverse()
    for end in ends:
        united = pieces.pop()
        while united.end < end:
            united = _unite(stream, united, pieces.pop())
    stream.arrange()


def double(stream: Stream) -> None:
    """Split every open shard in the middle, as an on-demand stream that grows does."""
    for shard in list(stream.open_shards):
        _divide(stream, shard, shard.start + (shard.end - shard.start + 1) // 2)
    stream.arrange()


def _inside(boundaries: list[int], shard: Shard) -> list[int]:
    return boundaries[bisect_right(boundaries, shard.start) : bisect_left(boundaries, shard.end + 1)]


def _divide(stream: Stream, shard: Shard, key: int) -> tuple[Shard, Shard]:
    now = stream.world.clock.now()
    stream.close_shard(shard, now)
    lower = stream.add_shard(shard.start, key - 1, now, parent=shard)
    upper = stream.add_shard(key, shard.end, now, parent=shard)
    return lower, upper


def _unite(stream: Stream, lower: Shard, upper: Shard) -> Shard:
    now = stream.world.clock.now()
    stream.close_shard(lower, now)
    stream.close_shard(upper, now)
    return stream.add_shard(lower.start, upper.end, now, parent=lower, adjacent_parent=upper)


def _check_form(stream: Stream, name: str) -> None:
    """Whatever the state of the stream, a name without an index is no shard's. Source: observed of the service."""
    if shard_index(name) is None:
        raise stream.error(ShardToChangeNotFound, shard=name)


def _check_open(stream: Stream, shard: Shard) -> None:
    """Errors: InvalidArgumentException. Text: logs of users of AWS."""
    if not shard.is_open:
        raise InvalidArgument(
            f"Shard {shard.shard_id} in stream {stream.name} under account {stream.world.account} has already been "
            "merged or split, and thus is not eligible for merging or splitting."
        )


def children(shard: Shard) -> list[dict[str, object]]:
    """The shards that a closed one became, as ChildShards shows them."""
    return [
        {
            "ShardId": child.shard_id,
            "ParentShards": [parent for parent in (child.parent, child.adjacent_parent) if parent is not None],
            "HashKeyRange": {"StartingHashKey": str(child.start), "EndingHashKey": str(child.end)},
        }
        for child in shard.children
    ]
