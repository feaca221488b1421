"""Pages in, mentions out: JSON-LD and microdata, whole and broken."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections import Counter

import pytest
from lxml import html

from crawlers.dates import parse_date
from crawlers.prose import to_prose
from crawlers.ratings import Rating, parse_rating
from crawlers.structured import parse_structured
from store.records import Mention

URL = "https://reviews.example/acme?page=2"
COUNTED = ("Review", "DiscussionForumPosting", "Comment")


def page(*nodes: object, body: str = "") -> bytes:
    scripts = "".join(
        f'<script type="application/ld+json">{node if isinstance(node, str) else json.dumps(node)}</script>' for node in nodes
    )
    return f"<!doctype html><html><head>{scripts}</head><body>{body}</body></html>".encode()


def read(*nodes: object, body: str = "", url: str = URL, accounts: frozenset[str] = frozenset()) -> tuple[Mention, ...]:
    return parse_structured(page(*nodes, body=body), url, site="reviews.example", accounts=accounts).mentions


def review(**more: object) -> dict[str, object]:
    return {
        "@type": "Review",
        "author": {"@type": "Person", "name": "Ada"},
        "datePublished": "2026-09-12",
        "reviewBody": "Late again.",
        "reviewRating": {"ratingValue": "2"},
    } | more


def test_review_becomes_a_whole_mention():
    company = {"@context": "https://schema.org", "@type": "Organization", "name": "Acme", "review": [review(headline="Meh")]}
    (mention,) = read({"@graph": [company]})
    assert mention == Mention(
        source="reviews", site="reviews.example", external_id=mention.external_id, url=URL, kind="review", title="Meh",
        text="Late again.", subject="Acme", rating=2.0, rating_worst=1.0, rating_best=5.0, rating_measure="stars",
        author_id="Ada", author_name="Ada", published="2026-09-12T00:00:00Z", published_precision="day",
    )  # fmt: skip


def test_an_edited_review_on_another_page_is_the_same_one():
    (before,) = read(review())
    (after,) = read(review(reviewBody="Late again. Update: refunded."), url="https://reviews.example/acme?page=3")
    assert before.external_id == after.external_id


def test_two_reviews_of_one_author_on_one_day_are_told_apart_by_their_words():
    ids = [mention.external_id for mention in read(review(), review(reviewBody="And the van blocked my drive."))]
    assert len(set(ids)) == 2


def test_reviews_without_author_or_date_are_told_apart_across_pages():
    (one,) = read(review(author={"name": "Anonymous"}))
    (other,) = read(review(author={"name": "Anonymous"}, reviewBody="Lovely people."))
    assert one.external_id != other.external_id
    assert one.author_id is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"@id": "374828037"}, "374828037"),
        ({"@id": "https://www.reviews.example/acme?page=2#review-48291"}, "/acme#review-48291"),
        ({"identifier": {"@type": "PropertyValue", "value": "rv-99812"}}, "rv-99812"),
        ({"url": "https://reviews.example/reviews/5f3a99bc12"}, "/reviews/5f3a99bc12"),
    ],
)
def test_an_id_of_its_own_is_the_identity(fields, expected):
    (mention,) = read(review(**fields))
    assert mention.external_id == expected


@pytest.mark.parametrize("fields", [{"@id": "_:b0"}, {"@id": "#review-2"}, {"url": "https://reviews.example/acme?page=2"}])
def test_places_on_the_page_are_no_identity(fields):
    assert read(review(**fields))[0].external_id == read(review())[0].external_id


MARKED = """
<div itemscope itemtype="http://schema.org/Product"><span itemprop="name">Kettle</span>
<div itemprop="review" itemscope itemtype="http://schema.org/Review">
<span itemprop="author" itemscope itemtype="http://schema.org/Person"><b itemprop="name">Ada</b></span>
<time itemprop="datePublished" datetime="2026-09-12T17:22:00+01:00">today</time>
<div itemprop="reviewRating" itemscope itemtype="http://schema.org/Rating"><meta itemprop="ratingValue" content="4,5"></div>
<div itemprop="reviewBody"><p>Boils fast.</p><p>Lid is <i>loose</i>.</p></div></div></div>"""


def test_microdata_is_read_like_json_ld():
    (mention,) = read(body=MARKED)
    assert mention == Mention(
        source="reviews", site="reviews.example", external_id=mention.external_id, url=URL, kind="review",
        text="Boils fast.\n\nLid is loose.", subject="Kettle", rating=4.5, rating_worst=1.0, rating_best=5.0,
        rating_measure="stars", author_id="Ada", author_name="Ada", published="2026-09-12T16:22:00Z", published_precision="second",
    )  # fmt: skip


def test_one_review_in_both_syntaxes_is_one_with_the_finer_time():
    linked = review(reviewBody="Boils fast. Lid is loose.", reviewRating={"ratingValue": 4.5})
    (mention,) = read({"@type": "Product", "name": "Kettle", "review": linked}, body=MARKED)
    assert (mention.published, mention.published_precision, mention.text) == (
        "2026-09-12T16:22:00Z", "second", "Boils fast. Lid is loose.",
    )  # fmt: skip


def test_the_companys_answer_hangs_under_the_review():
    answer = {
        "@type": "Comment", "author": {"@type": "Organization", "name": "AcmeHelp"}, "dateCreated": "2026-09-13T09:30:00+01:00",
        "text": "Sorry, Ada.",
    }  # fmt: skip
    first, second = read({"@type": "Organization", "name": "Acme", "review": review(comment=answer)})
    assert (second.kind, second.voice, second.parent, second.published) == (
        "comment",
        "company",
        first.external_id,
        "2026-09-13T08:30:00Z",
    )
    assert "Late again." in (second.context or "")


@pytest.mark.parametrize("answer", ["Sorry!", {"text": "Sorry!"}, {"@type": "Comment", "text": "Sorry!", "author": "acmehelp"}])
def test_answers_in_other_shapes_are_the_companys_too(answer):
    name = "comment" if isinstance(answer, dict) and "@type" in answer else "publisherResponse"
    found = read(review(**{name: answer}), accounts=frozenset({"acmehelp"}))
    assert [(m.kind, m.voice, m.text) for m in found] == [
        ("review", "customer", "Late again."),
        ("comment", "company", "Sorry!"),
    ]


def test_forum_thread_keeps_who_answers_whom():
    inner = {
        "@type": "Comment",
        "@id": "urn:c2",
        "text": "Same.",
        "author": "B",
        "dateCreated": "2026-09-12T10:00:00Z",
        "upvoteCount": "7",
    }
    outer = {
        "@type": "Comment",
        "@id": "urn:c1",
        "text": "No.",
        "author": "A",
        "dateCreated": "2026-09-12T09:00:00Z",
        "comment": inner,
    }
    thread = {
        "@type": "DiscussionForumPosting", "url": "https://reviews.example/t/acme-late.41?page=2", "headline": "Acme late?",
        "text": "Anyone?", "author": {"name": "C", "url": "/u/c"}, "datePublished": "2026-09-12T08:00:00Z", "comment": outer,
        "interactionStatistic": [
            {"interactionType": "https://schema.org/ViewAction", "userInteractionCount": 9000},
            {"interactionType": {"@type": "LikeAction"}, "userInteractionCount": "1,204"},
        ],
    }  # fmt: skip
    post, first, second = read(thread, url="https://reviews.example/t/acme-late.41")
    assert (post.external_id, post.kind, post.engagement, post.thread, post.author_id) == (
        "/t/acme-late.41",
        "post",
        1204,
        None,
        "/u/c",
    )
    assert (first.external_id, first.thread, first.parent, first.context) == (
        "urn:c1",
        post.external_id,
        post.external_id,
        "Acme late?",
    )
    assert (second.external_id, second.thread, second.parent, second.engagement) == ("urn:c2", post.external_id, "urn:c1", 7)


def test_references_by_id_are_followed_and_counted_once():
    graph = [
        {"@type": "Product", "@id": "#kettle", "name": "Kettle", "review": [{"@id": "#r"}]},
        review(**{"@id": "#r", "author": {"@id": "#ada"}, "itemReviewed": {"@id": "#kettle"}}),
        {"@type": "Person", "@id": "#ada", "name": "Ada"},
    ]
    (mention,) = read({"@context": "https://schema.org", "@graph": graph})
    assert (mention.subject, mention.author_name) == ("Kettle", "Ada")


BROKEN = {
    "trailing comma": '{"@type": "Review", "author": "Ada", "reviewBody": "Late again.",}',
    "bare quotes": '{"@type": "Review", "reviewBody": "Late again.", "name": "<a href="https://x.example/?a=1">x</a>"}',
    "text after the end": '{"@type": "Review", "reviewBody": "Late again."};',
    "comment around it": '<!-- {"@type": "Review", "reviewBody": "Late again."} -->',
    "line breaks in a string": '{"@type": "Review", "name": "a\nb", "reviewBody": "Late again."}',
}


@pytest.mark.parametrize("script", BROKEN.values(), ids=BROKEN.keys())
def test_usual_blemishes_are_mended(script):
    assert [mention.text for mention in read(script)] == ["Late again."]


def test_a_hopeless_script_costs_the_others_nothing_and_is_named():
    found = parse_structured(page('{"@type": "Review", "reviewBody": ', review()), URL, site="reviews.example")
    assert [mention.text for mention in found.mentions] == ["Late again."]
    assert found.problems == ("JSON-LD script 1: Expecting value: line 1 column 35 (char 34)",)


@pytest.mark.parametrize(
    "body", [b"", b"   ", b"\x00\x01\x02", b'{"json": 1}', b"<html>", "[" * 3000, page("[" * 100_000 + "]" * 100_000)]
)
def test_what_is_no_page_gives_nothing(body):
    assert parse_structured(body if isinstance(body, bytes) else body.encode(), URL, site="x").mentions == ()


def test_endless_nesting_ends_soon():
    nested = '<div itemprop="comment" itemscope itemtype="http://schema.org/Comment">' * 3000
    began = time.monotonic()
    assert parse_structured(nested.encode(), URL, site="x").mentions == ()
    assert time.monotonic() - began < 20


def test_xml_declaration_and_foreign_encoding_are_read():
    text = '<?xml version="1.0" encoding="iso-8859-9"?>' + page(review(reviewBody="X")).decode().replace(
        '"X"', '"Çok geç geldi"'
    )
    (mention,) = parse_structured(text.encode("iso-8859-9"), URL, "iso-8859-9", site="x").mentions
    assert mention.text == "Çok geç geldi"


def test_a_listing_names_its_threads():
    items = [{"@type": "ListItem", "position": n, "url": f"/t/{n}"} for n in (1, 2)]
    stub = {
        "@type": "DiscussionForumPosting",
        "url": "/t/3",
        "headline": "x",
        "datePublished": "2026-09-12",
        "dateModified": "2026-09-20",
    }
    threads = parse_structured(page({"@type": "ItemList", "itemListElement": items}, stub), URL, site="x").threads
    assert [(thread.url, thread.opened, thread.changed, thread.listed) for thread in threads] == [
        ("https://reviews.example/t/3", "2026-09-12T00:00:00Z", "2026-09-20T00:00:00Z", False),
        ("https://reviews.example/t/1", None, None, True),
        ("https://reviews.example/t/2", None, None, True),
    ]


def test_questions_of_a_faq_are_nobodys_post():
    faq = {
        "@type": "FAQPage",
        "mainEntity": {"@type": "Question", "name": "Why?", "acceptedAnswer": {"@type": "Answer", "text": "So."}},
    }
    assert read(faq) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-12", ("2026-09-12T00:00:00Z", "day")),
        ("2026-09-12T00:00:00+02:00", ("2026-09-12T00:00:00Z", "day")),
        ("2024-07-03 07:57:13 -0700", ("2024-07-03T14:57:13Z", "second")),
        ("2021-04-08T04:06:17.467Z+00:00", ("2021-04-08T04:06:17Z", "second")),
        ("8/21/2025 4:28:19 PM", ("2025-08-21T16:28:19Z", "second")),
        ("Mon, 06 Sep 2021 10:00:00 +0200", ("2021-09-06T08:00:00Z", "second")),
        ("03/04/2025", (None, "unknown")),
        ("May 2024", (None, "unknown")),
        ("0000-00-00", (None, "unknown")),
        ("PT-471406H28M55S", (None, "unknown")),
        ("yesterday", (None, "unknown")),
        ("", (None, "unknown")),
    ],
)
def test_dates(text, expected):
    assert parse_date(text) == expected


def test_day_first_settles_a_date():
    assert parse_date("03/04/2025", day_first=True)[0] == "2025-04-03T00:00:00Z"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4,5", Rating(4.5, 1, 5)), ("4/5", Rating(4, 1, 5)), ("8 out of 10", Rating(8, 1, 10)), ("80%", Rating(80, 0, 100)),
        ("★★★☆☆", Rating(3, 1, 5)), ("9", Rating(9, 1, 10)), ("0", Rating(0, 0, 5)), ("great", None), ("-3", None), (None, None),
    ],
)  # fmt: skip
def test_ratings(text, expected):
    assert parse_rating(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a < b and <3\n\nyou", "a < b and <3\n\nyou"),
        ("wasn&apos;t", "wasn't"),
        ("&nbsp;", None),
        ("<p>one<br>two</p><p>three</p>", "one\ntwo\n\nthree"),
        ("one\n<a href='x'>two</a>", "one\ntwo"),
        ("donâ\x80\x99t", "don’t"),
        ("<p>They said</p><blockquote>never<br>again</blockquote>", "They said\n\n> never\n> again"),
    ],
)
def test_prose(value, expected):
    assert to_prose(value) == expected


def count_apart(body: bytes) -> Counter[str]:
    """Count nodes by another way than ours: a raw walk of the JSON (a pattern where it is broken) and XPath for microdata."""
    document = html.document_fromstring(body)
    counts: Counter[str] = Counter()

    def walk(value: object) -> None:
        if isinstance(value, dict):
            types = value.get("@type", [])
            counts.update(name for name in (types if isinstance(types, list) else [types]) if name in COUNTED)
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
            walk(inner)

    for script in document.xpath('//script[contains(@type, "ld+json")]'):
        try:
            walk(json.loads(script.text or "null", strict=False))
        except ValueError:
            counts.update(name for name in re.findall(r'"@type"\s*:\s*"(\w+)"', script.text) if name in COUNTED)
    for name in COUNTED:
        counts[name] += len(document.xpath(f'//*[@itemscope and contains(concat(@itemtype, "|"), "schema.org/{name}|")]'))
    return +counts


def test_recorded_pages_give_what_an_independent_count_finds(recorded):
    pages = sorted((recorded / "pages").glob("*.html.gz"))
    total: Counter[str] = Counter()
    for path in pages:
        body = gzip.decompress(path.read_bytes())
        found = parse_structured(body, f"https://example.org/{path.name}", site="example.org")
        apart = count_apart(body)
        assert Counter({name: found.found.get(name, 0) for name in COUNTED if name in found.found}) == apart, path.name
        assert len({mention.external_id for mention in found.mentions}) == len(found.mentions), path.name
        total += apart
    print(f"{len(pages)} pages: {dict(total)}")
    assert total["Review"] >= 254
    assert total["Comment"] >= 835


def test_recorded_pages_give_the_same_ids_again(recorded):
    for path in sorted((recorded / "pages").glob("*.html.gz"))[::7]:
        body = gzip.decompress(path.read_bytes())
        one, other = (parse_structured(body, f"https://example.org/x?page={n}", site="example.org").mentions for n in (1, 2))
        assert [mention.external_id for mention in one] == [mention.external_id for mention in other], path.name
