"""How the sources fare: what each brings, whether it fails, is paused or has fallen silent, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from config import Config
from store.health import MOST_FAILURES, Trouble, count_arrivals, find_runs, find_trouble
from store.queries import find_source_health
from trends.answers import Count
from trends.silence import PAST_DAYS, find_silence
from trends.windows import MONTHS, local_day

State = Literal["ok", "failing", "paused", "silent", "off", "never run", "imported"]
"""`silent`: crawls succeed, but what used to come does not. `imported`: mentions without a crawl or a table of config.toml."""
SHOWN_DAYS = 28


@dataclass(frozen=True, kw_only=True)
class SourceHealth:
    """How one source fares."""

    source: str
    state: State
    mentions: int
    """In the store, tombstones apart."""
    newest: str | None
    """When the newest of them was published."""
    days: tuple[int, ...]
    """Mentions of each of the last 28 local days, today last, by publication, else by when they were first seen."""
    last_success: str | None
    """When a crawl last ended well."""
    next_run: str | None
    """When the scheduler crawls it next; None when it does not, or none runs."""
    failures: int
    """Failed crawls in a row, up to the latest."""
    error: str | None
    """The first error of the latest crawl, with its cure where one is known; a crawl that ended well may have met one too."""
    warning: str | None
    """What a person should know, and do, in a sentence."""


@dataclass(frozen=True, kw_only=True)
class SourcesAnswer:
    """How all sources fare."""

    as_of: str
    scheduled: bool
    """Whether a scheduler runs (`repute run`)."""
    sources: tuple[SourceHealth, ...]
    """Those of the configuration in its order, then others that the store has mentions of."""
    others: tuple[str, ...]
    """Sources that there are, and that the configuration does not have."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One crawl of a source."""

    started: str
    finished: str | None
    status: str
    """`running`, `finished`, `failed`, `interrupted`; `resumed`: no crawl, a person lifted the pause."""
    requests: int
    items: int
    """Mentions that the source gave."""
    new: int
    updated: int
    dropped: tuple[Count, ...]
    """Why others were left out, most frequent reason first."""
    errors: int
    bytes: int
    """As they came over the network."""
    duration: float
    """Seconds."""
    cursor: str | None
    """The listings that went on, and where they stand now."""
    since: str | None
    """From where on publication time was covered."""
    until: str | None
    complete: bool | None
    """Whether all of it was covered without a gap; None where nothing was."""
    error: str | None
    """The first error."""


@dataclass(frozen=True, kw_only=True)
class RunsAnswer:
    """The latest crawls of one source."""

    source: str
    runs: tuple[Run, ...]
    """Newest first."""


def answer_runs(db: Database | None, source: str, limit: int) -> RunsAnswer:
    """Say what the latest crawls of a source did."""
    return RunsAnswer(source=source, runs=tuple(map(as_run, find_runs(db, source, limit) if db else [])))


def as_run(row: Mapping[str, Any]) -> Run:
    """A row of `crawls`."""
    plain = {name: row[name] for name in Run.__dataclass_fields__ if name not in ("dropped", "complete")}
    dropped = tuple(Count(name=name, count=count) for name, count in json.loads(row["dropped"]).items())
    return Run(**plain, dropped=dropped, complete=None if row["complete"] is None else bool(row["complete"]))


def answer_sources(
    db: Database | None,
    config: Config,
    *,
    now: str,
    next_runs: Mapping[str, str | None] | None = None,
    known: Sequence[str] = (),
    met: Mapping[str, Mapping[str, Any]] | None = None,
) -> SourcesAnswer:
    """Say how every source fares. `next_runs` are the scheduler's, None where none runs; `known` all sources there are.

    `met` are the rows of `find_source_health` by source, where they are at hand. Without a store nothing has run yet.
    """
    if met is None:
        met = {row["source"]: row for row in find_source_health(db)} if db else {}
    arrivals = count_days(db, now, config.time_zone) if db else {}
    configured = {source.name: source.enabled for source in config.sources}
    return SourcesAnswer(
        as_of=now,
        scheduled=next_runs is not None,
        sources=tuple(
            judge(
                name,
                configured.get(name),
                met.get(name, {}),
                find_trouble(db, name) if db else Trouble(),
                arrivals.get(name, {}),
                now=now,
                zone=config.time_zone,
                next_run=(next_runs or {}).get(name),
            )
            for name in dict.fromkeys([*configured, *met])
        ),
        others=tuple(name for name in known if name not in configured),
    )


def count_days(db: Database, now: str, zone: ZoneInfo) -> dict[str, dict[date, int]]:
    """Mentions by source and local day, for as long back as any silence is judged by."""
    since = datetime.fromisoformat(now) - timedelta(days=3 * PAST_DAYS)
    counts: dict[str, dict[date, int]] = {}
    days: dict[str, date] = {}
    for source, at, count in count_arrivals(db, since=f"{since:%Y-%m-%d}"):
        if at not in days:
            days[at] = local_day(f"{at}:00:00Z", zone) if "T" in at else date.fromisoformat(at)
        day = days[at]
        of_source = counts.setdefault(source, {})
        of_source[day] = of_source.get(day, 0) + count
    return counts


def judge(
    name: str,
    enabled: bool | None,
    row: Mapping[str, Any],
    trouble: Trouble,
    arrivals: Mapping[date, int],
    *,
    now: str,
    zone: ZoneInfo,
    next_run: str | None,
) -> SourceHealth:
    """One source, from what the store has of it."""
    today = local_day(now, zone)
    success = row.get("last_finished")
    silence = silence_words(name, arrivals, local_day(success, zone)) if success else None
    state = find_state(enabled, row, trouble, silence)
    return SourceHealth(
        source=name,
        state=state,
        mentions=row.get("mentions", 0),
        newest=row.get("newest"),
        days=tuple(arrivals.get(today - timedelta(days=back), 0) for back in reversed(range(SHOWN_DAYS))),
        last_success=success,
        next_run=next_run if state not in ("off", "paused") else None,
        failures=trouble.failures,
        error=trouble.error or row.get("error"),
        warning=find_warning(name, state, trouble, silence),
    )


def find_state(enabled: bool | None, row: Mapping[str, Any], trouble: Trouble, silence: str | None) -> State:
    """The one word for a source."""
    if enabled is None:
        return "off" if row.get("status") else "imported"
    if not enabled:
        return "off"
    if trouble.failures:
        return "paused" if trouble.is_paused else "failing"
    if row.get("last_finished") is None:
        return "never run"
    return "silent" if silence else "ok"


def find_warning(name: str, state: State, trouble: Trouble, silence: str | None) -> str | None:
    """What is wrong and what to do; None where all is well."""
    reason = trouble.error or "it did not say why"
    if state == "paused":
        since = day_words(date.fromisoformat((trouble.first or "")[:10]))
        return (
            f"paused after {trouble.failures} failures in a row since {since}: {reason}. Mend that, then try it with "
            f"`repute crawl {name}`, or let the scheduler go on with `repute sources resume {name}`"
        )
    if state == "failing":
        times = "once" if trouble.failures == 1 else f"{trouble.failures} times in a row"
        return f"failed {times}: {reason}; after {MOST_FAILURES} failures it is paused"
    return silence if state == "silent" else None


def silence_words(name: str, arrivals: Mapping[date, int], looked: date) -> str | None:
    """That a source brings nothing any more, up to the day when it was last looked at with success; None where it does."""
    came = [day for day, count in arrivals.items() if count and day <= looked]
    if not came:
        return None
    last = max(came)
    past = [arrivals.get(last - timedelta(days=back), 0) for back in range(PAST_DAYS)]
    silence = find_silence(past, (looked - last).days)
    if silence is None:
        return None
    rate = f"{silence.a_day:.0f} mentions a day" if silence.a_day >= 1.5 else f"{7 * silence.a_day:.0f} mentions a week"
    return (
        f"used to bring {rate}, none since {day_words(last)}: the site may have changed; look at it, "
        f"and at what `repute crawl {name} --dry` finds"
    )


def day_words(day: date) -> str:
    """Like `3 Oct`."""
    return f"{day.day} {MONTHS[day.month - 1]}"
