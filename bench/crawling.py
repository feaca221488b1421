"""How fast sources are crawled, beside bare Scrapy, in one run on one machine; bench/storing.py measures storing by itself.

    python bench/crawling.py [--pages 3000] [--answers 60] [--rounds 3] [--latency 0]

A server of its own process answers ready bytes on loopback: a review site (20 reviews a page, as HTML and as JSON-LD, each page
with a link to the next), and an API like Hacker News' search (100 hits an answer). They are read, in turn and repeatedly, by
- Repute: robots.txt, parsing, matching against 10 brands, storing with full-text index and copy groups, on two cores where
  there are two: a busy crawl takes in what it finds in a second process;
- a bare Scrapy spider that follows the same links without a pause, and yields a dict a review, read by CSS selectors (or a
  dict a hit, out of the JSON); nothing is matched or stored;
- one that reads the same dicts out of the JSON-LD, which is the least that can be done;
- one that only downloads and follows.
Each has one request at a time under way, which the server counts. The time of the processor is that of the
crawl, its second process among it.
`--latency` is how many milliseconds the server lets pass before it answers: 0 measures the processor, 100 is a near web site.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import html
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

NOW = "2026-10-05T08:00:00Z"
EACH = 20
"""Reviews of a page."""
HITS = 100
"""Hits of an answer."""
SEED = 7
NAMES = ["Acme", "Zenith", "Basket", "Norvex", "Lumio", "Karoo", "Pelta", "Fexon", "Brimo", "Solvay"]


def main() -> None:
    """Print pages and mentions per second, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--answers", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--role", help=argparse.SUPPRESS)
    parser.add_argument("--url", default="", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.role == "serve":
        serve(asked.pages, asked.answers, asked.latency / 1000)
    elif asked.role:
        play(asked.role, asked.url, asked.pages)
    else:
        compare(asked.pages, asked.answers, asked.rounds, asked.latency)


def compare(pages: int, answers: int, rounds: int, latency: float) -> None:
    """Run every reader in turn and print what came of it."""
    paces: dict[str, list[float]] = {}
    work: dict[str, list[float]] = {}
    with start_server(pages, answers, latency) as url:
        for _ in range(rounds):
            for role in ("pages:ours", "pages:css", "pages:json", "pages:bare", "api:ours", "api:json"):
                command = [sys.executable, __file__, "--role", role, "--url", url, "--pages", str(pages)]
                answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])
                assert count_most(url) == 1, f"{role} had several requests under way at once"
                wanted = pages * EACH if role.startswith("pages") else answers * HITS
                assert answer["items"] >= wanted or role == "pages:bare", answer
                paces.setdefault(role, []).append(answer["requests"] / answer["seconds"])
                work.setdefault(role, []).append(answer["requests"] / answer["processor"])
                print(f"{role:<12}{paces[role][-1]:>9.1f} a second", file=sys.stderr)
    speed = {role: statistics.median(found) for role, found in paces.items()}
    print(
        f"{pages} pages of {EACH} reviews, {answers} answers of {HITS} hits, {latency:g} ms latency, {rounds} rounds (median)"
    )
    say("pages: Repute, stored", speed["pages:ours"], "pages/s")
    say("pages: bare, CSS", speed["pages:css"], "pages/s", speed["pages:ours"], "wanted: 0.90")
    say("pages: bare, JSON-LD", speed["pages:json"], "pages/s", speed["pages:ours"])
    say("pages: download only", speed["pages:bare"], "pages/s", speed["pages:ours"])
    say("API: Repute, stored", speed["api:ours"], "answers/s")
    say("API: bare, JSON", speed["api:json"], "answers/s", speed["api:ours"], "wanted: 0.90")
    spent = {role: statistics.median(found) for role, found in work.items()}
    print("by processor time of the reader: pages", f"{spent['pages:ours'] / spent['pages:css']:.2f} of bare CSS,", end=" ")
    print(f"API {spent['api:ours'] / spent['api:json']:.2f} of bare JSON")


def count_most(url: str) -> int:
    """How many requests were under way at once, at most, since this was asked last."""
    with urlopen(f"{url}/most") as answer:
        return int(answer.read())


def say(name: str, pace: float, unit: str, ours: float | None = None, wanted: str = "") -> None:
    """Print one line."""
    ratio = f"   Repute : this = {ours / pace:.2f}" if ours is not None else ""
    print(f"{name:<26}{pace:>10.1f} {unit:<12}{ratio}" + (f"   ({wanted})" if wanted else ""))


# The site


def make_reviews(count: int, spacing: int = 40) -> list[dict[str, str]]:
    """Reviews newest first, of 10 to 60 words, of which most name a brand."""
    chance = random.Random(SEED)
    lines = [json.loads(line) for line in (ROOT / "demo/content/en_reviews.jsonl").open(encoding="utf-8")]
    words = [word for line in lines for word in str(line.get("text") or "").split()]
    moment = datetime.fromisoformat(NOW)
    made = []
    for number in range(count):
        moment -= timedelta(seconds=spacing)
        text = " ".join([chance.choice(NAMES), *chance.choices(words, k=chance.randint(10, 60))])
        written, stars = moment.strftime("%Y-%m-%dT%H:%M:%SZ"), str(chance.randint(1, 5))
        who = f"Person {number % 977}"
        made.append(
            {"n": str(100_000 + number), "author": who, "date": written, "rating": stars, "title": text[:30], "text": text}
        )
    return made


def as_page(reviews: list[dict[str, str]], following: str | None) -> bytes:
    """A page as review sites make them: for people in HTML, for machines in JSON-LD."""
    nodes = [
        {
            "@type": "Review",
            "@id": f"/review/{r['n']}",
            "author": {"@type": "Person", "name": r["author"]},
            "datePublished": r["date"],
            "name": r["title"],
            "reviewBody": r["text"],
            "reviewRating": {"@type": "Rating", "ratingValue": r["rating"], "bestRating": "5"},
        }
        for r in reviews
    ]
    linked = {"@context": "https://schema.org", "@type": "Organization", "name": "Trustyard", "review": nodes}
    seen = "".join(
        f'<article class="review" id="r{r["n"]}"><header><h3 class="title">{html.escape(r["title"])}</h3>'
        f'<span class="author">{r["author"]}</span><time datetime="{r["date"]}">{r["date"][:10]}</time>'
        f'<span class="stars" data-rating="{r["rating"]}"></span></header>'
        f'<p class="body">{html.escape(r["text"])}</p></article>'
        for r in reviews
    )
    link = f'<a rel="next" href="{following}">Next</a>' if following else ""
    script = json.dumps(linked).replace("</", "<\\/")
    return f'<!doctype html><html><head><meta charset="utf-8"><title>Reviews</title><script type="application/ld+json">{script}</script></head><body><main>{seen}</main>{link}</body></html>'.encode()  # fmt: skip  # noqa: E501


def as_hit(review: dict[str, str]) -> dict[str, object]:
    """A comment as Hacker News' search gives it."""
    return {
        "objectID": review["n"],
        "author": review["author"],
        "comment_text": html.escape(review["text"]),
        "story_title": "Shops",
        "created_at": review["date"],
        "created_at_i": int(datetime.fromisoformat(review["date"]).timestamp()),
        "story_id": 7,
        "parent_id": 7,
        "points": None,
        "_tags": ["comment"],
    }


def serve(pages: int, answers: int, latency: float) -> None:
    """Serve the site and the API until the parent goes."""
    reviews = make_reviews(pages * EACH)
    site = {
        f"/reviews?page={n}": as_page(reviews[(n - 1) * EACH : n * EACH], f"/reviews?page={n + 1}" if n < pages else None)
        for n in range(1, pages + 1)
    }
    hits = [as_hit(review) for review in make_reviews(answers * HITS, spacing=900)]

    waiting: set[object] = set()
    counts: list[int] = []

    def find(target: str) -> tuple[int, str, bytes]:
        if target == "/most":
            most = max(counts[:-1], default=0)
            counts.clear()
            return 200, "text/plain", str(most).encode()
        if target in site:
            return 200, "text/html; charset=utf-8", site[target]
        if target.startswith("/api/v1/search_by_date"):
            return 200, "application/json", search(hits, target)
        return 404, "text/plain", b""

    class Protocol(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport, self.waiting = transport, b""

        def data_received(self, data: bytes) -> None:
            self.waiting += data
            while b"\r\n\r\n" in self.waiting:
                head, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
                waiting.add(self)
                counts.append(len(waiting))
                status, kind, body = find(head.split(b" ", 2)[1].decode())
                start = f"HTTP/1.1 {status} OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
                asyncio.get_running_loop().call_later(latency, self.answer, start.encode() + body)

        def answer(self, data: bytes) -> None:
            waiting.discard(self)
            self.transport.write(data)

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Protocol, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)

    asyncio.run(run())


def search(hits: list[dict[str, Any]], target: str) -> bytes:
    """One page of a search: the hits of a window, newest first."""
    question = {key: values[0] for key, values in parse_qs(urlsplit(target).query).items()}
    since, until = (
        int(part.partition(sign)[2]) for part, sign in zip(question["numericFilters"].split(","), (">=", "<"), strict=True)
    )
    found = [hit for hit in hits if since <= hit["created_at_i"] < until]
    page = int(question["page"])
    answer = {
        "hits": found[page * HITS : (page + 1) * HITS],
        "nbHits": len(found),
        "nbPages": -(-len(found) // HITS),
        "page": page,
    }
    return json.dumps(answer).encode()


@contextlib.contextmanager
def start_server(pages: int, answers: int, latency: float) -> Iterator[str]:
    """The server in a process of its own."""
    command = [sys.executable, __file__, "--role", "serve", "--pages", str(pages), "--answers", str(answers)]
    command += ["--latency", str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.stdin.close()


# The readers


def play(role: str, url: str, pages: int) -> None:
    """Crawl once in this process and print what was read and how long it took."""
    print(json.dumps(crawl_ours(role, url, pages) if role.endswith(":ours") else crawl_bare(role, url)))


def crawl_ours(role: str, url: str, pages: int) -> dict[str, float]:
    """Crawl with Repute into a database of its own."""
    from config import load_config
    from crawlers.running import find_spiders, run_crawl

    brands = "".join(
        f'[[brands]]\nid = "{name.lower()}"\nname = "{name}"\nrole = "{"own" if name == "Acme" else "competitor"}"\n'
        f"query = '({name} OR \"{name} shop\" OR {name}care*) NOT (pulp OR recipe)'\n"
        for name in NAMES
    )
    source = (
        f'[sources.reviews]\npages = [{{ url = "{url}/reviews?page=1", follow = {pages + 1} }}]\n'
        if role.startswith("pages")
        else f'[sources.hackernews]\nurl = "{url}"\nqueries = ["Acme"]\nthreads = false\n'
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        head = '[repute]\ndatabase = "repute.db"\nbackfill = "90 days"\nallow_private_hosts = ["127.0.0.1"]\n'
        path.write_text(head + brands + source, encoding="utf-8")
        config = load_config(path, {})
        find_spiders()
        begun = sum(os.times()[:4])
        report = run_crawl(config, "reviews" if role.startswith("pages") else "hackernews", now=NOW)
        processor = sum(os.times()[:4]) - begun
    assert report.status == "finished", report
    return {"items": report.items, "requests": report.requests, "seconds": report.duration, "processor": processor}


def crawl_bare(role: str, url: str) -> dict[str, float]:
    """Crawl with a spider of Scrapy alone."""
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess

    from crawlers import settings as ours

    class Bare(scrapy.Spider):
        name = "bare"

        async def start(self) -> Any:
            yield scrapy.Request(f"{url}/reviews?page=1")

        def parse(self, response: Any) -> Any:
            if role == "pages:css":
                yield from read_css(response)
            elif role == "pages:json":
                yield from read_linked(response)
            following = response.css('a[rel="next"]::attr(href)').get()
            if following:
                yield response.follow(following)

    class BareApi(scrapy.Spider):
        name = "bare_api"

        async def start(self) -> Any:
            from crawlers.hackernews_walk import Slice, cut

            since = (datetime.fromisoformat(NOW) - timedelta(days=90)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            for piece in cut(Slice("Acme", since, NOW)):
                first, end = (int(datetime.fromisoformat(moment).timestamp()) for moment in (piece.since, piece.until))
                yield self.ask(first, end, 0)

        def ask(self, first: int, end: int, page: int) -> Any:
            filters = f"numericFilters=created_at_i%3E%3D{first}%2Ccreated_at_i%3C{end}"
            return scrapy.Request(
                f"{url}/api/v1/search_by_date?{filters}&page={page}", cb_kwargs={"window": (first, end, page)}
            )

        def parse(self, response: Any, window: tuple[int, int, int]) -> Any:
            answer = response.json()
            yield from answer["hits"]
            if window[2] + 1 < answer["nbPages"]:
                yield self.ask(window[0], window[1], window[2] + 1)

    process = AsyncCrawlerProcess(
        {"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "ROBOTSTXT_OBEY": False,
         # Without any delay Scrapy 2.19 sends all that waits at once, whatever the next line says.
         "DOWNLOAD_DELAY": 1e-3,
         "CONCURRENT_REQUESTS_PER_DOMAIN": ours.CONCURRENT_REQUESTS_PER_DOMAIN}
    )  # fmt: skip
    crawler = process.create_crawler(Bare if role.startswith("pages") else BareApi)
    begun, spent = time.monotonic(), time.process_time()
    process.crawl(crawler)
    process.start()
    seconds = time.monotonic() - begun
    stats = crawler.stats.get_stats()
    return {
        "items": stats.get("item_scraped_count", 0),
        "requests": stats["downloader/request_count"],
        "seconds": seconds,
        "processor": time.process_time() - spent,
    }


def read_css(response: Any) -> Iterator[dict[str, Any]]:
    """The reviews of a page by CSS selectors."""
    for review in response.css("article.review"):
        yield {
            "id": review.attrib["id"],
            "title": review.css("h3.title::text").get(),
            "author": review.css("span.author::text").get(),
            "date": review.css("time::attr(datetime)").get(),
            "rating": review.css("span.stars::attr(data-rating)").get(),
            "text": review.css("p.body::text").get(),
        }


def read_linked(response: Any) -> Iterator[dict[str, Any]]:
    """The reviews of a page out of its JSON-LD."""
    for review in json.loads(response.css('script[type="application/ld+json"]::text').get())["review"]:
        yield {
            "id": review["@id"],
            "title": review["name"],
            "author": review["author"]["name"],
            "date": review["datePublished"],
            "rating": review["reviewRating"]["ratingValue"],
            "text": review["reviewBody"],
        }


# Storing


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(ROOT))
    main()
