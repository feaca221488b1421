"""The APIs of Trustpilot, Apple and Google on loopback, as far as reviews go: listings newest first, tokens, failures by script."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from loopback import NOW, ROOT, run_web, write_config

JSON = {"Content-Type": "application/json"}
BEGIN = datetime.fromisoformat(NOW)
HEAD = """
[repute]
database = "repute.db"
allow_private_hosts = ["127.0.0.1"]
backfill = "60 days"
[[brands]]
id = "acme"
name = "Acme"
role = "own"
query = "acme"
"""


def ago(**lengths: float) -> str:
    """A time before the tests' now, as these APIs write it."""
    return (BEGIN - timedelta(**lengths)).strftime("%Y-%m-%dT%H:%M:%SZ")


def answer(value: object, status: int = 200, **headers: str) -> tuple[int, dict[str, str], bytes]:
    return status, JSON | headers, json.dumps(value).encode()


def rows(folder: Path, query: str) -> list[tuple]:
    with contextlib.closing(sqlite3.connect(folder / "repute.db")) as db:
        return db.execute(query).fetchall()


class Api:
    """A listing of reviews. `script` answers its requests in place of the listing, by their number from 0."""

    path = ""
    size = "limit"
    """The parameter that says how many."""

    def __init__(self, reviews: list[dict], most: int = 100) -> None:
        self.reviews = reviews
        self.most = most
        self.script: dict[int, object] = {}
        self.between: Callable[[int], None] = lambda number: None
        self.pages: list[dict[str, str]] = []
        self.items: list[str] = []
        self.keys: list[str] = []
        self.pause = 0.0

    def get(self, target: str, default: object = None) -> object:
        """Stand in for the server's routes."""
        return self.route

    def route(self, target: str, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        time.sleep(self.pause)
        parts = urlsplit(target)
        if special := self.special(parts.path, headers, body):
            return special
        if parts.path != self.path:
            return self.item(unquote(parts.path.rpartition("/")[2]))
        question = {key: values[0] for key, values in parse_qs(parts.query).items()}
        number = len(self.pages)
        self.pages.append(question)
        scripted = self.script.get(number)
        given = scripted() if callable(scripted) else scripted
        given = given or self.page(question, min(int(question[self.size]), self.most))
        self.between(number)
        return given

    def special(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple | None:
        return None

    def item(self, number: str) -> tuple:
        self.items.append(number)
        found = [row for row in self.reviews if self.id_of(row) == number]
        return answer(self.wrap(found[0])) if found else answer({"error": "no such review"}, 404)

    def wrap(self, row: dict) -> dict:
        return row


class Trustpilot(Api):
    path = "/v1/business-units/46d6/reviews"
    size = "perPage"
    key = "tp-key"

    def id_of(self, row: dict) -> object:
        return row.get("id")

    def special(self, path, headers, body):
        self.keys.append(headers.get("Apikey", headers.get("apikey", "")))
        if self.keys[-1] != self.key:
            return answer({"fault": {"faultstring": "Invalid ApiKey"}}, 401)
        if path in ("/v1/business-units/find", "/v1/business-units/46d6"):
            self.items.append(path)
            return answer({"id": "46d6", "displayName": "Acme Ltd", "name": {"identifying": "acme.com"}})
        if path.startswith("/v1/business-units/") and path != self.path:
            return answer({"message": "unknown"}, 404)
        return None

    def page(self, question: dict, size: int) -> tuple:
        assert question["orderBy"] == "createdat.desc"
        first = (int(question["page"]) - 1) * size
        return answer({"links": [], "reviews": self.reviews[first : first + size]})


class Apple(Api):
    path = "/v1/apps/123/customerReviews"

    def __init__(self, reviews: list[dict], most: int = 200) -> None:
        super().__init__(reviews, most)
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.refuse_next = 0
        self.home = ""

    def env(self) -> dict[str, str]:
        key = pem(self.private).replace("\n", "\\n")
        return {"REPUTE_APPSTORE_ISSUER_ID": "iss-1", "REPUTE_APPSTORE_KEY_ID": "KEY1", "REPUTE_APPSTORE_PRIVATE_KEY": key}

    def special(self, path, headers, body):
        token = headers["Authorization"].removeprefix("Bearer ")
        claims = jwt.decode(
            token,
            self.private.public_key(),
            algorithms=["ES256"],
            audience="appstoreconnect-v1",
            options={"verify_exp": False, "verify_iat": False, "require": ["iss", "iat", "exp", "aud"]},
        )
        now = BEGIN.timestamp()
        assert jwt.get_unverified_header(token)["kid"] == "KEY1"
        assert claims["iss"] == "iss-1"
        assert claims["iat"] <= now + 60
        assert now < claims["exp"] <= claims["iat"] + 20 * 60
        self.keys.append(token)
        if self.refuse_next:
            self.refuse_next -= 1
            return answer({"errors": [{"status": "401", "code": "NOT_AUTHORIZED"}]}, 401)
        return None

    def id_of(self, row: dict) -> object:
        return row.get("id")

    def wrap(self, row: dict) -> dict:
        return {"data": row}

    def page(self, question: dict, size: int) -> tuple:
        assert (question["sort"], question["include"]) == ("-createdDate", "response")
        after = question.get("cursor")
        first = next((n + 1 for n, row in enumerate(self.reviews) if row.get("id") == after), 0)
        shown = self.reviews[first : first + size]
        links = {"self": "…"}
        if first + size < len(self.reviews):
            links["next"] = f"{self.home}{self.path}?cursor={shown[-1]['id']}&sort=-createdDate&include=response&limit={size}"
        return answer({"data": [row.get("review", row) for row in shown], "included": included(shown), "links": links})


def included(reviews: list[dict]) -> list[dict]:
    return [row["included"] for row in reviews if "included" in row]


class Google(Api):
    """Either of Google's APIs, with the place where tokens come from."""

    account = "repute@acme.iam.gserviceaccount.com"
    scope = ""
    cursor = "pageToken"

    def __init__(self, reviews: list[dict], most: int = 100) -> None:
        super().__init__(reviews, most)
        self.private = rsa.generate_private_key(65537, 2048)
        self.grants: list[dict[str, str]] = []
        self.refusal: tuple | None = None
        self.tokens: list[str] = []
        self.expired: set[str] = set()
        self.home = ""
        self.life = 3599

    def env(self) -> dict[str, str]:
        return {
            "REPUTE_GOOGLE_CLIENT_ID": "client-1",
            "REPUTE_GOOGLE_CLIENT_SECRET": "hush-1",
            "REPUTE_GOOGLE_REFRESH_TOKEN": "refresh-1",
        }

    def service_env(self, folder: Path) -> dict[str, str]:
        """A service account's key in a file, as the Cloud console gives it. Its own token_uri is not where the key is sent."""
        key = {
            "type": "service_account",
            "client_email": self.account,
            "private_key_id": "kid-1",
            "private_key": pem(self.private),
            "token_uri": "https://elsewhere.example/token",
        }
        (folder / "key.json").write_text(json.dumps(key))
        return {"REPUTE_GOOGLE_SERVICE_ACCOUNT": str(folder / "key.json")}

    def special(self, path, headers, body):
        if path == "/token":
            return self.give_token(dict(parse_qsl(body.decode())))
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        self.keys.append(token)
        if token not in self.tokens or token in self.expired:
            return answer({"error": {"code": 401, "status": "UNAUTHENTICATED"}}, 401)
        return None

    def give_token(self, grant: dict[str, str]) -> tuple:
        self.grants.append(grant)
        if self.refusal:
            return self.refusal
        if grant["grant_type"] == "refresh_token":
            given = (grant["refresh_token"], grant["client_id"], grant["client_secret"])
            assert given == ("refresh-1", "client-1", "hush-1")
        else:
            self.check_assertion(grant)
        self.tokens.append(f"token-{len(self.tokens)}")
        return answer({"access_token": self.tokens[-1], "expires_in": self.life, "token_type": "Bearer"})

    def check_assertion(self, grant: dict[str, str]) -> None:
        assert grant["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
        claims = jwt.decode(
            grant["assertion"],
            self.private.public_key(),
            algorithms=["RS256"],
            audience=f"{self.home}/token",
            options={"verify_exp": False, "verify_iat": False, "require": ["iss", "iat", "exp", "aud"]},
        )
        now = BEGIN.timestamp()
        assert (claims["iss"], claims["scope"]) == (self.account, self.scope)
        assert claims["iat"] <= now + 60
        assert now < claims["exp"] <= claims["iat"] + 3600
        assert jwt.get_unverified_header(grant["assertion"])["kid"] == "kid-1"

    def id_of(self, row: dict) -> object:
        return row.get("reviewId")

    def cut(self, question: dict, size: int) -> tuple[list[dict], str | None]:
        """(reviews, token of the next page): a token stands for the last review that was shown."""
        after = question.get(self.cursor)
        first = next((n + 1 for n, row in enumerate(self.reviews) if row.get("reviewId") == after), 0)
        shown = self.reviews[first : first + size]
        return shown, shown[-1]["reviewId"] if first + size < len(self.reviews) else None


class Play(Google):
    path = "/androidpublisher/v3/applications/com.acme.app/reviews"
    size = "maxResults"
    cursor = "token"
    scope = "https://www.googleapis.com/auth/androidpublisher"

    def page(self, question: dict, size: int) -> tuple:
        shown, token = self.cut(question, size)
        found = {"reviews": shown} if shown else {}
        return answer(found | ({"tokenPagination": {"nextPageToken": token}} if token else {}))


class Business(Google):
    path = "/v4/accounts/11/locations/22/reviews"
    size = "pageSize"
    scope = "https://www.googleapis.com/auth/business.manage"

    def page(self, question: dict, size: int) -> tuple:
        assert question["orderBy"] == "updateTime desc"
        shown, token = self.cut(question, size)
        found = {"reviews": shown, "averageRating": 3.5, "totalReviewCount": len(self.reviews)} if shown else {}
        return answer(found | ({"nextPageToken": token} if token else {}))


def pem(key) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@contextlib.contextmanager
def run_api(api: Api) -> Iterator[str]:
    """Serve an API; its address."""
    with run_web({}) as web:
        web.routes = api
        api.home = web.url
        yield web.url


def crawl_here(config: str, source: str, env: dict[str, str]) -> None:
    """One crawl in the process that we are in."""
    os.environ.update(env)
    from config import load_config
    from crawlers.running import run_crawl

    run_crawl(load_config(Path(config)), source, now=NOW)


def kill_crawls(api: Api, folder: Path, text: str, source: str, env: dict[str, str], times: int = 10) -> int:
    """Begin a crawl so often and kill it a little later each time; how many had stored something.

    The processes are forked from one that has imported everything: ten starts would take longer than the crawls.
    """
    os.environ["PYTHONPATH"] = str(ROOT)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["crawlers.running", f"crawlers.{source}", "crawlers.reddit", "crawlers.reviews", "jwt"])
    config = write_config(folder, text)
    stored = 0
    for number in range(times):
        process = context.Process(target=crawl_here, args=(str(config), source, env))
        api.pages.clear()
        process.start()
        until = time.monotonic() + 30
        while len(api.pages) < 1 + number // 2 and time.monotonic() < until and process.is_alive():
            time.sleep(0.01)
        time.sleep(0.05 * (number % 2))
        assert process.is_alive(), "the crawl was over before it could be killed"
        process.kill()
        process.join()
        with contextlib.suppress(sqlite3.OperationalError):
            stored += bool(rows(folder, "select 1 from mentions limit 1"))
        api.pause = 0.02
    api.pages.clear()
    return stored
