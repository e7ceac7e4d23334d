"""Pages of the lists of SNS: a hundred rows, where a request can't ask for less."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from sortedcontainers import SortedDict

from pytest_cloudfakes.paging import InvalidToken, make_token, read_token
from pytest_cloudfakes.services.sns.errors import InvalidParameter
from pytest_cloudfakes.services.sns.limits import PAGE


def page(
    rows: Mapping[str, Any], token: str | None, *, request: object, limit: int = PAGE, name: str = "NextToken"
) -> tuple[list[str], dict[str, str]]:
    """Keys of a page, and the token for the next where there is more.

    request: what must stay the same between two pages. Errors: InvalidParameter for the token (text unseen).
    """
    ordered = rows if isinstance(rows, SortedDict) else SortedDict(rows)
    try:
        after = None if token is None else read_token(token, request)
    except InvalidToken:
        raise InvalidParameter(name=name) from None
    keys = list(islice(ordered.irange(after, inclusive=(False, True)), limit + 1))
    if len(keys) <= limit:
        return keys, {}
    keys.pop()
    return keys, {name: make_token(keys[-1], request)}
