"""Ratings that a page sums up (schema.org AggregateRating) -> values of the day, to be laid over what people say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crawlers.nodes import Node, text_of, values_of
from crawlers.prose import to_prose
from crawlers.ratings import Rating, parse_amount, parse_rating
from crawlers.sights import reviewed
from store.records import Metric


@dataclass(frozen=True)
class Aggregate:
    """What many people's ratings of one thing come to."""

    subject: str
    """Name of the thing rated."""
    rating: Rating
    """The mean, on the scale of the page."""
    count: int | None
    """How many ratings there are, else how many reviews; None where the page does not tell."""


def find_aggregates(everything: Iterable[tuple[Node, tuple[Node, ...]]]) -> tuple[Aggregate, ...]:
    """The summed-up ratings of a page, one a thing: the first, where the page shows it in several syntaxes."""
    found: dict[str, Aggregate] = {}
    for node, above in everything:
        if "AggregateRating" in node.types and (one := read_aggregate(node, above)):
            found.setdefault(one.subject.casefold(), one)
    return tuple(found.values())


def read_aggregate(node: Node, above: tuple[Node, ...]) -> Aggregate | None:
    """One rating; None without a thing, or without a mean on its scale. A mean of nothing is none."""
    subject = reviewed(node, above)
    name = to_prose(text_of(subject, "name")) if subject else None
    scale = {"worst": text_of(node, "worstRating"), "best": text_of(node, "bestRating")}
    rating = parse_rating(text_of(node, "ratingValue"), **scale)
    counted = [parse_amount(text_of(node, key)) for key in ("ratingCount", "reviewCount") if values_of(node, key)]
    count = next((int(number) for number in counted if number is not None and 0 <= number < 1e12), None)
    return Aggregate(name, rating, count) if name and rating and count != 0 else None


def as_metrics(aggregate: Aggregate, site: str, day: str) -> Iterator[Metric]:
    """`rating:SITE:SUBJECT`, the mean on the page's own scale, and `ratings:SITE:SUBJECT`, how many, on a local day."""
    about = f"{site}:{' '.join(aggregate.subject.split())[:200]}"
    yield Metric(name=f"rating:{about}", date=day, value=aggregate.rating.value)
    if aggregate.count is not None:
        yield Metric(name=f"ratings:{about}", date=day, value=float(aggregate.count))
