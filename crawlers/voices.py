"""Who is no customer, by the rules of `[voices]`: press by its domain, machines by their account, affiliates by their links."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sqlite_utils import Database

from config import Config, Voices
from crawlers.matching import bare_account
from store.authors import author_key
from store.crawls import find_cursor
from store.records import Cursor, MatchedMention, Voice
from store.saving import remember
from store.voices import Repeats, judge_again, settle_repeats

LINK = re.compile(r"https?://[^\s<>\"')\]]+")
RULES = "voices"
"""Cursor without a source: the fingerprint of the rules that the stored mentions were judged by."""


@dataclass(frozen=True)
class Verdict:
    """Whose voice a rule says it is, and why."""

    voice: Voice
    rule: str
    """The reason in words, with the line of the configuration in it."""


class VoiceRules:
    """The rules of the configuration, asked of a mention on its way in or of a stored row."""

    def __init__(self, voices: Voices) -> None:
        self.press = tuple(bare_domain(name) for name in voices.press)
        self.bots = {bare_account(name): name for name in voices.bot}
        self.parameters = [split_parameter(entry) for entry in voices.affiliate if "=" in entry]
        self.shops = tuple(bare_domain(entry) for entry in voices.affiliate if "=" not in entry)

    def apply(self, matched: MatchedMention) -> MatchedMention:
        """A mention with the voice that the rules give it; only a customer's is ever changed."""
        mention = matched.mention
        if mention.voice != "customer":
            return matched
        names = (mention.author_id, mention.author_name)
        verdict = self.judge(names=names, site=mention.site, url=mention.url, words=(mention.title, mention.text))
        if verdict is None:
            return matched
        voiced = replace(mention, voice=verdict.voice)
        return replace(matched, mention=voiced, voice_rule=verdict.rule, voice_told=mention.voice)

    def judge(self, *, names: Iterable[str | None], site: str, url: str | None, words: Iterable[str | None]) -> Verdict | None:
        """The first rule that says something: account, domain, links."""
        for name in names:
            if name and (listed := self.bots.get(bare_account(name))):
                return Verdict("bot", f"[voices] bot: account {listed}")
        for host in (host_of(url or ""), site.casefold()):
            if domain := domain_of(host, self.press):
                return Verdict("press", f"[voices] press: {domain}")
        if self.parameters or self.shops:
            for link in (url or "", *(link for text in words for link in LINK.findall(text or ""))):
                if found := self.find_affiliate(link):
                    return Verdict("bot", f"[voices] affiliate: a link with {found}")
        return None

    def find_affiliate(self, link: str) -> str | None:
        """The entry of the configuration that a link's parameter or domain meets."""
        if domain := domain_of(host_of(link), self.shops):
            return domain
        there = parse_qsl(query_of(link), keep_blank_values=True)
        for wanted, value in self.parameters:
            if any(name == wanted and value in ("", held) for name, held in there):
                return f"{wanted}={value}"
        return None

    def judge_row(self, row: Mapping[str, Any], keys: Mapping[str, str]) -> tuple[str, str] | None:
        """Ask a stored row, whose author is known by key; `keys` are those of the listed accounts on the row's source."""
        names = (row["author_name"], keys.get(row["author"] or ""))
        verdict = self.judge(names=names, site=row["site"], url=row["url"], words=(row["title"], row["text"]))
        return (verdict.voice, verdict.rule) if verdict else None

    def find_keys(self, secret: bytes, source: str) -> dict[str, str]:
        """Author key -> account, for the listed accounts as they may be written on a source."""
        forms = {form for name in self.bots.values() for form in (name, name.lstrip("@/"), bare_account(name))}
        return {key: form for form in forms if (key := author_key(secret, source, form))}


def settle_voices(db: Database, config: Config, *, secret: bytes, now: str) -> int:
    """After a crawl or an import: judge the store again where the rules changed, and find who repeats a text.

    Returns how many mentions changed their voice. Both are queries over the store, so that taking a rule back undoes it.
    """
    rules, changed = VoiceRules(config.voices), 0
    print_now = fingerprint(config.voices)
    if (find_cursor(db, "", "", RULES) or fingerprint(Voices())) != print_now:
        by_source: dict[str, dict[str, str]] = {}

        def judge(row: dict[str, Any]) -> tuple[str, str] | None:
            source = row["source"]
            if source not in by_source:
                by_source[source] = rules.find_keys(secret, source)
            return rules.judge_row(row, by_source[source])

        changed = judge_again(db, judge)
        remember(db, Cursor(source="", site="", name=RULES, value=print_now), now=now)
    voices = config.voices
    return changed + settle_repeats(db, Repeats(voices.repeat_texts, voices.repeat_places, voices.repeat_days))


def fingerprint(voices: Voices) -> str:
    """The rules in a few letters."""
    return hashlib.blake2b(repr(astuple(voices)).encode(), digest_size=8).hexdigest()


def split_parameter(entry: str) -> tuple[str, str]:
    """Name and value of a query parameter; an empty value stands for any."""
    name, _, value = entry.lstrip("?&").partition("=")
    return name, value


def bare_domain(name: str) -> str:
    """A domain in one case, without `www.`."""
    return name.casefold().removeprefix("www.")


@lru_cache(maxsize=1024)
def domain_of(host: str, domains: tuple[str, ...]) -> str | None:
    """The listed domain that a host is, or is under."""
    return next((domain for domain in domains if host == domain or host.endswith(f".{domain}")), None)


@lru_cache(maxsize=1024)
def host_of(url: str) -> str:
    """The host of a web address; empty for none, and for what is no address."""
    try:
        return bare_domain(urlsplit(url).hostname or "")
    except ValueError:  # "http://[": a text may hold anything
        return ""


def query_of(url: str) -> str:
    """The query of a web address; empty for none."""
    try:
        return urlsplit(url).query
    except ValueError:
        return ""
