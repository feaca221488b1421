"""A step beside the encoder's sentiment is learnt from texts that it never read."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra `train` is not installed")
import torch

from sentiment.encoder import open_session
from sentiment.training.everyday import fit_step
from sentiment.training.export import EVERYDAY, build_model, set_everyday
from sentiment.training.network import Network

chance = np.random.default_rng(5)
ORDINARY = chance.normal(size=(2000, 6)) * [1, 1, 1, 1, 1, 0.05]
FIRST = np.array([1, 0, 0, 0, 0, 0])
GOLD = np.array([0, 1, 2] * 60)


def features(signal):
    """Return features of which one tells the sentiment, and logits that know nothing."""
    found = chance.normal(size=(len(GOLD), 6)) * [1, 1, 1, 1, 1, 0.05]
    found[:, signal] += np.array([-3, 0, 3])[GOLD] * (0.05 if signal == 5 else 1)
    return found, np.zeros((len(GOLD), 3))


@pytest.mark.parametrize("signal", [0, 5])
def test_what_tells_the_sentiment_is_learnt_whatever_its_spread(signal):
    found, logits = features(signal)
    weight, bias = fit_step(found, logits, GOLD, ORDINARY)
    fresh, _ = features(signal)
    assert ((logits + fresh @ weight + bias).argmax(axis=1) == GOLD).mean() > 0.6


def test_a_reader_that_is_right_already_is_hardly_moved():
    found, logits = features(0)
    unsure = fit_step(found, logits, GOLD, ORDINARY)
    sure = fit_step(found, logits + 8 * np.eye(3)[GOLD], GOLD, ORDINARY)
    assert np.abs(sure[0]).max() < 0.05 * np.abs(unsure[0]).max()


def test_ordinary_texts_that_lie_in_the_same_direction_hold_the_step_down():
    found, logits = features(0)
    free, _ = fit_step(found, logits, GOLD, ORDINARY)
    wide = np.concatenate([ORDINARY, ORDINARY + 3 * FIRST, ORDINARY - 3 * FIRST])
    held, _ = fit_step(found, logits, GOLD, wide)
    assert np.abs(held[0]).max() < np.abs(free[0]).max()


def test_the_output_is_nothing_until_it_is_written():
    torch.manual_seed(1)
    network = Network(30).eval()
    torch.nn.init.normal_(network.places)
    model = build_model(network)
    size = {"ids": np.array([[1, 2, 3]], np.int64), "mask": np.ones((1, 3), np.int32)}
    feed = {**size, **{name: np.full((1, 1, 3), 1 / 3, np.float32) for name in ("means", "marks")}}

    def read():
        return open_session(model.SerializeToString(), 1).run([EVERYDAY, "sentiment"], feed)

    before = read()
    assert not before[0].any()
    set_everyday(model, np.zeros((384, 3)), np.array([0.5, 0, -0.5]))
    after = read()
    assert after[0][0, 0].tolist() == [0.5, 0, -0.5]
    assert np.array_equal(before[1], after[1])
