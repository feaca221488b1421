from store.metrics import find_latest_value, find_series, find_values, save_metrics
from store.records import Metric


def fill(db):
    rows = [("customers", "2026-08-01", 900.0), ("customers", "2026-09-01", 1000.0), ("returns/Toaster X", "2026-09-02", 3.0)]
    rows += [("returns/Kettle", "2026-09-02", 1.0), ("returns", "2026-09-02", 4.0), ("returns_late", "2026-09-02", 9.0)]
    save_metrics(db, [Metric(name=name, date=date, value=value) for name, date, value in rows])


def test_every_series_is_listed_with_its_days_and_its_latest_value(db):
    fill(db)
    assert find_series(db)[0] == {
        "name": "customers", "days": 2, "first": "2026-08-01", "last": "2026-09-01", "latest": 1000.0,
    }  # fmt: skip
    assert [row["name"] for row in find_series(db)] == [
        "customers",
        "returns",
        "returns/Kettle",
        "returns/Toaster X",
        "returns_late",
    ]


def test_a_series_is_found_with_its_parts_and_no_other_of_a_like_name(db):
    fill(db)
    assert [row["name"] for row in find_series(db, "returns")] == ["returns", "returns/Kettle", "returns/Toaster X"]
    assert [row["name"] for row in find_series(db, "returns/Kettle")] == ["returns/Kettle"]
    assert find_series(db, "re%") == []


def test_values_are_those_of_the_days_asked_for(db):
    fill(db)
    assert find_values(db, "customers") == [{"date": "2026-08-01", "value": 900.0}, {"date": "2026-09-01", "value": 1000.0}]
    assert find_values(db, "customers", since="2026-08-02", until="2026-09-01") == []
    assert find_values(db, "customers", since="2026-08-01", until="2026-09-01") == [{"date": "2026-08-01", "value": 900.0}]


def test_the_latest_value_up_to_a_day(db):
    fill(db)
    assert find_latest_value(db, "customers", "2026-08-31") == {"date": "2026-08-01", "value": 900.0}
    assert find_latest_value(db, "customers", "2026-09-01") == {"date": "2026-09-01", "value": 1000.0}
    assert find_latest_value(db, "customers", "2026-07-31") is None
