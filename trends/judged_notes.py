"""What a reader must know of the classifier's errors: whether anybody has measured them, and which figures are corrected."""

from __future__ import annotations

from sqlite_utils import Database

from trends.accuracy import choose_confusion
from trends.correcting import judged_tasks

UNCORRECTED = (
    "Sentiment, topics and attributes are a classifier's and uncorrected: no sampled judgements have measured its errors."
)
CORRECTS = {
    "sentiment": "they correct the brand's net sentiment and share negative in the overview, the digest, trends and goals",
    "complaint": "they correct the complaint rate in trends and goals",
    "topic": "they hold verdicts of `repute hot-buttons` against false alarms",
}
"""What judgements of a task do, once there are enough of them."""


def say_judged(db: Database, brand: str) -> str:
    """Where the counts of a brand come from, the same sentence in every answer: a classifier, and what people judged of it."""
    parts = [say_task(db, brand, task, topic) for task, topic in sorted(judged_tasks(db))]
    if not parts:
        return UNCORRECTED
    return (
        "Sentiment, topics and attributes are a classifier's. Sampled judgements have measured its errors: "
        f"{'; '.join(parts)}. Every other figure is uncorrected."
    )


def say_task(db: Database, brand: str, task: str, topic: str) -> str:
    """How many judgements there are of a task, and what they do; or why they do nothing."""
    name = f"the topic {topic}" if task == "topic" else {"complaint": "complaints"}.get(task, task)
    confusion = choose_confusion(db, task, topic, brand=brand)
    if confusion is None:
        return f"of {name} they correct nothing (the current taggers have read none of the judged mentions)"
    if reason := confusion.fault():
        return f"of {name} they correct nothing ({reason})"
    return f"{confusion.judged:,} of {name} ({CORRECTS[task]})"
