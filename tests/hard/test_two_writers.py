"""Several commands write into one store at the same time: none fails, and nothing is lost."""

from __future__ import annotations

import json

from whole_tables import read_all

NOW = "2026-10-05T08:00:00Z"
BRANDS = """
[[brands]]
id = "acme"
name = "Acme"
query = "acme"
"""


def write_rows(path, name, rows):
    with path.open("w", encoding="utf-8") as file:
        for n in range(rows):
            file.write(json.dumps({"id": f"{name}{n}", "text": f"Acme brought {name} number {n} two hours late."}) + "\n")


def finish(*processes):
    """Wait for processes that must all succeed; return what they said."""
    outputs = [process.communicate(timeout=90)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes), outputs
    assert "locked" not in "".join(outputs)
    return outputs


def test_three_imports_at_once_into_a_store_that_none_has_made(repute, tmp_path):
    (tmp_path / "config.toml").write_text(BRANDS)
    names = ("a", "b", "c")
    for name in names:
        write_rows(tmp_path / f"{name}.jsonl", name, 1500)
    finish(*(repute.start("import", f"{name}.jsonl", "--as-of", NOW) for name in names))
    together = read_all(repute.database)["mentions"]
    repute.database.unlink()
    for name in names:
        repute.done("import", f"{name}.jsonl", "--as-of", NOW)
    assert together == read_all(repute.database)["mentions"]
    assert len(together) == 4500


def test_two_crawls_an_import_and_tagging_at_once(repute, tmp_path, demo_config):
    (tmp_path / "config.toml").write_text(demo_config)
    for name in ("before", "meanwhile"):
        write_rows(tmp_path / f"{name}.jsonl", name, 300)
    first = ("import", "before.jsonl", "--brand", "tamarind", "--as-of", NOW)
    at_once = [
        ("crawl", "reviews", "--as-of", NOW),
        ("crawl", "hackernews", "--as-of", NOW),
        ("import", "meanwhile.jsonl", "--brand", "tamarind", "--as-of", NOW),
        ("tag",),
    ]
    repute.done(*first)
    finish(*(repute.start(*command) for command in at_once))
    repute.done("tag")
    together = read_all(repute.database)
    for path in tmp_path.glob("repute*.db*"):
        path.unlink()
    for command in (first, *at_once):
        repute.done(*command)
    alone = read_all(repute.database)
    for table in ("mentions", "mention_brands", "cursors", "coverage"):
        assert together[table] == alone[table], table
    assert together["tags"][1] == alone["tags"][1]
    assert len(together["mentions"]) >= 700
