"""What a page says of itself in schema.org terms, JSON-LD, microdata and RDFa, as one kind of node."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from crawlers.nodes import Node, Value, as_text, flatten, short_name, type_names
from crawlers.rdfa import read_rdfa

MAX_DEPTH = 60
"""Deeper nesting of JSON than this is an attack or a mistake."""
MAX_ITEMS_DEEP = 40
"""The same for microdata items within each other."""
WRAPPERS = ("@value", "@list", "@set")
"""What JSON-LD may put around a plain value or the items of a list."""

# Made once: to read an XPath takes longer than to follow it.
SCRIPTS = etree.XPath('//script[contains(@type, "ld+json")]')
NEXT_PAGES = etree.XPath('(//link | //a)[contains(concat(" ", normalize-space(@rel), " "), " next ")]/@href')
HAS_ITEMS = etree.XPath("boolean(//@itemscope)")


@dataclass(frozen=True)
class Markup:
    """All nodes of a page that stand by themselves (others hang in their properties), and what could not be read."""

    roots: tuple[Node, ...]
    problems: tuple[str, ...]
    following: tuple[str, ...] = ()
    """The addresses of the next page, as the page writes them."""


def parse_markup(body: bytes, encoding: str | None = None) -> Markup:
    """Read the JSON-LD, microdata and RDFa of a page. Bytes, because an XML declaration makes lxml refuse a str.

    A broken script is mended where that is cheap; it is named in `problems` either way, and costs the other scripts nothing.
    """
    if not body.strip():
        return Markup((), ())
    try:
        document = html.document_fromstring(body, parser=html.HTMLParser(encoding=encoding))
    except (ValueError, LookupError, etree.LxmlError) as error:
        return Markup((), (f"no HTML: {error}",))
    linked, problems = read_scripts(document)
    roots = (*linked, *read_microdata(document), *read_rdfa(document))
    return Markup(roots, tuple(problems), tuple(map(str, NEXT_PAGES(document))))


def read_scripts(document: html.HtmlElement) -> tuple[list[Node], list[str]]:
    """The nodes of every JSON-LD script, each script parsed by itself."""
    found, problems = [], []
    for number, script in enumerate(SCRIPTS(document), start=1):
        text = script.text_content()
        if not text.strip():
            continue
        try:
            found.append(json.loads(text, strict=False))
        except (ValueError, RecursionError) as error:
            mended = mend_json(text)
            problems.append(f"JSON-LD script {number}: {error}" + ("" if mended is None else " (mended)"))
            found.append(mended)
    return link(found), problems


def mend_json(text: str) -> Any | None:
    """Read JSON with the usual blemishes: wrappers, trailing commas, text after the end, bare quotes. None if hopeless."""
    text = re.sub(r"^\s*(<!--|//<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)", "", text).strip()
    for attempt in (text, drop_commas(text), drop_commas(escape_quotes(text))):
        try:
            return json.JSONDecoder(strict=False).raw_decode(attempt)[0]
        except (ValueError, RecursionError):
            continue
    return None


def drop_commas(text: str) -> str:
    """Leave out commas before a closing bracket, outside of strings."""
    return re.sub(r'("(?:[^"\\]|\\.)*+")|,(?=\s*[}\]])', lambda match: match.group(1) or "", text, flags=re.DOTALL)


def escape_quotes(text: str) -> str:
    """Escape quotes within strings: one that no `,`, `:`, `}` or `]` follows cannot end a string."""
    out, inside, position = [], False, 0
    for match in re.finditer(r'\\.|"(?=(\s*[,:}\]])?)', text, re.DOTALL):
        out.append(text[position : match.start()])
        position = match.end()
        closes = inside and match.group(1) is not None
        if match.group() != '"' or closes or not inside:
            out.append(match.group())
            inside = inside ^ (match.group() == '"')
        else:
            out.append('\\"')
    return "".join([*out, text[position:]])


def link(scripts: list[Any]) -> list[Node]:
    """Turn parsed scripts into nodes, where a bare {"@id": …} stands for the node of that id."""
    index: dict[str, Node] = {}
    pending: list[tuple[list[Value], int, str]] = []

    def convert(value: Any, depth: int) -> Value:
        if isinstance(value, list):
            return [convert(item, depth + 1) for item in value[:5000]] if depth < MAX_DEPTH else []
        return convert_node(value, depth) if isinstance(value, dict) and depth < MAX_DEPTH else value

    def convert_node(value: dict[str, Any], depth: int) -> Node:
        node = Node(type_names(value.get("@type")), as_text(value.get("@id")))
        for key, item in value.items():
            if not key.startswith("@") or key == "@graph":
                if isinstance(item, str):
                    # Most are: what follows is for the others.
                    node.properties[short_name(key)] = [item]
                    continue
                items = flatten(convert(unwrap(item), depth + 1))
                node.properties[short_name(key)] = items
                for i, x in enumerate(items):
                    if isinstance(x, Node) and x.id and not x.properties:
                        pending.append((items, i, x.id))
        if node.id and node.properties:
            index.setdefault(node.id, node)
        return node

    tops = [node for script in scripts for node in flatten(convert(script, 0)) if isinstance(node, Node)]
    for items, position, wanted in pending:
        items[position] = index.get(wanted, items[position])
    return [inner for top in tops for inner in (top, *(n for n in top.properties.get("@graph", []) if isinstance(n, Node)))]


def unwrap(value: Any) -> Any:
    """The plain value of {"@value": …}, and the items of {"@list": …}."""
    if not isinstance(value, dict) or value.keys().isdisjoint(WRAPPERS):
        return value
    return next(value[name] for name in WRAPPERS if name in value)


def read_microdata(document: html.HtmlElement) -> list[Node]:
    """The microdata items of a page. Values are text with its paragraphs, or the `content`, `datetime`, `href` for it."""
    if not HAS_ITEMS(document):
        return []
    from extruct.w3cmicrodata import MicrodataExtractor

    for item in document.xpath("//*[@itemscope][@itemid][not(@itemtype)]"):
        # Extruct drops the id of an item without a type; XenForo names the parent of every post that way.
        item.set("itemtype", "https://schema.org/Thing")
    if document.xpath("boolean(//*[@itemscope][count(ancestor::*[@itemscope]) > $deepest])", deepest=MAX_ITEMS_DEEP):
        # Extruct takes the cube of the depth in time. Nobody nests so deep but to stop whoever reads it.
        return []
    return [as_node(item) for item in MicrodataExtractor(strict=True).extract_items(document, base_url=None)]


def as_node(item: dict[str, Any]) -> Node:
    """Turn an item of extruct into a node."""
    node = Node(type_names(item.get("type")), item.get("id"), syntax="microdata")
    for name, values in item.get("properties", {}).items():
        node.properties[short_name(name)] = [as_node(value) if isinstance(value, dict) else value for value in values if value]
    return node
