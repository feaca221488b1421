"""The store that the speed of questions is measured on is a real one, and every question is asked of it."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parent.parent / "bench"
MENTIONS = 3000


@pytest.fixture(scope="module")
def bench():
    """The modules of the bench, which stand beside each other and in no package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(BENCH), *sys.path])
        import queries
        import query_bytes
        import query_plan
        import query_questions
        import query_store

        yield {module.__name__: module for module in (queries, query_bytes, query_plan, query_questions, query_store)}


@pytest.fixture(scope="module")
def config(bench, tmp_path_factory):
    return bench["query_store"].make_store(tmp_path_factory.mktemp("queries"), MENTIONS, quiet=True, tested=False)


@pytest.fixture
def db(config):
    from store.database import read_database

    with contextlib.closing(read_database(config.database)) as opened:
        yield opened


def one(db, sql):
    return db.execute(sql).fetchone()[0]


def test_the_store_is_sound(db):
    assert one(db, "pragma integrity_check") == "ok"
    assert db.execute("pragma foreign_key_check").fetchall() == []
    assert one(db, "select count(*) from mentions_fts where mentions_fts match 'norvex'") == one(
        db, "select count(*) from mentions where title || ' ' || text like '%norvex%' or text like '%norvex%'"
    )


def test_the_same_size_gives_the_same_rows(bench, config, db, tmp_path):
    from store.database import open_database

    store = bench["query_store"]
    with contextlib.closing(open_database(tmp_path / "other.db")) as other:
        store.fill(other, config, bench["query_plan"].draw_plan(MENTIONS), quiet=True)
        for table in (*store.TABLES, "watches", "metrics", "judgements"):
            rows = db.execute(f"select * from {table} order by 1, 2").fetchall()
            assert rows == other.execute(f"select * from {table} order by 1, 2").fetchall(), table
            assert rows, table


def test_mentions_are_what_the_bench_says_they_are(db):
    shares = db.execute(
        """
        select avg(parent is not null), avg(published is null), avg(author is null), avg(rating is not null),
            avg(length(coalesce(title, '')) + length(text)), count(distinct source), count(distinct source || site),
            count(distinct language), min(published) >= '2024-09', max(published) < '2026-10-05'
        from mentions
        """
    ).fetchone()
    assert shares[:5] == pytest.approx((0.12, 0.02, 0.07, 0.30, 178), rel=0.25)
    assert shares[5:] == (8, 40, 11, 1, 1)


def test_texts_of_25_words_have_bands_and_copies_share_them(db):
    from store.copies import MIN_WORDS

    banded = {mention for (mention,) in db.execute("select distinct mention from copy_bands")}
    assert banded == {n for n, text in db.execute("select id, text from mentions") if len(text.split()) >= MIN_WORDS}
    groups = db.execute("select copy_group, id, title, text from mentions where copy_group is not null").fetchall()
    assert min(Counter(group for group, *_ in groups).values()) >= 2
    words = {group: (title, text) for group, mention, title, text in groups if group == mention}
    assert [(title, text) for _, _, title, text in groups] == [words[group] for group, *_ in groups]


def test_sentences_are_where_the_store_says(db):
    for title, text, count, end in db.execute(
        "select title, text, count(*), max(spans.end) from mentions join spans on mention = id group by id limit 200"
    ):
        read = "\n".join(part for part in (title, text) if part)
        assert (end, read.count(".") >= count) == (len(read), True)


def test_nothing_was_said_while_nobody_watched(bench, db):
    plan = bench["query_plan"]
    gaps = plan.draw_gaps()
    assert len(gaps) > 20
    seconds = "strftime('%s', published) - strftime('%s', '2024-10-05')"
    for source, site, first, days in gaps:
        name = plan.SOURCES[source]
        (found,) = db.execute(
            f"""
            select count(*) from mentions
            where source = ? and site = ? and parent is null and {seconds} >= ? and {seconds} < ?
            """,
            [name, f"{name}-{site}.example", first * plan.DAY, (first + days) * plan.DAY],
        ).fetchone()
        assert found == 0


def test_every_question_is_answered(bench, config):
    questions, asked = bench["query_questions"], set()
    for question in questions.list_questions():
        for name, length, filters in questions.spread(question):
            if filters or length in ("week", "all"):
                case = next(islice(questions.make_cases(config, length, **filters), len(asked) % 6, None))
                assert bench["queries"].time_one(question.ask, case) > 0
                asked.add(name)
    assert {"hot buttons, all", "page, week", "digest, week", "search: a word, 4w, Hindi"} <= asked


def test_what_writers_keep_is_up_to_date(db):
    from store.tags import current_set

    assert db.execute("select * from stale_facts").fetchall() == []
    assert one(db, "select count(distinct taggers) from facts") == 1
    assert one(db, "select min(taggers) from facts").endswith(current_set(db))
    assert one(db, "select sum(mentions) from facts") == one(db, "select count(*) from mention_brands")


def test_the_bare_sql_counts_what_the_answer_counts(bench, config, db):
    from trends.hot_buttons import answer_hot_buttons

    questions = bench["query_questions"]
    case = next(questions.make_cases(config, "all", source="reviews"))
    bare = {topic: count for topic, count, *_ in db.execute(questions.TOPICS_SQL, case.bound)}
    hot = answer_hot_buttons(db, config, **case.filters)
    found = {button.topic: button.complaints + button.copies for button in hot.buttons}
    # Sentences that speak of another brand, and complaints that are none for this one, are left out of the answer alone.
    assert sum(abs(bare[topic] - count) for topic, count in found.items()) <= 0.1 * sum(bare.values())
    assert set(found) <= set(bare)


def test_lines_tell_times_and_ratios(bench, config, capsys):
    queries = bench["queries"]
    lines = queries.measure_all(config, runs=3, seconds=5, only=("passages", "digest"))
    queries.print_growth([1000, 5000], [lines, lines])
    printed = capsys.readouterr().out.splitlines()
    assert [line.name for line in lines] == ["passages, all", "digest, week"]
    assert all(0 < line.median <= line.p95 <= line.took[-1] and len(line.took) == 3 and line.plain > 0 for line in lines)
    assert printed[1].startswith("passages, all")
    assert "of 1 questions within 100 ms" in printed[3]
    assert printed[4].startswith("p95 of all 3 askings together ")
    assert printed[-1].split()[-2:] == ["1.0", "less"]


def test_bytes_add_up_to_the_file(bench, config, capsys):
    weights = bench["query_bytes"].weigh(config.database)
    assert sum(weight.bytes for weight in weights) == config.database.stat().st_size
    assert sum(bench["query_bytes"].sum_parts(weights).values()) == config.database.stat().st_size
    bench["query_bytes"].print_bytes(config.database)
    printed = capsys.readouterr().out
    assert "full-text index" in printed
    assert "sentence vectors" in printed
