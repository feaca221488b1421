"""The encoder reads the shipped model and says clearly when there is none."""

import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from sentiment.encoder import MODEL, Encoder, ModelMissing
from sentiment.settings import read_settings


class CountingSession:
    """Hands on to a real session and counts the texts it is given."""

    def __init__(self, session):
        self.session = session
        self.texts = 0

    def run(self, names, feeds):
        self.texts += len(feeds["ids"])
        return self.session.run(names, feeds)


@pytest.fixture
def counting(encoder):
    return replace(encoder, session=CountingSession(encoder.session))


def test_outputs_are_probabilities_and_unit_vectors(encoder):
    outputs = encoder.read(["I love it", "The parcel never came and nobody answers", "سب اچھا تھا", "👍"])
    assert outputs.sentiment.shape == (4, 3)
    assert outputs.sentiment.sum(axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert np.linalg.norm(outputs.vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert ((outputs.complaint > 0) & (outputs.complaint < 1)).all()
    assert (outputs.sentiment.dtype, outputs.complaint.dtype, outputs.vectors.dtype) == (np.float32,) * 3
    assert outputs.sentiment[0].argmax() == 2
    assert outputs.sentiment[1].argmax() == 0


def test_identical_texts_are_read_once(counting):
    outputs = counting.read(["Late again @bob", "fine", "Late again @alice"] * 100)
    assert counting.session.texts == 2
    assert (outputs.sentiment[0] == outputs.sentiment[2]).all()
    assert (outputs.sentiment[0] == outputs.sentiment[297]).all()


def test_the_everyday_output_counts_in_its_languages_alone(encoder):
    texts, none = ["The parcel came late."], replace(encoder, settings=replace(encoder.settings, everyday=()))
    assert "ur" in encoder.settings.everyday
    assert "en" not in encoder.settings.everyday
    assert (encoder.read(texts, ["en"]).sentiment == none.read(texts, ["en"]).sentiment).all()
    assert not (encoder.read(texts, ["ur"]).sentiment == none.read(texts, ["ur"]).sentiment).all()


def test_no_texts_give_no_rows(encoder):
    outputs = encoder.read([])
    assert (outputs.sentiment.shape, outputs.complaint.shape, outputs.vectors.shape) == ((0, 3), (0,), (0, 384))


def test_an_empty_text_is_neutral_and_no_complaint(encoder):
    outputs = encoder.read(["", "  <br> "])
    assert outputs.sentiment.tolist() == [[0, 1, 0], [0, 1, 0]]
    assert outputs.complaint.tolist() == [0, 0]
    assert not outputs.vectors.any()


def test_the_end_of_a_long_text_counts(encoder):
    opening = "On Monday I went to the shop and looked at the shelves. " * 25
    glad, angry = encoder.read(
        [opening + "I love them, great, wonderful, perfect! " * 20, opening + "Awful, broken, rude, I hate them! " * 20]
    ).sentiment
    assert glad[2] > angry[2] + 0.2
    assert angry[0] > glad[0] + 0.2


def test_a_text_of_100_kb_is_read_whole(counting):
    outputs = counting.read(["The delivery was late and the food was cold. " * 2300])
    assert counting.session.texts > 150
    assert outputs.sentiment[0].argmax() == 0


def test_a_word_of_100_kb_is_read_too(encoder):
    assert encoder.read(["x1" * 50_000]).sentiment.sum() == pytest.approx(1, abs=1e-4)


def test_progress_hears_of_every_distinct_text(encoder):
    heard = []
    encoder.read(["a", "b", "a"], progress=lambda done, total: heard.append((done, total)))
    assert heard == [(2, 2)]


def test_a_missing_folder_is_named_with_the_fix(tmp_path):
    with pytest.raises(ModelMissing) as error:
        Encoder.load(tmp_path / "none")
    assert str(error.value) == (
        f"no usable model in {tmp_path / 'none'}: there is no model.onnx. "
        "Reinstall repute, which brings one, or correct `model` in config.toml"
    )


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "model.json", "background.npy", "valence.json"])
def test_a_broken_file_is_named(tmp_path, name):
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder)
    (folder / name).write_bytes((folder / name).read_bytes()[:100])
    with pytest.raises(ModelMissing, match=name.replace(".", r"\.")):
        Encoder.load(folder)


def test_the_shipped_model_is_small_and_documented():
    assert sum(path.stat().st_size for path in MODEL.iterdir()) <= 35_000_000
    assert read_settings(MODEL / "model.json").name == "repute-minilm-8"
    card = (MODEL / "README.md").read_text("utf-8")
    for heading in ("## Scores", "## Data", "## Limits"):
        assert heading in card


def test_the_classifier_needs_no_store():
    # It is opened where one is asked for: sqlite-utils alone takes as long to import as the model to load.
    code = (
        "import sys, sentiment.classifier; print([name for name in ('sqlite_utils', 'pandas', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=MODEL.parent.parent, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
