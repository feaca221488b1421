"""How long it mostly takes: median and 90th percentile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def middle(times: NDArray[np.float64], floor: int) -> tuple[float | None, float | None]:
    """(median, p90), by linear interpolation (Hyndman and Fan's type 7); None when too few to say."""
    if len(times) < max(floor, 1):
        return None, None
    ordered = np.sort(times)
    return quantile_of(ordered, 0.5), quantile_of(ordered, 0.9)


def quantile_of(ordered: NDArray[np.float64], part: float) -> float:
    """As `numpy.quantile`, which takes longer to check what it is asked than to find it."""
    place = part * (len(ordered) - 1)
    below = int(place)
    low, high = float(ordered[below]), float(ordered[min(below + 1, len(ordered) - 1)])
    rest = place - below
    return high - (high - low) * (1 - rest) if rest >= 0.5 else low + (high - low) * rest
