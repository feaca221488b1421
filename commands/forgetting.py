"""Commands that erase: forget what a person asks to have forgotten, and prune what is older than `retention`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.options import AS_OF, CONFIG, load, progress_bar
from commands.upkeep import keep_up

if TYPE_CHECKING:
    from sqlite_utils import Database

    from config import Config
    from store.selecting import Selected, Selection

KEY_DIGITS = "0123456789abcdef"
KEY_LENGTH = 24


@click.command()
@click.option("--author", metavar="NAME", help="Everything by an author, by the name or id on the platform, written as there.")
@click.option("--author-key", metavar="KEY", help="Everything by an author, by the key in the column `author`.")
@click.option("--url", help="What stands at an address; one without a #part holds those with one.")
@click.option("--source", metavar="SOURCE[/SITE]", help="Everything of a source or site; with --author, only there.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@CONFIG
@AS_OF
def forget(
    config_path: Path, now: str, author: str | None, author_key: str | None, url: str | None, source: str | None, yes: bool
) -> None:
    """Erase an author, an address or a source for good, from backups too, and keep an author or address away.

    Example: repute forget --author meera_k --source reddit
    """
    from store.authors import load_secret
    from store.database import open_database
    from store.selecting import find_selected

    given = [option for option in (author, author_key, url) if option] or ([source] if source else [])
    if len(given) != 1 or (source and (author_key or url)):
        raise click.UsageError("give one of --author, --author-key, --url and --source; only --author takes --source beside it")
    config = load(config_path)
    secret = load_secret(config.database)
    with contextlib.closing(open_database(config.database)) as db:
        selection = select(db, secret, author=author, author_key=author_key, url=url, source=source)
        say_selected(find_selected(db, selection))
        if author:
            say_named(db, author)
        if not yes:
            click.confirm("Erase this for good, from the backups too?", abort=True)
        with alone(config, selection):
            erase(db, config, selection, secret=secret, now=now)
    if selection.blocks:
        click.echo("It will not come back with a later crawl or import.")
    elif selection.source:
        click.echo(f"A later crawl brings it back, unless [sources.{selection.source}] leaves {config_path.name}.")


def select(
    db: Database, secret: bytes, *, author: str | None, author_key: str | None, url: str | None, source: str | None
) -> Selection:
    """What the options choose."""
    from store.selecting import select_author, select_author_key, select_source, select_url

    name, _, site = (source or "").partition("/")
    if author is not None:
        if not author.strip().strip("@/"):
            raise click.BadParameter(f"{author!r} is no name", param_hint="--author")
        if site:
            words = f"{source!r}: with --author it takes no site, an author has one key on all of a source; write {name}"
            raise click.BadParameter(words, param_hint="--source")
        return select_author(db, secret, author, name or None)
    if author_key is not None:
        key = author_key.strip().lower()
        if len(key) != KEY_LENGTH or set(key) - set(KEY_DIGITS):
            raise click.BadParameter(f"{author_key!r} is no key: it has 24 digits of 0-9 and a-f", param_hint="--author-key")
        return select_author_key(key)
    if url is not None:
        if not url.strip().startswith(("http://", "https://")):
            raise click.BadParameter(f"{url!r} is no web address; write one like https://example.com/page", param_hint="--url")
        return select_url(db, secret, url)
    return select_source(name, site or None)


def say_selected(selected: Selected) -> None:
    """Tell what will go: how many, where, since when."""
    if not selected.mentions:
        click.echo("Nothing of it is stored.")
        return
    since = f"from {(selected.first or '')[:10]} to {(selected.last or '')[:10]}"
    click.echo(f"{count_words(selected.mentions, 'mention')}, {since}:")
    for source, site, mentions in selected.sites[:10]:
        click.echo(f"  {source} {site}: {mentions}")
    if len(selected.sites) > 10:
        click.echo(f"  and {count_words(len(selected.sites) - 10, 'more site')}")
    if selected.replies:
        click.echo(f"with {count_words(selected.replies, 'answer')} by the company")


def say_named(db: Database, author: str) -> None:
    """Tell of mentions by others that hold the name: they stay."""
    from store.selecting import find_named

    if named := find_named(db, author):
        words = f"{count_words(named, 'mention')} with this name in the words"
        click.echo(f"{words}: those by others stay; erase them with --url, if they must go")


def count_words(count: int, name: str) -> str:
    """A count with its noun."""
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"


@contextlib.contextmanager
def alone(config: Config, selection: Selection) -> Iterator[None]:
    """Keep the digest from being sent meanwhile, and a source that goes from being crawled."""
    from notify.delivery import sole_sender
    from notify.sending import DeliveryError

    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(sole_sender(config.database))
        except DeliveryError as error:
            raise click.ClickException(str(error)) from error
        if selection.source is not None:
            from crawlers.context import SourceError
            from crawlers.running import hold_source

            try:
                stack.enter_context(hold_source(config.database, selection.source))
            except SourceError as error:
                raise click.ClickException(str(error)) from error
        yield


def erase(db: Database, config: Config, selection: Selection, *, secret: bytes, now: str) -> None:
    """Erase what is selected, and what a killed run has left; say what was done."""
    from store.erasing import begin_erasure, count_waiting, finish_erasures

    waiting = count_waiting(db)
    going = begin_erasure(db, selection, secret=secret, now=now)
    with progress_bar("Erasing") as progress:
        backups = finish_erasures(db, config.database, secret=secret, now=now, progress=progress)
    keep_up(db)
    if waiting:
        click.echo(f"{count_words(waiting, 'mention')} erased that an earlier run had left.")
    click.echo(f"{count_words(going, 'mention')} erased for good.")
    for backup in backups:
        click.echo(f"The backup {backup.name} went too: it may have held them.")


@click.command()
@click.option("--dry", is_flag=True, help="Only show what is older.")
@CONFIG
@AS_OF
def prune(config_path: Path, now: str, dry: bool) -> None:
    """Erase for good what is older than `retention` says, and finish an erasure that was killed.

    Example: repute prune --dry
    """
    from crawlers.context import find_kept_since
    from store.authors import load_secret
    from store.database import open_database
    from store.erasing import is_unfinished
    from store.selecting import find_selected, select_older

    config = load(config_path)
    kept_since = find_kept_since(config, now)
    with contextlib.closing(open_database(config.database)) as db:
        if not kept_since and not is_unfinished(db):
            fix = 'write a line like retention = "400 days" under [repute]'
            raise click.ClickException(f"{config_path.name}: repute.retention: is not set; {fix}")
        selection = select_older(kept_since)
        selected = find_selected(db, selection)
        click.echo(f"retention: what was published before {kept_since[:10]} goes" if kept_since else "retention: not set")
        say_selected(selected)
        if dry or not (selected.mentions or is_unfinished(db)):
            return
        with alone(config, selection):
            erase(db, config, selection, secret=load_secret(config.database), now=now)
