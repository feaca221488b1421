"""By what names a text speaks of a brand: read off its name, its query and its accounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from config import Brand
from crawlers.matching import bare_account
from crawlers.query import parse_query
from crawlers.terms import And, Everything, Near, Node, Not, Or, Term
from crawlers.words import find_runs, join
from store.records import BrandNames


def find_names(brands: Sequence[Brand]) -> tuple[BrandNames, ...]:
    """The names of every brand, in the configuration's order. Raises `QueryError` for a query that cannot be read.

    Of words that must stand together (AND, NEAR) only those are names that share a word with the brand's own name, else the
    first; the name alone is then not certain to be the brand.
    """
    return tuple(names_of(brand) for brand in brands)


def names_of(brand: Brand) -> BrandNames:
    """The names of one brand."""
    root = parse_query(brand.query).root
    own = {join(run) for text in (brand.name, brand.id) for run in find_runs(text)}
    written = dict.fromkeys([brand.name, *positive(root, own)])
    accounts = [f"@{bare_account(account)}" for account in brand.accounts]
    shut_out = dict.fromkeys(form for form in negative(root) if form not in written and not is_own(form, own))
    return BrandNames(brand=brand.id, forms=(*written, *accounts), unless=tuple(shut_out), certain=not conditional(root))


def positive(node: Node, own: set[str]) -> Iterator[str]:
    """The words and phrases of which the query asks, as they are written."""
    match node:
        case Term():
            yield node.written
        case Or():
            for part in node.parts:
                yield from positive(part, own)
        case And():
            yield from first_names([part for part in node.parts if not isinstance(part, Not)], own)
        case Near():
            yield from first_names([node.left, node.right], own)
        case Not() | Everything():
            pass


def first_names(parts: Sequence[Node], own: set[str]) -> list[str]:
    """The names among parts that must all be there."""
    found = [forms for part in parts if (forms := list(positive(part, own)))]
    named = [forms for forms in found if any(is_own(form, own) for form in forms)]
    return [form for forms in named or found[:1] for form in forms]


def negative(node: Node) -> Iterator[str]:
    """The words and phrases that the query shuts out."""
    match node:
        case Not():
            yield from terms(node.part)
        case And() | Or():
            for part in node.parts:
                yield from negative(part)
        case _:
            pass


def terms(node: Node) -> Iterator[str]:
    """Every word and phrase of a part."""
    match node:
        case Term():
            yield node.written
        case And() | Or():
            for part in node.parts:
                yield from terms(part)
        case Near():
            yield from terms(node.left)
            yield from terms(node.right)
        case Not():
            yield from terms(node.part)
        case Everything():
            pass


def is_own(form: str, own: set[str]) -> bool:
    """Whether a form is the brand's own name, or that with an ending or a star."""
    runs = [join(run) for run in find_runs(form.rstrip("*"))]
    return len(runs) == 1 and any(runs[0] == name or (form.endswith("*") and name.startswith(runs[0])) for name in own)


def conditional(node: Node) -> bool:
    """Whether the query asks for more than one of some names."""
    if isinstance(node, And):
        asked = [part for part in node.parts if not isinstance(part, Not)]
        return len(asked) != 1 or conditional(asked[0])
    if isinstance(node, Or):
        return any(conditional(part) for part in node.parts)
    return isinstance(node, Near | Everything)
