"""Facts kept by triggers and writers say the same as facts made anew, whatever happened to the tables."""

from __future__ import annotations

import contextlib
import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.database import open_database, write
from store.erasing import begin_erasure, finish_erasures
from store.fact_keeping import find_newest_day, read_facts, refresh_facts
from store.facts import CODES, FACT, UNDATED, split_site
from store.records import MatchedMention, Mention, Tag, TaggedMention, Tagger, Target
from store.saving import Author, save_mentions
from store.selecting import select_author
from store.tags import find_due, save_tagged, set_current_taggers

NOW = "2026-10-01T00:00:00Z"
SECRET = b"s" * 32
TASKS = ("sentiment", "complaint", "topic", "attribute", "sign", "language")
SUBJECTS = {"topic": "refund", "attribute": "fast", "sign": "leaving"}


def count_stale(db):
    """How many days of a brand are to be made anew."""
    return db.execute("select count(*) from stale_facts").fetchone()[0]


def words(text: str) -> list[int]:
    return sorted({len(word) for word in text.split()})


def described(db, brand):
    """What the facts of a brand say, in words, by row id."""
    segment = read_facts(db, brand, words=words)
    named = lambda number: segment.names.get(int(number))  # noqa: E731
    found = {}
    for place, fact in enumerate(segment.facts.records()):
        row = {name: fact[name].item() for name in FACT.names}
        row |= {name: named(fact[name]) for name in ("language", "unsupported", "subject", "place")}
        row |= {"site": split_site(named(fact["site"])), "rating": str(row["rating"]), "worst": "", "best": ""}
        labels = segment.labels[segment.labels["row"] == place]
        row["labels"] = sorted((named(label["name"]), label["kind"].item(), str(label["score"])) for label in labels)
        row["words"] = sorted(segment.words["word"][segment.words["row"] == place].tolist())
        found[fact["mention"].item()] = row
    assert len(found) == len(segment.facts)
    return found


def arrived(db):
    return db.execute(
        "select source, at, mentions, removed from arrivals where mentions + removed > 0 order by 1, 2"
    ).fetchall()


def counted(db):
    """The same, from the mentions themselves; here every time is known to the second, or not at all."""
    return db.execute(
        """
        select source, substr(coalesce(published, collected), 1, 13) as at, sum(removed_at is null), sum(removed_at is not null)
        from mentions group by source, at order by source, at
        """
    ).fetchall()


def totals(db):
    return db.execute("select * from source_counts where mentions + removed > 0 order by source").fetchall()


def summed(db):
    """The same, from the mentions themselves."""
    return db.execute(
        "select source, sum(removed_at is null), sum(removed_at is not null) from mentions group by source order by source"
    ).fetchall()


def anew(db, brand):
    """The same, made from the tables alone."""
    kept = db.execute("select brand, day from facts").fetchall()
    with write(db):
        db.conn.execute("insert or ignore into stale_facts (brand, day, mark) select brand, day, 1 from facts")
        before = db.execute("select * from stale_facts").fetchall()
    made = described(db, brand)
    assert len(before) >= len(kept)
    return made


DAYS = st.sampled_from(["2026-09-27T22:59:59Z", "2026-09-28T00:00:00Z", "2026-09-29T10:00:00Z", None])
SAVED = st.fixed_dictionaries(
    {
        "external_id": st.sampled_from(["1", "2", "3", "4"]),
        "author_id": st.sampled_from([None, "ada", "bo"]),
        "text": st.sampled_from(["Late.", "Never again. So slow a shop.", ""]),
        "published": DAYS,
        "rating": st.sampled_from([None, 2.0]),
        "voice": st.sampled_from(["customer", "company"]),
        "parent": st.sampled_from([None, "1"]),
        "removed": st.sampled_from([False, False, False, True]),
        "subject": st.sampled_from([None, "Milk"]),
    }
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("save"), SAVED, st.sampled_from([("acme",), ("acme", "other"), ("other",)])),
        st.tuples(st.just("tag"), st.integers(0, 2), st.sets(st.sampled_from(TASKS))),
        st.tuples(st.just("judge"), st.sampled_from(["complaint", "none"])),
        st.tuples(st.just("refresh")),
        st.tuples(st.just("forget"), st.sampled_from(["ada", "bo"])),
    ),
    max_size=14,
)


def do(db, path, step):
    """One thing that may happen to a store."""
    kind, *rest = step
    if kind == "save":
        asked, brands = rest
        known = "unknown" if asked["published"] is None else "second"
        mention = Mention(source="s", site="x", published_precision=known, **asked)
        save_mentions(
            db, [MatchedMention(mention=mention, brands=tuple((b, b) for b in brands))], author=Author(SECRET), now=NOW
        )
    elif kind == "tag":
        version, given = rest
        taggers = {task: Tagger(task=task, subject=SUBJECTS.get(task, ""), model=f"v{version}") for task in TASKS}
        ids = set_current_taggers(db, list(taggers.values()))
        labels = {"sentiment": "negative", "complaint": "complaint", "language": "et", **SUBJECTS}
        tags = [
            Tag(tagger=taggers[task], label=labels[task], polarity="contests" if task == "attribute" else None)
            for task in sorted(given)
        ]
        due = find_due(db, 100)
        targets = (Target(brand="acme", bearing="other"),) if version == 2 else ()
        save_tagged(db, [TaggedMention(mention=d.id, text_hash=d.text_hash, language="et", tags=tuple(tags), targets=targets) for d in due],
                    ids, list(taggers.values()))  # fmt: skip
    elif kind == "judge":
        rows = db.execute("select id from mentions where removed_at is null limit 1").fetchall()
        with write(db):
            for (mention,) in rows:
                db.conn.execute(
                    "insert into judgements (mention, span, brand, task, subject, label, judge, judged)"
                    " values (?, 0, '', 'complaint', '', ?, 'me', ?)",
                    [mention, rest[0], NOW],
                )
    elif kind == "refresh":
        refresh_facts(db, words)
        assert count_stale(db) == 0
    else:
        begin_erasure(db, select_author(db, SECRET, rest[0]), secret=SECRET, now=NOW)
        finish_erasures(db, path, secret=SECRET, now=NOW)


@given(STEPS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_facts_kept_are_facts_made_anew(tmp_path, steps):
    for file in tmp_path.glob("repute*"):
        file.unlink()
    path = tmp_path / "repute.db"
    with contextlib.closing(open_database(path)) as db:
        for step in steps:
            do(db, path, step)
            assert arrived(db) == counted(db)
            assert totals(db) == summed(db)
        kept = {brand: described(db, brand) for brand in ("acme", "other")}
        refresh_facts(db, words)
        stored = {brand: described(db, brand) for brand in ("acme", "other")}
        assert kept == stored == {brand: anew(db, brand) for brand in ("acme", "other")}


def saved(number, brands=("acme",), **changes):
    said = {
        "external_id": number,
        "author_id": "ada",
        "text": "Never again.",
        "published": "2026-09-28T00:00:00Z",
        "parent": None,
    }
    said |= {"voice": "customer", "removed": False, "rating": None, "subject": None, "language": "et"}
    return "save", said | changes, brands


REPLY = {"voice": "company", "parent": "1", "published": "2026-09-29T00:00:00Z"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], [saved("2")]),
        ([saved("2")], [("tag", 0, {"sentiment", "complaint", "topic"})]),
        ([], [saved("1", text="Other words.")]),
        ([], [saved("1", brands=("other",))]),
        ([], [saved("1", brands=("acme", "other"))]),
        ([], [saved("1", published="2026-09-29T10:00:00Z")]),
        ([], [saved("1", removed=True)]),
        ([], [saved("2", **REPLY)]),
        ([saved("2", **REPLY)], [saved("2", **REPLY | {"published": "2026-09-30T00:00:00Z"})]),
        ([saved("2", **REPLY)], [saved("2", **REPLY | {"voice": "customer"})]),
        ([saved("2", **REPLY | {"parent": "9"})], [saved("2", **REPLY)]),
        ([saved("2", **REPLY)], [saved("2", **REPLY, removed=True)]),
        ([saved("2", **REPLY, author_id="bo")], [("forget", "bo")]),
        ([], [("forget", "ada")]),
        ([], [("judge", "none")]),
        ([], [("tag", 2, {"sentiment", "complaint"})]),
    ],
)
def test_whatever_changes_is_noticed(tmp_path, before, after):
    path = tmp_path / "repute.db"
    with contextlib.closing(open_database(path)) as db:
        for step in [saved("1"), ("tag", 0, set(TASKS) - {"language"}), *before, ("refresh",)]:
            do(db, path, step)
        old = [described(db, brand) for brand in ("acme", "other")]
        for step in after:
            do(db, path, step)
        found = [described(db, brand) for brand in ("acme", "other")]
        assert found != old
        assert found == [anew(db, brand) for brand in ("acme", "other")]


def test_a_fact_says_what_the_tables_say(db, path, mention):
    facts = [
        mention(site="y", parent="1", external_id="2", voice="company", published="2026-09-01T12:00:00Z"),
        mention(site="y", language="en", subject="Milk", place="Leeds"),
        mention(external_id="3", title=None, text=None, published=None, published_precision="unknown", author_id=None),
    ]
    save_mentions(
        db, [MatchedMention(mention=one, brands=(("acme", "acme"),)) for one in facts], author=Author(SECRET), now=NOW
    )
    taggers = {
        task: Tagger(task=task, subject=SUBJECTS.get(task, ""), model="gold") for task in ("sentiment", "complaint", "topic")
    }
    ids = set_current_taggers(db, list(taggers.values()))
    tags = (
        Tag(tagger=taggers["sentiment"], label="negative", score=0.9),
        Tag(tagger=taggers["complaint"], label="complaint"),
        Tag(tagger=taggers["topic"], label="refund", score=0.5),
    )
    due = [one for one in find_due(db, 9) if one.id == 2]
    save_tagged(db, [TaggedMention(mention=2, text_hash=due[0].text_hash, tags=tags)], ids, list(taggers.values()))
    refresh_facts(db, words)
    segment = read_facts(db, "acme")
    bare, reply, said = segment.facts.records()
    assert (bare["mention"], bare["author"], bare["published"], bare["flags"], bare["engagement"]) == (3, 0, UNDATED, 0, 3)
    assert CODES["voice"][reply["voice"]] == "company"
    assert (said["mention"], said["replied"] - said["published"], said["rating"], said["best"]) == (2, 7200, 2.0, 5.0)
    assert [segment.names[said[name]] for name in ("site", "language", "subject", "place")] == [
        "reviews\ny",
        "en",
        "Milk",
        "Leeds",
    ]
    assert (CODES["mood"][said["mood"] - 1], said["flags"]) == ("negative", 0b11111)
    assert [(label["row"], segment.names[label["name"]], label["score"]) for label in segment.labels] == [(2, "refund", 0.5)]
    assert np.isnan(said["worst"])


def test_a_day_that_changed_is_right_before_anybody_made_it_anew_and_only_that_day_is(db, matched):
    days = itertools.product(range(1, 4), ["acme", "other"])
    batch = [matched(brand, external_id=f"{brand}{day}", published=f"2026-09-0{day}T10:00:00Z") for day, brand in days]
    save_mentions(db, batch, author=Author(SECRET), now=NOW)
    assert refresh_facts(db, words) == 6
    save_mentions(db, [matched("acme", external_id="acme1", published="2026-09-02T11:00:00Z")], author=Author(SECRET), now=NOW)
    assert count_stale(db) == 2
    assert [len(read_facts(db, "acme", first_day=f"2026-09-0{n}", end_day=f"2026-09-0{n + 1}").facts) for n in (1, 2, 3)] == [
        0,
        2,
        1,
    ]
    assert refresh_facts(db, words) == 2
    assert db.execute("select day, mentions from facts where brand = 'acme' order by day").fetchall() == [
        ("2026-09-02", 2), ("2026-09-03", 1),
    ]  # fmt: skip
    assert find_newest_day(db, "acme", 2) == "2026-09-02"
    assert find_newest_day(db, "acme", 9, first_day="2026-09-01") == "2026-09-01"


def test_what_has_no_time_comes_with_every_reading(db, matched):
    undated = {"published": None, "published_precision": "unknown"}
    save_mentions(
        db, [matched("acme", external_id="1"), matched("acme", external_id="2", **undated)], author=Author(SECRET), now=NOW
    )
    for _ in range(2):
        assert len(read_facts(db, "acme", first_day="2026-09-01", end_day="2026-09-02").facts) == 2
        assert len(read_facts(db, "acme", first_day="2026-09-02", end_day="2026-09-03").facts) == 1
        refresh_facts(db, words)


def test_what_is_forgotten_leaves_no_fact_and_no_name(db, path, matched):
    save_mentions(
        db,
        [
            matched("acme", external_id="1", author_id="ada", subject="Ada's cake"),
            matched("acme", external_id="2", author_id="bo"),
        ],
        author=Author(SECRET),
        now=NOW,
    )
    refresh_facts(db, words)
    begin_erasure(db, select_author(db, SECRET, "ada"), secret=SECRET, now=NOW)
    finish_erasures(db, path, secret=SECRET, now=NOW)
    refresh_facts(db, words)
    assert "Ada's cake" not in {name for (name,) in db.execute("select name from fact_names")}
    assert db.execute("select sum(mentions) from facts").fetchone() == (1,)
    assert b"Ada's cake" not in path.read_bytes()


@pytest.mark.parametrize("removed", [True, False])
def test_a_removed_mention_leaves_the_facts_at_once(db, matched, removed):
    save_mentions(db, [matched("acme", external_id="1")], author=Author(SECRET), now=NOW)
    refresh_facts(db, words)
    save_mentions(db, [matched("acme", external_id="1", text="Other words.", removed=removed)], author=Author(SECRET), now=NOW)
    assert db.execute("select count(*) from facts").fetchone() == (int(not removed),)
    assert len(read_facts(db, "acme").facts) == int(not removed)
