"""End to end, with the shipped model: what is said of one brand is not counted for another."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from config import load_config
from crawlers.naming import find_names
from sentiment.classifier import Classifier
from sentiment.tagging import TagReport, tag_mentions
from store.authors import load_secret
from store.database import open_database, open_vectors
from store.records import MatchedMention, Mention
from store.saving import Author, save_mentions
from trends.attributes import answer_attributes
from trends.hot_buttons import answer_hot_buttons
from trends.overview import answer_overview
from trends.windows import all_time

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = "2026-09-01T00:00:00Z"
BOTH = ("tamarind", "nimblecart")


@pytest.fixture
def config(tmp_path):
    return dataclasses.replace(load_config(ROOT / "config.toml", {}), database=tmp_path / "repute.db")


@pytest.fixture
def tag(config, encoder):
    """Store texts with the brands that they matched, tag them, and open the store."""
    classifier = Classifier(encoder, config.topics, config.attributes)
    db, vectors = open_database(config.database), open_vectors(config.database)

    def write(*texts, matched=BOTH, brands=config.brands):
        batch = [
            MatchedMention(
                mention=Mention(source="s", site="x", external_id=text, text=text, author_id=text, published=NOW,
                                published_precision="second"),
                brands=tuple((brand, brand) for brand in matched),
            )
            for text in texts
        ]  # fmt: skip
        save_mentions(db, batch, author=Author(load_secret(config.database)), now=NOW)
        return db, tag_mentions(db, vectors, classifier, names=find_names(brands))

    yield write
    db.close()
    vectors.close()


def moods(db, config, brand):
    """(positive, neutral, negative) mentions of a brand."""
    net = answer_overview(db, config, window=whole(config), brand=brand).figures.net
    return net.positive, net.neutral, net.negative


def whole(config):
    return all_time(now="2026-10-05T08:00:00Z", zone=config.time_zone)


def ledger(db, config, brand, attribute):
    """(confirmed, contested) mentions of an attribute of a brand."""
    rows = answer_attributes(db, config, window=whole(config), brand=brand).rows
    own = next(row.own for row in rows if row.attribute == attribute)
    return own.confirmed.mentions, own.contested.mentions


def test_better_than_a_competitor_is_praise_for_one_and_not_for_the_other(tag, config):
    db, _ = tag("Tamarind is so much better than Nimblecart")
    assert [moods(db, config, brand) for brand in BOTH] == [(1, 0, 0), (0, 0, 1)]


def test_faster_than_a_competitor_confirms_for_one_and_contests_for_the_other(tag, config):
    db, _ = tag("Tamarind delivers much faster than Nimblecart, every order arrives quickly.")
    assert [ledger(db, config, brand, "fast") for brand in BOTH] == [(1, 0), (0, 1)]


def test_a_sentence_that_turns_gives_each_brand_its_own_half(tag, config):
    db, _ = tag("Nimblecart's drivers are rude, Tamarind's are lovely.")
    assert [moods(db, config, brand) for brand in BOTH] == [(1, 0, 0), (0, 0, 1)]
    (_, contested), (confirmed, _) = (ledger(db, config, brand, "friendly") for brand in BOTH)
    assert (contested, confirmed) == (0, 0)


def test_an_attribute_is_confirmed_for_one_and_contested_for_the_other_in_one_sentence(tag, config):
    db, _ = tag("Nimblecart's staff are rude and unhelpful, Tamarind's are friendly and kind.")
    assert [ledger(db, config, brand, "friendly") for brand in BOTH] == [(1, 0), (0, 1)]


def test_a_complaint_about_a_competitor_is_no_hot_button_of_ours(tag, config):
    db, _ = tag("Nimblecart never refunded me, I waited three weeks for my money and nobody answers. Tamarind is great.")
    counts = [answer_hot_buttons(db, config, window=whole(config), brand=brand).complaints for brand in BOTH]
    assert counts == [0, 1]


def test_a_competitor_that_the_query_missed_does_not_hand_its_sentence_over(tag, config):
    db, _ = tag("Nimblecart lost my order and nobody answered. Tamarind is lovely.", matched=("tamarind",))
    assert moods(db, config, "tamarind") == (1, 0, 0)
    assert answer_hot_buttons(db, config, window=whole(config)).complaints == 0


def test_other_names_are_answered_from_what_is_stored(tag, config):
    text = "Nimblecart lost my order and nobody answered. Tamarind is lovely."
    _, first = tag(text, brands=config.brands[:1])
    db, again = tag(text)
    assert (first, again) == (TagReport(read=1, recalled=0), TagReport(read=0, recalled=1))
    assert [moods(db, config, brand) for brand in BOTH] == [(1, 0, 0), (0, 0, 1)]
    assert tag(text)[1] == TagReport(read=0, recalled=0)


def test_a_reworded_topic_leaves_whose_sentence_it_is(tag, config, encoder):
    db, _ = tag("Nimblecart never refunded me, I waited three weeks for my money. Tamarind is great.")
    before = [tuple(row) for row in db.execute("select * from targets")]
    reworded = [dataclasses.replace(topic, description=f"{topic.description} Or so.") for topic in config.topics]
    classifier = Classifier(encoder, reworded, config.attributes)
    report = tag_mentions(db, open_vectors(config.database), classifier, names=find_names(config.brands))
    assert report == TagReport(read=0, recalled=1)
    assert [tuple(row) for row in db.execute("select * from targets")] == before
    assert len(before) == 2


def test_brands_that_are_named_no_more_leave_nothing_behind(tag, config):
    text = "Tamarind is so much better than Nimblecart"
    db, _ = tag(text)
    db, report = tag(text, brands=())
    assert (report, db["targets"].count) == (TagReport(read=0, recalled=1), 0)
