from zoneinfo import ZoneInfo

import pytest

from store.records import Watch
from trends.answers import Voices
from trends.attributes import answer_attributes
from trends.gathering import QuestionError
from trends.intervals import wilson
from trends.windows import all_time, last_full_week, window

NOW = "2026-10-05T08:00:00Z"
WEEK = last_full_week(NOW, ZoneInfo("Europe/London"))


def row_of(ledger, attribute):
    return next(row for row in ledger.rows if row.attribute == attribute)


def test_the_ledger_says_confirmed_contested_mixed_and_absent(config, plant):
    rows = [{"attributes": {"fast": "contests"}} for _ in range(6)] + [{"attributes": {"fresh": "confirms"}} for _ in range(8)]
    rows += [{"attributes": {"fresh": "contests"}, "author_id": None}]
    ledger = answer_attributes(plant(rows), config, window=WEEK)
    assert [(row.attribute, row.own.status) for row in ledger.rows] == [
        ("fast", "contested"), ("fresh", "confirmed"), ("friendly", "absent"), ("fair", "absent"), ("green", "absent"),
    ]  # fmt: skip
    fresh = row_of(ledger, "fresh")
    assert fresh.own.confirmed == Voices(mentions=8, people=8, anonymous=0)
    assert fresh.own.contested == Voices(mentions=1, people=0, anonymous=1)
    assert (fresh.own.share.part, fresh.own.share.whole) == (8, 9)
    assert (fresh.own.share.low, fresh.own.share.high) == pytest.approx(wilson(8, 9))
    assert (len(fresh.confirming), len(fresh.contesting)) == (3, 1)
    assert ledger.n == 15


def test_what_nobody_watched_is_not_absent(config, plant):
    watches = [
        Watch(source="reviews", site="trustyard", since="2026-07-01T00:00:00Z", until="2026-09-30T00:00:00Z", complete=True)
    ]
    rows = [{"attributes": {"fast": "contests"}, "published": "2026-09-08T10:00:00Z"} for _ in range(6)]
    zone = ZoneInfo("Europe/London")
    db = plant(rows, watches)
    gap = answer_attributes(db, config, window=window("2026-09-28", "2026-10-04", now=NOW, zone=zone))
    assert {row.own.status for row in gap.rows} == {"not watched"}
    seen = answer_attributes(db, config, window=window("2026-09-15", "2026-09-28", now=NOW, zone=zone))
    assert {row.own.status for row in seen.rows} == {"absent"}


def test_a_split_opinion_is_mixed_and_few_are_too_few_to_say(config, plant):
    rows = [{"attributes": {"fast": "confirms" if n % 2 else "contests"}} for n in range(8)]
    rows += [{"attributes": {"fresh": "confirms" if n else "contests"}} for n in range(3)]
    ledger = answer_attributes(plant(rows), config, window=WEEK)
    assert (row_of(ledger, "fast").own.status, row_of(ledger, "fast").own.share.value) == ("mixed", 0.5)
    assert (row_of(ledger, "fresh").own.status, row_of(ledger, "fresh").own.share.too_few) == ("unclear", True)


def test_one_who_praises_daily_is_one_person_and_confirms_nothing(config, plant):
    rows = [{"author_id": "fan", "attributes": {"fresh": "confirms"}} for _ in range(9)]
    own = row_of(answer_attributes(plant(rows), config, window=WEEK), "fresh").own
    assert (own.confirmed, own.status) == (Voices(mentions=9, people=1, anonymous=0), "unclear")


def test_competitors_stand_beside(config, plant):
    rows = [{"attributes": {"fast": "contests"}}]
    rows += [{"brands": ("nimblecart",), "attributes": {"fast": "confirms"}} for _ in range(6)]
    ledger = answer_attributes(plant(rows), config, window=WEEK)
    assert [(rival.brand, rival.status) for rival in row_of(ledger, "fast").competitors] == [
        ("nimblecart", "confirmed"),
        ("basketree", "absent"),
    ]


def test_a_word_that_only_our_customers_use_is_unexpected(config, plant):
    own = [{"text": "Tamarind lemons arrive mouldy.", "sentiment": "negative"} for _ in range(12)]
    own += [{"author_id": "cross", "text": "voucher voucher"} for _ in range(30)]
    rivals = [{"text": "Nimblecart lemons arrive.", "brands": ("nimblecart",)} for _ in range(25)]
    (word,) = answer_attributes(plant(own + rivals), config, window=WEEK).unexpected
    assert (word.word, word.mentions, word.others, word.net.negative, word.quote.text) == (
        "mouldy", 12, 0, 12, "Tamarind lemons arrive mouldy.",
    )  # fmt: skip
    assert word.z > 1.96


def test_a_brand_that_is_not_configured_names_those_that_are(config, plant):
    with pytest.raises(QuestionError, match="'acme' is not configured; there are tamarind, nimblecart, basketree"):
        answer_attributes(plant([]), config, window=WEEK, brand="acme")


def test_the_brands_name_with_a_turkish_suffix_is_no_unexpected_word(config, plant):
    own = [{"text": "Tamarind'den lemons arrive, Tamarind’in."} for _ in range(20)]
    rivals = [{"text": "Nimblecart lemons arrive.", "brands": ("nimblecart",)} for _ in range(25)]
    assert answer_attributes(plant(own + rivals), config, window=WEEK).unexpected == ()


def test_weeks_count_the_mentions_that_speak_of_an_attribute(config, plant):
    rows = [{"attributes": {"fast": "confirms"}}] * 2 + [
        {"attributes": {"fast": "contests"}, "published": "2026-09-15T10:00:00Z"}
    ]
    fast = answer_attributes(plant(rows), config, window=WEEK).rows[0]
    assert (fast.attribute, [week.count for week in fast.weeks]) == ("fast", [0, 0, 0, 0, 0, 1, 0, 2])


def test_a_window_holds_the_same_whatever_was_asked_for_before(config, plant):
    before = {"published": "2026-09-16T10:00:00Z", "text": "Vouchers expire.", "brands": ("tamarind", "nimblecart")}
    rows = [{"attributes": {"fast": "confirms", "fresh": "contests"}, "text": "Mouldy lemons."}] * 9
    rows += [{**before, "attributes": {"fast": "contests"}}] * 7
    db = plant(rows)
    asked = answer_attributes(db, config, window=WEEK)
    whole = answer_attributes(db, config, window=all_time(now=NOW, zone=WEEK.zone))
    fast = row_of(whole, "fast")
    assert (fast.own.confirmed.mentions, fast.own.contested.mentions, fast.competitors[0].contested.mentions) == (9, 7, 7)
    assert answer_attributes(db, config, window=WEEK) == asked
    assert row_of(asked, "fast").competitors[0].status == "absent"
