"""Compare two models on the same labelled texts: each one's figures, and whether the difference is more than chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from config.records import SENTIMENTS
from sentiment.classifier import Classifier
from sentiment.evaluation import Asked, Evaluation, label_of, score_labels
from sentiment.hub import HubSentiment
from sentiment.labelled import Labelled
from sentiment.language import UNKNOWN, detect_language
from sentiment.sentences import split_own

Progress = Callable[[int, int], None]
Floats = NDArray[np.float64]
DRAWS = 2000
SEED = 20
EXAMPLES = 5
SURE = 0.05
"""A p under this is taken for more than chance."""


@dataclass(frozen=True)
class Reader:
    """A model that gives each text one of a task's labels."""

    name: str
    """As taggers carry it."""
    read: Callable[[Sequence[str], Progress | None], list[str]]
    """(texts, progress) -> labels."""
    languages: Collection[str] = ()
    """Those that it reads well enough; empty where nobody said."""


@dataclass(frozen=True)
class Paired:
    """How two models differ on the same texts."""

    both: int
    """Texts that both read right."""
    first_only: int
    """Texts that only the first reads right."""
    second_only: int
    """Texts that only the second reads right."""
    neither: int
    """Texts that both read wrong."""
    p: float
    """McNemar's exact test of the two counts before: how likely so uneven ones are where both are as good."""
    macro_f1_difference: float
    """The first's macro-F1 less the second's."""
    interval: tuple[float, float]
    """95% interval of that difference: 2,000 bootstrap draws of the texts, the same for both."""


@dataclass(frozen=True)
class Example:
    """A text that the two read differently."""

    text: str
    label: str
    """What people say."""
    first: str
    second: str


@dataclass(frozen=True)
class LanguageScores:
    """Both models on the texts of one language."""

    language: str
    """As the column `lang` has it; empty for rows without one."""
    n: int
    first_macro_f1: float
    second_macro_f1: float


@dataclass(frozen=True)
class Comparison:
    """Two models on the same n labelled texts."""

    first: str
    """Name of the model that is configured."""
    second: str
    """Name of the one that it is compared with."""
    first_scores: Evaluation
    second_scores: Evaluation
    paired: Paired
    sentence: str
    """What the pairs say, in words."""
    languages: tuple[LanguageScores, ...]
    """Most texts first; empty where no row has `lang`."""
    examples: tuple[Example, ...]
    """Up to five texts that the two read differently, those first that one of them reads right."""


def read_with(classifier: Classifier, task: str) -> Reader:
    """Return what reads a task's labels with a classifier."""

    def read(texts: Sequence[str], progress: Progress | None) -> list[str]:
        return [label_of(reading, task) for reading in classifier.classify(texts, progress)]

    name = classifier.sentiment_model if task == "sentiment" else classifier.model
    return Reader(name, read, classifier.encoder.settings.languages)


def read_with_hub(model: HubSentiment) -> Reader:
    """Return what reads sentiments with a model of the hub, of the words that a classifier would hand to it."""

    def read(texts: Sequence[str], progress: Progress | None) -> list[str]:
        own = [" ".join(text[start:end] for start, end in split_own(text)) for text in texts]
        return [SENTIMENTS[i] for i in model.read(own, progress).argmax(axis=1)]

    return Reader(model.name, read)


def compare(
    asked: Asked, first: Reader, second: Reader, bad: Sequence[str] = (), progress: Progress | None = None
) -> Comparison:
    """Let both read the texts, and compare what they say with the labels; `progress` hears of both readings as one."""
    texts, gold = [row.text for row in asked.rows], [row.label for row in asked.rows]
    one, other = (reader.read(texts, half(progress, i)) for i, reader in enumerate((first, second)))
    paired = compare_pairs(gold, one, other, asked.names)
    name = second.name if second.name != first.name else f"{second.name} (again)"
    return Comparison(
        first=first.name,
        second=name,
        first_scores=replace(
            score_labels(gold, one, asked.names, asked.task, asked.left_out, tuple(bad)), unsupported=strangers(texts, first)
        ),
        second_scores=replace(
            score_labels(gold, other, asked.names, asked.task, asked.left_out, tuple(bad)), unsupported=strangers(texts, second)
        ),
        paired=paired,
        sentence=say(paired, first.name, name),
        languages=tuple(by_language(asked, one, other)),
        examples=tuple(differing(asked.rows, one, other)),
    )


def strangers(texts: Sequence[str], reader: Reader) -> tuple[tuple[str, int], ...]:
    """Return the languages that a model is known not to read well enough, with how many texts are in each."""
    told = Counter(detect_language(text) for text in texts) if reader.languages else Counter()
    return tuple(one for one in told.most_common() if one[0] != UNKNOWN and one[0] not in reader.languages)


def half(progress: Progress | None, which: int) -> Progress | None:
    """Return what hears of the first or the second half of the work."""
    return (lambda done, total: progress(which * total + done, 2 * total)) if progress else None


def compare_pairs(gold: Sequence[str], one: Sequence[str], other: Sequence[str], names: Sequence[str]) -> Paired:
    """Compare what two models read in the same texts.

    McNemar's test (1947), exact: the discordant pairs against an even binomial. A bootstrap draw of texts is a
    multinomial draw of their (label, first, second) cells.
    """
    from scipy.stats import binomtest

    size = len(names)
    order = {name: i for i, name in enumerate(names)}
    cells = np.zeros((size, size, size), np.int64)
    for label, a, b in zip(gold, one, other, strict=True):
        cells[order[label], order[a], order[b]] += 1
    right_one, right_other = np.eye(size, dtype=bool)[:, :, None], np.eye(size, dtype=bool)[:, None, :]
    only_one, only_other = int((cells * (right_one & ~right_other)).sum()), int((cells * (~right_one & right_other)).sum())
    both = int((cells * (right_one & right_other)).sum())
    draws = np.random.default_rng(SEED).multinomial(len(gold), cells.ravel() / len(gold), DRAWS).reshape(-1, size, size, size)
    differences = macro_f1(draws.sum(axis=3)) - macro_f1(draws.sum(axis=2))
    low, high = np.quantile(differences, (0.025, 0.975))
    return Paired(
        both=both,
        first_only=only_one,
        second_only=only_other,
        neither=len(gold) - both - only_one - only_other,
        p=float(binomtest(only_one, only_one + only_other).pvalue) if only_one + only_other else 1.0,
        macro_f1_difference=float((macro_f1(cells.sum(axis=2)[None]) - macro_f1(cells.sum(axis=1)[None]))[0]),
        interval=(float(low), float(high)),
    )


def macro_f1(confusions: NDArray[np.int64]) -> Floats:
    """Return the macro-F1 (m,) of confusion matrices (m, labels, labels), over the labels that occur in each."""
    support, given = confusions.sum(axis=2), confusions.sum(axis=1)
    hits = np.diagonal(confusions, axis1=1, axis2=2)
    f1 = 2 * hits / np.maximum(support + given, 1)
    mean: Floats = (f1 * (support > 0)).sum(axis=1) / (support > 0).sum(axis=1)
    return mean


def say(paired: Paired, first: str, second: str) -> str:
    """Say what the pairs mean, in a sentence or two."""
    one, other = paired.first_only, paired.second_only
    if not one + other:
        return f"{first} and {second} are right and wrong on the same texts: no difference on this file (p = 1)."
    counts = f"{first} is right where {second} is wrong {times(one)}, {second} where {first} is wrong {times(other)}"
    p = "p < 0.001" if paired.p < 0.001 else f"p = {paired.p:.2g}"
    if paired.p >= SURE:
        return f"{counts}: that may be chance ({p})."
    better, behind, sign = (first, second, 1) if one > other else (second, first, -1)
    highest = max(sign * bound for bound in paired.interval)
    verdict = f"{counts}: {better} reads this file better ({p})."
    return verdict if highest >= 0 else f"{verdict} By macro-F1, where each label counts alike, {behind} does."


def times(n: int) -> str:
    """Say how often."""
    return "once" if n == 1 else f"{n:,} times"


def by_language(asked: Asked, one: Sequence[str], other: Sequence[str]) -> Iterator[LanguageScores]:
    """Score both by language, most texts first."""
    rows: dict[str, list[int]] = {}
    for i, row in enumerate(asked.rows):
        rows.setdefault(row.language or "", []).append(i)
    if set(rows) == {""}:
        return
    for language, chosen in sorted(rows.items(), key=lambda item: (-len(item[1]), item[0])):
        gold = [asked.rows[i].label for i in chosen]
        scores = [score_labels(gold, [read[i] for i in chosen], asked.names, asked.task).macro_f1 for read in (one, other)]
        yield LanguageScores(language, len(chosen), *scores)


def differing(rows: Sequence[Labelled], one: Sequence[str], other: Sequence[str]) -> list[Example]:
    """Pick texts that the two read differently, spread over the file, those first that one of them reads right."""
    found = [Example(row.text, row.label, a, b) for row, a, b in zip(rows, one, other, strict=True) if a != b]
    telling = [example for example in found if example.label in (example.first, example.second)]
    rest = [example for example in found if example.label not in (example.first, example.second)]
    return [*spread(telling), *spread(rest)][:EXAMPLES]


def spread(examples: Sequence[Example]) -> list[Example]:
    """Pick at most five from all over a list: neighbours in a file are often alike."""
    step = max(len(examples) // EXAMPLES, 1)
    return list(examples[::step][:EXAMPLES])
