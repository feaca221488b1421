"""Groups of sentences that are nearer to each other than chance would put them, from their vectors alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SEED = 2026
"""Drawings are alike each time, so that the same complaints always give the same groups."""
AT_ONCE = 3000
"""Sentences that are compared with each other, two by two; of more a sample is, and the others join its groups."""
FEW = 200
"""Sentences that the background's mean is worth: a handful of complaints does not say what all complaints share."""
LINKED = 0.95
"""Part of the pairs of unrelated texts that are further from each other than what we call near."""
DRAWS, FEWEST_DRAWS, DRAWN_ROWS = 20, 2, 6000
"""Trees of random rows that say what chance makes: of many rows fewer, since their tightest groups differ less."""
CLEARLY = 1.1
"""Times as tight as the tightest of these that a group must be: many sizes are tried, and one of them may be lucky."""
ALIKE = 0.99
"""Groups whose centres are nearer than this part of unrelated pairs are one: often the same trouble in two languages."""


@dataclass(frozen=True)
class Space:
    """Vectors once what all of them share is taken off, and how near two unrelated texts come by chance."""

    origin: Floats
    """(384,): the mean that is taken off."""
    spread: float
    """Standard deviation of the cosine of two unrelated texts; its mean is about 0."""
    link: float
    """Cosine above which two texts, or a text and a group on average, are near."""
    alike: float
    """Cosine above which the centres of two groups are one."""

    def place(self, vectors: Floats) -> Floats:
        """Unit vectors (n, 384) with the origin taken off; a vector of no words stays zero."""
        import numpy as np

        moved = vectors - self.origin
        moved[~vectors.any(axis=1)] = 0
        length = np.linalg.norm(moved, axis=1, keepdims=True)
        placed: Floats = (moved / np.where(length > 0, length, 1)).astype(np.float32)
        return placed


def make_space(background: Floats, own: Floats) -> Space:
    """The space of a brand's complaints: `background` (b, 384) of ordinary texts says what chance does, `own` what all share.

    Nothing in it is tuned to a model: nearness is measured against the model's own cosines of unrelated texts.
    """
    import numpy as np

    usual = background.mean(axis=0)
    apart = Space(origin=usual, spread=0.0, link=0.0, alike=0.0).place(background[:AT_ONCE])
    cosines = (apart @ apart.T)[np.triu_indices(len(apart), 1)]
    link, alike = np.quantile(cosines, [LINKED, ALIKE])
    origin = (FEW * usual + own.sum(axis=0)) / (FEW + len(own))
    return Space(origin=origin.astype(np.float32), spread=float(cosines.std()), link=float(link), alike=float(alike))


def find_groups(placed: Floats, space: Space, *, least: int) -> tuple[list[list[int]], int]:
    """Groups of at least `least` rows of `placed` (n, 384), largest first, and of how many rows they were found.

    Average linkage on the cosine (Sokal and Michener 1958; `scipy.cluster.hierarchy`), cut where groups are no longer near;
    a group must also be tighter than any of its size that comes of as many random rows. The same rows give the same groups.
    """
    import numpy as np

    chosen = np.arange(len(placed))
    if len(placed) > AT_ONCE:
        chosen = np.sort(np.random.default_rng(SEED).choice(len(placed), AT_ONCE, replace=False))
    groups = [[int(chosen[row]) for row in group] for group in tight_groups(placed[chosen], space, least)]
    groups = [take_in(placed, group, space) for group in unite(placed, groups, space)]
    return sorted(groups, key=lambda group: (-len(group), group)), len(chosen)


def tight_groups(placed: Floats, space: Space, least: int) -> list[list[int]]:
    """The largest branches of the tree that are near and tighter than chance makes them, from the root down."""
    count = len(placed)
    if count < max(least, 2):
        return []
    tree = grow_tree(placed)
    chance = chance_tightness(count, space)
    found, open_nodes = [], [2 * count - 2]
    while open_nodes:
        node = open_nodes.pop()
        if tree.sizes[node] < least or node < count:
            continue
        if tree.nearness(node) >= space.link and tree.cohesion(node) > CLEARLY * chance[tree.sizes[node]]:
            found.append(leaves(tree.merges, node, count))
        else:
            open_nodes += [int(side) for side in tree.merges[node - count][:2]]
    return found


@dataclass(frozen=True)
class Tree:
    """A tree of average linkage; its nodes are the n rows, then the merges in order."""

    merges: Floats
    """(n - 1, 4) as `scipy.cluster.hierarchy.linkage` gives them."""
    sizes: Sequence[int]
    """Rows below each node."""
    within: Sequence[float]
    """Sum of the cosines of the pairs below each node."""

    def nearness(self, node: int) -> float:
        """The mean cosine between the two sides of a merge."""
        return 1 - float(self.merges[node - len(self.merges) - 1][2])

    def cohesion(self, node: int) -> float:
        """The mean cosine of the pairs below a merge."""
        return self.within[node] / (self.sizes[node] * (self.sizes[node] - 1) / 2)


def grow_tree(placed: Floats) -> Tree:
    """The tree of average linkage of unit rows (n, width), n of 2 or more."""
    import numpy as np
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    distances = np.clip(1 - (placed @ placed.T).astype(np.float64), 0, 2)
    np.fill_diagonal(distances, 0)
    merges = linkage(squareform(distances, checks=False), "average")
    sizes, within = [1] * len(placed), [0.0] * len(placed)
    for left, right, height, _ in merges:
        first, second = int(left), int(right)
        # The height of a merge in average linkage is the mean distance between the two sides.
        within.append(within[first] + within[second] + sizes[first] * sizes[second] * (1 - height))
        sizes.append(sizes[first] + sizes[second])
    return Tree(merges, sizes, within)


def chance_tightness(count: int, space: Space) -> Floats:
    """For each size (0 to `count`) the cohesion of the tightest group of that size or more among unrelated rows.

    Measured, not assumed: trees are grown of as many random directions, in as many dimensions as give the spread of unrelated
    texts (the cosines of random directions in d dimensions have the variance 1 / d). 0 where chance makes no such group.
    """
    import numpy as np

    generator = np.random.default_rng(SEED)
    dimensions = max(2, round(1 / max(space.spread, 1e-3) ** 2))
    most = np.zeros(count + 1)
    for _ in range(min(DRAWS, max(FEWEST_DRAWS, DRAWN_ROWS // count))):
        rows = generator.standard_normal((count, dimensions)).astype(np.float32)
        tree = grow_tree(rows / np.linalg.norm(rows, axis=1, keepdims=True))
        for node in range(count, 2 * count - 1):
            if tree.nearness(node) >= space.link:
                most[tree.sizes[node]] = max(most[tree.sizes[node]], tree.cohesion(node))
    tightest: Floats = np.maximum.accumulate(most[::-1])[::-1]
    return tightest


def leaves(tree: Floats, node: int, count: int) -> list[int]:
    """The rows below a node of a tree."""
    rows, open_nodes = [], [node]
    while open_nodes:
        at = open_nodes.pop()
        if at < count:
            rows.append(at)
        else:
            open_nodes += [int(tree[at - count][0]), int(tree[at - count][1])]
    return sorted(rows)


def unite(placed: Floats, groups: Sequence[Sequence[int]], space: Space) -> list[list[int]]:
    """Groups, with those made one whose centres are alike: the nearest first, until no two are."""
    import numpy as np

    made = [list(group) for group in groups]
    while len(made) > 1:
        centres = np.stack([centre_of(placed[group]) for group in made])
        cosines = centres @ centres.T
        np.fill_diagonal(cosines, -1)
        first, second = sorted(divmod(int(cosines.argmax()), len(made)))
        if cosines[first, second] < space.alike:
            break
        made[first] = sorted(made[first] + made.pop(second))
    return made


def take_in(placed: Floats, group: Sequence[int], space: Space) -> list[int]:
    """A group with every further row that is near to it."""
    return sorted({*near_rows(placed, placed[list(group)], space), *group})


def near_rows(placed: Floats, members: Floats, space: Space) -> list[int]:
    """The rows that are near to the members of a group on average, as a merge would ask, and to their centre."""
    import numpy as np

    on_average = placed @ members.mean(axis=0) >= space.link
    near: list[int] = np.flatnonzero(on_average & (placed @ centre_of(members) >= space.alike)).tolist()
    return near


def centre_of(placed: Floats) -> Floats:
    """The direction of some rows together, of length 1."""
    import numpy as np

    mean = placed.mean(axis=0)
    centre: Floats = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return centre


def cohesion(placed: Floats) -> float:
    """The mean cosine of the pairs of rows; 1 for a single one."""
    count = len(placed)
    if count < 2:
        return 1.0
    total = float((placed.sum(axis=0) ** 2).sum())
    return (total - float((placed**2).sum())) / (count * (count - 1))
