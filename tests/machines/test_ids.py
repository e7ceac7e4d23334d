"""The seeded source of identifiers."""

from __future__ import annotations

import re
import threading

from pytest_cloudfakes.ids import Ids


def test_a_uuid_is_one_of_version_4():
    ids = Ids(0)
    form = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert all(form.fullmatch(ids.uuid()) for _ in range(200))


def test_the_same_seed_gives_the_same_ids_in_the_same_order():
    def draw(ids):
        return ids.uuid(), ids.hex(7), ids.alphanumeric(12), ids.token(9), ids.bits(64)

    assert draw(Ids(7)) == draw(Ids(7))
    assert draw(Ids(7)) != draw(Ids(8))


def test_threads_that_draw_the_first_ids_draw_different_ones():
    for seed in range(30):
        ids, drawn, ready = Ids(seed), [], threading.Barrier(4)

        def draw(ids=ids, drawn=drawn, ready=ready):
            ready.wait(10)
            drawn.append(ids.uuid())

        threads = [threading.Thread(target=draw) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert len(set(drawn)) == 4


def test_forms_have_the_lengths_that_are_asked_for():
    ids = Ids(0)
    assert re.fullmatch(r"[0-9a-f]{32}", ids.hex(32))
    assert re.fullmatch(r"[a-z0-9]{20}", ids.alphanumeric(20))
    assert set(ids.alphanumeric(50, "AB")) == {"A", "B"}
    assert len(ids.token(9)) == 12
