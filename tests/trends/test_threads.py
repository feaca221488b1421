"""The same work for several brands at once comes back in order, and an error is not lost."""

from __future__ import annotations

import threading

import pytest

from trends import threads
from trends.threads import map_at_once


@pytest.fixture
def cores(monkeypatch):
    """Have as many cores as a test says, whatever the machine has."""

    def have(count):
        monkeypatch.setattr(threads, "count_cores", lambda: count)
        threads.start_threads.cache_clear()

    yield have
    threads.start_threads.cache_clear()


@pytest.mark.parametrize("count", [1, 2, 8])
def test_what_is_made_comes_in_the_order_of_what_was_given(cores, count):
    cores(count)
    assert map_at_once(lambda one: one * one, range(20)) == [one * one for one in range(20)]
    assert map_at_once(str, []) == []


def test_two_are_at_work_at_the_same_time_where_there_are_two_cores(cores):
    cores(2)
    met = threading.Barrier(2, timeout=30)
    assert sorted(map_at_once(lambda _: met.wait(), range(2))) == [0, 1]


def test_one_core_makes_one_after_the_other(cores):
    cores(1)
    assert set(map_at_once(lambda _: threading.current_thread().name, range(3))) == {threading.current_thread().name}


@pytest.mark.parametrize("count", [1, 2])
def test_an_error_comes_out(cores, count):
    cores(count)
    with pytest.raises(ZeroDivisionError):
        map_at_once(lambda one: 1 / one, [1, 0, 2])


def test_what_is_made_may_ask_for_the_same(cores):
    cores(2)
    assert map_at_once(lambda one: map_at_once(lambda two: one * two, range(4)), range(6)) == [
        [one * two for two in range(4)] for one in range(6)
    ]
