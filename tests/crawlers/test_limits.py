"""What a hostile or broken server may send: bombs, drips, headers without end. It costs its own page, little memory and no hang."""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import brotli
import pytest

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-10-05T08:00:00Z"
FEED = b"<rss version='2.0'><channel><title>t</title><item><guid>g</guid><title>hello</title></item></channel></rss>"
MEGABYTE = bytes(1024 * 1024)
BOMB = 64
"""Megabytes that each bomb unpacks to; 8 are allowed."""
CHILD = """
import json, pathlib, re, runpy, sys
import crawlers.settings as settings
settings.DOWNLOAD_TIMEOUT, settings.RETRY_TIMES = 3, 0
try:
    runpy.run_path(sys.argv.pop(1), run_name="__main__")
finally:
    # Not getrusage: it would count the memory of the parent, from before the exec.
    print(int(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]) // 1024)
"""


def crawl_bounded(config: Path) -> tuple[dict, int]:
    """A crawl with a short time limit, in a process of its own: its report, and its peak memory in MB."""
    arguments = json.dumps({"config": str(config), "source": "feeds", "now": NOW})
    child = str(Path(__file__).with_name("child.py"))
    done = subprocess.run(
        [sys.executable, "-c", CHILD, child, arguments], cwd=ROOT, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.stdout, done.stderr
    report, peak = done.stdout.splitlines()
    return json.loads(report) | {"log": done.stderr}, json.loads(peak)


def feeds(urls: list[str]) -> str:
    listed = ", ".join(f'{{ url = "{url}", site = "s{number}", own_feed = true }}' for number, url in enumerate(urls))
    return f"[sources.feeds]\nfeeds = [{listed}]\n"


def deflated() -> bytes:
    packer = zlib.compressobj(9)
    return b"".join([*(packer.compress(MEGABYTE) for _ in range(BOMB)), packer.flush()])


def layered(times: int) -> bytes:
    body = FEED
    for _ in range(times):
        body = gzip.compress(body)
    return body


def test_bombs_are_refused_in_little_memory_and_honest_packing_is_read(serve_web, configure):
    bombs = {
        "gzip": gzip.compress(MEGABYTE) * BOMB,
        "br": brotli.compress(MEGABYTE * BOMB, quality=1),
        "deflate": deflated(),
        "gzip, gzip": gzip.compress(gzip.compress(MEGABYTE) * BOMB),
        ", ".join(["gzip"] * 3): layered(3),
        ", ".join(["gzip"] * 900): b"x",
    }
    honest = {
        "gzip": gzip.compress(FEED),
        "br": brotli.compress(FEED),
        "deflate": zlib.compress(FEED),
        "gzip, gzip": layered(2),
    }
    assert max(map(len, bombs.values())) < 200_000
    routes = {f"/bomb{number}": (200, {"Content-Encoding": name}, body) for number, (name, body) in enumerate(bombs.items())}
    routes |= {f"/feed{number}": (200, {"Content-Encoding": name}, body) for number, (name, body) in enumerate(honest.items())}
    web = serve_web(routes)
    report, peak = crawl_bounded(configure(feeds([web.url + path for path in routes])))
    told = [line for line in report["log"].splitlines() if "/bomb" in line and line.startswith("ERROR:crawlers")]
    assert (report["status"], report["items"], report["errors"]) == ("finished", len(honest), len(bombs))
    assert [words.rpartition(": ")[2] for words in told[:4]] == ["is too big once unpacked"] * 4
    assert [words.rpartition(": ")[2] for words in told[4:]] == [
        "is packed 3 times over, which no honest server does",
        "is packed 900 times over, which no honest server does",
    ]
    # A crawl of nothing takes about 110 MB; the bombs unpack to 256.
    assert peak < 190


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]):
    """A server that says what it likes to whoever connects."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        try:
            connection.recv(65536)
            talk(connection)
        except OSError:
            pass  # the client hung up, which is what it should do
        finally:
            connection.close()

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/feed"
    finally:
        listener.close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"


def drip_body(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n<rss>")
    for _ in range(1000):
        time.sleep(0.2)
        connection.sendall(b" ")


def drip_head(connection: socket.socket) -> None:
    connection.sendall(HEAD)
    for number in range(1000):
        time.sleep(0.2)
        connection.sendall(b"X-%d: y\r\n" % number)


def flood_head(connection: socket.socket) -> None:
    connection.sendall(HEAD)
    lines = b"".join(b"X-%d: y\r\n" % number for number in range(5000))
    while True:
        connection.sendall(lines)


def flood_informal(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 2000)


def flood_body(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    while True:
        connection.sendall(chunk)


def long_line(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"X-Long: ")
    while True:
        connection.sendall(b"y" * 65536)


def test_answers_without_end_cost_their_own_page_little_memory_and_no_hang(serve_web, configure):
    web = serve_web({"/good": (200, {}, FEED)})
    talks = (drip_body, drip_head, flood_head, flood_informal, flood_body, long_line)
    servers = [raw_server(talk) for talk in talks]
    urls = [server.__enter__() for server in servers]
    try:
        began = time.monotonic()
        report, peak = crawl_bounded(configure(feeds([*urls, f"{web.url}/good"])))
        took = time.monotonic() - began
    finally:
        for server in servers:
            server.__exit__(None, None, None)
    assert (report["status"], report["items"], report["errors"]) == ("finished", 1, len(talks))
    told = {url: line for url in urls for line in report["log"].splitlines() if url in line and line.startswith("ERROR:crawl")}
    assert ["the server does not answer in time" in told[url] for url in urls[:2]] == [True, True]
    assert ["sends headers without end" in told[url] for url in urls[2:4]] == [True, True]
    # On a busy machine the time may run out before the eight megabytes do.
    assert any(words in told[urls[4]] for words in ("is too big: over 8 MB", "the server does not answer in time"))
    assert "the connection failed" in told[urls[5]]
    assert "Traceback" not in report["log"]
    # Six servers one after the other, three seconds each at most, on a machine that may be busy.
    assert took < 100
    assert peak < 190


def test_what_is_in_the_first_and_the_last_byte_of_the_limits():
    from scrapy.exceptions import IgnoreRequest
    from scrapy.http import Response

    from crawlers.transport import refuse_layers

    refuse_layers(Response("http://x/", headers={"Content-Encoding": "gzip, br"}))
    refuse_layers(Response("http://x/", headers={"Content-Encoding": "identity"}))
    with pytest.raises(IgnoreRequest, match="is packed 3 times over"):
        refuse_layers(Response("http://x/", headers={"Content-Encoding": ["gzip, br", "gzip"]}))
