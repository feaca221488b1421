"""config.toml and secrets from the environment, read into one frozen `Config`. Nothing else reads either."""

from config.reading import load_config
from config.records import Attribute, Brand, Config, ConfigError, Digest, Problem, Schedule, Source, Thresholds, Topic

__all__ = [
    "Attribute",
    "Brand",
    "Config",
    "ConfigError",
    "Digest",
    "Problem",
    "Schedule",
    "Source",
    "Thresholds",
    "Topic",
    "load_config",
]
