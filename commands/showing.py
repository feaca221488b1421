"""Commands that report and keep going: digest, serve, run, demo."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.filters import known_brand
from commands.gather import CLI, load_checked
from commands.options import AS_OF, CONFIG, Moment, load, read_clock

if TYPE_CHECKING:
    from config import Config


@click.command()
@click.option(
    "--preview",
    type=click.Path(path_type=Path),
    help="Send nothing: write the email's page to this file, and the whole message beside it.",
)
@click.option("--brand", help="Brand id.  [default: your own]")
@CONFIG
@AS_OF
def digest(config_path: Path, now: str, preview: Path | None, brand: str | None) -> None:
    """Send the weekly digest of the last full week to those who have not got it, or write it to a file.

    Example: repute digest --preview week.html
    """
    from notify.digest import compose_digest, html_of
    from store.database import read_database

    config = load(config_path)
    brand = known_brand(config, brand)
    if preview is None:
        deliver(config, brand, now)
        return
    if not preview.parent.is_dir():
        raise click.ClickException(f"--preview {preview}: the folder {preview.parent} does not exist; create it")
    message = compose_digest(read_database(config.database), config, now=now, brand=brand)
    preview.write_text(html_of(message), "utf-8")
    preview.with_suffix(".eml").write_bytes(message.as_bytes())
    click.echo(f"{message['Subject']}\n{preview} (the page), {preview.with_suffix('.eml')} (the whole message)")


def deliver(config: Config, brand: str, now: str) -> None:
    """Send the digest, and say who got it."""
    from notify.delivery import send_digest
    from notify.sending import DeliveryError

    try:
        delivery = send_digest(config, now=now, brand=brand)
    except DeliveryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(delivery.sent)} sent, {len(delivery.before)} had it already, {len(delivery.unsubscribed)} unsubscribed")
    if delivery.failed:
        raise click.ClickException("; ".join(f"{address}: {reason}" for address, reason in delivery.failed))


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on.")
@click.option("--port", default=8320, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--as-of", "now", type=Moment(), help="Take this time for now.  [default: the clock]")
@CONFIG
def serve(config_path: Path, now: str | None, host: str, port: int) -> None:
    """Serve the page, with Datasette under /explore, until Ctrl-C.

    Example: repute serve
    """
    from dashboard.serving import ServingError, exposure_warning, serve_dashboard

    config = load(config_path)
    if warning := exposure_warning(host):
        click.echo(warning, err=True)
    try:
        serve_dashboard(
            config,
            now=lambda: now or read_clock(),
            host=host,
            port=port,
            ready=say_address,
        )
    except ServingError as error:
        raise click.ClickException(str(error)) from error


def say_address(url: str) -> None:
    """Tell where the page is served."""
    click.echo(f"Serving {url} (Ctrl-C ends it)")


@click.command()
@click.option("--once", is_flag=True, help="Run every job once, in order, and end.")
@CONFIG
def run(config_path: Path, once: bool) -> None:
    """Crawl, tag and send on the schedule of the configuration, until SIGTERM or Ctrl-C.

    Example: repute run
    """
    from scheduler import SchedulerError, run_once, run_scheduler

    config = load_checked(config_path)
    logging.getLogger("repute.scheduler").setLevel(logging.INFO)
    try:
        if not once:
            run_scheduler(config, config_path=config_path)
        elif not run_once(config, config_path=config_path):
            raise click.ClickException("not every job ended well, see above")
    except SchedulerError as error:
        raise click.ClickException(str(error)) from error


@click.command()
@click.option("--once", is_flag=True, help="End after the email is written, without serving the page.")
@click.option("--port", default=8321, show_default=True, type=click.IntRange(0, 65535), help="Where the fictional web is.")
@click.option("--folder", type=click.Path(path_type=Path), default="demo-run", show_default=True, help="For the results.")
@CONFIG
def demo(config_path: Path, once: bool, port: int, folder: Path) -> None:
    """Show everything on a fictional brand's public web, served on this machine.

    Example: repute demo --once
    """
    from demo.show import ShowError, run_show

    try:
        run_show([sys.executable, str(CLI)], config_path, folder, once=once, port=port, say=click.echo)
    except ShowError as error:
        raise click.ClickException(str(error)) from error
