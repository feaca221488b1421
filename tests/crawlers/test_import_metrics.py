"""Business series from the tables that people have them in."""

from __future__ import annotations

import contextlib

import pytest

from config import load_config
from crawlers.importing import import_metrics
from crawlers.tables import ImportProblem
from store.database import read_database
from store.metrics import find_series, find_values

CONFIG = '[[brands]]\nid = "acme"\nname = "Acme"\nrole = "own"\nquery = "acme"\n'


@pytest.fixture
def config(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    return load_config(tmp_path / "config.toml", {})


@pytest.fixture
def put(tmp_path):
    def write(name: str, content: str):
        (tmp_path / name).write_text(content)
        return tmp_path / name

    return write


def values(config) -> dict[str, list[tuple]]:
    with contextlib.closing(read_database(config.database)) as db:
        return {row["name"]: [tuple(value.values()) for value in find_values(db, row["name"])] for row in find_series(db)}


def test_a_column_of_products_makes_a_series_of_each(config, put):
    path = put(
        "a.csv", "date,name,product,value\n2026-09-01,returns,Toaster X,3\n2026-09-01,returns,Kettle,1\n2026-09-01,returns,,4\n"
    )
    report = import_metrics(path, config)
    assert (report.rows, report.new, report.unused) == (3, 3, ())
    assert values(config) == {
        "returns": [("2026-09-01", 4.0)], "returns/Kettle": [("2026-09-01", 1.0)], "returns/Toaster X": [("2026-09-01", 3.0)],
    }  # fmt: skip


def test_a_name_may_hold_its_product(config, put):
    import_metrics(put("a.csv", "date,name,value\n2026-09-01,returns/Toaster X,3\n"), config)
    assert values(config) == {"returns/Toaster X": [("2026-09-01", 3.0)]}


def test_a_file_of_one_series_gives_it_its_name(config, put):
    import_metrics(put("returns.csv", "date,product,value\n2026-09-01,Kettle,3\n"), config)
    assert values(config) == {"returns/Kettle": [("2026-09-01", 3.0)]}


def test_a_table_with_a_column_for_each_series_is_read_as_such(config, put):
    path = put("kpi.csv", 'Day,customers,revenue,remark\n2026-09-01,900,"1,234.5",\n2026-10-01,,1300,\n2026-10-02,many,1,\n')
    report = import_metrics(path, config)
    assert values(config) == {
        "customers": [("2026-09-01", 900.0)],
        "revenue": [("2026-09-01", 1234.5), ("2026-10-01", 1300.0), ("2026-10-02", 1.0)],
    }
    assert (report.rows, report.new, dict(report.left_out), report.unused) == (5, 4, {"no metric": 1}, ("remark",))
    assert report.faults == ((4, "name 'customers', date '2026-10-02', value 'many'"),)
    again = import_metrics(path, config)
    assert (again.new, again.unchanged) == (0, 4)


def test_rows_of_single_values_under_other_names_are_not_taken_for_such_a_table(config, put):
    path = put("a.csv", "date,what,figure\n2026-09-01,orders,3\n2026-09-01,returns,4\n")
    with pytest.raises(
        ImportProblem, match=r"'figure' has two values for 2026-09-01; .* --column name=COLUMN --column value=COLUMN"
    ):
        import_metrics(path, config)
    assert import_metrics(path, config, columns={"name": "what", "value": "figure"}).new == 2


def test_a_name_without_a_value_and_a_table_without_days_are_refused(config, put):
    with pytest.raises(ImportProblem, match="no column looks like the value; there are: date, name, sum"):
        import_metrics(put("a.csv", "date,name,sum\n2026-09-01,orders,3\n"), config)
    with pytest.raises(ImportProblem, match="no column looks like the date"):
        import_metrics(put("b.csv", "orders\n3\n"), config)
