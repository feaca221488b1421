"""`repute check` looks at every source of the demo's web and stores nothing."""

from __future__ import annotations

NOW = "2026-10-05T08:00:00Z"


def test_check_looks_at_every_source_and_stores_nothing(repute, demo_config):
    (repute.folder / "config.toml").write_text(demo_config, "utf-8")
    output = repute.done("check", "--as-of", NOW)
    for source in ("reviews", "feeds", "hackernews", "reddit"):
        assert any(line.startswith(f"{source}: ") and "looked at, nothing stored" in line for line in output.splitlines()), (
            output
        )
    assert sorted(path.name for path in repute.folder.iterdir()) == ["config.toml"]


SERIES = """
[repute]
contact = "you@example.com"
customers_metric = "custs"

[[brands]]
id = "acme"
name = "Acme"
query = "acme"

[metrics.returns]
kind = "count"

[metrics.rets]
kind = "count"
"""


def test_check_names_business_series_that_nobody_imported(repute):
    (repute.folder / "config.toml").write_text(SERIES, "utf-8")
    assert "business series" not in repute.done("check", "--no-network"), "nothing can be imported before there is a store"
    (repute.folder / "a.csv").write_text("date,product,customers,returns\n2026-09-01,Kettle,900,3\n", "utf-8")
    repute.done("import", "a.csv", "--kind", "metric", "--as-of", NOW)
    fix = "or bring it with `repute import FILE --kind metric`"
    told = repute.done("check", "--no-network").splitlines()
    assert told[1:] == [
        f"config.toml: there is no business series 'rets', did you mean 'returns'; mend metrics.rets, {fix}",
        f"config.toml: there is no business series 'custs', did you mean 'customers'; mend repute.customers_metric, {fix}",
    ]
    (repute.folder / "config.toml").write_text(
        SERIES.replace("custs", "customers/Kettle").replace("[metrics.rets]", "[metrics.customers]")
    )
    assert "business series" not in repute.done("check", "--no-network")
