"""The YouTube Data API on loopback: threads, replies, videos, search, and Google's errors."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

VIDEO = "dQw4w9WgXcQ"


def comment(name: str, published: str, **snippet) -> dict:
    """A comment as YouTube writes it."""
    fields = {
        "authorDisplayName": f"@{name.lower()}",
        "authorChannelId": {"value": f"UC{name}"},
        "textDisplay": f"words of {name}<br>&amp; more",
        "likeCount": 1,
        "publishedAt": published,
        "updatedAt": published,
    }
    return {"kind": "youtube#comment", "id": name, "snippet": fields | snippet}


def moment(minutes: int, end: str = "2026-10-05T08:00:00Z") -> str:
    """A time so many minutes before the end."""
    return (datetime.fromisoformat(end) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Youtube:
    """Videos with comments and replies. Pages go by offset, so that what is new moves the rows."""

    def __init__(self, threads: dict[str, list[dict]], replies: dict[str, list[dict]] | None = None, *, size=100):
        self.threads = threads
        self.replies = replies or {}
        self.size = size
        self.found: list[dict] = []
        self.plan: dict = {}
        """Number of the request -> what happens before it is answered: a function, or the whole answer."""
        self.forgotten: set[str] = set()
        """Page tokens that are refused, once."""
        self.asked: list[tuple[str, dict]] = []
        self.keys: set[str] = set()

    def __call__(self, target, headers, body):
        parts = urlsplit(target)
        method = parts.path.rpartition("/")[2]
        question = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.asked.append((method, question))
        self.keys.add(next(value for name, value in headers.items() if name.lower() == "x-goog-api-key"))
        event = self.plan.get(len(self.asked))
        answer = event() if callable(event) else event
        return answer or getattr(self, method)(question)

    def routes(self) -> dict:
        return {f"/v3/{method}": self for method in ("commentThreads", "comments", "videos", "search")}

    def count(self, method: str) -> int:
        return sum(asked == method for asked, _ in self.asked)

    def commentThreads(self, question):
        name = question.get("videoId") or question["allThreadsRelatedToChannelId"]
        if name not in self.threads:
            return refusal(404, "videoNotFound")
        if question.get("pageToken") in self.forgotten:
            self.forgotten.clear()
            return refusal(400, "invalidPageToken")
        rows = sorted(self.threads[name], key=lambda row: row["snippet"]["publishedAt"], reverse=True)
        return self.page([self.thread(row, name) for row in rows], question)

    def thread(self, row, name):
        video = row["snippet"].get("videoId", name)
        replies = self.replies.get(row["id"], [])
        snippet = {"videoId": video, "topLevelComment": row, "totalReplyCount": len(replies), "isPublic": True}
        given = {"replies": {"comments": replies[:2]}} if replies else {}
        return {"kind": "youtube#commentThread", "id": row["id"], "snippet": snippet} | given

    def comments(self, question):
        if "parentId" in question:
            return self.page(self.replies.get(question["parentId"], []), question)
        everything = [row for rows in (*self.threads.values(), *self.replies.values()) for row in rows]
        wanted = question["id"].split(",")
        found = [row for row in everything if row["id"] in wanted]
        return as_json({"kind": "youtube#commentListResponse", "items": found}) if found else refusal(404, "commentNotFound")

    def videos(self, question):
        rows = [{"id": name, "snippet": {"title": f"Title of {name}"}} for name in question["id"].split(",")]
        return as_json({"kind": "youtube#videoListResponse", "items": rows})

    def search(self, question):
        rows = [row for row in self.found if row["snippet"]["publishedAt"] >= question["publishedAfter"]]
        return as_json({"kind": "youtube#searchListResponse", "items": rows})

    def page(self, rows, question):
        start, size = int(question.get("pageToken", "0").removeprefix("t")), min(int(question["maxResults"]), self.size)
        answer = {"items": rows[start : start + size]}
        if start + size < len(rows):
            answer["nextPageToken"] = f"t{start + size}"
        return as_json(answer)


def as_json(answer, status=200, **headers):
    return status, {"Content-Type": "application/json"} | headers, json.dumps(answer).encode()


def refusal(status: int, reason: str, message: str = "no"):
    return as_json({"error": {"code": status, "message": message, "errors": [{"domain": "youtube", "reason": reason}]}}, status)
