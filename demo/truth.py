"""What was planted in the demo's texts, as data: what Repute has to find. Tests count it anew from the texts."""

from __future__ import annotations

from demo.timing import AS_OF, WEEK_ONE

__all__ = ["AS_OF", "WEEK_ONE"]

TEXTS = 777
"""Lines written by hand, the two unseen ones among them."""

REPLY_MINUTES = (
    35, 48, 60, 75, 90, 120, 130, 150, 180, 200, 240, 300,
    360, 480, 600, 720, 900, 1200, 1440, 1500, 1800, 2880, 4320, 7200,
)  # fmt: skip
"""How long the company took to answer 24 reviews, all on trustyard and all with exact times; the median is 330. No other
mention is answered by the company but one thread of week 10."""

WEEKLY_COMPLAINTS = {
    "refund": (2, 2, 2, 2, 2, 2, 2, 2, 12, 16, 18, 20),
    "billing": (7, 10, 7, 10, 7, 3, 0, 0, 0, 0, 0, 0),
    "delivery": (4, 4, 4, 4, 4, 4, 4, 3, 5, 2, 4, 5),
    "app": (0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 40),
    "cancellation": (0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 5),
    "outage": (0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
    "safety": (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
    "privacy": (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0),
}
"""Complaints of customers about Tamarind by topic, weeks 1 to 12."""

OUTBREAK_TOPIC = "refund"
OUTBREAK_BEGINS = "2026-09-07"
"""Local Monday of week 9."""

BUSY_TOPIC = "refund"
BUSY_HOURS = (18, 19, 20, 21)
"""Local hours at which most of its complaints are written, and no more of all else than at other hours of the day."""

FIXED_TOPIC = "billing"
FIXED_AT = "2026-08-18T14:04:00Z"
"""When the company said so, Tuesday of week 6; the last complaint stands a day later."""

STEADY_TOPIC = "delivery"
"""A complaint of every week that neither rises nor falls."""

ANGRY_AUTHOR = "GrumpyOtter_77"
ANGRY_TOPIC = "cancellation"
ANGRY_POSTS = 12

FORTY_TOPIC = "app"
FORTY_WEEK = 12
FORTY = 40
"""Different people who say nearly the same thing, in 4 to 9 words."""

PRESS_SITES = (
    "dailyledger.example", "grocerybeat.example", "northpost.example", "retailwire.example", "citysentinel.example",
)  # fmt: skip
"""Who printed the same press release, in week 11: five mentions, one copy group."""

CONTESTED_ATTRIBUTE = "fast"
CONTESTED = 48
CONFIRMED_FAST = 8
ABSENT_ATTRIBUTE = "green"

SCANDAL_BRAND = "nimblecart"
SCANDAL_TOPIC = "privacy"
SCANDAL = {8: 17, 9: 7}
"""Week -> complaints, over all languages."""

REACH_AUTHOR = "dad_of_wren"
REACH_SCORE = 48_213
REACH_TOPIC = "safety"

ESCALATING = frozenset((
    "Sunita from Horfield", "Moira Lennox", "plusaddressing", "smallclaims_dev",
    "Mhairi Strang", "Abby Crossfield", "bitrot_bob",
))  # fmt: skip
"""Who goes higher with a complaint about Tamarind: a chargeback, a manager who is written to, the data protection authority, a
lawyer, a court. Whoever only asks whether others have is not among them."""

HOMONYMS = 22
"""Texts about the fruit: they belong to no brand."""

SILENT_SOURCE = "hackernews"
SILENT_FROM = "2026-08-24T09:00:00Z"
SILENT_UNTIL = "2026-08-31T07:00:00Z"
"""The search answers 503 to every question that touches this time. Week 7, less its first and last hours, so that seven-day
windows counted back from AS_OF lose one window and not two."""
UNSEEN = 2
"""Texts of that week that no crawl can see."""
