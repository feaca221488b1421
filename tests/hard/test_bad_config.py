"""A broken config.toml, many ways: each mistake is told with its place, its value and the way out, and nothing is stored."""

from __future__ import annotations

import pytest

GOOD = """
[repute]
time_zone = "Europe/London"

[[brands]]
id = "acme"
name = "Acme"
query = "acme OR apex"

[sources.feeds]
feeds = [{ url = "https://news.example/feed.xml" }]

[sources.hackernews]

[schedule]
tag = "*/15 * * * *"
"""

BROKEN = [
    ('id = "acme"', 'id = "acme', ["is not TOML", "line 6", "mend the line"]),
    (
        'time_zone = "Europe/London"',
        'time_zone = "Mars/Base"',
        ["repute.time_zone", "'Mars/Base' is no time zone", "write one like"],
    ),
    ('time_zone = "Europe/London"', "time_zone = 3", ["repute.time_zone", "3 should be", '"text" in quotes']),
    ('time_zone = "Europe/London"', 'timezone = "UTC"', ["repute.timezone", "is not a setting", "did you mean time_zone?"]),
    ('query = "acme OR apex"', "", ["brands[0].query", "is missing; add query ="]),
    ('query = "acme OR apex"', 'query = "acme AND (refund"', ["brands[0].query", "parenthesis at column", "acme AND (refund"]),
    ('query = "acme OR apex"', 'query = "acme OR"', ["brands[0].query", "acme OR"]),
    ('id = "acme"', 'id = "Acme Ltd"', ["brands[0].id", "'Acme Ltd' must be lower-case"]),
    ('id = "acme"', 'id = "acme"\nrole = "competitor"', ["brands", 'none has role = "own"', "give it to the brand"]),
    (
        "[sources.feeds]",
        '[[brands]]\nid = "acme"\nname = "Again"\nquery = "again"\n[sources.feeds]',
        ["brands[1].id", "'acme' is already used above"],
    ),
    ("[sources.hackernews]", "[sources.hackernew]", ["sources.hackernew", "hackernews"]),
    ("[sources.hackernews]", "[sources.yelp]", ["sources.yelp"]),
    ("[sources.hackernews]", "[sources.hackernews]\nquerys = []", ["sources.hackernews.querys"]),
    ('"https://news.example/feed.xml"', '"news.example"', ["sources.feeds.feeds[0].url", "'news.example'"]),
    ('"https://news.example/feed.xml"', '"file:///etc/passwd"', ["sources.feeds.feeds[0].url", "file:///etc/passwd"]),
    ('tag = "*/15 * * * *"', 'tag = "75 * * * *"', ["schedule.tag", "'75 * * * *' is no cron line"]),
    (
        'tag = "*/15 * * * *"',
        'digest = "0 7 * * 1"',
        ["schedule.digest", "'0 7 * * 1' gives the weekday as a number", "write mon"],
    ),
    ('tag = "*/15 * * * *"', '[schedule.crawl]\nfeed = "0 * * * *"', ["schedule.crawl.feed", "did you mean feeds?"]),
    ('tag = "*/15 * * * *"', "limit_minutes = 0", ["schedule.limit_minutes", "0 should be a whole number from 1"]),
    ("[schedule]", '[digest]\nto = ["ana"]\n[schedule]', ["digest.to[0]", "'ana' is no email address", "digest.smtp_host"]),
]


@pytest.mark.parametrize(("right", "wrong", "words"), BROKEN, ids=[words[0] for _, _, words in BROKEN])
def test_a_mistake_is_told_with_place_value_and_fix(repute, right, wrong, words):
    assert right in GOOD
    (repute.folder / "config.toml").write_text(GOOD.replace(right, wrong))
    output = repute.refused("check", "--no-network")
    assert output.startswith(f"Error: config.toml: {words[0]}")
    assert [word for word in words if word not in output] == []
    assert not repute.database.exists()


def test_the_good_one_is_good(repute):
    (repute.folder / "config.toml").write_text(GOOD)
    assert "no mistakes" in repute.done("check", "--no-network")


def test_all_mistakes_are_told_at_once(repute):
    text = GOOD.replace("Europe/London", "Mars/Base").replace('name = "Acme"', "name = 7").replace("*/15", "a quarter past")
    (repute.folder / "config.toml").write_text(text)
    lines = repute.refused("check", "--no-network").splitlines()
    assert [line.removeprefix("Error: ").split(": ")[1] for line in lines] == [
        "repute.time_zone",
        "brands[0].name",
        "schedule.tag",
    ]


def test_mistakes_that_different_owners_find_are_told_at_once(repute):
    text = GOOD.replace("acme OR apex", "(acme").replace("[sources.hackernews]", "[sources.hackernew]").replace("*/15", "75")
    (repute.folder / "config.toml").write_text(text)
    lines = repute.refused("check", "--no-network").splitlines()
    assert {line.removeprefix("Error: ").split(": ")[1] for line in lines} == {
        "brands[0].query",
        "sources.hackernew",
        "schedule.tag",
    }


def test_a_config_that_is_not_utf8_is_told(repute):
    (repute.folder / "config.toml").write_bytes(GOOD.replace("Acme", "Çelik").encode("cp1254"))
    line = GOOD.splitlines().index('name = "Acme"') + 1
    assert repute.refused("crawl") == f"Error: config.toml: line {line} is not UTF-8 text; save the file as UTF-8\n"


def test_a_missing_config_is_told(repute):
    output = repute.refused("tag", "--config", "nowhere.toml")
    assert output == "Error: nowhere.toml: no such file; write one, or name it with --config FILE\n"


@pytest.mark.parametrize(
    "command", [("crawl",), ("crawl", "feeds"), ("run",), ("run", "--once"), ("tag",), ("hot-buttons",), ("serve",)]
)
def test_every_command_refuses_a_broken_config(repute, command):
    (repute.folder / "config.toml").write_text(GOOD.replace("Europe/London", "Mars/Base"))
    assert repute.refused(*command).startswith("Error: config.toml: repute.time_zone: 'Mars/Base' is no time zone")


def test_mistakes_of_shape_hide_none_that_an_owner_finds(repute):
    text = GOOD.replace("Europe/London", "Mars/Base").replace("acme OR apex", "(acme").replace("*/15", "75")
    (repute.folder / "config.toml").write_text(text.replace("[sources.hackernews]", '[[brands]]\nid = "b"\nname = "B"\n'))
    lines = repute.refused("check", "--no-network").splitlines()
    assert [line.removeprefix("Error: ").split(": ")[1] for line in lines] == [
        "repute.time_zone",
        "brands[1].query",
        "brands[0].query",
        "schedule.tag",
    ]
