"""Learn the letter patterns by which languages in Latin letters are told apart, romanised Hindi and Urdu among them."""

import random
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from sentiment.language import MOST_WORDS, OTHER, ROMANISED, WEIGHTS, split_words, word_patterns
from sentiment.training.corpus import rows
from sentiment.training.own import encoded_names, own_rows

Sample = tuple[list[str], str, float]
"""Words of a text, its language and how much it counts."""
HINDI, URDU = "hi-Latn", "ur-Latn"
SETS = {
    "en": ("semeval17_en", "sst_3class", "banking77", "custrev", "app_reviews", "m_absa_en", "cfpb_complaints"),
    "es": ("umsab_es", "m_absa_es", "opener_hotel_es"),
    "de": ("umsab_de", "m_absa_de"),
    "fr": ("umsab_fr", "m_absa_fr"),
    "it": ("umsab_it", "it_absita_hotels"),
    "pt": ("umsab_pt", "m_absa_pt"),
    "tr": ("tr_store_reviews", "tr_ecommerce_reviews", "m_absa_tr", "tr_tweets_emotion"),
    "et": ("xed_et",),
    HINDI: ("umsab_hi",),
    URDU: ("ur_roman_uci", "ur_roman_daraz"),
}
STRANGERS = (
    *("af", "br", "ca", "cs", "da", "eo", "eu", "fi", "ga", "gl", "hr", "hu", "id", "la", "lt", "lv", "ms", "nl", "no", "pl"),
    *("ro", "sk", "sl", "so", "sv", "sw", "tl", "vi"),
)
"""Languages that are known by their stop words alone: enough to say that a text is in none of ours."""
PER_SET, PER_STRANGER = 1500, 60
OWN, NEIGHBOUR = 3, 200
"""How often a text of our own, and Finnish (Estonian's neighbour), are drawn."""
OF_SETS = 0.1
"""How much a text of a set counts against one of our own, when Hindi and Urdu are told apart."""
PATTERNS, SIDES = 1400, 1500
"""Patterns kept for the languages, and for Urdu against Hindi: those that say most."""
RARE, RARE_SIDE = 8, 3
"""Words that a pattern is in before it counts."""
SEED = 7


@dataclass(frozen=True)
class Weights:
    """What the table holds."""

    languages: tuple[str, ...]
    start: tuple[float, ...]
    """Log odds of each language before a word is read."""
    patterns: dict[str, str]
    """Pattern -> a letter for each language, that stands for its log odds."""
    sides: dict[str, str]
    """Pattern -> the letter of the log odds of Urdu against Hindi."""
    side: float


def weigh_words(data: Path) -> Weights:
    """Return the weights of two logistic regressions over words and their letters.

    The first tells languages apart; romanised Hindi and Urdu are one to it. The second tells these two apart by the words that
    the first does not take for English, so that what people speak about (parcels, films) says nothing.
    """
    chance = random.Random(SEED)
    texts = {language: list(read_texts(data, language, chance)) for language in SETS}
    samples = list(draw_samples(texts, chance))
    languages = (*(name for name in SETS if name not in (HINDI, URDU)), ROMANISED, OTHER)
    kept, weights, start = learn(samples, languages, PATTERNS, RARE)
    patterns = {pattern: as_letters(weights[:, i]) for i, pattern in enumerate(kept)}
    spoken = [(foreign_words(words, patterns, languages), name, weight) for words, name, weight in pick_sides(texts)]
    sides, side_weights, side = learn([sample for sample in spoken if sample[0]], (HINDI, URDU), SIDES, RARE_SIDE)
    return Weights(
        languages=languages,
        start=tuple(round(float(value), 2) for value in start),
        patterns=dict(sorted(patterns.items())),
        sides={pattern: as_letters(side_weights[:, i]) for i, pattern in enumerate(sides)},
        side=round(float(side[0]), 2),
    )


def read_texts(data: Path, language: str, chance: random.Random) -> Iterator[str]:
    """Yield the texts of a language, at most so many of each set, and our own several times."""
    for name in SETS[language]:
        found = [row["text"] for row in rows(data / name / "train.jsonl")]
        yield from chance.sample(found, min(len(found), PER_SET))
    own = [row["text"] for name in encoded_names() for row in own_rows(name, "train") if row["lang"] == language]
    yield from own * OWN


def draw_samples(texts: dict[str, list[str]], chance: random.Random) -> Iterator[Sample]:
    """Yield whole texts and pieces of a few words, some without their accents, as people type."""
    for language, found in texts.items():
        plain = language in (HINDI, URDU, "en")
        for text in found:
            words = split_words(text if plain or chance.random() > 0.25 else without_accents(text))[:MOST_WORDS]
            if words and chance.random() < 0.6:
                length = chance.randint(1, 6)
                first = chance.randrange(max(1, len(words) - length + 1))
                words = words[first : first + length]
            if words:
                yield words, ROMANISED if language in (HINDI, URDU) else language, 1.0
    yield from draw_strangers(chance)


def draw_strangers(chance: random.Random) -> Iterator[Sample]:
    """Yield a few stop words at a time of the languages that are not ours."""
    import stopwordsiso

    for language in STRANGERS:
        known = sorted({word for phrase in stopwordsiso.stopwords(language) for word in split_words(phrase)})
        for _ in range(NEIGHBOUR if language == "fi" else PER_STRANGER):
            yield chance.sample(known, min(len(known), chance.randint(1, 8))), OTHER, 1.0


def pick_sides(texts: dict[str, list[str]]) -> Iterator[Sample]:
    """Yield romanised texts; both sides of our own speak of the same trades and count most, since the sets' subjects differ."""
    own = {row["text"] for name in encoded_names() for row in own_rows(name, "train")}
    for language in (HINDI, URDU):
        for text in texts[language]:
            yield split_words(text)[:MOST_WORDS], language, 1.0 if text in own else OF_SETS


def without_accents(text: str) -> str:
    """Return the text in plain letters, as many type it on a phone."""
    letters = unicodedata.normalize("NFD", text.replace("ı", "i").replace("ß", "ss"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def foreign_words(words: Sequence[str], patterns: dict[str, str], languages: Sequence[str]) -> list[str]:
    """Return the words that look more like Hindi or Urdu than like English."""
    english, romanised = languages.index("en"), languages.index(ROMANISED)

    def lean(word: str) -> float:
        found = (patterns[pattern] for pattern in word_patterns(word) if pattern in patterns)
        return sum(WEIGHTS[letters[romanised]] - WEIGHTS[letters[english]] for letters in found)

    return [word for word in words if lean(word) > 0]


def learn(
    samples: Sequence[Sample], languages: Sequence[str], most: int, rare: int
) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
    """Fit on every pattern that is not rare, then once more on the `most` that say most: (patterns, weights, intercepts)."""
    seen: Counter[str] = Counter()
    for words, _, _ in samples:
        seen.update({pattern for word in words for pattern in word_patterns(word)})
    every = [pattern for pattern, count in seen.items() if count >= rare]
    weights, _, used = fit(samples, languages, every)
    telling = used * (weights.std(axis=0) if len(weights) > 1 else np.abs(weights[0]))
    kept = sorted(every[i] for i in np.argsort(-telling)[:most])
    weights, start, _ = fit(samples, languages, kept)
    return kept, weights, start


def fit(samples: Sequence[Sample], languages: Sequence[str], patterns: Sequence[str]) -> tuple[Any, Any, Any]:
    """Fit a logistic regression; a text's patterns count over the root of its words, as `sentiment.language` counts them."""
    from sklearn.linear_model import LogisticRegression

    place = {pattern: i for i, pattern in enumerate(patterns)}
    at: list[tuple[int, int]] = []
    values: list[float] = []
    for row, (words, _, _) in enumerate(samples):
        counts = Counter(place[pattern] for word in words for pattern in word_patterns(word) if pattern in place)
        at += [(row, column) for column in counts]
        values += [count / len(words) ** 0.5 for count in counts.values()]
    matrix = csr_matrix((values, tuple(zip(*at, strict=True))), shape=(len(samples), len(patterns)))
    names = [languages.index(language) for _, language, _ in samples]
    model = LogisticRegression(C=3.0, class_weight="balanced", max_iter=100, tol=1e-3)
    model.fit(matrix, names, sample_weight=[weight for _, _, weight in samples])
    return model.coef_, model.intercept_, np.sqrt(np.asarray(matrix.multiply(matrix).mean(axis=0))).ravel()


def as_letters(weights: NDArray[np.float64]) -> str:
    """Return for each weight the letter that stands for the nearest one."""
    letters, values = list(WEIGHTS), np.array([*WEIGHTS.values()])
    return "".join(letters[int(np.abs(values - weight).argmin())] for weight in weights)


def write_module(weights: Weights, path: Path) -> None:
    """Write the weights as the tables that `sentiment.language` reads."""
    path.write_text(
        '"""Weights of letter patterns in languages, made by `sentiment.training.romanised`; not to be edited."""\n\n'
        f"LANGUAGES = {words_of(weights.languages)}\n"
        f"START = {weights.start}\n"
        f"SIDE = {weights.side}\n"
        "# A pattern (^ and $ are a word's ends), then a letter a language: its log odds (`sentiment.language.WEIGHTS`).\n"
        f'TABLE = r"""\n{lines_of(weights.patterns)}\n"""\n'
        "# Urdu against Hindi.\n"
        f'SIDES = r"""\n{lines_of(weights.sides)}\n"""\n',
        encoding="utf-8",
    )


def words_of(names: Sequence[str]) -> str:
    """Return names as a tuple in Python."""
    return "(" + ", ".join(f'"{name}"' for name in names) + ")"


def lines_of(coded: dict[str, str]) -> str:
    """Return entries in lines of at most 120 characters."""
    lines, line = [], ""
    for pattern, letters in coded.items():
        entry = f"{pattern} {letters};"
        if len(line) + len(entry) > 120:
            lines.append(line)
            line = ""
        line += entry
    return "\n".join([*lines, line])
