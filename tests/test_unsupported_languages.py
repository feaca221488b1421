"""From a text in a language that the classifier does not read well to every report: kept and counted, never guessed."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json

import pytest
from planted_store import NOW, ROOT
from rich.console import Console

from config import load_config
from dashboard.app import create_app
from notify.digest import compose_digest, html_of, text_of
from reporting.emerging import topics_table
from reporting.plain import as_plain
from reporting.tables import attributes_table, hot_buttons_table, mentions_table, overview_table
from sentiment.classifier import Classifier
from sentiment.encoder import Encoder
from sentiment.lines import classify_lines
from sentiment.tagging import TagReport, tag_mentions
from store.database import open_database, open_vectors, read_database
from store.records import MatchedMention, Mention
from store.saving import Author, save_mentions
from store.scope import Scope
from store.search import search_mentions
from trends.answers import Count
from trends.attributes import answer_attributes
from trends.hot_buttons import answer_hot_buttons
from trends.languages import say_unsupported
from trends.overview import answer_overview
from trends.topic_list import answer_topics
from trends.windows import last_full_week

FINNISH = (
    "Tamarind toimitti tilauksen kolme päivää myöhässä eikä kukaan vastaa puhelimeen.",
    "Tamarind on todella huono. En suosittele kenellekään.",
)
JAPANESE = "タマリンドの配達は三日も遅れました。とても残念です。"
ENGLISH = (
    "Tamarind delivered three days late, nobody answers the phone.",
    "My refund from Tamarind never arrived, terrible.",
    "Tamarind is the best shop in town, I love it!",
    "Tamarind's driver was very kind and quick.",
    "The Tamarind app crashes when I pay, awful.",
    "Tamarind is fine.",
)
SENTENCE = (
    "3 of 9 mentions are in languages that the classifier does not read well enough to count (Finnish 2, Japanese 1): they are "
    "among the mentions, not in the shares of sentiment, complaints, topics and attributes."
)


@pytest.fixture(scope="module")
def encoder():
    return Encoder.load(threads=1)


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    return dataclasses.replace(load_config(ROOT / "config.toml", {}), database=tmp_path_factory.mktemp("store") / "repute.db")


@pytest.fixture(scope="module")
def report(config, encoder):
    with contextlib.closing(open_database(config.database)) as db, contextlib.closing(open_vectors(config.database)) as vectors:
        batch = [
            MatchedMention(
                mention=Mention(
                    source="reviews", site="trustyard", external_id=str(number), text=text, author_id=f"p{number}",
                    published="2026-09-30T10:00:00Z", published_precision="second",
                ),
                brands=(("tamarind", "tamarind"),),
            )
            for number, text in enumerate((*FINNISH, JAPANESE, *ENGLISH))
        ]  # fmt: skip
        save_mentions(db, batch, author=Author(secret=b"s" * 32), now=NOW)
        return tag_mentions(db, vectors, Classifier(encoder, config.topics, config.attributes))


@pytest.fixture
def db(config, report):
    with contextlib.closing(read_database(config.database)) as db:
        yield db


@pytest.fixture
def asked(config):
    return {"config": config, "window": last_full_week(NOW, config.time_zone)}


def shown(table) -> str:
    written = io.StringIO()
    Console(width=100, file=written).print(table)
    return " ".join(written.getvalue().split())


def test_a_mention_in_an_unsupported_language_has_its_language_and_no_guesses(db, report):
    assert report == TagReport(read=9, recalled=0)
    rows = db.execute("select mention, task, span, label from current_tags where mention <= 3 order by mention").fetchall()
    assert [tuple(row) for row in rows] == [(1, "language", 0, "fi"), (2, "language", 0, "fi"), (3, "language", 0, "ja")]
    assert [row[0] for row in db.execute("select language from mentions order by id")] == ["fi", "fi", "ja"] + ["en"] * 6
    assert db.execute("select count(*) from current_tags where task = 'language' and mention > 3").fetchone() == (0,)


def test_a_reworded_topic_is_answered_without_reading_or_guessing_them(config, report, encoder):
    first, *others = config.topics
    reworded = Classifier(encoder, [dataclasses.replace(first, description="Anything at all"), *others], config.attributes)
    with contextlib.closing(open_database(config.database)) as db, contextlib.closing(open_vectors(config.database)) as vectors:
        assert tag_mentions(db, vectors, reworded) == TagReport(read=0, recalled=9)
        tasks = db.execute("select distinct task from current_tags where mention <= 3").fetchall()
        assert [row[0] for row in tasks] == ["language"]
        assert tag_mentions(db, vectors, Classifier(encoder, config.topics, config.attributes)).read == 0


def test_the_overview_counts_them_beside_its_shares(db, asked):
    answer = answer_overview(db, **asked)
    assert answer.unsupported == (Count(name="fi", count=2), Count(name="ja", count=1))
    assert (answer.n, answer.figures.mentions, answer.untagged) == (9, 9, 0)
    assert (answer.figures.net.n, answer.figures.negative.whole, answer.figures.complaints.whole) == (6, 6, 6)
    assert SENTENCE in answer.notes


def test_hot_buttons_leave_them_out_of_the_whole_of_every_share(db, asked):
    answer = answer_hot_buttons(db, **asked)
    assert (answer.n, answer.unsupported) == (9, (Count(name="fi", count=2), Count(name="ja", count=1)))
    assert {button.share.whole for button in answer.buttons} == {6}


def test_every_report_says_so_in_the_same_sentence_once(db, asked, config):
    answers = [answer(db, **asked) for answer in (answer_hot_buttons, answer_attributes, answer_overview, answer_topics)]
    for answer, table in zip(answers, (hot_buttons_table, attributes_table, overview_table, topics_table), strict=True):
        assert shown(table(answer)).count(SENTENCE) == 1
        plain = json.loads(json.dumps(as_plain(answer)))
        assert plain["unsupported"] == [{"name": "fi", "count": 2}, {"name": "ja", "count": 1}]
        assert plain["notes"].count(SENTENCE) == 1
    message = compose_digest(db, config, now=NOW)
    assert " ".join(text_of(message).split()).count(SENTENCE) == 1
    assert html_of(message).count(SENTENCE) == 1


def test_the_page_says_so_and_marks_the_mentions(config, report):
    from starlette.testclient import TestClient

    with TestClient(create_app(config, now=lambda: NOW), base_url="http://127.0.0.1") as client:
        page = client.get("/?last=week").text
        assert page.count(SENTENCE) == 1
        assert client.get("/mentions?last=week").text.count("language not supported") == 3


def test_a_search_says_of_each_mention_whether_its_language_is_supported(db, config):
    found = search_mentions(db, scope=Scope(brand="tamarind"))
    assert {row["mention"]: row["language_supported"] for row in found} == {n: int(n > 3) for n in range(1, 10)}
    assert [row["sentiment"] for row in found if row["mention"] <= 3] == [None] * 3
    assert [row["language_supported"] for row in sorted(as_plain(found), key=lambda row: row["mention"])] == [False] * 3 + [
        True
    ] * 6
    assert shown(mentions_table(found, config.time_zone)).count("language not supported") == 3


def test_classify_still_answers_and_says_so(encoder):
    rows = list(classify_lines([FINNISH[0].encode(), ENGLISH[0].encode()], Classifier(encoder, [], [])))
    assert [(row["language"], row["language_supported"]) for row in rows] == [("fi", False), ("en", True)]
    assert rows[0]["sentiment"] in rows[0]["scores"]
    # What the model's card says of both, and of what is stored (above).
    said = "`repute tag` keeps a text and withholds its tags; `repute classify` writes what the model guesses, marked with"
    assert f"{said} `language_supported: false`" in (ROOT / "sentiment" / "model" / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("counts", "n", "said"),
    [
        ((), 9, ""),
        (
            (Count(name="et", count=1),),
            9,
            "1 of 9 mentions is in a language that the classifier does not read well enough to count (Estonian 1): it is among "
            "the mentions, not in the shares of sentiment, complaints, topics and attributes.",
        ),
        (
            tuple(Count(name=name, count=1) for name in ("et", "fi", "xx", "ja", "ko", "lv", "pl")),
            1200,
            "7 of 1,200 mentions are in languages that the classifier does not read well enough to count (Estonian 1, Finnish 1, "
            "xx 1, Japanese 1, Korean 1, others 2): they are among the mentions, not in the shares of sentiment, complaints, "
            "topics and attributes.",
        ),
    ],
)
def test_the_sentence_fits_its_counts(counts, n, said):
    assert say_unsupported(counts, n) == said
