from __future__ import annotations

from pathlib import Path

import pytest

from config import ConfigError, Goal, MetricSeries, load_config

BRANDS = """
[[brands]]
id = "acme"
name = "Acme"
role = "own"
query = "acme"

[[brands]]
id = "rival"
name = "Rival"
role = "competitor"
query = "rival"
"""


@pytest.fixture
def write(tmp_path):
    def make(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(BRANDS + text, encoding="utf-8")
        return path

    return make


def problems(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(path, {})
    return [str(problem) for problem in caught.value.problems]


def test_goals_are_read_in_the_units_of_their_figures(write):
    text = """
    [[goals]]
    figure = "complaints_a_week"
    topic = "refund"
    at_most = 20

    [[goals]]
    figure = "first_reply"
    within_hours = 24
    at_least = 80

    [[goals]]
    figure = "nps"
    brand = "rival"
    at_least = -12.5
    """
    assert load_config(write(text), {}).goals == (
        Goal(figure="complaints_a_week", way="at_most", target=20.0, unit="a_week", brand="acme", topic="refund"),
        Goal(figure="first_reply", way="at_least", target=0.8, unit="percent", brand="acme", within_hours=24.0),
        Goal(figure="nps", way="at_least", target=-0.125, unit="points", brand="rival"),
    )
    assert load_config(write(""), {}).goals == ()


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        ('figure = "negative"\nat_most = 130', "goals[0].at_most: 130 should be a number from 0 to 100"),
        ('figure = "negative"\nat_most = "30%"', "goals[0].at_most: '30%' should be a number from 0 to 100"),
        ('figure = "negative"', "goals[0].at_most: is missing; add at_most = a number from 0 to 100"),
        ('figure = "csat"\nat_most = 80', "goals[0].at_most: 80 is no goal: csat is better the higher it is; write at_least"),
        ('figure = "csat"\nat_least = 8\nat_leest = 9', "goals[0].at_leest: is not a setting; did you mean at_least?"),
        (
            'figure = "first_reply"\nat_least = 80',
            "goals[0].within_hours: is missing; say how soon a complaint is to be answered, like within_hours = 24",
        ),
        (
            'figure = "nps"\nat_least = 8\nwithin_hours = 2',
            'goals[0].within_hours: 2 says nothing about nps; remove this line, or write figure = "first_reply"',
        ),
        (
            'figure = "complaints_a_week"\nat_most = 8\ntopic = "refunds"',
            "goals[0].topic: 'refunds' is no topic of this file; did you mean refund?",
        ),
        (
            'figure = "complaints_a_week"\nat_most = 8\nbrand = "zzz"',
            "goals[0].brand: 'zzz' is no brand of this file; there are: acme, rival",
        ),
        (
            'figure = "nps"\nat_least = 8\ntopic = "refund"',
            "goals[0].topic: 'refund': nps is not counted by topic; remove this line",
        ),
    ],
)
def test_a_mistake_in_a_goal_is_named_with_its_value_and_the_fix(write, goal, expected):
    assert problems(write(f"[[goals]]\n{goal}\n"))[0] == expected


def test_a_figure_that_there_is_none_of_is_the_only_problem_and_names_all(write):
    (found,) = problems(write('[[goals]]\nfigure = "complaints"\nat_most = 3\n'))
    assert found.startswith("""goals[0].figure: 'complaints' should be "complaints_a_week" or "complaint_rate" or """)


def test_the_same_goal_twice_is_refused_but_not_two_of_two_topics(write):
    goal = '[[goals]]\nfigure = "complaints_a_week"\nat_most = 8\n'
    assert problems(write(goal + goal)) == [
        "goals[1].figure: 'complaints_a_week' already has a goal above for the same brand and topic; keep one of them"
    ]
    assert len(load_config(write(goal + goal + 'topic = "refund"\n'), {}).goals) == 2


def test_all_mistakes_of_goals_and_metrics_are_reported_together(write):
    text = (
        '[[goals]]\nfigure = "nps"\n[[goals]]\nfigure = "stars"\nat_least = 9\n[metrics.orders]\nkind = "sum"\nevry = "day"\n'
    )
    assert problems(write(text)) == [
        "goals[0].at_least: is missing; add at_least = a number from -100 to 100",
        "goals[1].at_least: 9 should be a number from 1 to 5",
        """metrics.orders.kind: 'sum' should be "level" or "count\"""",
        "metrics.orders.evry: is not a setting; did you mean every?",
    ]


def test_business_series_are_levels_unless_said_and_a_part_is_read_as_its_whole(write):
    text = """
    [metrics.returns]
    kind = "count"

    [metrics."rating:trustyard.example:Acme"]
    every = "week"
    """
    config = load_config(write(text), {})
    assert config.metrics == (
        MetricSeries(name="returns", kind="count"),
        MetricSeries(name="rating:trustyard.example:Acme", every="week"),
    )
    assert [config.metric(name).kind for name in ("returns", "returns/Toaster X", "customers")] == ["count", "count", "level"]


def test_a_goal_without_a_figure_is_told(write):
    (told,) = problems(write("[[goals]]\nat_most = 3\n"))
    assert "goals[0].figure: is missing; say what the goal is for: complaints_a_week, complaint_rate" in told
