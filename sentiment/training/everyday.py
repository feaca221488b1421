"""Learn what everyday trade says of sentiment from texts that the encoder never read.

The encoder remembers its training texts, so that a head fitted on them finds nothing to mend; on these it errs as on new ones.
What is learnt is a small step beside its own logits, held down on ordinary texts by how far it moves them.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper
from scipy.optimize import minimize

from sentiment.encoder import Encoder, open_session, pieces_of, usable_cores
from sentiment.training.blending import fit_blends
from sentiment.training.calibration import moody, write_raw
from sentiment.training.copies import Seen
from sentiment.training.corpus import Sample, detected, read_set
from sentiment.training.export import FEATURES, set_everyday
from sentiment.training.network import WIDTH
from sentiment.training.own import BESIDE
from sentiment.training.plans import MOODY_SETS, Reading

ORDINARY = 1200
"""Texts of each set, at most, on which the step is held down."""
HOLD = 1.0
"""Weight of half the mean square of what the step adds to the logits of ordinary texts, against the mean cross-entropy."""
RIDGE = 0.5
"""Weight of the squares of the weights, of features in units of their spread, against the same."""
CHUNK = 2048
Array = NDArray[np.float64]


def add_everyday(folder: Path, data: Path, seen: Seen) -> None:
    """Learn the output `everyday` of the model in `folder` and write it there.

    The step starts from the encoder's own sentiments, calibrated by language on dev texts; the words and letters, which read
    the same texts, are left out.
    """
    write_raw(folder)
    encoder = Encoder.load(folder)
    samples = [sample for sample in read_beside(data) if sample.sentiment >= 0]
    ordinary = read_features(encoder, folder, [sample.text for sample in draw_ordinary(data)])[:, :WIDTH]
    found = read_features(encoder, folder, [sample.text for sample in samples])
    blend, blends = fit_blends(encoder, moody(data, seen), spelt=False)
    calm = replace(encoder, settings=replace(encoder.settings, blend=blend, blends=blends))
    nothing = np.zeros((len(samples), 3), np.float32)
    shares = calm.blend(found[:, WIDTH:].astype(np.float32), nothing, nothing, detected(samples))
    gold = np.array([sample.sentiment for sample in samples])
    weight, bias = fit_step(found[:, :WIDTH], np.log(shares.astype(np.float64) + 1e-9), gold, ordinary)
    model = onnx.load(folder / "model.onnx")
    set_everyday(model, weight, bias)
    onnx.save(model, folder / "model.onnx")
    print(f"everyday: {len(samples)} texts beside {len(ordinary)} ordinary ones", flush=True)


def read_beside(data: Path) -> Iterator[Sample]:
    """Yield the texts that the encoder did not read."""
    for name in BESIDE:
        yield from read_set(data, Reading(f"own:{name}", 1.0))


def draw_ordinary(data: Path) -> Iterator[Sample]:
    """Yield some texts of each set that states a sentiment."""
    for reading in MOODY_SETS:
        samples = [sample for sample in read_set(data, reading) if sample.sentiment >= 0]
        yield from random.Random(1).sample(samples, min(ORDINARY, len(samples)))


def read_features(encoder: Encoder, folder: Path, texts: Sequence[str]) -> Array:
    """Return (n, 384 + 3): what the heads read, and the logits of sentiment."""
    model = onnx.load(folder / "model.onnx")
    model.graph.output.append(helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, ["n", "units", WIDTH]))
    seeing = replace(encoder, session=open_session(model.SerializeToString(), usable_cores()))
    pieces = [pieces_of(text) for text in texts]
    parts = [pieces[start : start + CHUNK] for start in range(0, len(pieces), CHUNK)]
    wanted = {FEATURES: WIDTH, "sentiment": 3}
    return np.concatenate([seeing.average(part, [0] * len(part), wanted) for part in parts]).astype(np.float64)


def fit_step(features: Array, logits: Array, gold: NDArray[np.int64], ordinary: Array) -> tuple[Array, Array]:
    """Return weights (k, 3) and biases (3,) to add to `logits` (n, 3), from features (n, k) and those of ordinary texts (m, k).

    Multinomial logistic regression with an offset, by L-BFGS.
    """
    middle, spread = ordinary.mean(axis=0), ordinary.std(axis=0) + 1e-3
    own, other = (np.column_stack([(x - middle) / spread, np.ones(len(x))]) for x in (features, ordinary))
    held = HOLD * other.T @ other / len(other) + 2 * RIDGE * np.diag([*np.ones(len(middle)), 0.0])
    rows, n = np.arange(len(own)), len(own)

    def loss(flat: Array) -> tuple[float, Array]:
        step = flat.reshape(-1, 3)
        scores = logits + own @ step
        scores -= np.logaddexp.reduce(scores, axis=1, keepdims=True)
        slope = np.exp(scores)
        slope[rows, gold] -= 1
        drawn = held @ step
        cost = -float(scores[rows, gold].mean()) + float((step * drawn).sum()) / 2
        return cost, (own.T @ slope / n + drawn).ravel()

    step = minimize(loss, np.zeros(3 * own.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x.reshape(-1, 3)
    weight: Array = step[:-1] / spread[:, None]
    return weight, step[-1] - middle @ weight
