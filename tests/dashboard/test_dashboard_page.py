"""The page shows the same figures as the digest, escapes what strangers wrote, and says what it cannot show."""

from __future__ import annotations

import contextlib
import dataclasses
import signal
import subprocess
import sys
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from bs4 import BeautifulSoup
from planted_store import EVIL, HINDI, NOW, ROOT, URDU, WEEK, planted_config

from dashboard.figures import week_label
from dashboard.serving import ServingError, exposure_warning, serve_dashboard
from notify.digest import compose_digest, text_of
from store.database import read_database
from trends.answers import Week
from trends.hot_buttons import answer_hot_buttons
from trends.overview import answer_overview
from trends.windows import all_time


def fetch(client, path: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == status, answer.text[:300]
    return BeautifulSoup(answer.text, "html.parser")


def words(element) -> str:
    return " ".join(element.get_text(" ").replace("\xa0", " ").split())


@pytest.fixture(scope="session")
def page(client):
    return fetch(client, "/")


def test_it_leads_with_the_finding_of_the_last_full_week(page):
    assert words(page.h1) == "Refund and return: systemic, 6 people"
    assert words(page.select_one(".eyebrow")) == f"Tamarind · {WEEK}"


def test_figures_are_those_of_the_digest(page, config):
    with contextlib.closing(read_database(config.database)) as db:
        mail = " ".join(text_of(compose_digest(db, config, now=NOW)).replace("\xa0", " ").split())
    for name in ("Mentions", "Net sentiment", "Negative"):
        shown = next(div for div in page.select("dl.figures div") if words(div.dt) == name)
        value = shown.dd.find(string=True, recursive=False).strip()
        assert f"{name}: {value} ({words(shown.small)})" in mail


def test_a_hot_button_shows_verdict_rule_counts_quotes_and_action(page):
    card = page.select_one("article.card")
    assert words(card.h3) == "Refund and return"
    assert words(card.select_one(".verdict")) == "▲ systemic"
    assert words(card.select_one(".big")) == "6 people in 6 complaints"
    assert words(card.select_one(".rule")).startswith("Rule: 6 people on 4 sites and 5 days")
    quotes = [words(quote) for quote in card.select("blockquote")]
    assert quotes[:2] == [URDU, HINDI]
    assert "reach 48,213" in words(card)
    assert words(card.select_one(".todo")).startswith("To do Count the approved refunds")


def test_quotes_carry_language_and_direction(page):
    quote = page.find("blockquote", string=URDU)
    assert (quote["lang"], quote["dir"]) == ("ur", "rtl")


def test_one_loud_person_is_isolated(page):
    card = page.select_one("#topic-app").find_parent("article")
    assert words(card.select_one(".verdict")) == "● isolated"
    assert words(card.select_one(".big")) == "2 people in 3 complaints"


def test_charts_have_names_and_tables(page):
    names = [figure.svg["aria-label"] for figure in page.select("figure.drawing")]
    assert names == [
        "Complaints per week, by topic",
        "Sentiment per week",
        "Brand attributes: contested and confirmed",
        "Refund and return: complaints by hour of day",
    ]
    table = page.select_one("#chart-weeks table")
    assert [words(cell) for cell in table.select("tbody tr")[-1].select("th, td")] == ["28 Sep", "6", "3", "3"]


def test_a_change_names_the_sites_that_were_left_out(client):
    card = fetch(client, "/?last=4w").select_one("#topic-refund").find_parent("article")
    assert words(card.select_one(".change + p")) == "Compared without reddit (r/leeds): not watched throughout both windows."


def test_a_week_with_mentions_that_nobody_watched_is_starred_and_a_gap_is_not():
    week = Week(first_day="2026-09-28", label="", count=3, watched=0.0)
    assert week_label(week) == "28 Sep*"
    assert week_label(dataclasses.replace(week, count=None)) == "28 Sep"
    assert week_label(dataclasses.replace(week, watched=1.0)) == "28 Sep"


def test_ledger_names_what_nobody_speaks_of(page):
    statuses = {words(article.h3): words(article.select_one(".status")) for article in page.select("article.attribute")}
    assert statuses == {
        "Fast": "unclear",
        "Fresh": "unclear",
        "Friendly": "absent",
        "Fair prices": "absent",
        "Climate-neutral": "absent",
    }


def test_sources_show_health_with_the_reason(page):
    rows = {words(row.th): words(row) for row in page.select("#sources ~ .scroll tbody tr")}
    assert "failed r/leeds answered <503>; try later" in rows["reddit"]
    assert "finished 5 Oct 2026 07:00 14" in rows["reviews"]
    assert "never" in rows["feeds"]


def test_a_gap_of_coverage_is_said(client):
    assert "24–30 Aug 2026" in words(fetch(client, "/?last=12w"))


def test_what_strangers_wrote_is_text_and_never_markup(client, page):
    for soup in (page, fetch(client, "/mentions?last=all&topic=app")):
        assert soup("script") == []
        assert soup("img") == []
        assert soup("b") == []
        assert EVIL in words(soup)
        assert [link["href"] for link in soup("a") if link["href"].lower().startswith("javascript")] == []


def test_links_out_are_safe_and_say_nothing_of_us(page):
    out = [link for link in page("a") if link["href"].startswith("http")]
    assert out
    assert {" ".join(link["rel"]) for link in out} == {"noopener nofollow ugc"}


def test_every_answer_carries_the_security_headers(client):
    for path in ("/", "/mentions", "/health", "/static/style.css", "/nowhere", "/?brand=x", "/explore/"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert ("script-src 'none'" in headers["content-security-policy"]) == (path != "/explore/")


def test_brand_and_window_are_chosen_by_the_address(client):
    rival = fetch(client, "/?brand=nimblecart&last=4w")
    assert words(rival.select_one(".eyebrow")) == "Nimblecart · 8 Sep – 5 Oct 2026"
    current = [words(link) for link in rival.select(".pills a[aria-current]")]
    assert current == ["Nimblecart", "4 weeks"]
    assert words(fetch(client, "/?last=all").select_one(".eyebrow")) == "Tamarind · all time"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/?brand=acme", "brand: 'acme' is not in config.toml; there are tamarind, nimblecart, basketree"),
        ("/?last=3y", "last: '3y' is not there; choose one of week, 1w, 4w, 12w, 26w, 52w, all"),
        ("/mentions?sentiment=<b>", "sentiment: '<b>' is not there"),
        ("/mentions?topic=x", "topic: 'x' is not there"),
        ("/?source=steam", "source: 'steam': nothing of it is stored, and it is not configured; there are "),
        ("/coverage?source=steam", "source: 'steam': nothing of it is stored, and it is not configured; there are "),
        (
            "/?language=xx",
            "language: 'xx' is not known; write the English name of a language, or its code, such as en or hi-Latn; stored are ",
        ),
        (
            "/mentions?language=Englsh!",
            "language: 'Englsh!' is not known; write the English name of a language, or its code, such as en or hi-Latn",
        ),
    ],
)
def test_an_address_that_asks_for_nothing_we_have_says_what_there_is(client, path, message):
    assert message in words(fetch(client, path, 400))


def test_a_language_is_asked_for_by_name_or_code(client):
    by_name, by_code = (fetch(client, f"/mentions?last=all&language={one}") for one in ("hindi", "hi"))
    assert by_name.select_one("input[name=language]")["value"] == "Hindi"
    assert words(by_name.main) == words(by_code.main)
    assert by_name.select(".mentions li")
    assert "Estonian" in [one["value"] for one in by_name.select("datalist#languages option")]


def test_an_unknown_page_is_a_404(client):
    assert "/nowhere is not a page" in words(fetch(client, "/nowhere", 404))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("رِیفنڈ OR ریفنڈ", [URDU]),
        ("रिफंड", [HINDI]),
        ("strawber*", ["Strawberries that taste of June. Lovely."]),
        ('"dead fish"', ["Three weeks for a refund of a dead fish. Splendid."]),
    ],
)
def test_search_finds_words_of_any_script_and_marks_them(client, query, found):
    page = fetch(client, f"/mentions?last=all&q={query}")
    texts = [item.select("p[dir]")[-1] for item in page.select("li.mention")]
    assert [text.get_text() for text in texts] == found
    assert texts[0].mark is not None


@pytest.mark.parametrize("query", ['"', "AND AND", "(((", "NEAR(", "* *", "a:b", "'; drop table mentions --", "\x00"])
def test_search_takes_whatever_is_typed(client, query):
    assert client.get("/mentions", params={"q": query, "last": "all"}).status_code == 200


def test_words_found_in_a_title_are_marked_there_and_the_text_is_still_shown(client):
    item = fetch(client, "/mentions?last=all&q=bold").select_one("li.mention")
    assert item.select_one(".title").get_text() == "<b>Bold</b> title"
    assert item.select_one(".title mark").get_text() == "Bold"
    assert item.select("p[dir]")[-1].get_text() == EVIL


def test_search_that_finds_nothing_says_so(client):
    assert "No mention fits" in words(fetch(client, "/mentions?q=zebra"))


def test_health_is_json_for_monitors(client):
    health = client.get("/health").json()
    assert {key: health[key] for key in ("status", "now", "mentions", "untagged", "failing", "jobs")} == {
        "status": "degraded",
        "now": NOW,
        "mentions": 22,
        "untagged": 0,
        "failing": ["reddit"],
        "jobs": [],
    }


def test_a_stranger_s_name_for_this_machine_is_not_answered(client):
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_datasette_answers_under_explore(client):
    assert client.get("/explore", follow_redirects=True).status_code == 200
    rows = client.get("/explore/repute.json", params={"sql": "select count(*) as n from mentions", "_shape": "array"})
    assert rows.json() == [{"n": 22}]
    assert client.get("/explore/repute/mentions.csv").text.count("trustyard") > 5
    assert client.get("/explore/nothing-there").status_code == 404


@pytest.mark.parametrize(
    "sql",
    [
        "delete from mentions",
        "with x as (select 1) delete from mentions",
        "attach database '/tmp/other.db' as other",
        "pragma journal_mode = delete",
        "select writefile('/tmp/x', 'y')",
        "select load_extension('x')",
    ],
)
def test_datasette_cannot_write(client, sql):
    assert client.get("/explore/repute.json", params={"sql": sql}).status_code == 400
    rows = client.get("/explore/repute.json", params={"sql": "select count(*) as n from mentions", "_shape": "array"})
    assert rows.json() == [{"n": 22}]


def test_datasette_knows_one_file_only(client):
    assert [database["name"] for database in client.get("/explore/-/databases.json").json()] == ["repute"]
    assert client.get("/explore/repute.db").status_code in (403, 404)


def test_an_empty_store_has_a_page_that_says_what_to_do(serve, tmp_path):
    with serve(planted_config(tmp_path)) as url:
        page = BeautifulSoup(httpx.get(url).text, "html.parser")
        assert words(page.h1) == "Nobody spoke of it"
        assert "repute crawl" in words(page.select_one(".lead"))
        assert page.select("figure.drawing") == []
        assert "too few to say" in words(page.select_one("dl.figures"))
        assert httpx.get(f"{url}/mentions?q=x").status_code == 200
        assert httpx.get(f"{url}/health").json()["status"] == "ok"


def test_a_store_that_vanishes_is_said_and_not_made_up(serve, tmp_path):
    config = planted_config(tmp_path)
    with serve(config) as url:
        for path in tmp_path.iterdir():
            path.unlink()
        answer = httpx.get(url)
        assert (answer.status_code, "there is no database yet" in answer.text) == (503, True)
        assert httpx.get(f"{url}/health").json()["status"] == "down"


def test_serving_beyond_this_machine_comes_with_a_warning():
    assert exposure_warning("127.0.0.1") == exposure_warning("localhost") == exposure_warning("::1") == ""
    assert "there are no accounts yet" in exposure_warning("0.0.0.0")


def test_an_address_that_is_taken_is_a_clear_error(address, config):
    port = int(address.rpartition(":")[2])
    with pytest.raises(ServingError, match=f"127.0.0.1:{port}: cannot listen there .*choose another --port"):
        serve_dashboard(config, now=lambda: NOW, port=port)


@pytest.mark.parametrize("path", ["/", "/trend", "/service", "/compare?last=4w", "/coverage", "/topic?topic=refund"])
def test_names_of_the_configuration_are_escaped_too(serve, config, path):
    brands = tuple(dataclasses.replace(brand, name="<i>Tam</i>") if brand.role == "own" else brand for brand in config.brands)
    with serve(dataclasses.replace(config, brands=brands)) as url:
        page = BeautifulSoup(httpx.get(url + path, timeout=60).text, "html.parser")
    assert page("i") == []
    assert "<i>Tam</i>" in words(page)


def test_serving_tells_its_address_and_ends_cleanly_when_interrupted(config):
    program = (
        "import dataclasses, pathlib, sys; from config import load_config; from dashboard.serving import serve_dashboard\n"
        "config = dataclasses.replace(load_config(pathlib.Path('config.toml'), {}), database=pathlib.Path(sys.argv[1]))\n"
        f"serve_dashboard(config, now=lambda: {NOW!r}, port=0, ready=lambda address: print(address, flush=True))"
    )
    command = [sys.executable, "-c", program, str(config.database)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        address = process.stdout.readline().strip()
        health = httpx.get(f"{address}health", timeout=30).json()
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=30)
    assert (health["now"], process.returncode, rest, errors) == (NOW, 0, "", "")


@pytest.mark.parametrize("narrowed", [{"source": "reddit"}, {"language": "hi"}, {"source": "reviews", "language": "en"}])
def test_the_front_page_is_narrowed_down_like_all_others(client, config, narrowed):
    page = fetch(client, "/?last=all&" + "&".join(f"{name}={value}" for name, value in narrowed.items()))
    with contextlib.closing(read_database(config.database)) as db:
        asked = all_time(now=NOW, zone=config.time_zone)
        overview = answer_overview(db, config, window=asked, **narrowed)
        hot = answer_hot_buttons(db, config, window=asked, **narrowed)
        everything = answer_overview(db, config, window=asked)
    assert 0 < overview.n < everything.n
    assert words(page.select_one("dl.figures dd")).startswith(f"{overview.n:,} ")
    assert [words(card.h3) for card in page.select(".cards article")] == [button.name for button in hot.buttons]
    form = page.select_one("form.filters")
    assert (form["action"], form.select_one("input[name=last]")["value"]) == ("/", "all")
    chosen = form.select_one("select[name=source] option[selected]")
    assert (words(chosen) if chosen else "") == narrowed.get("source", "")
    for link in page.select(".cards details a"):
        asked_for = dict(parse_qsl(urlsplit(link["href"]).query))
        assert {name: asked_for.get(name) for name in narrowed} == narrowed


def test_a_front_page_that_is_narrowed_down_to_nothing_leads_back_to_everything(client):
    page = fetch(client, "/?source=hackernews&language=et")
    assert "No mention of this window is of this source and language." in words(page.main)
    assert "repute crawl" not in words(page.select_one(".lead"))
