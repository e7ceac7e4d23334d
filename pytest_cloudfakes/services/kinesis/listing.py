"""Pages of shards, streams, consumers and queues: which are listed, and the tokens that continue a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from pytest_cloudfakes.api import to_millis
from pytest_cloudfakes.paging import InvalidToken, make_token, read_token
from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.kinesis import limits
from pytest_cloudfakes.services.kinesis.errors import ExpiredNextToken, InvalidArgument, ShardToChangeNotFound
from pytest_cloudfakes.services.kinesis.shard import Shard, shard_index
from pytest_cloudfakes.services.kinesis.stream import Stream

T = TypeVar("T")


class ShardFilter(NamedTuple):
    """Which shards ListShards is to list."""

    kind: str
    shard: str | None
    instant: Millis | None


def page(found: Iterable[T], count: int) -> tuple[list[T], bool]:
    """The first so many, and whether there are more."""
    taken = list(islice(found, count + 1))
    return taken[:count], len(taken) > count


def token(operation: str, position: object, now: Millis) -> str:
    """A token that continues a list of an operation, for five minutes."""
    return make_token([position, now], operation)


def read(operation: str, text: str, now: Millis) -> Any:
    """Where a token goes on. Errors: InvalidArgument- (text unseen), ExpiredNextTokenException."""
    try:
        position, made = read_token(text, operation)
    except InvalidToken:
        raise InvalidArgument("NextToken is invalid.") from None
    if now >= made + limits.TOKEN_LIFE:
        raise ExpiredNextToken
    return position


def parse_filter(given: dict[str, Any] | None) -> ShardFilter:
    """A filter that has what its type needs, and nothing else. Errors: InvalidArgumentException; texts unseen."""
    if given is None:
        return ShardFilter("FROM_TRIM_HORIZON", None, None)
    kind: str = given["Type"]
    for member, kinds in (("ShardId", {"AFTER_SHARD_ID"}), ("Timestamp", {"AT_TIMESTAMP", "FROM_TIMESTAMP"})):
        if (member in given) is not (kind in kinds):
            must = "must be" if kind in kinds else "cannot be"
            raise InvalidArgument(f"{member} {must} provided with a ShardFilter of type {kind}.")
    instant = given.get("Timestamp")
    return ShardFilter(kind, given.get("ShardId"), None if instant is None else to_millis(instant))


def wanted(stream: Stream, given: ShardFilter) -> Callable[[Shard], bool]:
    """Which shards a filter lets through. A shard lives from its creation until it is closed, both included."""
    if given.kind == "AT_LATEST":
        return lambda shard: shard.is_open
    if given.kind == "AT_TRIM_HORIZON":
        horizon = max(stream.horizon, stream.opened)
        return lambda shard: _was_open(shard, horizon)
    instant = given.instant or 0
    if given.kind == "AT_TIMESTAMP":
        return lambda shard: _was_open(shard, instant)
    if given.kind == "FROM_TIMESTAMP":
        since = max(instant, stream.horizon)
        return lambda shard: shard.closed is None or shard.closed >= since
    return lambda _: True


def _was_open(shard: Shard, instant: Millis) -> bool:
    return shard.created <= instant and (shard.closed is None or shard.closed >= instant)


def start_after(stream: Stream, name: str | None) -> int | None:
    """The index that a list begins after. Errors: ResourceNotFoundException for a name without one."""
    if name is None:
        return None
    index = shard_index(name)
    if index is None:
        raise stream.error(ShardToChangeNotFound, shard=name)
    return index
