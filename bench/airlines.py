"""Real tweets about six airlines through the whole house: imported, tagged, and hot buttons beside the gold complaint reasons.

    python bench/airlines.py ../shared/data/eval/airline_tweets/train.jsonl

The model never trained on these tweets, and the topics are one line each, written before any figure was seen.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
CONFIG = ROOT / "tests" / "airlines.toml"
TOPIC_OF = {
    "Customer Service Issue": "service",
    "Late Flight": "late",
    "Cancelled Flight": "cancelled",
    "Lost Luggage": "lost_luggage",
    "Bad Flight": "bad_flight",
    "Flight Booking Problems": "booking",
    "Flight Attendant Complaints": "crew",
    "longlines": "lines",
    "Damaged Luggage": "damaged_luggage",
}


def run(folder: Path, *arguments: str) -> tuple[str, float]:
    """Run one command of Repute in `folder`; return what it printed and the seconds it took."""
    began = time.monotonic()
    command = [sys.executable, str(ROOT / "cli.py"), *arguments, "--config", str(folder / "config.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"repute {' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout, time.monotonic() - began


def gold_counts(rows: list[dict[str, str]], brand: str) -> Counter[str]:
    """Gold complaint reasons of one airline, by topic id."""
    return Counter(TOPIC_OF[row["topic"]] for row in rows if row["brand"] == brand and row["topic"] in TOPIC_OF)


def measure(file: Path, folder: Path) -> dict[str, object]:
    """Import, tag and ask; return the figures."""
    from scipy.stats import spearmanr

    from config import load_config
    from store.database import open_database
    from store.queries import find_words
    from store.scope import Scope

    (folder / "config.toml").write_text(CONFIG.read_text("utf-8"), "utf-8")
    imported, import_seconds = run(folder, "import", str(file.resolve()), "--kind", "post")
    _, tag_seconds = run(folder, "tag")
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    config = load_config(folder / "config.toml", {})
    names = {brand.id: brand.name for brand in config.brands}
    db = open_database(config.database)
    read = {
        (names[brand], row["text"]): row["sentiment"]
        for brand in names
        for row in find_words(db, Scope(brand=brand), limit=len(rows))
    }
    right = sum(read.get((row["brand"], row["text"])) == row["label"] for row in rows)
    airlines = {}
    for brand in names:
        answer = json.loads(run(folder, "hot-buttons", "--brand", brand, "--all-time", "--json")[0])
        found = {button["topic"]: button["complaints"] for button in answer["buttons"]}
        gold = gold_counts(rows, names[brand])
        pairs = [(gold[topic], found.get(topic, 0)) for topic in TOPIC_OF.values()]
        rank = float(spearmanr(*zip(*pairs, strict=True)).statistic)
        airlines[names[brand]] = {"gold": dict(gold), "found": found, "rank_correlation": rank}
    return {
        "rows": len(rows),
        "stored": len(read),
        "sentiment_accuracy": right / len(rows),
        "import_seconds": import_seconds,
        "tag_seconds": tag_seconds,
        "said": imported.splitlines()[1],
        "airlines": airlines,
    }


def show(figures: dict) -> None:
    """Print the figures as a table: gold count and found count of each topic, airline by airline."""
    topics = list(TOPIC_OF.values())
    print(f"{figures['said']}; import {figures['import_seconds']:.1f} s, tagging {figures['tag_seconds']:.1f} s")
    print(f"sentiment accuracy {100 * figures['sentiment_accuracy']:.1f} % of {figures['rows']}")
    print(f"{'gold → found':<16}" + "".join(f"{topic[:11]:>12}" for topic in topics) + f"{'rank corr.':>12}")
    for name, one in figures["airlines"].items():
        cells = (f"{one['gold'].get(topic, 0)} → {one['found'].get(topic, 0)}" for topic in topics)
        print(f"{name:<16}" + "".join(f"{cell:>12}" for cell in cells) + f"{one['rank_correlation']:>12.2f}")


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write the figures as JSON.")
def main(file: Path, as_json: bool) -> None:
    """Measure on the labelled tweets of FILE."""
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(file, Path(folder))
    if as_json:
        print(json.dumps(figures))
    else:
        show(figures)


if __name__ == "__main__":
    main()
