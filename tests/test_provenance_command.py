"""`--why`, `--save` and `repute rerun`, on every command that answers."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from config import load_config
from config.keeping import kept_part, read_kept
from store.authors import load_secret
from store.database import open_database
from store.records import MatchedMention, Mention, Tag, TaggedMention, Tagger, Watch
from store.saving import Author, save_mentions
from store.tags import find_due, save_tagged, set_current_taggers
from trends.provenance import read_ids

ROOT = Path(__file__).resolve().parent.parent
NOW = "2026-10-05T08:00:00Z"
QUESTIONS = (
    "hot-buttons", "attributes", "overview", "trend", "trend stars --every month", "service", "compare", "coverage", "topics list",
)  # fmt: skip
TAGGERS = {
    name: Tagger(task=task, subject=name if task in ("topic", "attribute", "sign") else "", model="gold", description=words)
    for name, task, words in (
        ("sentiment", "sentiment", ""),
        ("complaint", "complaint", ""),
        ("refund", "topic", "The refund does not come"),
        ("delivery", "topic", "The delivery is late"),
        ("fast", "attribute", "Fast delivery"),
        ("leaving", "sign", ""),
    )
}
CONFIG = """
[repute]
time_zone = "Europe/London"
[[brands]]
id = "tamarind"
name = "Tamarind"
query = "tamarind"
[[brands]]
id = "nimblecart"
name = "Nimblecart"
role = "competitor"
query = "nimblecart"
[[topics]]
id = "refund"
name = "Refunds"
description = "The refund does not come"
[[topics]]
id = "delivery"
name = "Delivery"
description = "The delivery is late"
[[attributes]]
id = "fast"
name = "fast"
description = "Fast delivery"
[[goals]]
figure = "complaints_a_week"
at_most = 3
[sources.reviews]
[digest]
to = ["ada@tamarind.example"]
sender = "repute@tamarind.example"
smtp_host = "mail.tamarind.example"
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, "utf-8")
    return load_config(path, {})


@pytest.fixture
def house(config):
    """A store of 60 mentions, two thirds of them complaints, of 20 people on two sites."""
    batch = [as_matched(number) for number in range(60)]
    watches = [
        Watch(source="reviews", site=site, brand=brand, query="q", since="2026-06-01T00:00:00Z", until=NOW, complete=True)
        for site in ("trustyard", "shoptalk")
        for brand in ("tamarind", "nimblecart")
    ]
    with contextlib.closing(open_database(config.database)) as db:
        ids = set_current_taggers(db, list(TAGGERS.values()))
        save_mentions(db, batch, author=Author(load_secret(config.database)), now=NOW, watches=watches)
        save_tags(db, ids, as_tags)
    return config


def as_matched(number: int) -> MatchedMention:
    mention = Mention(
        source="reviews", site=("trustyard", "shoptalk")[number % 2], external_id=f"m{number}", kind="review",
        text=f"The courier of order {number} was late and nobody refunds me", author_id=f"person {number % 20}",
        published=f"2026-09-{1 + number % 30:02d}T10:00:00Z", published_precision="second", language="en",
        rating=float(1 + number % 5), rating_worst=1.0, rating_best=5.0, rating_measure="stars", engagement=number,
    )  # fmt: skip
    brands = ("tamarind", "nimblecart") if number % 10 == 0 else ("tamarind",) if number % 4 else ("nimblecart",)
    return MatchedMention(mention=mention, brands=tuple((brand, brand) for brand in brands))


def as_tags(number: int) -> tuple[Tag, ...]:
    if number % 3 == 0:
        kind = Tag(tagger=TAGGERS["fast"], label="fast", polarity="confirms")
        return (Tag(tagger=TAGGERS["sentiment"], label="positive"), kind)
    topic = ("refund", "delivery")[number % 2]
    sign = (Tag(tagger=TAGGERS["leaving"], label="leaving"),) if number % 7 == 0 else ()
    moods = (Tag(tagger=TAGGERS["sentiment"], label="negative"), Tag(tagger=TAGGERS["complaint"], label="complaint"))
    return (*moods, Tag(tagger=TAGGERS[topic], label=topic), *sign)


def save_tags(db, ids, tags_of):
    numbers = dict(db.execute("select id, cast(substr(external_id, 2) as integer) from mentions").fetchall())
    due = find_due(db, 1000)
    tagged = [TaggedMention(mention=one.id, text_hash=one.text_hash, tags=tags_of(numbers[one.id])) for one in due]
    save_tagged(db, tagged, ids, list(ids))


def ask(config, *words: str, fails: bool = False):
    """Run a command on the house; its result."""
    arguments = [part for word in words for part in word.split()]
    more = [] if arguments[0] in ("rerun", "forget") else ["--as-of", NOW]
    done = CliRunner().invoke(main, [*arguments, *more, "--config", str(config.path)], catch_exceptions=fails)
    assert (done.exit_code != 0) == fails, done.output
    return done


def rerun(config, name: str) -> dict:
    return json.loads(ask(config, "rerun", name, "--json").stdout)


@pytest.mark.parametrize("question", QUESTIONS)
def test_why_gives_sql_that_gives_the_rows_in_a_bare_sqlite(house, question):
    plain = json.loads(ask(house, question, "--why --json").stdout)
    why = plain["why"]
    assert why["question"].startswith(f"repute {question}")
    assert (why["as_of"], why["time_zone"]) == (NOW, "Europe/London")
    assert [one["model"] for one in why["taggers"]] == ["gold"] * len(TAGGERS)
    assert {one["subject"]: len(one["description"]) for one in why["taggers"] if one["subject"]} == {
        "refund": 12, "delivery": 12, "fast": 12, "leaving": 0,
    }  # fmt: skip
    whole = next(one for one in why["sets"] if (one["name"], one["window"]) == ("mentions", plain["window"]["label"]))
    assert whole["groups"][0]["n"] == plain.get("n", whole["groups"][0]["n"])
    with contextlib.closing(sqlite3.connect(house.database)) as bare:
        for one in why["sets"]:
            found = {row[0] for row in bare.execute(one["sql"], one["parameters"])}
            told = {number for group in one["groups"] for number in read_ids(group["ids"])}
            assert told == found, (one["name"], one["brand"], one["window"])
        for one in why["asked"]:
            assert len(bare.execute(one["sql"], one["parameters"]).fetchall()) == one["rows"]


def test_the_question_of_why_can_be_typed_again(house):
    first = json.loads(ask(house, "compare --with nimblecart --last 2w --why --json").stdout)
    assert first["why"]["question"] == f"repute compare --with nimblecart --as-of {NOW} --last 2w"
    typed = first["why"]["question"].removeprefix("repute ").split()
    again = CliRunner().invoke(main, [*typed, "--why", "--json", "--config", str(house.path)], catch_exceptions=False)
    assert json.loads(again.stdout) == first


def test_the_question_has_the_window_that_was_asked_for_and_no_other(house):
    for window in ("--last-week", "--all-time", "--since 2026-09-01"):
        why = json.loads(ask(house, "overview", window, "--why --json").stdout)["why"]
        assert why["question"] == f"repute overview --as-of {NOW} {window}"
    why = json.loads(ask(house, "overview --why --json").stdout)["why"]
    assert why["question"] == f"repute overview --as-of {NOW} --last 4w"


def test_why_fits_a_terminal_and_follows_the_answer(house):
    shown = ask(house, "hot-buttons --why").stdout
    answer, _, why = shown.partition("\nWhy  ")
    assert answer.rstrip() == ask(house, "hot-buttons").stdout.rstrip()
    assert "topic by gold: delivery #" in why
    assert "topic = refund: n = " in why
    assert max(map(len, shown.splitlines())) <= 100


def test_why_of_a_search_gives_the_rows_that_were_found(house):
    plain = json.loads(ask(house, "mentions refunds --limit 3 --why --json").stdout)
    assert len(plain["rows"]) == 3
    assert plain["why"]["asked"]
    assert all(one["sql"].startswith(("with", "select")) for one in plain["why"]["asked"])


def test_why_has_no_place_in_a_csv(house):
    assert "--why: a CSV has no place for it; ask with --json" in ask(house, "overview --why --csv", fails=True).output


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_saved_answer_comes_out_the_same_whatever_happened_since(house, question):
    ask(house, question, "--save september")
    first = json.loads(ask(house, question, "--json").stdout)
    with contextlib.closing(open_database(house.database)) as db:
        later = dataclasses.replace(as_matched(7).mention, external_id="m100", text="Late and not refunded, again")
        more = MatchedMention(mention=later, brands=(("tamarind", "tamarind"), ("nimblecart", "nimblecart")))
        save_mentions(db, [more], author=Author(load_secret(house.database)), now=NOW)
        other = {tagger: dataclasses.replace(tagger, model="other") for tagger in TAGGERS.values()}
        ids = set_current_taggers(db, list(other.values()))
        save_tags(db, ids, lambda number: (Tag(tagger=other[TAGGERS["sentiment"]], label="positive"),))
    house.path.write_text(CONFIG.replace("Europe/London", "Asia/Tokyo").replace("at_most = 3", "at_most = 1"), "utf-8")
    assert json.loads(ask(house, question, "--json").stdout) != first
    found = rerun(house, "september")
    assert (found["differences"], found["same"], found["erased"], found["unkept"]) == ([], True, 0, 0)
    assert found["compared"] > 20


def test_an_answer_that_was_saved_with_the_usual_length_beside_its_window_comes_out_the_same(house):
    ask(house, "overview --last-week --save september")
    with contextlib.closing(sqlite3.connect(house.database)) as bare:
        (chosen,) = bare.execute("select parameters from saved_answers").fetchone()
        assert json.loads(chosen)["last"] is None
        bare.execute("update saved_answers set parameters = json_set(parameters, '$.last', '4w')")
        bare.commit()
    assert rerun(house, "september")["same"]


def test_a_name_of_two_words_is_told_as_it_is_typed(house):
    arguments = ["overview", "--as-of", NOW, "--config", str(house.path), "--save", "my answer"]
    assert "`repute rerun 'my answer'` gives it again." in CliRunner().invoke(main, arguments).stderr
    assert "give it up with `repute rerun 'my answer' --drop`" in CliRunner().invoke(main, arguments).stderr


def test_a_rerun_without_erased_rows_says_which_and_what_changed(house):
    ask(house, "hot-buttons --save september")
    before = json.loads(ask(house, "hot-buttons --json").stdout)
    ask(house, "forget --yes --source reviews --author", "person-1", fails=False)
    assert rerun(house, "september")["same"], "nobody has that name"
    done = CliRunner().invoke(
        main, ["forget", "--author", "person 1", "--yes", "--config", str(house.path)], catch_exceptions=False
    )
    assert "3 mentions erased for good." in done.output
    found = rerun(house, "september")
    assert (found["erased"], found["erased_ids"], found["same"]) == (3, "2 22 42", False)
    assert {"place": "n", "saved": before["n"], "again": before["n"] - 2} in found["differences"]
    assert found["again"]["n"] == before["n"] - 2
    shown = ask(house, "rerun september").stdout
    assert "3 mentions that it stood on were since erased, for good: row ids 2 22 42." in shown
    assert "figures of" in shown
    assert "come out differently, without what was erased:" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_saved_answers_hold_no_words_of_people(house):
    ask(house, "hot-buttons --save september")
    with contextlib.closing(sqlite3.connect(house.database)) as bare:
        kept = "\n".join(str(value) for row in bare.execute("select * from saved_answers") for value in row)
    assert "courier" not in kept
    assert "tamarind.example" not in kept
    quotes = [button["quotes"] for button in rerun(house, "september")["answer"]["buttons"]]
    assert all(set(quote) == {"mention"} for some in quotes for quote in some)
    assert any(quotes)
    assert "courier" in json.dumps(rerun(house, "september")["again"]), "quotes that are still in the store"


@pytest.mark.parametrize("question", ["mentions", "topics suggest"])
def test_what_is_made_of_words_is_not_saved(house, question):
    assert f"`repute {question}` shows what people wrote, and no copy of that is kept" in ask(
        house, question, "--save x", fails=True
    ).output  # fmt: skip


def test_saved_answers_are_listed_and_given_up(house):
    assert "No answer is saved yet" in ask(house, "rerun").stdout
    ask(house, "overview --last 2w --brand nimblecart --save rivals")
    assert "overview, last 2w, nimblecart" in ask(house, "rerun").stdout
    (listed,) = json.loads(ask(house, "rerun --json").stdout)
    assert (listed["name"], listed["command"], listed["parameters"]["last"], listed["erased"]) == (
        "rivals",
        "overview",
        "2w",
        0,
    )
    assert "'rivals' is already the name of an answer" in ask(house, "overview --save rivals", fails=True).output
    assert "rivals is given up" in ask(house, "rerun rivals --drop").stdout
    assert "'rivals': no answer was saved under that name; there is none yet" in ask(house, "rerun rivals", fails=True).output


def test_the_configuration_is_kept_without_addresses_and_read_again(config):
    kept = kept_part(config)
    assert "digest" not in kept
    again = read_kept(json.loads(json.dumps(kept)), config)
    names = ("time_zone", "brands", "topics", "attributes", "thresholds", "goals", "metrics", "customers_metric", "database")
    assert [getattr(again, name) for name in names] == [getattr(config, name) for name in names]
    assert [(source.name, source.enabled) for source in again.sources] == [("reviews", True)]


def test_every_field_is_documented():
    from trends.provenance import Asked, Group, RowSet, TaggerUsed, Why
    from trends.rerunning import Figure, Rerun

    page = (ROOT / "docs" / "json.md").read_text("utf-8")
    for record in (Why, TaggerUsed, RowSet, Group, Asked, Rerun, Figure):
        section = page.partition(f"## {record.__name__}\n")[2].partition("\n## ")[0]
        for field in dataclasses.fields(record):
            assert f"| `{field.name}` |" in section, f"{record.__name__}.{field.name}"
