"""A web on loopback that a test describes in a dict, and crawls of it in processes of their own."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from store.records import CrawlReport

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-10-05T08:00:00Z"

Answer = tuple[int, Mapping[str, str], bytes]
Route = Answer | Callable[[str, Mapping[str, str], bytes], Answer]
"""What a path answers, or a function of the target (path and query), the request's headers and its body."""


class Web:
    """One server on loopback. A path that no route names is 404; so is robots.txt, which leaves everything open."""

    def __init__(self, routes: Mapping[str, Route]) -> None:
        self.routes = dict(routes)
        self.asked: list[str] = []
        """Targets in the order of the requests."""
        self.headers: list[dict[str, str]] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                web.asked.append(self.path)
                web.headers.append(dict(self.headers.items()))
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                route = web.routes.get(self.path, web.routes.get(self.path.partition("?")[0], (404, {}, b"not here")))
                status, headers, content = route(self.path, dict(self.headers.items()), body) if callable(route) else route
                self.send_response(status)
                # Whoever asks for the end of a connection is told of it, or may send its next request into nothing.
                ending = {"Connection": "close"} if self.close_connection else {}
                for name, value in ({"Content-Length": str(len(content))} | ending | dict(headers)).items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(content)
                except OSError:
                    self.close_connection = True  # the client hung up on a page that is too big

            do_POST = do_GET

            def log_message(self, *arguments: object) -> None:
                """Keep the tests' output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def count(self, target: str) -> int:
        """How often a path (or a path with its query) was asked for."""
        return sum(asked == target or asked.partition("?")[0] == target for asked in self.asked)


@contextmanager
def run_web(routes: Mapping[str, Route]) -> Iterator[Web]:
    web = Web(routes)
    thread = threading.Thread(target=web.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield web
    finally:
        web.server.shutdown()
        web.server.server_close()
        thread.join()


BRANDS = """
[[brands]]
id = "all"
name = "Everything"
role = "own"
query = "*"
"""


def write_config(folder: Path, text: str) -> Path:
    """A whole configuration from the part that a test is about."""
    path = folder / "config.toml"
    head = "" if "[repute]" in text else '[repute]\ndatabase = "repute.db"\nallow_private_hosts = ["127.0.0.1"]\n'
    path.write_text(head + ("" if "[[brands]]" in text else BRANDS) + text, encoding="utf-8")
    return path


def start_crawl_process(
    config: Path, source: str, env: Mapping[str, str] | None = None, **options: object
) -> subprocess.Popen[str]:
    """Start one crawl; its report comes on stdout, its log on stderr."""
    arguments = json.dumps({"config": str(config), "source": source, "now": NOW} | options)
    return subprocess.Popen(
        [sys.executable, "-W", "error", str(Path(__file__).with_name("child.py")), arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
    )


def read_report(out: str, err: str) -> CrawlReport:
    """The report that a child printed; its log goes to the test's own output."""
    sys.stderr.write(err)
    assert out, err
    answer = json.loads(out)
    if "raised" in answer:
        raise RuntimeError(f"{answer['raised']}: {answer['words']}")
    return CrawlReport(**answer | {"dropped": tuple((reason, count) for reason, count in answer["dropped"])})


def query(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    """What a statement finds in the store of a test's crawls."""
    with contextlib.closing(sqlite3.connect(folder / "repute.db")) as db:
        return db.execute(sql).fetchall()
