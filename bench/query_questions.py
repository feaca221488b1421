"""Every question that a page, the digest or a command asks of the store, with bare SQL beside, for `bench/queries.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from query_beside import NOW
from query_texts import BRANDS, LANGUAGES, TOPICS, load_language
from sqlite_utils import Database

from config import Config
from trends.windows import Window, all_time, iso, last, last_full_week, parse_moment

YEAR = "364d"
WEEKS_BACK = 8
LISTED = 50


@dataclass(frozen=True, kw_only=True)
class Case:
    """One asking of a question."""

    config: Config
    brand: str
    window: Window
    last: str
    """What the page calls the window."""
    turn: int
    """Which asking it is: words and topics follow it."""
    source: str | None = None
    language: str | None = None

    @property
    def filters(self) -> dict[str, Any]:
        """What every answer is asked with."""
        return {"brand": self.brand, "window": self.window, "source": self.source, "language": self.language}

    @property
    def bound(self) -> dict[str, Any]:
        """What the bare SQL binds."""
        window = self.window
        topic = list(TOPICS)[self.turn % len(TOPICS)]
        return {
            "brand": self.brand,
            "since": window.since or "",
            "until": window.until or "9",
            "source": self.source,
            "language": self.language,
            "topic": topic,
            "like": f"%{word_of(self.turn)}%",
        }

    def scope(self) -> Any:
        """The store's words for it."""
        from trends.frame import Filters
        from trends.gathering import scope_of

        return scope_of(self.brand, self.window, Filters(source=self.source, language=self.language))


Ask = Callable[[Database, Case], object]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked, over which windows, and the bare SQL beside it."""

    name: str
    ask: Ask
    plain: Sequence[str]
    windows: Sequence[str] = ("week", "4w", "12w", "1y", "all")
    filtered: bool = True
    """Whether it is also asked of one source, and of one language."""
    whole: bool = False
    """Whether it is a whole page or email, of many questions: `bench/serving.py` says how long people wait for one."""


OF_BRAND = """
    from mention_brands
    join mentions on mentions.id = mention_brands.mention
    {joined}
    where mention_brands.brand = :brand and mentions.voice = 'customer' and mentions.removed_at is null
        and (:since = '' or mentions.published >= :since and mentions.published < :until)
        and (:source is null or mentions.source = :source) and (:language is null or mentions.language = :language)
"""
TAGGED = """
    join tags on tags.mention = mentions.id and tags.span = 0
    join taggers on taggers.id = tags.tagger and taggers.current = 1 and taggers.task = '{task}'
"""


def bare(select: str, *, task: str = "", rest: str = "") -> str:
    """A bare statement over the mentions of a brand and window."""
    return f"select {select} {OF_BRAND.format(joined=TAGGED.format(task=task) if task else '')} {rest}"


PEOPLE = "count(*), count(distinct mentions.author), count(distinct substr(mentions.published, 1, 10))"
TOPICS_SQL = bare(f"tags.label, {PEOPLE}", task="topic", rest="group by tags.label")
ATTRIBUTES_SQL = bare(f"tags.label, tags.polarity, {PEOPLE}", task="attribute", rest="group by tags.label, tags.polarity")
MOODS_SQL = bare(f"tags.label, {PEOPLE}", task="sentiment", rest="group by tags.label")
WEEKS_SQL = bare("strftime('%Y-%W', mentions.published), tags.label, count(*)", task="sentiment", rest="group by 1, tags.label")
SIGNS_SQL = bare(f"tags.label, {PEOPLE}", task="sign", rest="group by tags.label")
REPLIES_SQL = bare(
    """
    count(*), avg((
        select strftime('%s', min(reply.published)) - strftime('%s', mentions.published)
        from mentions as reply indexed by idx_mentions_parent
        where reply.source = mentions.source and reply.site = mentions.site and reply.parent = mentions.external_id
            and reply.voice = 'company'
    ))
    """,
    task="complaint",
)
LATEST_SQL = bare("mentions.*", rest=f"order by mentions.published desc limit {LISTED}")
WORDS_SQL = bare("mentions.*", rest=f"and mentions.text like :like order by mentions.published desc limit {LISTED}")
SOURCES_SQL = "select source, count(*), max(published) from mentions where removed_at is null group by source"


def list_questions() -> list[Question]:
    """Every question that a page, the digest or a command asks of the store."""
    from dashboard.pages import health_words, mentions_words, page_words, source_rows
    from notify.digest import compose_digest
    from store.queries import find_passages
    from store.search import search_mentions
    from trends.attributes import answer_attributes
    from trends.health import answer_sources
    from trends.hot_buttons import answer_hot_buttons
    from trends.overview import answer_overview
    from trends.rivals import answer_rivals
    from trends.service import answer_service
    from trends.timeline import answer_trend
    from trends.topic_list import answer_topics

    page = (TOPICS_SQL, ATTRIBUTES_SQL, MOODS_SQL, WEEKS_SQL, LATEST_SQL, SOURCES_SQL)
    pages, week, every = ("week", "4w", "12w", "all"), ("week",), ("all",)

    def searching(**asked: Any) -> Ask:
        return lambda db, case: search_mentions(
            db, asked.get("words", ""), scope=case.scope(), topic=asked.get("topic"), sentiment=asked.get("mood"), limit=LISTED
        )

    return [
        Question(
            name="hot buttons",
            ask=lambda db, case: answer_hot_buttons(db, case.config, **case.filters),
            plain=(TOPICS_SQL,),
        ),
        Question(
            name="attributes",
            ask=lambda db, case: answer_attributes(db, case.config, **case.filters),
            plain=(ATTRIBUTES_SQL,),
        ),
        Question(
            name="overview",
            ask=lambda db, case: answer_overview(db, case.config, **case.filters),
            plain=(MOODS_SQL, WEEKS_SQL),
        ),
        Question(
            name="trend",
            ask=lambda db, case: answer_trend(db, case.config, **case.filters),
            plain=(WEEKS_SQL, MOODS_SQL),
            windows=("12w", "1y", "all"),
        ),
        Question(
            name="trend with a series",
            ask=lambda db, case: answer_trend(
                db, case.config, **case.filters, figure="net-sentiment", metric="customers", every="week"
            ),
            plain=(WEEKS_SQL, "select strftime('%Y-%W', date), avg(value) from metrics where name = 'customers' group by 1"),
            windows=("1y",),
            filtered=False,
        ),
        Question(
            name="service",
            ask=lambda db, case: answer_service(db, case.config, **case.filters),
            plain=(SIGNS_SQL, REPLIES_SQL),
        ),
        Question(
            name="compare",
            ask=lambda db, case: answer_rivals(db, case.config, **case.filters),
            plain=(MOODS_SQL, TOPICS_SQL),
        ),
        Question(
            name="topics",
            ask=lambda db, case: answer_topics(db, case.config, **case.filters),
            plain=(TOPICS_SQL,),
            filtered=False,
        ),
        Question(name="search: newest", ask=searching(), plain=(LATEST_SQL,)),
        Question(
            name="search: a word",
            ask=lambda db, case: searching(words=word_of(case.turn))(db, case),
            plain=(WORDS_SQL,),
        ),
        Question(
            name="search: two words",
            ask=lambda db, case: searching(words=f"{word_of(case.turn)} {word_of(case.turn + 1)}")(db, case),
            plain=(WORDS_SQL,),
            filtered=False,
        ),
        Question(
            name="search: beginning",
            ask=lambda db, case: searching(words=f"{word_of(case.turn)[:4]}*")(db, case),
            plain=(WORDS_SQL,),
            filtered=False,
        ),
        Question(
            name="search: a topic",
            ask=lambda db, case: searching(topic=case.bound["topic"])(db, case),
            plain=(bare("mentions.*", task="topic", rest="and tags.label = :topic order by mentions.published desc limit 50"),),
        ),
        Question(name="search: a mood", ask=searching(mood="negative"), plain=(LATEST_SQL,), filtered=False),
        Question(
            name="passages",
            ask=lambda db, case: find_passages(
                db, {case.bound["topic"]: rows_near(db, case.turn)}, brand=case.brand, task="topic"
            ),
            plain=("select * from mentions where id between 1000 and 1009",),
            windows=every,
            filtered=False,
        ),
        Question(
            name="sources",
            ask=lambda db, case: answer_sources(db, case.config, now=case.window.now),
            plain=(SOURCES_SQL,),
            windows=every,
            filtered=False,
        ),
        Question(
            name="page: sources",
            ask=lambda db, case: source_rows(db, case.config, case.window.now),
            plain=(SOURCES_SQL,),
            windows=every,
            filtered=False,
        ),
        Question(
            name="page: health",
            ask=lambda db, case: health_words(db, case.config, case.window.now),
            plain=(SOURCES_SQL, "select count(*) from mentions where id not in (select mention from readings)"),
            windows=every,
            filtered=False,
        ),
        Question(
            name="page: mentions",
            ask=lambda db, case: mentions_words(db, case.config, as_asked(case, q=word_of(case.turn))),
            plain=(WORDS_SQL, SOURCES_SQL),
            windows=pages,
            filtered=False,
        ),
        Question(
            name="page",
            ask=lambda db, case: page_words(db, case.config, as_asked(case)),
            plain=page,
            windows=pages,
            filtered=False,
            whole=True,
        ),
        Question(
            name="digest",
            ask=lambda db, case: compose_digest(db, case.config, now=case.window.now, brand=case.brand),
            plain=page[:4],
            windows=week,
            filtered=False,
            whole=True,
        ),
    ]


def word_of(turn: int) -> str:
    """A word that people may search for: of a topic, or a plain one, frequent or rare, in one language after the other."""
    if turn % 2:
        return list(TOPICS.values())[turn % len(TOPICS)].split()[0]
    words = [word for word in load_language(LANGUAGES[turn // 2 % len(LANGUAGES)]).words[200:] if len(word) > 4]
    return words[(turn * 37) % 400].replace("'", " ").split()[0]


def rows_near(db: Database, turn: int) -> list[int]:
    """Ten row ids from all over the store."""
    (last,) = db.execute("select max(id) from mentions").fetchone()
    return [1 + (turn * 7919 + n * 104_729) % int(last) for n in range(10)]


def as_asked(case: Case, **words: str) -> Any:
    """A case in the words of the page."""
    from dashboard.asking import read_asked

    return read_asked({"brand": case.brand, "last": case.last, **words}, case.config, case.window.now)


def make_cases(config: Config, length: str, **filters: str | None) -> Iterator[Case]:
    """Cases without end: one brand after the other, of windows that end 0 to 7 weeks ago."""
    turn = 0
    while True:
        now = iso(parse_moment(NOW) - timedelta(weeks=turn % WEEKS_BACK))
        window = make_window(length, now, config.time_zone)
        yield Case(config=config, brand=BRANDS[turn % len(BRANDS)], window=window, last=length, turn=turn, **filters)
        turn += 1


def make_window(length: str, now: str, zone: ZoneInfo) -> Window:
    """The window of a length, in the words of this bench."""
    if length == "week":
        return last_full_week(now, zone)
    if length == "all":
        return all_time(now=now, zone=zone)
    return last(YEAR if length == "1y" else length, now=now, zone=zone)


def spread(question: Question) -> Iterator[tuple[str, str, dict[str, str | None]]]:
    """Name, window and filters of each line of a question."""
    for length in question.windows:
        yield f"{question.name}, {length}", length, {}
    if question.filtered:
        yield f"{question.name}, 4w, one source", "4w", {"source": "reddit"}
        yield f"{question.name}, 1y, one source", "1y", {"source": "hackernews"}
        yield f"{question.name}, 4w, Hindi", "4w", {"language": "hi"}
