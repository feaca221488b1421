"""The look of the demo's pages, its front page, robots.txt, and what no crawler may see."""

from __future__ import annotations

import json
from html import escape

from demo.messages import Request, Response

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:0 auto;padding:0 1rem 3rem;color:#222;background:#fafaf7}
header{border-bottom:2px solid #7a4a21;margin:1rem 0}header a{color:#7a4a21;text-decoration:none;font-weight:700}
article{border-bottom:1px solid #ddd;padding:.75rem 0}h2,h3{margin:.2rem 0;font-size:1.05rem}.by{color:#666;font-size:.85rem}
.reply{margin:.5rem 0 0 1.5rem;padding-left:.75rem;border-left:3px solid #c9a27e}nav a{margin-right:1rem}
"""

ROBOTS = """\
# Everyone may read what the public may read, at an easy pace.
User-agent: *
Allow: /
Disallow: /trustyard/drafts/
Disallow: /neighbours/held/
Disallow: /*?sort=
Crawl-delay: 0.05

# This one was asked to stay away.
User-agent: GreedyBot
Disallow: /
"""

FORBIDDEN = "Tamarind planted this draft to see who reads what robots.txt forbids; it must never be collected."
"""The text of the pages that robots.txt closes."""


def show_page(title: str, site: str, body: str, *, head: str = "", status: int = 200) -> Response:
    """Wrap a body in the simple page that all sites of the demo share."""
    page = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{escape(title)}</title><style>{_STYLE}</style>
{head}</head><body>
<header><a href="/{site}/">{escape(site) or "demo web"}</a></header>
<main><h1>{escape(title)}</h1>
{body}
</main></body></html>
"""
    return Response(page.encode(), status)


def script_json(value: object) -> str:
    """Write a JSON-LD script; `<` is escaped so that no text can end the script."""
    text = json.dumps(value, ensure_ascii=False, indent=1).replace("<", "\\u003c")
    return f'<script type="application/ld+json">\n{text}\n</script>\n'


def link_next(url: str | None) -> tuple[str, str]:
    """Return the head's and the body's link to the next page, both empty on the last one."""
    if url is None:
        return "", ""
    return f'<link rel="next" href="{escape(url)}">\n', f'<nav><a rel="next" href="{escape(url)}">Next page</a></nav>\n'


def direction(language: str) -> str:
    """Return the attributes that make a text in this language run the right way."""
    return f'lang="{language}"' + (' dir="rtl"' if language == "ur" else "")


def show_index(request: Request) -> Response:
    """Show people what there is and what the story is."""
    sites = (
        ("/trustyard/tamarind", "TrustYard", "company reviews, schema.org in JSON-LD; also nimblecart and basketree"),
        ("/shelfwise/", "Shelfwise", "app and product reviews, schema.org microdata"),
        ("/neighbours/", "Neighbours", "a city forum"),
        ("/feeds/news.xml", "News", "an RSS feed"),
        ("/feeds/blogs.xml", "Blogs", "an Atom feed"),
        ("/hn/api/v1/search_by_date?query=tamarind&numericFilters=created_at_i>1790000000", "HN search", "as Algolia's"),
        ("/r/tamarindgrocer/", "Reddit", "communities; its API answers to any client id"),
        ("/robots.txt", "robots.txt", "with rules that matter"),
    )
    rows = "".join(f'<li><a href="{escape(url)}">{name}</a>: {what}</li>\n' for url, name, what in sites)
    story = """<p>Tamarind is an online grocer that does not exist. It says of itself that it is fast, fresh, friendly,
fair and climate-neutral. These pages hold what the public said of it and of two competitors from 13 July to 4 October 2026:
a double charge that was put right in August, refunds that stopped arriving in September, and more.</p>
<p>All people, firms and events here are invented.</p>"""
    return show_page("The public web of a grocer that does not exist", "", f"{story}\n<ul>\n{rows}</ul>")


def show_robots(request: Request) -> Response:
    """Serve the rules for crawlers."""
    return Response(ROBOTS.encode(), content_type="text/plain; charset=utf-8")


def show_forbidden(request: Request) -> Response:
    """Show the review that robots.txt forbids to read: complete, so that only obedience keeps it out."""
    review = {
        "@context": "https://schema.org",
        "@type": "Review" if request.path.startswith("/trustyard") else "DiscussionForumPosting",
        "@id": "urn:demo:forbidden",
        "author": {"@type": "Person", "name": "Draft Writer"},
        "datePublished": "2026-10-01T12:00:00Z",
        "itemReviewed": {"@type": "Organization", "name": "Tamarind"},
        "reviewBody" if request.path.startswith("/trustyard") else "text": FORBIDDEN,
    }
    return show_page("Not for the public", request.path.split("/")[1], f"<p>{FORBIDDEN}</p>", head=script_json(review))


def show_missing(request: Request) -> Response:
    """Say that there is no such page."""
    return show_page("No such page", "", f"<p>There is nothing at <code>{escape(request.path)}</code>.</p>", status=404)
