"""The dashboard as an ASGI application: pages that work without scripts, read from the store and never write."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio.to_thread
from sqlite_utils import Database
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from config import Config
from dashboard.asking import Asked, AskedError, read_asked, refuse_unknown
from dashboard.compare_page import compare_words
from dashboard.coverage_page import coverage_words
from dashboard.explore import explore_app
from dashboard.headers import SecurityHeaders
from dashboard.keeping import Address, Pages, Query
from dashboard.memory import Ahead
from dashboard.pages import health_words, mentions_words, page_words
from dashboard.rendering import render
from dashboard.service_page import service_words
from dashboard.topic_page import topic_words
from dashboard.trend_page import trend_words
from store.changing import Changes
from store.database import StoreError, open_database, read_database
from store.remembering import unwatch, watch
from trends.gathering import QuestionError

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Shown:
    """How a page is made."""

    template: str
    gather: Callable[[Database, Config, Asked], dict[str, Any]]
    length: str = "week"
    """The window, if the address names none."""


SHOWN = {
    "/": Shown("page.html", page_words),
    "/mentions": Shown("mentions.html", mentions_words),
    "/topic": Shown("topic.html", topic_words),
    "/trend": Shown("trend.html", trend_words, length="26w"),
    "/service": Shown("service.html", service_words, length="4w"),
    "/compare": Shown("compare.html", compare_words, length="4w"),
    "/coverage": Shown("coverage.html", coverage_words, length="12w"),
}
STANDING: tuple[Address, ...] = (("/", ()), ("/trend", ()), ("/service", ()), ("/coverage", ()))
"""Kept ready from the start: what the links of the front page lead to."""
COMPARED: tuple[Address, ...] = (("/compare", ()), ("/compare", (("last", "all"),)))
"""Where there are competitors, beside the front page and the service of all time of each brand: so what pages of any brand and
window are made from is read into memory, too."""


def create_app(config: Config, *, now: Callable[[], str], hosts: Sequence[str] = LOOPBACK) -> Starlette:
    """Make the application over the store of `config`, which is made if absent.

    `now` gives the time (UTC ISO) that windows end with. Only requests for one of `hosts` are answered, so that a stranger's
    page cannot read this one by pointing its own name at this machine; `["*"]` answers all.
    """
    open_database(config.database).close()
    app = Starlette(
        routes=[
            *(Route(path, show) for path in SHOWN),
            Route("/health", show_health),
            Route("/explore", lambda request: RedirectResponse("/explore/")),
            Mount("/explore", app=explore_app(config.database)),
            Mount("/static", app=StaticFiles(packages=[("dashboard", "static")])),
        ],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
        ],
        exception_handlers={
            AskedError: refuse_asked,
            QuestionError: refuse_asked,
            StoreError: report_store,
            404: report_missing,
        },
        lifespan=keep_pages_ready,
    )
    app.state.config = config
    app.state.clock = now
    app.state.pages = keep_pages(config, now)
    return app


def keep_pages(config: Config, now: Callable[[], str]) -> Pages:
    """The pages over the store of `config`, of which some are kept ready."""
    brands: list[Address] = [
        (path, (("brand", brand.id), ("last", "all"))) for brand in config.brands for path in ("/", "/service")
    ]
    standing = [*STANDING, *COMPARED, *brands] if len(brands) > 1 else STANDING
    ahead = Ahead(config.database)
    return Pages(Changes(config.database), now, partial(make_page, config), standing, meanwhile=ahead.top_up)


@contextlib.asynccontextmanager
async def keep_pages_ready(app: Starlette) -> AsyncIterator[None]:
    """Have a thread make pages anew in the background for as long as the application serves."""
    pages: Pages = app.state.pages
    stop = threading.Event()
    watch(pages.changes)
    thread = threading.Thread(target=pages.keep_ready, args=(stop,), name="pages", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        # A page takes a second or two at most; who ends the server waits no longer for one that nobody asked for.
        await anyio.to_thread.run_sync(partial(thread.join, 5))
        unwatch(pages.changes)
        pages.changes.close()


def show(request: Request) -> Response:
    """A page, as its path and query say."""
    pages: Pages = request.app.state.pages
    return HTMLResponse(pages.get(request.url.path, tuple(sorted(request.query_params.items()))))


def make_page(config: Config, path: str, query: Query, now: str) -> str:
    """Ask the store over a connection of its own, and fill the template."""
    page = SHOWN[path]
    asked = read_asked(dict(query), config, now, length=page.length)
    with contextlib.closing(read_database(config.database)) as db:
        refuse_unknown(db, config, asked)
        words = page.gather(db, config, asked)
    return render(page.template, words)


def show_health(request: Request) -> Response:
    """Health as JSON."""
    config: Config = request.app.state.config
    try:
        with contextlib.closing(read_database(config.database)) as db:
            return JSONResponse(health_words(db, config, request.app.state.clock()))
    except StoreError as error:
        return JSONResponse({"status": "down", "error": str(error)}, status_code=503)


def refuse_asked(request: Request, error: Exception) -> Response:
    """Say what the address got wrong."""
    return HTMLResponse(render("error.html", {"title": "That cannot be shown", "message": str(error)}), status_code=400)


def report_store(request: Request, error: Exception) -> Response:
    """Say what is the matter with the store."""
    return HTMLResponse(render("error.html", {"title": "The store cannot be read", "message": str(error)}), status_code=503)


def report_missing(request: Request, error: Exception) -> Response:
    """Say that there is no such page."""
    message = f"{request.url.path} is not a page of this dashboard."
    return HTMLResponse(render("error.html", {"title": "No such page", "message": message}), status_code=404)
