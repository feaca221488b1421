"""What writers do at their end, so that questions about many mentions are quick: facts are made anew where they are stale."""

from __future__ import annotations

from sqlite_utils import Database

from commands.options import progress_bar


def keep_up(db: Database) -> None:
    """Make the facts of the days that changed anew."""
    from store.fact_keeping import refresh_facts
    from trends.words import hash_words

    with progress_bar("Adding up what changed") as show:
        refresh_facts(db, hash_words, show)
