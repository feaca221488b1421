"""How fast every question of the page, the digest and the commands is answered, and what a mention weighs on the disk.

    python bench/queries.py [--sizes 1000000] [--folder build/queries] [--runs 20] [--seconds 20] [--only hot,page]

`bench/query_store.py` makes a store of each size (once: it is kept in the folder). Each line is one question over one kind of
window, asked of one brand after the other, of windows that end 0 to 7 weeks ago, in a process that has read the facts of all
brands before, as `repute serve` does when it starts; each time the store is opened anew, as the page and the commands do.
Beside it stands the bare SQL that somebody would write over the tables for the same figures: counts, distinct people and
labels alone, without intervals, coverage, quotes, comparison or corrections. Wanted: a p95 of at most 100 ms (whole pages and
the digest ask several questions: `bench/serving.py`), told for each question and for all askings together. With several sizes
the growth of the p95 is printed beside that of the mentions.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from query_beside import NOW
from query_bytes import print_bytes
from query_questions import Ask, Case, Question, list_questions, make_cases, spread
from query_store import make_store
from sqlite_utils import Database

from config import Config
from store.database import read_database

WANTED = 100.0
"""Milliseconds."""
FEWEST = 3
"""Runs of a question that takes longer than it may."""
PLAIN_RUNS = 3


@dataclass(frozen=True, kw_only=True)
class Line:
    """What was measured of a question over one kind of window, in milliseconds."""

    name: str
    took: Sequence[float]
    """Of each asking, in order of length."""
    plain: float
    """Median of the bare SQL."""
    whole: bool
    """As `Question.whole`."""

    @property
    def median(self) -> float:
        """Of the askings."""
        return self.took[len(self.took) // 2]

    @property
    def p95(self) -> float:
        """Of the askings."""
        return quantile95(self.took)


def quantile95(ordered: Sequence[float]) -> float:
    """What 95 % of some numbers in order do not exceed."""
    return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]


def measure(question: Question, cases: Iterator[Case], runs: int, seconds: float, name: str) -> Line:
    """Ask a question again and again, for at most so many seconds; the first asking only warms."""
    time_one(question.ask, next(cases))
    ordered = sorted(time_often(question.ask, cases, runs, seconds))
    plain = sorted(time_often(partial(ask_plainly, question.plain), cases, PLAIN_RUNS, seconds))
    return Line(
        name=name,
        took=ordered,
        plain=plain[len(plain) // 2],
        whole=question.whole,
    )


def time_often(ask: Ask, cases: Iterator[Case], runs: int, seconds: float) -> list[float]:
    """Milliseconds of each of some askings, as many as fit in the time, and FEWEST at least."""
    took: list[float] = []
    begun = time.monotonic()
    while len(took) < runs and (len(took) < FEWEST or time.monotonic() - begun < seconds):
        took.append(time_one(ask, next(cases)))
    return took


def ask_plainly(statements: Sequence[str], db: Database, case: Case) -> None:
    """Run bare SQL."""
    for statement in statements:
        db.execute(statement, case.bound).fetchall()


def time_one(ask: Ask, case: Case) -> float:
    """Milliseconds of one asking, with opening the store."""
    begun = time.perf_counter()
    with contextlib.closing(read_database(case.config.database)) as db:
        ask(db, case)
    return (time.perf_counter() - begun) * 1000


def measure_all(config: Config, *, runs: int, seconds: float, only: Sequence[str] = ()) -> list[Line]:
    """Measure every question, and print each line as it comes."""
    print(f"{'question':<34}{'runs':>5}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}  wanted{'bare SQL':>10}{'p50 : bare':>12}")
    lines = []
    warm(config)
    for question in list_questions():
        if only and not any(question.name.startswith(name) for name in only):
            continue
        for name, last, filters in spread(question):
            lines.append(measure(question, make_cases(config, last, **filters), runs, seconds, name))
            print_line(lines[-1])
    asked = [line for line in lines if not line.whole]
    if asked:
        met, slowest = sum(line.p95 <= WANTED for line in asked), max(line.p95 for line in asked)
        print(f"{met} of {len(asked)} questions within {WANTED:.0f} ms; slowest p95 {slowest:,.0f} ms")
        count = sum(len(line.took) for line in asked)
        print(f"p95 of all {count:,} askings together {pooled(asked):,.0f} ms")
    return lines


def warm(config: Config) -> None:
    """Settle as `repute serve` does, make the pages that it makes when it starts, and keep them ready as it does."""
    from dashboard.app import keep_pages
    from dashboard.memory import settle
    from store.remembering import watch

    settle()
    pages = keep_pages(config, lambda: NOW)
    watch(pages.changes)
    stop = threading.Event()
    pages.remake(stop, pages.find_moment())
    pages.meanwhile()
    threading.Thread(target=pages.keep_ready, args=(stop,), daemon=True).start()


def print_line(line: Line) -> None:
    """Print what was measured."""
    met = "-" if line.whole else "yes" if line.p95 <= WANTED else "NO"
    print(
        f"{line.name:<34}{len(line.took):>5}{line.median:>9.1f}{line.p95:>9.1f}{line.took[-1]:>9.1f}  {met:<6}"
        f"{line.plain:>10.1f}{line.median / line.plain:>12.2f}",
        flush=True,
    )


def print_growth(sizes: Sequence[int], measured: Sequence[Sequence[Line]]) -> None:
    """How the p95 grows from the first size to the last, beside how the mentions do."""
    linear = sizes[-1] / sizes[0]
    print(f"\n{'growth of p95':<34}{sizes[0]:>12,}{sizes[-1]:>12,}{'times':>8}   (linear: {linear:.1f})")
    pairs = [(one.name, one.p95, other.p95) for one, other in zip(measured[0], measured[-1], strict=True)]
    pairs.append(("all askings together", pooled(measured[0]), pooled(measured[-1])))
    for name, first, last in pairs:
        times = last / first
        print(f"{name:<34}{first:>12.1f}{last:>12.1f}{times:>8.1f}   {'less' if times < linear else 'MORE'}")


def pooled(lines: Sequence[Line]) -> float:
    """The p95 of all askings of all questions together."""
    return quantile95(sorted(one for line in lines for one in line.took))


def main() -> None:
    """Make the stores, ask everything, and weigh the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000000", help="mentions of each store, joined by commas")
    parser.add_argument("--folder", type=Path, default=Path("build/queries"))
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0, help="longest time for one line")
    parser.add_argument("--only", default="", help="beginnings of the questions to ask, joined by commas")
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.sizes.split(",")]
    measured = []
    for size in sizes:
        config = make_store(asked.folder, size)
        print(f"\n{size:,} mentions, {config.database}")
        only = [name for name in asked.only.split(",") if name]
        measured.append(measure_all(config, runs=asked.runs, seconds=asked.seconds, only=only))
        print_bytes(config.database)
    if len(sizes) > 1:
        print_growth(sizes, measured)


if __name__ == "__main__":
    main()
