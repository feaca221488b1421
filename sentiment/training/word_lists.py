"""Learn how much lists of praising and blaming words say beside the words and letters.

Only what words and letters say of texts that they did not read tells that: on their own they know every word.
"""

import re
import tomllib
import zlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from sentiment.text import prepare
from sentiment.training.spelling import Spelt, fit_spelling
from sentiment.valence import STEM, Valence, WordList, find_valence, listed_words

FOLDER = Path(__file__).parent / "lists"
FAMILIAR = 60
"""Texts of a language from which on words and letters know a word themselves, and its list says nothing of it."""
FOLDS = 4
RIDGE = 5.0
"""Weight of the squares of the two weights against the summed loss."""
Array = NDArray[np.float64]
_NO_LETTERS = re.compile(r"[\W\d_]+")


def learn_valence(spelt: Spelt) -> Valence:
    """Return the lists of all languages that have one, with weights fitted on what words and letters did not read."""
    unread = unread_logits(spelt)
    denials = read_denials()
    spoken, lists = np.array(spelt.spoken), {}
    for language in sorted(path.stem for path in FOLDER.glob("*.tsv")):
        rows = np.flatnonzero(spoken == language)
        words = [listed_words(spelt.texts[row], language) for row in rows]
        seen = Counter(word for text in words for word in set(text))
        before, behind = denials[language]
        one = WordList(stem_words(read_list(language), seen, before), before, behind, (0.0, 0.0), (0.0, 0.0))
        found = np.array([one.weigh(text) for text in words])
        weights = fit_weights(found, unread[rows].astype(np.float64), spelt.gold[rows], spelt.weight[rows])
        blame, praise = found.mean(axis=0)
        lists[language] = replace(one, usual=(round(float(blame), 3), round(float(praise), 3)), weights=weights)
        print(f"word list: {language} {len(one.valence)} words and stems, weights {weights}", flush=True)
    return Valence(lists)


def unread_logits(spelt: Spelt) -> NDArray[np.float32]:
    """Return the logits (n, 3) of each text by a model of words and letters that read neither it nor a copy of its letters."""
    fold = np.array([zlib.crc32(_NO_LETTERS.sub(" ", text.lower()).strip().encode()) % FOLDS for text in spelt.texts])
    out = np.zeros((len(fold), 3), np.float32)
    for one in range(FOLDS):
        read, left = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
        texts = [spelt.texts[row] for row in read]
        model = fit_spelling(texts, spelt.own[read], spelt.gold[read], spelt.weight[read], spelt.languages)
        for rows in np.array_split(left, max(1, len(left) // 10_000)):
            out[rows] = model.logits([spelt.texts[row] for row in rows], [spelt.spoken[row] for row in rows])
    return out


def read_list(language: str) -> dict[str, float]:
    """Return the valence of each word of a language's list, written as in prepared texts; spellings that meet share a mean."""
    values = defaultdict(list)
    for line in (FOLDER / f"{language}.tsv").read_text(encoding="utf-8").splitlines():
        word, value = line.split("\t")
        parts = listed_words(prepare(word), language)
        if len(parts) == 1:
            values[parts[0]].append(float(value))
    return {word: sum(found) / len(found) for word, found in values.items()}


def read_denials() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Return the words by language that deny what follows and what goes before: those that take a sign's phrase back."""
    signs = tomllib.loads(files("sentiment").joinpath("signs.toml").read_text(encoding="utf-8"))

    def words(table: Mapping[str, object], name: str) -> frozenset[str]:
        return frozenset(prepare(str(table.get(name, ""))).lower().split())

    return {language: (words(table, "deny"), words(table, "deny_behind")) for language, table in signs.items()}


def stem_words(listed: Mapping[str, float], seen: Mapping[str, int], silent: frozenset[str]) -> dict[str, int]:
    """Return the rounded valence of the words of a list and of their stems, without the last letter.

    Words that many texts have (`seen`) and those of `silent` have 0; stems whose words contradict each other are left out.
    """
    stems = defaultdict(list)
    for word, value in listed.items():
        if len(word) > STEM:
            stems[word[:-1]].append(value)
    both = {**{stem: sum(values) / len(values) for stem, values in stems.items()}, **listed}
    valence = {word: round(value) for word, value in both.items() if round(value)}
    familiar = [word for word, texts in seen.items() if texts >= FAMILIAR and find_valence(valence, word)]
    return {**valence, **dict.fromkeys([*familiar, *silent], 0)}


def fit_weights(found: Array, logits: Array, gold: NDArray[np.int64], weight: Array) -> tuple[float, float]:
    """Return the logits of negative a unit of blame and of positive a unit of praise, in the units of `logits`.

    `found` (n, 2) is blame and praise. Multinomial logistic regression by L-BFGS, in which the logits (n, 3) have a common
    factor and the sentiments their biases.
    """
    rows = np.arange(len(gold))

    def loss(values: Array) -> tuple[float, Array]:
        factor, bias, units = values[0], values[1:3], values[3:]
        scores = factor * logits
        scores[:, [0, 2]] += bias + units * found
        scores -= np.logaddexp.reduce(scores, axis=1, keepdims=True)
        slope = np.exp(scores)
        slope[rows, gold] -= 1
        slope *= weight[:, None]
        ends = slope[:, [0, 2]]
        down = np.array([(slope * logits).sum(), *ends.sum(axis=0), *((ends * found).sum(axis=0) + 2 * RIDGE * units)])
        return -float((weight * scores[rows, gold]).sum()) + RIDGE * float((units**2).sum()), down

    factor, _, _, negative, positive = minimize(loss, np.array([1.0, 0, 0, 0, 0]), jac=True, method="L-BFGS-B").x
    return round(float(negative / factor), 3), round(float(positive / factor), 3)
