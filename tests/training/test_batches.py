"""How texts are laid out for training: as the finished model will read them, and each part with its own label."""

import pytest

pytest.importorskip("torch", reason="training needs the extra `train`")

from sentiment.encoder import MODEL
from sentiment.training.batches import LONGEST, SHORT, plan_batches
from sentiment.training.corpus import Sample


@pytest.fixture(scope="module")
def tokenizer():
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(MODEL / "tokenizer.json"))


def sample(number, words="word", **known):
    return Sample(f"{words} number {number}.", "en", "made", sentiment=number % 3, **known)


def plan(samples, tokenizer, seed=1, **options):
    return plan_batches(samples, tokenizer, 400, seed, by_sentence=True, **options)


def test_every_sample_is_read_once_with_its_own_label(tokenizer):
    samples = [sample(i) for i in range(200)]
    read = [one for batch in plan(samples, tokenizer) for one in batch.samples]
    assert sorted(read, key=lambda one: one.text) == sorted(samples, key=lambda one: one.text)


def test_short_texts_share_a_sequence_and_each_unit_holds_its_own_words(tokenizer):
    lines = [line for batch in plan([sample(i) for i in range(200)], tokenizer) for line in batch.lines]
    packed = [line for line in lines if len(line.units) > 1]
    assert packed
    for line in packed:
        for unit, one in zip(line.units, line.samples, strict=True):
            words = tokenizer.decode(list(line.ids[unit.start : unit.end]))
            assert words.replace(" .", ".") == f"{one.text} [SEP]"
            assert line.ids[unit.mark] == tokenizer.token_to_id("[SEP]")


def test_a_long_text_keeps_its_head_and_its_end(tokenizer):
    text = "start " + "middle " * 300 + "finish"
    (batch,) = plan([Sample(text, "en", "made", sentiment=0)], tokenizer)
    (line,) = batch.lines
    assert len(line.ids) == LONGEST > SHORT
    assert tokenizer.decode(list(line.ids)).startswith("[CLS] start middle")
    assert tokenizer.decode(list(line.ids)).endswith("middle finish [SEP]")


def test_the_same_seed_gives_the_same_batches_and_another_seed_others(tokenizer):
    samples = [sample(i) for i in range(100)]
    assert plan(samples, tokenizer) == plan(samples, tokenizer)
    assert plan(samples, tokenizer) != plan(samples, tokenizer, seed=2)


def test_label_sets_are_not_mixed_in_a_batch(tokenizer):
    samples = [sample(i, domain="a" if i % 2 else "b", topics=("x",)) for i in range(80)]
    assert all(len({one.domain for one in batch.samples}) == 1 for batch in plan(samples, tokenizer))
