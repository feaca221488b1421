"""Two review sites: TrustYard carries schema.org reviews in JSON-LD, Shelfwise in microdata."""

from __future__ import annotations

from html import escape

from demo.content import Piece, find_pieces
from demo.messages import Request, Response
from demo.pages import direction, link_next, script_json, show_missing, show_page
from demo.timing import local_day, local_stamp, stamp

PAGE = 20
BRANDS = {"tamarind": "Tamarind", "nimblecart": "Nimblecart", "basketree": "Basketree"}

# What real pages carry now and then: a script that is no JSON, beside the good one.
_BROKEN = '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "BreadcrumbList",}</script>\n'


def show_trustyard(request: Request) -> Response:
    """Show a page of a company's reviews, newest first: `/trustyard/<brand>?page=N`."""
    brand = request.path.removeprefix("/trustyard").strip("/")
    if not brand:
        links = "".join(f'<li><a href="/trustyard/{key}">{name}</a></li>' for key, name in BRANDS.items())
        return show_page("TrustYard", "trustyard", f"<ul>{links}</ul>")
    everything = find_pieces("trustyard")
    reviews = [piece for piece in everything if piece.kind == "review" and piece.brands[0] == brand]
    number = max(1, request.number("page", 1))
    shown = reviews[(number - 1) * PAGE : number * PAGE]
    if not shown:
        return show_missing(request)
    replies = {piece.thread: piece for piece in everything if piece.kind == "comment"}
    more = f"/trustyard/{brand}?page={number + 1}" if number * PAGE < len(reviews) else None
    in_head, in_body = link_next(more)
    graph = script_json(_describe_company(brand, reviews, shown, replies, request.base))
    broken = _BROKEN if brand == "tamarind" and number == 2 else ""
    body = "".join(_show_review(piece, replies.get(piece.id)) for piece in shown)
    tools = f'<p><a href="/trustyard/{brand}?sort=worst">Worst first</a> · <a href="/trustyard/drafts/{brand}">Drafts</a></p>\n'
    return show_page(f"{BRANDS[brand]} reviews", "trustyard", tools + body + in_body, head=in_head + graph + broken)


def _describe_company(
    brand: str, reviews: list[Piece], shown: list[Piece], replies: dict[str | None, Piece], base: str
) -> dict[str, object]:
    mean = sum(piece.rating or 0 for piece in reviews) / len(reviews)
    company = {
        "@type": "Organization",
        "@id": f"{base}/trustyard/{brand}#company",
        "name": BRANDS[brand],
        "aggregateRating": {"@type": "AggregateRating", "ratingValue": f"{mean:.1f}", "reviewCount": str(len(reviews))},
        "review": [_describe_review(piece, replies.get(piece.id)) for piece in shown],
    }
    page = {"@type": "WebPage", "name": f"{BRANDS[brand]} reviews", "about": {"@id": company["@id"]}}
    return {"@context": "https://schema.org", "@graph": [page, company]}


def _describe_review(piece: Piece, reply: Piece | None) -> dict[str, object]:
    rating: dict[str, object] = {"@type": "Rating", "ratingValue": str(piece.rating)}
    # Most real pages leave the scale out and mean five stars.
    if len(piece.author) % 3 == 0:
        rating |= {"bestRating": "5", "worstRating": "1"}
    review: dict[str, object] = {
        "@type": "Review",
        "author": {"@type": "Person", "name": piece.author},
        "datePublished": local_day(piece.published) if piece.day_only else local_stamp(piece.published),
        "headline": piece.title,
        "reviewBody": piece.text,
        "inLanguage": piece.language,
        "reviewRating": rating,
    }
    if piece.subject:
        review["itemReviewed"] = {"@type": "Thing" if " " in piece.subject else "GroceryStore", "name": piece.subject}
    if piece.place:
        review["contentLocation"] = {"@type": "Place", "name": piece.place}
    if reply:
        author = {"@type": "Organization", "name": reply.author}
        review["comment"] = {
            "@type": "Comment",
            "author": author,
            "dateCreated": local_stamp(reply.published),
            "inLanguage": reply.language,
            "text": reply.text,
        }
    return review


def _show_review(piece: Piece, reply: Piece | None) -> str:
    when = local_day(piece.published)
    answer = ""
    if reply:
        answer = f'<div class="reply"><p class="by">{escape(reply.author)}</p><p>{escape(reply.text)}</p></div>'
    return (
        f"<article {direction(piece.language)}><h2>{'★' * (piece.rating or 0)} {escape(piece.title or '')}</h2>"
        f'<p class="by">{escape(piece.author)}, {when}</p><p>{escape(piece.text)}</p>{answer}</article>\n'
    )


def show_shelfwise(request: Request) -> Response:
    """Show a page of product reviews, newest first: `/shelfwise/?page=N`."""
    reviews = find_pieces("shelfwise")
    number = max(1, request.number("page", 1))
    shown = reviews[(number - 1) * PAGE : number * PAGE]
    if request.path.strip("/") != "shelfwise" or not shown:
        return show_missing(request)
    in_head, in_body = link_next(f"/shelfwise/?page={number + 1}" if number * PAGE < len(reviews) else None)
    body = "".join(map(_mark_review, shown))
    return show_page("Shelfwise: what people say of products", "shelfwise", body + in_body, head=in_head)


def _mark_review(piece: Piece) -> str:
    title = f'<h2 itemprop="name">{escape(piece.title)}</h2>' if piece.title else ""
    best = '<meta itemprop="bestRating" content="5">' if len(piece.author) % 2 else ""
    place = ""
    if piece.place:
        place = (
            '<span itemprop="contentLocation" itemscope itemtype="https://schema.org/Place">'
            f'<span itemprop="name">{escape(piece.place)}</span></span>'
        )
    return f"""<article itemscope itemtype="https://schema.org/Review" {direction(piece.language)}>{title}
<meta itemprop="inLanguage" content="{piece.language}">
{_mark_item(piece)}
<span itemprop="reviewRating" itemscope itemtype="https://schema.org/Rating">
<meta itemprop="ratingValue" content="{piece.rating}">{best}{"★" * (piece.rating or 0)}</span>
<p class="by"><span itemprop="author" itemscope itemtype="https://schema.org/Person">
<span itemprop="name">{escape(piece.author)}</span></span>,
<time itemprop="datePublished" datetime="{stamp(piece.published)}">{local_day(piece.published)}</time> {place}</p>
<p itemprop="reviewBody">{escape(piece.text)}</p></article>
"""


def _mark_item(piece: Piece) -> str:
    name = piece.subject or BRANDS[piece.brands[0]]
    kind = "MobileApplication" if name.endswith(" app") else "Product"
    return (
        f'<span itemprop="itemReviewed" itemscope itemtype="https://schema.org/{kind}">'
        f'<span itemprop="name">{escape(name)}</span></span>'
    )
