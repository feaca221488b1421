"""The demo's web server: all sites on one loopback port. `python -m demo.web --port 8321` serves."""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from demo.content import load_pieces
from demo.feeds import show_feeds
from demo.forum import show_forum
from demo.hackernews import show_search
from demo.messages import Request, Response
from demo.pages import show_forbidden, show_index, show_missing, show_robots
from demo.reddit import show_reddit, show_token
from demo.reviews import show_shelfwise, show_trustyard

PORT = 8321

_ROUTES: tuple[tuple[str, Callable[[Request], Response]], ...] = (
    ("/robots.txt", show_robots),
    ("/trustyard/drafts/", show_forbidden),
    ("/neighbours/held/", show_forbidden),
    ("/trustyard", show_trustyard),
    ("/shelfwise", show_shelfwise),
    ("/neighbours", show_forum),
    ("/feeds/", show_feeds),
    ("/hn/", show_search),
    ("/api/v1/access_token", show_token),
    ("/api/info", show_reddit),
    ("/comments/", show_reddit),
    ("/r/", show_reddit),
)
"""The first route that a path starts with answers."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo web."""

    url: str
    """`http://127.0.0.1:<port>`, without a slash at the end."""
    seen: list[tuple[str, str]]
    """Method and target of every request so far, oldest first."""


@contextmanager
def serve_demo(port: int = 0) -> Iterator[Demo]:
    """Serve the demo's web on loopback in a thread while the block runs; port 0 takes a free one.

    Raises OSError if the port is taken.
    """
    load_pieces()
    server = _Server(("127.0.0.1", port), _Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Demo(f"http://127.0.0.1:{server.server_address[1]}", server.seen)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def route(request: Request) -> Response:
    """Find the site that a request is for and let it answer."""
    if request.path == "/":
        return show_index(request)
    for prefix, show in _ROUTES:
        if request.path.startswith(prefix):
            return show(request)
    return show_missing(request)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A kept-alive connection of a client must not hold up the end.
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.seen: list[tuple[str, str]] = []


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "demo"
    # Headers and body leave in one packet: in two, a kept-alive connection waits 40 ms for each answer.
    wbufsize = -1
    timeout = 30

    def do_GET(self) -> None:
        self._reply()

    def do_HEAD(self) -> None:
        self._reply()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._reply()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal quiet: it belongs to the demo's own output."""

    def _reply(self) -> None:
        self.server.seen.append((self.command, self.path))
        response = route(self._read_request())
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        if response.status != 304:
            self.send_header("Content-Length", str(len(response.body)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            # A client that asked for the end must be told of it, or may send its next request into nothing.
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def _read_request(self) -> Request:
        target = urlsplit(self.path)
        host = self.headers.get("Host") or "{}:{}".format(*self.server.server_address[:2])
        query = dict(parse_qsl(target.query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(unquote(target.path), query, headers, f"http://{host}", self.command)


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description="Serve the public web of a grocer that does not exist.")
    parser.add_argument("--port", type=int, default=PORT, help=f"port on 127.0.0.1 (0 takes a free one; {PORT} if not given)")
    arguments = parser.parse_args()
    with serve_demo(arguments.port) as demo:
        print(f"Serving {demo.url}/ (Ctrl-C ends it)", flush=True)
        try:
            # The kernel may hand Ctrl-C to the serving thread, which does not wake a main thread that waits for a lock.
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
