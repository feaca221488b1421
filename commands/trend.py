"""The command `repute trend`."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import click

from commands.asking import ask
from commands.options import show, window_options
from trends.timeline_kinds import ASKED


@click.command()
@click.argument("figure", required=False, type=click.Choice(ASKED), metavar="[FIGURE]")
@click.option(
    "--every", type=click.Choice(["week", "month"]), default="week", show_default=True, help="Weeks from Monday, or months."
)
@click.option("--with", "metric", metavar="METRIC", help="Lay an imported business series over FIGURE, with the correlation.")
@click.option("--topic", metavar="ID", help="Only complaints of this topic.")
@click.option("--attribute", metavar="ID", help="Only mentions that speak of this attribute.")
@partial(window_options, last="26w")
def trend(
    form: str,
    figure: str | None,
    every: Literal["week", "month"],
    metric: str | None,
    topic: str | None,
    attribute: str | None,
    **question: Any,
) -> None:
    """Show how a figure goes by week or month: interval, change, goals, business series; without FIGURE, the main ones.

    FIGURE is one of mentions, people, complaints, complaint-rate, net-sentiment, negative, escalations, escalation-rate,
    leaving, recommending, confirmed (of an attribute), nps, csat, stars, ratings.

    Example: repute trend net-sentiment --last 12w
    """
    from reporting.trend_tables import trend_table
    from trends.gathering import QuestionError
    from trends.timeline import answer_trend

    for option, name in (("--topic", topic), ("--attribute", attribute), ("--with", metric)):
        if name == "":
            raise click.ClickException(f"{option} '': this is no name; give one, or leave the option out")
    find = partial(
        answer_trend, figure=figure or "", every=every, topic=topic or "", attribute=attribute or "", metric=metric or ""
    )
    try:
        answer = ask(find, **question)
    except QuestionError as error:
        raise click.ClickException(str(error)) from error
    show(answer, trend_table, form)
