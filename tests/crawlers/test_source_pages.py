"""Each source has its page in docs/sources, and what the pages show is right."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from config import Source
from crawlers.catalogue import check_source, find_spiders

PAGES = Path(__file__).resolve().parents[2] / "docs" / "sources"
BESIDE = {"README", "import", "left-out", "voices"}
"""Pages that are about no single spider."""


def examples():
    """(page, number of the block, its configuration) of every TOML block."""
    for path in sorted(PAGES.glob("*.md")):
        for number, block in enumerate(
            re.findall(r"^ *```toml\n(.*?)^ *```", path.read_text("utf-8"), re.DOTALL | re.MULTILINE)
        ):
            yield pytest.param(block, id=f"{path.stem}-{number}")


def test_every_source_has_a_page_and_every_page_a_source():
    assert {path.stem for path in PAGES.glob("*.md")} - BESIDE == set(find_spiders())


@pytest.mark.parametrize("block", [*examples()])
def test_an_example_is_a_configuration_that_its_source_takes(block):
    spiders, sources = find_spiders(), tomllib.loads(block).get("sources", {})
    common = {"enabled", "requests_a_day"}
    for name, options in sources.items():
        kept = {key: value for key, value in options.items() if key not in common}
        assert check_source(Source(name=name, options=kept), spiders) == []


@pytest.mark.parametrize("name", sorted(find_spiders()))
def test_a_page_says_what_it_sees_costs_and_needs_and_shows_an_example(name):
    page = (PAGES / f"{name}.md").read_text("utf-8")
    assert f"[sources.{name}]" in page
    for word in ("see", "cost", "key", "terms", "kept"):
        assert re.search(word, page, re.IGNORECASE), word
