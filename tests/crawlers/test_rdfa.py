"""Reviews, posts and comments in RDFa, and ratings that pages sum up."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import time
from collections import Counter

import pytest
from lxml import html

from crawlers.aggregates import as_metrics
from crawlers.structured import Page, parse_structured
from store.records import Mention, Metric

URL = "https://shop.example/kettle"
KETTLE = """<div typeof="Product"><h1 property="name">Kettle</h1>
<p property="aggregateRating" typeof="AggregateRating"><b property="ratingValue">4,4</b> of
<i property="bestRating">5</i> by <b property="ratingCount">1,089</b> people</p>
<div property="review" typeof="Review" resource="#r-48213"><b property="author" typeof="Person"><span property="name">Ada</span></b>
<time property="datePublished" datetime="2026-09-12T17:22:00+01:00">today</time>
<span property="reviewRating" typeof="Rating"><meta property="ratingValue" content="4"></span>
<div property="reviewBody"><p>Boils fast.</p><p>Lid is <i>loose</i>.</p></div>
<div property="comment" typeof="Comment"><span property="author" typeof="Organization"><i property="name">Acme</i></span>
<meta property="dateCreated" content="2026-09-13T09:00:00Z"><p property="text">Sorry, Ada!</p></div></div></div>"""


def read(body: str, url: str = URL) -> Page:
    return parse_structured(f"<!doctype html><html><head><title>x</title></head>{body}</html>".encode(), url, site="shop")


def test_a_review_in_rdfa_is_a_whole_mention_with_the_companys_answer():
    page = read(f'<body vocab="https://schema.org/">{KETTLE}</body>')
    assert page.mentions == (
        Mention(
            source="reviews", site="shop", external_id="/kettle#r-48213", url=URL, kind="review", text="Boils fast.\n\nLid is loose.",
            subject="Kettle", rating=4.0, rating_worst=1.0, rating_best=5.0, rating_measure="stars", author_id="Ada",
            author_name="Ada", published="2026-09-12T16:22:00Z", published_precision="second",
        ),
        Mention(
            source="reviews", site="shop", external_id=page.mentions[1].external_id, url=URL, kind="comment", voice="company",
            text="Sorry, Ada!", subject="Kettle", author_id="Acme", author_name="Acme", thread="/kettle#r-48213",
            parent="/kettle#r-48213", published="2026-09-13T09:00:00Z", published_precision="second",
            context="Kettle\nBoils fast.\n\nLid is loose.",
        ),
    )  # fmt: skip


PREFIXED = re.sub(r'(property|typeof)="(\w+)"', r'\1="s:\2"', KETTLE)
FULL = re.sub(r'(property|typeof)="(\w+)"', r'\1="http://schema.org/\2"', KETTLE)


@pytest.mark.parametrize(
    "body",
    [
        f'<body vocab="http://schema.org">{KETTLE}</body>',
        f'<body prefix="og: http://ogp.me/ns# s: https://schema.org/">{PREFIXED}</body>',
        f'<body xmlns:s="http://schema.org/">{PREFIXED}</body>',
        "<body>" + PREFIXED.replace('"s:', '"schema:'),
        f"<body>{FULL}</body>",
        '<body vocab="https://schema.org/">' + KETTLE.replace('property="review" ', 'rel="review" '),
        '<body vocab="https://schema.org/">' + KETTLE.replace('<div property="review" ', '<div rel="review"><div ') + "</div>",
    ],
    ids=["vocabulary", "prefix", "xmlns", "usual prefix", "full addresses", "rel", "rel above"],
)
def test_the_ways_of_naming_a_term_come_to_the_same(body):
    assert read(body).mentions == read(f'<body vocab="https://schema.org/">{KETTLE}</body>').mentions


def test_terms_of_other_vocabularies_are_no_reviews():
    assert read(f"<body>{KETTLE}</body>").mentions == ()
    assert read(f'<body vocab="http://example.org/">{KETTLE}</body>').mentions == ()
    assert (
        read(
            '<body prefix="sioc: http://rdfs.org/sioc/ns#"><p typeof="sioc:Comment" property="sioc:text">x</p></body>'
        ).mentions
        == ()
    )


def test_a_thing_named_elsewhere_on_the_page_is_found_by_its_address():
    body = """<body vocab="https://schema.org/"><p typeof="Review"><i property="author" resource="#ada"></i>
    <i property="itemReviewed" resource="#kettle"></i><b property="reviewBody">Fine.</b></p>
    <p typeof="Person" resource="#ada"><b property="name">Ada</b></p>
    <p about="#kettle" typeof="Product"><b property="name">Kettle</b></p></body>"""
    (mention,) = read(body).mentions
    assert (mention.author_name, mention.subject, mention.text) == ("Ada", "Kettle", "Fine.")


def test_a_forum_thread_in_rdfa_keeps_its_comments():
    body = """<body vocab="https://schema.org/"><article typeof="DiscussionForumPosting" resource="/t/acme-late.41">
    <h1 property="headline">Acme late?</h1><p property="text">Anyone?</p><a property="author" typeof="Person" href="/u/c">
    <span property="name">C</span></a><time property="datePublished" datetime="2026-09-12T08:00:00Z">x</time>
    <div property="comment" typeof="Comment" resource="urn:c:1"><p property="text">Me too.</p></div></article></body>"""
    post, comment = read(body, "https://shop.example/t/acme-late.41").mentions
    assert (post.external_id, post.title, post.author_id, post.kind) == ("/t/acme-late.41", "Acme late?", "/u/c", "post")
    assert (comment.external_id, comment.thread, comment.text) == ("urn:c:1", "/t/acme-late.41", "Me too.")


def test_one_review_in_two_syntaxes_is_one():
    linked = {"@context": "https://schema.org", "@type": "Product", "name": "Kettle", "review": {
        "@type": "Review", "author": {"name": "Ada"}, "reviewBody": "Boils fast. Lid is loose.", "reviewRating": {"ratingValue": 4},
        "datePublished": "2026-09-12"}}  # fmt: skip
    script = f'<script type="application/ld+json">{json.dumps(linked)}</script>'
    reviews = [m for m in read(f'<body vocab="https://schema.org/">{script}{KETTLE}</body>').mentions if m.kind == "review"]
    assert [(mention.published, mention.external_id) for mention in reviews] == [("2026-09-12T16:22:00Z", "/kettle#r-48213")]


def test_endless_nesting_of_things_ends_soon():
    began = time.monotonic()
    read('<body vocab="https://schema.org/">' + '<div property="comment" typeof="Comment">' * 3000)
    assert time.monotonic() - began < 10


def test_what_an_independent_reader_finds_we_find():
    """Extruct's RDFa reader goes by the whole specification, through an RDF store."""
    from extruct.rdfa import RDFaExtractor

    review = KETTLE[KETTLE.index('<div property="review"') : -len("</div>")]
    many = "".join(review.replace("48213", str(48213 + n)).replace("Ada", f"Ada {n}") for n in range(20))
    page = f'<!doctype html><html><head><title>x</title></head><body vocab="https://schema.org/"><div typeof="Product">{many}</div></body></html>'
    apart: Counter[str] = Counter()
    for thing in RDFaExtractor().extract(page, base_url=URL):
        apart.update(name.rpartition("/")[2] for name in thing.get("@type", []))
    found = parse_structured(page.encode(), URL, site="shop").found
    assert (found["Review"], found["Comment"]) == (apart["Review"], apart["Comment"]) == (20, 20)


def test_a_pages_ratings_are_summed_up_by_thing():
    linked = [
        {"@type": "AggregateRating", "itemReviewed": {"name": "Acme Ltd"}, "ratingValue": "4.2", "bestRating": "5", "ratingCount": "1,301"},
        {"@type": "Product", "name": "Lamp", "aggregateRating": {"@type": "AggregateRating", "ratingValue": 84, "bestRating": 100,
         "reviewCount": 12}},
        {"@type": "Product", "name": "New", "aggregateRating": {"@type": "AggregateRating", "ratingValue": 0, "reviewCount": 0}},
        {"@type": "AggregateRating", "ratingValue": 5},
    ]  # fmt: skip
    page = read(f'<body vocab="https://schema.org/"><script type="application/ld+json">{json.dumps(linked)}</script>{KETTLE}')
    assert [metric for one in page.ratings for metric in as_metrics(one, "shop", "2026-10-05")] == [
        Metric(name="rating:shop:Acme Ltd", date="2026-10-05", value=4.2),
        Metric(name="ratings:shop:Acme Ltd", date="2026-10-05", value=1301.0),
        Metric(name="rating:shop:Lamp", date="2026-10-05", value=84.0),
        Metric(name="ratings:shop:Lamp", date="2026-10-05", value=12.0),
        Metric(name="rating:shop:Kettle", date="2026-10-05", value=4.4),
        Metric(name="ratings:shop:Kettle", date="2026-10-05", value=1089.0),
    ]


def test_recorded_pages_give_the_ratings_that_an_independent_count_finds(recorded):
    """Counted by a raw walk of the JSON and XPath: things with a name, a rating above 0, and not a count of 0."""
    pages = checked = 0
    for path in sorted((recorded / "pages").glob("*.html.gz")):
        body = gzip.decompress(path.read_bytes())
        page = parse_structured(body, f"https://example.org/{path.name}", site="example.org")
        apart = {name.casefold() for name in count_apart(body)}
        ours = {one.subject.casefold() for one in page.ratings}
        assert apart <= ours, path.name
        pages, checked = pages + bool(ours), checked + len(apart)
    assert (pages, checked) >= (30, 100)


def count_apart(body: bytes) -> set[str]:
    names: set[str] = set()

    def walk(value: object) -> None:
        if isinstance(value, dict):
            rating = value.get("aggregateRating")
            if isinstance(rating, dict) and isinstance(value.get("name"), str):
                count = rating.get("ratingCount", rating.get("reviewCount", "1"))
                plain = re.fullmatch(r"[1-9](\.\d+)?", str(rating.get("ratingValue", "")))
                if (
                    plain
                    and str(count) != "0"
                    and "&" not in value["name"]
                    and float(plain[0]) <= float(rating.get("bestRating") or 5)
                ):
                    names.add(" ".join(value["name"].split()))
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
            walk(inner)

    for script in html.document_fromstring(body).xpath('//script[contains(@type, "ld+json")]'):
        try:
            walk(json.loads(script.text or "null", strict=False))
        except ValueError:
            continue
    return names


def test_a_brands_ratings_are_kept_by_day_and_others_are_not(serve, crawl, tmp_path):
    acme = {"@type": "Organization", "name": "Acme Ltd", "aggregateRating": {"@type": "AggregateRating", "ratingValue": 4.2, "ratingCount": 9},
            "review": {"@type": "Review", "author": "Ada", "reviewBody": "Acme is fine.", "datePublished": "2026-10-01"}}  # fmt: skip
    other = {
        "@type": "Product",
        "name": "Lamp",
        "aggregateRating": {"@type": "AggregateRating", "ratingValue": 3, "ratingCount": 2},
    }
    body = f'<html><script type="application/ld+json">{json.dumps([acme, other])}</script></html>'.encode()
    url = serve({"/acme": (200, {"Content-Type": "text/html"}, body)})
    brand = '[[brands]]\nid = "acme"\nname = "Acme"\nrole = "own"\nquery = "acme"\n'
    text = f'{brand}[sources.reviews]\npages = [{{ url = "{url}/acme", site = "yard" }}]\n'
    crawl(text, "reviews")
    crawl(text, "reviews", now="2026-10-06T08:00:00Z")
    db = sqlite3.connect(tmp_path / "repute.db")
    rows = db.execute("select name, date, value from metrics order by date, name").fetchall()
    db.close()
    assert rows == [
        ("rating:yard:Acme Ltd", "2026-10-05", 4.2), ("ratings:yard:Acme Ltd", "2026-10-05", 9.0),
        ("rating:yard:Acme Ltd", "2026-10-06", 4.2), ("ratings:yard:Acme Ltd", "2026-10-06", 9.0),
    ]  # fmt: skip
