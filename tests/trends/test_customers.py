"""How many customers a window has: a count that holds into it counts from the day on which it does."""

import contextlib

import pytest

from store.database import open_database
from store.metrics import save_metrics
from store.records import Metric
from trends.service import answer_service
from trends.windows import window

NOW = "2026-10-05T08:00:00Z"


@pytest.mark.parametrize(
    ("values", "customers"),
    [
        ({"2026-09-01": 700.0, "2026-10-01": 1400.0}, (3 * 700 + 4 * 1400) / 7),
        ({"2026-07-01": 700.0, "2026-10-01": 1400.0}, (3 * 700 + 4 * 1400) / 7),
        ({"2026-09-21": 700.0, "2026-09-28": 1400.0}, 1400.0),
        ({"2026-08-01": 500.0, "2026-09-01": 700.0}, 700.0),
        ({"2026-02-01": 700.0}, 700.0),
    ],
    ids=["months", "quarters", "weeks", "the month before", "long ago"],
)
def test_customers_are_the_mean_of_the_days_of_a_week_that_two_counts_share(plant, config, values, customers):
    db = plant([{"topics": ["refund"]}] * 6)
    with contextlib.closing(open_database(config.database)) as writer:
        save_metrics(writer, [Metric(name="customers", date=day, value=value) for day, value in values.items()])
    week = window("2026-09-28", "2026-10-04", now=NOW, zone=config.time_zone)
    assert answer_service(db, config, window=week).figures.per_1000_customers.customers == pytest.approx(customers)
