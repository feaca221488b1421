"""Compose the weekly digest: one email in HTML and text that says what changed, with evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from sqlite_utils import Database

from config import Config
from reporting import phrases
from reporting.evidence import evidence_lines
from reporting.findings import list_basis, list_changes, main_finding
from trends.answers import Ledger, Overview
from trends.attributes import answer_attributes
from trends.hot_button_answers import HotButtons
from trends.hot_buttons import answer_hot_buttons
from trends.overview import answer_overview
from trends.windows import last_full_week

MOST_BUTTONS = 6
"""Hot buttons with quotes; further ones are named in a line. Gmail clips what is longer than 102 kB."""
BADGES = {
    "systemic": "background:#fde3d3;color:#7c2d06",
    "recurring": "background:#fdf0c8;color:#5c4302",
    "isolated": "background:#e5e7eb;color:#374151",
    "unclear": "background:#e5e7eb;color:#374151",
}


@dataclass(frozen=True)
class Week:
    """The answers that a digest is made of."""

    hot: HotButtons
    ledger: Ledger
    overview: Overview


def week_key(config: Config, brand: str, now: str) -> str:
    """What names the digest of a brand and week in the outbox."""
    return f"digest/{brand}/{last_full_week(now, config.time_zone).first_day}"


def compose_digest(db: Database, config: Config, *, now: str, brand: str = "") -> EmailMessage:
    """Compose the digest of a brand (the own one if empty) for the last full local week before `now` (UTC ISO).

    A multipart/alternative of text and HTML. The same store and `now` give the same bytes, but for the MIME boundary.
    """
    brand = brand or config.own_brand.id
    window = last_full_week(now, config.time_zone)
    week = Week(
        hot=answer_hot_buttons(db, config, brand=brand, window=window, parts=False),
        ledger=answer_attributes(db, config, brand=brand, window=window),
        overview=answer_overview(db, config, brand=brand, window=window),
    )
    sender = config.digest.sender or "repute@localhost"
    shown = digest_words(week, unsubscribe=unsubscribe_link(sender))
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = shown["subject"]
    message["From"] = sender
    message["Date"] = format_datetime(datetime.fromisoformat(now).astimezone(UTC))
    message["Message-ID"] = f"<repute.{brand}.{window.first_day}@{sender.rpartition('@')[2]}>"
    message["List-Unsubscribe"] = f"<{unsubscribe_link(sender)}>"
    message["Auto-Submitted"] = "auto-generated"
    # base64, since quoted-printable takes nine bytes for a letter of Hindi where base64 takes four.
    message.set_content(template("digest.txt").render(shown), cte="base64")
    message.add_alternative(template("digest.html").render(shown), subtype="html", cte="base64")
    return message


def html_of(message: EmailMessage) -> str:
    """The HTML part of a digest, for a preview in the browser."""
    return content_of(message, "html")


def text_of(message: EmailMessage) -> str:
    """The text part of a digest."""
    return content_of(message, "plain")


def content_of(message: EmailMessage, kind: str) -> str:
    """The content of the part of one kind, with plain line ends."""
    part = message.get_body((kind,))
    if part is None:
        raise ValueError(f"the message {message['Message-ID']} has no {kind} part")
    return str(part.get_content()).replace("\r\n", "\n")


def unsubscribe_link(sender: str) -> str:
    """A mailto link to the sender: Repute needs no public server."""
    return f"mailto:{quote(sender, safe='@')}?subject=unsubscribe"


def digest_words(week: Week, *, unsubscribe: str) -> dict[str, object]:
    """Everything that the templates show."""
    hot, ledger, overview = week.hot, week.ledger, week.overview
    headline = main_finding(hot)
    sides = [max(row.own.confirmed.mentions, row.own.contested.mentions) for row in ledger.rows]
    return {
        "hot": hot,
        "ledger": ledger,
        "overview": overview,
        "headline": f"{headline[:1].upper()}{headline[1:]}",
        "subject": " ".join(f"{hot.brand_name}: {headline} · {hot.window.label}".split()),
        "preheader": preheader(hot, overview),
        "figures": lead_figures(overview),
        "changes": list_changes(hot, overview),
        "shown": hot.buttons[:MOST_BUTTONS],
        "further": hot.buttons[MOST_BUTTONS:],
        "most": max((button.people + button.anonymous for button in hot.buttons), default=0),
        "loudest_side": max(sides, default=0),
        "basis": list_basis(overview, hot, ledger),
        "unsubscribe": unsubscribe,
    }


def preheader(hot: HotButtons, overview: Overview) -> str:
    """What mail programs show beside the subject."""
    complaints = phrases.counted(hot.complaints, "complaint")
    mentions = phrases.counted(hot.n, "mention")
    return f"{complaints} in {mentions}; net sentiment {phrases.net_words(overview.figures.net)}"


def lead_figures(overview: Overview) -> list[dict[str, str]]:
    """The four figures on top: each with what it stands on."""
    figures, replies = overview.figures, overview.figures.replies
    return [
        figure("Mentions", f"{figures.mentions:,}", phrases.people_words(figures.people, figures.anonymous)),
        figure("Net sentiment", phrases.net_words(figures.net), basis_of(overview, "net", phrases.net_basis(figures.net))),
        figure(
            "Negative",
            phrases.share_words(figures.negative),
            basis_of(overview, "negative", phrases.share_basis(figures.negative)),
        ),
        figure(
            "Median first reply",
            phrases.minutes_words(replies.median_minutes),
            f"{replies.timed} timed; {replies.unanswered} of {phrases.counted(replies.complaints, 'complaint')} unanswered"
            f"{before_words(overview)}",
        ),
    ]


def before_words(overview: Overview) -> str:
    """The median first reply of the window before, where there is one; no test tells of the difference."""
    if overview.before is None or overview.before.replies.median_minutes is None:
        return ""
    return f"; {phrases.minutes_words(overview.before.replies.median_minutes)} in the window before"


def basis_of(overview: Overview, label: str, basis: str) -> str:
    """What a figure stands on, with its corrected value where there is one."""
    found = phrases.corrected_words(overview.corrected, label)
    return f"{basis}; {found}" if found else basis


def figure(name: str, value: str, basis: str) -> dict[str, str]:
    """One figure for the templates."""
    return {"name": name, "value": value, "basis": basis}


@cache
def templates() -> Environment:
    """The digest's templates; text is escaped in HTML and left as it is in the plain part."""
    environment = Environment(
        loader=PackageLoader("notify"), autoescape=lambda name: bool(name and name.endswith(".html")), undefined=StrictUndefined
    )
    environment.filters.update(safe_url=phrases.safe_url, text_direction=phrases.text_direction)
    environment.globals.update(
        sign=phrases.VERDICT_SIGNS,
        direction=phrases.DIRECTION_SIGNS,
        badge=BADGES,
        counted=phrases.counted,
        people_words=phrases.people_words,
        voices_words=phrases.voices_words,
        evidence_lines=evidence_lines,
        share_words=phrases.share_words,
        share_basis=phrases.share_basis,
        net_words=phrases.net_words,
        net_basis=phrases.net_basis,
        change_basis=phrases.change_basis,
        change_words=phrases.change_words,
    )
    return environment


def template(name: str) -> Template:
    """One template by name."""
    return templates().get_template(name)
