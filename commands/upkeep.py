"""What writers do at their end, so that questions about many mentions are quick: facts are made anew where they are stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commands.options import progress_bar

if TYPE_CHECKING:
    from sqlite_utils import Database

    from config import Config


def keep_up(db: Database) -> None:
    """Make the facts of the days that changed anew."""
    from store.fact_keeping import refresh_facts
    from trends.words import hash_words

    with progress_bar("Adding up what changed") as show:
        refresh_facts(db, hash_words, show)


def test_days(db: Database, config: Config, now: str) -> None:
    """Test the completed days for outbreaks, each once."""
    from trends.detecting import detect

    with progress_bar("Testing completed days") as show:
        detect(db, config, now=now, progress=show)
