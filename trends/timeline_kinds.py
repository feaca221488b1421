"""The figures that `repute trend` knows, by the names that people type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Unit = Literal["mentions", "people", "share", "net", "mean"]
"""`mentions` and `people` are counts, `share` is 0 to 1, `net` -1 to 1, `mean` on the scale of its ratings."""
Every = Literal["week", "month"]
Good = Literal["up", "down", ""]


@dataclass(frozen=True)
class Kind:
    """One figure that has a trend."""

    words: str
    unit: Unit
    good: Good = ""
    """Which way is better; empty where neither is."""
    goal: str = ""
    """The figure of a goal in the configuration that speaks of it; empty without one."""
    task: str = ""
    """The task whose sampled judgements correct it; empty where nothing does."""


KINDS: Mapping[str, Kind] = {
    "mentions": Kind("Mentions", "mentions"),
    "people": Kind("People", "people"),
    "complaints": Kind("Complaints", "mentions", "down", goal="complaints_a_week"),
    "complaint-rate": Kind("Complaint rate", "share", "down", goal="complaint_rate", task="complaint"),
    "net-sentiment": Kind("Net sentiment", "net", "up", goal="net_sentiment", task="sentiment"),
    "negative": Kind("Negative", "share", "down", goal="negative", task="sentiment"),
    "escalations": Kind("Escalations", "mentions", "down", goal="escalations_a_week"),
    "escalation-rate": Kind("Escalation rate", "share", "down", goal="escalation_rate"),
    "leaving": Kind("People leaving", "people", "down", goal="leaving_a_week"),
    "recommending": Kind("Recommending", "people", "up"),
    "confirmed": Kind("Confirmed", "share", "up"),
    "nps": Kind("NPS", "net", "up", goal="nps"),
    "csat": Kind("CSAT", "share", "up", goal="csat"),
    "stars": Kind("Stars", "mean", "up", goal="stars"),
    "mean": Kind("Mean rating", "mean", "up"),
    "top": Kind("Top two boxes", "share", "up"),
}
"""Every figure of a line; `mean` and `top` are those of `ratings`, one line each for a source and scale."""
RATED = ("nps", "csat", "stars", "ratings")
"""Figures that ratings without words count for, too."""
ASKED = ("ratings", *(name for name in KINDS if name not in ("mean", "top")))
"""What may be asked for."""
MAIN = (
    "mentions", "people", "complaints", "complaint-rate", "net-sentiment", "negative", "escalations", "leaving",
    "recommending", "nps", "csat", "ratings",
)  # fmt: skip
"""The overview of all mentions."""
OF_TOPIC = ("complaints", "people", "complaint-rate", "escalations", "escalation-rate")
"""What one topic's complaints have."""
OF_ATTRIBUTE = ("mentions", "people", "confirmed", "net-sentiment", "negative")
"""What those who speak of an attribute have."""
