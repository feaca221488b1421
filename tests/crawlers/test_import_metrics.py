"""Business series from the tables that people have them in."""

from __future__ import annotations

import contextlib

import pytest
from click.testing import CliRunner

from cli import main
from config import load_config
from crawlers.importing import import_metrics
from crawlers.tables import ImportProblem
from store.database import read_database
from store.metrics import find_series, find_values

NOW = "2026-10-05T08:00:00Z"
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
    report = import_metrics(path, config, now=NOW)
    assert (report.rows, report.new, report.unused) == (3, 3, ())
    assert values(config) == {
        "returns": [("2026-09-01", 4.0)], "returns/Kettle": [("2026-09-01", 1.0)], "returns/Toaster X": [("2026-09-01", 3.0)],
    }  # fmt: skip


def test_a_name_may_hold_its_product(config, put):
    import_metrics(put("a.csv", "date,name,value\n2026-09-01,returns/Toaster X,3\n"), config, now=NOW)
    assert values(config) == {"returns/Toaster X": [("2026-09-01", 3.0)]}


def test_a_file_of_one_series_gives_it_its_name(config, put):
    import_metrics(put("returns.csv", "date,product,value\n2026-09-01,Kettle,3\n"), config, now=NOW)
    assert values(config) == {"returns/Kettle": [("2026-09-01", 3.0)]}


def test_a_table_with_a_column_for_each_series_is_read_as_such(config, put):
    path = put("kpi.csv", 'Day,customers,revenue,remark\n2026-09-01,900,"1,234.5",\n2026-10-01,,1300,\n2026-10-02,many,1,\n')
    report = import_metrics(path, config, now=NOW)
    assert values(config) == {
        "customers": [("2026-09-01", 900.0)],
        "revenue": [("2026-09-01", 1234.5), ("2026-10-01", 1300.0), ("2026-10-02", 1.0)],
    }
    assert (report.rows, report.new, dict(report.left_out), report.unused) == (5, 4, {"no number": 1}, ("remark",))
    assert report.faults == ((4, "no number: name 'customers', date '2026-10-02', value 'many'"),)
    again = import_metrics(path, config, now=NOW)
    assert (again.new, again.unchanged) == (0, 4)


def test_rows_of_single_values_under_other_names_are_not_taken_for_such_a_table(config, put):
    path = put("a.csv", "date,what,figure\n2026-09-01,orders,3\n2026-09-01,returns,4\n")
    with pytest.raises(
        ImportProblem, match=r"'figure' has two values for 2026-09-01; .* --column name=COLUMN --column value=COLUMN"
    ):
        import_metrics(path, config, now=NOW)
    assert import_metrics(path, config, now=NOW, columns={"name": "what", "value": "figure"}).new == 2


def test_a_name_without_a_value_and_a_table_without_days_are_refused(config, put):
    with pytest.raises(ImportProblem, match="no column looks like the value; there are: date, name, sum"):
        import_metrics(put("a.csv", "date,name,sum\n2026-09-01,orders,3\n"), config, now=NOW)
    with pytest.raises(ImportProblem, match="no column looks like the date"):
        import_metrics(put("b.csv", "orders\n3\n"), config, now=NOW)


@pytest.mark.parametrize("value", ["abc", "NaN", "1e999", "-inf", ""])
def test_a_value_that_is_no_number_is_called_so(config, put, value):
    report = import_metrics(put("a.csv", f"date,name,value\n2026-09-01,orders,{value}\n"), config, now=NOW)
    assert report.left_out == (("no number", 1),)
    assert report.faults == ((2, f"no number: name 'orders', date '2026-09-01', value {value!r}"),)


def test_what_a_row_lacks_is_told(config, put):
    path = put("a.csv", "date,name,value\n2026-09-01,,1\nsoon,orders,2\n03/04/2026,orders,3\n2026-09-02,orders,4\n")
    report = import_metrics(path, config, now=NOW)
    assert (report.new, dict(report.left_out)) == (1, {"no name": 1, "no day": 2})
    hint = "(where it may be two: --day-first or --month-first)"
    assert report.faults == (
        (2, "no name: name '', date '2026-09-01', value '1'"),
        (3, f"no day: name 'orders', date 'soon', value '2' {hint}"),
        (4, f"no day: name 'orders', date '03/04/2026', value '3' {hint}"),
    )
    assert dict(import_metrics(path, config, now=NOW, day_first=True).left_out) == {"no name": 1, "no day": 1}


def test_a_value_of_a_quarter_that_has_not_begun_is_left_out_and_told(config, put):
    path = put("a.csv", "date,orders\n2026-12-31,3\n2027-01-01,4\n2027-11-02,5\n")
    report = import_metrics(path, config, now=NOW)
    assert (report.new, dict(report.left_out)) == (1, {"dated ahead": 2})
    assert report.faults[0] == (
        3, "dated ahead: name 'orders', date '2027-01-01', value '4'; the day of this import is 2026-10-05",
    )  # fmt: skip
    assert values(config) == {"orders": [("2026-12-31", 3.0)]}
    assert import_metrics(path, config, now="2027-01-01T00:00:00Z").left_out == (("dated ahead", 1),)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--brand", "acme"),
        ("--site", "x"),
        ("--measure", "nps"),
        ("--best", "5"),
        ("--format", "generic"),
        ("--time-zone", "UTC"),
    ],
)
def test_an_option_that_a_series_has_no_use_for_is_refused(config, put, option, value):
    path = put("a.csv", "date,orders\n2026-09-01,3\n")
    done = CliRunner().invoke(main, ["import", str(path), "--kind", "metric", option, value, "--config", str(config.path)])
    assert done.exit_code == 1
    assert (
        f"{option} {float(value) if option == '--best' else value}: --kind metric has no use for it; leave {option} out"
        in done.stderr
    )
    assert not config.database.exists()
