"""The window before at the age of this one: what was answered or resolved since then would make it look better."""

from __future__ import annotations

from datetime import timedelta

from trends.windows import Window, iso, parse_moment

AGED = (
    "Replies and cases of the window before are taken as they stood when it was as old as this one is now: newer complaints "
    "have had less time."
)


def same_age(window: Window, earlier: Window) -> str:
    """When the window before was as old as this one is now; whole days, so that a change of clocks does no harm."""
    if window.since is None or earlier.since is None:
        return window.now
    shift = round((parse_moment(window.since) - parse_moment(earlier.since)).total_seconds() / 86400)
    return iso(parse_moment(window.now) - timedelta(days=shift))
