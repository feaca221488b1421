"""Commands that answer: hot-buttons, attributes, mentions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from commands.filters import check_filters, check_topic, known_brand
from commands.grounds import load_asked, open_asked, this_ground
from commands.options import load, read_window, show, window_options
from store.records import VOICES


def ask(
    answer: Callable[..., Any], *, config_path: Path, brand: str | None, source: str | None, language: str | None, **window: Any
) -> Any:
    """Put a question with the options that all questions share."""
    config = load_asked(config_path)
    named, asked = known_brand(config, brand), read_window(config, **window)
    if this_ground().replay is None:
        check_filters(config, source, language)
    return answer(open_asked(config), config, brand=named, window=asked, source=source, language=language)


@click.command(name="hot-buttons")
@click.option("--all", "everything", is_flag=True, help="Details of every hot button, not only of the leading ones.")
@window_options
def hot_buttons(form: str, everything: bool, **question: Any) -> None:
    """Show which complaint topics recur: how many people, since when, how sure, and what to do.

    Example: repute hot-buttons --last 4w
    """
    from reporting.tables import hot_buttons_table
    from trends.hot_buttons import answer_hot_buttons

    table = partial(hot_buttons_table, everything=everything)
    show(ask(answer_hot_buttons, **question), table, form)


@click.command()
@window_options
def attributes(form: str, **question: Any) -> None:
    """Show which of the words you want to be known by are confirmed, contested or absent, and which come unasked.

    Example: repute attributes --last 12w
    """
    from reporting.tables import attributes_table
    from trends.attributes import answer_attributes

    show(ask(answer_attributes, **question), attributes_table, form)


@click.command()
@window_options
def overview(form: str, **question: Any) -> None:
    """Show how the brand stands: mentions, people, net sentiment, share of voice, first replies, competitors beside.

    Example: repute overview --last-week
    """
    from reporting.tables import overview_table
    from trends.overview import answer_overview

    show(ask(answer_overview, **question), overview_table, form)


@click.command()
@click.argument("words", nargs=-1)
@click.option("--sentiment", type=click.Choice(["negative", "neutral", "positive"]))
@click.option("--topic", help="Only complaints of this topic.")
@click.option("--voice", "voices", type=click.Choice(VOICES), multiple=True, help="Only this voice.  [default: every voice]")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@window_options
def mentions(
    config_path: Path,
    words: tuple[str, ...],
    brand: str | None,
    source: str | None,
    language: str | None,
    form: str,
    sentiment: str | None,
    topic: str | None,
    voices: tuple[str, ...],
    limit: int,
    **window: Any,
) -> None:
    """Search the mentions by their words, in any script; without WORDS, show the newest.

    Example: repute mentions refund --last 4w
    """
    from reporting.tables import mentions_table
    from store.scope import Scope
    from store.search import search_mentions

    config = load(config_path)
    asked = read_window(config, **window)
    check_filters(config, source, language)
    check_topic(config, topic)
    scope = Scope(
        brand=known_brand(config, brand) if brand is not None else "",
        since=asked.since,
        until=asked.until,
        first_day=asked.first_day,
        end_day=asked.end_day,
        source=source,
        language=language,
        voices=voices or VOICES,
    )
    found = search_mentions(open_asked(config), " ".join(words), scope=scope, sentiment=sentiment, topic=topic, limit=limit)
    show(found, partial(mentions_table, zone=config.time_zone), form)
