"""Lines in, JSON lines out: what `repute classify` reads and writes."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from typing import Any

from sentiment.classifier import Classifier, Reading
from sentiment.signs import SignReader
from sentiment.text import drop_halves
from store.prose import as_prose
from store.records import WHOLE

BATCH = 256


def classify_lines(lines: Iterable[bytes], classifier: Classifier) -> Iterator[dict[str, Any]]:
    """Read lines of text, or JSON lines if the first line is a JSON object, and give one row a line, in the same order.

    A row has `text, language, language_supported, sentiment, scores {negative, neutral, positive}, complaint, topics
    {id: score}, attributes {id: polarity}, signs [sign]`; the text of HTML is the words that it shows. Where the language is
    not supported they are guesses, which tagging would not store. A line that cannot be read gives
    `{"line": number, "error": why}`; the others go on.
    """
    numbered = enumerate(lines, 1)
    first = next(numbered, None)
    if first is None:
        return
    as_json = isinstance(parse(first[1])[0], dict)
    every = itertools.chain([first], numbered)
    while batch := list(itertools.islice(every, BATCH)):
        yield from classify_batch(batch, as_json, classifier)


def classify_batch(batch: list[tuple[int, bytes]], as_json: bool, classifier: Classifier) -> Iterator[dict[str, Any]]:
    """One row for each line of a batch."""
    texts = [text_of(line, as_json) for _, line in batch]
    readings = iter(classifier.classify([as_prose(text) for text, error in texts if not error]))
    for (number, _), (_, error) in zip(batch, texts, strict=True):
        yield {"line": number, "error": error} if error else as_row(next(readings))


def text_of(line: bytes, as_json: bool) -> tuple[str, str]:
    """(text, why it cannot be read): the second is empty for a line that can."""
    if as_json:
        value, error = parse(line)
        if error:
            return "", error
        if not isinstance(value, dict) or not isinstance(value.get("text"), str):
            return "", 'has no "text"; write {"text": "…"}'
        return drop_halves(value["text"]), ""
    try:
        return line.decode("utf-8").rstrip("\r\n"), ""
    except UnicodeDecodeError as error:
        return "", f"is not UTF-8 at byte {error.start}; save the file as UTF-8"


def parse(line: bytes) -> tuple[Any, str]:
    """(JSON value, why it is none)."""
    try:
        return json.loads(line), ""
    except UnicodeDecodeError as error:
        return None, f"is not UTF-8 at byte {error.start}; save the file as UTF-8"
    except (ValueError, RecursionError) as error:  # a ValueError too is a number of thousands of digits
        return None, f"is not JSON ({str(error).partition(';')[0]})"


def as_row(reading: Reading) -> dict[str, Any]:
    """A reading as it is written; scores have three digits."""
    return {
        "text": reading.text,
        "language": reading.language,
        "language_supported": reading.language_supported,
        "sentiment": reading.sentiment,
        "scores": {name: round(score, 3) for name, score in reading.scores.items()},
        "complaint": reading.complaint,
        "topics": {topic: round(score, 3) for topic, score in reading.topics.items()},
        "attributes": dict(reading.attributes),
        "signs": find_signs(reading),
    }


def find_signs(reading: Reading) -> list[str]:
    """The signs of a text, whichever brand it speaks of."""
    spans = [(span.start, span.end) for span in reading.spans] if len(reading.spans) > 1 else []
    return [found.sign for found in SignReader().read(reading.text, spans) if found.span == WHOLE]
