"""Read the labelled sets and plan how often each is read in training."""

import json
import random
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sentiment.language import detect_language
from sentiment.text import prepare
from sentiment.training.labels import wordings
from sentiment.training.own import key_of, own_rows
from sentiment.training.plans import PLAN, Reading
from sentiment.training.transliterate import to_latin, to_urdu

SENTIMENTS = ("negative", "neutral", "positive")
UNACCENTED = 0.1
"""Share of Latin-script texts read without their accents, as many people type them."""


@dataclass(frozen=True)
class Sample:
    """One text with what is known of it; an unknown part draws no loss."""

    text: str
    """Prepared by `sentiment.text.prepare`."""
    lang: str
    """BCP 47, as the set gives it."""
    origin: str
    """The set it comes from."""
    sentiment: int = -1
    """Index into SENTIMENTS, -1 unknown."""
    complaint: float = -1.0
    """1 complaint, 0 none, -1 unknown."""
    sure: float = 1.0
    """Weight of the complaint label: gold 1, derived from stars or polarity less."""
    domain: str = ""
    """The label set that `topics` belong to."""
    topics: tuple[str, ...] = ()
    """Labels of that label set."""
    english: str = ""
    """The English sentence whose teacher vector this text should have; "" for none."""
    raw: str = ""
    """As it was written: preparing makes the letters of Arabic and Urdu alike, so that languages are told before it."""


def read_set(data: Path, reading: Reading, split: str = "train") -> list[Sample]:
    """Return a set's samples; `name@Latn` and `name@Arab` are the Devanagari set written in that script."""
    if reading.name.startswith("own:"):
        name = reading.name.removeprefix("own:")
        return [_own_sample(row, name) for row in own_rows(name, split)]
    name, _, script = reading.name.partition("@")
    english = _english_rows(data, split) if name.startswith("m_absa_") else {}
    samples = [_sample(row, reading, english) for row in rows(data / name / f"{split}.jsonl")]
    kept = [sample for sample in samples if sample.text and _says_something(sample)]
    return [_rewrite(sample, script) for sample in kept] if script else kept


def detected(samples: Sequence[Sample]) -> list[str]:
    """Return the language of each text as it is told at run time, which may be another than the set's."""
    return [detect_language(sample.raw) for sample in samples]


def read_plan(data: Path, seed: int, scale: float = 1.0, plan: Sequence[Reading] = PLAN) -> Iterator[Sample]:
    """Yield the samples of one training run: each set as often as the plan says, times `scale`."""
    chance = random.Random(seed)
    for reading in plan:
        samples = read_set(data, reading)
        passes = reading.passes * scale
        for _ in range(int(passes)):
            yield from (_type_lazily(sample, chance) for sample in samples)
        for sample in chance.sample(samples, round((passes - int(passes)) * len(samples))):
            yield _type_lazily(sample, chance)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON-lines file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _sample(row: dict[str, Any], reading: Reading, english: dict[tuple[str, int], str]) -> Sample:
    label = row.get("sentiment") or row["label"]
    if label in reading.drop:
        label = ""
    if reading.negative and label == "complaint":
        label = "negative"
    text = prepare(row["text"])
    complaint, sure = _complaint(label, reading)
    topics = tuple(_topics(row, reading.name))
    lang = {"umsab_hi": "hi-Latn"}.get(reading.name, row["lang"])
    return Sample(
        text=text,
        lang=lang,
        origin=reading.name,
        sentiment=SENTIMENTS.index(label) if label in SENTIMENTS else -1,
        complaint=complaint,
        sure=sure,
        domain=_domain(row, reading.name) if topics else "",
        topics=topics,
        english=text if reading.teach else english.get((row.get("domain", ""), row.get("row", -1)), ""),
        raw=row["text"],
    )


def _own_sample(row: dict[str, Any], name: str) -> Sample:
    domain = f"own:{name}/{row['sector']}"
    return Sample(
        text=prepare(row["text"]),
        lang=row["lang"],
        origin=f"own:{name}",
        sentiment=SENTIMENTS.index(row["s"]),
        complaint=float(row["c"]),
        domain=domain,
        topics=tuple(key_of(name, row["sector"], topic) for topic in row["topics"]),
        english=prepare(row.get("en", "")),
        raw=row["text"],
    )


def _complaint(label: object, reading: Reading) -> tuple[float, float]:
    if reading.complaint == "gold":
        return (0.0 if label == "not_complaint" else 1.0), 1.0
    if reading.name == "cfpb_complaints":
        return 1.0, 0.3
    if reading.complaint == "weak" and label in ("negative", "positive"):
        return (1.0 if label == "negative" else 0.0), 0.25
    return -1.0, 0.0


def _topics(row: dict[str, Any], name: str) -> Iterable[str]:
    if name == "app_reviews":
        labels = [(row.get("topic") or "").lower()]
    elif name in ("banking77", "cfpb_complaints"):
        labels = [row["label"]]
    elif isinstance(row["label"], list) and not name.startswith("xed_"):
        labels = [label.rpartition(":")[0] for label in row["label"]]
    else:
        labels = []
    return dict.fromkeys(label for label in labels if label and wordings(label))


def _domain(row: dict[str, Any], name: str) -> str:
    return str(row["domain"]) if name.startswith("m_absa_") else name


def _english_rows(data: Path, split: str) -> dict[tuple[str, int], str]:
    path = data / "m_absa_en" / f"{split}.jsonl"
    return {(row["domain"], row["row"]): prepare(row["text"]) for row in rows(path)}


def _says_something(sample: Sample) -> bool:
    return sample.sentiment >= 0 or sample.complaint >= 0 or bool(sample.topics or sample.english)


def _type_lazily(sample: Sample, chance: random.Random) -> Sample:
    if sample.lang not in ("tr", "es", "de", "fr", "pt", "it", "et") or chance.random() >= UNACCENTED:
        return sample
    letters = unicodedata.normalize("NFD", sample.text)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return replace(sample, text=unicodedata.normalize("NFC", plain))


def _rewrite(sample: Sample, script: str) -> Sample:
    if script == "Latn":
        latin = to_latin(sample.text)
        return replace(sample, text=latin, lang="hi-Latn", raw=latin)
    urdu = to_urdu(sample.text)
    return replace(sample, text=prepare(urdu), lang="ur", raw=urdu)
