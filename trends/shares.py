"""Many shares at once, from sums over people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trends.answers import Share
from trends.moments import Figures, Moments
from trends.sums import Sums


def shares_of_sums(sums: Sequence[Sums], *, floor: int) -> list[Share]:
    """Each as `trends.sums.share_of_sums` has it."""
    moments = moments_of_sums(sums)
    there = np.flatnonzero(moments.people >= max(floor, 1))
    known = Figures(moments.take(there), "share")
    low, high = known.limits_at_95
    ends = zip(known.value.tolist(), np.maximum(low, 0.0).tolist(), np.minimum(high, 1.0).tolist(), strict=True)
    told = dict(zip(there.tolist(), ends, strict=True))
    return [
        Share(part=one.plus, whole=one.whole, value=value, low=low, high=high)
        for place, one in enumerate(sums)
        for value, low, high in (told.get(place, (None, None, None)),)
    ]


def moments_of_sums(sums: Sequence[Sums]) -> Moments:
    """The moments of some figures."""
    columns = [(one.people, one.plus, one.minus, one.whole, one.squares, one.products, one.wholes) for one in sums]
    return Moments(*np.array(columns, np.float64).reshape(-1, 7).T)
