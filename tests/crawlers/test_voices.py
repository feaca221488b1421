"""Press, bots and affiliates are told from customers by rules alone, each with its reason, and each can be taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config import ConfigError, Voices, load_config
from crawlers.voices import VoiceRules, settle_voices
from store.authors import load_secret
from store.database import open_database
from store.records import MatchedMention, Mention
from store.saving import Author, save_mentions
from store.scope import Scope
from store.search import search_mentions

NOW = "2026-10-05T08:00:00Z"
BRAND = '[[brands]]\nid = "acme"\nname = "Acme"\nquery = "acme"\n'
AD = "Acme has the best deals of the year and everybody should buy there now because the prices are lower than they have ever been before and the gifts are free"


def mention(**changes) -> Mention:
    values = {"source": "forum", "site": "f.example", "external_id": "1", "text": "acme is fine", "author_id": "arun"}
    return Mention(**(values | {"published": "2026-10-01T10:00:00Z", "published_precision": "second"} | changes))


def judge(rules, **changes):
    matched = VoiceRules(rules).apply(MatchedMention(mention=mention(**changes)))
    return matched.mention.voice, matched.voice_rule, matched.voice_told


RULES = Voices(press=("prnewswire.com",), bot=("@DealBot",), affiliate=("tag=", "?ref=acme-20", "amzn.to"))


@pytest.mark.parametrize(
    ("changes", "voice", "rule"),
    [
        ({}, "customer", None),
        ({"author_id": "dealbot"}, "bot", "[voices] bot: account @DealBot"),
        ({"author_id": "77", "author_name": "u/dealbot"}, "bot", "[voices] bot: account @DealBot"),
        ({"author_name": "dealbots"}, "customer", None),
        ({"url": "https://www.prnewswire.com/news/1"}, "press", "[voices] press: prnewswire.com"),
        ({"site": "uk.prnewswire.com"}, "press", "[voices] press: prnewswire.com"),
        ({"url": "https://notprnewswire.com/news/1"}, "customer", None),
        ({"text": "acme here (https://shop.example/p?x=1&tag=abc-21)."}, "bot", "[voices] affiliate: a link with tag="),
        ({"text": "acme https://shop.example/?ref=acme-20"}, "bot", "[voices] affiliate: a link with ref=acme-20"),
        ({"text": "acme https://shop.example/?ref=other"}, "customer", None),
        ({"text": "acme https://amzn.to/3xyz"}, "bot", "[voices] affiliate: a link with amzn.to"),
        ({"text": "acme tag=abc without a link, and http://[ is none"}, "customer", None),
    ],
)
def test_a_rule_says_whose_voice_it_is_and_why(changes, voice, rule):
    assert judge(RULES, **changes) == (voice, rule, "customer" if rule else None)


def test_what_the_source_says_wins_over_every_rule():
    assert judge(RULES, voice="company", author_id="dealbot") == ("company", None, None)
    assert judge(RULES, voice="bot", site="prnewswire.com") == ("bot", None, None)


@pytest.fixture
def house(tmp_path):
    """`house(more)`: the configuration with further lines."""

    def make(more=""):
        (tmp_path / "config.toml").write_text(f"{BRAND}{more}")
        return load_config(tmp_path / "config.toml", {})

    return make


def settle(config, db):
    return settle_voices(db, config, secret=load_secret(config.database), now=NOW)


def voices(db):
    return [tuple(row) for row in db.execute("select external_id, voice, voice_rule, voice_told from mentions order by id")]


def save(config, db, *mentions):
    from crawlers.copies import copy_bands

    batch = [MatchedMention(mention=one, brands=(("acme", "acme"),), copy_bands=copy_bands(one.text)) for one in mentions]
    return save_mentions(db, batch, author=Author(load_secret(config.database)), now=NOW)


def test_a_rule_that_is_added_or_taken_back_changes_what_is_stored(house):
    config = house()
    db = open_database(config.database)
    save(config, db, mention(author_id="dealbot"), mention(external_id="2", url="https://news.example/x", author_id="b"))
    assert settle(config, db) == 0
    ruled = house('[voices]\nbot = ["@dealbot"]\npress = ["news.example"]\n')
    assert settle(ruled, db) == 2
    assert voices(db) == [
        ("1", "bot", "[voices] bot: account @dealbot", "customer"),
        ("2", "press", "[voices] press: news.example", "customer"),
    ]
    assert settle(ruled, db) == 0
    assert settle(house(), db) == 2
    assert voices(db) == [("1", "customer", None, None), ("2", "customer", None, None)]
    db.close()


def copies(count, **changes):
    return [
        mention(external_id=f"ad{n}", text=f"{AD} offer {n}", published=f"2026-09-{n + 1:02}T00:00:00Z", **changes)
        for n in range(count)
    ]


def test_who_posts_near_copies_again_and_again_is_a_bot_until_they_are_gone(house):
    config = house()
    db = open_database(config.database)
    others = [mention(external_id=f"o{n}", text=f"{AD} offer {n}", author_id=f"person{n}") for n in range(6)]
    save(config, db, *copies(5, author_id="spammer"), *others)
    assert settle(config, db) == 0
    sixth = replace(copies(6, author_id="spammer")[5], external_id="ad5")
    save(config, db, sixth)
    assert settle(config, db) == 6
    reason = "repeats a text: 6 near copies by one author within 30 days"
    assert [row for row in voices(db) if row[1] == "bot"] == [(f"ad{n}", "bot", reason, "customer") for n in range(6)]
    found = search_mentions(db, scope=Scope(brand="acme", voices=("bot",)))
    assert {row["voice_rule"] for row in found} == {reason}
    assert (save(config, db, *copies(5, author_id="spammer")).unchanged, settle(config, db)) == (5, 0)
    save(config, db, replace(sixth, text="acme: I am sorry for that"))
    assert settle(config, db) == 6
    assert {row[1] for row in voices(db)} == {"customer"}
    db.close()


def test_copies_on_several_sites_need_fewer_and_those_far_apart_are_none(house):
    config = house()
    db = open_database(config.database)
    spread = [replace(one, site=f"s{n}") for n, one in enumerate(copies(4, author_id="spammer"))]
    slow = [replace(one, external_id=f"slow{n}", published=f"2026-0{n + 1}-01T00:00:00Z") for n, one in enumerate(copies(7))]
    save(config, db, *spread, *slow)
    assert settle(config, db) == 4
    reason = "repeats a text: 4 near copies by one author on 4 sites within 30 days"
    assert {row[2] for row in voices(db) if row[1] == "bot"} == {reason}
    never = house("[voices]\nrepeat_texts = 0\nrepeat_places = 0\n")
    assert settle(never, db) == 4
    assert {row[1] for row in voices(db)} == {"customer"}
    db.close()


def test_short_alike_texts_of_one_author_are_no_bots(house):
    config = house()
    db = open_database(config.database)
    save(config, db, *(mention(external_id=str(n), text="acme: late again, and no refund") for n in range(9)))
    assert settle(config, db) == 0
    db.close()


def test_wrong_rules_are_named_with_their_place(house):
    with pytest.raises(ConfigError) as caught:
        house('[voices]\npress = ["not a domain"]\naffiliate = ["tag"]\nbot = ["x"]\nrepeat_texts = 1\nrepeat_txts = 3\n')
    assert [str(problem) for problem in caught.value.problems] == [
        "voices.press[0]: 'not a domain' is no domain; write one like \"prnewswire.com\"",
        "voices.bot[0]: 'x' is no account; write one like \"@dealbot\"",
        'voices.affiliate[0]: \'tag\' is neither a query parameter like "tag=" nor a domain like "amzn.to"',
        "voices.repeat_texts: 1 would make a bot of whoever posts once; write 2 or more, or 0 for never",
        "voices.repeat_txts: is not a setting; did you mean repeat_texts?",
    ]
