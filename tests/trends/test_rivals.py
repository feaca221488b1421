"""What sets us apart from competitors, on planted mentions whose figures are known."""

from __future__ import annotations

import dataclasses

import pytest
from sqlite_utils import Database

from store.records import Watch
from trends.gathering import QuestionError
from trends.rivals import answer_rivals
from trends.windows import all_time, last, window

NOW = "2026-10-05T08:00:00Z"
US, THEM, THIRD = "tamarind", "nimblecart", "basketree"
SINCE, UNTIL = "2026-07-01T00:00:00Z", "2026-10-05T07:00:00Z"


def watch(site="trustyard", brand="", since=SINCE, until=UNTIL, source="reviews"):
    return Watch(source=source, site=site, brand=brand, since=since, until=until, complete=True)


def many(count, **row):
    return [dict(row) for _ in range(count)]


def ask(db, config, *, asked=None, **question):
    return answer_rivals(db, config, window=asked or last("4w", now=NOW, zone=config.time_zone), **question)


def left_out(rival):
    return {f"{one.source}/{one.site}": one.reason for one in rival.left_out}


def test_we_are_worse_where_more_of_our_mentions_complain_and_better_where_fewer_do(plant, config):
    rows = [
        *many(30, brands=(US,), topics=("refund",)), *many(30, brands=(US,), sentiment="positive"),
        *many(30, brands=(THEM,), topics=("delivery",)), *many(70, brands=(THEM,), sentiment="positive"),
    ]  # fmt: skip
    answer = ask(plant(rows, [watch()]), config, rivals=[THEM])
    (rival,) = answer.rivals
    assert (answer.n, rival.own_mentions, rival.mentions) == (60, 60, 100)
    assert (rival.voice.part, rival.voice.whole) == (60, 160)
    assert [(one.subject, one.outcome) for one in rival.topics if one.outcome in ("better", "worse")] == [
        ("delivery", "better"),
        ("refund", "worse"),
    ]
    found = {one.figure: (one.difference.value, one.outcome) for one in rival.figures}
    assert found == {
        "net": (pytest.approx(0 - 0.4), "worse"),
        "negative": (pytest.approx(0.5 - 0.3), "worse"),
        "complaints": (pytest.approx(0.5 - 0.3), "worse"),
    }
    assert [(one.brand, one.mentions, one.voice.value) for one in answer.figures] == [(US, 60, 0.375), (THEM, 100, 0.625)]
    assert [(week.mentions, week.share) for week in answer.figures[0].weeks][-1] == (60, 0.375)


def test_a_week_in_which_a_competitor_was_not_watched_is_a_gap_and_no_victory(config, plant):
    ours = Watch(source="reviews", site="trustyard", brand="tamarind", since="2026-07-01T00:00:00Z", until=NOW, complete=True)
    theirs = dataclasses.replace(ours, brand="nimblecart", since="2026-09-21T00:00:00Z")
    rows = [{"published": f"2026-{day}T10:00:00Z"} for day in ("09-09", "09-16", "09-23", "09-30") for _ in range(10)]
    rows += [{"published": f"2026-{day}T10:00:00Z", "brands": ("nimblecart",)} for day in ("09-23", "09-30") for _ in range(30)]
    fortnight = last("2w", now=NOW, zone=config.time_zone)
    answer = answer_rivals(plant(rows, [ours, theirs]), config, window=fortnight, rivals=["nimblecart"])
    assert answer.sites == ("reviews/trustyard",)
    own, other = ([(week.mentions, week.share) for week in one.weeks[-4:]] for one in answer.figures)
    assert own == [(10, None), (10, None), (10, 0.25), (10, 0.25)]
    assert other == [(None, None), (None, None), (30, 0.75), (30, 0.75)]


def test_attributes_are_compared_by_those_who_speak_of_them(plant, config):
    rows = [
        *many(40, brands=(US,), attributes={"fast": "contests"}), *many(10, brands=(US,), attributes={"fast": "confirms"}),
        *many(40, brands=(THEM,), attributes={"fast": "confirms"}), *many(400, brands=(THEM,)),
    ]  # fmt: skip
    (rival,) = ask(plant(rows, [watch()]), config, rivals=[THEM]).rivals
    fast = next(one for one in rival.attributes if one.subject == "fast")
    assert (fast.difference.first, fast.difference.second, fast.outcome) == (0.2, 1.0, "worse")
    assert (fast.difference.first_n, fast.difference.second_n) == (50, 40)


def test_only_sites_that_cover_both_brands_alike_are_compared(plant, config):
    rows = [
        {"brands": (brand,), "site": site}
        for brand in (US, THEM)
        for site in ("both", "ours", "late", "shared")
        for _ in range(6)
    ] + [{"brands": (US,), "source": "import", "site": "mine"}, {"brands": (US,), "source": "import", "site": "file"},
         {"brands": (THEM,), "source": "import", "site": "file"}]  # fmt: skip
    halves = [(SINCE, "2026-09-12T00:00:00Z"), ("2026-09-20T00:00:00Z", UNTIL)]
    watches = [
        watch("both"), watch("ours", US), watch("late", US), watch("late", THEM, since="2026-09-20T00:00:00Z"),
        *(watch("shared", since=since, until=until) for since, until in halves),
    ]  # fmt: skip
    (rival,) = ask(plant(rows, watches), config, rivals=[THEM]).rivals
    assert rival.sites == ("import/file", "reviews/both", "reviews/shared")
    assert (rival.own_mentions, rival.mentions) == (13, 13)
    assert left_out(rival) == {
        "import/mine": "imported for Tamarind only",
        "reviews/late": "not watched for Nimblecart 8–20 Sep 2026",
        "reviews/ours": "watched for Tamarind only",
    }


def test_each_pair_has_sites_of_its_own_and_all_together_those_that_cover_all(plant, config):
    rows = [{"brands": (brand,), "site": site} for brand in (US, THEM, THIRD) for site in ("x", "y") for _ in range(6)]
    watches = [watch("x"), watch("y", US), watch("y", THEM)]
    answer = ask(plant(rows, watches), config)
    assert [(rival.brand, rival.sites) for rival in answer.rivals] == [
        (THEM, ("reviews/x", "reviews/y")),
        (THIRD, ("reviews/x",)),
    ]
    assert answer.sites == ("reviews/x",)
    assert [one.mentions for one in answer.figures] == [6, 6, 6]


@pytest.mark.parametrize("ever", [False, True])
def test_where_one_search_found_all_brands_each_sees_the_same_voices(plant, config, ever):
    # On most of the places that a search reaches only one brand is spoken of: nobody's mentions may fall out for that.
    rows = [
        {"brands": (brand,), "source": "reddit", "site": f"r/{brand}{place}"}
        for brand, count in ((US, 20), (THEM, 12), (THIRD, 8)) for place in range(2) for _ in range(count // 2)
    ] + [{"brands": (THIRD,), "source": "import", "site": "file"}]  # fmt: skip
    db = plant(rows, [watch("r/all", source="reddit")])
    asked = all_time(now=NOW, zone=config.time_zone) if ever else None
    for brand in (US, THEM, THIRD):
        answer = ask(db, config, asked=asked, brand=brand)
        assert {one.brand: (one.mentions, one.voice.whole) for one in answer.figures} == {
            US: (20, 40),
            THEM: (12, 40),
            THIRD: (8, 40),
        }


def test_a_site_that_nobody_watched_in_the_window_is_left_out(plant, config):
    rows = [{"brands": (brand,), "published": "2026-10-04T10:00:00Z"} for brand in (US, THEM)]
    watches = [watch(until="2026-08-01T00:00:00Z"), watch("alive")]
    db = plant(rows, watches)
    (rival,) = ask(db, config, rivals=[THEM]).rivals
    assert (rival.sites, left_out(rival)) == (("reviews/alive",), {"reviews/trustyard": "not watched in this window"})
    (ever,) = ask(db, config, asked=all_time(now=NOW, zone=config.time_zone), rivals=[THEM]).rivals
    assert ever.sites == ("reviews/trustyard",)


def test_a_text_that_names_both_says_who_comes_off_better(plant, config):
    rows = [{"brands": (US, THEM), "text": f"Both of them, {number}."} for number in range(8)]
    db = plant([*rows, {"brands": (US,)}, {"brands": (THEM,)}], [watch()])
    (rival,) = ask(db, config, rivals=[THEM]).rivals
    head = rival.head_to_head
    assert (head.mentions, head.better, head.worse, head.alike, head.unread) == (8, 0, 0, 8, 0)
    assert (head.outcome, len(head.quotes)) == ("too few to say", 3)
    assert len({quote.text for quote in head.quotes}) == 3


def test_sentences_about_one_brand_only_decide_who_is_better(plant, config):
    rows = [{"brands": (US, THEM), "sentiment": "negative", "text": f"Bad {number}. Good."} for number in range(12)]
    plant(rows, [watch()])
    db = Database(config.database)
    with db.conn:
        tagger = db.execute("select id from taggers where task = 'sentiment'").fetchone()[0]
        for (mention,) in db.execute("select id from mentions").fetchall():
            db.conn.execute(
                "insert into tags (mention, span, brand, tagger, label) values (?, 0, ?, ?, 'positive')", [mention, US, tagger]
            )
        db.conn.execute(
            "insert into stale_facts (brand, day, mark) select distinct brand, '2026-09-30', 1 from mention_brands where true on conflict do nothing"
        )
    (rival,) = ask(db, config, rivals=[THEM]).rivals
    head = rival.head_to_head
    assert (head.better, head.worse, head.outcome) == (12, 0, "better")
    assert (head.own.value, head.theirs.value) == (1.0, -1.0)
    db.close()


def test_each_quote_of_both_says_for_whom_it_counts_and_each_side_has_one(plant, config):
    words = ["We are better."] * 6 + ["They are better."] * 2 + ["Alike."] * 2
    rows = [{"brands": (US, THEM), "sentiment": "neutral", "text": f"{text} {n}"} for n, text in enumerate(words)]
    plant(rows, [watch()])
    db = Database(config.database)
    with db.conn:
        tagger = db.execute("select id from taggers where task = 'sentiment'").fetchone()[0]
        for mention, text in db.execute("select id, text from mentions where text not like 'Alike%'").fetchall():
            winner, loser = (US, THEM) if text.startswith("We") else (THEM, US)
            for brand, label in ((winner, "positive"), (loser, "negative")):
                db.conn.execute(
                    "insert into tags (mention, span, brand, tagger, label) values (?, 0, ?, ?, ?)",
                    [mention, brand, tagger, label],
                )
        db.conn.execute(
            "insert into stale_facts (brand, day, mark) select distinct brand, '2026-09-30', 1 from mention_brands where true on conflict do nothing"
        )
    (rival,) = ask(db, config, rivals=[THEM]).rivals
    head = rival.head_to_head
    assert (head.better, head.worse, head.alike) == (6, 2, 2)
    said = {"own": "We are", "other": "They are"}
    assert [quote.better for quote in head.quotes] == ["own", "other", "own"]
    assert all(quote.text.startswith(said[quote.better]) for quote in head.quotes)
    (back,) = ask(db, config, rivals=[US], brand=THEM).rivals
    assert [quote.better for quote in back.head_to_head.quotes] == ["other", "own", "other"]
    db.close()


def test_texts_that_prefer_nobody_are_quoted_as_alike(plant, config):
    db = plant([{"brands": (US, THEM), "text": f"Both of them, {number}."} for number in range(8)], [watch()])
    (rival,) = ask(db, config, rivals=[THEM]).rivals
    assert [quote.better for quote in rival.head_to_head.quotes] == ["neither"] * 3


def test_ratings_are_compared_by_source_and_scale_also_without_words(plant, config):
    stars = {"rating_worst": 1, "rating_best": 5, "rating_measure": "stars"}
    rows = [
        *many(20, brands=(US,), rating=2, **stars), *many(20, brands=(US,), rating=1, text="", **stars),
        *many(30, brands=(THEM,), rating=5, **stars),
    ]  # fmt: skip
    (rival,) = ask(plant(rows, [watch()]), config, rivals=[THEM]).rivals
    mean, top = (next(one for one in rival.figures if one.figure == figure) for figure in ("mean", "top"))
    assert (mean.subject, mean.scale, mean.difference.first, mean.difference.second) == ("reviews", "stars 1–5", 1.5, 5)
    assert (mean.outcome, top.outcome, top.difference.first_n, rival.own_mentions) == ("worse", "worse", 40, 20)


def test_a_brand_is_not_put_beside_itself_nor_beside_nobody(plant, config):
    db = plant([{}], [watch()])
    for changed in (config, dataclasses.replace(config, brands=config.brands[:1])):
        with pytest.raises(QuestionError, match="'tamarind' needs another brand beside it"):
            ask(db, changed, rivals=[US] if changed is config else [])
    with pytest.raises(QuestionError, match="'acme' is not configured"):
        ask(db, config, rivals=["acme"])


def test_a_window_without_mentions_says_nothing(plant, config):
    db = plant([{}], [watch()])
    asked = window("2026-08-03", "2026-08-09", now=NOW, zone=config.time_zone)
    (rival, _) = ask(db, config, asked=asked).rivals
    assert {one.outcome for one in (*rival.figures, *rival.topics, *rival.attributes)} == {"too few to say"}
    assert (rival.voice.value, rival.head_to_head.mentions) == (None, 0)
