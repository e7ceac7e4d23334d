"""Sequence numbers: their form, taken apart and put together."""

import pytest

from pytest_cloudfakes.services.kinesis import sequence
from pytest_cloudfakes.services.kinesis.sequence import LAST_INDEX, base, compose, index_of, parse


@pytest.mark.parametrize("shard", [0, 1, 15, 16, 17, 2_000_000_000])
@pytest.mark.parametrize("running", [0, 1, 2, 12_345, LAST_INDEX])
def test_a_number_says_what_it_was_made_of(shard, running):
    text = compose(base(1_700_000_000, shard), running, 1_700_000_100)
    assert len(text) == 56
    assert parse(text) == (1_700_000_000, shard, running, 1_700_000_100)


@pytest.mark.parametrize("text", ["", "0", "x", "12", "9" * 56, "9" * 200, "-5", "١٢"])
def test_other_texts_say_nothing(text):
    assert parse(text) is None


def test_a_number_that_contradicts_itself_says_nothing():
    number = int(compose(base(1_700_000_000, 3), 2, 1_700_000_000))
    assert parse(str(number)) is not None
    for shift in (0, 72, 144, 184):
        assert parse(str(number + (1 << shift))) is None


def test_records_and_the_places_between_them():
    common = base(1_700_000_000, 0)
    numbers = [parse(compose(common, running, 1_700_000_000)) for running in range(7)]
    assert [number.is_record for number in numbers] == [False, False, True, False, True, False, True]
    assert [number.position for number in numbers] == [0, 0, 0, 1, 1, 2, 2]
    assert [index_of(position) for position in range(3)] == [2, 4, 6]


def test_the_running_index_outweighs_the_time():
    common = base(1_700_000_000, 0)
    assert int(compose(common, 2, 2_000_000_000)) < int(compose(common, 3, 1_700_000_000))


def test_the_end_is_beyond_all_records():
    common = base(1_700_000_000, 7)
    end = parse(compose(common, sequence.LAST_INDEX, 1_700_000_000))
    assert not end.is_record
