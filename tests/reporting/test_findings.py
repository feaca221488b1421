"""What a report leads with follows from verdicts and tests, not from the largest number."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from reporting.findings import figures_changes, list_basis, list_changes, main_finding
from reporting.phrases import change_words
from trends.answers import Change, Coverage, Figures, Net, Overview, Replies, Share, SiteCoverage
from trends.hot_button_answers import HotButton, HotButtons, Quiet
from trends.windows import last_full_week

WINDOW = last_full_week("2026-10-05T08:00:00Z", ZoneInfo("Europe/London"))
SHARE = Share(part=1, whole=3, value=None, low=None, high=None)
BLIND = Coverage(known=True, sites=(SiteCoverage(source="reddit", site="r/x", watched_days=0, days=7),), gaps=(), sentences=())
SEEING = replace(BLIND, sites=(SiteCoverage(source="reddit", site="r/x", watched_days=7, days=7),))


def change(now, before, direction="steady", **more) -> Change:
    ratio = now / before if before else None
    return Change(
        **{
            "now": now,
            "before": before,
            "now_per_day": None,
            "before_per_day": None,
            "ratio": ratio,
            "direction": direction,
            "note": "",
        }
        | more
    )


def button(name, verdict, people, moved) -> HotButton:
    return HotButton(
        topic=name.lower(), name=name, complaints=people, people=people, anonymous=0, copies=0, undated=0, sources=(), sites=(), days=1,
        share=SHARE, change=moved, verdict=verdict, rule="", hours=(0,) * 24, all_hours=(0,) * 24, all_weekdays=(0,) * 7, busy_hours=(), busy_weekdays=(), words=(), by_source=(),
        by_subject=(), by_place=(), outbreak=None, weekdays=(0,) * 7, timed=0, languages=(), subjects=(),
        places=(), weeks=(), quotes=(), loudest=None, action="",
    )  # fmt: skip


def hot(*buttons, n=50, quiet=(), coverage=SEEING, notes=()) -> HotButtons:
    return HotButtons(
        brand="b", brand_name="B", window=WINDOW, n=n, complaints=sum(b.complaints for b in buttons), other=0, buttons=buttons, quiet=quiet,
        undated=0, untagged=0, coverage=coverage, notes=notes,
    )  # fmt: skip


def figures(net: Net, median: float | None = None) -> Figures:
    replies = Replies(complaints=9, answered=6, unanswered=3, timed=6, median_minutes=median, p90_minutes=None)
    return Figures(
        brand="b", brand_name="B", mentions=50, people=40, anonymous=0, net=net, negative=SHARE, voice=SHARE, complaints=SHARE, replies=replies
    )  # fmt: skip


def net(value, low, high) -> Net:
    return Net(positive=1, neutral=1, negative=1, value=value, low=low, high=high)


def overview(now: Figures, before: Figures | None) -> Overview:
    return Overview(
        brand="b", brand_name="B", window=WINDOW, before_window=None, n=50, figures=now, corrected=None, before=before, competitors=(),
        mentions_change=change(1, 1), sources=(), sites=(), languages=(), weeks=(), loudest=None, undated=0, untagged=0, coverage=SEEING, notes=("n.",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        (hot(button("Refund", "systemic", 31, change(31, 9, "rising"))), "Refund: systemic, 31 people, rising"),
        (
            hot(button("Price", "systemic", 60, change(60, 60)), button("Refund", "systemic", 31, change(31, 9, "rising"))),
            "Refund: systemic, 31 people, rising",
        ),
        (
            hot(button("Price", "systemic", 60, change(60, 60)), button("App", "recurring", 4, change(4, 0, "rising"))),
            "Price: systemic, 60 people",
        ),
        (hot(button("App", "isolated", 1, change(1, 0))), "no complaint recurs; 1 complaint in 50 mentions"),
        (hot(), "no complaints in 50 mentions"),
        (replace(hot(), complaints=4, other=4), "4 complaints in 50 mentions, none about a configured topic"),
        (replace(hot(), untagged=50), "50 mentions, none of them read yet"),
        (hot(n=0), "nobody spoke of it"),
        (hot(n=0, coverage=BLIND), "nothing was watched"),
    ],
)
def test_main_finding(answer, finding):
    assert main_finding(answer) == finding


def test_only_tested_moves_new_repeated_topics_and_silences_are_changes():
    answer = hot(
        button("Refund", "systemic", 31, change(31, 10, "rising")),
        button("Price", "recurring", 6, change(6, 12, "falling")),
        button("Staff", "recurring", 4, change(4, 0)),
        button("App", "isolated", 1, change(1, 0)),
        button("Delivery", "recurring", 5, change(5, 4)),
        quiet=(Quiet(topic="billing", name="Billing", before=7),),
    )
    assert list_changes(answer, overview(figures(net(0.1, 0, 0.2)), None)) == [
        "Refund: +210% (10 before, 31 now): rising, more than chance explains.",
        "Price: −50% (12 before, 6 now): falling, more than chance explains.",
        "Staff is new: 4 people, none in the window before.",
        "No complaints any more about: Billing (7 before).",
    ]


def test_net_sentiment_tells_whether_intervals_overlap():
    apart = figures_changes(figures(net(-0.5, -0.6, -0.4)), figures(net(0.1, 0.0, 0.2)))
    assert apart == ["Net sentiment −0.50, +0.10 before: more than chance explains."]
    touching = figures_changes(figures(net(0.0, -0.1, 0.1)), figures(net(0.1, 0.0, 0.2)))
    assert touching == ["Net sentiment 0.00, +0.10 before: the intervals overlap, which chance may explain."]
    assert figures_changes(figures(net(None, None, None)), figures(net(0.1, 0.0, 0.2))) == []


def test_reply_times_come_with_the_unanswered():
    calm = net(None, None, None)
    assert figures_changes(figures(calm, 90), figures(calm, 3000)) == [
        "Median first reply 1 h 30 min, 2.1 days before; 3 of 9 complaints unanswered."
    ]


def test_basis_says_everything_once():
    answer = hot(coverage=replace(SEEING, sentences=("reddit was blind",)), notes=("Reddit was blind.", "uncorrected"))
    assert list_basis(answer, answer) == ["Reddit was blind.", "Uncorrected."]


def test_a_topic_seen_on_new_sites_alone_is_not_called_new():
    widened = change(0, 0, note="Compared without reviews (new): not watched throughout both windows.")
    partly = change(3, 0, note="Compared without reviews (new): not watched throughout both windows.")
    answer = hot(button("Refund", "systemic", 31, widened), button("App", "systemic", 20, partly))
    assert list_changes(answer, overview(figures(net(None, None, None)), None)) == [
        "App is new: 3 complaints on the sites watched throughout both windows, none in the window before."
    ]
    assert change_words(widened) == "none in either window on the sites watched in both"
