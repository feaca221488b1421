"""What a question is narrowed down to: a brand, source, language or topic that there is not is refused, not "no mentions"."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from config import Config


def known_brand(config: Config, brand: str | None, *, option: str = "--brand") -> str:
    """The brand that an option asks for, or the own one."""
    if brand is None:
        return config.own_brand.id
    if not config.brand(brand):
        raise click.ClickException(
            f"{option} {brand}: there is no such brand; there are {', '.join(b.id for b in config.brands)}"
        )
    return brand


def check_filters(config: Config, source: str | None, language: str | None) -> None:
    """Refuse a source or a language that there is not."""
    check_source(config, source)
    check_language(config, language)


def check_source(config: Config, source: str | None) -> None:
    """Refuse a source that is neither configured nor stored."""
    if source is None or source in {one.name for one in config.sources}:
        return
    from store.database import read_database
    from trends.known import unknown_source

    with contextlib.closing(read_database(config.database)) as db:
        if wrong := unknown_source(db, config, source):
            raise click.ClickException(f"--source {source}: {wrong}")


def check_topic(config: Config, topic: str | None) -> None:
    """Refuse a topic that the configuration does not have."""
    known = [one.id for one in config.topics]
    if topic is not None and topic not in known:
        raise click.ClickException(f"--topic {topic}: there is no such topic; there are {', '.join(known) or 'none'}")


def check_language(config: Config, language: str | None) -> None:
    """Refuse a language that has no name here and no mention in the store; one of which nothing came yet is no mistake."""
    from trends.languages import NAMES

    if language is None or language in NAMES:
        return
    from store.database import read_database
    from trends.known import unknown_language

    with contextlib.closing(read_database(config.database)) as db:
        if wrong := unknown_language(db, language):
            raise click.ClickException(f"--language {language}: {wrong}")
