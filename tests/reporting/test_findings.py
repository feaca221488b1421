"""What a report leads with follows from verdicts and tests, not from the largest number."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from reporting.findings import list_basis, list_changes, main_finding, net_changes
from reporting.phrases import change_words
from reporting.tables import change_cell
from trends.answers import LAPSED, Change, Coverage, Figures, Gap, Net, Overview, Replies, Share, SiteCoverage
from trends.differences import Difference
from trends.hot_button_answers import HotButton, HotButtons, Quiet
from trends.timeline_answers import Shift
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


def button(name, verdict, people, moved, *, never_before=False) -> HotButton:
    return HotButton(
        topic=name.lower(), name=name, complaints=people, people=people, anonymous=0, copies=0, undated=0, sources=(), sites=(), days=1,
        share=SHARE, change=moved, never_before=never_before, verdict=verdict, rule="", hours=(0,) * 24, all_hours=(0,) * 24, all_weekdays=(0,) * 7, busy_hours=(), busy_weekdays=(), words=(), by_source=(),
        by_subject=(), by_place=(), outbreak=None, weekdays=(0,) * 7, timed=0, languages=(), subjects=(),
        places=(), weeks=(), quotes=(), loudest=None, action="",
    )  # fmt: skip


def unimported(*reasons: str) -> Coverage:
    """Nothing known of imported sites."""
    gaps = [Gap(source="import", site=reason, since="", until="", label="", reason=reason) for reason in reasons]
    return replace(BLIND, gaps=tuple(gaps))


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


def shift(told, *, note="") -> Shift:
    found = Difference(
        first=-0.5, second=0.1, value=-0.6, low=-0.8, high=-0.001, chance=0.01, first_n=50, second_n=50, first_people=40, second_people=40
    )  # fmt: skip
    return Shift(difference=found, told=told, note=note)


def overview(now: Figures, before: Figures | None, net_change: Shift | None = None) -> Overview:
    return Overview(
        brand="b", brand_name="B", window=WINDOW, before_window=None, n=50, figures=now, corrected=None, before=before, net_change=net_change, competitors=(),
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
        (hot(n=0, coverage=unimported("not imported before 18 May 2026")), "not imported before 18 May 2026"),
        (hot(n=0, coverage=unimported(f"{LAPSED} 4 Oct 2026")), "nothing imported since 4 Oct 2026"),
        (hot(n=0, coverage=unimported(f"{LAPSED} 4 Oct 2026", f"{LAPSED} 1 Oct 2026")), "nothing newer was imported"),
        (
            hot(n=0, coverage=replace(SEEING, gaps=unimported(f"{LAPSED} 4 Oct 2026").gaps)),
            "nobody spoke of it; nothing imported since 4 Oct 2026",
        ),
    ],
)
def test_main_finding(answer, finding):
    assert main_finding(answer) == finding


def test_only_tested_moves_and_silences_and_topics_never_met_before_are_changes():
    answer = hot(
        button("Refund", "systemic", 31, change(31, 10, "rising")),
        button("Price", "recurring", 6, change(6, 12, "falling")),
        button("Staff", "recurring", 4, change(4, 0)),
        button("Privacy", "recurring", 4, change(4, 0), never_before=True),
        button("App", "isolated", 1, change(1, 0), never_before=True),
        button("Delivery", "recurring", 5, change(5, 4)),
        quiet=(
            Quiet(topic="billing", name="Billing", before=7, direction="falling"),
            Quiet(topic="safety", name="Safety", before=1, direction="steady"),
        ),
    )
    assert list_changes(answer, overview(figures(net(0.1, 0, 0.2)), None)) == [
        "Refund: +210% (10 before, 31 now): rising, more than chance explains.",
        "Price: −50% (12 before, 6 now): falling, more than chance explains.",
        "Privacy is new: 4 people; nobody complained of it before.",
        "No complaints any more about Billing (7 before): more than chance explains.",
    ]


def test_what_was_absent_for_one_window_is_not_called_new():
    absent, met = (button("Staff", "recurring", 5, change(5, 0), never_before=first) for first in (False, True))
    assert (change_cell(absent), change_cell(met)) == ("from 0 →", "new →")
    assert list_changes(hot(absent), overview(figures(net(None, None, None)), None)) == []


def test_net_sentiment_is_told_where_the_test_of_the_trend_tells_it():
    assert net_changes(shift("worse")) == [
        "Net sentiment −0.50, +0.10 before: worse, more than chance explains (difference −0.800 to −0.001)."
    ]
    assert net_changes(shift("worse", note="Compared without reviews (new)."))[0].startswith(
        "Net sentiment −0.50, +0.10 before on the sites watched throughout both windows: worse"
    )
    for told in ("no clear change", "too few to say"):
        assert net_changes(shift(told)) == []
    now = figures(net(-0.5, -0.6, -0.4), 90)
    apart = overview(now, figures(net(0.1, 0.0, 0.2), 3000), shift("no clear change"))
    assert list_changes(hot(), apart) == []
    assert len(list_changes(hot(), replace(apart, net_change=shift("worse")))) == 1


def test_basis_says_everything_once():
    answer = hot(coverage=replace(SEEING, sentences=("reddit was blind",)), notes=("Reddit was blind.", "uncorrected"))
    assert list_basis(answer, answer) == ["Reddit was blind.", "Uncorrected."]


def test_a_topic_seen_on_new_sites_alone_is_not_called_new():
    widened = change(0, 0, note="Compared without reviews (new): not watched throughout both windows.")
    partly = change(3, 0, note="Compared without reviews (new): not watched throughout both windows.")
    answer = hot(button("Refund", "systemic", 31, widened), button("App", "systemic", 20, partly, never_before=True))
    assert list_changes(answer, overview(figures(net(None, None, None)), None)) == [
        "App is new: 3 complaints on the sites watched throughout both windows; nobody complained of it before."
    ]
    assert change_words(widened) == "none in either window on the sites watched in both"
