"""The floor to beat: a linear model over TF-IDF of words and letters, trained on the one set that it is judged on."""

from collections.abc import Sequence
from pathlib import Path

from sentiment.evaluation import score_labels
from sentiment.labelled import COMPLAINTS
from sentiment.training.calibration import dev_samples
from sentiment.training.copies import Seen
from sentiment.training.corpus import SENTIMENTS, Sample, read_set
from sentiment.training.plans import PLAN, Reading

TRAINED_ON = {"tweeteval_sentiment": "semeval17_en"}
"""The set that stands in for one that has no training texts of its own."""


def linear_floor(name: str, data: Path, seen: Seen) -> float | None:
    """Return the macro-F1 on the dev rows of a set that training read no copy of; None where there is nothing to learn from.

    Logistic regression (C = 4, classes weighed alike) over words and pairs of words, and two to five letters within words,
    each with sublinear term frequency: Pedregosa et al. 2011.
    """
    source = TRAINED_ON.get(name, name)
    if not (data / source / "train.jsonl").exists():
        return None
    reading = next((one for one in PLAN if one.name == source), Reading(source, 0.0))
    task = "complaint" if name == "complaints_tweets" else "sentiment"
    training = _labelled(read_set(data, reading), task)
    judged = _labelled(seen.without(dev_samples(data, name)), task)
    if len({label for _, label in training}) < 2 or not judged:
        return None
    names = COMPLAINTS if task == "complaint" else SENTIMENTS
    return score_labels([label for _, label in judged], _learn_and_read(training, judged), names, task).macro_f1


def _labelled(samples: Sequence[Sample], task: str) -> list[tuple[str, str]]:
    if task == "complaint":
        return [(one.text, COMPLAINTS[int(one.complaint < 0.5)]) for one in samples if one.complaint >= 0]
    return [(one.text, SENTIMENTS[one.sentiment]) for one in samples if one.sentiment >= 0]


def _learn_and_read(training: Sequence[tuple[str, str]], judged: Sequence[tuple[str, str]]) -> list[str]:
    from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
    from sklearn.pipeline import make_pipeline, make_union  # type: ignore[import-untyped]

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    model = make_pipeline(make_union(words, letters), LogisticRegression(C=4, max_iter=300, class_weight="balanced"))
    model.fit([text for text, _ in training], [label for _, label in training])
    return [str(label) for label in model.predict([text for text, _ in judged])]
