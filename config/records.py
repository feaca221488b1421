"""What a configuration says, once its shape has been checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Problem:
    """One mistake: where it stands, what stands there, and what to do."""

    place: str
    """Like `brands[0].query`; empty for the whole file."""
    message: str
    """What is wrong and how to mend it, with the value in it."""

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class ConfigError(ValueError):
    """Everything wrong with a configuration, all together."""

    def __init__(self, file: str, problems: list[Problem], config: Config | None = None) -> None:
        """`config` is what could be read all the same, for the owners of the settings to find the other mistakes in it."""
        self.file = file
        self.problems = tuple(problems)
        self.config = config
        super().__init__("\n".join(f"{file}: {problem}" for problem in problems))


@dataclass(frozen=True, kw_only=True)
class Brand:
    """A name to listen for: our own or a competitor's."""

    id: str
    name: str
    role: Literal["own", "competitor"]
    query: str
    """Boolean query that makes a mention this brand's; its meaning is checked by `crawlers.query`."""
    accounts: tuple[str, ...] = ()
    """The brand's own account names: what they post is the company's voice."""


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What a complaint may be about."""

    id: str
    name: str
    description: str
    """One line that the classifier compares texts with; any language."""
    action: str = ""
    """What to do when this becomes a hot button."""


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """A word that the company wants to be known by."""

    id: str
    name: str
    description: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """One table `[sources.NAME]`; what its options mean is checked by the spider of that name."""

    name: str
    options: Mapping[str, object]
    enabled: bool = True
    requests_a_day: int | None = None
    """Requests that its crawls may make on one UTC day; None for any number."""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When `repute run` does what: five-field cron lines in the user's time zone, with weekdays as names."""

    crawl: Mapping[str, str] = field(default_factory=dict)
    """Source name -> cron line; `default` for the sources not named."""
    tag: str = "*/15 * * * *"
    digest: str = "0 7 * * mon"
    prune: str = "30 4 * * *"
    """When what is older than `retention` is erased."""
    limit_minutes: int = 60
    """A job that runs longer is ended."""


@dataclass(frozen=True, kw_only=True)
class Digest:
    """Who gets the weekly email, and how it is sent."""

    to: tuple[str, ...] = ()
    sender: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_ca_file: str = ""
    """Certificate authority of a private mail server; empty for the system's."""


SENTIMENTS = ("negative", "neutral", "positive")


@dataclass(frozen=True, kw_only=True)
class SentimentModel:
    """A sequence classifier of the user's choice, which gives the sentiments in place of the shipped model."""

    model: str
    """Name on the Hugging Face hub, or a folder, relative to config.toml."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Its label -> one of ours; labels that are called as ours need no line."""
    revision: str = ""
    """Branch, tag or commit on the hub; empty for its main branch."""
    batch: int = 16
    """Texts read at once."""


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """When a hot button is isolated, recurring or systemic, and when a figure has too few to say."""

    recurring_people: int = 3
    systemic_people: int = 5
    systemic_sites: int = 2
    systemic_days: int = 3
    too_few: int = 5
    """Shares and means over fewer answers than this are not shown."""
    quiet_days: int = 14
    """A customer who says nothing for so many days after the company's answer has gone quiet: the case counts as resolved."""


Way = Literal["at_most", "at_least"]
Unit = Literal["a_week", "percent", "points", "per_1000", "stars"]
"""`percent` is written 0 to 100 and kept as 0 to 1, `points` -100 to 100 and kept as -1 to 1."""
MetricKind = Literal["level", "count"]
MetricEvery = Literal["day", "week", "month", "quarter"]


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What a weekly figure of a brand is to be."""

    figure: str
    """One of `config.goals.FIGURES`."""
    way: Way
    target: float
    """In the figure's own unit: a share is 0 to 1, net sentiment and NPS are -1 to 1."""
    unit: Unit
    brand: str
    """Brand id; the first own brand where nothing is said."""
    topic: str = ""
    """Topic id, of figures about complaints; empty for all complaints."""
    within_hours: float | None = None
    """Of `first_reply`: how soon a complaint is to be answered."""


@dataclass(frozen=True, kw_only=True)
class MetricSeries:
    """How an imported business series is read."""

    name: str
    """As imported; of `returns/Toaster X` the part before the `/` stands for all its products."""
    kind: MetricKind = "level"
    """A level (customers, staff) is averaged over a week, a count (orders, returns) is summed up."""
    every: MetricEvery | None = None
    """What a value stands for; None to tell it by the days between values."""


@dataclass(frozen=True, kw_only=True)
class Voices:
    """Who is no customer, by rule and never by a model. Where a source says so itself, no rule is needed."""

    press: tuple[str, ...] = ("accesswire.com", "businesswire.com", "einpresswire.com", "globenewswire.com", "prnewswire.com")
    """Domains of media and of press releases; those under them too."""
    bot: tuple[str, ...] = ()
    """Accounts, like `@dealbot`, that a machine writes for."""
    affiliate: tuple[str, ...] = ()
    """What the links of those hold who earn by them: a query parameter like `tag=` or `ref=acme-20`, or a domain."""
    repeat_texts: int = 6
    """Near copies by one author within `repeat_days` that make the author a bot; 0 for never."""
    repeat_places: int = 4
    """Sites with near copies by one author within `repeat_days`; 0 for never."""
    repeat_days: int = 30


CUSTOMERS = "customers"
"""The business series that counts the own brand's customers, where the configuration names no other."""
PER_CUSTOMERS = "complaints_per_1000_customers"
"""The figure of goals that stands on that count."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """The whole configuration."""

    path: Path
    database: Path
    time_zone: ZoneInfo
    contact: str
    """An address in the user agent, so that a site's owner can write to us."""
    keep_author_names: bool
    backfill_days: int
    """How far back the first crawl of a source reaches."""
    refresh_days: int
    """How long after its publication a mention is read again, for edits, scores, replies and deletions."""
    retention_days: int | None = None
    """After how many days mentions are erased; None for never."""
    voices: Voices = field(default_factory=Voices)
    allow_private_hosts: tuple[str, ...]
    """Hosts on private addresses that may be crawled; loopback for the demo."""
    brands: tuple[Brand, ...]
    attributes: tuple[Attribute, ...]
    topics: tuple[Topic, ...]
    sources: tuple[Source, ...]
    schedule: Schedule
    digest: Digest
    thresholds: Thresholds
    goals: tuple[Goal, ...] = ()
    metrics: tuple[MetricSeries, ...] = ()
    customers_metric: str = CUSTOMERS
    """The imported business series that counts the own brand's customers."""
    model: str
    """Folder of another ONNX model; empty for the one that is shipped."""
    sentiment: SentimentModel | None
    """What gives the sentiments; None for the model above."""
    secrets: Mapping[str, str] = field(repr=False)
    """From the environment: `REPUTE_REDDIT_CLIENT_ID` is `reddit_client_id`."""

    def source(self, name: str) -> Source | None:
        """The source of that name, or None."""
        return next((source for source in self.sources if source.name == name), None)

    def brand(self, brand_id: str) -> Brand | None:
        """The brand of that id, or None."""
        return next((brand for brand in self.brands if brand.id == brand_id), None)

    def metric(self, name: str) -> MetricSeries:
        """How the business series of that name is read."""
        known = {series.name: series for series in self.metrics}
        return known.get(name) or known.get(name.partition("/")[0]) or MetricSeries(name=name)

    @property
    def names_customers(self) -> bool:
        """Whether the user says which series counts the customers."""
        return self.customers_metric != CUSTOMERS

    def asks_customers(self, brand_id: str) -> bool:
        """Whether a goal of a brand can be judged only by a count of its customers."""
        return any(goal.figure == PER_CUSTOMERS and goal.brand == brand_id for goal in self.goals)

    @property
    def own_brand(self) -> Brand:
        """The first own brand: what reports speak of when nothing else is asked."""
        return next(brand for brand in self.brands if brand.role == "own")
