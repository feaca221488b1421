"""Access tokens for Google's APIs, by OAuth 2.0: from a refresh token, or from a service account's key.

https://developers.google.com/identity/protocols/oauth2 (web server: refreshing; service account: JWT bearer, RFC 7523).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawlers.context import Context, SourceError
from crawlers.fetching import FetchError, fetch
from crawlers.fields import read_json, rows, table, text, whole
from crawlers.jwt_tokens import Clock, read_key, read_secret_file, sign_token
from crawlers.robots import EXEMPT

TOKEN_URL = "https://oauth2.googleapis.com/token"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
REFRESH, SERVICE = "refresh_token", "service_account"
LIFE = 3600
"""Seconds that an assertion holds; Google allows no more."""
MARGIN = 120
"""Seconds before its end at which a token is renewed: a request may wait for its turn."""


@dataclass(frozen=True)
class Token:
    """An access token and the second since 1970 at which it ends."""

    value: str
    ends: int


@dataclass(frozen=True)
class Secret:
    """A secret with the environment variable that it came from, or would come from."""

    variable: str
    value: str = ""


class GoogleAuth:
    """Holds one access token of a source, and gets the next one when it ends or is refused."""

    def __init__(self, context: Context, source: str, *, scope: str, prefer: str, url: str = TOKEN_URL) -> None:
        """`prefer` is the kind of key (`refresh_token` or `service_account`) that is used where both are set."""
        self.context = context
        self.source = source
        self.scope = scope
        self.url = url
        self.kinds = sorted((REFRESH, SERVICE), key=lambda kind: kind != prefer)
        self.clock = Clock(context.now)
        self.token: Token | None = None

    def find_secret(self, name: str) -> Secret:
        """A secret of this source alone (`REPUTE_GOOGLEPLAY_…`), else the one of all of Google's (`REPUTE_GOOGLE_…`)."""
        for prefix in (self.source, "google"):
            if value := self.context.config.secrets.get(f"{prefix}_{name}"):
                return Secret(f"REPUTE_{prefix}_{name}".upper(), value)
        return Secret(f"REPUTE_GOOGLE_{name}".upper())

    def find_key(self) -> tuple[str, Secret]:
        """(kind, key) of the key that is used. Raises `SourceError` where there is none."""
        for kind in self.kinds:
            secret = self.find_secret(kind)
            if secret.value:
                return kind, secret
        names = " or ".join(self.find_secret(kind).variable for kind in self.kinds)
        raise SourceError(f"{self.source}: no credentials: set {names} in the environment; see docs/sources/{self.source}.md")

    async def headers(self, crawler: Crawler, *, renew: bool = False) -> dict[str, str]:
        """The header that lets us in. Raises `SourceError` where Google gives no token."""
        if renew or self.token is None or self.token.ends - MARGIN <= self.clock.seconds():
            self.token = await self.fetch_token(crawler)
        return {"Authorization": f"Bearer {self.token.value}"}

    async def fetch_token(self, crawler: Crawler) -> Token:
        """Exchange the key for an access token. The key travels in the body: addresses are logged."""
        kind, secret = self.find_key()
        request = Request(
            self.url,
            method="POST",
            body=urlencode(self.compose_grant(kind, secret)),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            callback=NO_CALLBACK,
            dont_filter=True,
            meta={EXEMPT: True, "dont_redirect": True},
        )
        try:
            response = await fetch(crawler, request)
        except FetchError as error:
            if error.response is None:
                words = f"{self.source}: {self.url}: {error}; no access token, so nothing can be read"
                raise SourceError(words) from None
            response = error.response
        return self.read_token(response, kind, secret)

    def compose_grant(self, kind: str, secret: Secret) -> dict[str, str]:
        """The form that asks for a token."""
        if kind == SERVICE:
            return {"grant_type": JWT_BEARER, "assertion": self.sign_assertion(secret)}
        client = {name: self.find_secret(name) for name in ("client_id", "client_secret")}
        if missing := [secret.variable for secret in client.values() if not secret.value]:
            words = f"{self.source}: no credentials: set {' and '.join(missing)} in the environment"
            raise SourceError(f"{words}: {secret.variable} belongs to an OAuth client, whose id and secret go with it")
        values = {name: secret.value for name, secret in client.items()}
        return {"grant_type": REFRESH, REFRESH: secret.value, **values}

    def sign_assertion(self, secret: Secret) -> str:
        """The signed statement of a service account that it wants a token."""
        account = self.read_account(secret)
        claims = {"iss": account["client_email"], "scope": self.scope, "aud": self.url}
        return sign_token(
            claims,
            read_key(account["private_key"]),
            algorithm="RS256",
            seconds=self.clock.seconds(),
            life=LIFE,
            source=self.source,
            variable=secret.variable,
            key_id=account.get("private_key_id", ""),
        )

    def read_account(self, secret: Secret) -> Mapping[str, str]:
        """A service account's key: the JSON that Google gave, or the path of its file."""
        given = secret.value.strip()
        if not given.startswith("{"):
            given = read_secret_file(given, source=self.source, variable=secret.variable)
        fields = table(read_json(given.encode()))
        account = {key: value for key, value in fields.items() if isinstance(value, str)}
        if not (text(account.get("client_email")) and text(account.get("private_key"))):
            words = f"{self.source}: {secret.variable} holds no key of a service account"
            raise SourceError(f"{words}; give the JSON file that the Cloud console made, or its path")
        return account

    def read_token(self, response: Response, kind: str, secret: Secret) -> Token:
        """The token of an answer. Raises `SourceError` with the cure for an answer without one."""
        answer = table(read_json(response.body))
        value = text(answer.get("access_token"))
        if response.status == 200 and value and value.isascii() and value.isprintable():
            life = whole(answer.get("expires_in")) or LIFE
            return Token(value, self.clock.seconds() + life)
        code = answer.get("error")
        code = code if isinstance(code, str) and re.fullmatch(r"[a-z_]{1,40}", code) else ""
        if 400 <= response.status < 500 and code:
            raise SourceError(f"{self.source}: Google gives no token ({code}): {self.explain_refusal(code, kind, secret)}")
        words = f"{self.source}: {self.url}: gave no access token (HTTP {response.status})"
        raise SourceError(f"{words}; tried again at the next crawl, check `token_url` if it is set")

    def explain_refusal(self, code: str, kind: str, secret: Secret) -> str:
        """The way out of an error of RFC 6749, 5.2."""
        if kind == SERVICE:
            return f"the key in {secret.variable} was deleted, or is not this project's; make a new one in the Cloud console"
        if code in ("invalid_client", "unauthorized_client"):
            names = " and ".join(self.find_secret(name).variable for name in ("client_id", "client_secret"))
            return f"check {names} against the OAuth client in the Cloud console"
        return f"{secret.variable} has expired or was revoked; consent once more and set the new one"

    def explain_denial(self) -> str:
        """Words for an API that refuses a token that is minutes old."""
        _, secret = self.find_key()
        return f"the token of {secret.variable} is refused (401); it needs the scope {self.scope}: consent to it once more"


def explain_api_error(answer: object) -> str:
    """The reason in an error of Google's APIs, in its own short code; empty where it gives none."""
    error = table(answer, "error")
    reasons = [table(item).get("reason") for item in [*rows(error.get("errors")), *rows(error.get("details"))]]
    found = next((reason for reason in [*reasons, error.get("status")] if isinstance(reason, str)), "")
    return found if re.fullmatch(r"\w{1,60}", found) else ""
