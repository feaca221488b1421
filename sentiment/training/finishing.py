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
from sentiment.training.card import Findings, Loss, write_card
from sentiment.training.copies import Seen
from sentiment.training.corpus import Sample
from sentiment.training.everyday import add_everyday, read_beside
from sentiment.training.export import build_model, measure_reach
from sentiment.training.floor import linear_floor
from sentiment.training.network import Network
from sentiment.training.spelling import learn_spelling, read_spelt
from sentiment.training.word_lists import learn_valence

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
    part, full = (_fresh(work / name, tokenizer) for name in ("model.part", "model.full"))
    network.eval()
    _learn_words(data, full, part)
    seen = Seen((*training, *read_beside(data)))
    onnx.save(build_model(network), full / "model.onnx")
    add_everyday(full, data, seen)
    _calibrated(full, data, training, seen, seed, name)
    before = _assessed_in_part(full, data, seen)
    reach = measure_reach(network, Encoder.load(full), draw_alike(training, MEASURED, seed))
    onnx.save(build_model(network, reach), part / "model.onnx")
    add_everyday(part, data, seen)
    settings = _calibrated(part, data, training, seen, seed, name)
    after = _assessed_in_part(part, data, seen)
    return _complete(part, settings, data, seen, out, minilm, Loss(before, after), at_most)


def refit(data: Path, training: Sequence[Sample], out: Path, name: str, work: Path, seed: int, minilm: Path) -> Assessment:
    """Learn words, letters and the output `everyday`, calibrate and assess anew; the encoder in `out` stays as it is."""
    part = _fresh(work / "model.part", out / "tokenizer.json")
    shutil.copy(out / "model.onnx", part)
    _learn_words(data, part)
    seen = Seen((*training, *read_beside(data)))
    add_everyday(part, data, seen)
    settings = _calibrated(part, data, training, seen, seed, name)
    return _complete(part, settings, data, seen, out, minilm, None, None)


def _learn_words(data: Path, *folders: Path) -> None:
    """Learn words and letters and the weights of the word lists, and write them into the folders."""
    spelt = read_spelt(data)
    spelling, valence = learn_spelling(spelt), learn_valence(spelt)
    for folder in folders:
        spelling.save(folder / "ngrams.npz")
        valence.save(folder / "valence.json")


def _fresh(folder: Path, tokenizer: Path) -> Path:
    """Return an empty folder but for the tokenizer."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(tokenizer, folder / "tokenizer.json")
    return folder


def _complete(
    part: Path, settings: Settings, data: Path, seen: Seen, out: Path, minilm: Path, loss: Loss | None, at_most: int | None
) -> Assessment:
    """Assess the model in `part`, write its card and put it in place."""
    thorough = assess(Encoder.load(part), data, seen, at_most)
    frozen = frozen_macro_f1(data, minilm)
    sizes = {path.name: path.stat().st_size for path in part.iterdir()}
    if sum(sizes.values()) > LARGEST:
        raise ModelTooLarge(f"{part}: {sum(sizes.values())} bytes; learn a smaller vocabulary (LEARNT in vocabulary.py)")
    floors = {one.name: linear_floor(one.name, data, seen) for one in thorough.sets}
    findings = Findings(thorough, loss, frozen, floors, sizes, NOTES.read_text("utf-8").strip())
    (part / "README.md").write_text(write_card(settings, findings), encoding="utf-8")
    _put_in_place(part, out)
    return thorough


def _calibrated(folder: Path, data: Path, training: Sequence[Sample], seen: Seen, seed: int, name: str) -> Settings:
    """Calibrate the model in a folder and write its settings."""
    settings = replace(calibrate(folder, data, training, seen, seed), name=name)
    write_settings(settings, folder / "model.json")
    return settings


def _assessed_in_part(folder: Path, data: Path, seen: Seen) -> Assessment:
    """Assess the model in a folder on the first rows of each set."""
    assessment = assess(Encoder.load(folder), data, seen, COMPARED)
    print(f"{folder.name}: {words_of(assessment)}", flush=True)
    return assessment


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
