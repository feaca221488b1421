"""What is reviewed, and where: kept as the page tells it, on pages of our own making and on those that were recorded."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from crawlers.prose import to_prose
from crawlers.structured import parse_structured

URL = "https://reviews.example/acme"
REVIEW = {
    "@type": "Review",
    "author": {"@type": "Person", "name": "Ada"},
    "reviewBody": "Late again.",
    "datePublished": "2026-09-12",
}
ADDRESS = {"@type": "PostalAddress", "addressLocality": "Leeds", "addressRegion": "Yorkshire"}
BRANCH = {"@type": "GroceryStore", "name": "Acme Leeds", "address": ADDRESS}


def subjects(node):
    body = f'<script type="application/ld+json">{json.dumps(node)}</script>'.encode()
    return [
        (mention.subject, mention.place) for mention in parse_structured(body, URL, site="s", accounts=frozenset()).mentions
    ]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (REVIEW | {"itemReviewed": {"@type": "Product", "name": "Kettle &amp; lid"}}, ("Kettle & lid", None)),
        (REVIEW | {"itemReviewed": "Kettle"}, ("Kettle", None)),
        (REVIEW | {"itemReviewed": BRANCH}, ("Acme Leeds", "Leeds")),
        (BRANCH | {"review": [REVIEW]}, ("Acme Leeds", "Leeds")),
        (BRANCH | {"review": REVIEW | {"itemReviewed": {"@type": "Product", "name": "Kettle"}}}, ("Kettle", None)),
        (REVIEW | {"itemReviewed": BRANCH, "contentLocation": {"@type": "Place", "name": "York"}}, ("Acme Leeds", "York")),
        (
            REVIEW | {"itemReviewed": {"@type": "Hotel", "name": "Rest", "address": "1 High St, Leeds"}},
            ("Rest", "1 High St, Leeds"),
        ),
        (REVIEW | {"itemReviewed": {"@type": "MobileApplication", "name": "Acme app"}}, ("Acme app", None)),
        (REVIEW, (None, None)),
        (REVIEW | {"itemReviewed": {"@type": "Product", "name": None}}, (None, None)),
    ],
)
def test_what_is_reviewed_and_where_is_kept(node, expected):
    assert subjects(node) == [expected]


MARKED = """
<div itemscope itemtype="https://schema.org/Restaurant"><h1 itemprop="name">Acme Leeds</h1>
<div itemprop="address" itemscope itemtype="https://schema.org/PostalAddress"><span itemprop="addressLocality">Leeds</span></div>
<div itemprop="review" itemscope itemtype="https://schema.org/Review"><span itemprop="author">Ada</span>
<p itemprop="reviewBody">Late again.</p></div></div>"""


def test_microdata_tells_the_same():
    mentions = parse_structured(MARKED.encode(), URL, site="s", accounts=frozenset()).mentions
    assert [(mention.subject, mention.place) for mention in mentions] == [("Acme Leeds", "Leeds")]


def told(node, name=None):
    """(author, name of what is reviewed) of every review in JSON-LD, read without our parser."""
    if isinstance(node, list):
        return [pair for one in node for pair in told(one, name)]
    if not isinstance(node, dict):
        return []
    types = node.get("@type") if isinstance(node.get("@type"), list) else [node.get("@type")]
    if "Review" in types:
        item, author = node.get("itemReviewed"), node.get("author")
        author = author[0] if isinstance(author, list) and author else author
        about = item.get("name") if isinstance(item, dict) else item or name
        person = author.get("name") if isinstance(author, dict) else author
        return [(person, about)] if isinstance(person, str) and isinstance(about, str) else []
    below = node.get("name") if isinstance(node.get("name"), str) else name
    return [pair for value in node.values() for pair in told(value, below)]


def test_recorded_pages_keep_the_subject_that_they_tell(recorded):
    wanted = missing = 0
    for path in sorted((recorded / "pages").glob("*.html.gz")):
        body = gzip.decompress(path.read_bytes())
        pairs = set()
        for script in re.findall(rb"<script[^>]*application/ld\+json[^>]*>(.*?)</script>", body, re.DOTALL | re.IGNORECASE):
            try:
                pairs |= set(told(json.loads(script.decode("utf-8", "replace"))))
            except ValueError:
                continue  # broken JSON-LD: no business of a reader that does not mend it
        found = parse_structured(body, "https://x.example/page", site="x.example", accounts=frozenset()).mentions
        kept = {(mention.author_name, mention.subject) for mention in found if mention.kind == "review"}
        expected = {(to_prose(author), to_prose(about)) for author, about in pairs}
        wanted += len(expected)
        missing += len(expected - kept)
    assert wanted > 100
    assert missing <= wanted * 0.01
