from __future__ import annotations

from store.records import Cursor, Tag, TaggedMention, Tagger, Watch
from store.saving import Saved, save_mentions
from store.tags import find_due, save_tagged, set_current_taggers

SENTIMENT = Tagger(task="sentiment", model="gold")


def rows(db, table="mentions", columns="*"):
    return [dict(row) for row in db.query(f"select {columns} from {table}")]


def test_a_mention_is_kept_whole(db, author, matched):
    saved = save_mentions(db, [matched("tamarind")], author=author, now="2026-09-02T00:00:00Z")
    row = rows(db)[0]
    assert saved == Saved(1, 0, 0, (1,))
    assert {
        key: row[key]
        for key in ("source", "site", "external_id", "title", "text", "rating", "author_name", "published", "removed_at")
    } == {
        "source": "reviews",
        "site": "trustyard",
        "external_id": "1",
        "title": "Late again",
        "text": "The milk came two hours late.",
        "rating": 2.0,
        "author_name": None,
        "published": "2026-09-01T10:00:00Z",
        "removed_at": None,
    }
    assert len(row["author"]) == 24
    assert "meera" not in str(row).lower()
    assert rows(db, "mention_brands") == [
        {"brand": "tamarind", "mention": 1, "matched": "tamarind", "published": "2026-09-01T10:00:00Z"}
    ]


def test_saving_twice_keeps_one_row_and_says_unchanged(db, author, matched):
    save_mentions(db, [matched("tamarind")], author=author, now="2026-09-02T00:00:00Z")
    before = rows(db)
    saved = save_mentions(db, [matched("tamarind")], author=author, now="2026-09-03T00:00:00Z")
    assert (saved.new, saved.updated, saved.unchanged) == (0, 0, 1)
    assert rows(db) == before


def test_twice_in_one_batch_is_one_row_and_the_last_sight_wins(db, author, matched):
    saved = save_mentions(
        db, [matched("tamarind"), matched("tamarind", engagement=9)], author=author, now="2026-09-02T00:00:00Z"
    )
    assert saved.new == 1
    assert [row["engagement"] for row in rows(db)] == [9]


def test_what_changed_is_updated_and_what_a_poorer_sight_leaves_out_stays(db, author, matched):
    save_mentions(db, [matched("tamarind")], author=author, now="2026-09-02T00:00:00Z")
    saved = save_mentions(
        db,
        [matched("tamarind", engagement=40, rating=None, url=None, published="2026-09-01", published_precision="day")],
        author=author,
        now="2026-09-03T00:00:00Z",
    )
    row = rows(db)[0]
    assert saved.updated == 1
    assert (row["engagement"], row["rating"], row["url"], row["published"], row["updated"], row["collected"]) == (
        40,
        2.0,
        "https://trustyard.example/1",
        "2026-09-01T10:00:00Z",
        "2026-09-03T00:00:00Z",
        "2026-09-02T00:00:00Z",
    )


def test_an_edit_of_the_text_makes_the_mention_due_again_and_a_new_score_does_not(db, author, matched):
    ids = set_current_taggers(db, [SENTIMENT])
    save_mentions(db, [matched("tamarind")], author=author, now="2026-09-02T00:00:00Z")
    due = find_due(db, 10)[0]
    tag = Tag(tagger=SENTIMENT, label="negative", score=1.0)
    save_tagged(db, [TaggedMention(mention=1, text_hash=due.text_hash, tags=(tag,))], ids, [SENTIMENT])
    save_mentions(db, [matched("tamarind", engagement=77)], author=author, now="2026-09-03T00:00:00Z")
    assert find_due(db, 10) == []
    save_mentions(
        db, [matched("tamarind", engagement=77, text="Edited: it came after all.")], author=author, now="2026-09-04T00:00:00Z"
    )
    assert [item.text for item in find_due(db, 10)] == ["Edited: it came after all."]
    assert rows(db, "tags") == []


def test_the_index_follows_an_edit(db, author, matched):
    save_mentions(db, [matched("tamarind")], author=author, now="2026-09-02T00:00:00Z")
    save_mentions(db, [matched("tamarind", text="सब्ज़ी ताज़ी थी")], author=author, now="2026-09-03T00:00:00Z")

    def found(words):
        return [row[0] for row in db.execute("select rowid from mentions_fts where mentions_fts match ?", [words])]

    assert (found("milk"), found("ताज़ी"), found("ताज")) == ([], [1], [])


def test_a_removed_mention_is_a_tombstone_without_text(db, author, matched):
    save_mentions(db, [matched("tamarind", bands=(1, 2))], author=author, now="2026-09-02T00:00:00Z")
    save_mentions(db, [matched(removed=True, text=None, title=None)], author=author, now="2026-09-03T00:00:00Z")
    row = rows(db)[0]
    assert {key: row[key] for key in ("title", "text", "author", "url", "rating", "engagement", "removed_at")} == {
        "title": None,
        "text": None,
        "author": None,
        "url": None,
        "rating": None,
        "engagement": None,
        "removed_at": "2026-09-03T00:00:00Z",
    }
    assert rows(db, "mention_brands") == []
    assert rows(db, "copy_bands") == []
    assert db.execute("select count(*) from mentions_fts where mentions_fts match 'milk'").fetchone() == (0,)


def test_a_tombstone_met_again_is_unchanged(db, author, matched):
    for day in ("2026-09-02", "2026-09-03"):
        saved = save_mentions(db, [matched(removed=True)], author=author, now=f"{day}T00:00:00Z")
    assert (saved.new, saved.updated, saved.unchanged) == (0, 0, 1)


def test_names_are_kept_only_if_asked(db, author, matched):
    from dataclasses import replace

    save_mentions(db, [matched("tamarind")], author=replace(author, keep_names=True), now="2026-09-02T00:00:00Z")
    assert rows(db, columns="author_name") == [{"author_name": "Meera K."}]


def test_brands_are_those_of_the_latest_sight(db, author, matched):
    save_mentions(db, [matched("tamarind", "nimblecart")], author=author, now="2026-09-02T00:00:00Z")
    save_mentions(db, [matched("nimblecart")], author=author, now="2026-09-03T00:00:00Z")
    assert rows(db, "mention_brands", "brand") == [{"brand": "nimblecart"}]


def test_cursors_and_watches_come_with_their_mentions(db, author, matched):
    watch = Watch(source="reviews", site="trustyard", since="2026-08-01T00:00:00Z", until="2026-09-02T00:00:00Z", complete=True)
    cursor = Cursor(source="reviews", site="trustyard", name="page", value="2026-09-01")
    save_mentions(db, [matched("tamarind")], author=author, now="2026-09-02T00:00:00Z", cursors=[cursor], watches=[watch])
    assert rows(db, "cursors", "site, name, value") == [{"site": "trustyard", "name": "page", "value": "2026-09-01"}]
    assert rows(db, "watches", "site, since, until, complete") == [
        {"site": "trustyard", "since": "2026-08-01T00:00:00Z", "until": "2026-09-02T00:00:00Z", "complete": 1}
    ]


def test_longer_copies_share_a_group_and_an_edit_leaves_it(db, author, matched):
    release = " ".join(f"word{n}" for n in range(60))
    other = " ".join(f"thing{n}" for n in range(60))
    save_mentions(
        db,
        [
            matched("t", external_id="a", text=release, bands=(1, 2)),
            matched("t", external_id="b", text=release + " Read more", bands=(2, 3)),
            matched("t", external_id="c", text=other, bands=(3, 4)),
        ],
        author=author,
        now="2026-09-02T00:00:00Z",
    )
    assert rows(db, columns="external_id, copy_group") == [
        {"external_id": "a", "copy_group": 1},
        {"external_id": "b", "copy_group": 1},
        {"external_id": "c", "copy_group": None},
    ]
    save_mentions(db, [matched("t", external_id="b", text="short now")], author=author, now="2026-09-03T00:00:00Z")
    assert rows(db, columns="external_id, copy_group")[1] == {"external_id": "b", "copy_group": None}


def test_copies_stay_together_when_the_first_of_them_is_edited_away(db, author, matched):
    release = " ".join(f"word{n}" for n in range(60))
    copies = [matched("t", external_id=name, text=release, bands=(1, 2)) for name in "abc"]
    save_mentions(db, copies, author=author, now="2026-09-02T00:00:00Z")
    edited = matched("t", external_id="a", text=" ".join(f"thing{n}" for n in range(60)), bands=(3, 4))
    save_mentions(db, [edited], author=author, now="2026-09-03T00:00:00Z")
    assert rows(db, columns="external_id, coalesce(copy_group, id) as counted") == [
        {"external_id": "a", "counted": 1},
        {"external_id": "b", "counted": 2},
        {"external_id": "c", "counted": 2},
    ]


def test_an_edit_keeps_the_language_that_the_source_states(db, author, matched):
    save_mentions(db, [matched("t", language="hi-Latn")], author=author, now="2026-09-02T00:00:00Z")
    edited = matched("t", language="hi-Latn", text="Doodh ab theek hai.")
    save_mentions(db, [edited], author=author, now="2026-09-03T00:00:00Z")
    assert rows(db, columns="language") == [{"language": "hi-Latn"}]
