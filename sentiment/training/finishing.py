"""Make a trained network into the model folder that Repute ships."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import onnx

from sentiment.encoder import Encoder
from sentiment.settings import Settings, write_settings
from sentiment.training.assessment import Assessment, assess, frozen_macro_f1
from sentiment.training.calibration import calibrate, draw_alike
from sentiment.training.card import Findings, write_card
from sentiment.training.copies import Seen
from sentiment.training.corpus import Sample
from sentiment.training.export import build_model, measure_reach
from sentiment.training.floor import linear_floor
from sentiment.training.network import Network
from sentiment.training.spelling import learn_spelling

NOTES = Path(__file__).parent / "notes.md"
LARGEST = 35_000_000
"""Bytes that the whole folder may have."""
COMPARED = 150
"""Rows of each set on which the model is read before and after quantisation."""


MEASURED = 2600
"""Texts of training, as many from each language, that the scales of the int8 model's activations are measured on."""


class ModelTooLarge(RuntimeError):
    """The finished folder is over the limit."""


def finish(
    network: Network,
    tokenizer: Path,
    data: Path,
    training: Sequence[Sample],
    out: Path,
    name: str,
    work: Path,
    seed: int,
    minilm: Path,
    at_most: int | None = None,
) -> Assessment:
    """Export, quantise, calibrate and assess, then put the folder in place of the old one at once.

    `at_most` limits the rows of each set that an early, unfinished model is assessed on.
    """
    part, full = work / "model.part", work / "model.full"
    network.eval()
    for folder in (part, full):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copy(tokenizer, folder / "tokenizer.json")
    spelling = learn_spelling(data)
    for folder in (full, part):
        spelling.save(folder / "ngrams.npz")
    seen = Seen(training)
    onnx.save(build_model(network), full / "model.onnx")
    _, before = _calibrated(full, data, training, seen, seed, name)
    reach = measure_reach(network, Encoder.load(full), draw_alike(training, MEASURED, seed))
    onnx.save(build_model(network, reach), part / "model.onnx")
    settings, after = _calibrated(part, data, training, seen, seed, name)
    thorough = assess(Encoder.load(part), data, seen, at_most)
    frozen = frozen_macro_f1(data, minilm)
    sizes = {path.name: path.stat().st_size for path in part.iterdir()}
    if sum(sizes.values()) > LARGEST:
        raise ModelTooLarge(f"{part}: {sum(sizes.values())} bytes; learn a smaller vocabulary (LEARNT in vocabulary.py)")
    floors = {one.name: linear_floor(one.name, data, seen) for one in thorough.sets}
    findings = Findings(thorough, after, before, frozen, floors, sizes, NOTES.read_text("utf-8").strip())
    (part / "README.md").write_text(write_card(settings, findings), encoding="utf-8")
    _put_in_place(part, out)
    return thorough


def _calibrated(
    folder: Path, data: Path, training: Sequence[Sample], seen: Seen, seed: int, name: str
) -> tuple[Settings, Assessment]:
    """Calibrate the model in a folder, write its settings, and assess it on the first rows of each set."""
    settings = replace(calibrate(folder, data, training, seen, seed), name=name)
    write_settings(settings, folder / "model.json")
    assessment = assess(Encoder.load(folder), data, seen, COMPARED)
    print(f"{folder.name}: {words_of(assessment)}", flush=True)
    return settings, assessment


def words_of(assessment: Assessment) -> str:
    """Return the figures of an assessment in a line."""
    sets = ", ".join(f"{one.name} {100 * one.evaluation.macro_recall:.1f}" for one in assessment.sets)
    return f"sentiment {assessment.sentiment_accuracy:.4f}, topics {assessment.topics_macro_f1:.4f}; macro-recall: {sets}"


def _put_in_place(part: Path, out: Path) -> None:
    """Move a folder to `out`, which may be on another file system, so that no reader sees half of it."""
    fresh, stale = out.with_name(out.name + ".new"), out.with_name(out.name + ".old")
    for folder in (fresh, stale):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(part, fresh)
    if out.exists():
        out.rename(stale)
    fresh.rename(out)
    shutil.rmtree(stale, ignore_errors=True)
