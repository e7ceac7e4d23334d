"""The lists that views show."""

import pytest

from pytest_cloudfakes.sequences import FrozenList


@pytest.mark.parametrize("items", [[], [1], [1, 2]])
def test_it_equals_lists_and_tuples_of_the_same_items(items):
    frozen = FrozenList(items)
    assert frozen == items
    assert items == frozen
    assert frozen == tuple(items)
    assert tuple(items) == frozen
    assert frozen == FrozenList(items)
    assert not frozen != items  # noqa: SIM202 - `!=` is what is tested
    assert hash(frozen) == hash(tuple(items))


@pytest.mark.parametrize("other", [[], [2], [1, 2], (2,), {1}, 1, None, "1"])
def test_it_equals_nothing_else(other):
    assert FrozenList([1]) != other
    assert other != FrozenList([1])


def test_it_looks_like_a_list():
    assert repr(FrozenList([1, "a"])) == "[1, 'a']"
    assert repr(FrozenList()) == "[]"


def test_a_part_of_it_is_one_too():
    frozen = FrozenList("abc")
    assert frozen[1:] == ["b", "c"]
    assert frozen[0] == "a"
    assert repr(frozen[:1]) == "['a']"


def test_it_cant_be_changed():
    frozen = FrozenList("a")
    with pytest.raises(TypeError):
        frozen[0] = "b"
    assert not hasattr(frozen, "append")
