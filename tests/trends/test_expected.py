"""What is usual follows the counts: a topic that ended is not told as falling for a quarter of a year."""

from datetime import date

import numpy as np
import pytest

from trends.outbreaks import DailySeries, examine


@pytest.mark.parametrize("mean", [1, 4])
def test_an_end_of_two_months_is_what_is_usual_now(mean):
    counts = [*np.random.default_rng(mean).poisson(mean, 100).tolist(), *[0] * 63]
    series = DailySeries(brand="acme", topic="refund", first_day=date(2026, 1, 5), counts=tuple(counts))
    falling = [test.chance_down < 0.01 for test in examine(series, last_days=63)]
    # A month of it is a fall. Eight weeks of it are more than half of the thirteen that a day is held against.
    assert all(falling[13:28])
    assert not any(falling[56:])
