"""Memory that was taken ahead is there: what answers are made in needs no page of the kernel."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from dashboard import memory
from dashboard.memory import find_ahead

MEGABYTE = 1 << 20


def count_faults(store, *, ahead):
    """Pages that the kernel hands over while a fresh process fills 40 columns of a megabyte and keeps them."""
    program = """
        import sys
        from pathlib import Path
        import numpy as np
        from dashboard.memory import Ahead, count_faults, settle
        settle()
        ahead = Ahead(Path(sys.argv[1]))
        for taken in map(int, sys.argv[2].split()):
            assert ahead.top_up() == taken << 20, taken
        before = count_faults()
        kept = [np.ones(1 << 17) for _ in range(40)]
        print(count_faults() - before)
        if sys.argv[2]:
            assert ahead.top_up() == 0
            more = [np.ones(1 << 17) for _ in range(80)]
            assert ahead.top_up() == 100 << 20
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(store), "100 0" if ahead else ""]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mallopt is glibc's")
def test_what_was_taken_ahead_is_not_asked_for_again_and_is_topped_up_once_it_is_used_up(tmp_path):
    store = tmp_path / "store.db"
    with store.open("wb") as file:
        file.truncate(500 * MEGABYTE)
    assert count_faults(store, ahead=False) > 9000
    assert count_faults(store, ahead=True) < 500


@pytest.mark.parametrize(
    ("weight", "machine", "most"), [(50, 1000, 10), (50_000, 1000, 1000 / 32), (10**6, 10**6, 10**6 / 32), (0, 1000, 0)]
)
def test_a_fifth_of_the_store_is_taken_ahead_within_what_the_machine_has(tmp_path, monkeypatch, weight, machine, most):
    store = tmp_path / "store.db"
    with store.open("wb") as file:
        file.truncate(weight * MEGABYTE)
    monkeypatch.setattr(memory.os, "sysconf", {"SC_PAGE_SIZE": MEGABYTE, "SC_PHYS_PAGES": machine}.__getitem__)
    assert find_ahead(store) == int(most * MEGABYTE)


def test_of_no_store_nothing_is_taken(tmp_path):
    assert find_ahead(tmp_path / "none.db") == 0
