"""`repute …`: the group that the verbs in `commands/` belong to."""

from __future__ import annotations

import logging
from typing import Any

import click

from commands.asking import attributes, hot_buttons, mentions, overview
from commands.forgetting import forget, prune
from commands.gather import check, crawl
from commands.importing import import_
from commands.judging import accuracy, judge, sample
from commands.provenance import rerun
from commands.reading import classify, evaluate, tag
from commands.rivals import compare, coverage
from commands.service import service
from commands.showing import demo, digest, run, serve
from commands.sources import sources
from commands.topics import topics
from commands.trend import trend


class Group(click.Group):
    """Turn what a user can mend into one clear message; a bug keeps its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        from config import ConfigError
        from store.database import StoreError

        try:
            return super().invoke(ctx)
        except (ConfigError, StoreError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="repute")
@click.option("-v", "--verbose", is_flag=True, help="Log what is going on.")
def main(verbose: bool) -> None:
    """Watch what people say in public about a brand and its competitors."""
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(levelname)s %(name)s: %(message)s")


GATHERING = (check, crawl, import_, sources)
READING = (tag, classify, evaluate, sample, judge, accuracy)
ANSWERING = (hot_buttons, attributes, overview, trend, service, compare, coverage, mentions, topics, rerun)
SHOWING = (digest, serve, run, demo)
ERASING = (forget, prune)

for command in (*GATHERING, *READING, *ANSWERING, *SHOWING, *ERASING):
    main.add_command(command)

if __name__ == "__main__":
    main()
