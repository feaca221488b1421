"""What `bench/query_store.py` is to write, drawn at once as arrays: who says what of which brand, where and when."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from query_texts import ATTRIBUTES, BRANDS, TOPICS

Ints = NDArray[Any]
Chance = np.random.Generator

FIRST, DAYS = np.datetime64("2024-10-05T00:00:00", "s"), 730
"""Local and UTC midnight; the last day is 2026-10-04."""
DAY, HOUR = 86_400, 3_600
SEED = 20_261_004
SOURCES = ("reviews", "trustpilot", "reddit", "hackernews", "mastodon", "youtube", "feeds", "import")
SITES = 5
"""Sites of each source: forty in all."""
SOURCE_SHARES = (0.20, 0.12, 0.26, 0.06, 0.10, 0.14, 0.07, 0.05)
MEASURES = {0: ("stars", 1, 5), 1: ("stars", 1, 5), 7: ("nps", 0, 10)}
"""Measure, worst and best of the sources with ratings: a third of all mentions."""
SITE_SHARES = (0.4, 0.25, 0.17, 0.11, 0.07)
BRAND_SHARES = (0.24, 0.26, 0.18, 0.14, 0.10, 0.08)
LANGUAGE_SHARES = (0.50, 0.08, 0.05, 0.07, 0.08, 0.07, 0.05, 0.04, 0.03, 0.02, 0.01)
WEEK = (1.05, 1.0, 1.0, 1.0, 1.05, 1.15, 1.1)
CLOCK = (3, 2, 1, 1, 1, 2, 4, 7, 9, 10, 10, 10, 11, 10, 10, 10, 10, 11, 13, 15, 16, 14, 10, 6)
GROWTH = 1.8
"""Mentions a day at the end for each at the beginning."""
REPLIES, OUTBROKEN, ANONYMOUS, UNDATED, DAY_ONLY, TWO_BRANDS = 0.12, 0.02, 0.08, 0.02, 0.03, 0.04
ONCE, TAIL, MOST_POSTS = 0.70, 1.6, 3000
"""Part of the authors who post once; the others' posts fall off as a power law from two on."""
COPIED = 0.003
"""Part of the mentions that others copy, one to eight times."""
OUTBREAKS = 24
SLOT = 6 * HOUR
"""Between two crawls."""
NEGATIVE, NEUTRAL, POSITIVE = 0, 1, 2


@dataclass(frozen=True)
class Plan:
    """One entry a mention, in the order in which they are collected; places in the lists above, or −1 for none."""

    key: Ints
    """Its own number, from which the external id is made."""
    parent: Ints
    """The key of what it answers."""
    published: Ints
    """Seconds since FIRST."""
    precision: Ints
    """0 second, 1 day, 2 unknown."""
    collected: Ints
    source: Ints
    site: Ints
    brand: Ints
    other: Ints
    """A second brand."""
    language: Ints
    voice: Ints
    """0 customer, 1 company, 2 press, 3 bot."""
    author: Ints
    mood: Ints
    complaint: Ints
    topic: Ints
    further: Ints
    """A second topic."""
    attribute: Ints
    sign: Ints
    rating: Ints
    engagement: Ints
    length: Ints
    """Words."""
    titled: Ints
    copy: Ints
    """Place in these arrays of the text that it copies; its own place where others copy it."""

    def __len__(self) -> int:
        return len(self.key)

    def take(self, places: Ints | slice) -> Plan:
        """Some of the mentions, in that order."""
        return replace(self, **{field.name: getattr(self, field.name)[places] for field in fields(self)})


TEXTUAL = ("language", "brand", "other", "mood", "complaint", "topic", "further", "attribute", "sign", "length", "titled")
"""What a copy has of its original."""


def draw_plan(count: int, seed: int = SEED) -> Plan:
    """Draw `count` mentions, the same at every call."""
    chance = np.random.default_rng(seed)
    told = draw_told(count - int(count * REPLIES), chance)
    plan = join(told, draw_replies(told, count, chance))
    plan = plan.take(np.lexsort((chance.random(count), plan.source, plan.collected)))
    plan = draw_copies(plan, chance)
    return replace(plan, author=draw_authors(plan, chance))


def draw_told(count: int, chance: Chance) -> Plan:
    """Everything but the company's replies."""
    brand, source = pick(BRAND_SHARES, count, chance), pick(SOURCE_SHARES, count, chance)
    mood = np.where(chance.random(count) < 0.03 * brand, POSITIVE, pick((0.42, 0.30, 0.28), count, chance))
    complains = chance.random(count) < np.array([0.9, 0.2, 0.03])[mood]
    topic = np.where(complains & (chance.random(count) < 0.9), (draw_topics(count, chance) + brand) % len(TOPICS), -1)
    published = draw_times(count, chance)
    outbroken = np.arange(count) < int(count * OUTBROKEN)
    published, brand, topic = draw_outbreaks(outbroken, published, brand, topic, chance)
    site = pick(SITE_SHARES, count, chance)
    published = leave_gaps(published, source, site)
    mood, complains = np.where(outbroken, NEGATIVE, mood), complains | outbroken
    precision = pick((1 - DAY_ONLY - UNDATED, DAY_ONLY, UNDATED), count, chance)
    voice = pick((0.965, 0, 0.025, 0.01), count, chance)
    other = (brand + chance.integers(1, len(BRANDS), count)) % len(BRANDS)
    speaks = chance.random(count) < np.array([0.09, 0.05, 0.22])[mood]
    reach = np.floor(chance.lognormal(1.2, 1.4, count))
    return Plan(
        key=np.arange(count),
        parent=np.full(count, -1),
        published=published,
        precision=precision,
        collected=find_slots(published, (chance.random(count) < 0.02) * chance.integers(1, 40, count)),
        source=source,
        site=site,
        brand=brand,
        other=np.where(chance.random(count) < TWO_BRANDS, other, -1),
        language=pick(LANGUAGE_SHARES, count, chance),
        voice=voice,
        author=np.full(count, -1),
        mood=mood,
        complaint=complains.astype(int),
        topic=topic,
        further=np.where((topic >= 0) & (chance.random(count) < 0.12), (topic + 4) % len(TOPICS), -1),
        attribute=np.where(speaks, chance.integers(0, len(ATTRIBUTES), count), -1),
        sign=np.where(chance.random(count) < 0.06, np.where(mood == POSITIVE, 1, chance.choice([0, 2, 3], count)), -1),
        rating=draw_ratings(source, mood, chance),
        engagement=np.where(chance.random(count) < 0.6, reach, -1).astype(int),
        length=draw_lengths(count, chance),
        titled=(chance.random(count) < 0.25).astype(int),
        copy=np.full(count, -1),
    )


def pick(shares: tuple[float, ...], count: int, chance: Chance) -> Ints:
    """Places in a list, each as often as its share."""
    total = np.cumsum(shares)
    return np.minimum(np.searchsorted(total / total[-1], chance.random(count), side="right"), len(shares) - 1)


def find_slots(published: Ints, late: Ints | int) -> Ints:
    """When the crawl after the publication, or one so many crawls later, collects it."""
    return np.minimum((published // SLOT + 1 + late) * SLOT, DAYS * DAY)


def draw_gaps() -> list[tuple[int, int, int, int]]:
    """(source, site, first day, days) that a site was not watched; of one source none was for a while."""
    chance = np.random.default_rng(SEED)
    found = [
        (source, site, int(chance.integers(5, DAYS - 25)), int(chance.integers(1, 9)))
        for source in range(len(SOURCES) - 1)
        for site in range(SITES)
        for _ in range(int(chance.integers(0, 4)))
    ]
    return [*found, *((3, site, DAYS - 43, 7) for site in range(SITES))]


def leave_gaps(published: Ints, source: Ints, site: Ints) -> Ints:
    """Nothing is known of what was said while nobody watched: it is moved to before."""
    published = published.copy()
    for of_source, of_site, first, days in draw_gaps():
        inside = (source == of_source) & (site == of_site) & (published >= first * DAY) & (published < (first + days) * DAY)
        published[inside] -= days * DAY
    return published


def draw_topics(count: int, chance: Chance) -> Ints:
    """Ranks of topics after Zipf's law; which topic has which rank differs by brand."""
    return pick(tuple(1 / (rank + 1) for rank in range(len(TOPICS))), count, chance)


def draw_times(count: int, chance: Chance) -> Ints:
    """Times that grow, with a weekly and a daily rhythm."""
    days = np.arange(DAYS)
    weekdays = (days + int((FIRST.astype("datetime64[D]").astype(int) + 3) % 7)) % 7
    share = GROWTH ** (days / DAYS) * np.array(WEEK)[weekdays]
    drawn = pick(tuple(share), count, chance) * DAY + pick(CLOCK, count, chance) * HOUR
    found: Ints = drawn + chance.integers(0, HOUR, count)
    return found


def draw_outbreaks(outbroken: Ints, published: Ints, brand: Ints, topic: Ints, chance: Chance) -> tuple[Ints, Ints, Ints]:
    """Move some mentions into outbreaks of one topic about one brand; the last is the own brand's, in the last week."""
    starts = np.append(chance.integers(30, DAYS - 30, OUTBREAKS - 1), DAYS - 6)
    lengths = np.append(chance.integers(2, 15, OUTBREAKS - 1), 6)
    brands, topics = np.append(chance.integers(0, len(BRANDS), OUTBREAKS - 1), 0), chance.integers(0, len(TOPICS), OUTBREAKS)
    which = chance.integers(0, OUTBREAKS, len(brand))
    days = starts[which] + np.floor(chance.random(len(brand)) * lengths[which]).astype(int)
    moved = days * DAY + published % DAY
    return (
        np.where(outbroken, moved, published),
        np.where(outbroken, brands[which], brand),
        np.where(outbroken, topics[which], topic),
    )


def draw_ratings(source: Ints, mood: Ints, chance: Chance) -> Ints:
    """Stars from 1 to 5, or 0 to 10, that go with the mood; −1 where the source has none."""
    better = np.clip(np.array([0.15, 0.55, 0.9])[mood] + chance.normal(0, 0.2, len(mood)), 0, 1)
    stars, answer = np.rint(1 + 4 * better), np.rint(10 * better)
    rated = np.isin(source, list(MEASURES)) & (chance.random(len(mood)) < 0.9)
    return np.where(rated, np.where(source == 7, answer, stars), -1).astype(int)


def draw_lengths(count: int, chance: Chance) -> Ints:
    """Words: half of the texts have fewer than 23, a few have hundreds."""
    return np.clip(chance.lognormal(np.log(23), 0.75, count), 4, 400).astype(int)


def draw_replies(told: Plan, count: int, chance: Chance) -> Plan:
    """The company's replies to complaints of customers: half of them within three hours."""
    asked = np.flatnonzero((told.complaint == 1) & (told.voice == 0))
    place = np.sort(chance.choice(asked, count - len(told), replace=False))
    plan, none = told.take(place), np.full(len(place), -1)
    late = plan.published + chance.lognormal(np.log(3 * HOUR), 1.2, len(place)).astype(int)
    published = np.minimum(late, DAYS * DAY - 1)
    return replace(
        plan,
        key=np.arange(len(told), count),
        parent=plan.key,
        published=published,
        collected=find_slots(published, 0),
        other=none,
        voice=np.ones_like(none),
        mood=np.full(len(place), NEUTRAL),
        complaint=np.zeros_like(none),
        topic=none,
        further=none,
        attribute=none,
        sign=none,
        rating=none,
        engagement=none,
        length=draw_lengths(len(place), chance),
        titled=np.zeros_like(none),
    )


def join(one: Plan, other: Plan) -> Plan:
    """Two plans as one."""
    return Plan(**{field.name: np.concatenate([getattr(one, field.name), getattr(other, field.name)]) for field in fields(one)})


def draw_copies(plan: Plan, chance: Chance) -> Plan:
    """Let some long texts be copied by the mentions soon after them; a copy says all that its original says."""
    long = np.flatnonzero((plan.length >= 30) & (plan.voice != 1))
    originals = np.sort(chance.choice(long, min(int(len(plan) * COPIED), len(long)), replace=False))
    copy = np.full(len(plan), -1)
    for original in originals.tolist():
        places = original + np.cumsum(chance.integers(1, 200, min(int(chance.geometric(0.4)), 8)))
        places = places[places < len(plan)]
        places = places[(copy[places] < 0) & (plan.voice[places] != 1)]
        if copy[original] < 0 and len(places):
            copy[original], copy[places] = original, original
    of = np.where(copy >= 0, copy, np.arange(len(plan)))
    return replace(plan, copy=copy, **{name: getattr(plan, name)[of] for name in TEXTUAL})


def draw_authors(plan: Plan, chance: Chance) -> Ints:
    """A number for each author, who stays on one source; the company's are the first ones, one a brand and source."""
    author = np.full(len(plan), -1)
    author[plan.voice == 1] = (plan.source * len(BRANDS) + plan.brand)[plan.voice == 1]
    free = len(SOURCES) * len(BRANDS)
    for source in range(len(SOURCES)):
        theirs = np.flatnonzero((plan.source == source) & (plan.voice != 1) & (chance.random(len(plan)) >= ANONYMOUS))
        tail = np.floor(2 * (1 - chance.random(len(theirs))) ** (-1 / TAIL))
        posts = np.where(chance.random(len(theirs)) < ONCE, 1, np.minimum(tail, MOST_POSTS)).astype(int)
        people = np.repeat(np.arange(len(theirs)), posts)[: len(theirs)]
        author[chance.permutation(theirs)] = free + people
        free += int(people.max(initial=0)) + 1
    return author
