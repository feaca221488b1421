"""A city forum: a paginated listing that links to threads, half of them in JSON-LD and half in microdata."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from demo.content import Piece, find_pieces
from demo.messages import Request, Response
from demo.pages import direction, link_next, script_json, show_missing, show_page
from demo.timing import local_day, local_stamp

PAGE = 20


def show_forum(request: Request) -> Response:
    """Show the listing, `/neighbours/?page=N`, or a thread, `/neighbours/t/<number>`."""
    if request.path.rstrip("/") == "/neighbours":
        return _show_listing(request)
    number = request.path.removeprefix("/neighbours/t/")
    pieces = find_pieces("neighbours")
    post = next((piece for piece in pieces if piece.kind == "post" and _number(piece) == number), None)
    if post is None:
        return show_missing(request)
    answers = [piece for piece in reversed(pieces) if piece.thread == post.id]
    return _show_json_thread(post, answers, request.base) if int(number) % 2 else _show_marked_thread(post, answers)


def _show_listing(request: Request) -> Response:
    """Show the threads, the one with the newest word first."""
    pieces = find_pieces("neighbours")
    last_word: dict[str, Piece] = {}
    for piece in pieces:
        last_word.setdefault(piece.thread or piece.id, piece)
    posts = {piece.id: piece for piece in pieces if piece.kind == "post"}
    threads = [(posts[thread], last) for thread, last in last_word.items()]
    number = max(1, request.number("page", 1))
    shown = threads[(number - 1) * PAGE : number * PAGE]
    if not shown:
        return show_missing(request)
    in_head, in_body = link_next(f"/neighbours/?page={number + 1}" if number * PAGE < len(threads) else None)
    rows = "".join(_show_row(post, last, marked=number % 2 == 0) for post, last in shown)
    held = '<p><a href="/neighbours/held/7">A thread held back by the moderators</a></p>\n' if number == 1 else ""
    if number % 2:
        urls = [f"{request.base}{_path(post)}" for post, _ in shown]
        urls += [f"{request.base}/neighbours/held/7"] if number == 1 else []
        in_head += script_json(_describe_list(urls))
    return show_page("Neighbours", "neighbours", rows + held + in_body, head=in_head)


def _describe_list(urls: list[str]) -> dict[str, object]:
    items = [{"@type": "ListItem", "position": place, "url": url} for place, url in enumerate(urls, 1)]
    return {"@context": "https://schema.org", "@type": "ItemList", "itemListElement": items}


def _show_row(post: Piece, last: Piece, *, marked: bool) -> str:
    """Show one line of the listing: on every second page a stub of the posting, without its text."""
    title = escape(post.title or "")
    when = f'<p class="by">{escape(post.author)}, last word {local_day(last.published)}</p>'
    if not marked:
        return f'<article {direction(post.language)}><h2><a href="{_path(post)}">{title}</a></h2>{when}</article>\n'
    return f"""<article itemscope itemtype="https://schema.org/DiscussionForumPosting" itemid="{post.id}">
<h2><a itemprop="url" href="{_path(post)}"><span itemprop="headline">{title}</span></a></h2>
<time itemprop="datePublished" datetime="{local_stamp(post.published)}">{local_day(post.published)}</time>{when}</article>
"""


def _show_json_thread(post: Piece, answers: list[Piece], base: str) -> Response:
    posting: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "@id": post.id,
        "mainEntityOfPage": f"{base}{_path(post)}",
        "headline": post.title,
        "text": post.text,
        "inLanguage": post.language,
        "author": {"@type": "Person", "name": post.author, "url": f"{base}/neighbours/u/{_handle(post)}"},
        "datePublished": local_stamp(post.published),
        "interactionStatistic": [_count("LikeAction", post.score), _count("CommentAction", len(answers))],
        "comment": [_describe_answer(answer, base) for answer in answers],
    }
    if post.place:
        posting["contentLocation"] = {"@type": "Place", "name": post.place}
    body = _show_said(post) + "".join(map(_show_said, answers))
    return show_page(post.title or "", "neighbours", body, head=script_json(posting))


def _describe_answer(answer: Piece, base: str) -> dict[str, object]:
    comment: dict[str, object] = {
        "@type": "Comment",
        "@id": answer.id,
        "text": answer.text,
        "inLanguage": answer.language,
        "author": {"@type": "Person", "name": answer.author, "url": f"{base}/neighbours/u/{_handle(answer)}"},
        "dateCreated": local_stamp(answer.published),
        "upvoteCount": answer.score,
    }
    if answer.place:
        comment["contentLocation"] = {"@type": "Place", "name": answer.place}
    return comment


def _count(action: str, number: int) -> dict[str, object]:
    kind = f"https://schema.org/{action}"
    return {"@type": "InteractionCounter", "interactionType": kind, "userInteractionCount": number}


def _show_said(piece: Piece) -> str:
    by = f'<p class="by">{escape(piece.author)}, {local_day(piece.published)}</p>'
    return f"<article {direction(piece.language)}>{by}<p>{escape(piece.text)}</p></article>\n"


def _show_marked_thread(post: Piece, answers: list[Piece]) -> Response:
    body = f"""<article itemscope itemtype="https://schema.org/DiscussionForumPosting" itemid="{post.id}">
<h2 itemprop="headline">{escape(post.title or "")}</h2>
{_mark_said(post)}
<span itemprop="interactionStatistic" itemscope itemtype="https://schema.org/InteractionCounter">
<meta itemprop="interactionType" content="https://schema.org/LikeAction">
<meta itemprop="userInteractionCount" content="{post.score}"></span>
{"".join(map(_mark_answer, answers))}</article>
"""
    return show_page(post.title or "", "neighbours", body)


def _mark_answer(answer: Piece) -> str:
    return f"""<section itemprop="comment" itemscope itemtype="https://schema.org/Comment" itemid="{answer.id}" class="reply">
{_mark_said(answer)}<meta itemprop="upvoteCount" content="{answer.score}"></section>
"""


def _mark_said(piece: Piece) -> str:
    place = ""
    if piece.place:
        place = (
            '<span itemprop="contentLocation" itemscope itemtype="https://schema.org/Place">'
            f'<span itemprop="name">{escape(piece.place)}</span></span>'
        )
    return f"""<p class="by"><span itemprop="author" itemscope itemtype="https://schema.org/Person">
<a itemprop="url" href="/neighbours/u/{_handle(piece)}"><span itemprop="name">{escape(piece.author)}</span></a></span>,
<time itemprop="datePublished" datetime="{local_stamp(piece.published)}">{local_day(piece.published)}</time> {place}</p>
<p itemprop="text" {direction(piece.language)}>{escape(piece.text)}</p>
<meta itemprop="inLanguage" content="{piece.language}">"""


def _number(piece: Piece) -> str:
    return piece.id.rpartition(":")[2]


def _path(post: Piece) -> str:
    return f"/neighbours/t/{_number(post)}"


def _handle(piece: Piece) -> str:
    return quote(piece.author, safe="")
