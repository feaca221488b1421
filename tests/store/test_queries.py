"""Questions about mentions: whole rows, and that people's judgements win."""

import pytest

from store.crawls import finish_crawl, start_crawl
from store.queries import (
    find_attributes,
    find_complaints,
    find_listings,
    find_mentions,
    find_passages,
    find_replies,
    find_signs,
    find_source_health,
    find_watches,
    find_words,
)
from store.records import CrawlReport, Tag, TaggedMention, Tagger, Watch
from store.saving import save_mentions
from store.scope import Scope
from store.tags import find_due, save_tagged, set_current_taggers

NOW = "2026-09-10T08:00:00Z"
TASKS = {name: Tagger(task=name, model="gold") for name in ("sentiment", "complaint")}
REFUND, APP = (Tagger(task="topic", subject=name, model="gold") for name in ("refund", "app"))
FAST = Tagger(task="attribute", subject="fast", model="gold")
ALL = Scope(brand="acme")
COMPLAINT = Tag(tagger=TASKS["complaint"], label="complaint", score=0.9)


@pytest.fixture
def save(db, author, matched):
    """Save mentions and what taggers say of them; return their row ids."""

    def write(*rows: dict, tags=(), spans=(), brands=("acme",)):
        batch = [matched(*brands, **({"external_id": str(n)} | row)) for n, row in enumerate(rows, 1)]
        save_mentions(db, batch, author=author, now=NOW)
        taggers = [*TASKS.values(), REFUND, APP, FAST]
        ids = set_current_taggers(db, taggers)
        found = find_due(db, 100)
        tagged = [TaggedMention(mention=due.id, text_hash=due.text_hash, spans=spans, tags=tuple(tags)) for due in found]
        save_tagged(db, tagged, ids, taggers)
        return [due.id for due in found]

    return write


@pytest.fixture
def judge(db):
    """Write down what a person says of a mention."""

    def write(mention, task, label, *, subject="", span=0, brand="", judged=NOW):
        db["judgements"].insert(
            {"mention": mention, "span": span, "brand": brand, "task": task, "subject": subject, "label": label, "judge": "ada",
             "judged": judged, "sample": None, "chance": None}
        )  # fmt: skip

    return write


def topics(db, scope=ALL):
    return [row["topic"] for row in find_complaints(db, scope)]


def test_a_complaint_is_a_whole_row_for_each_of_its_topics(db, save):
    (mention,) = save(
        {}, tags=[COMPLAINT, Tag(tagger=REFUND, label="refund", score=0.8), Tag(tagger=APP, label="app", score=0.7)]
    )
    author = db.execute("select author from mentions").fetchone()[0]
    shared = {
        "mention": mention, "source": "reviews", "site": "trustyard", "author": author, "copy_group": None,
        "published": "2026-09-01T10:00:00Z", "precision": "second", "language": None, "engagement": 3, "place": None, "subject": None,
    }  # fmt: skip
    assert find_complaints(db, ALL) == [
        {**shared, "topic": "app", "score": 0.7},
        {**shared, "topic": "refund", "score": 0.8},
    ]


def test_a_complaint_without_a_topic_has_one_row_and_a_topic_without_a_complaint_none(db, save):
    save({}, tags=[COMPLAINT])
    assert topics(db) == [None]
    save({"external_id": "2"}, tags=[Tag(tagger=REFUND, label="refund")])
    assert topics(db) == [None]


def test_a_persons_judgement_overrides_the_tags(db, save, judge):
    (mention,) = save({}, tags=[COMPLAINT, Tag(tagger=REFUND, label="refund")])
    judge(mention, "topic", "none", subject="refund")
    judge(mention, "topic", "app", subject="app")
    assert topics(db) == ["app"]
    judge(mention, "complaint", "none")
    assert topics(db) == []


def test_the_latest_judgement_wins(db, save, judge):
    (mention,) = save({}, tags=[COMPLAINT])
    judge(mention, "topic", "app", subject="app", judged="2026-09-10T08:00:00Z")
    judge(mention, "topic", "none", subject="app", judged="2026-09-11T08:00:00Z")
    assert topics(db) == [None]
    judge(mention, "topic", "app", subject="app", judged="2026-09-12T08:00:00Z")
    assert topics(db) == ["app"]


def test_a_judgement_of_the_whole_wins_over_tags_of_its_sentences(db, save, judge):
    tags = [COMPLAINT, Tag(tagger=REFUND, label="refund", span=1), Tag(tagger=REFUND, label="refund", span=2)]
    (mention,) = save({}, tags=tags, spans=((0, 5), (6, 9)))
    judge(mention, "topic", "none", subject="refund", span=1)
    assert topics(db) == ["refund"]
    judge(mention, "topic", "none", subject="refund")
    assert topics(db) == [None]


def test_a_judgement_about_another_brand_does_not_count(db, save, judge):
    (mention,) = save({}, tags=[COMPLAINT, Tag(tagger=REFUND, label="refund")], brands=("acme", "other"))
    judge(mention, "topic", "none", subject="refund", brand="other")
    assert (topics(db), topics(db, Scope(brand="other"))) == (["refund"], [None])


def test_a_judgement_corrects_sentiment_and_attribute(db, save, judge):
    tags = [Tag(tagger=TASKS["sentiment"], label="negative"), Tag(tagger=FAST, label="fast", polarity="confirms")]
    (mention,) = save({}, tags=tags)
    judge(mention, "sentiment", "positive")
    judge(mention, "attribute", "contests", subject="fast")
    (row,) = find_mentions(db, ALL)
    assert (row["sentiment"], row["complaint"], row["read"]) == ("positive", 0, 1)
    assert [(row["attribute"], row["polarity"]) for row in find_attributes(db, ALL)] == [("fast", "contests")]
    assert [row["sentiment"] for row in find_words(db, ALL, limit=5)] == ["positive"]


def test_tags_about_one_brand_are_that_brands_only(db, save):
    tags = [
        Tag(tagger=TASKS["sentiment"], label="negative"),
        Tag(tagger=TASKS["sentiment"], label="positive", brand="other"),
        Tag(tagger=FAST, label="fast", polarity="contests", brand="acme"),
    ]
    save({}, tags=tags, brands=("acme", "other"))
    other = Scope(brand="other")
    assert [find_mentions(db, scope)[0]["sentiment"] for scope in (ALL, other)] == ["negative", "positive"]
    assert [len(find_attributes(db, scope)) for scope in (ALL, other)] == [1, 0]


def test_tags_of_taggers_that_are_not_current_are_not_shown(db, save):
    save({}, tags=[COMPLAINT, Tag(tagger=REFUND, label="refund")])
    set_current_taggers(db, [TASKS["complaint"]])
    assert topics(db) == [None]


def test_windows_compare_seconds_in_utc_and_days_as_printed(db, save):
    window = Scope(
        brand="acme", since="2026-09-01T04:00:00Z", until="2026-09-02T04:00:00Z", first_day="2026-09-01", end_day="2026-09-02"
    )
    save(
        {"published": "2026-09-01T03:59:59Z"},
        {"published": "2026-09-01T04:00:00Z"},
        {"published": "2026-09-02T03:59:59Z"},
        {"published": "2026-09-02T04:00:00Z"},
        {"published": "2026-09-01T00:00:00Z", "published_precision": "day"},
        {"published": "2026-09-02", "published_precision": "day"},
        {"published": None, "published_precision": "unknown"},
    )
    kept = db.execute("select external_id from mentions where id in (select value from json_each(?))",
                      [str([row["mention"] for row in find_mentions(db, window)])]).fetchall()  # fmt: skip
    assert sorted(name for (name,) in kept) == ["2", "3", "5"]
    assert len(find_mentions(db, ALL)) == 7


def test_tombstones_and_ratings_without_words_are_in_no_scope(db, save):
    save({"removed": True}, {"title": None, "text": None}, {"title": "", "text": ""}, {"text": "Fine."})
    assert len(find_mentions(db, ALL)) == 1


def test_scopes_filter_by_source_language_and_voice(db, save):
    save({"source": "reddit", "language": "hi"}, {"language": "hi-Latn"}, {"language": "hil"}, {"voice": "company"})
    count = [len(find_mentions(db, Scope(brand="acme", **asked))) for asked in (
        {"source": "reddit"}, {"language": "hi"}, {"voices": ("company",)}, {"voices": ("customer", "company")},
    )]  # fmt: skip
    assert count == [1, 2, 1, 4]


def test_the_first_reply_of_the_company_answers_a_complaint(db, save, author, matched):
    save({}, {}, tags=[COMPLAINT])
    replies = [
        matched(external_id=f"r{n}", voice=voice, parent="1", published=f"2026-09-0{n}T10:00:00Z")
        for n, voice in ((4, "company"), (3, "company"), (2, "customer"))
    ]
    save_mentions(db, replies, author=author, now=NOW)
    assert [(row["mention"], row["replied"], row["answered"]) for row in find_replies(db, ALL)] == [
        (1, "2026-09-03T10:00:00Z", 1),
        (2, None, 0),
    ]


def test_passages_point_at_the_sentence_about_the_topic(db, save):
    tags = [Tag(tagger=REFUND, label="refund", span=1, score=0.4), Tag(tagger=REFUND, label="refund", span=2, score=0.9)]
    (mention,) = save({"title": None, "text": "Hm. No refund."}, tags=tags, spans=((0, 3), (4, 14)))
    (row,) = find_passages(db, {"refund": [mention]}, brand="acme", task="topic")
    assert row["text"][row["start"] : row["end"]] == "No refund."
    (row,) = find_passages(db, {"app": [mention]}, brand="acme", task="topic")
    assert (row["start"], row["end"]) == (None, None)


def test_passages_of_several_topics_are_read_at_once_each_with_its_own_sentence(db, save):
    (plain,) = save({"external_id": "plain", "title": None, "text": "Nothing."})
    tags = [Tag(tagger=REFUND, label="refund", span=1, score=0.4), Tag(tagger=APP, label="app", span=2, score=0.9)]
    (told,) = save({"title": None, "text": "No refund. It crashes."}, tags=tags, spans=((0, 10), (11, 22)))
    rows = find_passages(db, {"refund": [told, told, plain], "app": [told], "": [plain]}, brand="acme", task="topic")
    assert [(row["label"], row["mention"], row["start"], row["end"]) for row in rows] == [
        ("", plain, None, None),
        ("app", told, 11, 22),
        ("refund", plain, None, None),
        ("refund", told, 0, 10),
    ]


def test_watches_are_found_by_window_and_brand(db, author):
    shared = {"source": "hackernews", "site": "hn"}
    save_mentions(
        db, [], author=author, now=NOW,
        watches=[
            Watch(**shared, query="acme", since="2026-08-01T00:00:00Z", until="2026-08-08T00:00:00Z", complete=True),
            Watch(**shared, query="acme", since="2026-08-08T00:00:00Z", until="2026-08-20T00:00:00Z", complete=False),
            Watch(**shared, query="b", brand="other", since="2026-08-01T00:00:00Z", until="2026-08-09T00:00:00Z", complete=True),
        ],
    )  # fmt: skip
    assert find_listings(db, brand="acme") == [{**shared, "query": "acme", "until": "2026-08-20T00:00:00Z"}]
    found = find_watches(db, brand="acme", since="2026-08-07T00:00:00Z", until="2026-08-30T00:00:00Z")
    assert found == [{**shared, "query": "acme", "since": "2026-08-01T00:00:00Z", "until": "2026-08-08T00:00:00Z"}]
    assert find_watches(db, brand="acme", since="2026-08-08T00:00:00Z", until=None) == []
    assert find_watches(db, brand="acme", since=None, until=None, source="feeds") == []


def test_source_health_says_what_came_and_how_the_latest_run_ended(db, save):
    save({}, {"removed": True})
    for source, status, moment in (("feeds", "finished", "2026-09-01T00:00:00Z"), ("feeds", "failed", "2026-09-02T00:00:00Z")):
        crawl = start_crawl(db, source, now=moment, pid=1)
        finish_crawl(db, crawl, CrawlReport(status=status, finished=moment, error="no answer" if status == "failed" else None))
    feeds, reviews = find_source_health(db)
    assert (feeds["source"], feeds["mentions"], feeds["status"], feeds["error"], feeds["last_finished"]) == (
        "feeds", 0, "failed", "no answer", "2026-09-01T00:00:00Z",
    )  # fmt: skip
    assert (reviews["source"], reviews["mentions"], reviews["removed"], reviews["status"]) == ("reviews", 1, 1, None)


def test_a_sign_that_the_sentiment_contradicts_is_none(db, matched, author):
    signs = {name: Tagger(task="sign", subject=name, model="gold") for name in ("leaving", "recommending")}
    taggers = [TASKS["sentiment"], *signs.values()]
    save_mentions(db, [matched("acme", external_id=str(n)) for n in range(3)], author=author, now=NOW)
    ids = set_current_taggers(db, taggers)
    tagged = [
        TaggedMention(
            mention=due.id,
            text_hash=due.text_hash,
            tags=(
                Tag(tagger=TASKS["sentiment"], label=mood),
                *(Tag(tagger=tagger, label=name) for name, tagger in signs.items()),
            ),
        )
        for due, mood in zip(find_due(db, 9), ("negative", "neutral", "positive"), strict=True)
    ]
    save_tagged(db, tagged, ids, taggers)
    assert [(row["mention"], row["sign"]) for row in find_signs(db, ALL)] == [
        (1, "leaving"), (2, "leaving"), (2, "recommending"), (3, "recommending"),
    ]  # fmt: skip
