"""Which brands a mention concerns: those whose query its words match, and the one whose own account wrote it."""

from __future__ import annotations

from collections.abc import Sequence

from config import Brand, Config, Problem
from crawlers.query import Query, QueryError, parse_query
from crawlers.terms import EVERYTHING
from crawlers.words import Words
from store.records import Mention


class BrandMatcher:
    """The queries of all brands, asked together: only those that share a word with the text are read through."""

    def __init__(self, brands: Sequence[Brand]) -> None:
        """Raises `QueryError` for a query that cannot be read."""
        self.brands = tuple(brands)
        self.queries = [parse_query(brand.query) for brand in brands]
        self.always = [number for number, query in enumerate(self.queries) if query.triggers is None]
        triggered: dict[str, list[int]] = {}
        for number, query in enumerate(self.queries):
            for trigger in query.triggers or ():
                triggered.setdefault(trigger, []).append(number)
        self.stems = [(key.removesuffix(EVERYTHING), numbers) for key, numbers in triggered.items() if key.endswith(EVERYTHING)]
        """How words begin -> the queries that ask for all words that begin so."""
        self.triggered = {key: numbers for key, numbers in triggered.items() if not key.endswith(EVERYTHING)}
        self.words = frozenset(self.triggered)
        self.accounts = {bare_account(account): brand for brand in brands for account in brand.accounts}
        self.everything = any(query.is_everything for query in self.queries)
        """Whether some brand's query is `*`, so that even a mention without words is somebody's."""

    def match(self, mention: Mention) -> tuple[tuple[str, str], ...]:
        """(brand id, what matched) of every brand, in the configuration's order.

        Asked of title, text, what is reviewed, and the context (a comment's thread title). No phrase spans two of them.
        """
        found = self.match_words(Words(mention.title, mention.text, mention.subject, mention.context))
        writer = self.find_account(mention)
        if writer is None:
            return tuple(found)
        words = {writer.id: f"@{bare_account(mention.author_name or mention.author_id or writer.id)}"} | dict(found)
        return tuple((brand.id, words[brand.id]) for brand in self.brands if brand.id in words)

    def match_words(self, words: Words) -> list[tuple[str, str]]:
        """(brand id, what matched) by the queries alone, in the configuration's order."""
        numbers = set(self.always)
        for key in self.words & words.forms:
            numbers.update(self.triggered[key])
        for stem, some in self.stems:
            if words.begin(stem):
                numbers.update(some)
        asked: list[tuple[Brand, Query]] = [(self.brands[number], self.queries[number]) for number in sorted(numbers)]
        return [(brand.id, found) for brand, query in asked if (found := query.match(words)) is not None]

    def find_account(self, mention: Mention) -> Brand | None:
        """The brand whose own account wrote a mention."""
        if not self.accounts:
            return None
        names = (mention.author_id, mention.author_name)
        return next((brand for name in names if name and (brand := self.accounts.get(bare_account(name)))), None)


def bare_account(name: str) -> str:
    """An account name without `@` or `u/`, in one case."""
    return name.strip().removeprefix("@").removeprefix("/").removeprefix("u/").casefold()


def check_queries(config: Config) -> list[Problem]:
    """What is wrong with the brands' queries, by place."""
    problems = []
    for number, brand in enumerate(config.brands):
        try:
            parse_query(brand.query)
        except QueryError as error:
            problems.append(Problem(f"brands[{number}].query", str(error)))
    return problems
