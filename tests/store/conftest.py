from __future__ import annotations

from pathlib import Path

import pytest

from store.authors import load_secret
from store.database import open_database
from store.records import MatchedMention, Mention
from store.saving import Author


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "repute.db"


@pytest.fixture
def db(path: Path):
    db = open_database(path)
    yield db
    db.close()


@pytest.fixture
def author(path: Path) -> Author:
    return Author(load_secret(path))


@pytest.fixture
def mention():
    """Make a mention with sensible values, changed as asked."""

    def make(**changes) -> Mention:
        values = {
            "source": "reviews",
            "site": "trustyard",
            "external_id": "1",
            "url": "https://trustyard.example/1",
            "kind": "review",
            "title": "Late again",
            "text": "The milk came two hours late.",
            "rating": 2.0,
            "rating_best": 5.0,
            "author_id": "meera",
            "author_name": "Meera K.",
            "engagement": 3,
            "published": "2026-09-01T10:00:00Z",
            "published_precision": "second",
        }
        return Mention(**(values | changes))

    return make


@pytest.fixture
def matched(mention):
    def make(*brands: str, bands: tuple[int, ...] = (), **changes) -> MatchedMention:
        return MatchedMention(mention=mention(**changes), brands=tuple((brand, brand) for brand in brands), copy_bands=bands)

    return make
