"""How long mentions are kept: read from the configuration, and obeyed by the schedule and by every crawl."""

from __future__ import annotations

import pytest

from config import ConfigError, load_config
from crawlers.context import Context, find_kept_since
from scheduler import check_schedule, plan_jobs

BRAND = '[[brands]]\nid = "acme"\nname = "Acme"\nquery = "acme"\n'
NOW = "2026-10-05T08:00:00Z"


@pytest.fixture
def house(tmp_path):
    def make(text):
        (tmp_path / "config.toml").write_text(text + BRAND)
        return load_config(tmp_path / "config.toml", {})

    return make


def context(config):
    return Context(
        config=config,
        options={},
        now=NOW,
        since=None,
        dry=True,
        cursors=lambda *_: None,
        gaps=lambda **_: [],
        known=lambda _: [],
    )


def test_without_retention_all_is_kept_and_nothing_is_pruned(house, tmp_path):
    config = house("")
    assert (config.retention_days, find_kept_since(config, NOW)) == (None, "")
    assert [job.name for job in plan_jobs(config, tmp_path / "config.toml")] == ["tag"]


def test_retention_is_pruned_daily_and_no_crawl_reaches_further_back(house, tmp_path):
    config = house('[repute]\nretention = "60 days"\nbackfill = "90 days"\n[schedule]\nprune = "15 2 * * *"\n')
    jobs = {job.name: job for job in plan_jobs(config, tmp_path / "config.toml")}
    assert list(jobs) == ["tag", "prune"]
    assert jobs["prune"].command[2:] == ("prune", "--config", str(tmp_path / "config.toml"))
    assert "hour='2', minute='15'" in str(jobs["prune"].trigger)
    assert (context(config).horizon, find_kept_since(config, NOW)) == ("2026-08-06T08:00:00Z",) * 2


def test_a_retention_that_erases_what_is_still_read_again_is_refused(house):
    with pytest.raises(ConfigError) as caught:
        house('[repute]\nretention = "1 week"\n')
    assert [str(problem) for problem in caught.value.problems] == [
        "repute.retention: 7 days is shorter than the 14 days for which mentions are read again; write a longer time, or a shorter"
        " refresh"
    ]


def test_a_prune_line_that_never_comes_is_named(house):
    config = house('[schedule]\nprune = "0 0 31 2 *"\n')
    assert [problem.place for problem in check_schedule(config)] == ["schedule.prune"]
