"""Fixtures over `loopback`."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from loopback import Route, Web, read_report, run_web, start_crawl_process, write_config

from store.records import CrawlReport


@pytest.fixture
def serve_web() -> Iterator[Callable[[Mapping[str, Route]], Web]]:
    """`serve_web(routes) -> Web`, which remembers what it was asked for."""
    with ExitStack() as stack:
        yield lambda routes: stack.enter_context(run_web(routes))


@pytest.fixture
def serve(serve_web) -> Callable[[Mapping[str, Route]], str]:
    """`serve({path: (status, headers, body) or function}) -> base url` of a server on loopback."""
    return lambda routes: serve_web(routes).url


@pytest.fixture
def configure(tmp_path: Path) -> Callable[[str], Path]:
    """`configure(text) -> path` of a whole configuration: see `crawl` for what is added to the text."""
    return lambda text: write_config(tmp_path, text)


@pytest.fixture
def crawl(tmp_path: Path) -> Callable[..., CrawlReport]:
    """`crawl(config text or path, source, now=, since=, dry=, env=) -> CrawlReport`, in a process of its own.

    A text is written to tmp_path/config.toml, with loopback opened, and with a brand `all` of query `*` where it names no brand;
    the database is tmp_path/repute.db. An error that ends the crawl before it began raises RuntimeError with the error's words.
    """

    def run(config: str | Path, source: str, **options: object) -> CrawlReport:
        process = start_crawl_process(config if isinstance(config, Path) else write_config(tmp_path, config), source, **options)
        out, err = process.communicate(timeout=120)
        return read_report(out, err)

    return run


@pytest.fixture
def start_crawl(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Like `crawl`, but returns the running process."""
    return lambda text, source, **options: start_crawl_process(write_config(tmp_path, text), source, **options)
