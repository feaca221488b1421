"""Emerging topics from a real store and the shipped model: two planted ones among noise are found, named, and can be pasted."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.cells import cell_len
from rich.console import Console

from commands.topics import reader_of, topics
from config import load_config
from reporting.emerging import paste_block, suggestions_table, topics_table
from reporting.plain import as_plain
from sentiment.classifier import Classifier
from sentiment.encoder import Encoder
from sentiment.tagging import tag_mentions
from store.authors import load_secret
from store.database import open_database, open_vectors
from store.records import MatchedMention, Mention
from store.saving import Author, save_mentions
from trends.emerging import answer_emerging
from trends.topic_list import answer_topics
from trends.windows import all_time, window

NOW = "2026-10-05T08:00:00Z"
SCANNER = (
    ("en", "The barcode scanner at the self-checkout never reads anything."),
    ("en", "Self-checkout barcode scanner refuses everything, I scanned the milk ten times."),
    ("en", "The barcode scanner at the self-checkout is broken again."),
    ("en", "Had to call somebody because the self-checkout barcode scanner was dead."),
    ("de", "Der Barcode-Scanner an der SB-Kasse erkennt nichts."),
    ("es", "El escáner de códigos de barras de la caja de autoservicio no lee nada."),
)
SUBSTITUTES = (
    ("en", "They substituted my oat milk with cow's milk without asking, a useless substitute."),
    ("en", "Ordered gluten free bread, got a normal loaf as a substitute item."),
    ("en", "The substitute items they pick are absurd: decaf as a substitute for coffee."),
    ("en", "Nobody agreed to these substitute items, salmon substituted with tinned tuna."),
    ("en", "Bad substitute items again, half my groceries substituted without asking."),
    ("tr", "Sipariş ettiğim ürün yerine sormadan başka bir ürün göndermişler."),
)
NOISE = (
    ("en", "The music in the shop is far too loud."),
    ("en", "There is nowhere to lock a bicycle."),
    ("en", "They painted the front door an ugly brown."),
    ("en", "Why is there a pigeon in the bakery every morning?"),
    ("en", "Far too cold inside, I keep my gloves on."),
    ("en", "The recipe cards are printed so small that I need a magnifying glass."),
    ("en", "I had no idea that loyalty points expire in March."),
    ("de", "Der Eingang ist für Rollstühle zu schmal."),
    ("es", "Las bolsas de papel se rompen con la lluvia."),
    ("tr", "Otoparkta ağaçlardan dolayı arabam hep kuş pisliği."),
)
KNOWN = (
    ("en", "My refund never arrived, six weeks and counting."),
    ("en", "Still waiting for the money back for the return."),
    ("en", "Refund refused although I have the receipt."),
)
BRAND = '[repute]\ntime_zone = "Europe/London"\n\n[[brands]]\nid = "tamarind"\nname = "Tamarind"\nquery = "tamarind"\n\n'
REFUND = (
    '[[topics]]\nid = "refund"\nname = "Refund"\n'
    'description = "A refund never arrived or was refused, money was not given back."\n\n'
)


@pytest.fixture(scope="module")
def encoder():
    return Encoder.load(threads=1)


@pytest.fixture
def make(tmp_path, encoder):
    """Fill a store with texts, their vectors by the shipped model, and gold complaint tags; (config, db, vectors, reader)."""
    with contextlib.ExitStack() as stack:

        def fill(*, free=(), known=(), weak=(), topics=REFUND, authors=None, days=None):
            (tmp_path / "config.toml").write_text(BRAND + topics, "utf-8")
            config = load_config(tmp_path / "config.toml", {})
            db = stack.enter_context(contextlib.closing(open_database(config.database)))
            vectors = stack.enter_context(contextlib.closing(open_vectors(config.database)))
            texts = [*free, *known, *weak]
            save_texts(db, config, texts, authors or [f"person {n}" for n in range(len(texts))], days)
            classifier = Classifier(encoder, config.topics, config.attributes)
            tag_mentions(db, vectors, classifier)
            overrule(db, set(texts), {text for _, text in known}, {text for _, text in weak})
            return config, db, vectors, reader_of(classifier)

        yield fill


def save_texts(db, config, texts, authors, days):
    """Complaints of September: by default the n-th on the (n mod 14 + 16)th, the later half."""
    matched = [
        MatchedMention(
            mention=Mention(
                source="reviews", site=("trustyard", "shelfwise")[n % 2], external_id=str(n), text=text, language=language,
                author_id=authors[n], url=f"https://reviews.example/{n}", published_precision="second",
                published=f"2026-09-{days[n] if days else n % 14 + 16:02}T12:00:00Z",
            ),
            brands=(("tamarind", "tamarind"),),
        )
        for n, (language, text) in enumerate(texts)
    ]  # fmt: skip
    save_mentions(db, matched, author=Author(load_secret(config.database)), now=NOW)


def overrule(db, texts, known, weak):
    """Make exactly these complaints, of the topic refund or of none, whatever the model says: what is tested is what follows."""
    rows = db.execute("select id, text_hash, text from mentions order by id").fetchall()
    readers = list(db.query("select * from taggers where current = 1 and task in ('complaint', 'topic')"))
    db.execute("delete from tags where tagger in (select id from taggers where task in ('complaint', 'topic', 'sentiment'))")
    complaint = next(row for row in readers if row["task"] == "complaint")
    refund = next((row for row in readers if row["subject"] == "refund"), None)
    mood = db.execute("select id from taggers where current = 1 and task = 'sentiment'").fetchone()[0]
    for number, _, text in rows:
        put(db, number, mood, "negative", 0.9)
        put(db, number, complaint["id"], "complaint", 0.9)
        if text in known:
            put(db, number, refund["id"], "refund", 0.99)
        if text in weak:
            put(db, number, refund["id"], "refund", refund["threshold"] + 0.01)
    db.conn.commit()


def put(db, mention, tagger, label, score):
    db.execute(
        "insert into tags (mention, tagger, span, brand, label, score) values (?, ?, 0, '', ?, ?)",
        [mention, tagger, label, score],
    )


def september(config):
    return window("2026-09-02", "2026-09-29", now=NOW, zone=config.time_zone)


def suggest(made, **options):
    config, db, vectors, reader = made
    return answer_emerging(db, vectors, config, reader, **({"window": september(config)} | options))


def texts_of(made, suggestion):
    """Which planted texts the quotes are from."""
    return {
        row[0]
        for quote in suggestion.quotes
        for row in made[1].execute("select text from mentions where id = ?", [quote.mention])
    }


def english(texts):
    return {text for language, text in texts if language == "en"}


def test_two_planted_topics_are_found_among_noise_and_named_by_their_words(make):
    made = make(free=(*SCANNER, *SUBSTITUTES, *NOISE), known=KNOWN)
    answer = suggest(made)
    assert (answer.complaints, answer.unsorted, answer.weak) == (25, 22, 0)
    by_name = {suggestion.name.lower(): suggestion for suggestion in answer.suggestions}
    scanner = next(found for name, found in by_name.items() if "scanner" in name or "barcode" in name or "checkout" in name)
    substitutes = next(found for name, found in by_name.items() if "substitut" in name)
    assert texts_of(made, scanner) <= {text for _, text in SCANNER}
    assert texts_of(made, substitutes) <= {text for _, text in SUBSTITUTES}
    assert 3 <= scanner.people == scanner.complaints <= 7
    assert 3 <= substitutes.people == substitutes.complaints <= 7
    for found in (scanner, substitutes):
        assert {quote.url for quote in found.quotes} <= {f"https://reviews.example/{n}" for n in range(25)}
        assert len(found.quotes) == 3
        assert 0 < found.cohesion < 1
        assert {count.name for count in found.sources} == {"reviews"}
        assert sum(count.count for count in found.languages) == found.complaints
        assert "2026-09-16" <= found.first_seen <= found.last_seen <= "2026-09-29"
        assert found.taken >= found.complaints / 2
        assert "tamarind" not in found.name.lower()
    assert answer.grouped + sum(reason.count for reason in answer.left_out) == answer.unsorted


def test_noise_alone_gives_nothing_and_says_why(make):
    made = make(free=NOISE, known=KNOWN)
    answer = suggest(made)
    assert answer.suggestions == ()
    assert sum(reason.count for reason in answer.left_out) == answer.unsorted == len(NOISE)
    assert "Nothing to suggest: 10 complaints fit no topic" in printed(suggestions_table(answer))
    assert paste_block(answer, made[0].topics, defaults=False, with_current=False) == ""


def test_without_complaints_or_with_all_of_them_sorted_it_says_so(make):
    made = make(known=KNOWN)
    assert "every complaint of this window fits a topic" in printed(suggestions_table(suggest(made)))
    empty = window("2026-01-01", "2026-01-31", now=NOW, zone=made[0].time_zone)
    assert "there are no complaints in this window" in printed(suggestions_table(suggest(made, window=empty)))


def test_five_alike_complaints_are_enough_and_the_same_question_has_the_same_answer(make):
    made = make(free=[pair for pair in SCANNER if pair[0] == "en"] + [SCANNER[4]])
    first, second = suggest(made), suggest(made)
    assert first == second
    assert len(first.suggestions) == 1


def test_one_person_of_many_posts_is_no_topic(make):
    made = make(free=[*SCANNER, *NOISE], authors=["angry"] * len(SCANNER) + [f"person {n}" for n in range(len(NOISE))])
    answer = suggest(made)
    assert answer.suggestions == ()
    assert "in groups of fewer than 3 people" in {reason.name for reason in answer.left_out}


def test_weakly_taken_complaints_are_marked_and_make_no_topic_alone(make):
    made = make(free=[*SCANNER[:3], *NOISE], weak=SCANNER[3:4])
    answer = suggest(made)
    assert (answer.unsorted, answer.weak) == (13, 1)
    assert [(found.people, found.weak) for found in answer.suggestions] == [(4, 1)]
    assert "1 of them is taken by a topic already, but only just." in printed(suggestions_table(answer))


def test_only_weakly_taken_complaints_make_no_topic(make):
    answer = suggest(make(free=NOISE, weak=SCANNER[:4]))
    assert answer.suggestions == ()


def test_growth_is_the_later_half_against_the_earlier_by_the_projects_test(make):
    scanner = [pair for pair in SCANNER if pair[0] == "en"]
    texts = [(language, f"{text} Visit {n}.") for n in range(3) for language, text in scanner]
    made = make(free=texts, days=[20] * 11 + [5])
    (found,) = suggest(made).suggestions
    assert (found.growth.before, found.growth.now, found.growth.direction) == (1, 11, "rising")
    assert "1 → 11 ↗" in printed(suggestions_table(suggest(made)))
    undivided = suggest(made, window=all_time(now=NOW, zone=made[0].time_zone)).suggestions[0]
    assert (undivided.growth.before, undivided.growth.direction) == (None, "unknown")


def test_what_a_topic_describes_is_perhaps_part_of_it(make):
    topic = '[[topics]]\nid = "till"\nname = "Till"\ndescription = "The barcode scanner at the self-checkout is broken."\n'
    made = make(free=[*SCANNER, *NOISE], topics=topic)
    (found,) = suggest(made).suggestions
    assert (found.part_of, found.part_of_name) == ("till", "Till")
    answer = suggest(made)
    assert "Perhaps part of Till: widen its description." in printed(suggestions_table(answer))
    assert "# Perhaps part of till" in paste_block(answer, made[0].topics, defaults=False, with_current=False)


def test_pasted_suggestions_are_taken_from_stored_vectors_without_reading(make, encoder):
    config, db, vectors, _ = made = make(free=(*SCANNER, *SUBSTITUTES, *NOISE), known=KNOWN)
    answer = suggest(made)
    block = paste_block(answer, config.topics, defaults=False, with_current=False)
    pasted = tomllib.loads(block)["topics"]
    assert [(one["id"], one["name"], one["description"], one["action"]) for one in pasted] == [
        (one.id, one.name, one.description, "") for one in answer.suggestions
    ]
    with config.path.open("a", encoding="utf-8") as file:
        file.write("\n" + block)
    wider = load_config(config.path, {})
    assert [topic.id for topic in wider.topics] == ["refund", *(one.id for one in answer.suggestions)]
    report = tag_mentions(db, vectors, Classifier(encoder, wider.topics, wider.attributes))
    assert (report.read, report.recalled) == (0, 25)
    for one in answer.suggestions:
        quoted = {quote.mention for quote in one.quotes}
        tagged = {row[0] for row in db.execute("select mention from current_tags where label = ? and span = 0", [one.id])}
        assert len(tagged) >= one.taken >= one.complaints / 2
        assert quoted & tagged
    assert suggest((wider, *made[1:])).unsorted < answer.unsorted


def test_lost_vectors_are_read_again_and_change_nothing(make):
    made = make(free=(*SCANNER, *NOISE))
    kept = suggest(made)
    made[2].execute("delete from vectors")
    made[2].conn.commit()
    again = suggest(made)
    assert [(found.id, found.people) for found in again.suggestions] == [(found.id, found.people) for found in kept.suggestions]
    assert "16 complaints had no stored sentence vectors of this model and went through it again." in again.notes


def test_the_default_topics_are_said_to_fall_out_of_use_unless_pasted_too(make):
    made = make(free=SCANNER, known=(), topics="")
    config = made[0]
    answer = suggest(made)
    assert len(config.topics) == 12
    alone = paste_block(answer, config.topics, defaults=True, with_current=False)
    assert "no [[topics]]" in alone
    assert "--with-current" in alone
    both = tomllib.loads(paste_block(answer, config.topics, defaults=True, with_current=True))["topics"]
    assert [one["id"] for one in both] == [topic.id for topic in config.topics] + [found.id for found in answer.suggestions]
    assert both[0]["action"] == config.topics[0].action


def test_tables_fit_one_hundred_columns_and_json_is_documented(make):
    made = make(free=(*SCANNER, *SUBSTITUTES, *NOISE), known=KNOWN)
    answer = suggest(made)
    listed = answer_topics(made[1], made[0], window=september(made[0]))
    text = (Path(__file__).parent.parent / "docs" / "json.md").read_text("utf-8")
    for table, part in ((suggestions_table, answer), (topics_table, listed)):
        assert max(map(cell_len, printed(table(part)).splitlines())) <= 100
        section = text.partition(f"## {type(part).__name__}\n")[2].partition("\n## ")[0]
        assert set(as_plain(part)) == documented(section)
    section = text.partition("## Suggestion\n")[2].partition("\n## ")[0]
    assert set(as_plain(answer)["suggestions"][0]) == documented(section)
    section = text.partition("## ListedTopic\n")[2].partition("\n## ")[0]
    assert set(as_plain(listed)["topics"][0]) == documented(section)


def documented(section):
    return {line.split("`")[1] for line in section.splitlines() if line.startswith("| `")}


def test_the_list_says_what_each_topic_draws_and_what_is_due(make):
    config, db, *_ = make(free=NOISE, known=KNOWN)
    (refund,) = answer_topics(db, config, window=september(config)).topics
    assert (refund.id, refund.complaints, refund.people, refund.due, refund.configured) == ("refund", 3, 3, 0, True)
    reworded = dataclasses.replace(config, topics=(dataclasses.replace(config.topics[0], description="Money back"),))
    answer = answer_topics(db, reworded, window=september(config))
    assert [topic.due for topic in answer.topics] == [13]
    assert answer.notes == (
        "Changed in the configuration since the last `repute tag`, and not read as they are worded now: refund.",
    )
    gone = answer_topics(db, dataclasses.replace(config, topics=()), window=september(config))
    assert [(topic.id, topic.complaints, topic.configured) for topic in gone.topics] == [("refund", 3, False)]
    assert (gone.complaints, gone.unsorted) == (13, 10)


def test_the_command_writes_tables_toml_or_json(make):
    made = make(free=(*SCANNER, *NOISE), known=KNOWN)
    asked = ("suggest", "--config", str(made[0].path), "--as-of", NOW, "--since", "2026-09-02", "--until", "2026-09-29")
    shown, toml, plain = (CliRunner().invoke(topics, [*asked, *more]) for more in ((), ("--toml",), ("--json",)))
    (found,) = suggest(made).suggestions
    assert (shown.exit_code, toml.exit_code, plain.exit_code) == (0, 0, 0)
    assert "Emerging topics of Tamarind" in shown.output
    assert shown.output.endswith(toml.output)
    assert [topic["id"] for topic in tomllib.loads(toml.output)["topics"]] == [found.id]
    assert [suggestion["name"] for suggestion in json.loads(plain.output)["suggestions"]] == [found.name]
    listed = CliRunner().invoke(topics, ["list", *asked[1:]])
    assert "refund Refund 3 3 nothing" in " ".join(listed.output.split())


def printed(table):
    console = Console(width=100, highlight=False, color_system=None)
    with console.capture() as capture:
        console.print(table)
    return capture.get()
