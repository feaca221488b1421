"""A sentiment model named in config.toml, from the commands: classify, tag, evaluate."""

from __future__ import annotations

import contextlib
import json

import pytest
from click.testing import CliRunner
from tiny import save_tiny

pytest.importorskip("torch", reason="torch is not installed: it comes with the extra hub")
pytest.importorskip("transformers", reason="transformers is not installed: it comes with the extra hub")

from cli import main
from store.authors import load_secret
from store.database import open_database
from store.records import MatchedMention, Mention
from store.saving import Author, save_mentions

BRAND = """
[[brands]]
id = "acme"
name = "Acme"
query = "acme"

[[attributes]]
id = "fast"
name = "Fast"
description = "Delivery is fast and on time, the order arrives quickly."
"""
LABELS = 'labels = { LABEL_0 = "negative", LABEL_1 = "neutral", LABEL_2 = "positive" }\n'
MODEL = '[sentiment]\nmodel = "tiny"\n' + LABELS
PAIRS = "LABEL_0=negative,LABEL_1=neutral,LABEL_2=positive"
# The tiny model knows "late" and "kind" and little else; of the second text it reads the plain words.
TEXTS = ("The parcel was late.", "I am furious about the parcel.", "How kind! The parcel was rude and late.")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return save_tiny(tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture
def house(tmp_path, tiny):
    """A folder with a configuration, the model beside it, and a labelled file."""
    (tmp_path / "tiny").symlink_to(tiny)
    (tmp_path / "config.toml").write_text(BRAND + MODEL, "utf-8")
    rows = [
        {"text": "late", "label": "negative", "lang": "en"},
        {"text": "I am furious about the parcel", "label": "negative", "lang": "en"},
        {"text": "This is wonderful, I adore it", "label": "positive", "lang": "en"},
        {"text": "great", "label": "positive", "lang": "de"},
        {"text": "the shop", "label": "neutral", "lang": "de"},
    ]
    (tmp_path / "gold.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return tmp_path


def run(house, *arguments, stdin=None):
    return CliRunner().invoke(main, [*arguments, "--config", str(house / "config.toml")], input=stdin, catch_exceptions=False)


def evaluated(house, *arguments):
    done = run(house, "evaluate", str(house / "gold.jsonl"), "--json", *arguments)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def said(house, *arguments):
    """The one message of a command that fails."""
    done = run(house, *arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    return done.stderr


def shipped_rows(house):
    (house / "config.toml").write_text(BRAND, "utf-8")
    rows = [json.loads(line) for line in run(house, "classify", stdin="\n".join(TEXTS)).stdout.splitlines()]
    (house / "config.toml").write_text(BRAND + MODEL, "utf-8")
    return rows


def test_classify_takes_the_sentiments_of_the_model_and_the_rest_of_the_shipped_one(house):
    rows = [json.loads(line) for line in run(house, "classify", stdin="\n".join(TEXTS)).stdout.splitlines()]
    assert [row["sentiment"] for row in rows] == ["negative", "neutral", "negative"]
    shipped = shipped_rows(house)
    assert [row["sentiment"] for row in shipped] != [row["sentiment"] for row in rows]
    for ours, theirs in zip(rows, shipped, strict=True):
        assert (ours["language"], ours["complaint"]) == (theirs["language"], theirs["complaint"])


def stored(house):
    """The current sentiment tags, and the models of the current taggers by task."""
    with contextlib.closing(open_database(house / "repute.db")) as db:
        sentiments = db.execute(
            "select mention, span, label from current_tags where task = 'sentiment' order by 1, 2"
        ).fetchall()
        models = dict(db.execute("select distinct task, model from taggers where current = 1").fetchall())
    return [tuple(row) for row in sentiments], models


def test_tag_makes_the_sentiments_due_with_the_model_and_nothing_else(house):
    with contextlib.closing(open_database(house / "repute.db")) as db:
        mentions = [Mention(source="s", site="x", external_id=str(n), text=text) for n, text in enumerate(TEXTS)]
        batch = [MatchedMention(mention=mention, brands=(("acme", "acme"),)) for mention in mentions]
        save_mentions(db, batch, author=Author(load_secret(house / "repute.db")), now="2026-09-01T00:00:00Z")
    (house / "config.toml").write_text(BRAND, "utf-8")
    assert run(house, "tag").stdout.startswith("3 mentions read")
    _, before = stored(house)
    (house / "config.toml").write_text(BRAND + MODEL, "utf-8")
    assert run(house, "tag").stdout.startswith("3 mentions read")
    sentiments, after = stored(house)
    assert sentiments == [
        (1, 0, "negative"),
        (2, 0, "neutral"),
        (3, 0, "negative"),
        (3, 1, "positive"),
        (3, 2, "negative"),
    ]
    assert after.pop("sentiment").startswith("hub:tiny#")
    before.pop("sentiment")
    assert after == before
    assert run(house, "tag").stdout.startswith("0 mentions read, 0 ")


def test_evaluate_without_another_model_is_as_ever(house):
    done = run(house, "evaluate", str(house / "gold.jsonl"))
    assert (done.exit_code, done.stdout.splitlines()[0].startswith("sentiment: accuracy ")) == (0, True)
    assert set(evaluated(house)) == {
        "task", "n", "accuracy", "interval", "macro_f1", "macro_recall", "classes", "confusion", "left_out", "bad", "unsupported",
    }  # fmt: skip


def test_evaluate_against_the_shipped_model(house):
    result = evaluated(house, "--against", "shipped")
    assert result["first"].startswith("hub:tiny#")
    assert result["second"].startswith("repute-")
    assert (result["first_scores"]["n"], result["first_scores"]["accuracy"]) == (5, 0.6)
    assert [one["language"] for one in result["languages"]] == ["en", "de"]
    assert result["languages"][1]["first_macro_f1"] == 1.0
    assert result["paired"]["second_only"] == 2
    example = {"text": "I am furious about the parcel", "label": "negative", "first": "neutral", "second": "negative"}
    assert example in result["examples"]


def test_a_comparison_is_printed_whole(house):
    done = run(house, "evaluate", str(house / "gold.jsonl"), "--against", "shipped")
    assert done.exit_code == 0
    for words in (
        "sentiment, n = 5",
        "A  hub:tiny#",
        "B  repute-",
        "accuracy 60.0 % (95% ",
        "Macro-F1 of A less that of B: ",
        "is right where",
        "A neutral, B negative, labelled negative: I am furious about the parcel",
    ):
        assert words in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 100


def test_a_model_differs_nowhere_from_itself(house):
    folder = str(house / "tiny")
    result = evaluated(house, "--against", folder, "--labels", PAIRS)
    assert result["second"] == f"{result['first']} (again)"
    assert (result["paired"]["p"], result["paired"]["interval"], result["examples"]) == (1.0, [0.0, 0.0], [])


def test_a_folder_with_a_model_of_ours_is_read_as_one(house):
    from sentiment.encoder import MODEL as FOLDER

    by_folder, by_word = (evaluated(house, "--against", name) for name in (str(FOLDER), "shipped"))
    assert by_folder == by_word
    assert "has our own labels" in said(house, "evaluate", str(house / "gold.jsonl"), "--against", "shipped", "--labels", PAIRS)


def test_labels_that_do_not_fit_come_with_what_to_paste(house):
    (house / "config.toml").write_text(BRAND + '[sentiment]\nmodel = "tiny"\n', "utf-8")
    message = said(house, "classify")
    assert "config.toml: sentiment.labels: the labels of tiny do not fit: " in message
    assert "It has LABEL_0, LABEL_1, LABEL_2; mapped: none" in message
    line = message.splitlines()[-1]
    assert line + "\n" == LABELS
    (house / "config.toml").write_text(BRAND, "utf-8")
    message = said(house, "evaluate", str(house / "gold.jsonl"), "--against", str(house / "tiny"))
    assert message.splitlines()[-1] == f'--labels "{PAIRS}"'


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--labels", PAIRS), "say whose they are, with --against MODEL"),
        (
            ("--against", "./none"),
            "Error: --against ./none: ./none cannot be loaded: there is no folder none; correct the path",
        ),
        (("--against", "tiny", "--labels", "LABEL_0"), "'LABEL_0' says nothing; write a label of the model, = and one of"),
        (("--against", "tiny", "--labels", "LABEL_0=bad"), "'LABEL_0=bad' says nothing"),
    ],
)
def test_a_wrong_option_is_named_with_the_fix(house, arguments, words):
    assert words in said(house, "evaluate", str(house / "gold.jsonl"), *arguments)


def test_complaints_are_not_asked_of_a_model_of_sentiments(house):
    (house / "gold.jsonl").write_text('{"text": "late again", "label": "complaint"}\n', "utf-8")
    message = said(house, "evaluate", str(house / "gold.jsonl"), "--against", str(house / "tiny"))
    assert "it gives sentiments, and the labels of the file are of complaints" in message
    result = evaluated(house, "--against", "shipped")
    assert (result["first"], result["paired"]["p"]) == (result["second"].removesuffix(" (again)"), 1.0)


def test_a_model_that_cannot_be_loaded_is_named_with_its_place(house):
    (house / "config.toml").write_text(BRAND + '[sentiment]\nmodel = "./nowhere"\n', "utf-8")
    assert "config.toml: sentiment.model: ./nowhere cannot be loaded: there is no folder" in said(house, "tag")
