"""Full-text search: any script, operators where they parse, and no words that break it."""

import pytest

from store.records import Tag, TaggedMention, Tagger
from store.saving import save_mentions
from store.scope import Scope
from store.search import CLOSE, OPEN, quoted, search_mentions
from store.tags import find_due, save_tagged, set_current_taggers

ANY = Scope(brand="")
TEXTS = {
    "en": "No refund after two weeks.",
    "tr": "Meyve iadesi kabul edilmedi; iade yok.",
    "hi": "यह फल सड़ा हुआ था, रिफंड चाहिए।",
    "ur": "ٹیمرنڈ نے ریفنڈ نہیں دیا۔",
    "odd": "Don't pay AND run: C++ costs 5.99 (really)",
}


@pytest.fixture
def found(db, author, matched):
    """Search a store with a text of each kind; return the external ids, best first."""
    days = [matched("acme", external_id=name, title=None, text=text, published=f"2026-09-0{n}T10:00:00Z", language=name)
            for n, (name, text) in enumerate(TEXTS.items(), 1)]  # fmt: skip
    save_mentions(
        db,
        [*days, matched("other", external_id="other", title="Refund", text="Fine.")],
        author=author,
        now="2026-09-10T00:00:00Z",
    )
    names = dict(db.execute("select id, external_id from mentions").fetchall())

    def search(words="", scope=ANY, **asked):
        return [names[row["mention"]] for row in search_mentions(db, words, scope=scope, **asked)]

    return search


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("weeks", {"en"}),
        ("फल", {"hi"}),
        ("रिफंड", {"hi"}),
        ("ریفنڈ", {"ur"}),
        ("iade*", {"tr"}),
        ("iade", {"tr"}),
        ("फ", set()),
        ('"two weeks"', {"en"}),
        ("refund NOT weeks", {"other"}),
        ("weeks OR फल", {"en", "hi"}),
        ("NEAR(refund weeks, 3)", {"en"}),
        ("don't", {"odd"}),
        ("C++ 5.99", {"odd"}),
        ("pay AND", {"odd"}),
        ("text:pay", set()),
    ],
)
def test_words_and_operators_find_what_they_say(found, words, names):
    assert set(found(words)) == names


@pytest.mark.parametrize(
    "words",
    [
        "AND",
        "(",
        ')"',
        '"',
        "*",
        "^",
        "NEAR(",
        "a:b AND c",
        "-x OR",
        "* AND x",
        "👍",
        "';drop table mentions;--",
        "{a b}: c",
        "\x00",
        "NEAR(a b, x)",
        "NEAR(refund,weeks)",
        "(" * 300 + "a" + ")" * 300,
    ],
)
def test_no_words_break_the_search(found, words):
    assert isinstance(found(words), list)


def test_of_very_many_the_last_that_were_stored_are_ranked(found, monkeypatch):
    words = "refund OR iade*"
    assert found(words) == ["tr", "other", "en"]
    monkeypatch.setattr("store.search.RANKED", 2)
    assert found(words) == ["tr", "other"]
    assert found(words, Scope(brand="acme")) == ["tr", "en"]


def test_without_words_the_newest_come_first(found):
    assert found(limit=3) == ["odd", "ur", "hi"]


def test_scope_narrows_the_search(found):
    assert set(found("refund")) == {"en", "other"}
    assert found("refund", Scope(brand="other")) == ["other"]
    assert found("", Scope(brand="acme", language="tr")) == ["tr"]


def test_the_snippet_marks_what_was_found(db, found):
    found()
    (row,) = search_mentions(db, "weeks", scope=ANY)
    assert row["snippet"] == f"No refund after two {OPEN}weeks{CLOSE}."


def test_sentiment_and_topic_narrow_to_what_is_tagged(found):
    assert found(sentiment="negative") == []
    assert found(topic="refund") == []


@pytest.fixture
def tag(db, found):
    """Tag the mentions of some external ids."""

    def write(*tags, names):
        taggers = list(dict.fromkeys(tag.tagger for tag in tags))
        ids = set_current_taggers(db, taggers)
        chosen = {db.execute("select id from mentions where external_id = ?", [name]).fetchone()[0] for name in names}
        save_tagged(
            db,
            [TaggedMention(mention=due.id, text_hash=due.text_hash, tags=tags) for due in find_due(db, 10) if due.id in chosen],
            ids,
            taggers,
        )

    return write


def test_what_is_tagged_is_found_behind_many_that_are_not(found, tag, monkeypatch):
    monkeypatch.setattr("store.search.AT_ONCE", 2)
    tag(Tag(tagger=Tagger(task="sentiment", model="gold"), label="negative"), names=["en", "tr"])
    assert (found(sentiment="negative", limit=1), found(sentiment="negative", limit=2)) == (["tr"], ["tr", "en"])
    assert (found("refund", sentiment="negative", limit=1), found(sentiment="positive", limit=1)) == (["en"], [])


def test_topics_are_listed_by_name_also_those_that_a_person_found(db, found, tag):
    taggers = [Tagger(task="topic", subject=name, model="gold") for name in ("refund", "app")]
    tag(*(Tag(tagger=tagger, label=tagger.subject) for tagger in taggers), names=["en"])
    row = {"mention": 1, "span": 0, "brand": "", "task": "topic", "subject": "delivery", "label": "delivery"}
    db["judgements"].insert(row | {"judge": "ada", "judged": "2026-09-10T00:00:00Z"})
    assert [row["topics"] for row in search_mentions(db, scope=ANY, topic="delivery")] == ["app,delivery,refund"]
    assert found(topic="app") == ["en"]


@pytest.mark.parametrize(
    "scope",
    [ANY, Scope(brand="acme"), Scope(brand="other"), Scope(brand="acme", language="tr"),
     Scope(brand="", since="2026-09-02T00:00:00Z", until="2026-09-05T00:00:00Z", first_day="2026-09-02", end_day="2026-09-05")],
)  # fmt: skip
def test_a_rare_topic_is_found_as_a_frequent_one_is(monkeypatch, db, found, tag, scope):
    topics = [Tagger(task="topic", subject=name, model="gold") for name in ("refund", "app")]
    tag(Tag(tagger=topics[0], label="refund"), names=["en", "hi", "ur", "other"])
    row = {"mention": 2, "span": 0, "brand": "", "task": "topic", "subject": "refund", "label": "refund"}
    db["judgements"].insert(row | {"judge": "ada", "judged": "2026-09-10T00:00:00Z"})
    rare = found(topic="refund", scope=scope)
    monkeypatch.setattr("store.search.RARE", 0)
    assert found(topic="refund", scope=scope) == rare != []
    assert found(topic="app", scope=scope) == []


def test_quoting_keeps_a_star_and_drops_what_has_no_letter():
    assert quoted('iade* "two weeks" & "') == '"iade"* "two weeks"'
