"""Signing in to Bluesky with an app password, and again when the session ends (com.atproto.server)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawlers.context import SourceError, context_of
from crawlers.failures import explain_error
from crawlers.fields import read_json, table, text
from crawlers.robots import EXEMPT

SECRETS = ("bluesky_identifier", "bluesky_app_password")
PASSWORDS = "https://bsky.app/settings/app-passwords"
MOST_RENEWALS = 20
"""Sessions of one crawl. A session lasts two hours or so: one that ends at once would be renewed for ever."""


@dataclass(frozen=True)
class Tokens:
    """What a session lets us in with."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)


class Session:
    """One account's session on its server. Its tokens travel in headers, never in an address or a message."""

    def __init__(self, crawler: Crawler, base: str) -> None:
        self.crawler = crawler
        self.base = base
        self.tokens: Tokens | None = None
        self.lock = asyncio.Lock()
        self.renewals = 0

    @property
    def access(self) -> str:
        """The token of the day; empty before the first sign-in."""
        return self.tokens.access if self.tokens else ""

    async def open(self) -> None:
        """Sign in. Raises `SourceError` for credentials that are missing or refused, and for a server that does not answer."""
        secrets = context_of(self.crawler).config.secrets
        if missing := [f"REPUTE_{name.upper()}" for name in SECRETS if not secrets.get(name)]:
            words = f"set {' and '.join(missing)} in the environment: your handle, and an app password from {PASSWORDS}"
            raise SourceError(f"bluesky: search needs an account; {words}")
        account = {"identifier": secrets[SECRETS[0]].strip().removeprefix("@"), "password": secrets[SECRETS[1]].strip()}
        response = await self.post("createSession", json.dumps(account), {"Content-Type": "application/json"})
        self.tokens = read_tokens(response)
        if self.tokens is None:
            raise SourceError(self.explain(response))

    async def renew(self, used: str) -> None:
        """Get new tokens once the ones that were used have ended; several requests may find that out together."""
        async with self.lock:
            if used != self.access:
                return
            self.renewals += 1
            if self.tokens is None or self.renewals > MOST_RENEWALS:
                raise SourceError(f"bluesky: {self.base} ends every session at once; check `url`, else try again later")
            response = await self.post("refreshSession", "", {"Authorization": f"Bearer {self.tokens.refresh}"})
            self.tokens = read_tokens(response)
            if self.tokens is None:
                await self.open()

    async def post(self, method: str, body: str, headers: Mapping[str, str]) -> Response:
        """Call a method of the server."""
        url = f"{self.base}/xrpc/com.atproto.server.{method}"
        meta: dict[str, Any] = {EXEMPT: True, "dont_redirect": True}
        request = Request(
            url,
            method="POST",
            body=body,
            headers=dict(headers),
            callback=NO_CALLBACK,
            meta=meta,
            dont_filter=True,
            priority=100,
        )
        try:
            return await self.crawler.engine.download_async(request)
        # Whatever goes wrong on the way, without a session nothing can be read.
        except Exception as error:
            raise SourceError(f"bluesky: {self.base}: {explain_error(error)}") from error

    def explain(self, response: Response) -> str:
        """Why the sign-in failed, and what to do. The server's own words are left out: they may repeat what was sent."""
        code = text(table(read_json(response.body)).get("error")) or ""
        told = f"HTTP {response.status} {code if code.isalnum() else ''}".strip()
        if code == "AuthFactorTokenRequired":
            return f"bluesky: the account asks for a second factor: use an app password from {PASSWORDS}"
        if response.status == 429:
            return f"bluesky: {self.base} was asked for too many sessions ({told}); wait an hour, then crawl more rarely"
        if response.status in (400, 401, 403):
            names = " and ".join(f"REPUTE_{name.upper()}" for name in SECRETS)
            return f"bluesky: the sign-in is refused ({told}); check {names} against {PASSWORDS}"
        if response.status >= 500:
            return f"bluesky: {self.base} failed at the sign-in ({told}); tried again at the next crawl"
        return f"bluesky: {self.base} gives no session ({told}); check `url`: the server that holds your account"


def read_tokens(response: Response) -> Tokens | None:
    """The tokens of an answer, or None."""
    answer = table(read_json(response.body)) if response.status == 200 else {}
    access, refresh = text(answer.get("accessJwt")), text(answer.get("refreshJwt"))
    is_sendable = access and refresh and f"{access}{refresh}".isascii() and f"{access}{refresh}".isprintable()
    return Tokens(access, refresh) if access and refresh and is_sendable else None
