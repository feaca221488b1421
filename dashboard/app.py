"""The dashboard as an ASGI application: pages that work without scripts, read from the store and never write."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from config import Config
from dashboard.asking import AskedError, read_asked
from dashboard.compare_page import compare_words
from dashboard.coverage_page import coverage_words
from dashboard.explore import explore_app
from dashboard.headers import SecurityHeaders
from dashboard.pages import health_words, mentions_words, page_words
from dashboard.rendering import render
from dashboard.service_page import service_words
from dashboard.topic_page import topic_words
from dashboard.trend_page import trend_words
from store.database import StoreError, open_database, read_database
from trends.gathering import QuestionError

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def create_app(config: Config, *, now: Callable[[], str], hosts: Sequence[str] = LOOPBACK) -> Starlette:
    """Make the application over the store of `config`, which is made if absent.

    `now` gives the time (UTC ISO) that windows end with. Only requests for one of `hosts` are answered, so that a stranger's
    page cannot read this one by pointing its own name at this machine; `["*"]` answers all.
    """
    open_database(config.database).close()
    app = Starlette(
        routes=[
            Route("/", show_page),
            Route("/mentions", show_mentions),
            Route("/topic", show_topic),
            Route("/trend", show_trend),
            Route("/service", show_service),
            Route("/compare", show_compare),
            Route("/coverage", show_coverage),
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
    )
    app.state.config = config
    app.state.clock = now
    return app


def show_page(request: Request) -> Response:
    """The front page: how the brand stands."""
    return answer(request, "page.html", page_words)


def show_mentions(request: Request) -> Response:
    """The list of mentions that a search finds."""
    return answer(request, "mentions.html", mentions_words)


def show_topic(request: Request) -> Response:
    """Everything about one hot button."""
    return answer(request, "topic.html", topic_words)


def show_trend(request: Request) -> Response:
    """Figures by week or month."""
    return answer(request, "trend.html", trend_words, length="26w")


def show_service(request: Request) -> Response:
    """How complaints are answered and resolved."""
    return answer(request, "service.html", service_words, length="4w")


def show_compare(request: Request) -> Response:
    """The brand beside its competitors."""
    return answer(request, "compare.html", compare_words, length="4w")


def show_coverage(request: Request) -> Response:
    """What was really watched."""
    return answer(request, "coverage.html", coverage_words, length="12w")


def answer(request: Request, template: str, gather: Callable[..., dict[str, Any]], *, length: str = "week") -> Response:
    """Ask the store over a connection of this request's own, and fill a template; `length` is the window if none is named."""
    config: Config = request.app.state.config
    asked = read_asked(request.query_params, config, request.app.state.clock(), length=length)
    with contextlib.closing(read_database(config.database)) as db:
        words = gather(db, config, asked)
    return HTMLResponse(render(template, words))


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
