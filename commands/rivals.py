"""Commands that say how competitors fare, and what was watched: compare, coverage."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from commands.asking import ask
from commands.filters import known_brand
from commands.grounds import load_asked
from commands.options import show, window_options


@click.command()
@click.option(
    "--with", "rivals", metavar="BRAND", multiple=True, help="Only beside this brand; may be given again.  [default: all]"
)
@window_options
def compare(form: str, rivals: tuple[str, ...], config_path: Path, **question: Any) -> None:
    """Show where you are better or worse than competitors, on the sites that cover both, and texts that name both.

    Example: repute compare --with nimblecart --last 12w
    """
    from reporting.rival_tables import rivals_table
    from trends.gathering import QuestionError
    from trends.rivals import answer_rivals

    config = load_asked(config_path)
    named = [known_brand(config, rival, option="--with") for rival in rivals]
    try:
        answer = ask(partial(answer_rivals, rivals=named), config_path=config_path, **question)
    except QuestionError as error:
        raise click.ClickException(str(error)) from error
    show(answer, rivals_table, form)


@click.command()
@window_options
def coverage(form: str, **question: Any) -> None:
    """Show what was really watched, site by site: gaps as gaps, mentions per watched day, sites that have fallen silent.

    Example: repute coverage --last 12w
    """
    from reporting.watching_tables import watching_table
    from trends.watching import answer_watching

    show(ask(answer_watching, **question), watching_table, form)
