"""The command `repute service`."""

from __future__ import annotations

from typing import Any

import click

from commands.asking import ask
from commands.options import show, window_options


@click.command()
@window_options
def service(form: str, **question: Any) -> None:
    """Show how complaints are answered and resolved, what is still open, who leaves or recommends, and which goals are met.

    Example: repute service --last 12w
    """
    from reporting.service_tables import service_table
    from trends.service import answer_service

    show(ask(answer_service, **question), service_table, form)
