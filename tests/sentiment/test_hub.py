"""Any sequence classifier gives sentiments: really saved, really loaded, from a folder and from a hub on loopback."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hub_server import COMMIT, serve_hub
from tiny import ANGRY, LABELS, save_tiny

pytest.importorskip("torch", reason="torch is not installed: it comes with the extra hub")
pytest.importorskip("transformers", reason="transformers is not installed: it comes with the extra hub")

from config import SentimentModel
from sentiment.hub import HubError, HubSentiment, cut_text
from sentiment.labels import LabelsDoNotFit

ROOT = Path(__file__).resolve().parents[2]
OURS = {"LABEL_0": "negative", "LABEL_1": "neutral", "LABEL_2": "positive"}
TEXTS = ["good", "bad", "the parcel", "I love the shop, great!", "late, late, late. rude!", "the shop is kind and good"]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with a model in `tiny`."""
    home = tmp_path_factory.mktemp("models")
    save_tiny(home / "tiny")
    return home


@pytest.fixture(scope="module")
def tiny(home):
    return HubSentiment.load(SentimentModel(model="tiny", labels=OURS), home)


@pytest.fixture
def copy(home, tmp_path):
    """A copy of the model to spoil, in `tiny`."""
    shutil.copytree(home / "tiny", tmp_path / "tiny")
    return tmp_path


def spoilt(base, **more):
    with pytest.raises(HubError) as error:
        HubSentiment.load(SentimentModel(**({"model": "tiny", "labels": OURS} | more)), base)
    return str(error.value)


def test_it_says_what_the_model_says(tiny):
    scores = tiny.read(["good", "bad", "the parcel"])
    assert (scores.dtype, scores.shape) == (np.float32, (3, 3))
    assert scores.argmax(axis=1).tolist() == [2, 0, 1]
    assert scores.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-6)


def test_its_scores_are_those_of_the_pipeline(tiny, home):
    from transformers import pipeline

    theirs = pipeline("text-classification", str(home / "tiny"), top_k=None)(TEXTS)
    expected = [[next(one["score"] for one in row if one["label"] == label) for label in LABELS] for row in theirs]
    assert tiny.read(TEXTS) == pytest.approx(np.array(expected), abs=1e-5)


def test_a_batch_gives_what_single_texts_give(tiny):
    one_by_one = np.vstack([tiny.read([text]) for text in TEXTS])
    for batch in (1, 2, 16):
        assert replace(tiny, batch=batch).read(TEXTS * 3) == pytest.approx(np.tile(one_by_one, (3, 1)), abs=1e-5)


def test_the_same_texts_always_give_the_same_scores(tiny, home):
    again = HubSentiment.load(SentimentModel(model="tiny", labels=OURS), home)
    assert (tiny.read(TEXTS) == again.read(TEXTS)).all()
    assert again.name == tiny.name


def test_equal_texts_are_read_once_and_each_is_heard_of(tiny):
    heard = []
    scores = tiny.read(["late @bob", "fine", "late @alice"] * 50, lambda done, total: heard.append((done, total)))
    assert heard == [(2, 2)]
    assert (scores[0] == scores[2]).all()
    assert (scores[0] == scores[-1]).all()


def test_progress_grows_to_the_end(tiny):
    heard = []
    replace(tiny, batch=1).read([f"{word} {mood}" for word in "abcdefgh" for mood in ANGRY], lambda *one: heard.append(one))
    assert heard == sorted(heard)
    assert (len(heard), heard[-1]) == (32, (32, 32))


def test_blank_texts_are_neutral_and_no_texts_give_no_rows(tiny):
    assert tiny.read(["", " <br> ", "bad"])[:2].tolist() == [[0, 1, 0], [0, 1, 0]]
    assert tiny.read([]).shape == (0, 3)


def test_the_end_of_a_long_text_counts(tiny):
    opening = "the parcel the shop monday " * 12
    glad, angry = tiny.read([opening + "good love great kind " * 15, opening + "bad hate rude late " * 15])
    assert tiny.longest == 24
    assert glad[2] > angry[2] + 0.3
    assert angry[0] > glad[0] + 0.3


def test_windows_count_by_their_length(tiny):
    pieces = cut_text(text := " ".join(["good"] * 18 + ["bad"] * 18), 2)
    weights = [len(piece.split()) for piece in pieces]
    assert sum(weights) == 36
    assert tiny.read([text])[0] == pytest.approx(np.average(tiny.read(pieces), axis=0, weights=weights), abs=1e-5)


def test_a_word_of_100_kb_a_row_of_signs_and_a_text_of_18_kb_are_read(tiny):
    scores = tiny.read(["x" * 100_000, "!" * 2_000, "late bad " * 2_000])
    assert scores.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert scores[2].argmax() == 0


def test_cutting_keeps_every_word_and_cuts_between_them():
    words = [f"word{i}" for i in range(100)]
    pieces = cut_text(" ".join(words), 7)
    assert " ".join(pieces).split() == words
    assert 7 <= len(pieces) <= 9
    assert "".join(cut_text("x" * 100, 3)) == "x" * 100


def test_arabic_keeps_its_own_letters(tiny):
    class Hearing:
        def __init__(self, tokenizer):
            self.tokenizer, self.texts = tokenizer, []

        def __call__(self, texts):
            self.texts += texts
            return self.tokenizer(texts)

        def __getattr__(self, name):
            return getattr(self.tokenizer, name)

    hearing = replace(tiny, tokenizer=Hearing(tiny.tokenizer))
    hearing.read(["هذه الشركة سيئة @abu https://example.com/x"])
    assert hearing.tokenizer.texts == ["هذه الشركة سيئة @user http"]


def test_five_stars_fold_into_three(tmp_path):
    stars = ("1 star", "2 stars", "3 stars", "4 stars", "5 stars")
    save_tiny(tmp_path / "stars", stars)
    labels = dict(zip(stars, ("negative", "negative", "neutral", "positive", "positive"), strict=True))
    model = HubSentiment.load(SentimentModel(model="stars", labels=labels), tmp_path)
    assert model.labels == ("negative", "negative", "neutral", "positive", "positive")
    scores = model.read(["bad", "the parcel", "great"])
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]
    assert scores.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-5)


def test_a_model_of_two_labels_never_says_neutral(tmp_path):
    save_tiny(tmp_path / "two", ("Negative", "POSITIVE"))
    model = HubSentiment.load(SentimentModel(model="two"), tmp_path)
    assert (model.labels, model.read(TEXTS)[:, 1].tolist()) == (("negative", "positive"), [0.0] * len(TEXTS))


def test_labels_that_do_not_exclude_each_other_are_shared_out(tmp_path):
    save_tiny(tmp_path / "many", ("anger", "neutral", "joy"), problem_type="multi_label_classification")
    model = HubSentiment.load(SentimentModel(model="many", labels={"anger": "negative", "joy": "positive"}), tmp_path)
    scores = model.read(["bad", "the parcel", "great"])
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]
    assert scores.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-5)


def test_the_name_changes_with_the_weights_and_with_what_labels_mean(home, tiny, tmp_path):
    assert tiny.name.startswith("hub:tiny#")
    swapped = OURS | {"LABEL_0": "positive", "LABEL_2": "negative"}
    save_tiny(tmp_path / "tiny", strength=5.0)
    names = {
        tiny.name,
        HubSentiment.load(SentimentModel(model="tiny", labels=swapped), home).name,
        HubSentiment.load(SentimentModel(model="tiny", labels=OURS), tmp_path).name,
    }
    assert len(names) == 3


def test_a_name_is_downloaded_once_without_what_is_not_read(home, tmp_path, monkeypatch):
    import huggingface_hub.constants

    published = tmp_path / "published"
    shutil.copytree(home / "tiny", published)
    shutil.copytree(home / "tiny", published / "old-checkpoint")
    for name in ("pytorch_model.bin", "tf_model.h5", "README.md"):
        (published / name).write_bytes(b"not wanted")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    with serve_hub(published, "someone/tiny") as hub:
        monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", hub.url)
        files = hub.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(huggingface_hub.constants, "HUGGINGFACE_CO_URL_TEMPLATE", files)
        model = HubSentiment.load(SentimentModel(model="someone/tiny", labels=OURS), tmp_path)
        assert sorted(hub.fetched) == ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]
        again = HubSentiment.load(SentimentModel(model="someone/tiny", labels=OURS, revision=COMMIT), tmp_path)
        assert len(hub.fetched) == 4
        assert "someone/nothing cannot be loaded" in spoilt(tmp_path, model="someone/nothing")
    assert model.name.startswith(f"hub:someone/tiny@{COMMIT[:12]}+")
    assert again.name == model.name
    assert model.read(["good", "bad"]).argmax(axis=1).tolist() == [2, 0]


def test_a_model_with_a_sentencepiece_alone_is_read_in_the_places_it_has(tmp_path):
    """XLM-RoBERTa as XLM-T is published: no tokenizer.json, weights from before safetensors, places counted from 2."""
    sentencepiece = pytest.importorskip("sentencepiece", reason="sentencepiece is not installed: it comes with the extra hub")
    import torch
    from transformers import XLMRobertaConfig, XLMRobertaForSequenceClassification

    (folder := tmp_path / "xlm").mkdir()
    with (folder / "sentencepiece.bpe.model").open("wb") as file:
        lines = iter(["the parcel was late and bad", "good shop, great, love it", "mala entrega", "buen servicio"] * 20)
        trainer = sentencepiece.SentencePieceTrainer
        trainer.train(sentence_iterator=lines, model_writer=file, vocab_size=50, hard_vocab_limit=False, minloglevel=2)
    config = XLMRobertaConfig(
        vocab_size=80, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8,
        max_position_embeddings=34, pad_token_id=1, type_vocab_size=1, id2label=dict(enumerate(("negative", "neutral", "positive"))),
    )  # fmt: skip
    config.save_pretrained(folder)
    torch.save(XLMRobertaForSequenceClassification(config).state_dict(), folder / "pytorch_model.bin")
    model = HubSentiment.load(SentimentModel(model="xlm"), tmp_path)
    assert model.longest == 32
    assert model.tokenizer.tokenize("late")[0].startswith("▁")
    scores = model.read(["the parcel was late", "good " * 100])
    assert scores.sum(axis=1) == pytest.approx(np.ones(2), abs=1e-5)


def test_labels_that_fit_nothing_are_listed_with_a_line_to_paste(home):
    with pytest.raises(LabelsDoNotFit) as error:
        HubSentiment.load(SentimentModel(model="tiny", labels={"LABEL_2": "positive"}), home)
    assert str(error.value) == (
        "the labels of tiny do not fit: nothing says what LABEL_0, LABEL_1 should count as. "
        "It has LABEL_0, LABEL_1, LABEL_2; mapped: LABEL_2 as positive"
    )
    assert error.value.as_toml() == 'labels = { LABEL_0 = "negative", LABEL_1 = "neutral", LABEL_2 = "positive" }'


def test_a_folder_that_is_not_there_is_named(tmp_path):
    folder = tmp_path / "none"
    assert spoilt(tmp_path, model="./none") == f"./none cannot be loaded: there is no folder {folder}; correct the path"


def test_a_folder_has_no_revision(home):
    assert spoilt(home, revision="main") == "tiny is a folder, which has no revision 'main'; remove `revision`"


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_broken_file_is_an_error_with_the_fix(copy, name):
    path = copy / "tiny" / name
    path.write_bytes(path.read_bytes()[:100])
    said = spoilt(copy)
    assert said.startswith("tiny cannot be loaded: ")
    assert said.endswith("; wanted is what save_pretrained writes: config.json, the weights, and the tokenizer's files")
    assert "\n" not in said


def test_a_model_that_was_never_a_classifier_is_refused(copy):
    from transformers import BertModel

    BertModel.from_pretrained(copy / "tiny").save_pretrained(copy / "tiny")
    (copy / "tiny" / "config.json").write_text((copy / "tiny" / "config.json").read_text().replace("BertModel", "Bert"))
    assert spoilt(copy, labels=OURS | {}) == (
        "tiny was not trained as a classifier: it lacks classifier.bias, classifier.weight; choose one for text classification"
    )


def test_without_the_extra_the_line_for_pip_is_said(home):
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from pathlib import Path\nfrom config import SentimentModel\nfrom sentiment.hub import HubError, HubSentiment\n"
        "try:\n    HubSentiment.load(SentimentModel(model='tiny'), Path(sys.argv[1]))\n"
        "except HubError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(home)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("a model of the Hugging Face hub needs transformers and torch (")
    assert done.stdout.endswith('): run pip install "repute[hub]"\n')
