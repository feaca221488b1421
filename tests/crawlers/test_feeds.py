"""RSS and Atom: items, their identity, what a feed covers, and feeds that are none."""

from __future__ import annotations

import pytest
from loopback import query

from crawlers.syndication import NotAFeed, parse_feed, unwrap
from store.records import Mention

ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Blog</title><id>tag:b</id>
<entry xml:lang="tr"><title type="html">Acme &amp;amp; me</title><id>tag:b,1</id><link href="/posts/1"/>
<published>2026-10-01T12:00:00+02:00</published><updated>2026-10-03T12:00:00Z</updated><author><name>Ann</name></author>
<summary>short</summary><content type="html">&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two &amp;lt; three.&lt;/p&gt;</content></entry></feed>"""


def rss(*items: str) -> bytes:
    return f'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>t</title>{"".join(items)}</channel></rss>'.encode()


def parse(body: str | bytes, voice: str = "customer"):
    return parse_feed(body.encode() if isinstance(body, str) else body, "https://b.example/feed", {}, site="b", voice=voice)


def test_recorded_feeds_land_once(serve_web, crawl, tmp_path, recorded):
    files = {f"/{path.stem}": path.read_bytes() for path in sorted((recorded / "feeds").glob("*.xml"))}
    web = serve_web(
        {path: (200, {"ETag": f'"{path}"', "Content-Type": "application/rss+xml"}, body) for path, body in files.items()}
    )
    text = (
        f'[sources.feeds]\nfeeds = [{", ".join(f"""{{ url = "{web.url}{path}", site = "{path[5:]}" }}""" for path in files)}]'
    )
    first, second = crawl(text, "feeds"), crawl(text, "feeds")
    assert (first.status, first.items, first.new, second.new, second.updated) == ("finished", 1135, 1135, 0, 0)
    assert query(tmp_path, "select site, count(*), count(distinct external_id) from mentions group by site") == [
        ("deepmind_rss", 100, 100),
        ("malformed_rss", 2, 2),
        ("openai_rss", 1033, 1033),
    ]
    assert (
        first.error
        == f"{web.url}/lab_malformed_rss: is no well-formed XML (6:17: not well-formed (invalid token)); 2 items could be read all the same"
    )
    assert query(
        tmp_path,
        "select title, url, published, published_precision from mentions where site = 'malformed_rss' order by published",
    ) == [
        (
            "Research & Development Update",
            "https://example-lab.test/news/research-and-development-update",
            "2026-07-08T13:00:00Z",
            "second",
        ),
        (
            "A Perfectly Fine Second Item",
            "https://example-lab.test/news/a-perfectly-fine-second-item",
            "2026-07-08T14:00:00Z",
            "second",
        ),
    ]
    assert [
        headers.get("If-None-Match") for headers, path in zip(web.headers, web.asked, strict=True) if path == "/lab_openai_rss"
    ] == [None, '"/lab_openai_rss"']


def test_what_a_feed_covers_and_how_it_goes_on(serve_web, crawl, tmp_path):
    item = "<item><guid>{0}</guid><title>n {0}</title><pubDate>{1}</pubDate></item>"
    pages = [
        rss(item.format(1, "Thu, 01 Oct 2026 10:00:00 GMT")),
        rss(item.format(2, "Mon, 05 Oct 2026 07:00:00 GMT"), item.format(1, "Thu, 01 Oct 2026 10:00:00 GMT")),
    ]

    def feed(target, headers, body):
        if headers.get("If-None-Match") == f'"{len(pages)}"':
            return 304, {}, b""
        return 200, {"ETag": f'"{len(pages)}"'}, pages[0]

    web = serve_web({"/f": feed})
    text = f'[sources.feeds]\nfeeds = [{{ url = "{web.url}/f", site = "f" }}]'
    crawl(text, "feeds")
    unchanged = crawl(text, "feeds", now="2026-10-05T09:00:00Z")
    assert (unchanged.items, unchanged.errors) == (0, 0)
    pages.pop(0)
    crawl(text, "feeds", now="2026-10-05T10:00:00Z")
    url = f"{web.url}/f"
    assert query(tmp_path, "select query, since, until, complete from watches order by id") == [
        (url, "2026-10-01T10:00:00Z", "2026-10-05T08:00:00Z", 1),
        (url, "2026-10-05T08:00:00Z", "2026-10-05T09:00:00Z", 1),
        (url, "2026-10-05T09:00:00Z", "2026-10-05T10:00:00Z", 1),
    ]
    assert query(tmp_path, "select external_id from mentions order by id") == [("1",), ("2",)]


def test_an_atom_entry_whole():
    assert parse(ATOM).mentions == (
        Mention(
            source="feeds",
            site="b",
            external_id="tag:b,1",
            url="https://b.example/posts/1",
            kind="post",
            title="Acme & me",
            text="One.\n\nTwo < three.",
            language="tr",
            author_id="Ann",
            author_name="Ann",
            published="2026-10-01T10:00:00Z",
            published_precision="second",
        ),
    )


def test_a_press_release_is_the_presss_voice():
    items = [
        "<item><guid>1</guid><title>a</title><category>Press</category></item>",
        "<item><guid>2</guid><title>b</title><category>food</category></item>",
    ]
    assert [mention.voice for mention in parse(rss(*items)).mentions] == ["press", "customer"]
    assert [mention.voice for mention in parse(rss(*items), voice="press").mentions] == ["press", "press"]


def test_a_google_alert_is_known_by_the_page_behind_it():
    link = "https://www.google.com/url?rct=j&amp;sa=t&amp;url=https://news.example/acme%3Fa%3D1&amp;ct=ga"
    [mention] = parse(rss(f"<item><link>{link}</link><title>Acme</title></item>")).mentions
    assert (mention.external_id, mention.url) == ("https://news.example/acme?a=1",) * 2
    assert (
        unwrap("https://google.com.example.org/url?url=https://x.example")
        == "https://google.com.example.org/url?url=https://x.example"
    )


def test_an_item_that_nothing_identifies_is_named():
    found = parse(rss("<item><title>nameless</title></item>", "<item><guid>1</guid><title>a</title></item>"))
    assert ([mention.external_id for mention in found.mentions], found.without_id) == (["1"], ("nameless",))


@pytest.mark.parametrize("written", ["yesterday", "", "Thu, 01 Jan 1970 00:00:00 GMT", "99 Foo 2026"])
def test_a_date_that_is_none_is_unknown(written):
    [mention] = parse(rss(f"<item><guid>1</guid><title>a</title><pubDate>{written}</pubDate></item>")).mentions
    assert (mention.published, mention.published_precision) == (None, "unknown")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is empty, not a feed"),
        (b"<!doctype html><html><body>hi</body></html>", "is a web page, not a feed; look for its RSS link"),
        (
            b"<?xml version='1.0'?><!-- x --><html><head><link rel='alternate' type='application/atom+xml' href='a.xml'></head></html>",
            "is a web page, not a feed; its feed is at https://b.example/a.xml",
        ),
        (b'{"a": 1}', "is neither RSS nor Atom"),
        (b"\xff\xfe\x00", "is neither RSS nor Atom"),
    ],
)
def test_what_is_no_feed_is_told(body, words):
    with pytest.raises(NotAFeed, match="^" + words):
        parse(body)


def test_an_empty_feed_is_a_feed():
    assert parse(rss()).mentions == ()


YOUTUBE = """<?xml version="1.0" encoding="UTF-8"?><feed xmlns:yt="http://www.youtube.com/xml/schemas/2015"
 xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom">
<link rel="self" href="http://www.youtube.com/feeds/videos.xml?channel_id=UC1"/><id>yt:channel:UC1</id><title>Tests</title>
<author><name>Tests</name><uri>https://www.youtube.com/channel/UC1</uri></author>
<entry><id>yt:video:dQw4w9WgXcQ</id><yt:videoId>dQw4w9WgXcQ</yt:videoId><yt:channelId>UC1</yt:channelId><title>Acme: honest</title>
<link rel="alternate" href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"/>
<author><name>Tests</name><uri>https://www.youtube.com/channel/UC1</uri></author>
<published>2026-10-01T15:00:11+00:00</published><updated>2026-10-02T01:02:03+00:00</updated>
<media:group><media:title>Acme: honest</media:title><media:thumbnail url="https://i2.ytimg.com/x.jpg" width="480" height="360"/>
<media:description>Is it loud?
Links below &amp; more.</media:description><media:community><media:starRating count="120" average="5.00" min="1" max="5"/>
<media:statistics views="4021"/></media:community></media:group></entry></feed>"""


def lemmy(points: int, comments: int, link: str = "") -> str:
    head = f'submitted by <a href="https://l.example/u/ann">ann</a> to <a href="https://l.example/c/shops">shops</a><br>{points} points | <a href="https://l.example/post/47">{comments} comments</a>'
    return (
        "<item><title>Acme lost my parcel</title><link>https://l.example/post/47</link><guid>https://l.example/post/47</guid>"
        f"<description><![CDATA[{head}{link}<p>It never came.</p>\n<p>Nobody answers.</p>\n]]></description>"
        "<pubDate>Thu, 01 Oct 2026 10:00:00 +0000</pubDate><dc:creator>https://l.example/u/ann</dc:creator></item>"
    )


def test_a_video_of_a_youtube_channel_is_known_by_its_id_and_has_its_description():
    assert parse(YOUTUBE).mentions == (
        Mention(
            source="feeds", site="b", external_id="yt:video:dQw4w9WgXcQ", url="https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            title="Acme: honest", text="Is it loud?\nLinks below & more.", author_id="https://www.youtube.com/channel/UC1",
            author_name="Tests", published="2026-10-01T15:00:11Z", published_precision="second",
        ),
    )  # fmt: skip


@pytest.mark.parametrize("link", ["", '<br><a href="https://blog.example/a">https://blog.example/a</a>'])
def test_a_lemmy_post_is_its_own_words_and_a_vote_is_no_edit(link):
    before, after = (parse(rss(lemmy(*counts, link))).mentions[0] for counts in ((14, 3), (15, 4)))
    assert before == Mention(
        source="feeds", site="b", external_id="https://l.example/post/47", url="https://l.example/post/47",
        title="Acme lost my parcel", text="It never came.\n\nNobody answers.", author_id="https://l.example/u/ann",
        author_name="ann@l.example", engagement=14, published="2026-10-01T10:00:00Z", published_precision="second",
    )  # fmt: skip
    assert (after.text, after.engagement) == (before.text, 15)


@pytest.mark.parametrize(
    ("link", "page"),
    [
        ("https://www.google.co.uk/url?rct=j&url=https://n.example/a&usg=x", "https://n.example/a"),
        ("https://www.google.com/url?q=https%3A%2F%2Fn.example%2Fa%3Fb%3D1&sa=U", "https://n.example/a?b=1"),
        ("http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url=https%3a%2f%2fn.example%2fa&c=1", "https://n.example/a"),
        ("https://www.youtube.com/redirect?event=x&q=https%3A%2F%2Fn.example%2Fa", "https://n.example/a"),
        ("https://t.co/abc", "https://t.co/abc"),
        ("https://www.google.com/url?url=javascript:alert(1)", "https://www.google.com/url?url=javascript:alert(1)"),
        ("http://[", "http://["),
    ],
)
def test_redirects_that_name_their_page_are_unwrapped_without_asking(link, page):
    assert unwrap(link) == page


def test_feedburner_names_the_page_behind_it():
    body = '<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><item><title>a</title>'
    body += "<link>http://feedproxy.google.com/~r/x/~3/y/</link><guid isPermaLink='false'>7</guid>"
    body += "<feedburner:origLink>https://n.example/a</feedburner:origLink></item></channel></rss>"
    [mention] = parse(body).mentions
    assert (mention.external_id, mention.url) == ("7", "https://n.example/a")


def test_a_link_that_is_none_costs_no_neighbour():
    found = parse(rss("<item><link>http://[</link><title>a</title></item>", "<item><guid>2</guid><title>b</title></item>"))
    assert ([mention.external_id for mention in found.mentions], found.without_id) == (["2"], ("a",))


def test_a_feed_that_robots_txt_forbids_is_read_only_where_it_is_the_users_own(serve_web, crawl, tmp_path):
    item = "<item><guid>{0}</guid><title>n</title></item>"
    web = serve_web(
        {
            "/robots.txt": (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /alerts/\n"),
            "/alerts/theirs": (200, {}, rss(item.format("theirs"))),
            "/alerts/mine": (200, {}, rss(item.format("mine"))),
            "/open": (200, {}, rss(item.format("open"))),
        }
    )
    feeds = [f'{{ url = "{web.url}/alerts/theirs" }}', f'{{ url = "{web.url}/alerts/mine", own_feed = true }}', f'{{ url = "{web.url}/open" }}']  # fmt: skip
    report = crawl(f"[sources.feeds]\nfeeds = [{', '.join(feeds)}]\n", "feeds")
    assert (report.status, report.new, report.errors, web.count("/alerts/theirs")) == ("finished", 2, 1, 0)
    assert f"{web.url}/alerts/theirs: " in str(report.error)
    assert "robots.txt" in str(report.error)
    assert query(tmp_path, "select external_id from mentions order by 1") == [("mine",), ("open",)]
