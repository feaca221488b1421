"""Extend MiniLM's WordPiece vocabulary to the scripts and languages of the labelled sets."""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from sentiment.training.corpus import Sample

SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
LEARNT = 26_000
"""Pieces learnt outside English; with BERT's own ASCII pieces some 46,000, 14 MB in six bits."""
A_LANGUAGE = 12_000
"""Texts taken from one language at most, so that no language owns the vocabulary."""
_EMOJI = r"[\p{So}\p{Sk}\x{1F1E6}-\x{1F1FF}]"
_OWN_ASCII = re.compile(r"^(?:##)?[\x21-\x7e]+$")


@dataclass(frozen=True)
class Vocabulary:
    """A tokenizer and how each of its pieces starts."""

    tokenizer: Tokenizer
    vectors: NDArray[np.float32]
    """(pieces, 384): BERT's vector where it has the piece, else the mean of its old pieces' vectors."""
    kept: int
    """Pieces that BERT had too."""


def learn_vocabulary(samples: Iterable[Sample], old: Tokenizer, old_vectors: NDArray[np.float32]) -> Vocabulary:
    """Return the vocabulary: BERT's ASCII pieces and `LEARNT` new ones from the texts outside English."""
    learnt, known = _learn(_balanced(samples)), old.get_vocab()
    own = [piece for piece in known if _OWN_ASCII.match(piece) and not piece.startswith("[")]
    pieces = [*SPECIALS, *sorted({*own, *learnt} - set(SPECIALS))]
    tokenizer = build_tokenizer({piece: i for i, piece in enumerate(pieces)})
    vectors = _start(pieces, old, old_vectors)
    return Vocabulary(tokenizer, vectors, kept=sum(piece in known for piece in pieces))


def build_tokenizer(vocab: dict[str, int]) -> Tokenizer:
    """Return the WordPiece tokenizer over `vocab`.

    Case is folded, since MiniLM's English is uncased, and dotted and dotless i become one: which of them a
    capital I stands for depends on the language, which is not known here. Accents and vowel signs stay:
    dropping combining marks would delete Devanagari vowels. Each emoji is a word of its own.
    """
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]", max_input_chars_per_word=60))
    _dress(tokenizer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", vocab["[CLS]"]), ("[SEP]", vocab["[SEP]"])]
    )
    return tokenizer


def old_tokenizer(folder: Path) -> Tokenizer:
    """Return MiniLM's own tokenizer, which pads and cuts nothing."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _dress(tokenizer: Tokenizer) -> None:
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace("İ", "i"), normalizers.Lowercase(), normalizers.Replace("ı", "i")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(_EMOJI), "isolated"), pre_tokenizers.BertPreTokenizer()]
    )


def _balanced(samples: Iterable[Sample]) -> list[str]:
    by_language: dict[str, set[str]] = defaultdict(set)
    for sample in samples:
        by_language[sample.lang].add(sample.text)
    chance = random.Random(0)
    return [
        text
        for lang, texts in sorted(by_language.items())
        for text in chance.sample(sorted(texts), min(A_LANGUAGE if lang != "en" else A_LANGUAGE // 4, len(texts)))
    ]


def _learn(texts: Sequence[str]) -> list[str]:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    _dress(tokenizer)
    trainer = trainers.WordPieceTrainer(
        vocab_size=LEARNT, min_frequency=3, special_tokens=list(SPECIALS), limit_alphabet=1500, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return list(tokenizer.get_vocab())


def _start(pieces: Sequence[str], old: Tokenizer, old_vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    known = old.get_vocab()
    unknown, mean = known["[UNK]"], old_vectors.mean(axis=0)
    out = np.empty((len(pieces), old_vectors.shape[1]), np.float32)
    chance = np.random.default_rng(0)
    for i, piece in enumerate(pieces):
        if piece in known:
            out[i] = old_vectors[known[piece]]
            continue
        ids = [j for j in old.encode(piece.removeprefix("##"), add_special_tokens=False).ids if j != unknown]
        spread = chance.normal(0, 0.01, mean.shape)
        out[i] = (old_vectors[ids].mean(axis=0) if ids else mean) + spread
    return out
