"""Real input from end to end: 9,888 tweets about six airlines, imported, tagged and asked about through the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def figures(labelled):
    file = labelled / "eval" / "airline_tweets" / "train.jsonl"
    command = [sys.executable, str(ROOT / "bench" / "airlines.py"), str(file), "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def test_every_tweet_lands_and_is_tagged(figures):
    assert (figures["rows"], figures["stored"]) == (9888, 9888)


def test_sentiment_is_right_for_at_least_72_percent(figures):
    assert figures["sentiment_accuracy"] >= 0.72


def test_each_airlines_hot_buttons_rank_as_its_gold_complaint_reasons_do(figures):
    ranks = {name: airline["rank_correlation"] for name, airline in figures["airlines"].items()}
    assert len(ranks) == 6
    assert min(ranks.values()) > 0.5, ranks
