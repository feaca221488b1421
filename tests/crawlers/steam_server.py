"""Steam's list of reviews on loopback: the store's `/appreviews/` and the Web API, with cursors and all their habits."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs, urlsplit

SERVICE = "/IUserReviewsService/GetAppReviews/v1/"


def review(number: int, created: int, **fields) -> dict:
    """One review as Steam writes it; ids and score as text, times as numbers."""
    row = {
        "recommendationid": str(number),
        "author": {"steamid": f"7656119{number:010}", "num_games_owned": 3, "playtime_forever": 60},
        "language": "english",
        "review": f"review {number}",
        "timestamp_created": created,
        "timestamp_updated": created,
        "voted_up": number % 2 == 0,
        "votes_up": 2,
        "votes_funny": 0,
        "weighted_vote_score": "0.5",
        "comment_count": 0,
    }
    return row | fields


class Steam:
    """Some reviews in pages: a page begins with the last row of the one before, and neighbours change places."""

    def __init__(self, rows, *, size=100, plan=None, total=None):
        self.rows = {row["recommendationid"]: row for row in rows}
        self.size = size
        self.plan = plan or {}
        """Number of the request -> what happens before it is answered: a function, or the whole answer."""
        self.total = total
        self.forgotten: set[str] = set()
        """Cursors that are no longer known, until the list is begun anew."""
        self.asked: list[dict] = []

    def __call__(self, target, headers, body):
        parts = urlsplit(target)
        fields = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if parts.path == SERVICE:
            asked = json.loads(fields["input_json"])
            question = {"order": {1: "recent", 2: "updated"}[asked["filter"]], **asked}
        else:
            question = {"order": fields["filter"], "appid": int(parts.path.rpartition("/")[2]), **fields}
        self.asked.append(question)
        event = self.plan.get(len(self.asked))
        answer = event() if callable(event) else event
        if answer is not None:
            return answer
        page = self.page(question)
        if parts.path != SERVICE:
            return as_json({"success": 1, **page})
        if not page["reviews"]:
            del page["reviews"]
        return as_json({"response": page})

    def page(self, question) -> dict:
        key = "timestamp_created" if question["order"] == "recent" else "timestamp_updated"
        places = sorted(((int(float(row[key])), name) for name, row in self.rows.items()), reverse=True)
        size = min(int(question["num_per_page"]), self.size)
        start = read_cursor(question["cursor"])
        if start is None and question["order"] == "recent":
            self.forgotten.clear()
        if start is not None:
            places = [place for place in places if place <= tuple(start)]
        shown = places[: size + (start is not None)]
        if question["cursor"] in self.forgotten or (start is not None and shown == [tuple(start)]):
            return {"query_summary": {"num_reviews": 0}, "reviews": [], "cursor": question["cursor"]}
        rows = [self.rows[name] for _, name in shown]
        rows[-2:] = reversed(rows[-2:])
        summary = {"num_reviews": len(rows)}
        if start is None:
            summary |= {"total_reviews": len(self.rows) if self.total is None else self.total}
        cursor = write_cursor(shown[-1]) if shown else question["cursor"]
        return {"query_summary": summary, "reviews": rows, "cursor": cursor}


def write_cursor(place) -> str:
    """A cursor with signs that must be encoded in an address, as Steam's have."""
    return "+/=" + base64.b64encode(json.dumps(place).encode()).decode()


def read_cursor(cursor: str):
    return None if cursor == "*" else json.loads(base64.b64decode(cursor.removeprefix("+/=")))


def as_json(answer) -> tuple[int, dict, bytes]:
    return 200, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(answer).encode()
