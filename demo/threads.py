"""Threads that name no brand, so that a lone comment has somewhere to stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from demo.timing import week_start


@dataclass(frozen=True, slots=True)
class Thread:
    """The opening post of a standing thread."""

    title: str
    text: str
    language: str
    author: str
    opened: datetime
    week: int


_STANDING = {
    "de": ("Einkaufsecke", "Kurze Fragen und kleiner Ärger rund um Laden, Markt und Küche kommen hier hinein."),
    "en": ("Shopping corner", "Everything about food and shops that needs no thread of its own goes here."),
    "es": ("El rincón de la compra", "Aquí va lo de tiendas, mercado y cocina que no necesita hilo propio."),
    "et": ("Ostunurk", "Siia käivad poe, turu ja köögi lühikesed küsimused ja väikesed mured."),
    "hi": ("खरीदारी की चौपाल", "राशन, दुकान और रसोई की छोटी-मोटी बातें यहाँ लिखें।"),
    "tr": ("Alışveriş köşesi", "Market, pazar ve mutfak üzerine kısa sorular, kısa dertler burada."),
    "ur": ("خریداری کا کونا", "راشن، دکان اور باورچی خانے کی چھوٹی موٹی باتیں یہاں لکھیں۔"),
}
_ASKED = (
    ("Ask HN: Who has got online groceries right?", "Curious about anything from routing to refunds."),
    ("Ask HN: Which everyday app do you actually pay for?", "One sentence on why would be great."),
    ("The last mile is still the expensive one", "An essay on couriers, batching and promises made to the minute."),
    ("Ask HN: What did you give up on this month?", "Could be a tool, a habit or a shop."),
)


def made_thread(line: Mapping[str, Any]) -> Thread:
    """Return the standing thread that a comment without a post of its own belongs to."""
    if line["src"] == "hackernews":
        return _asked_thread(line["w"])
    language = line["lang"][:2]
    # The forum opens a new corner every four weeks, a subreddit every week.
    week = line["w"] if line["src"] == "reddit" else (line["w"] - 1) // 4 * 4 + 1
    opened = week_start(week) - timedelta(hours=1)
    title, text = _STANDING[language]
    if line["src"] == "reddit":
        return Thread(title, text, language, "AutoModerator", opened, week)
    return Thread(title, text, language, "Neighbours team", opened, week)


def _asked_thread(week: int) -> Thread:
    title, text = _ASKED[week % len(_ASKED)]
    return Thread(title, text, "en", "evening_batch", week_start(week) - timedelta(hours=5), week)
