import dataclasses
from zoneinfo import ZoneInfo

from config import Goal
from store.records import Watch
from trends.answers import Replies
from trends.overview import answer_overview
from trends.service import answer_service
from trends.windows import all_time, last_full_week

NOW = "2026-10-05T08:00:00Z"
LONDON = ZoneInfo("Europe/London")
WEEK = last_full_week(NOW, LONDON)


def test_net_sentiment_and_shares_of_a_week(config, plant):
    moods = ["positive"] * 6 + ["neutral"] * 2 + ["negative"] * 2
    rows = [{"sentiment": mood} for mood in moods] + [{"brands": ("nimblecart",)}] * 5 + [{"untagged": True}]
    overview = answer_overview(plant(rows), config, window=WEEK)
    figures = overview.figures
    assert (figures.mentions, figures.people, figures.anonymous, overview.untagged) == (11, 11, 0, 1)
    assert (figures.net.value, figures.net.n) == (0.4, 10)
    assert (figures.negative.value, figures.negative.whole) == (0.2, 10)
    assert (figures.voice.part, figures.voice.whole) == (11, 16)
    assert [rival.voice.part for rival in overview.competitors] == [5, 0]
    assert "Not read yet, and in no share: 1 of these mentions; run `repute tag`." in overview.notes


def test_a_mention_of_two_brands_is_a_voice_for_each(config, plant):
    overview = answer_overview(plant([{"brands": ("tamarind", "nimblecart")}] * 5), config, window=WEEK)
    assert (overview.figures.voice.part, overview.figures.voice.whole) == (5, 10)


def test_tickets_and_surveys_are_no_public_voice(config, plant):
    rows = [
        *[{}] * 4, *[{"brands": ("nimblecart",)}] * 4, *[{"source": "import", "site": "reviews"}] * 2,
        *[{"source": "import", "site": "tickets", "kind": "call"}] * 30, *[{"source": "import", "site": "nps", "kind": "survey"}] * 3,
    ]  # fmt: skip
    db = plant(rows)
    overview = answer_overview(db, config, window=WEEK)
    assert (overview.figures.mentions, overview.figures.voice.part, overview.figures.voice.whole) == (39, 6, 10)
    assert overview.notes[0] == (
        "Share of voice leaves import/nps, import/tickets out: tickets, surveys and the like are no public voice."
    )
    goal = Goal(figure="share_of_voice", way="at_least", target=0.7, unit="share", brand="tamarind")
    (held,) = answer_service(db, dataclasses.replace(config, goals=(goal,)), window=WEEK).goals
    assert (held.status, held.value, held.n) == ("missed", 0.6, 10)


def test_reply_times_leave_the_unanswered_beside(config, plant):
    asked = "2026-09-30T10:00:00Z"
    rows = [{"topics": ["app"], "published": asked} for _ in range(7)]
    for number, minutes in enumerate((10, 20, 30, 40, 50)):
        moment = f"2026-09-30T10:{minutes}:00Z"
        rows.append({"voice": "company", "parent": f"m{number}", "published": moment, "brands": ()})
    rows.append({"voice": "company", "parent": "m0", "published": "2026-10-01T10:00:00Z", "brands": ()})
    replies = answer_overview(plant(rows), config, window=WEEK).figures.replies
    assert replies == Replies(complaints=7, answered=5, unanswered=2, timed=5, median_minutes=30, p90_minutes=46)


def test_a_window_before_that_nobody_watched_is_no_nought(config, plant):
    watches = [Watch(source="reviews", site="trustyard", since="2026-09-27T00:00:00Z", until=NOW, complete=True)]
    db = plant([{"published": "2026-09-30T10:00:00Z", "topics": ("refund",)}], watches)
    for answer in (answer_overview(db, config, window=WEEK), answer_service(db, config, window=WEEK)):
        assert answer.before is None
        assert any(note.startswith("In the window before (21–27 Sep 2026):") for note in answer.notes)


def test_the_window_before_stands_beside_and_its_gap_is_told(config, plant):
    rows = [{}] * 3 + [{"published": "2026-09-23T10:00:00Z"}] * 2
    watch = Watch(source="reviews", site="trustyard", since="2026-09-23T23:00:00Z", until=NOW, complete=True)
    overview = answer_overview(plant(rows, [watch]), config, window=WEEK)
    assert (overview.figures.mentions, overview.before.mentions) == (3, 2)
    assert overview.notes[0] == "In the window before (21–27 Sep 2026): reviews was not watched 21–23 Sep 2026."
    assert overview.mentions_change.before is None


def test_all_time_has_no_window_before(config, plant):
    overview = answer_overview(plant([{}]), config, window=all_time(now=NOW, zone=LONDON))
    assert (overview.before, overview.before_window, overview.mentions_change.direction) == (None, None, "unknown")


def test_an_empty_store_gives_too_few_to_say(config, plant):
    overview = answer_overview(plant([]), config, window=WEEK)
    assert (overview.n, overview.figures.net.too_few, overview.figures.voice.too_few, overview.loudest) == (0, True, True, None)
