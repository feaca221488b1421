"""The smaller tables of config.toml: schedule, digest, sentiment, thresholds."""

from __future__ import annotations

import re

from config.records import SENTIMENTS, Digest, Schedule, SentimentModel, Thresholds, Voices
from config.tables import Table

DEFAULT_CRAWL = "0 */6 * * *"
CRON = re.compile(r"\S+(\s+\S+){4}")
DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+")
ACCOUNT = re.compile(r"\S.*\S")
PARAMETER_OR_DOMAIN = re.compile(rf"[?&]?[\w.~-]+=[^&\s]*|{DOMAIN.pattern}")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


def read_schedule(table: Table) -> Schedule:
    """When jobs run. Weekdays must be names: in APScheduler 1 is Tuesday, in cron it is Monday."""
    crawl = table.table("crawl")
    usual = Schedule()
    return Schedule(
        crawl={"default": DEFAULT_CRAWL} | {name: read_cron(crawl, name, DEFAULT_CRAWL) for name in crawl.values},
        tag=read_cron(table, "tag", usual.tag),
        digest=read_cron(table, "digest", usual.digest),
        prune=read_cron(table, "prune", usual.prune),
        limit_minutes=table.number("limit_minutes", usual.limit_minutes, 1, 24 * 60),
    )


def read_cron(table: Table, key: str, default: str) -> str:
    """A five-field cron line; its ranges are checked by `scheduler`."""
    line = table.text(key, default).strip()
    if not CRON.fullmatch(line):
        table.problem(key, f'{line!r} is no cron line of five fields, like "0 7 * * mon"')
        return default
    if re.search(r"\d", line.split()[4]):
        table.problem(key, f"{line!r} gives the weekday as a number, which programs count differently; write mon, tue, …")
        return default
    return line


def read_digest(table: Table) -> Digest:
    """Recipients and mail server."""
    usual = Digest()
    digest = Digest(
        to=table.texts("to"),
        sender=table.text("sender", ""),
        smtp_host=table.text("smtp_host", ""),
        smtp_port=table.number("smtp_port", usual.smtp_port, 1, 65535),
        smtp_user=table.text("smtp_user", ""),
        smtp_security=table.choice("smtp_security", ("starttls", "tls", "none"), "starttls"),
        smtp_ca_file=table.text("smtp_ca_file", ""),
    )
    for position, address in enumerate(digest.to):
        if not ADDRESS.fullmatch(address):
            table.problem(f"to[{position}]", f'{address!r} is no email address; write one like "ana@example.com"')
    if digest.to and not ADDRESS.fullmatch(digest.sender):
        table.problem("sender", f"{digest.sender!r} is no email address; say who the digest comes from")
    if digest.to and not digest.smtp_host:
        table.problem("smtp_host", "is missing; name the mail server that sends the digest")
    return digest


def read_voices(table: Table) -> Voices:
    """Rules that tell press, bots and affiliates from customers."""
    usual = Voices()
    voices = Voices(
        press=table.texts("press") if "press" in table.values else usual.press,
        bot=table.texts("bot"),
        affiliate=table.texts("affiliate"),
        repeat_texts=table.number("repeat_texts", usual.repeat_texts, 0, 1000),
        repeat_places=table.number("repeat_places", usual.repeat_places, 0, 1000),
        repeat_days=table.number("repeat_days", usual.repeat_days, 1, 3660),
    )
    refuse_all_but(table, "press", voices.press, DOMAIN, 'no domain; write one like "prnewswire.com"')
    refuse_all_but(table, "bot", voices.bot, ACCOUNT, 'no account; write one like "@dealbot"')
    fix = 'neither a query parameter like "tag=" nor a domain like "amzn.to"'
    refuse_all_but(table, "affiliate", voices.affiliate, PARAMETER_OR_DOMAIN, fix)
    for key, least in (("repeat_texts", voices.repeat_texts), ("repeat_places", voices.repeat_places)):
        if least == 1:
            table.problem(key, "1 would make a bot of whoever posts once; write 2 or more, or 0 for never")
    return voices


def refuse_all_but(table: Table, key: str, values: tuple[str, ...], form: re.Pattern[str], fix: str) -> None:
    """Note every value of a list that has not the form it should have."""
    for position, value in enumerate(values):
        if not form.fullmatch(value):
            table.problem(f"{key}[{position}]", f"{value!r} is {fix}")


def read_sentiment(top: Table) -> SentimentModel | None:
    """The table `sentiment`, which may be absent; whether its labels are the model's is checked by `sentiment`."""
    table = top.table("sentiment")
    if "sentiment" not in top.values:
        return None
    labels = table.table("labels")
    return SentimentModel(
        model=table.text("model"),
        labels={name: labels.choice(name, SENTIMENTS, "neutral") for name in labels.values},
        revision=table.text("revision", ""),
        batch=table.number("batch", 16, 1, 1024),
    )


def read_thresholds(table: Table, usual: Thresholds) -> Thresholds:
    """The numbers behind verdicts."""
    thresholds = Thresholds(
        recurring_people=table.number("recurring_people", usual.recurring_people, 2, 1000),
        systemic_people=table.number("systemic_people", usual.systemic_people, 2, 10000),
        systemic_sites=table.number("systemic_sites", usual.systemic_sites, 1, 1000),
        systemic_days=table.number("systemic_days", usual.systemic_days, 1, 366),
        too_few=table.number("too_few", usual.too_few, 1, 1000),
        quiet_days=table.number("quiet_days", usual.quiet_days, 1, 366),
    )
    if thresholds.recurring_people > thresholds.systemic_people:
        counts = f"{thresholds.recurring_people} is more than systemic_people, {thresholds.systemic_people}"
        table.problem("recurring_people", f"{counts}: nothing would ever be recurring; lower it")
    return thresholds
