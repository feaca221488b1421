"""Texts in eleven languages for `bench/query_store.py`: real words by rank, with a long tail after Zipf's law."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
Ints = NDArray[Any]

LANGUAGES = ("en", "hi", "ur", "tr", "es", "de", "fr", "it", "pt", "ar", "et")
BRANDS = ("norvex", "lumio", "karoo", "pelta", "brimo", "solvay")
"""Ids and names alike; the first is the own one."""
TOPICS = {
    "delivery": "delivery late parcel courier driver doorstep tracking waited",
    "billing": "charged twice invoice bill payment bank fee statement",
    "price": "expensive price prices dearer overpriced cost costs worth",
    "product_fault": "broken faulty rotten mouldy cracked stopped leaking battery",
    "support_wait": "hold queue nobody answers phone chat waiting line",
    "staff": "rude shouted manager attitude unhelpful driver sneered staff",
    "refund": "refund refunded money back return returned voucher credit",
    "app": "app crash crashes login update screen freezes checkout",
    "outage": "down outage offline service network hours unreachable status",
    "cancellation": "cancel cancelled subscription membership renewed trial contract account",
    "safety": "dangerous accident injured smoke burn poisoning hospital unsafe",
    "privacy": "leaked data breach spam password email stolen privacy",
    "substitution": "substituted substitute swapped instead replacement wrong item missing",
    "packaging": "packaging box plastic bags crushed soggy bottle tape",
    "opening_hours": "closed open sunday hours shut early evening holiday",
}
"""Fifteen topics with the words that their complaints over-use, in English; other languages take words of their own."""
ATTRIBUTES = ("fast", "fresh", "friendly", "fair", "green")
TOPIC_WORDS, OWN_WORDS = 8, 6
"""Words of a topic or attribute, and words that one brand's customers over-use."""
VOCABULARY = 20_000
FIRST_TOPIC = len(BRANDS)
FIRST_ATTRIBUTE = FIRST_TOPIC + len(TOPICS) * TOPIC_WORDS
FIRST_OWN = FIRST_ATTRIBUTE + len(ATTRIBUTES) * TOPIC_WORDS
FIRST_PLAIN = FIRST_OWN + len(BRANDS) * OWN_WORDS
"""Where each kind of word begins in a language's list; the plain ones follow by rank."""


@dataclass(frozen=True)
class Language:
    """The words of one language."""

    words: tuple[str, ...]
    """Names of brands, words of topics, attributes and brands, then plain words by rank."""
    shares: Ints
    """(v,) cumulated share of the plain words up to each rank."""


@dataclass(frozen=True)
class Asked:
    """What some texts of one language are to say; every array has one entry a text, -1 for none."""

    lengths: Ints
    """Words."""
    brand: Ints
    other: Ints
    """Another brand that is named too."""
    topic: Ints
    attribute: Ints
    titled: Ints
    """Whether the first sentence is a title."""


Text = tuple[str | None, str, list[tuple[int, int]]]
"""Title, text, and the offsets of the sentences in title, line break and text; none where there is one sentence only."""


@cache
def load_language(name: str) -> Language:
    """Make the list of words of a language, the same at every call."""
    known = [word for word, _ in count_words().get(name, Counter()).most_common()]
    chance = random.Random(f"words {name}")
    plain = dict.fromkeys(known)
    while len(plain) < VOCABULARY:
        one, other = chance.choice(known), chance.choice(known)
        plain[one[: (len(one) + 1) // 2] + other[len(other) // 2 :]] = None
    content = [word for word in known[150:] if len(word) > 3]
    chance.shuffle(content)
    special = list(BRANDS)
    for words in TOPICS.values():
        special += words.split() if name == "en" else [content.pop() for _ in range(TOPIC_WORDS)]
    special += [content.pop() for _ in range(FIRST_PLAIN - FIRST_ATTRIBUTE)]
    ranks = np.arange(1, VOCABULARY + 1)
    shares = np.cumsum(1 / (ranks + 2.7))
    return Language(tuple(special + list(plain)[:VOCABULARY]), shares / shares[-1])


@cache
def count_words() -> dict[str, Counter[str]]:
    """How often each word stands in the demo's texts and those that the project trains on, by language."""
    counts: dict[str, Counter[str]] = {}
    for folder in ("sentiment/training/texts", "demo/content"):
        for path in sorted((ROOT / folder).glob("*.jsonl")):
            for line in path.read_text("utf-8").split("\n")[:-1]:
                row = json.loads(line)
                words = [word.strip(".,;:!?…\"'«»„“”()۔؟،।-") for word in (row.get("text") or "").lower().split()]
                counts.setdefault(row.get("lang", ""), Counter()).update(word for word in words if word)
    return counts


def make_texts(name: str, asked: Asked, chance: np.random.Generator) -> list[Text]:
    """Compose texts of one language."""
    language = load_language(name)
    said = [language.words[word] for word in pick_words(language, asked, chance).tolist()]
    steps = chance.integers(6, 15, len(asked.lengths)).tolist()
    texts, start = [], 0
    for length, step, titled in zip(asked.lengths.tolist(), steps, asked.titled.tolist(), strict=True):
        texts.append(punctuate(said[start : start + length], step, titled))
        start += length
    return texts


def pick_words(language: Language, asked: Asked, chance: np.random.Generator) -> Ints:
    """The words of all texts one after the other, as places in the list of a language."""
    owner = np.repeat(np.arange(len(asked.lengths)), asked.lengths)
    words = FIRST_PLAIN + np.searchsorted(language.shares, chance.random(len(owner)))
    for first, each, part, of in (
        (FIRST_TOPIC, TOPIC_WORDS, 0.10, asked.topic),
        (FIRST_ATTRIBUTE, TOPIC_WORDS, 0.06, asked.attribute),
        (FIRST_OWN, OWN_WORDS, 0.01, asked.brand),
    ):
        chosen = np.flatnonzero((chance.random(len(owner)) < part) & (of[owner] >= 0))
        words[chosen] = first + of[owner[chosen]] * each + chance.integers(0, each, len(chosen))
    starts = np.cumsum(asked.lengths) - asked.lengths
    words[starts + 1] = asked.brand
    two = asked.other >= 0
    words[(starts + asked.lengths - 1)[two]] = asked.other[two]
    return words


def punctuate(words: Sequence[str], step: int, titled: bool) -> Text:
    """Cut words into sentences of `step` words; the first is the title where one is wanted and there are two."""
    sentences = [" ".join(words[at : at + step]) + "." for at in range(0, len(words), step)]
    if len(sentences) == 1:
        return None, sentences[0], []
    spans, at = [], 0
    for sentence in sentences:
        spans.append((at, at + len(sentence)))
        at += len(sentence) + 1
    if titled:
        return sentences[0], " ".join(sentences[1:]), spans
    return None, " ".join(sentences), spans
