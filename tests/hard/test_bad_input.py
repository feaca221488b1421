"""Pages, feeds, files and surroundings as they should not be: each is told in plain words, and the rest is kept."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

NOW = "2026-10-05T08:00:00Z"
REVIEW = {
    "@context": "https://schema.org",
    "@type": "Review",
    "itemReviewed": {"@type": "Organization", "name": "Acme"},
    "author": {"@type": "Person", "name": "Meera"},
    "datePublished": "2026-09-01",
    "reviewBody": "Acme sent the wrong box.",
    "reviewRating": {"@type": "Rating", "ratingValue": "1"},
}
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><item><guid>one</guid><title>Acme opens a shop</title>
<description>Acme opens a shop in Leeds.</description><pubDate>Tue, 01 Sep 2026 10:00:00 GMT</pubDate></item></channel></rss>"""


def page(*scripts):
    blocks = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return f"<!doctype html><html><head><title>Reviews</title>{blocks}</head><body><h1>Reviews</h1></body></html>"


class Web(BaseHTTPRequestHandler):
    """A web with one good page and many bad ones."""

    def do_GET(self):
        if self.path.startswith("/robots.txt"):
            self.answer(404, "text/plain", b"")
        elif self.path == "/good":
            self.answer(200, "text/html", page(json.dumps(REVIEW)).encode())
        elif self.path == "/broken":
            broken = json.dumps(REVIEW | {"reviewBody": "Acme: never seen."})[:-20]
            good = json.dumps(REVIEW | {"author": {"@type": "Person", "name": "Can"}, "reviewBody": "Acme was kind."})
            self.answer(200, "text/html", page(broken, good, "", "null", "[1, 2").encode())
        elif self.path == "/huge":
            self.answer_huge()
        elif self.path.startswith(("/round", "/again")):
            self.send_response(302)
            self.send_header("Location", f"/again{int(self.path[6:] or 0) + 1}")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/feed.xml":
            self.answer(200, "application/rss+xml", FEED.encode())
        elif self.path == "/page.xml":
            self.answer(200, "text/html", page(json.dumps(REVIEW)).encode())
        else:
            self.answer(404, "text/html", b"<title>Not found</title>")

    def answer(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer_huge(self):
        """Fifty megabytes without saying so beforehand; the reader may well hang up."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            for _ in range(50):
                self.wfile.write(b"<p>Acme</p> " * (1_000_000 // 12))

    def log_message(self, *args):
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def web():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def configured(repute):
    """Write a config with these sources."""

    def write(sources, more=""):
        (repute.folder / "config.toml").write_text(
            f'[repute]\nallow_private_hosts = ["127.0.0.1"]\n{more}\n[[brands]]\nid = "acme"\nname = "Acme"\nquery = "acme"\n{sources}'
        )
        return repute

    return write


def pages(*urls):
    return "[sources.reviews]\npages = [" + ", ".join(f'{{ url = "{url}", site = "shop" }}' for url in urls) + "]\n"


def texts(repute):
    with contextlib.closing(sqlite3.connect(repute.database)) as db:
        return [row[0] for row in db.execute("select text from mentions order by text")]


def test_broken_json_ld_costs_only_itself(configured, web):
    repute = configured(pages(f"{web}/broken", f"{web}/good"))
    repute.done("crawl", "reviews", "--as-of", NOW)
    assert texts(repute) == ["Acme sent the wrong box.", "Acme was kind."]


@pytest.mark.parametrize(
    ("path", "words"), [("/huge", ["/huge", "MB"]), ("/round", ["/round", "redirect"]), ("/none", ["/none", "404"])]
)
def test_a_page_that_cannot_be_read_is_told_and_the_others_are_kept(configured, web, path, words):
    repute = configured(pages(f"{web}{path}", f"{web}/good"))
    _, output = repute.run("crawl", "reviews", "--as-of", NOW)
    assert "Traceback" not in output
    assert [word for word in words if word not in output] == []
    assert texts(repute) == ["Acme sent the wrong box."]
    with contextlib.closing(sqlite3.connect(repute.database)) as db:
        ((status, errors, error),) = db.execute("select status, errors, error from crawls").fetchall()
    assert (status, errors >= 1) == ("finished", True)
    assert [word for word in words if word not in error] == []


def test_a_feed_that_is_a_web_page_is_told_and_the_others_are_kept(configured, web):
    repute = configured(f'[sources.feeds]\nfeeds = [{{ url = "{web}/page.xml" }}, {{ url = "{web}/feed.xml" }}]\n')
    _, output = repute.run("crawl", "feeds", "--as-of", NOW)
    assert "Traceback" not in output
    assert f"{web}/page.xml" in output
    assert "is a web page, not a feed" in output
    assert texts(repute) == ["Acme opens a shop in Leeds."]


def test_an_import_without_a_text_column_names_the_columns_there_are(configured):
    repute = configured("")
    (repute.folder / "rows.csv").write_text("id,colour,weight\n1,red,4\n")
    output = repute.refused("import", "rows.csv")
    assert [word for word in ("rows.csv", "colour", "weight", "text=") if word not in output] == []


def test_an_import_with_a_mapping_to_no_column_names_the_columns_there_are(configured):
    repute = configured("")
    (repute.folder / "rows.csv").write_text("id,comment\n1,Acme is fine\n")
    output = repute.refused("import", "rows.csv", "--column", "text=remark")
    assert [word for word in ("remark", "comment") if word not in output] == []


def test_an_import_in_another_encoding_names_the_fix(configured):
    repute = configured("")
    (repute.folder / "rows.csv").write_bytes("id,text\n1,Acme çok geç kaldı\n".encode("cp1254"))
    output = repute.refused("import", "rows.csv")
    assert "--encoding" in output
    assert not repute.database.exists() or texts(repute) == []
    repute.done("import", "rows.csv", "--encoding", "cp1254")
    assert texts(repute) == ["Acme çok geç kaldı"]


def test_an_import_with_dates_that_are_none_keeps_the_rows_undated_and_tells_the_lines(configured):
    repute = configured("")
    (repute.folder / "rows.csv").write_text("text,date\nAcme one,2026-09-01\nAcme two,yesterday-ish\nAcme three,2026-02-31\n")
    output = repute.done("import", "rows.csv")
    with contextlib.closing(sqlite3.connect(repute.database)) as db:
        rows = db.execute("select text, published, published_precision from mentions order by id").fetchall()
    assert rows == [("Acme one", "2026-09-01T00:00:00Z", "day"), ("Acme two", None, "unknown"), ("Acme three", None, "unknown")]
    assert "yesterday-ish" in output
    assert "line 3" in output


def test_an_import_of_no_file_is_told(configured):
    repute = configured("")
    code, output = repute.run("import", "nowhere.csv")
    assert (code, "'nowhere.csv' does not exist" in output) == (2, True)


def test_a_read_only_database_is_told_and_stays_whole(configured, powerless, web):
    repute = configured(pages(f"{web}/good"))
    repute.done("crawl", "reviews", "--as-of", NOW)
    before = repute.database.read_bytes()
    files = sorted(path.name for path in repute.folder.iterdir())
    (repute.folder / "rows.csv").write_text("text\nAcme again\n")
    repute.database.chmod(0o444)
    repute.folder.chmod(0o555)
    try:
        for command in (("crawl", "reviews"), ("import", "rows.csv"), ("tag",), ("run", "--once")):
            output = repute.refused(*command, **powerless)
            assert str(repute.database) in output, output
            assert "make the file and its folder writable" in output, output
    finally:
        repute.folder.chmod(0o755)
    assert repute.database.read_bytes() == before
    assert sorted(path.name for path in repute.folder.iterdir()) == sorted([*files, "rows.csv"])


def test_a_database_that_is_none_is_told_and_left_alone(configured):
    repute = configured("")
    repute.database.write_bytes(b"These are my holiday notes, not a database.\n" * 100)
    before = repute.database.read_bytes()
    output = repute.refused("hot-buttons")
    assert f"{repute.database}: is not a readable SQLite database" in output
    assert repute.database.read_bytes() == before


def test_a_database_in_a_folder_that_is_not_there_is_told(configured):
    repute = configured("", 'database = "data/repute.db"')
    output = repute.refused("tag")
    assert f"the folder {repute.folder / 'data'} does not exist; create it" in output


def test_no_model_file_is_told_and_nothing_is_tagged(configured):
    repute = configured("", 'model = "nowhere"')
    (repute.folder / "rows.csv").write_text("text\nAcme is late\n")
    repute.done("import", "rows.csv")
    output = repute.refused("tag")
    assert "no usable model in nowhere: there is no model.onnx" in output
    assert texts(repute) == ["Acme is late"]


def reddit(url):
    return f'[sources.reddit]\nurl = "{url}"\nsubreddits = ["all"]\nqueries = ["acme"]\n'


def test_a_wrong_reddit_secret_is_told(configured, demo_url):
    repute = configured(reddit(demo_url))
    output = repute.refused("crawl", "reddit", "--as-of", NOW, environment={"REPUTE_REDDIT_CLIENT_SECRET": "wrong"})
    assert "REPUTE_REDDIT_CLIENT_SECRET" in output
    with contextlib.closing(sqlite3.connect(repute.database)) as db:
        ((status, error),) = db.execute("select status, error from crawls").fetchall()
    assert (status, "REPUTE_REDDIT_CLIENT_SECRET" in error) == ("failed", True)
    assert "wrong" not in error.replace("wrong secret", "")


def test_no_reddit_secret_is_told(configured, demo_url):
    repute = configured(reddit(demo_url))
    output = repute.refused("crawl", "reddit", environment={"REPUTE_REDDIT_CLIENT_ID": "", "REPUTE_REDDIT_CLIENT_SECRET": ""})
    assert [name for name in ("REPUTE_REDDIT_CLIENT_ID", "REPUTE_REDDIT_CLIENT_SECRET") if name not in output] == []


def test_a_web_that_is_not_there_fails_the_crawl_and_is_told(configured):
    repute = configured(pages("http://127.0.0.1:9/reviews"))
    _, output = repute.run("crawl", "reviews", "--as-of", NOW)
    assert "http://127.0.0.1:9" in output
    assert "Traceback" not in output
    assert repute.database.exists()
    assert texts(repute) == []


def test_a_crawl_prints_no_mention_and_opens_no_port(configured, web):
    repute = configured(pages(f"{web}/good"))
    (line,) = repute.done("crawl", "reviews", "--as-of", NOW).splitlines()
    assert line.startswith("reviews: 2 requests, 1 mentions: 1 new, 0 updated in ")
    log = repute.done("--verbose", "crawl", "reviews", "--as-of", NOW)
    assert "Meera" not in log
    assert "listening on port" not in log
