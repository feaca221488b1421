"""config.toml and secrets from the environment, read into one frozen `Config`. Nothing else reads either."""

from config.reading import load_config
from config.records import (
    SENTIMENTS,
    Attribute,
    Brand,
    Config,
    ConfigError,
    Digest,
    Goal,
    MetricSeries,
    Problem,
    Schedule,
    SentimentModel,
    Source,
    Thresholds,
    Topic,
    Voices,
)

__all__ = [
    "SENTIMENTS",
    "Attribute",
    "Brand",
    "Config",
    "ConfigError",
    "Digest",
    "Goal",
    "MetricSeries",
    "Problem",
    "Schedule",
    "SentimentModel",
    "Source",
    "Thresholds",
    "Topic",
    "Voices",
    "load_config",
]
