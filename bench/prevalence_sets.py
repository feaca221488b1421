"""The labelled sets that `bench/prevalence.py` judges on, read once by the shipped classifier and kept in a folder."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SENTIMENTS = ("negative", "neutral", "positive")
COMPLAINTS = ("none", "complaint")
HALVES = 8
"""Ways to halve a set, by a byte of each text's hash: the same on every machine; small sets halved once prove little."""
DOMAINS = {
    "airlines": ("eval/airline_tweets/train.jsonl", "eval/airline_tweets/dev.jsonl"),
    "tweets": tuple(f"train/{one}/dev.jsonl" for one in ("tweeteval_sentiment", "sanders_brand_tweets", "sxsw_brand_tweets")),
    "tweets, 5 languages": tuple(f"train/umsab_{one}/dev.jsonl" for one in ("de", "es", "fr", "it", "pt")),
    "reviews": ("train/app_reviews/dev.jsonl", "train/sst_3class/dev.jsonl", "train/opener_hotel_en/dev.jsonl"),
    "reviews, Turkish": ("train/tr_store_reviews/dev.jsonl", "train/tr_ecommerce_reviews/dev.jsonl"),
}
"""Files under --data whose sentiments are judged. None of them trained the model; the dev splits fitted its calibration."""
COMPLAINT_DOMAINS = {"complaints": ("train/complaints_tweets/dev.jsonl",)}


@dataclass(frozen=True)
class Texts:
    """n labelled texts as the classifier reads them. Class numbers are those of `names`."""

    names: tuple[str, ...]
    truth: NDArray[np.int64]
    told: NDArray[np.int64]
    likely: NDArray[np.float64]
    """(n, classes): the classifier's probabilities."""
    judged: NDArray[np.bool_]
    """(n, HALVES): whether a text's hash puts it in the half that the confusion is estimated on, halved in several ways."""
    brand: NDArray[np.str_]

    def halves(self, number: int) -> tuple[Texts, Texts]:
        """The half that is judged and the other one, halved in the way `number`."""
        return self.at(self.judged[:, number]), self.at(~self.judged[:, number])

    def at(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Texts:
        """The given texts."""
        return Texts(self.names, self.truth[rows], self.told[rows], self.likely[rows], self.judged[rows], self.brand[rows])


def load_domain(data: Path, files: Sequence[str], cache: Path, task: str) -> Texts:
    """Every text of some files that has a label of the task, each text once."""
    names = COMPLAINTS if task == "complaint" else SENTIMENTS
    rows = {row["text"]: row for name in files for row in load_file(data / name, cache)}
    kept = [row for row in rows.values() if row["label"] in names]
    scores = [row["scores"] if task != "complaint" else [1 - row["complaint_score"], row["complaint_score"]] for row in kept]
    told = [SENTIMENTS.index(row["sentiment"]) if task != "complaint" else int(row["complaint"]) for row in kept]
    return Texts(
        names=names,
        truth=np.array([names.index(row["label"]) for row in kept]),
        told=np.array(told),
        likely=np.array(scores),
        judged=np.array([list(hashlib.sha256(row["text"].encode()).digest()[:HALVES]) for row in kept]) < 128,
        brand=np.array([row.get("brand") or "" for row in kept]),
    )


def load_file(path: Path, cache: Path) -> list[dict]:
    """The rows of a labelled file with what the classifier says; read at most once for each version of file and model."""
    from sentiment.encoder import Encoder

    key = hashlib.sha256(path.read_bytes() + Encoder.load().name.encode()).hexdigest()[:16]
    kept = cache / f"{path.parent.name}-{path.stem}-{key}.jsonl"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(".part")
        partial.write_text("".join(json.dumps(row) + "\n" for row in read_file(path)), "utf-8")
        partial.rename(kept)
    return [json.loads(line) for line in kept.read_text("utf-8").splitlines()]


def read_file(path: Path) -> list[dict]:
    """Read the texts of a file with the shipped classifier."""
    from sentiment.classifier import Classifier
    from sentiment.encoder import Encoder

    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    classifier = Classifier(Encoder.load(), [], [])
    named = {"complaint": "complaint", "not_complaint": "none"}
    out = []
    for start in range(0, len(rows), 512):
        batch = rows[start : start + 512]
        for row, reading in zip(batch, classifier.classify([row["text"] for row in batch]), strict=True):
            label = row["label"] if isinstance(row["label"], str) else ""
            told = {"sentiment": reading.sentiment, "complaint": reading.complaint, "complaint_score": reading.complaint_score}
            scores = [reading.scores[name] for name in SENTIMENTS]
            kept = {"text": row["text"], "brand": row.get("brand"), "label": named.get(label, label)}
            out.append(kept | {"scores": scores} | told)
        print(f"{path.parent.name}: {len(out)} of {len(rows)} read", file=sys.stderr)
    return out
