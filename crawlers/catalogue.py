"""Which sources there are, which are left out on purpose, and what is wrong with those that are configured."""

from __future__ import annotations

import difflib

from scrapy import Spider

from config import Config, Problem, Source

LEFT_OUT = {
    "yelp": "its terms forbid keeping reviews",
    "tripadvisor": "its terms let only ids be stored",
    "bbb": "its terms allow personal, non-commercial use only",
    "g2": "its terms forbid automated access",
    "capterra": "its terms forbid automated access",
    "complaintsboard": "nothing verified says that it may be read automatically",
    "pissedconsumer": "nothing verified says that it may be read automatically",
    "sitejabber": "nothing verified says that it may be read automatically",
}
"""Sources that users ask for and do not get, and why."""
NOT_KEPT = frozenset(["yelp", "tripadvisor"])
"""Those whose terms hold for an export too."""


def find_spiders() -> dict[str, type[Spider]]:
    """Every source by name, found by walking the package."""
    from scrapy.settings import Settings
    from scrapy.spiderloader import SpiderLoader

    loader = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["crawlers"]}))
    return {name: loader.load(name) for name in sorted(loader.list())}


def check_sources(config: Config) -> list[Problem]:
    """Everything wrong with the brands' queries and with the options of the sources, by place."""
    from crawlers.matching import check_queries

    spiders = find_spiders()
    return [*check_queries(config), *(problem for source in config.sources for problem in check_source(source, spiders))]


def check_source(source: Source, spiders: dict[str, type[Spider]]) -> list[Problem]:
    """What is wrong with one source."""
    place = f"sources.{source.name}"
    if source.name not in spiders:
        return [Problem(place, explain_unknown(source.name, list(spiders)))]
    problems: list[Problem] = spiders[source.name].check_options(source.options)  # type: ignore[attr-defined]
    return [Problem(f"{place}.{problem.place}" if problem.place else place, problem.message) for problem in problems]


def explain_unknown(name: str, known: list[str]) -> str:
    """Why there is no source of that name, and what to do."""
    bare = "".join(letter for letter in name.casefold() if letter.isalnum())
    if bare in LEFT_OUT:
        instead = "Read them there" if bare in NOT_KEPT else "Export the reviews there and bring them in with `repute import`"
        return f"is left out on purpose: {LEFT_OUT[bare]}. {instead}"
    close = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(known)}"
    return f"is not a source; {hint}"
