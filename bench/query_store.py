"""Make a store of any size as two years of crawling and tagging leave it, for `bench/queries.py`.

    python bench/query_store.py [--mentions 1000000] [--folder build/queries]

Six brands, 15 topics, 5 attributes, 8 sources of five sites each, eleven languages, texts of 4 to 400 words, copies, replies,
ratings, gaps in what was watched: see `query_plan.py` and `query_texts.py`. Rows go into the store's own tables in the order in
which they would be collected, so that every index, trigger and the full-text index end as full as they would. What stands for a
hash is a random number: the keys of authors, and the sixteen bands of each text of 25 words or more. Seeds are fixed: the same
size gives the same rows.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from query_beside import NOW, fill_vectors, write_beside
from query_plan import DAY, FIRST, MEASURES, SEED, SOURCES, Plan, draw_plan
from query_texts import ATTRIBUTES, BRANDS, LANGUAGES, TOPICS, Asked, Text, make_texts
from sqlite_utils import Database

from config import Config, load_config
from sentiment.taggers import current_taggers
from store.copies import MIN_WORDS
from store.database import open_database
from store.fact_keeping import refresh_facts
from store.records import Tagger
from store.saving import hash_text
from store.tags import add_set, current_set, set_current_taggers
from trends.detecting import detect
from trends.words import hash_words

BATCH = 20_000
BANDS = 16
MODEL = "bench"
VOICES = ("customer", "company", "press", "bot")
MOODS = ("negative", "neutral", "positive")
PRECISIONS = ("second", "day", "unknown")
SIGNS = ("leaving", "recommending", "escalation", "resolved")
UNSUPPORTED = "et"
"""The language that the store's texts have and the classifier does not read: a tag of its language is all it has."""
UNREAD = 50
"""The newest mentions, that no tagger has read yet."""
TABLES = {
    "mentions": (
        "id, source, site, external_id, url, kind, voice, title, text, language, subject, place, rating, rating_worst, "
        "rating_best, rating_measure, author, engagement, thread, parent, published, published_precision, collected, updated, "
        "copy_group, text_hash"
    ),
    "mention_brands": "brand, mention, matched",
    "copy_bands": "band, mention",
    "spans": "mention, n, start, end",
    "tags": "mention, tagger, span, brand, label, polarity, score",
    "targets": "mention, brand, span, bearing",
    "readings": "mention, tagger_set",
}
"""The tables that mentions fill, with the columns that get a value."""
COLUMNS = (
    "key", "parent", "precision", "source", "site", "brand", "language", "voice", "author", "rating", "engagement", "copy",
)  # fmt: skip
"""What `mention_rows` needs of a plan, beside times and texts."""
Named = dict[tuple[str, str], int]
"""The numbers of taggers by task and subject."""
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass
class Copied:
    """Texts that later mentions copy, by place, with their bands."""

    texts: dict[int, Text] = field(default_factory=dict)
    bands: dict[int, list[int]] = field(default_factory=dict)


def main() -> None:
    """Make a store and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mentions", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path("build/queries"))
    asked = parser.parse_args()
    begun = time.monotonic()
    config = make_store(asked.folder, asked.mentions)
    print(f"{config.database}: {config.database.stat().st_size / 1e6:,.0f} MB, {time.monotonic() - begun:.0f} s")


def make_store(folder: Path, count: int, *, quiet: bool = False, tested: bool = True) -> Config:
    """The configuration of a store of `count` mentions in a folder of its own; one that is there and complete is taken.

    Without `tested` no completed day is tested for outbreaks, which takes some seconds whatever the size.
    """
    home = folder / str(count)
    home.mkdir(parents=True, exist_ok=True)
    config = write_config(home)
    if not (home / "complete").exists():
        for left in home.glob("repute*"):
            left.unlink()
        with contextlib.closing(open_database(config.database)) as db:
            fill(db, config, draw_plan(count), quiet=quiet)
        fill_vectors(config.database)
        (home / "complete").touch()
    with contextlib.closing(open_database(config.database)) as db:
        bring_up_to_date(db, config, quiet=quiet, tested=tested)
        db.conn.execute("pragma wal_checkpoint(truncate)")
    return config


def bring_up_to_date(db: Database, config: Config, *, quiet: bool, tested: bool) -> None:
    """Do what the writers of a store do at their end: roll-ups of what changed, and tests of completed days."""
    refresh_facts(db, hash_words, Progress("days of a brand added up", quiet=quiet))
    if tested:
        detect(db, config, now=NOW, progress=Progress("series tested", quiet=quiet))


@dataclass
class Progress:
    """Says on the error stream how far something is, at most once a second."""

    what: str
    quiet: bool
    begun: float = field(default_factory=time.monotonic)
    said: float = 0.0

    def __call__(self, done: int, count: int) -> None:
        """Say it, unless that was just done."""
        now = time.monotonic()
        if not self.quiet and (now - self.said > 1 or done == count):
            self.said = now
            end = "\n" if done == count else ""
            took = now - self.begun
            print(f"\r{done:,} of {count:,} {self.what}, {took:.0f} s ", end=end, file=sys.stderr, flush=True)


def write_config(home: Path) -> Config:
    """Write and read the config.toml beside a store, so that every command can be tried on it."""
    lines = ["[repute]", 'database = "repute.db"', 'time_zone = "Europe/London"']
    for n, brand in enumerate(BRANDS):
        role = "competitor" if n else "own"
        lines += ["[[brands]]", f'id = "{brand}"', f'name = "{brand.title()}"', f'role = "{role}"', f'query = "{brand}"']
    for attribute in ATTRIBUTES:
        lines += [
            "[[attributes]]",
            f'id = "{attribute}"',
            f'name = "{attribute.title()}"',
            f'description = "It is {attribute}."',
        ]
    for topic, words in TOPICS.items():
        lines += ["[[topics]]", f'id = "{topic}"', f'name = "{topic.replace("_", " ").title()}"', f'description = "{words}"']
    lines += [f"[sources.{source}]" for source in SOURCES]
    path = home / "config.toml"
    path.write_text("\n".join(lines) + "\n")
    return load_config(path, {})


def fill(db: Database, config: Config, plan: Plan, *, quiet: bool) -> None:
    """Write the rows of a plan, then crawls, watches, metrics and judgements."""
    # As much as a store's own size in memory, and no waiting for the disk: nothing is lost if this is cut off and begun again.
    for pragma in ("foreign_keys = off", "secure_delete = off", "synchronous = off", "cache_size = -2000000"):
        db.conn.execute(f"pragma {pragma}")
    taggers = set_current_taggers(db, make_taggers(config))
    named: Named = {(tagger.task, tagger.subject): number for tagger, number in taggers.items()}
    everything = add_set(db, current_set(db))
    chance, copied, show = np.random.default_rng(SEED + 1), Copied(), Progress("mentions", quiet=quiet)
    keys = chance.bytes(12 * (int(plan.author.max()) + 1)).hex()
    for start in range(0, len(plan), BATCH):
        rows = make_rows(plan, start, min(start + BATCH, len(plan)), named, everything, keys, copied, chance)
        for table, columns in TABLES.items():
            db.conn.executemany(insert_sql(table, columns), rows[table])
        db.conn.commit()
        show(min(start + BATCH, len(plan)), len(plan))
    write_beside(db, chance)


def insert_sql(table: str, columns: str) -> str:
    """The statement that inserts one row."""
    return f"insert into {table} ({columns}) values ({', '.join('?' * (columns.count(',') + 1))})"


def make_taggers(config: Config) -> list[Tagger]:
    """A tagger for each task, topic, attribute and sign."""
    signs = [Tagger(task="sign", subject=sign, model=MODEL) for sign in SIGNS]
    return [*current_taggers(MODEL, config.topics, config.attributes), Tagger(task="target", model=MODEL), *signs]


def make_rows(
    plan: Plan,
    start: int,
    end: int,
    named: Named,
    everything: int,
    keys: str,
    copied: Copied,
    chance: np.random.Generator,
) -> Rows:
    """The rows of some mentions by table."""
    part = plan.take(slice(start, end))
    texts = compose(part, start, copied, chance)
    rows: Rows = {table: [] for table in TABLES}
    rows["mentions"] = list(mention_rows(part, start, texts, keys))
    rows["mention_brands"] = sorted(brand_rows(part, start))
    rows["copy_bands"] = sorted(band_rows(part, start, texts, copied, chance))
    scores = np.round(chance.beta(5, 3, (end - start, 3)), 3).tolist()
    moods = chance.integers(0, 3, (end - start, 4)).tolist()
    columns = (part.mood, part.complaint, part.topic, part.further, part.attribute, part.sign, part.language)
    labels = list(zip(*(column.tolist() for column in columns), strict=True))
    brands = list(zip(part.brand.tolist(), part.other.tolist(), strict=True))
    for n, (_, _, spans) in enumerate(texts):
        mention = start + n + 1
        rows["spans"] += [(mention, number, *span) for number, span in enumerate(spans, 1)]
        if mention > len(plan) - UNREAD:
            continue
        rows["readings"].append((mention, everything))
        rows["tags"] += tag_rows(mention, labels[n], len(spans), scores[n], moods[n], named)
        rows["targets"] += target_rows(mention, *brands[n], len(spans), moods[n])
    rows["tags"].sort(key=lambda row: row[:3])
    return rows


def compose(part: Plan, start: int, copied: Copied, chance: np.random.Generator) -> list[Text]:
    """Title, text and sentences of each mention; copies have those of their original."""
    texts: list[Text] = [(None, "", [])] * len(part)
    for code, name in enumerate(LANGUAGES):
        mine = np.flatnonzero(part.language == code)
        asked = Asked(*(getattr(part, what)[mine] for what in ("length", "brand", "other", "topic", "attribute", "titled")))
        for place, text in zip(mine.tolist(), make_texts(name, asked, chance) if len(mine) else (), strict=True):
            texts[place] = text
    for place in np.flatnonzero(part.copy >= 0).tolist():
        texts[place] = copied.texts.setdefault(int(part.copy[place]), texts[place])
    return texts


def mention_rows(part: Plan, start: int, texts: Sequence[Text], keys: str) -> Iterator[tuple[Any, ...]]:
    """Rows of the table `mentions`, its columns in order."""
    published = np.datetime_as_string(FIRST + np.where(part.precision == 1, part.published // DAY * DAY, part.published), "s")
    collected = np.datetime_as_string(FIRST + part.collected, "s").tolist()
    named = (
        "key",
        "parent",
        "precision",
        "source",
        "site",
        "brand",
        "language",
        "voice",
        "author",
        "rating",
        "engagement",
        "copy",
    )
    columns = [getattr(part, name).tolist() for name in named]
    for n, row in enumerate(zip(published.tolist(), collected, *columns, strict=True)):
        at, seen, key, parent, precision, source, site, brand, language, voice, author, rating, engagement, copy = row
        title, text, _ = texts[n]
        where = f"{SOURCES[source]}-{site}.example"
        measure, worst, best = MEASURES[source] if rating >= 0 else (None, None, None)
        yield (
            start + n + 1, SOURCES[source], where, external_id(key),
            None if measure == "nps" else f"https://{where}/{BRANDS[brand]}/{external_id(key)}",
            kind_of(source, parent), VOICES[voice], title, text, LANGUAGES[language],
            f"{BRANDS[brand].title()} {key % 9 + 1}" if source < 2 else None, f"Town {key % 23 + 1}" if source == 0 else None,
            None if measure is None else float(rating), worst, best, measure,
            None if author < 0 else keys[24 * author : 24 * author + 24], None if engagement < 0 else engagement,
            external_id(parent) if parent >= 0 else None, external_id(parent) if parent >= 0 else None,
            None if precision == 2 else f"{at}Z", PRECISIONS[precision], f"{seen}Z", f"{seen}Z",
            None if copy < 0 else copy + 1, hash_text(title, text),
        )  # fmt: skip


def external_id(key: int) -> str:
    """What a platform might call it."""
    return f"{key * 2_654_435_761 % 2**40:010x}"


def kind_of(source: int, parent: int) -> str:
    """A reply is a comment; the rest is what its source brings."""
    if parent >= 0:
        return "comment"
    return "survey" if source == 7 else "review" if source < 2 else "post"


def brand_rows(part: Plan, start: int) -> Iterator[tuple[str, int, str]]:
    """(brand, mention, words that matched) of each mention."""
    for n, (brand, other) in enumerate(zip(part.brand.tolist(), part.other.tolist(), strict=True), start + 1):
        yield BRANDS[brand], n, BRANDS[brand]
        if other >= 0:
            yield BRANDS[other], n, BRANDS[other]


def band_rows(
    part: Plan, start: int, texts: Sequence[Text], copied: Copied, chance: np.random.Generator
) -> Iterator[tuple[int, int]]:
    """Sixteen bands of each longer text: those of different texts are as good as random, those of copies the same."""
    long = [n for n, (_, text, _) in enumerate(texts) if text.count(" ") + 1 >= MIN_WORDS]
    drawn = chance.integers(-(2**63), 2**63 - 1, (len(long), BANDS)).tolist()
    for n, fresh in zip(long, drawn, strict=True):
        copy = int(part.copy[n])
        bands = fresh if copy < 0 else copied.bands.setdefault(copy, fresh)
        yield from ((band, start + n + 1) for band in bands)


def tag_rows(
    mention: int,
    labels: tuple[int, ...],
    sentences: int,
    scores: Sequence[float],
    moods: Sequence[int],
    named: Named,
) -> Iterator[tuple[Any, ...]]:
    """The tags of a mention: of the whole, then what its sentences say; a topic or attribute stands in one of them too."""
    mood, complaint, topic, further, attribute, sign, language = labels
    if LANGUAGES[language] == UNSUPPORTED:
        yield mention, named["language", ""], 0, "", UNSUPPORTED, None, None
        return
    said = 1 + mention % sentences if sentences else 0
    yield mention, named["sentiment", ""], 0, "", MOODS[mood], None, scores[0]
    for n in range(1, sentences + 1):
        label = MOODS[mood if n == said else moods[n % 4]]
        yield mention, named["sentiment", ""], n, "", label, None, scores[n % 3]
    if complaint:
        yield mention, named["complaint", ""], 0, "", "complaint", None, scores[1]
    for name in [list(TOPICS)[one] for one in (topic, further) if one >= 0]:
        for span in sorted({0, said}):
            yield mention, named["topic", name], span, "", name, None, scores[2]
    if attribute >= 0:
        for span in sorted({0, said}):
            polarity = "contests" if mood == 0 else "confirms"
            yield mention, named["attribute", ATTRIBUTES[attribute]], span, "", ATTRIBUTES[attribute], polarity, scores[2]
    if sign >= 0:
        yield mention, named["sign", SIGNS[sign]], said, "", SIGNS[sign], None, None


def target_rows(mention: int, brand: int, other: int, sentences: int, moods: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Of a mention that names two brands: one sentence for each that speaks of the other only, or the other way round."""
    if other < 0 or not sentences:
        return
    yield mention, BRANDS[brand], sentences, "other" if moods[0] else "flipped"
    yield mention, BRANDS[other], 1, "other"


if __name__ == "__main__":
    main()
