"""A busy crawl in two processes: the same rows as in one, and nothing claimed that is not stored, whoever is killed."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from loopback import NOW, ROOT, Web, query, write_config

from config import load_config
from crawlers.context import SourceError
from crawlers.running import hold_source, run_crawl

PAGES, EACH = 40, 10
BUSY = """
import runpy, sys
sys.modules["pandas"] = None  # half a second a process, where sqlite-utils finds it
import crawlers.handover as handover, crawlers.pipelines as pipelines, crawlers.settings as settings
settings.REPUTE_BUSY_SECONDS = settings.REPUTE_BUSY_SHARE = 0.0
pipelines.count_cores = lambda: 2
sent, send = [], handover.Handover.send
handover.Handover.send = lambda self, records: (sent.append(len(records)), send(self, records))[1]
exec(sys.argv.pop(1))
try:
    runpy.run_path(sys.argv.pop(1), run_name="__main__")
finally:
    print(sum(sent))
"""
BRAND = """
[[brands]]
id = "acme"
name = "Acme"
role = "own"
query = "acme"
"""
LONG = "Acme brought it three hours late on Friday evening and the frozen peas had thawed into a warm green soup while the courier said he knew nothing about any of it at all"


def as_page(number: int, pages: int = PAGES, each: int = EACH, padding: str = "", prose: str = "") -> bytes:
    """Reviews of which some concern nobody and some are copies, and the way to the next page, below some `prose`."""
    reviews = []
    for n in range(number * each, (number + 1) * each):
        text = f"{LONG} {n // 7}" if n % 7 == 0 else "nothing to do with us" if n % 5 == 0 else f"acme {n} is fine"
        written = f"2026-09-{28 - number % 28:02d}T10:00:{n % 60:02d}Z"
        author = {"@type": "Person", "name": f"Person {n}"}
        reviews.append({"@type": "Review", "@id": f"/review/{1000 + n}", "author": author, "datePublished": written})
        reviews[-1] |= {"reviewBody": text + padding}
    linked = json.dumps({"@context": "https://schema.org", "@type": "Organization", "name": "Yard", "review": reviews})
    following = f'<a rel="next" href="/reviews?page={number + 1}">Next</a>' if number + 1 < pages else ""
    return f'<html><body><script type="application/ld+json">{linked}</script>{prose}{following}</body></html>'.encode()


class Site:
    """A review site on loopback, and one crawl of it, which it can stop at a page until something happens."""

    def __init__(self, folder: Path, serve_web: Callable[..., Web], pages: int = PAGES, each: int = EACH, **more: str):
        self.folder = folder
        self.gates: dict[int, Callable[[], None]] = {}
        self.process: subprocess.Popen[str] | None = None

        def answer(target, headers, body):
            number = int(target.partition("page=")[2])
            if gate := self.gates.pop(number, None):
                gate()
            return 200, {"ETag": f'"{number}"'}, as_page(number, pages, each, **more)

        self.web = serve_web({"/reviews": answer})
        pages_table = (
            f'[sources.reviews]\npages = [{{ url = "{self.web.url}/reviews?page=0", site = "yard", follow = {pages} }}]'
        )
        self.config = write_config(folder, BRAND + pages_table)

    def start(self, change: str = "", **options: object) -> subprocess.Popen[str]:
        """Begin a crawl that takes a second process at once, in a process where `change` has been run."""
        arguments = json.dumps({"config": str(self.config), "source": "reviews", "now": NOW} | options)
        child = str(Path(__file__).with_name("child.py"))
        self.process = subprocess.Popen(
            [sys.executable, "-c", BUSY, change, child, arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        return self.process

    def second(self) -> int:
        """Wait for the second process to have opened the store; its number."""
        assert self.process is not None
        for _ in range(400):
            for number in children(self.process.pid):
                if any(name.endswith("repute.db") for name in open_files(number)):
                    time.sleep(0.1)  # until it has said so
                    return number
            time.sleep(0.05)
        raise AssertionError("no second process within 20 s")

    def end(self) -> tuple[dict, int, str]:
        """Wait for the crawl: its report, how many records the second process got, and its log."""
        assert self.process is not None
        out, err = self.process.communicate(timeout=60)
        report, sent = out.splitlines()
        return json.loads(report), int(sent), err

    def crawl(self, change: str = "", **options: object) -> tuple[dict, int, str]:
        """A whole crawl, which goes on in two processes from its second page on."""
        self.gates[1] = lambda: (self.second(), None)[1]
        self.start(change, **options)
        return self.end()

    def claims(self) -> int:
        """How many pages the store says are read. Everything on each of them must be stored."""
        claimed = [
            int(name.partition("page=")[2])
            for (name,) in query(self.folder, "select name from cursors where name like 'page %'")
        ]
        stored = {name for (name,) in query(self.folder, "select external_id from mentions")}
        for number in claimed:
            ours = {f"/review/{1000 + n}" for n in range(number * EACH, (number + 1) * EACH) if n % 5 or n % 7 == 0}
            assert ours <= stored, f"page {number} is said to be read"
        return len(claimed)


@pytest.fixture
def site(tmp_path, serve_web):
    return Site(tmp_path, serve_web)


def children(number: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{number}/task/{number}/children").read_text().split()]
    return []


def open_files(number: int) -> list[str]:
    found = []
    with contextlib.suppress(OSError):
        for link in Path(f"/proc/{number}/fd").iterdir():
            with contextlib.suppress(OSError):
                found.append(str(link.readlink()))
    return found


def wait_for_end(number: int) -> None:
    """Wait until a process is no more."""
    for _ in range(400):
        try:
            if Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except OSError:
            return
        time.sleep(0.05)
    pytest.fail(f"process {number} is still there after 20 s")


def wait_for_file(path: Path) -> None:
    """Wait until another process has made a file."""
    for _ in range(400):
        if path.exists():
            return
        time.sleep(0.05)
    pytest.fail(f"no {path.name} after 20 s")


EVERYTHING = {
    "mentions": "select * from mentions order by id",
    "brands": "select * from mention_brands order by mention, brand",
    "bands": "select * from copy_bands order by band, mention",
    "watches": "select * from watches order by id",
    "cursors": "select * from cursors order by site, name",
    "crawls": "select id, source, status, requests, items, new, updated, dropped, errors, error, bytes, since, until, complete, cursor from crawls",
}
FULL = PAGES * EACH
NOBODYS = sum(n % 5 == 0 and n % 7 != 0 for n in range(FULL))


def test_two_processes_store_what_one_stores(site, tmp_path):
    there = {}
    for change, least in (("", FULL - 3 * EACH), ("settings.REPUTE_BUSY_SECONDS = 1e9", 0)):
        if not least:
            site.gates[1] = lambda: None
            site.start(change)
            report, sent, _ = site.end()
        else:
            report, sent, _ = site.crawl(change)
        assert sent >= least
        assert sent == 0 or least
        assert (report["status"], report["items"], report["new"]) == ("finished", FULL, FULL - NOBODYS)
        assert report["dropped"] == [["no brand", NOBODYS]]
        there[sent > 0] = {name: query(tmp_path, sql) for name, sql in EVERYTHING.items()}
        for path in tmp_path.glob("repute.db*"):
            path.unlink()
    assert there[True] == there[False]
    assert len(set(there[True]["mentions"])) == FULL - NOBODYS


@pytest.mark.parametrize("victim", ["crawl", "second"])
def test_whoever_is_killed_nothing_is_claimed_that_is_not_stored_and_the_next_crawl_has_all(site, tmp_path, victim):
    chance = random.Random(victim)
    for page in (5, 25):
        seconds = []

        def kill(page=page, seconds=seconds):
            seconds.append(site.second())
            site.gates[page + 3] = strike

        def strike(seconds=seconds):
            time.sleep(chance.random() / 20)
            os.kill(site.process.pid if victim == "crawl" else seconds[0], signal.SIGKILL)

        site.gates[page] = kill
        site.start(since="2026-09-01T00:00:00Z")
        if victim == "crawl":
            site.process.communicate(timeout=60)
            assert site.process.returncode == -signal.SIGKILL
        else:
            report, sent, log = site.end()
            words = "the process that stores what this crawl finds has ended (killed by SIGKILL); crawl again"
            assert (report["status"], report["error"], sent > 0) == ("failed", words, True)
            assert words in log
            assert "Traceback" not in log
            assert "never retrieved" not in log
        wait_for_end(seconds[0])
        assert site.claims() > 0
    report, _, _ = site.crawl(since="2026-09-01T00:00:00Z")
    assert report["status"] == "finished"
    assert site.claims() == PAGES
    assert query(tmp_path, "select count(*), count(distinct external_id) from mentions") == [(FULL - NOBODYS, FULL - NOBODYS)]


def test_what_a_killed_crawl_handed_over_is_stored_before_anybody_else_has_the_source(site, tmp_path):
    seconds = []
    site.gates[1] = lambda: seconds.append(site.second())
    site.gates[20] = lambda: (os.kill(seconds[0], signal.SIGSTOP), os.kill(site.process.pid, signal.SIGKILL))
    site.start()
    site.process.wait(60)
    with pytest.raises(SourceError, match="reviews: is being crawled already"):
        run_crawl(load_config(site.config, {}), "reviews", now=NOW)
    before = query(tmp_path, "select count(*) from mentions")[0][0]
    os.kill(seconds[0], signal.SIGCONT)
    wait_for_end(seconds[0])
    site.process.communicate(timeout=60)
    assert query(tmp_path, "select count(*) from mentions")[0][0] > before
    assert site.claims() > 5
    with hold_source(tmp_path / "repute.db", "reviews"):
        pass


def test_the_network_waits_for_a_second_process_that_is_behind(tmp_path, serve_web):
    # Half a megabyte waits for the process, which is what is in forty of these pages, and Scrapy lets 5 MB of answers wait,
    # which is about thirty of them.
    pages = 100
    site = Site(tmp_path, serve_web, pages=pages, padding=" and more" * 130, prose="<p>" + "not in a review " * 10_000)
    stopped = []

    def stop():
        stopped.append(site.second())
        os.kill(stopped[0], signal.SIGSTOP)

    site.gates[2] = stop
    site.start()
    before, asked = -1, 0
    while asked > before or asked < 5:
        before = asked
        time.sleep(0.5)
        asked = site.web.count("/reviews")
    assert 5 < asked < pages - 15
    os.kill(stopped[0], signal.SIGCONT)
    report, sent, _ = site.end()
    assert (report["status"], report["items"], report["requests"]) == ("finished", pages * EACH, pages + 1)
    assert sent > 0
    assert query(tmp_path, "select count(*) from mentions") == [(report["new"],)]
    wait_for_end(stopped[0])


def test_a_crawl_that_is_told_to_end_waits_for_what_it_handed_over(site, tmp_path):
    seconds = []
    site.gates[1] = lambda: seconds.append(site.second())
    site.gates[20] = lambda: (
        os.kill(seconds[0], signal.SIGSTOP),
        site.process.send_signal(signal.SIGTERM),
        time.sleep(1),
        os.kill(seconds[0], signal.SIGCONT),
    )
    site.start()
    report, sent, _ = site.end()
    wait_for_end(seconds[0])
    assert (report["status"], sent > 100) == ("interrupted", True)
    assert report["items"] >= 20 * EACH
    dropped = dict(report["dropped"])["no brand"]
    assert query(tmp_path, "select count(*) from mentions") == [(report["items"] - dropped,)]
    assert query(tmp_path, "select status, items, new from crawls") == [
        ("interrupted", report["items"], report["items"] - dropped)
    ]
    assert site.claims() > 10


def test_a_limit_ends_a_crawl_in_two_processes(site, tmp_path):
    report, sent, _ = site.crawl(limit=100)
    assert (report["status"], sent > 50) == ("finished", True)
    assert 100 <= report["items"] <= 100 + 2 * EACH
    assert query(tmp_path, "select count(*) from mentions") == [(report["new"],)]


def test_a_store_that_breaks_ends_the_crawl_with_the_same_words_and_vouches_for_nothing(site, tmp_path):
    told = []
    for change in ("", "settings.REPUTE_BUSY_SECONDS = 1e9"):
        site.gates[1] = (lambda: None) if change else (lambda: (site.second(), None)[1])
        site.gates[12] = lambda: query(tmp_path, "alter table copy_bands rename to elsewhere")
        site.start(change)
        report, sent, _ = site.end()
        assert (report["status"], sent > 0) == ("failed", not change)
        told.append(report["error"])
        assert site.claims() <= 12
        for path in tmp_path.glob("repute.db*"):
            path.unlink()
    assert told[0] == told[1]
    assert "repute.db: no such table" in told[0]


BAD = """
import dataclasses, crawlers.reviews as reviews
keep = reviews.ReviewsSpider.keep
def spoil(self, mentions, trail):
    for mention in keep(self, mentions, trail):
        yield dataclasses.replace(mention, title=b'x') if mention.external_id == '/review/1203' else mention
reviews.ReviewsSpider.keep = spoil
"""


@pytest.mark.parametrize("beside", [True, False])
def test_one_record_that_breaks_us_costs_one_record_and_is_told(site, tmp_path, beside):
    if beside:
        report, sent, log = site.crawl(BAD)
    else:
        site.start(BAD + "settings.REPUTE_BUSY_SECONDS = 1e9")
        report, sent, log = site.end()
    assert (report["status"], report["errors"], sent > 300) == ("failed", 1, beside)
    assert "a fault in Repute itself" in report["error"]
    assert log.count("Traceback") == 1
    assert "TypeError: sequence item 4: expected str instance, bytes found" in log
    stored = {name for (name,) in query(tmp_path, "select external_id from mentions")}
    assert (len(stored), "/review/1203" in stored) == (FULL - NOBODYS - 1, False)


def test_a_second_process_that_cannot_start_is_told_and_the_crawl_goes_on_in_one(site, tmp_path):
    ends = "handover.START = 'import sys; sys.exit(3)'"
    heard = "listen = handover.Handover.listen; handover.Handover.listen = lambda *a: noted(listen(*a))"
    mark = f"async def noted(listening):\n    await listening\n    open({str(tmp_path / 'ended')!r}, 'w').close()"
    site.gates[1] = lambda: wait_for_file(tmp_path / "ended")
    site.start(f"{ends}\n{mark}\n{heard}")
    report, sent, log = site.end()
    assert (report["status"], report["new"], report["errors"], sent) == ("finished", FULL - NOBODYS, 0, 0)
    assert [line for line in log.splitlines() if line.strip()] == [
        "WARNING:crawlers.handover:no second process for this crawl, which goes on in one: it has ended (exit code 3)"
    ]


def test_a_dry_look_and_a_crawl_at_leisure_stay_in_one_process(site, tmp_path):
    site.start(dry=True)
    _, sent, _ = site.end()
    assert (sent, sorted(path.name for path in tmp_path.iterdir())) == (0, ["config.toml"])
    site.start("settings.REPUTE_BUSY_SHARE = 1.0")
    report, sent, _ = site.end()
    assert (report["status"], sent) == ("finished", 0)
