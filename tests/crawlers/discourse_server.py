"""A Discourse forum on loopback: the listing in its newer and its older manner, topics in chunks, posts by themselves."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

JSON = {"Content-Type": "application/json; charset=utf-8"}
PAGE = 50


def post(number, topic, place, created, **fields):
    """A post as PostSerializer writes it."""
    return {
        "id": number,
        "username": "ann",
        "user_id": 7,
        "created_at": created,
        "updated_at": created,
        "cooked": f"<p>post {number}</p>",
        "post_number": place,
        "post_type": 1,
        "reply_to_post_number": None,
        "topic_id": topic,
        "topic_slug": f"topic-{topic}",
        "topic_title": f"Topic {topic}",
        "actions_summary": [],
        "moderator": False,
        "admin": False,
        "staff": False,
        "hidden": False,
        "user_deleted": False,
        "deleted_at": None,
    } | fields


def later(moment, **by):
    """A time moved, as Discourse writes it."""
    moved = datetime.fromisoformat(moment) + timedelta(**by)
    return moved.strftime("%Y-%m-%dT%H:%M:%S.123Z")


class Discourse:
    """Some posts, and how the forum answers for them."""

    def __init__(self, posts, *, old=False):
        self.posts = {each["id"]: each for each in posts}
        self.old = old
        """The listing's manner until about 2023: ids in (before - 50, before], by date."""
        self.broken = {}
        """Path (with its query, or without) -> answers instead of the usual one, each used once; the last one stays."""
        self.arrive = []
        """Posts that appear after the next page of the listing."""
        self.hook = lambda target: None

    def routes(self):
        topics = {each["topic_id"] for each in [*self.posts.values(), *self.arrive]}
        numbers = {each["id"] for each in [*self.posts.values(), *self.arrive]}
        paths = ["/posts.json"]
        paths += [f"/t/{topic}{end}" for topic in topics for end in (".json", "/posts.json")]
        paths += [f"/posts/{number}.json" for number in numbers]
        return dict.fromkeys(paths, self)

    def __call__(self, target, headers, body):
        self.hook(target)
        parts = urlsplit(target)
        query = parse_qs(parts.query)
        for key in (target, parts.path):
            if self.broken.get(key):
                answers = self.broken[key]
                answer = answers.pop(0)
                if not answers and answer[0] in ("stay",):
                    answers.append(answer)
                if answer[0] == "stay":
                    return answer[1:]
                if answer[0] != "usual":
                    return answer
        if parts.path == "/posts.json":
            return self.listing(int(query.get("before", ["0"])[0]))
        if parts.path.startswith("/posts/"):
            return self.single(int(parts.path.removeprefix("/posts/").removesuffix(".json")))
        topic = int(parts.path.split("/")[2].removesuffix(".json"))
        return self.topic(topic, [int(number) for number in query.get("post_ids[]", [])])

    def listing(self, before):
        numbers = sorted(self.posts, reverse=True)
        if self.old:
            before = before or max(numbers)
            shown = [number for number in numbers if before - PAGE < number <= before]
        else:
            shown = [number for number in numbers if not before or number < before][:PAGE]
        answer = answer_json({"latest_posts": [self.posts[number] for number in shown]})
        for each in self.arrive:
            self.posts[each["id"]] = each
        self.arrive = []
        return answer

    def topic(self, topic, numbers):
        stream = sorted(number for number, each in self.posts.items() if each["topic_id"] == topic)
        if not stream:
            return 404, JSON, b'{"errors":["not here"],"error_type":"not_found"}'
        shown = [number for number in stream if number in numbers] if numbers else stream[:20]
        posts = [{key: value for key, value in self.posts[number].items() if key != "topic_title"} for number in shown]
        if numbers:
            return answer_json({"post_stream": {"posts": posts[:20]}, "id": topic})
        title = self.posts[stream[0]]["topic_title"]
        return answer_json({"post_stream": {"posts": posts, "stream": stream}, "id": topic, "title": title})

    def single(self, number):
        if number not in self.posts:
            return 404, JSON, b'{"errors":["not here"],"error_type":"not_found"}'
        return answer_json({key: value for key, value in self.posts[number].items() if key != "topic_title"})


def answer_json(value):
    return 200, JSON, json.dumps(value).encode()
