"""Sources and languages that there are: one that there is not is a slip of the finger, not "no mentions"."""

from __future__ import annotations

from sqlite_utils import Database

from config import Config
from store.languages import count_languages
from store.queries import count_by_source
from trends.languages import NAMES

WRITE_LANGUAGE = "write the English name of a language, or its code, such as en or hi-Latn"


def unknown_source(db: Database, config: Config, source: str | None) -> str:
    """What is wrong with a source that is neither configured nor stored; empty where nothing is."""
    configured = {one.name for one in config.sources}
    if not source or source in configured:
        return ""
    stored = {row["source"] for row in count_by_source(db)}
    if source in stored:
        return ""
    there = sorted(stored | configured)
    words = f"there are {', '.join(there)}" if there else "there is none yet"
    return f"nothing of it is stored, and it is not configured; {words}"


def unknown_language(db: Database, language: str | None) -> str:
    """What is wrong with a code that has no name here and no mention in the store; of a language nothing may have come yet."""
    if not language or language in NAMES:
        return ""
    stored = count_languages(db)
    if any(one == language or one.startswith(f"{language}-") for one in stored):
        return ""
    words = f"stored are {', '.join(stored)}" if stored else "nothing is stored yet"
    return f"{WRITE_LANGUAGE}; {words}"
