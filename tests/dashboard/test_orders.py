"""What was asked before, or is asked meanwhile, changes no page: much is kept between questions, and nothing for the wrong one."""

from __future__ import annotations

import random
import sys
import threading

import pytest
from planted_store import NOW, plant_store, planted_config

from dashboard.app import keep_pages, make_page
from store import fact_shelf

WINDOWS = ("week", "4w", "12w", "52w", "all")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Each address with its page, made when nothing had been asked before."""
    config = planted_config(tmp_path_factory.mktemp("orders"))
    plant_store(config)
    kept = keep_pages(config, lambda: NOW)
    kept.changes.close()
    asked = [
        (path, (("brand", brand.id), ("last", last)))
        for path in ("/", "/compare")
        for brand in config.brands
        for last in WINDOWS
    ]
    asked += [(path, (("last", last),)) for path in ("/trend", "/service", "/coverage") for last in WINDOWS]
    made = {}
    for address in dict.fromkeys([*kept.standing, *asked]):
        forget_all()
        made[address] = make_page(config, *address, NOW)
    return config, made


def forget_all() -> None:
    """As in a process that has just begun."""
    fact_shelf.shelves.clear()
    fact_shelf.checked.clear()


def find_other(pages, order) -> list[object]:
    """The addresses of an order whose page is another one than that which was made first."""
    config, made = pages
    return [address for address in order if make_page(config, *address, NOW) != made[address]]


@pytest.mark.parametrize("seed", range(3))
def test_no_page_hangs_on_what_was_asked_before(pages, seed):
    order = list(pages[1])
    random.Random(seed).shuffle(order)
    forget_all()
    assert find_other(pages, order) == []


def test_competitors_of_a_window_are_not_those_of_all_time(pages):
    for last in WINDOWS[:-1]:
        forget_all()
        assert (
            find_other(pages, [("/compare", (("last", "all"),)), ("/compare", (("brand", "tamarind"), ("last", last)))]) == []
        )


@pytest.fixture
def impatient():
    """Threads take turns a thousand times as often."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


def test_pages_that_are_made_at_once_are_those_that_are_made_alone(pages, impatient):
    other: list[object] = []
    for turn in range(4):
        forget_all()
        orders = [random.Random(f"{turn} {number}").sample(list(pages[1]), 8) for number in range(3)]
        threads = [threading.Thread(target=lambda order=order: other.extend(find_other(pages, order))) for order in orders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert other == []
