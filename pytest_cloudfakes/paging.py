"""Pages of an ordered collection, and the opaque tokens that continue them.

A page starts *after* a key, never at a count. So what is added or removed between two pages neither repeats nor
hides an entry that was there all the time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
Key = TypeVar("Key", str, int, tuple[Any, ...])


class InvalidToken(ValueError):
    """A token that this cloud didn't give out, or gave out for another request; each service has its own error."""


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some items, and the token that continues after them; None where nothing follows."""

    items: list[Item]
    next_token: str | None


def page(
    items: Sequence[Item],
    token: str | None,
    limit: int,
    *,
    key: Callable[[Item], Key],
    request: object = (),
) -> Page[Item]:
    """Up to `limit` items after where `token` stopped; `items` are sorted by `key`, which is unique.

    request: what must stay the same between two pages (the other parameters, the caller). O(log n + limit).
    Errors: InvalidToken.
    """
    start = 0 if token is None else bisect_right(items, read_token(token, request), key=key)
    found = items[start : start + limit]
    more = start + limit < len(items)
    return Page(list(found), make_token(key(found[-1]), request) if more and found else None)


def page_of_keys(
    keys_after: Callable[[Key | None], Iterable[Key]], token: str | None, limit: int, *, request: object = ()
) -> Page[Key]:
    """Up to `limit` keys after where `token` stopped.

    keys_after: the keys in order, those after the given one only, as `irange` of sortedcontainers finds them.
    request: what must stay the same between two pages. Errors: InvalidToken.
    """
    found = list(islice(keys_after(None if token is None else read_token(token, request)), limit + 1))
    more = len(found) > limit
    del found[limit:]
    return Page(found, make_token(found[-1], request) if more and found else None)


def make_token(position: object, request: object = ()) -> str:
    """A token that carries a position (JSON's values and tuples of them) and knows the request it belongs to."""
    text = json.dumps([_digest(request), position], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode()


def read_token(token: str, request: object = ()) -> Any:
    """The position in a token of the same request; lists come back as tuples. Errors: InvalidToken."""
    try:
        digest, position = json.loads(base64.b64decode(token.encode("ascii"), b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise InvalidToken(token) from None
    if digest != _digest(request):
        raise InvalidToken(token)
    return _frozen(position)


def _digest(request: object) -> str:
    """A request's short fingerprint, the same in every process."""
    return hashlib.blake2b(repr(request).encode(), digest_size=6).hexdigest()


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
