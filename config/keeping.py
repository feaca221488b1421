"""The part of a configuration that figures depend on, to be kept beside an answer and read again: no addresses, no secrets."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from config.reading import read_config, read_toml
from config.records import Config, ConfigError
from config.tables import Table

WHOLE = ("brands", "attributes", "thresholds", "goals", "metrics")
"""Tables that are kept as they are."""
BASE = ("time_zone", "customers_metric")
"""Lines of [repute] that are kept."""


def kept_part(config: Config) -> dict[str, Any]:
    """The tables that figures depend on, JSON-ready; topics also where they are the default ones."""
    top = read_toml(config.path)
    return {
        "repute": {name: value for name, value in top.get("repute", {}).items() if name in BASE},
        **{name: top[name] for name in WHOLE if name in top},
        "topics": [asdict(topic) for topic in config.topics],
        "sources": {source.name: {"enabled": source.enabled} for source in config.sources},
    }


def read_kept(kept: dict[str, Any], config: Config) -> Config:
    """The configuration as it was kept, with the present file and database.

    Raises `ConfigError` where this version reads the kept tables otherwise.
    """
    top = Table({**kept, "repute": {**kept["repute"], "database": str(config.database)}}, "")
    found = read_config(config.path, top, {})
    if top.problems:
        raise ConfigError("the configuration kept with the answer", top.problems)
    return found
