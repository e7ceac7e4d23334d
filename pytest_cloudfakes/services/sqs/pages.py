"""Pages of names: ListQueues and ListDeadLetterSourceQueues."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pytest_cloudfakes.paging import InvalidToken, page_of_keys
from pytest_cloudfakes.services.sqs.errors import InvalidParameterValue
from pytest_cloudfakes.services.sqs.limits import MAXIMUM_LIST_RESULTS


def page(
    names_after: Callable[[str | None], Iterator[str]], count: int | None, token: str | None, *, request: object
) -> tuple[list[str], dict[str, str]]:
    """One page and, where a count was asked for and there is more, the token for the next.

    request: what must stay the same between two pages. Errors: InvalidParameterValue for the count or the token.
    """
    if count is not None and not 1 <= count <= MAXIMUM_LIST_RESULTS:
        reason = f"MaxResults must be an integer between 1 and {MAXIMUM_LIST_RESULTS}."
        raise InvalidParameterValue(value=count, name="MaxResults", reason=reason)
    try:
        found = page_of_keys(names_after, token, count or MAXIMUM_LIST_RESULTS, request=request)
    except InvalidToken:
        raise InvalidParameterValue("Invalid or expired next token.") from None
    return found.items, {"NextToken": found.next_token} if count and found.next_token else {}
