"""Pages and the tokens that continue them."""

from __future__ import annotations

import base64
import contextlib
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sortedcontainers import SortedDict

from pytest_cloudfakes.paging import InvalidToken, make_token, page, page_of_keys, read_token

NAMES = st.lists(st.text("abcdef", min_size=1, max_size=4), unique=True).map(sorted)


def all_pages(names, limit):
    token, pages = None, []
    while True:
        found = page(names, token, limit, key=str)
        pages.append(found.items)
        token = found.next_token
        if token is None:
            return pages


@given(NAMES, st.integers(1, 5))
def test_pages_hold_everything_once_in_order(names, limit):
    pages = all_pages(names, limit)
    assert [name for found in pages for name in found] == names
    assert all(len(found) == limit for found in pages[:-1])


@given(NAMES, st.integers(1, 5))
def test_a_sorted_container_has_the_same_pages(names, limit):
    container = SortedDict.fromkeys(names)
    token = other = None
    while True:
        found = page(names, token, limit, key=str)
        same = page_of_keys(partial(container.irange, inclusive=(False, True)), other, limit)
        assert found == same
        token, other = found.next_token, same.next_token
        if token is None:
            return


def test_a_full_last_page_has_no_token():
    assert page(["a", "b"], None, 2, key=str).next_token is None
    assert page_of_keys(lambda _: "ab", None, 2).next_token is None


@given(NAMES.filter(lambda names: len(names) > 3), st.data())
def test_what_stays_is_seen_once_whatever_comes_and_goes(names, data):
    first = page(names, None, 2, key=str)
    gone = set(data.draw(st.lists(st.sampled_from(names))))
    changed = sorted((set(names) - gone) | set(data.draw(st.lists(st.text("abcdef", min_size=1, max_size=4)))))
    token, rest = first.next_token, []
    while token is not None:
        found = page(changed, token, 2, key=str)
        rest += found.items
        token = found.next_token
    seen = first.items + rest
    assert len(seen) == len(set(seen))
    assert set(names) - gone <= set(seen)


def test_the_entry_that_a_token_stopped_at_may_be_gone():
    token = page(["a", "b", "c"], None, 2, key=str).next_token
    assert page(["a", "c", "d"], token, 1, key=str).items == ["c"]


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3).map(tuple)))
def test_a_token_carries_any_position(position):
    assert read_token(make_token(position, ("r",)), ("r",)) == position


def test_a_token_belongs_to_its_request():
    token = make_token("b", ("ListQueues", "jobs"))
    assert read_token(token, ("ListQueues", "jobs")) == "b"
    with pytest.raises(InvalidToken):
        read_token(token, ("ListQueues", "mail"))


@pytest.mark.parametrize(
    "token", ["", "x", "é", "####", "AAAA", base64.b64encode(b"[1]").decode(), base64.b64encode(b"{}").decode()]
)
def test_what_is_no_token_is_refused(token):
    with pytest.raises(InvalidToken):
        page(["a"], token, 1, key=str)


@given(st.text() | st.binary().map(lambda octets: base64.urlsafe_b64encode(octets).decode()))
def test_any_text_is_a_token_or_refused(text):
    with contextlib.suppress(InvalidToken):
        read_token(text)


@given(NAMES.filter(bool), st.data())
def test_a_token_with_a_letter_changed_is_refused_or_still_a_position(names, data):
    token = make_token(names[0], "request")
    at = data.draw(st.integers(0, len(token) - 1))
    changed = token[:at] + data.draw(st.sampled_from("Aa0-_=")) + token[at + 1 :]
    with contextlib.suppress(InvalidToken):
        assert read_token(changed, "request") is not None


def test_a_page_of_a_large_collection_looks_at_few_keys():
    class Counted(str):
        __slots__ = ()
        compared = 0

        def __lt__(self, other):
            Counted.compared += 1
            return str.__lt__(self, other)

    names = [f"{n:06d}" for n in range(100_000)]
    token = make_token(Counted("050000"))
    page(names, token, 10, key=Counted)
    assert Counted.compared < 50
