"""How often 95% intervals hold the truth where few people write often, and how often a difference is found where there is none.

    python bench/few_people.py [--samples 4000] [--seed 1]

People write as often as a scenario says and have leanings of their own, drawn from beta distributions (of ratings: a mean from
1 to 5). Each line is a scenario with a number of people, each cell the lowest and the highest of the leanings. The figures are
the product's, thousands of samples at once (`trends.moments`; of counts `trends.timeline_levels`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from trends.crowd import Floats  # noqa: E402
from trends.intervals import Z  # noqa: E402
from trends.moments import Figures, Kind, Moments, Shared, compare_moments  # noqa: E402
from trends.timeline_levels import limits_of_counts  # noqa: E402

Generator = np.random.Generator
Posts = NDArray[np.int64]
Draw = Callable[[Generator, tuple[int, int]], Posts]
SCENARIOS: dict[str, Draw] = {
    "1 to 4": lambda generator, size: generator.integers(1, 5, size),
    "1 to 12": lambda generator, size: generator.integers(1, 13, size),
    "1, one in seven 12": lambda generator, size: np.where(generator.random(size) < 1 / 7, 12, 1),
    "1, one in seven 30": lambda generator, size: np.where(generator.random(size) < 1 / 7, 30, 1),
}
LEANINGS = ((2.0, 2.0), (0.5, 0.5), (0.3, 2.0))
"""Of shares: people in the middle, for or against, and 13% of all for."""
NET_LEANINGS = ((1.0, 1.0, 1.0), (0.3, 0.3, 0.3), (0.2, 0.4, 1.0))
"""Of positive, neutral and negative."""
SCALE = (1.0, 5.0)
PEOPLE = (5, 8, 12, 20, 60)


def add_up(plus: Floats, minus: Floats, posts: Posts) -> Moments:
    """The moments of samples, a row each, from what each person adds."""
    part = plus - minus
    return Moments(
        (posts > 0).sum(axis=1).astype(float),
        plus.sum(axis=1).astype(float),
        minus.sum(axis=1).astype(float),
        posts.sum(axis=1).astype(float),
        (part**2).sum(axis=1).astype(float),
        (part * posts).sum(axis=1).astype(float),
        (posts**2).sum(axis=1).astype(float),
    )


def draw_shares(generator: Generator, posts: Posts, leaning: tuple[float, ...], own: Floats | None = None) -> Moments:
    """Samples of a share; `own` are the people's leanings where they are known."""
    own = generator.beta(*leaning, posts.shape) if own is None else own
    plus = generator.binomial(posts, own).astype(float)
    return add_up(plus, np.zeros(posts.shape), posts)


def draw_nets(generator: Generator, posts: Posts, leaning: tuple[float, ...]) -> Moments:
    """Samples of a net."""
    gammas = generator.gamma(np.array(leaning), size=(*posts.shape, 3)) + 1e-12
    own = gammas / gammas.sum(axis=-1, keepdims=True)
    plus = generator.binomial(posts, own[..., 0])
    left = np.minimum(own[..., 2] / np.maximum(1 - own[..., 0], 1e-12), 1.0)
    return add_up(plus.astype(float), generator.binomial(posts - plus, left).astype(float), posts)


def draw_means(generator: Generator, posts: Posts) -> Moments:
    """Samples of mean ratings from 1 to 5, whose mean is 3; each person's vary about a mean of their own."""
    own = generator.uniform(*SCALE, posts.shape)
    most = int(posts.max())
    each = np.clip(np.rint(generator.normal(own[..., None], 0.7, (*posts.shape, most))), *SCALE)
    sums = (each * (np.arange(most) < posts[..., None])).sum(axis=-1)
    return add_up(sums, np.zeros(posts.shape), posts)


def hold(moments: Moments, kind: Kind, truth: float) -> float:
    """The part of samples whose interval holds the truth."""
    low, high = Figures(moments, kind, SCALE).limits(np.full(len(moments.whole), Z))
    return float(((low <= truth) & (truth <= high)).mean())


def hold_difference(one: Moments, two: Moments, shared: Shared, kind: Kind) -> tuple[float, float]:
    """(part of samples whose interval holds that there is no difference, part in which p says that there is one)."""
    ends = (np.full(len(one.whole), SCALE[0]), np.full(len(one.whole), SCALE[1]))
    found = compare_moments(one, two, shared, kind, floor=1, scale=ends)
    holds = np.array([each.low <= 0 <= each.high for each in found if each.low is not None and each.high is not None])
    return float(holds.mean()), float(np.mean([each.chance <= 0.05 for each in found]))


def nobody(samples: int) -> Shared:
    """Nobody answered on both sides."""
    return Shared(*(np.zeros(samples) for _ in range(4)))


def compare_same_people(
    generator: Generator, draw: Draw, size: tuple[int, int], leaning: tuple[float, ...]
) -> tuple[float, float]:
    """As `hold_difference` of shares of which the same people speak on both sides, each with one leaning."""
    own = generator.beta(*leaning, size)
    posts = [draw(generator, size) for _ in range(2)]
    plus = [generator.binomial(each, own).astype(float) for each in posts]
    one, two = (add_up(part, np.zeros(size), each) for part, each in zip(plus, posts, strict=True))
    pairs = ((plus[0], plus[1]), (plus[0], posts[1]), (posts[0], plus[1]), (posts[0], posts[1]))
    return hold_difference(one, two, Shared(*((a * b).sum(axis=1).astype(float) for a, b in pairs)), "share")


def hold_count(generator: Generator, draw: Draw, people: int, samples: int) -> tuple[float, float]:
    """(part of counts whose interval holds the mean, the same of those with somebody who wrote as often as any can)."""
    size = (samples, 4 * people + 20)
    posts, crowd = draw(generator, size), generator.poisson(people, samples)
    mean, most = people * float(draw(generator, (1000, 1000)).mean()), int(posts.max())
    posts = np.where(np.arange(size[1]) < crowd[:, None], posts, 0)
    low, high = limits_of_counts(posts.sum(axis=1).astype(float), (posts**2).sum(axis=1).astype(float))
    holds, often = (low <= mean) & (mean <= high), (posts == most).any(axis=1)
    return float(holds.mean()), float(holds[often].mean())


def measure(generator: Generator, draw: Draw, people: int, samples: int) -> dict[str, list[float]]:
    """What is held, by figure, each of several leanings; `found` is what is found without a difference."""
    size = (samples, people)
    found: dict[str, list[float]] = {
        "share": [],
        "net": [],
        "mean": [hold(draw_means(generator, draw(generator, size)), "mean", 3.0)],
    }
    found |= {"difference": [], "same people": [], "found": []}
    for leaning in LEANINGS:
        found["share"].append(hold(draw_shares(generator, draw(generator, size), leaning), "share", leaning[0] / sum(leaning)))
        one, two = (draw_shares(generator, draw(generator, size), leaning) for _ in range(2))
        for name, (holds, chance) in (
            ("difference", hold_difference(one, two, nobody(samples), "share")),
            ("same people", compare_same_people(generator, draw, size, leaning)),
        ):
            found[name].append(holds)
            found["found"].append(chance)
    for mood in NET_LEANINGS:
        truth = (mood[0] - mood[2]) / sum(mood)
        found["net"].append(hold(draw_nets(generator, draw(generator, size), mood), "net", truth))
    one, two = (draw_means(generator, draw(generator, size)) for _ in range(2))
    holds, chance = hold_difference(one, two, nobody(samples), "mean")
    found["difference of means"] = [holds]
    found["found"].append(chance)
    found["count"], found["count with them"] = ([part] for part in hold_count(generator, draw, people, samples))
    return found


def main() -> None:
    """Print a line for each scenario and number of people."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    for name, draw in SCENARIOS.items():
        for people in PEOPLE:
            found = measure(np.random.default_rng(asked.seed), draw, people, asked.samples)
            cells = [f"{figure} {100 * min(parts):.1f}-{100 * max(parts):.1f}" for figure, parts in found.items()]
            print(f"{name}, {people} people: {', '.join(cells)}", flush=True)


if __name__ == "__main__":
    main()
