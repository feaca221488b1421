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
