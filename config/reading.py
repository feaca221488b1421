"""Read config.toml and the environment into a `Config`, with every mistake reported at once."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from config.goals import read_goals, read_metrics
from config.records import CUSTOMERS, Attribute, Brand, Config, ConfigError, Problem, Source, Thresholds, Topic
from config.sections import read_digest, read_schedule, read_sentiment, read_thresholds, read_voices
from config.tables import Table

SECRET_PREFIX = "REPUTE_"
ID = re.compile(r"[a-z][a-z0-9_]{0,39}")


def load_config(path: Path, environment: Mapping[str, str] | None = None) -> Config:
    """Read and check `path`; raises `ConfigError` with every problem found, or for a file that is absent or not TOML."""
    environment = os.environ if environment is None else environment
    top = Table(read_toml(path), "")
    config = read_config(path, top, environment)
    top.finish()
    if top.problems:
        raise ConfigError(path.name, top.problems, config)
    return config


def read_toml(path: Path) -> dict[str, Any]:
    """Parse the file, or say why it cannot be."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        reason = "no such file; write one, or name it with --config FILE"
    except IsADirectoryError:
        reason = "is a folder; name the file in it with --config FILE"
    except PermissionError:
        reason = "cannot be read by this user; change its permissions"
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        reason = f"line {line} is not UTF-8 text; save the file as UTF-8"
    except tomllib.TOMLDecodeError as error:
        reason = f"is not TOML: {error}; mend the line named here"
    raise ConfigError(str(path), [Problem("", reason)])


def read_config(path: Path, top: Table, environment: Mapping[str, str]) -> Config:
    """Read every part; problems gather in `top`."""
    base = top.table("repute")
    database = base.text("database", "repute.db")
    if not database.strip():
        base.problem("database", 'is empty; write one like "repute.db", or leave the line out')
    # In the order of the file, so that its mistakes are told in that order.
    zone, contact, names = read_zone(base), base.text("contact", ""), base.flag("keep_author_names", False)
    backfill, refresh, retention = read_days(base, "backfill", 90), read_days(base, "refresh", 14), read_retention(base)
    voices, private = read_voices(top.table("voices")), base.texts("allow_private_hosts")
    brands, attributes, topics = read_brands(top), read_attributes(top), read_topics(top)
    return Config(
        path=path,
        database=(path.parent / database).resolve(),
        time_zone=zone,
        contact=contact,
        keep_author_names=names,
        backfill_days=backfill,
        refresh_days=refresh,
        retention_days=retention,
        voices=voices,
        allow_private_hosts=private,
        brands=brands,
        attributes=attributes,
        topics=topics,
        sources=read_sources(top),
        schedule=read_schedule(top.table("schedule")),
        digest=read_digest(top.table("digest")),
        thresholds=read_thresholds(top.table("thresholds"), Thresholds()),
        goals=read_goals(top, brands, topics),
        metrics=read_metrics(top.table("metrics")),
        customers_metric=base.text("customers_metric", CUSTOMERS),
        model=base.text("model", ""),
        sentiment=read_sentiment(top),
        secrets={
            name.removeprefix(SECRET_PREFIX).lower(): value
            for name, value in environment.items()
            if name.startswith(SECRET_PREFIX) and value
        },
    )


def read_zone(table: Table) -> ZoneInfo:
    """A zone of the IANA database."""
    name = table.text("time_zone", "UTC")
    try:
        return ZoneInfo(name)
    except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError, names of folders give OSError
        pass
    except KeyError:
        pass
    table.problem("time_zone", f'{name!r} is no time zone; write one like "Europe/Istanbul"')
    return ZoneInfo("UTC")


def read_days(table: Table, key: str, default: int) -> int:
    """A length of time like "90 days" or "12 weeks", in days."""
    text = table.text(key, f"{default} days")
    match = re.fullmatch(r"\s*(\d{1,4})\s*(day|week)s?\s*", text)
    if match and int(match[1]) > 0:
        return int(match[1]) * (7 if match[2] == "week" else 1)
    table.problem(key, f'{text!r} is no length of time; write one like "90 days" or "12 weeks"')
    return default


def read_retention(table: Table) -> int | None:
    """How long mentions are kept, in days; None where nothing is said. What is read again must not be erased meanwhile."""
    if "retention" not in table.values:
        return None
    days = read_days(table, "retention", 400)
    again = read_days(table, "refresh", 14)
    if days < again:
        fix = "write a longer time, or a shorter refresh"
        table.problem("retention", f"{days} days is shorter than the {again} days for which mentions are read again; {fix}")
    return days


def read_brands(top: Table) -> tuple[Brand, ...]:
    """The table array `brands`: at least one, exactly ids that differ, at least one own."""
    tables = top.tables("brands")
    brands = tuple(
        Brand(
            id=read_id(table),
            name=table.text("name"),
            role=table.choice("role", ("own", "competitor"), "own"),
            query=table.text("query"),
            accounts=table.texts("accounts"),
        )
        for table in tables
    )
    refuse_repeats(tables, [brand.id for brand in brands])
    if not tables:
        top.problem("brands", "there is none; add [[brands]] with id, name, role and query")
    elif not any(brand.role == "own" for brand in brands):
        top.problem("brands", 'none has role = "own"; give it to the brand that you watch over')
    return brands


def read_attributes(top: Table) -> tuple[Attribute, ...]:
    """The table array `attributes`, which may be absent."""
    tables = top.tables("attributes")
    found = tuple(
        Attribute(id=read_id(table), name=table.text("name"), description=read_description(table)) for table in tables
    )
    refuse_repeats(tables, [attribute.id for attribute in found])
    return found


def read_topics(top: Table) -> tuple[Topic, ...]:
    """The table array `topics`; the default taxonomy where it is absent."""
    tables = top.tables("topics")
    if not tables:
        tables = default_topics()
    topics = tuple(
        Topic(id=read_id(table), name=table.text("name"), description=read_description(table), action=table.text("action", ""))
        for table in tables
    )
    refuse_repeats(tables, [topic.id for topic in topics])
    return topics


def read_description(table: Table) -> str:
    """The line that texts are compared with. Blanks say nothing: with one more it stays the same description."""
    return " ".join(table.text("description").split())


def default_topics() -> list[Table]:
    """The taxonomy that comes with Repute."""
    return Table(tomllib.loads(files("config").joinpath("topics.toml").read_text(encoding="utf-8")), "").tables("topics")


def read_sources(top: Table) -> tuple[Source, ...]:
    """The tables `sources.NAME`; their options are checked by the spiders."""
    return tuple(
        Source(
            name=table.name,
            enabled=table.flag("enabled", True),
            requests_a_day=read_budget(table),
            options=table.rest("enabled", "requests_a_day"),
        )
        for table in top.table("sources").subtables()
    )


def read_budget(table: Table) -> int | None:
    """How many requests a source may make a day; no line, no limit."""
    return table.number("requests_a_day", 1, 1, 100_000_000) if "requests_a_day" in table.values else None


def read_id(table: Table) -> str:
    """A stable id: history hangs on it, so it is short and plain."""
    text = table.text("id")
    if text and not ID.fullmatch(text):
        table.problem("id", f"{text!r} must be lower-case letters a-z, digits and _, starting with a letter, 40 at most")
    return text


def refuse_repeats(tables: list[Table], ids: list[str]) -> None:
    """The same id twice would mix two histories."""
    for position, (table, name) in enumerate(zip(tables, ids, strict=True)):
        if name and name in ids[:position]:
            table.problem("id", f"{name!r} is already used above; give each its own")
