"""How fast whole pages are served: made for the first time, kept, and after somebody wrote to the store.

    python bench/serving.py [--size 1000000] [--folder build/queries] [--rounds 5]

`repute serve` runs as a process of its own over the store of `bench/queries.py`, and every page is asked for over HTTP: of each
brand and some windows. The first asking makes the page, those after it find it kept. Then the store is written to, and the page
that people look at is asked for at once, which makes it anew, and once more after the server had time to do that by itself.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import httpx
from query_beside import NOW
from query_store import make_store
from query_texts import BRANDS

from dashboard.keeping import MOST_REMADE, PAUSE
from store.database import open_database, write

ROOT = Path(__file__).resolve().parent.parent
PATHS = ("/", "/trend", "/service", "/compare", "/coverage", "/topic?topic=refund")
WINDOWS = ("week", "4w", "12w", "52w", "all")
WANTED = 100.0
"""Milliseconds, of a page that people look at."""


def main() -> None:
    """Serve, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1_000_000, help="mentions of the store")
    parser.add_argument("--folder", type=Path, default=Path("build/queries"))
    parser.add_argument("--rounds", type=int, default=5, help="how often a kept page is asked for")
    asked = parser.parse_args()
    config = make_store(asked.folder, asked.size)
    with serve(config.path) as client:
        print(f"{asked.size:,} mentions\n{'page':<18}{'made p50':>9}{'p95':>9}{'kept p50':>9}{'p95':>9}{'made : kept':>13}")
        for path in PATHS:
            measure(client, path, asked.rounds)
        after_a_change(client, config.database)


@contextlib.contextmanager
def serve(config: Path) -> Iterator[httpx.Client]:
    """A served dashboard; its time is that of the store's last mentions."""
    command = [sys.executable, "-m", "cli", "serve", "--port", "0", "--as-of", NOW, "--config", str(config.resolve())]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[1]
            with httpx.Client(base_url=address, timeout=120) as client:
                yield client
        finally:
            process.terminate()


def measure(client: httpx.Client, path: str, rounds: int) -> None:
    """One page of each brand and window: the first time, and again."""
    made, kept = [], []
    for brand, window in itertools.product(BRANDS, WINDOWS):
        address = f"{path}{'&' if '?' in path else '?'}brand={brand}&last={window}"
        made.append(ask(client, address))
        kept += [ask(client, address) for _ in range(rounds)]
    first, again = quantiles(made), quantiles(kept)
    figures = "".join(f"{figure:>9.1f}" for figure in (*first, *again))
    print(f"{path.partition('?')[0]:<18}{figures}{first[0] / again[0]:>13.1f}", flush=True)


def after_a_change(client: httpx.Client, path: Path) -> None:
    """What a write costs the next who look: the last pages asked for, at once, and after the server rested."""
    pages = [f"/?brand={brand}&last={window}" for brand, window in itertools.product(BRANDS[:2], WINDOWS)][:MOST_REMADE]
    for address in pages:
        client.get(address)
    change(path)
    at_once = quantiles([ask(client, address) for address in pages])
    change(path)
    wait_until_ready(client, path, pages)
    ready = quantiles([ask(client, address) for address in pages])
    print(f"after a write: front page at once p50 {at_once[0]:.0f} ms, p95 {at_once[1]:.0f} ms;", end=" ")
    print(f"made anew unasked: p50 {ready[0]:.1f} ms, p95 {ready[1]:.1f} ms, wanted at most {WANTED:.0f}")


def change(path: Path) -> None:
    """Commit a change. It must be one: SQLite writes nothing where a row gets the values that it has."""
    with contextlib.closing(open_database(path)) as db, write(db):
        db.execute("update crawls set items = coalesce(items, 0) + 1 where id = 1")


def wait_until_ready(client: httpx.Client, path: Path, pages: Sequence[str]) -> None:
    """As long as the server may take to see the write, and to make as many pages anew."""
    begun = time.monotonic()
    time.sleep(2 * PAUSE)
    while ask(client, pages[0]) > WANTED and time.monotonic() - begun < 60:
        time.sleep(1)
    time.sleep(len(pages))


def ask(client: httpx.Client, address: str) -> float:
    """Milliseconds of one page."""
    begun = time.perf_counter()
    answer = client.get(address)
    answer.raise_for_status()
    return (time.perf_counter() - begun) * 1000


def quantiles(times: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    ordered = sorted(times)
    return ordered[len(ordered) // 2], ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]


if __name__ == "__main__":
    main()
