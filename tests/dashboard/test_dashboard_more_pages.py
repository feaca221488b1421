"""Trend, service, compare, coverage and topic pages show the figures of the answers, gaps as gaps, and say what is not known."""

from __future__ import annotations

import contextlib
import dataclasses
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from bs4 import BeautifulSoup
from planted_store import NOW, WEEK, plant_store, planted_config

from config.records import Goal, MetricSeries
from reporting.phrases import net_words, share_basis, share_words
from reporting.trend_tables import spearman_words, value_of
from store.database import open_database, read_database
from store.metrics import save_metrics
from store.outbreaks import save_tests
from store.records import MatchedMention, Mention, Metric, Watch
from store.saving import Author, save_mentions
from trends.hot_buttons import answer_hot_buttons
from trends.rivals import answer_rivals
from trends.service import answer_service
from trends.timeline import answer_trend
from trends.watching import answer_watching
from trends.windows import last, last_full_week

ZONE = ZoneInfo("Europe/London")
TEST = {
    "brand": "tamarind", "topic": "refund", "day": "2026-10-04", "observed": 6, "expected": 0.8, "lower": 0.0, "upper": 3.0,
    "chance_up": 1e-9, "chance_down": 1.0, "baseline_days": 70, "onset": "2026-09-29",
}  # fmt: skip
PAGES = ("/", "/trend", "/service", "/compare", "/coverage", "/mentions")


def words(element) -> str:
    return " ".join(element.get_text(" ").replace("\xa0", " ").split())


@pytest.fixture(scope="session")
def rich(tmp_path_factory):
    """The planted store with goals, a business series and a test for an outbreak."""
    goals = (
        Goal(figure="complaints_a_week", way="at_most", target=5, unit="a_week", brand="tamarind"),
        Goal(figure="net_sentiment", way="at_least", target=-0.9, unit="points", brand="tamarind"),
    )
    config = dataclasses.replace(
        planted_config(tmp_path_factory.mktemp("pages")), goals=goals, metrics=(MetricSeries(name="orders", kind="count"),)
    )
    plant_store(config)
    first = date(2026, 7, 13)
    days = [(first + timedelta(days=day)).isoformat() for day in range(84)]
    with contextlib.closing(open_database(config.database)) as db:
        save_metrics(
            db, [Metric(name="orders", date=day, value=float(100 + place + place**2 % 13)) for place, day in enumerate(days)]
        )
        save_tests(db, [TEST])
    return config


@pytest.fixture(scope="session")
def fetch(rich, serve):
    with serve(rich) as url, httpx.Client(base_url=url, timeout=60) as client:

        def get(path: str, status: int = 200) -> BeautifulSoup:
            answer = client.get(path)
            assert answer.status_code == status, answer.text[:300]
            assert "script-src 'none'" in answer.headers["content-security-policy"]
            return BeautifulSoup(answer.text, "html.parser")

        yield get


@pytest.fixture
def db(rich):
    with contextlib.closing(read_database(rich.database)) as opened:
        yield opened


def rows_of(table) -> list[list[str]]:
    return [[words(cell) for cell in row.select("th, td")] for row in table.select("tbody tr")]


def test_pages_lead_to_each_other_with_brand_and_window(fetch):
    for path in PAGES:
        page = fetch(f"{path}?brand=nimblecart&last=12w")
        links = page.select("nav.pages a")
        assert [link["href"] for link in links] == [f"{other}?brand=nimblecart&last=12w" for other in PAGES]
        assert [words(link) for link in links if link.get("aria-current") == "page"] == [
            {"/": "Overview"}.get(path, path[1:].capitalize())
        ]


@pytest.mark.parametrize(
    "path", ["/trend", "/trend?figure=complaints", "/service", "/compare", "/coverage", "/topic?topic=refund"]
)
def test_a_page_has_one_heading_labels_and_named_charts(fetch, path):
    page = fetch(path)
    assert len(page("h1")) == 1
    assert [
        field
        for field in page.select("form.filters select, form.filters input:not([type=hidden])")
        if not field.find_parent("label")
    ] == []
    assert [table for table in page("table") if not table.caption or not table.select("th[scope]")] == []
    assert [svg for svg in page.select("main svg") if not (svg.get("aria-label") and svg.get("role") == "img")] == []
    assert {section["aria-labelledby"] for section in page("section")} <= {mark["id"] for mark in page.select("[id]")}
    assert words(page.select_one("footer h2")) == "What these figures stand on"


def test_the_main_figures_are_those_of_the_trend(fetch, rich, db):
    answer = answer_trend(db, rich, window=last("26w", now=NOW, zone=ZONE))
    shown = {words(card.h2): words(card.select_one(".level")) for card in fetch("/trend").select("article.trend")}
    assert shown == {
        line.name: "too few to say" if line.level.value is None else value_of(line, line.level.value) for line in answer.figures
    }
    assert shown["Complaints"] == "14"


def test_small_lines_break_at_gaps_and_are_grey_there(fetch):
    card = fetch("/trend").select_one("#line-complaints").find_parent("article")
    assert len(card.select("rect.gap")) == 1
    assert card.svg["aria-label"] == "Complaints by week"


def test_a_figure_in_full_has_its_weeks_as_a_table_with_gaps_said(fetch, rich, db):
    answer = answer_trend(db, rich, window=last("26w", now=NOW, zone=ZONE), figure="complaints")
    table = fetch("/trend?figure=complaints").select_one("#chart-trend-complaints table")
    shown = [(row[0], row[1]) for row in rows_of(table)]
    assert shown == [
        (point.label, point.status if point.level.value is None else f"{point.level.value:.0f}") for point in answer.periods
    ]
    assert shown[0][1] == "not watched"
    assert shown[-1] == (WEEK, "12")


def test_a_short_window_keeps_its_figure_and_shows_the_weeks_before_it(fetch, rich, db):
    page = fetch("/trend?figure=complaints&last=week")
    answer = answer_trend(db, rich, window=last_full_week(NOW, ZONE), figure="complaints")
    assert words(page.select_one(".level strong")) == f"{answer.figures[0].level.value:.0f}"
    assert len(rows_of(page.select_one("#chart-trend-complaints table"))) == 12
    assert "The lines show 13 Jul – 4 Oct 2026" in words(page.select_one(".lead"))


def test_a_goal_is_said_to_be_missed_since_when(fetch):
    page = fetch("/trend?figure=complaints")
    goal = page.select_one("ul.goals li")
    assert words(goal.select_one(".goal")) == "✗ missed"
    assert words(goal.strong) == "complaints a week: at most 5"
    assert "latest week 12; so since 2026-09-28, 1 week" in words(goal.small)
    assert "Dashed: the goal." in words(page.select_one("#chart-trend-complaints figcaption"))


def test_a_business_series_is_laid_over_with_its_correlation(fetch, rich, db):
    page = fetch("/trend?figure=complaints&last=12w&metric=orders")
    answer = answer_trend(db, rich, window=last("12w", now=NOW, zone=ZONE), figure="complaints", metric="orders")
    (laid,), notes = answer.laid, answer.laid_notes
    assert notes
    assert [words(said) for said in page.select("footer li")][: len(notes)] == list(notes)
    section = page.select_one("section.laid")
    assert [words(said) for said in section.select("li")] == list(laid.sentences)
    cells = [words(cell) for cell in section.select("thead th")]
    assert cells == ["Weeks later", "orders follows", "Spearman’s r", "orders leads", "Spearman’s r"]
    assert [(row[0], row[2], row[4]) for row in rows_of(section.table)] == [
        (str(after.lag), spearman_words(after), spearman_words(ahead))
        for after, ahead in zip(laid.follows.lags, laid.leads.lags, strict=True)
    ]
    assert "Dotted, on the scale to the right: orders." in words(page.select_one("figure.drawing figcaption"))
    assert "of what is left beside the trend of each; where Spearman’s r" in words(section.select_one("p.faint"))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/trend?figure=x", "figure: 'x' is not there; choose one of ratings, mentions"),
        ("/trend?every=year", "every: 'year' is not there; choose one of week, month"),
        ("/trend?metric=orders", "metric: 'orders' is laid over one figure; choose one"),
        ("/trend?figure=complaints&metric=weather", "metric: 'weather' was not imported; there are orders"),
        ("/trend?figure=complaints&metric=orders&every=month", "metric: 'orders' is laid over weeks; choose weeks"),
        ("/trend?figure=confirmed", "figure: 'confirmed' is asked of one attribute; choose one"),
        ("/trend?topic=app&attribute=fast", "topic: choose 'app' or the attribute 'fast', not both at once"),
        ("/topic", "topic: name one of delivery"),
    ],
)
def test_what_does_not_go_together_is_said(fetch, path, message):
    assert message in words(fetch(path, 400))


def test_service_figures_are_those_of_the_answer(fetch, rich, db):
    answer = answer_service(db, rich, window=last("4w", now=NOW, zone=ZONE))
    page = fetch("/service")
    shown = {words(div.dt): words(div.dd) for div in page.select("dl.figures div")}
    replies = answer.figures.replies
    assert shown["Complaints"].startswith(f"{answer.figures.complaints.mentions} ")
    for name, share in (("Without a reply", replies.unanswered_share), ("Escalated, of complaints", answer.figures.escalated)):
        assert shown[name].startswith(f"{share_words(share)} {share_basis(share)}".replace("\xa0", " "))
    assert words(page.h1) == f"{answer.figures.resolution.active} open cases of {answer.figures.resolution.cases} cases"
    assert [words(item.select_one(".goal")) for item in page.select("ul.goals li")] == ["✗ missed", "✓ met"]
    ages = [(row[0], row[-1]) for row in rows_of(page.select_one("#chart-backlog table"))]
    assert ages == [(age.label, str(age.cases)) for age in answer.backlog]
    topics = page.select_one("#parts-1").find_parent("section").table
    assert [(row[0], row[1]) for row in rows_of(topics)] == [(one.name, str(one.complaints.mentions)) for one in answer.topics]


def test_competitors_stand_as_in_the_answer(fetch, rich, db):
    answer = answer_rivals(db, rich, window=last("4w", now=NOW, zone=ZONE))
    page = fetch("/compare")
    table = rows_of(page.select_one("#standings").find_parent("section").select_one("table"))
    assert [(row[0], row[2].split(" 95%")[0].split(" n =")[0], row[3].split(" 95%")[0].split(" n =")[0]) for row in table] == [
        (one.brand_name, share_words(one.voice), net_words(one.net)) for one in answer.figures
    ]
    weeks = rows_of(page.select_one("#chart-voice table"))
    assert [row[1] for row in weeks] == [
        "–" if week.mentions is None or week.share is None else f"{week.share:.0%}" for week in answer.figures[0].weeks
    ]
    assert [words(title).split(" and ")[1].split()[0] for title in page.select("h2[id^=rival-]")] == ["Nimblecart", "Basketree"]


def test_each_site_has_a_strip_of_what_was_watched(fetch, rich, db):
    answer = answer_watching(db, rich, window=last("12w", now=NOW, zone=ZONE))
    page = fetch("/coverage")
    strips = {words(item.h3): item for item in page.select("ul.sites > li")}
    assert list(strips) == [f"{site.source} {site.site}" for site in answer.sites]
    gap = strips["reddit r/leeds"]
    assert gap.svg["aria-label"] == "reddit/r/leeds: of 84 steps of a day, 77 watched, 7 not watched"
    assert [(rect["x"], rect["width"]) for rect in gap.select("rect.none")] == [("41", "7")]
    assert "Not watched: 24–30 Aug 2026." in words(gap)
    assert strips["reviews trustyard"].select("rect.none") == []


def test_a_hot_button_has_its_hours_beside_all_mentions_and_its_parts(fetch, rich, db):
    hot = answer_hot_buttons(db, rich, window=last_full_week(NOW, ZONE))
    button = next(one for one in hot.buttons if one.topic == "refund")
    page = fetch("/topic?topic=refund")
    hours = rows_of(page.select_one("#chart-hours-refund table"))
    assert [(row[1], row[3]) for row in hours] == [
        (str(one), str(all_)) for one, all_ in zip(button.hours, button.all_hours, strict=True)
    ]
    assert sum(float(row[2]) for row in hours) == pytest.approx(button.timed, abs=1)
    parts = rows_of(page.select_one("#parts-1").find_parent("section").table)
    assert [(row[0], row[2].split()[0]) for row in parts] == [(part.name, str(part.complaints)) for part in button.by_source]
    assert "chance" not in " ".join(row[4] for row in parts)


def test_an_outbreak_is_drawn_beside_what_is_usual(fetch):
    card = fetch("/").select_one("#topic-refund").find_parent("article")
    figure = card.select_one("#chart-outbreak-refund")
    assert figure.svg["aria-label"] == "Refund and return: the last week beside what is usual"
    assert rows_of(figure.table)[-1] == ["28 Sep →", "6", "0.8", "0 to 3"]
    assert fetch("/").select_one("#chart-outbreak-app") is None


def test_a_card_leads_to_its_topic(fetch):
    card = fetch("/?last=4w").select_one("#topic-refund").find_parent("article")
    links = [link["href"] for link in card.select("details a")]
    assert "/topic?brand=tamarind&last=4w&topic=refund" in links
    assert "/trend?brand=tamarind&last=4w&topic=refund" in links


def test_an_empty_store_has_all_pages(serve, tmp_path):
    with serve(planted_config(tmp_path)) as url:
        for path in ("/trend", "/trend?figure=net-sentiment", "/service", "/compare", "/coverage", "/topic?topic=refund"):
            answer = httpx.get(url + path, timeout=60)
            assert (answer.status_code, path) == (200, path)
            assert "None" not in BeautifulSoup(answer.text, "html.parser").main.get_text()


def test_a_card_of_the_trend_and_the_figure_behind_it_have_one_verdict(fetch):
    page = fetch("/trend?last=4w")
    for card in page.select("article.trend"):
        told = words(card.select("p")[-1]) if "Against the window before" in words(card) else ""
        full = fetch(card.h2.a["href"])
        assert told in words(full.main)


def test_sites_that_were_found_by_search_are_not_called_unknown(serve, tmp_path):
    config = planted_config(tmp_path)
    plant_store(config)
    with contextlib.closing(open_database(config.database)) as db:
        watch = Watch(
            source="reddit", site="r/all", brand="tamarind", query="q", since="2026-07-01T00:00:00Z", until=NOW, complete=True
        )
        found = Mention(
            source="reddit", site="r/pune", external_id="found", text="Found by search.", published="2026-09-30T10:00:00Z",
            published_precision="second", author_id="x",
        )  # fmt: skip
        matched = [MatchedMention(mention=found, brands=(("tamarind", "tamarind"),))]
        save_mentions(db, matched, author=Author(secret=b"s" * 32), now=NOW, watches=[watch])
    with contextlib.closing(read_database(config.database)) as db:
        states = {site.site: site.state for site in answer_watching(db, config, window=last("12w", now=NOW, zone=ZONE)).sites}
    assert states["r/pune"] == "searched"
    with serve(config) as url:
        page = BeautifulSoup(httpx.get(f"{url}/coverage", timeout=60).text, "html.parser")
    tables = {words(table.caption).split(":")[0]: rows_of(table) for table in page.select("main table")}
    (found_row,) = [row for row in tables["Found by search"] if row[1].startswith("r/pune")]
    assert (found_row[0], found_row[2]) == ("reddit", "1")
    assert "r/pune" not in str(tables.get("Coverage not known"))
