"""Sources that users ask for and do not get say why, where they are configured and on their page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config import Problem, load_config
from crawlers.catalogue import LEFT_OUT, check_sources, find_spiders

ROOT = Path(__file__).resolve().parents[2]
REASONS = {
    "yelp": "its terms forbid keeping reviews",
    "tripadvisor": "its terms let only ids be stored",
    "bbb": "its terms allow personal, non-commercial use only",
    "g2": "its terms forbid automated access",
    "capterra": "its terms forbid automated access",
    "complaintsboard": "nothing verified says that it may be read automatically",
    "pissedconsumer": "nothing verified says that it may be read automatically",
    "sitejabber": "nothing verified says that it may be read automatically",
}


def problems(folder: Path, *names: str) -> list[Problem]:
    """What is wrong with a configuration that has these sources."""
    brand = '[[brands]]\nid = "acme"\nname = "Acme"\nquery = "acme"\n'
    tables = "".join(f'[sources."{name}"]\n' for name in names)
    (folder / "config.toml").write_text(f'[repute]\ndatabase = "repute.db"\n{brand}{tables}')
    return check_sources(load_config(folder / "config.toml"))


def test_each_says_why_and_what_to_do_instead(tmp_path):
    assert problems(tmp_path, *REASONS) == [
        Problem(
            f"sources.{name}",
            f"is left out on purpose: {reason}. "
            + (
                "Read them there"
                if name in ("yelp", "tripadvisor")
                else "Export the reviews there and bring them in with `repute import`"
            ),
        )
        for name, reason in REASONS.items()
    ]


@pytest.mark.parametrize("spelled", ["Yelp", "trip_advisor", "Trip-Advisor", "pissed_consumer"])
def test_other_spellings_are_known_too(tmp_path, spelled):
    (problem,) = problems(tmp_path, spelled)
    assert problem.message.startswith("is left out on purpose: ")


def test_what_is_left_out_is_no_source_and_no_other_name_is(tmp_path):
    assert LEFT_OUT.keys() & find_spiders().keys() == set()
    (problem,) = problems(tmp_path, "hackernewz")
    assert problem.message == "is not a source; did you mean hackernews?"


def test_the_page_explains_every_one_with_its_reason():
    page = (ROOT / "docs" / "sources" / "left-out.md").read_text("utf-8")
    explained = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+?) \|", page, re.MULTILINE))
    assert explained.items() >= REASONS.items()
