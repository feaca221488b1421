"""Real tweets about six airlines through the whole house, held against what people say of them.

    python bench/airlines.py ../shared/data/eval/airline_tweets/train.jsonl [--judged 200] [--draws 5]

The tweets are imported and tagged by the commands. Then, airline by airline:
- the hot buttons beside the gold complaint reasons: rank correlation of the nine topics, and how far the share of mentions that
  complain of a topic is off, in points (mean of the topics);
- the share of negative mentions beside the gold one: as the classifier tells it, and as `repute overview` corrects it once
  `--judged` mentions of the airline were drawn by `repute sample`, labelled as the gold is, and kept by `repute judge`.
The model never trained on these tweets, and the topics are one line each, written before any figure was seen. What judgements
are worth in other domains, at other prevalences and numbers, is measured by `bench/prevalence.py`.
"""

from __future__ import annotations

import contextlib
import csv
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import fmean

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
CONFIG = ROOT / "tests" / "airlines.toml"
STORE = ("config.toml", "repute.db", "repute.secret")
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
"""What a copy of the store needs; the vectors, in their own file, are not asked."""
Row = dict[str, str]


def run(folder: Path, *arguments: str) -> tuple[str, float]:
    """Run one command of Repute in `folder`; return what it printed and the seconds it took."""
    began = time.monotonic()
    command = [sys.executable, str(ROOT / "cli.py"), *arguments, "--config", str(folder / "config.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"repute {' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout, time.monotonic() - began


def gold_counts(rows: list[Row], brand: str) -> Counter[str]:
    """Gold complaint reasons of one airline, by topic id."""
    return Counter(TOPIC_OF[row["topic"]] for row in rows if row["brand"] == brand and row["topic"] in TOPIC_OF)


def measure(file: Path, folder: Path, *, judged: int, draws: int) -> dict[str, object]:
    """Import, tag and ask; return the figures. Raises SystemExit where a command fails."""
    (folder / "config.toml").write_text(CONFIG.read_text("utf-8"), "utf-8")
    imported, import_seconds = run(folder, "import", str(file.resolve()), "--kind", "post")
    _, tag_seconds = run(folder, "tag")
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    names, read = read_store(folder, len(rows))
    told = {(names[brand], one["text"]): one["sentiment"] for brand, found in read.items() for one in found}
    gold = {(row["brand"], row["text"]): row["label"] for row in rows}
    airlines = {}
    for brand, found in read.items():
        labels = {one["mention"]: gold[names[brand], one["text"]] for one in found}
        airline = find_topics(folder, brand, gold_counts(rows, names[brand]), len(found))
        airline["negative"] = find_shares(folder, brand, labels, judged, draws)
        airlines[names[brand]] = airline
    return {
        "rows": len(rows),
        "stored": len(told),
        "sentiment_accuracy": sum(told.get((row["brand"], row["text"])) == row["label"] for row in rows) / len(rows),
        "import_seconds": import_seconds,
        "tag_seconds": tag_seconds,
        "said": imported.splitlines()[1],
        "judged": judged,
        "airlines": airlines,
    }


def read_store(folder: Path, limit: int) -> tuple[dict[str, str], dict[str, list[dict]]]:
    """The name of each brand, and the rows that the store has of it, both by brand id."""
    from config import load_config
    from store.database import read_database
    from store.queries import find_words
    from store.scope import Scope

    config = load_config(folder / "config.toml", {})
    with contextlib.closing(read_database(config.database)) as db:
        read = {brand.id: list(find_words(db, Scope(brand=brand.id), limit=limit)) for brand in config.brands}
    return {brand.id: brand.name for brand in config.brands}, read


def find_topics(folder: Path, brand: str, gold: Counter[str], mentions: int) -> dict:
    """The hot buttons of one airline beside its gold reasons."""
    from scipy.stats import spearmanr

    answer = json.loads(run(folder, "hot-buttons", "--brand", brand, "--all-time", "--json")[0])
    found = {button["topic"]: button["complaints"] for button in answer["buttons"]}
    pairs = [(gold[topic], found.get(topic, 0)) for topic in TOPIC_OF.values()]
    rank = float(spearmanr(*zip(*pairs, strict=True)).statistic)
    off = fmean(abs(there - here) / mentions for there, here in pairs)
    return {"n": mentions, "gold": dict(gold), "found": found, "rank_correlation": rank, "topic_error": off}


def find_shares(folder: Path, brand: str, labels: dict[int, str], judged: int, draws: int) -> dict:
    """The share negative of one airline by gold, as told, and as corrected by each of some samples; `labels` are by mention."""
    told = ask(folder, brand)["figures"]["negative"]["value"]
    gold = fmean(label == "negative" for label in labels.values())
    return {"gold": gold, "raw": told, "corrected": [correct(folder, brand, labels, judged, draw + 1) for draw in range(draws)]}


def ask(folder: Path, brand: str) -> dict:
    """The overview of all time."""
    return json.loads(run(folder, "overview", "--brand", brand, "--all-time", "--json")[0])


def correct(folder: Path, brand: str, labels: dict[int, str], judged: int, seed: int) -> dict[str, float]:
    """The share negative, corrected, after a sample was judged in a copy of the store."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for part in STORE:
            shutil.copy(folder / part, copy / part)
        sheet = copy / "sample.csv"
        run(copy, "sample", str(judged), "--brand", brand, "--seed", str(seed), "--out", str(sheet))
        fill(sheet, labels)
        run(copy, "judge", str(sheet), "--judge", "gold")
        shares = ask(copy, brand)["corrected"]["shares"]
    share = next(one for one in shares if one["label"] == "negative")
    return {name: share[name] for name in ("value", "low", "high")}


def fill(sheet: Path, labels: dict[int, str]) -> None:
    """Write the gold label of each row into the sheet, as a person would."""
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | {"label": labels[int(row["id"])]} for row in rows)


def show(figures: dict) -> None:
    """Print the figures as two tables: topics, then the share negative, airline by airline."""
    topics = list(TOPIC_OF.values())
    print(f"{figures['said']}; import {figures['import_seconds']:.1f} s, tagging {figures['tag_seconds']:.1f} s")
    print(f"sentiment accuracy {100 * figures['sentiment_accuracy']:.1f} % of {figures['rows']}")
    head = "".join(f"{topic[:11]:>12}" for topic in topics)
    print(f"\n{'gold → found':<16}{head}{'rank corr.':>12}{'off, points':>13}")
    for name, one in figures["airlines"].items():
        cells = "".join(f"{one['gold'].get(topic, 0)} → {one['found'].get(topic, 0)}".rjust(12) for topic in topics)
        print(f"{name:<16}{cells}{one['rank_correlation']:>12.2f}{100 * one['topic_error']:>13.1f}")
    means = [fmean(one[key] for one in figures["airlines"].values()) for key in ("rank_correlation", "topic_error")]
    print(f"{'mean':<16}{'':<{12 * len(topics)}}{means[0]:>12.2f}{100 * means[1]:>13.1f}")
    show_shares(figures)


def show_shares(figures: dict) -> None:
    """Print the share negative of each airline; of several samples the first is shown, and the error is that of all."""
    airlines = figures["airlines"]
    print(f"\ncorrected by {figures['judged']} judged of each")
    print(
        f"{'negative, %':<16}{'n':>6}{'gold':>8}{'raw':>8}{'corrected':>11}{'95% interval':>17}{'raw off':>10}{'corr. off':>11}"
    )
    errors = {name: share_errors(one["negative"]) for name, one in airlines.items()}
    for name, one in airlines.items():
        share = one["negative"]
        first = share["corrected"][0]
        interval = f"{100 * first['low']:.1f} to {100 * first['high']:.1f}"
        shown = f"{100 * share['gold']:>8.1f}{100 * share['raw']:>8.1f}{100 * first['value']:>11.1f}{interval:>17}"
        print(f"{name:<16}{one['n']:>6}{shown}{100 * errors[name][0]:>10.1f}{100 * errors[name][1]:>11.1f}")
    raw, corrected = (fmean(error[side] for error in errors.values()) for side in (0, 1))
    held = [holds(draw, one["negative"]["gold"]) for one in airlines.values() for draw in one["negative"]["corrected"]]
    print(f"{'mean error':<66}{100 * raw:>10.1f}{100 * corrected:>11.1f}")
    print(f"{sum(held)} of {len(held)} intervals hold the gold share")


def share_errors(share: dict) -> tuple[float, float]:
    """How far the share is off as told, and as corrected on average over the samples."""
    return abs(share["raw"] - share["gold"]), fmean(abs(one["value"] - share["gold"]) for one in share["corrected"])


def holds(draw: dict[str, float], gold: float) -> bool:
    """Whether an interval holds the gold share."""
    return draw["low"] <= gold <= draw["high"]


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--judged", default=200, show_default=True, type=click.IntRange(100), help="Mentions of each airline to judge.")
@click.option("--draws", default=1, show_default=True, type=click.IntRange(1), help="Samples of each airline.")
@click.option("--json", "as_json", is_flag=True, help="Write the figures as JSON.")
def main(file: Path, judged: int, draws: int, as_json: bool) -> None:
    """Measure on the labelled tweets of FILE."""
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(file, Path(folder), judged=judged, draws=draws)
    if as_json:
        print(json.dumps(figures))
    else:
        show(figures)


if __name__ == "__main__":
    main()
