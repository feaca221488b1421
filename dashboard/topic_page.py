"""The page of one hot button: everything that is known of it, by source, product and place too."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from config import Config
from dashboard.asking import Asked, AskedError
from dashboard.hot_button_figures import draw_hours, draw_outbreak, draw_weekdays, list_parts
from dashboard.pages import frame_words
from store.queries import count_by_source
from trends.hot_buttons import answer_hot_buttons


def topic_words(db: Database, config: Config, asked: Asked) -> dict[str, Any]:
    """The hot button of `repute hot-buttons` that was asked for. Raises `AskedError` where no topic is named."""
    if not asked.topic:
        raise AskedError(f"topic: name one of {', '.join(topic.id for topic in config.topics)}")
    hot = answer_hot_buttons(
        db,
        config,
        window=asked.window,
        brand=asked.brand.id,
        source=asked.source or None,
        language=asked.language or None,
    )
    button = next((one for one in hot.buttons if one.topic == asked.topic), None)
    drawings = []
    if button is not None:
        tested = button.outbreak if button.outbreak and button.outbreak.direction != "unknown" else None
        drawings = [draw_outbreak(button, tested)] if tested else []
        drawings += [draw_hours(button)] if button.timed else []
        drawings += [draw_weekdays(button)]
    return frame_words(config, asked, "/topic") | {
        "hot": hot,
        "button": button,
        "drawings": drawings,
        "parts": list_parts(button) if button is not None else [],
        "source_names": [row["source"] for row in count_by_source(db)],
    }
