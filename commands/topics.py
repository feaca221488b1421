"""`repute topics`: the topics there are, and those that emerge among complaints that none of them takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.asking import ask
from commands.filters import check_filters, known_brand
from commands.grounds import open_asked, this_ground
from commands.options import TABLE, console, load, read_window, show, window_options

if TYPE_CHECKING:
    from config import Config
    from sentiment.classifier import Classifier
    from trends.sentences import Reader


@click.group()
def topics() -> None:
    """List the topics that complaints are sorted by, and suggest new ones.

    Example: repute topics suggest --last 12w
    """


@topics.command(name="list")
@window_options
def list_topics(form: str, **question: Any) -> None:
    """List the topics with their complaints and people, and what is still to be read for each.

    Example: repute topics list
    """
    from reporting.emerging import topics_table
    from trends.topic_list import answer_topics

    show(ask(answer_topics, **question), topics_table, form)


@topics.command()
@click.option("--anonymous", is_flag=True, help="Take complaints without an author for a person's each.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="Suggestions at most.")
@click.option("--toml", "only_toml", is_flag=True, help="Write only the lines to paste into the configuration.")
@click.option("--with-current", is_flag=True, help="Write the current topics before the suggested ones.")
@window_options
def suggest(
    config_path: Path,
    brand: str | None,
    source: str | None,
    language: str | None,
    form: str,
    anonymous: bool,
    limit: int,
    only_toml: bool,
    with_current: bool,
    **window: Any,
) -> None:
    """Suggest topics for complaints that no topic takes, ready to paste into the configuration.

    Example: repute topics suggest --last 12w
    """
    from reporting.emerging import paste_block, suggestions_table
    from store.database import open_vectors
    from trends.emerging import answer_emerging

    refuse_unpasted(form, only_toml=only_toml, with_current=with_current)
    config = load(config_path)
    named, asked = known_brand(config, brand), read_window(config, **window)
    check_filters(config, source, language)
    db = open_asked(config)
    answer = answer_emerging(
        db, open_vectors(config.database), config, make_reader(config),
        window=asked, brand=named, source=source, language=language, limit=limit, anonymous=anonymous,
    )  # fmt: skip
    if not only_toml:
        show(answer, suggestions_table, form)
    if form == TABLE and (answer.suggestions or with_current):
        if not only_toml:
            console().print(f"\nTo take them, paste this into {config.path.name} and run `repute tag`:\n", markup=False)
        click.echo(paste_block(answer, config.topics, defaults=uses_defaults(config), with_current=with_current), nl=False)


def refuse_unpasted(form: str, *, only_toml: bool, with_current: bool) -> None:
    """Say so where lines to paste are asked for in an answer that has none, or what they stand on, which they do not tell."""
    asked = "--toml" if only_toml else "--with-current"
    if (only_toml or with_current) and form != TABLE:
        raise click.ClickException(f"{asked}: is about the lines to paste, which --{form} does not write; leave it out")
    if only_toml and this_ground().why:
        raise click.ClickException("--why: lines to paste have no place for it; leave --toml out")


def uses_defaults(config: Config) -> bool:
    """Whether the configuration names no topics, and so has the default ones."""
    from config.reading import read_toml

    return not read_toml(config.path).get("topics")


def make_reader(config: Config) -> Reader:
    """What finding topics borrows from the classifier."""
    from commands.reading import load_classifier

    return reader_of(load_classifier(config))


def reader_of(classifier: Classifier) -> Reader:
    """The reader over a classifier: its encoder, and what it would say of one topic alone."""
    from config import Topic
    from sentiment.classifier import Classifier
    from trends.sentences import Reader

    encoder = classifier.encoder

    def takes(description: str, complaints: Any) -> list[bool]:
        one = Classifier(encoder, [Topic(id="suggested", name="Suggested", description=description)], ())
        return [bool(one.match(stack, ["negative"] * len(stack), True)[0].topics) for stack in complaints]

    return Reader(
        model=classifier.model,
        background=encoder.background,
        embed=lambda texts: encoder.read(texts).vectors,
        takes=takes,
    )
