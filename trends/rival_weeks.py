"""Where brands were listened to in the last weeks, so that their voices are only compared in weeks that cover all alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trends.exposure import watched_shares
from trends.rival_sites import Site
from trends.windows import Window

Row = Mapping[str, Any]
Parts = Sequence[float | None]


@dataclass(frozen=True, kw_only=True)
class Listened:
    """What is known of a brand's sites in some weeks."""

    series: Sequence[Window]
    """The weeks."""
    listings: Sequence[Row]
    watches: Sequence[Row]
    enabled: Collection[str]
    """Sources."""

    def on(self, sites: Collection[Site]) -> Listened:
        """The same of some sites."""
        listings, watches = (
            [row for row in rows if (row["source"], row["site"]) in sites] for rows in (self.listings, self.watches)
        )
        return Listened(series=self.series, listings=listings, watches=watches, enabled=self.enabled)

    @property
    def parts(self) -> Parts:
        """Which part of each week its sites were watched, each as much as any other; None where that is not known."""
        return watched_shares(self.series, self.series, self.listings, self.watches, {}, enabled=self.enabled)


def listen(brands: Sequence[Listened], sites: Collection[Site]) -> list[Parts]:
    """Which part of each week some sites were watched for each brand; worked out once where it is the same for several."""
    found: list[tuple[Listened, Parts]] = []
    for brand in (brand.on(sites) for brand in brands):
        alike = next((parts for other, parts in found if other == brand), None)
        found.append((brand, brand.parts if alike is None else alike))
    return [parts for _, parts in found]
