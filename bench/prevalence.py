"""How wrong shares are as the classifier tells them, and how wrong once they are corrected, on labelled texts.

    python bench/prevalence.py --data ../shared/data [--rounds 200] [--json]

The confusion is estimated on one half of a domain's texts (by hash, in eight ways) and judged on the other: samples of 200
texts whose share of negative ones (of complaints) is set to 5%, 10%, 20% … 90%, 95%, the other labels in their natural ratio.
Printed is the mean absolute error of that share, in points. `corrected` is `trends.prevalence`, as every command corrects;
beside it stand
- two labels: the same with all other labels taken as one;
- probabilities: adjusted by mean probabilities instead of labels (PACC); the store does not keep them;
- difference: told plus the mean of truth minus told on the judged half (as prediction-powered inference);
- given told: each told label shared out as the truths of the judged half that were told so;
- EM: the classifier's probabilities with their prior re-estimated (Saerens et al. 2002);
- rates known: corrected by the confusion of the very texts that the samples are drawn from. What is left is the samples' own
  chance: no judging, however much, would do better by this way.
The first run reads 20,000 texts (about two minutes); what was read is kept in --cache.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from prevalence_sets import COMPLAINT_DOMAINS, DOMAINS, HALVES, ROOT, Texts, load_domain

sys.path.insert(0, str(ROOT))

from trends.prevalence import BARELY, Confusion, Judged, estimate_confusion, unmix
from trends.solving import correct

Floats = NDArray[np.float64]
PREVALENCES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
SAMPLE = 200
WAYS = ("raw", "corrected", "two labels", "probabilities", "difference", "given told", "EM", "rates known")
JUDGED = (100, 200, 400)
EM_ROUNDS = 100


def measure(pairs: Sequence[tuple[Texts, Texts]], rounds: int) -> dict[str, list[float]]:
    """Mean absolute error of the asked share, in points, by way: by prevalence, over (judged, target)."""
    errors: dict[str, list[float]] = {way: [] for way in WAYS}
    for prevalence in PREVALENCES:
        found: dict[str, list[Floats]] = {way: [] for way in WAYS}
        for number, (judged, target) in enumerate(pairs):
            generator = np.random.default_rng([number, round(100 * prevalence)])
            rows = draw(target, prevalence, -(-rounds // len(pairs)), generator)
            for way, shares in estimates(judged, target, rows, asked_of(target.names)).items():
                found[way].append(np.abs(shares - round(SAMPLE * prevalence) / SAMPLE))
        for way, parts in found.items():
            errors[way].append(100 * float(np.mean(np.concatenate(parts))))
    return errors


def some(judged: Texts, few: int, number: int) -> Texts:
    """As many texts of a judged half as a person might judge, drawn at random."""
    return judged.at(np.random.default_rng([few, number]).choice(len(judged.truth), few))


def asked_of(names: tuple[str, ...]) -> int:
    """The label whose share is set: negative, or complaint."""
    return names.index("negative") if "negative" in names else names.index("complaint")


def draw(target: Texts, prevalence: float, rounds: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Rows (rounds, SAMPLE) of texts whose share of the asked label is `prevalence`, the others in their natural ratio."""
    asked, k = asked_of(target.names), len(target.names)
    natural = np.bincount(target.truth, minlength=k).astype(float)
    natural[asked] = 0
    counts = np.floor((1 - prevalence) * SAMPLE * natural / natural.sum() + 1e-9).astype(int)
    counts[asked] = round(SAMPLE * prevalence)
    counts[int(np.argmax(natural))] += SAMPLE - counts.sum()
    pools = [np.flatnonzero(target.truth == label) for label in range(k)]
    return np.concatenate([generator.choice(pool, (rounds, n)) for pool, n in zip(pools, counts, strict=True)], axis=1)


def as_confusion(texts: Texts) -> Confusion:
    """The confusion of judged texts, as the commands measure it."""
    names = texts.names
    return estimate_confusion([Judged(names[a], names[b]) for a, b in zip(texts.truth, texts.told, strict=True)], names)


def estimates(judged: Texts, target: Texts, rows: NDArray[np.int64], asked: int) -> dict[str, Floats]:
    """The asked share of each sample, by each way."""
    k = len(target.names)
    confusion = as_confusion(judged)
    table, told = confusion.table, target.told[rows]
    shares = np.stack([(told == label).mean(axis=1) for label in range(k)], axis=1)
    likely = target.likely[rows]
    one = np.array([label == asked for label in range(k)])
    pair = np.array([[table[np.ix_(truly, seen)].sum() for seen in (~one, one)] for truly in (~one, one)])
    pair /= pair.sum(axis=1, keepdims=True)
    means = np.array([judged.likely[judged.truth == label].mean(axis=0) for label in range(k)])
    back = table[asked] / np.maximum(table.sum(axis=0), 1)
    truth, told_as = table.sum(axis=1) / table.sum(), table.sum(axis=0) / table.sum()
    two = np.stack([1 - shares[:, asked], shares[:, asked]], axis=1)
    undone = not confusion.fault(floor=0)
    known = as_confusion(target).rates[None]
    return {
        "raw": shares[:, asked],
        "corrected": unmix(confusion.rates[None], shares)[:, asked] if undone else shares[:, asked],
        "two labels": unmix(pair[None], two)[:, 1] if abs(pair[1, 1] - pair[0, 1]) > BARELY else shares[:, asked],
        "probabilities": unmix(means[None], likely.mean(axis=1))[:, asked],
        "difference": np.clip(shares[:, asked] + truth[asked] - told_as[asked], 0, 1),
        "given told": shares @ back,
        "EM": expectation_maximisation(truth, likely)[:, asked],
        "rates known": unmix(known, shares)[:, asked],
    }


def expectation_maximisation(prior: Floats, likely: Floats) -> Floats:
    """Shares (n, k) after Saerens et al. 2002, from the probabilities (n, texts, k) of a classifier trained at `prior`."""
    likely = likely.astype(np.float32)
    shares = np.tile(np.maximum(prior, 1e-6), (len(likely), 1)).astype(np.float32)
    for _ in range(EM_ROUNDS):
        again = likely * (shares / np.maximum(prior, 1e-6).astype(np.float32))[:, None, :]
        shares = (again / again.sum(axis=2, keepdims=True)).mean(axis=1)
    return shares.astype(float)


def hold(texts: Texts, few: int, rounds: int) -> tuple[float, float]:
    """(share of samples whose 95% interval holds the asked share, mean width in points), with `few` judged texts each."""
    asked, names, held, widths = asked_of(texts.names), texts.names, [], []
    for number in range(rounds):
        judged, target = texts.halves(number % HALVES)
        prevalence = PREVALENCES[number % len(PREVALENCES)]
        rows = draw(target, prevalence, 1, np.random.default_rng([7, number]))[0]
        told = np.bincount(target.told[rows], minlength=len(names)).tolist()
        found = correct(dict(zip(names, told, strict=True)), as_confusion(some(judged, few, number)))
        share = found.shares[asked] if found else None
        if share and share.low is not None and share.high is not None:
            held.append(share.low <= prevalence <= share.high)
            widths.append(100 * (share.high - share.low))
    return float(np.mean(held)), float(np.mean(widths))


def by_airline(texts: Texts) -> Iterator[dict[str, object]]:
    """Of each airline's other half: the share negative as people say, as told, and corrected by three judged halves."""
    judged, target = texts.halves(0)
    everywhere = as_confusion(judged)
    for name in sorted(set(map(str, texts.brand))):
        here = target.at(target.brand == name)
        told = dict(zip(texts.names, np.bincount(here.told, minlength=3).tolist(), strict=True))
        confusions = {
            "corrected": everywhere,
            "by its own": as_confusion(judged.at(judged.brand == name)),
            "by the others": as_confusion(judged.at(judged.brand != name)),
        }
        row: dict[str, object] = {"airline": name, "n": len(here.truth), "gold": float((here.truth == 0).mean())}
        for way, confusion in confusions.items():
            found = correct(told, confusion)
            share = found.share("negative") if found else None
            row |= {"raw": told["negative"] / len(here.truth), way: share.value if share else None}
            if share and way == "corrected":
                row |= {"low": share.low, "high": share.high}
        yield row


def measure_all(sets: Mapping[str, Texts], complaints: Mapping[str, Texts], rounds: int) -> dict[str, object]:
    """All figures of the bench."""
    within, few, intervals = {}, {}, {}
    for name, texts in {**sets, **complaints}.items():
        pairs = [texts.halves(number) for number in range(HALVES)]
        within[name] = {"judged": len(pairs[0][0].truth)} | measure(pairs, rounds)
        often = list(enumerate(pairs * 5))
        drawn = {n: [(some(judged, n, i), target) for i, (judged, target) in often] for n in JUDGED}
        few[name] = {n: measure(parts, rounds) for n, parts in drawn.items()}
        intervals[name] = hold(texts, 200, rounds)
        print(f"{name}: measured", file=sys.stderr)
    both = [(a, b) for a in sets for b in sets if a != b]
    across = {f"{a} → {b}": measure([(sets[a].halves(0)[0], sets[b].halves(0)[1])], rounds) for a, b in both}
    airlines = list(by_airline(sets["airlines"]))
    return {"within": within, "few": few, "intervals": intervals, "across": across, "airlines": airlines}


def show(figures: dict) -> None:
    """Print the tables."""
    print(f"Mean absolute error in points, prevalences of 5% to 95%, samples of {SAMPLE}; wanted within a domain: at most half")
    print(f"{'within a domain':<24}{'judged':>7}" + "".join(f"{way:>14}" for way in WAYS) + f"{'corr./raw':>11}")
    for name, one in figures["within"].items():
        print(f"{name:<24}{one['judged']:>7}" + line(one))
    for name, parts in figures["few"].items():
        for n, one in parts.items():
            print(f"{name:<24}{n:>7}" + line(one))
    print("\nby prevalence" + " " * 15 + "".join(f"{100 * one:>7.0f}%" for one in PREVALENCES))
    for name, one in figures["within"].items():
        for way in ("raw", "corrected"):
            print(f"{name + ', ' + way:<28}" + "".join(f"{error:>8.1f}" for error in one[way]))
    print("\n95% intervals with 200 judged: held, mean width in points")
    for name, (held, width) in figures["intervals"].items():
        print(f"{name:<24}{100 * held:>6.0f}%{width:>8.1f}")
    print(f"\n{'across domains':<40}" + "".join(f"{way:>14}" for way in WAYS) + f"{'corr./raw':>11}")
    for name, one in figures["across"].items():
        print(f"{name:<40}" + line(one))
    show_airlines(figures["airlines"])


def line(one: dict) -> str:
    """The errors of one table row, and how much of the raw error is left."""
    means = {way: float(np.mean(one[way])) for way in WAYS}
    return "".join(f"{means[way]:>14.1f}" for way in WAYS) + f"{means['corrected'] / means['raw']:>11.2f}"


def show_airlines(rows: list[dict]) -> None:
    """Print the share negative of each airline, and the mean absolute error of each way."""
    ways = ("raw", "corrected", "by its own", "by the others")
    print(f"\n{'share negative, %':<24}{'n':>6}{'gold':>8}" + "".join(f"{way:>15}" for way in ways) + "   95% interval")
    for row in rows:
        shares = "".join(f"{100 * row[way]:>15.1f}" for way in ways)
        interval = f"   {100 * row['low']:.1f} to {100 * row['high']:.1f}"
        print(f"{row['airline']:<24}{row['n']:>6}{100 * row['gold']:>8.1f}" + shares + interval)
    means = (100 * np.mean([abs(row[way] - row["gold"]) for row in rows]) for way in ways)
    print(f"{'mean absolute error':<38}" + "".join(f"{mean:>15.1f}" for mean in means))


@click.command()
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), default=ROOT.parent / "shared" / "data")
@click.option("--cache", type=click.Path(path_type=Path), default=ROOT / "build" / "prevalence", help="Keeps what was read.")
@click.option("--rounds", default=200, show_default=True, type=click.IntRange(10), help="Samples at each prevalence.")
@click.option("--json", "as_json", is_flag=True, help="Write the figures as JSON.")
def main(data: Path, cache: Path, rounds: int, as_json: bool) -> None:
    """Measure on the labelled sets under --data."""
    sets = {name: load_domain(data, files, cache, "sentiment") for name, files in DOMAINS.items()}
    complaints = {name: load_domain(data, files, cache, "complaint") for name, files in COMPLAINT_DOMAINS.items()}
    figures = measure_all(sets, complaints, rounds)
    if as_json:
        print(json.dumps(figures))
    else:
        show(figures)


if __name__ == "__main__":
    main()
