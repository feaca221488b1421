"""How well the shipped classifier reads the demo's texts, against the tags that their writers gave.

    python bench/demo_accuracy.py

Nothing was fitted on these texts: those in English, Hindi, Urdu and Turkish were written and tagged before any model was
trained, those in Spanish, German and Estonian before the present one was. They did guide one choice: by what the likeness
of a text and a topic's description is judged (cosine and shared words, without a third figure).
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def score(pairs: Iterable[tuple[set[str], set[str]]]) -> tuple[float, float, float]:
    """Precision, recall and F1 over all labels (micro) of (gold, found) pairs; 0 where nothing is to divide."""
    counts: Counter[str] = Counter()
    for gold, found in pairs:
        counts.update(hit=len(gold & found), gold=len(gold), found=len(found))
    precision, recall = (counts["hit"] / counts[part] if counts[part] else 0.0 for part in ("found", "gold"))
    return precision, recall, 2 * counts["hit"] / (counts["gold"] + counts["found"] or 1)


def main() -> None:
    """Classify every gold text and print the figures by language."""
    from config import load_config
    from demo.gold import gold_records
    from sentiment.classifier import Classifier
    from sentiment.encoder import Encoder

    config = load_config(ROOT / "config.toml", {})
    classifier = Classifier(Encoder.load(), config.topics, config.attributes)
    records = [record for record in gold_records() if record.sentiment and record.brands and record.voice == "customer"]
    readings = classifier.classify(["\n".join(filter(None, (record.title, record.text))) for record in records])
    groups = defaultdict(list)
    for record, reading in zip(records, readings, strict=True):
        groups[record.language].append((record, reading))
        groups["all"].append((record, reading))
    print(f"{classifier.model}: precision / recall / F1 in percent; topics and attributes over all labels")
    print(f"{'':<9}{'n':>5}{'language':>10}{'sentiment':>11}{'complaint':>18}{'topics':>18}{'attributes':>18}")
    for language, pairs in sorted(groups.items(), key=lambda item: -len(item[1])):
        right = sum(record.sentiment == reading.sentiment for record, reading in pairs) / len(pairs)
        named = sum(record.language == reading.language for record, reading in pairs) / len(pairs)
        figures = (
            score(({"c"} if record.complaint else set(), {"c"} if reading.complaint else set()) for record, reading in pairs),
            score((set(record.topics), set(reading.topics)) for record, reading in pairs),
            score(
                ({f"{a} {p}" for a, p in record.attributes}, {f"{a} {p}" for a, p in reading.attributes.items()})
                for record, reading in pairs
            ),
        )
        cells = "".join(f"{' / '.join(f'{100 * part:.0f}' for part in figure):>18}" for figure in figures)
        print(f"{language:<9}{len(pairs):>5}{100 * named:>10.0f}{100 * right:>11.1f}{cells}")


if __name__ == "__main__":
    main()
