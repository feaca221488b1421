"""A saved answer is named by all that it was asked with."""

import pytest

from reporting.provenance import question_words


@pytest.mark.parametrize(
    ("command", "chosen", "words"),
    [
        ("trend", {"last": "26w", "every": "week", "figure": ""}, "trend, last 26w"),
        ("trend", {"last": "26w", "every": "month", "figure": "stars"}, "trend stars month, last 26w"),
        (
            "trend",
            {"since": "2026-09-01", "until": "2026-09-30", "figure": "complaints", "metric": "returns", "topic": "refund"},
            "trend complaints, topic refund, with returns, since 2026-09-01 until 2026-09-30",
        ),
        ("service", {"last_week": True, "last": "4w", "brand": "acme", "source": "reddit"}, "service, last week, acme, reddit"),
        ("hot-buttons", {"all_time": True}, "hot-buttons, all time"),
    ],
)
def test_what_was_asked_is_told_in_full(command, chosen, words):
    assert question_words(command, chosen) == words
