"""The Stack Exchange API on loopback: search, questions, answers and comments by ids, pages, quota and errors."""

from __future__ import annotations

import gzip
import json
import re
import time
from urllib.parse import parse_qs, urlsplit

JSON = {"Content-Type": "application/json; charset=utf-8", "Content-Encoding": "gzip"}
OWNER = {"account_id": 90, "user_id": 4, "display_name": "Zo&#235;", "user_type": "registered"}


def question(number, created, **fields):
    return {
        "question_id": number,
        "link": f"https://stackoverflow.com/questions/{number}/slug",
        "title": f"Acme &lt;div&gt; {number}",
        "body": f"<p>question {number}</p>",
        "owner": OWNER,
        "creation_date": created,
        "score": 2,
        "tags": ["acme"],
    } | fields


def answer(number, below, created, **fields):
    return {
        "answer_id": number,
        "question_id": below,
        "body": f"<p>answer {number}</p>",
        "owner": OWNER | {"user_id": 5, "account_id": 91},
        "creation_date": created,
        "score": 1,
    } | fields


def comment(number, below, created, **fields):
    return {
        "comment_id": number,
        "post_id": below,
        "body": f"comment {number}",
        "owner": {"user_type": "does_not_exist", "display_name": "user7"},
        "creation_date": created,
        "score": 0,
    } | fields


class StackExchange:
    """Some posts of one site, and how the API answers for them."""

    def __init__(self, questions, answers=(), comments=(), *, quota=300):
        self.questions, self.answers, self.comments = list(questions), list(answers), list(comments)
        self.quota = quota
        self.asked = []
        """(path, query, when) of every request."""
        self.special = []
        """Functions of (path, query) that may return an answer instead of the usual one."""
        self.hook = lambda path: None

    def get(self, target, default=None):
        """Stand in for a test's table of routes: every path of the API leads here."""
        return self if target.startswith("/2.3/") else default

    def __call__(self, target, headers, body):
        parts = urlsplit(target)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        path = parts.path.removeprefix("/2.3")
        self.asked.append((path, query, time.monotonic()))
        self.hook(path)
        for special in self.special:
            if found := special(path, query):
                return found
        self.quota -= 1
        return self.page(self.find(path, query), query)

    def find(self, path, query):
        since, until = int(query.get("fromdate", 0)), int(query.get("todate", 10**11))
        if path == "/search/advanced":
            items = self.questions
        else:
            kind, numbers, below = re.fullmatch(r"/(\w+)/([\d;]+)(?:/(\w+))?", path).groups()
            wanted = {int(number) for number in numbers.split(";")}
            assert len(wanted) <= 100
            items, key = {
                ("questions", None): (self.questions, "question_id"),
                ("answers", None): (self.answers, "answer_id"),
                ("comments", None): (self.comments, "comment_id"),
                ("questions", "answers"): (self.answers, "question_id"),
                ("questions", "comments"): (self.comments, "post_id"),
                ("answers", "comments"): (self.comments, "post_id"),
            }[kind, below]
            items = [item for item in items if item[key] in wanted]
        items = [item for item in items if since <= (item["creation_date"] or since) <= until]
        return sorted(items, key=lambda item: item["creation_date"] or 0)

    def page(self, items, query, **more):
        page, size = int(query["page"]), int(query["pagesize"])
        if page > 25:
            return refuse(403, "page above 25 requires access token or app key")
        shown = items[(page - 1) * size : page * size]
        has_more = len(items) > page * size
        return answer_json({"items": shown, "has_more": has_more, "quota_max": 300, "quota_remaining": self.quota} | more)


def answer_json(value, status=200):
    return status, JSON, gzip.compress(json.dumps(value).encode(), 1)


def refuse(number, message, name="error"):
    return answer_json({"error_id": number, "error_message": message, "error_name": name}, 400)
