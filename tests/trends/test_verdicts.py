import pytest

from config import Thresholds
from trends.verdicts import find_verdict


@pytest.mark.parametrize(
    ("people", "anonymous", "sites", "days", "verdict", "rule"),
    [
        (1, 0, 1, 10, "isolated", "1 person, fewer than 3"),
        (2, 0, 2, 2, "isolated", "2 people, fewer than 3"),
        (3, 0, 3, 3, "recurring", "3 people (3 or more; systemic needs 5)"),
        (4, 90, 3, 9, "recurring", "4 people (3 or more; systemic needs 5)"),
        (5, 0, 1, 2, "recurring", "5 people (3 or more), but on 1 site and 2 days only; systemic needs 2 sites or 3 days"),
        (5, 0, 2, 1, "systemic", "5 people on 2 sites and 1 day (5 or more people, and 2 or more sites or 3 or more days)"),
        (9, 3, 1, 3, "systemic", "9 people on 1 site and 3 days (5 or more people, and 2 or more sites or 3 or more days)"),
        (0, 2, 0, 0, "isolated", "0 people, fewer than 3"),
    ],
)
def test_the_verdict_follows_the_rule_and_says_it(people, anonymous, sites, days, verdict, rule):
    assert find_verdict(people=people, anonymous=anonymous, sites=sites, days=days, thresholds=Thresholds()) == (verdict, rule)


def test_many_anonymous_complaints_are_neither_isolated_nor_recurring():
    verdict, rule = find_verdict(people=0, anonymous=812, sites=0, days=0, thresholds=Thresholds())
    assert verdict == "unclear"
    assert "812 more complaints have no author and may be one person's or many people's" in rule


def test_thresholds_are_the_users():
    strict = Thresholds(recurring_people=10, systemic_people=20)
    assert find_verdict(people=9, anonymous=0, sites=5, days=5, thresholds=strict)[0] == "isolated"
