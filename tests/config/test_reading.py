from __future__ import annotations

from pathlib import Path

import pytest

from config import ConfigError, SentimentModel, load_config

ROOT = Path(__file__).resolve().parent.parent.parent
MINIMAL = """
[[brands]]
id = "acme"
name = "Acme"
role = "own"
query = "acme"
"""


@pytest.fixture
def write(tmp_path):
    def make(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return make


def problems(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(path, {})
    return [str(problem) for problem in caught.value.problems]


def test_the_shipped_config_is_right_and_has_the_default_taxonomy():
    config = load_config(ROOT / "config.toml", {})
    assert [topic.id for topic in config.topics] == [
        "delivery",
        "billing",
        "price",
        "product_fault",
        "support_wait",
        "staff",
        "refund",
        "app",
        "outage",
        "cancellation",
        "safety",
        "privacy",
    ]
    assert all(topic.description and topic.action for topic in config.topics)
    assert [brand.role for brand in config.brands] == ["own", "competitor", "competitor"]
    assert {source.name for source in config.sources} == {"reviews", "feeds", "hackernews", "reddit"}


def test_a_brand_alone_is_a_configuration(write, tmp_path):
    config = load_config(write(MINIMAL), {})
    assert (config.own_brand.id, config.database, str(config.time_zone), config.backfill_days) == (
        "acme",
        tmp_path / "repute.db",
        "UTC",
        90,
    )


def test_own_topics_replace_the_default_ones(write):
    config = load_config(write(MINIMAL + '[[topics]]\nid = "queue"\nname = "Kuyruk"\ndescription = "Sıra çok uzun"\n'), {})
    assert [(topic.id, topic.name, topic.action) for topic in config.topics] == [("queue", "Kuyruk", "")]


def test_a_description_is_the_same_however_it_is_spaced(write):
    listed = '[[topics]]\nid = "queue"\nname = "Queue"\ndescription = {0}\n[[attributes]]\nid = "fast"\nname = "Fast"\ndescription = {0}\n'
    plain, spaced = (
        load_config(write(MINIMAL + listed.format(text)), {})
        for text in ('"Long, slow lines"', '"""\n Long,  slow\n lines  """')
    )
    assert (spaced.topics, spaced.attributes) == (plain.topics, plain.attributes)
    assert spaced.topics[0].description == "Long, slow lines"


def test_secrets_come_from_the_environment_and_are_not_shown(write):
    config = load_config(write(MINIMAL), {"REPUTE_SMTP_PASSWORD": "hush", "HOME": "/root", "REPUTE_EMPTY": ""})
    assert dict(config.secrets) == {"smtp_password": "hush"}
    assert "hush" not in repr(config)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MINIMAL.replace('"own"', '"ours"'), """brands[0].role: 'ours' should be "own" or "competitor\""""),
        (MINIMAL.replace('"own"', '"competitor"'), 'brands: none has role = "own"; give it to the brand that you watch over'),
        (MINIMAL + MINIMAL, "brands[1].id: 'acme' is already used above; give each its own"),
        (
            MINIMAL.replace('"acme"\nname', '"Acme Ltd"\nname'),
            "brands[0].id: 'Acme Ltd' must be lower-case letters a-z, digits and _, starting with a letter, 40 at most",
        ),
        (MINIMAL.replace('query = "acme"', ""), 'brands[0].query: is missing; add query = "text" in quotes'),
        (MINIMAL.replace('query = "acme"', 'query = " "'), "brands[0].query: is empty; write something between the quotes"),
        (MINIMAL + "accounts = [3]", "brands[0].accounts[0]: 3 should be text in quotes"),
        ("", "brands: there is none; add [[brands]] with id, name, role and query"),
        (
            '[repute]\ntime_zone = "Mars/Olympus"\n' + MINIMAL,
            "repute.time_zone: 'Mars/Olympus' is no time zone; write one like \"Europe/Istanbul\"",
        ),
        (
            '[repute]\ntime_zone = "Europe"\n' + MINIMAL,
            "repute.time_zone: 'Europe' is no time zone; write one like \"Europe/Istanbul\"",
        ),
        (
            '[repute]\nbackfill = "soon"\n' + MINIMAL,
            'repute.backfill: \'soon\' is no length of time; write one like "90 days" or "12 weeks"',
        ),
        (
            '[repute]\nkeep_author_names = "yes"\n' + MINIMAL,
            "repute.keep_author_names: 'yes' should be true or false, without quotes",
        ),
        (
            '[repute]\ndatabase = " "\n' + MINIMAL,
            'repute.database: is empty; write one like "repute.db", or leave the line out',
        ),
        ("[repute]\nbackfil = 3\n" + MINIMAL, "repute.backfil: is not a setting; did you mean backfill?"),
        ("brand = 3\n" + MINIMAL, "brand: is not a setting; did you mean brands?"),
        (
            MINIMAL + '[schedule]\ndigest = "0 7 * * 1"',
            "schedule.digest: '0 7 * * 1' gives the weekday as a number, which programs count differently; write mon, tue, …",
        ),
        (MINIMAL + '[schedule]\ntag = "hourly"', "schedule.tag: 'hourly' is no cron line of five fields, like \"0 7 * * mon\""),
        (
            MINIMAL + "[thresholds]\nrecurring_people = 9",
            "thresholds.recurring_people: 9 is more than systemic_people, 5: nothing would ever be recurring; lower it",
        ),
        (
            MINIMAL + "[thresholds]\nrecurring_people = 1",
            "thresholds.recurring_people: 1 should be a whole number from 2 to 1000",
        ),
        (
            MINIMAL + '[digest]\nto = ["ana"]\nsender = "r@x.org"\nsmtp_host = "mail"',
            "digest.to[0]: 'ana' is no email address; write one like \"ana@example.com\"",
        ),
        (MINIMAL + "sources = 3", "brands[0].sources: is not a setting; known here: accounts, id, name, query, role"),
        ("sources = 3\n" + MINIMAL, "sources: 3 should be a table, written as [sources]"),
        ("brands = [3]", "brands[0]: 3 should be a table, written as [[brands]]"),
    ],
)
def test_a_mistake_is_named_with_its_place_its_value_and_the_fix(write, text, expected):
    assert expected in problems(write(text))


def test_all_mistakes_are_reported_together(write):
    assert len(problems(write('[repute]\ntime_zone = "x"\nbackfill = "y"\n[[brands]]\nid = "A"\n'))) == 5


def test_a_file_that_is_not_toml_names_the_line(write):
    assert "line 2" in problems(write("[[brands]]\nid = acme\n"))[0]


def test_a_missing_file_a_folder_and_a_wrong_encoding_are_named(tmp_path):
    assert "no such file" in problems(tmp_path / "nothing.toml")[0]
    assert "is a folder" in problems(tmp_path)[0]
    (tmp_path / "latin.toml").write_bytes('name = "Müller"'.encode("latin-1"))
    assert problems(tmp_path / "latin.toml") == ["line 1 is not UTF-8 text; save the file as UTF-8"]


def test_a_file_saved_with_a_byte_order_mark_is_read(tmp_path):
    (tmp_path / "config.toml").write_text(MINIMAL.lstrip(), encoding="utf-8-sig")
    assert load_config(tmp_path / "config.toml", {}).own_brand.id == "acme"


MODEL = '[sentiment]\nmodel = "someone/stars"\n'


def test_a_sentiment_model_is_read_and_absent_by_default(write):
    labels = 'labels = { "1 star" = "negative", LABEL_1 = "neutral" }\n'
    config = load_config(write(MINIMAL + MODEL + labels + 'revision = "abc"\nbatch = 4\n'), {})
    assert config.sentiment == SentimentModel(
        model="someone/stars", labels={"1 star": "negative", "LABEL_1": "neutral"}, revision="abc", batch=4
    )
    assert load_config(write(MINIMAL + MODEL), {}).sentiment == SentimentModel(model="someone/stars")
    assert load_config(write(MINIMAL), {}).sentiment is None


def test_all_mistakes_of_a_sentiment_model_are_reported_together(write):
    text = '[sentiment]\nmodell = "x"\nbatch = 0\nlabels = { LABEL_0 = "Bad", LABEL_1 = 3 }\n'
    assert problems(write(MINIMAL + text)) == [
        'sentiment.model: is missing; add model = "text" in quotes',
        """sentiment.labels.LABEL_0: 'Bad' should be "negative" or "neutral" or "positive\"""",
        """sentiment.labels.LABEL_1: 3 should be "negative" or "neutral" or "positive\"""",
        "sentiment.batch: 0 should be a whole number from 1 to 1024",
        "sentiment.modell: is not a setting; did you mean model?",
    ]
