"""The key space of 2^128 hash keys: where a partition key falls, and how equal shards divide it."""

from __future__ import annotations

from hashlib import md5

from pytest_cloudfakes.services.kinesis.errors import InvalidArgument
from pytest_cloudfakes.services.kinesis.limits import HASH_KEYS


def hash_key(partition_key: str) -> int:
    """The hash key of a partition key: the MD5 of its UTF-8, as an unsigned number."""
    return int.from_bytes(md5(partition_key.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest(), "big")


def explicit_hash_key(text: str) -> int:
    """A hash key that a producer names. Errors: InvalidArgumentException."""
    key = int(text)
    if key >= HASH_KEYS:
        raise InvalidArgument(
            f"Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {text}"
        )
    return key


def starts(count: int) -> list[int]:
    """The first hash keys of so many equal shards; the last shard takes what division leaves over."""
    width = HASH_KEYS // count
    return [number * width for number in range(count)]
