"""How vectors are rounded where they are stored, without the store: a first reading matches them as rounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SCALE = 127.0
"""Vectors have length 1, so no component is beyond ±1."""


def round_vectors(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors as the file holds them, in whole numbers of 1/127; those that come from the file stay as they are."""
    import numpy as np

    rounded: NDArray[np.float32] = np.rint(vectors * np.float32(SCALE))
    return rounded
