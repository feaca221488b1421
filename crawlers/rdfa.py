"""What a page says of itself in RDFa 1.1 with schema.org terms -> nodes. What names no vocabulary means nothing.

https://www.w3.org/TR/rdfa-core/#s_sequence, without chains that reviews do not use (`rev`, `inlist`, literals with markup).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree, html

from crawlers.nodes import Node, Value

SCHEMA = ("http://schema.org/", "https://schema.org/")
USUAL: Mapping[str, str] = {"schema": SCHEMA[0]}
"""Prefixes that need no declaration (https://www.w3.org/2011/rdfa-context/rdfa-1.1)."""
HAS_TYPES = etree.XPath("boolean(//@typeof)")
MAX_DEEP = 40
"""Things within each other; deeper nesting is an attack or a mistake."""


@dataclass(frozen=True)
class Scope:
    """What holds within an element."""

    subject: Node | None = None
    vocabulary: str = ""
    prefixes: Mapping[str, str] = field(default_factory=lambda: USUAL)
    hanging: tuple[str, ...] = ()
    """Terms of a `rel` that wait for the thing beneath."""
    depth: int = 0

    def terms(self, written: str | None) -> tuple[str, ...]:
        """The schema.org names among terms, prefixed names and full addresses."""
        found = (self.expand(term) for term in (written or "").split())
        return tuple(iri[len(base) :] for iri in found for base in SCHEMA if iri.startswith(base) and len(iri) > len(base))

    def expand(self, term: str) -> str:
        """The full address of a term."""
        prefix, colon, rest = term.partition(":")
        if colon and prefix.lower() in self.prefixes:
            return self.prefixes[prefix.lower()] + rest
        return term if colon else self.vocabulary + term if self.vocabulary else ""


class Reader:
    """Reads one document; each element's scope is kept for the elements beneath it."""

    def __init__(self) -> None:
        self.roots: list[Node] = []
        self.named: dict[str, Node] = {}
        self.references: list[tuple[list[Value], int, str]] = []
        """Values that may turn out to name a thing of the page: (values, place, address)."""

    def read(self, document: html.HtmlElement) -> list[Node]:
        """Return the things that stand by themselves; others hang in their properties."""
        scopes: dict[html.HtmlElement, Scope] = {}
        for element in document.iter(etree.Element):
            above = element.getparent()
            scope = scopes.get(above, Scope())
            scopes[element] = self.read_element(element, declare(element, scope)) if element.attrib else scope
        for values, place, address in self.references:
            values[place] = self.named.get(address, values[place])
        return self.roots

    def read_element(self, element: html.HtmlElement, scope: Scope) -> Scope:
        """Note what an element says, and return what holds beneath it."""
        names = scope.terms(element.get("property"))
        if "typeof" in element.attrib:
            return self.read_thing(element, scope, names)
        about = element.get("about") or (element.get("resource") if not names and "rel" not in element.attrib else None)
        if about is not None and not names:
            return replace(scope, subject=self.named.get(about, scope.subject if about == "" else None), hanging=())
        if scope.subject is not None:
            self.read_values(element, scope.subject, names)
            return replace(scope, hanging=self.read_relation(element, scope) or scope.hanging)
        return scope

    def read_thing(self, element: html.HtmlElement, scope: Scope, names: tuple[str, ...]) -> Scope:
        """A new thing: a value of the one above where a property, or a `rel`, leads to it."""
        address = next((element.get(name) for name in ("about", "resource", "href", "src") if element.get(name)), None)
        types = frozenset(scope.terms(element.get("typeof")))
        known = self.named.get(address) if address else None
        node = known or Node(types, address, syntax="rdfa")
        node.types |= types
        inner = replace(scope, subject=node, hanging=(), depth=scope.depth + 1)
        if scope.depth >= MAX_DEEP:
            return replace(inner, subject=None)
        if address:
            self.named.setdefault(address, node)
        leads = [*names, *scope.terms(element.get("rel")), *scope.hanging]
        if scope.subject is not None and leads and "about" not in element.attrib:
            for name in leads:
                scope.subject.properties.setdefault(name, []).append(node)
        elif known is None:
            self.roots.append(node)
        return inner

    def read_values(self, element: html.HtmlElement, subject: Node, names: tuple[str, ...]) -> None:
        """Add what an element gives for its properties."""
        if not names:
            return
        value = element.get("content", element.get("datetime"))
        address = element.get("resource") or element.get("href") or element.get("src") if value is None else None
        for name in names:
            values = subject.properties.setdefault(name, [])
            if address:
                self.references.append((values, len(values), address))
            values.append(address or (value if value is not None else read_text(element)))

    def read_relation(self, element: html.HtmlElement, scope: Scope) -> tuple[str, ...]:
        """The terms of a `rel` without a thing of its own, which wait; one with an address is a value by itself."""
        terms = scope.terms(element.get("rel"))
        address = element.get("resource") or element.get("href") or element.get("src")
        if not address or scope.subject is None:
            return terms
        for name in terms:
            values = scope.subject.properties.setdefault(name, [])
            self.references.append((values, len(values), address))
            values.append(address)
        return ()


def read_rdfa(document: html.HtmlElement) -> list[Node]:
    """The things that a page describes in RDFa; nothing is looked through where no element has a type."""
    return Reader().read(document) if HAS_TYPES(document) else []


def declare(element: html.HtmlElement, scope: Scope) -> Scope:
    """The scope with the vocabulary and the prefixes that an element declares."""
    changes: dict[str, object] = {}
    if (vocabulary := element.get("vocab")) is not None:
        vocabulary = vocabulary.strip()
        changes["vocabulary"] = vocabulary + "/" if vocabulary in ("http://schema.org", "https://schema.org") else vocabulary
    if declared := dict(read_prefixes(element)):
        changes["prefixes"] = {**scope.prefixes, **declared}
    return replace(scope, **changes) if changes else scope  # type: ignore[arg-type]


def read_prefixes(element: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """`prefix="s: https://schema.org/"`, and `xmlns:s="…"` of RDFa 1.0."""
    written = (element.get("prefix") or "").split()
    yield from ((name[:-1].lower(), iri) for name, iri in zip(written[::2], written[1::2], strict=False) if name.endswith(":"))
    yield from ((name[6:].lower(), iri) for name, iri in element.attrib.items() if name.startswith("xmlns:"))


def read_text(element: html.HtmlElement) -> str:
    """What a browser shows of an element."""
    import html_text

    return str(html_text.etree_to_text(html_text.cleaner.clean_html(element)))
