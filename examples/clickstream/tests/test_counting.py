"""Clicks are counted once each, whatever becomes of a consumer."""

from __future__ import annotations

import sqlite3

import pytest

from clickstream.checkpoints import Checkpoints
from clickstream.consumer import Consumer


def test_clicks_are_counted(producer, start, read_all, checkpoints):
    producer.send([("ada", "home"), ("bob", "home"), ("ada", "cart")])

    assert read_all(start()) == 3
    assert checkpoints.views() == {"cart": 1, "home": 2}


def test_the_next_consumer_goes_on_where_the_last_one_stopped(producer, start, read_all, checkpoints):
    producer.send([("ada", "home")])
    read_all(start())
    producer.send([("ada", "cart")])

    assert read_all(start()) == 1
    assert checkpoints.views() == {"cart": 1, "home": 1}


def test_what_was_read_and_not_counted_is_read_again(producer, start, read_all, checkpoints, monkeypatch):
    producer.send([("ada", "home")])
    crashed = start()
    with monkeypatch.context() as patch:
        patch.setattr(Checkpoints, "count", _crash)
        with pytest.raises(sqlite3.OperationalError):
            crashed.work()

    assert read_all(start()) == 1
    assert checkpoints.views() == {"home": 1}


def _crash(*_):
    raise sqlite3.OperationalError("disk I/O error")


def test_an_iterator_that_expired_is_replaced(producer, start, fake_clock, checkpoints):
    consumer = start()
    producer.send([("ada", "home")])
    assert consumer.work() == 1

    fake_clock.advance(300.001)
    producer.send([("ada", "cart")])
    assert consumer.work() == 1
    assert checkpoints.views() == {"cart": 1, "home": 1}


def test_checkpoints_outlive_the_process(producer, read_all, tmp_path):
    path = str(tmp_path / "clicks.sqlite3")
    producer.send([("ada", "home")])
    read_all(Consumer(Checkpoints(path)))

    assert read_all(Consumer(Checkpoints(path))) == 0
    assert Checkpoints(path).views() == {"home": 1}
