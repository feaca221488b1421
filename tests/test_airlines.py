"""Real input from end to end: 9,888 tweets about six airlines, imported, tagged, judged and asked about through the commands."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import fmean

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def figures(labelled):
    file = labelled / "eval" / "airline_tweets" / "train.jsonl"
    command = [sys.executable, str(ROOT / "bench" / "airlines.py"), str(file), "--draws", "3", "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def test_every_tweet_lands_and_is_tagged(figures):
    assert (figures["rows"], figures["stored"]) == (9888, 9888)


def test_sentiment_is_right_for_at_least_72_percent(figures):
    assert figures["sentiment_accuracy"] >= 0.72


def test_each_airlines_hot_buttons_rank_as_its_gold_complaint_reasons_do(figures):
    ranks = {name: airline["rank_correlation"] for name, airline in figures["airlines"].items()}
    assert len(ranks) == 6
    assert min(ranks.values()) > 0.5, ranks


def test_shares_of_topics_are_within_4_points_of_the_gold_ones(figures):
    errors = {name: airline["topic_error"] for name, airline in figures["airlines"].items()}
    assert max(errors.values()) < 0.04, errors


def test_200_judged_tweets_of_an_airline_halve_the_error_of_its_share_negative(figures):
    shares = [airline["negative"] for airline in figures["airlines"].values()]
    raw = fmean(abs(share["raw"] - share["gold"]) for share in shares)
    corrected = fmean(abs(draw["value"] - share["gold"]) for share in shares for draw in share["corrected"])
    assert corrected < raw / 2, (raw, corrected)
    # Of eighteen intervals at 95% four that miss come once in a hundred times.
    held = [draw["low"] <= share["gold"] <= draw["high"] for share in shares for draw in share["corrected"]]
    assert len(held) == 18
    assert sum(held) >= 15, shares
