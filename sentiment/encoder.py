"""Read texts with the shipped ONNX model: sentiment, complaint and a sentence vector in one pass."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sentiment.settings import Settings, read_settings
from sentiment.text import prepare

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

T = TypeVar("T")
Floats = NDArray[np.float32]
MODEL = Path(__file__).parent / "model"
TOKENS_A_BATCH = 1024
"""Tokens, padding included, read at once: more only leaves the processor's cache."""
TEXTS_AT_ONCE = 2048
"""Texts tokenized before any is read, so that memory does not grow with the number of texts."""


class ModelMissing(RuntimeError):
    """There is no usable model in the folder."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"no usable model in {folder}: {reason}. Reinstall repute, which brings one, or correct `model` in config.toml"
        )


@dataclass(frozen=True)
class Outputs:
    """What was read in n texts."""

    sentiment: Floats
    """Probabilities (n, 3): negative, neutral, positive."""
    complaint: Floats
    """Probabilities (n,)."""
    vectors: Floats
    """Unit vectors (n, 384); zero for a text without words."""


@dataclass(frozen=True)
class Encoder:
    """A loaded model. `load` makes one; several threads may share it."""

    settings: Settings
    """What model.json says."""
    background: Floats
    """Unit vectors (b, 384) of ordinary texts, against which likeness is judged."""
    tokenizer: "Tokenizer"
    session: "InferenceSession"

    @classmethod
    def load(cls, folder: Path | None = None, threads: int | None = None) -> "Encoder":
        """Load the model in `folder`, by default the shipped one; `threads` defaults to the cores we may use.

        Raises ModelMissing where the folder or a file in it is absent or broken.
        """
        folder = folder or MODEL
        for name in ("model.onnx", "tokenizer.json", "model.json", "background.npy"):
            if not (folder / name).is_file():
                raise ModelMissing(folder, f"there is no {name}")
        return cls(
            _opened(folder, "model.json", read_settings),
            _opened(folder, "background.npy", _read_background),
            _opened(folder, "tokenizer.json", _read_tokenizer),
            _opened(folder, "model.onnx", lambda path: _open_session(path, threads or usable_cores())),
        )

    @property
    def name(self) -> str:
        """Return the model's name and version, as taggers carry it."""
        return self.settings.name

    def read(self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None) -> Outputs:
        """Read texts; equal ones once, long ones in windows whose results are averaged by length.

        `progress` hears how many distinct texts are done, and of how many.
        """
        prepared = [prepare(text) for text in texts]
        places = {text: i for i, text in enumerate(dict.fromkeys(prepared))}
        distinct = list(places)
        parts: list[Outputs] = []
        for start in range(0, len(distinct), TEXTS_AT_ONCE):
            parts.append(self._read_distinct(distinct[start : start + TEXTS_AT_ONCE]))
            if progress:
                progress(min(start + TEXTS_AT_ONCE, len(distinct)), len(distinct))
        order = [places[text] for text in prepared]
        width = self.background.shape[1]
        return Outputs(
            np.concatenate([np.zeros((0, 3), np.float32), *(part.sentiment for part in parts)])[order],
            np.concatenate([np.zeros(0, np.float32), *(part.complaint for part in parts)])[order],
            np.concatenate([np.zeros((0, width), np.float32), *(part.vectors for part in parts)])[order],
        )

    def _read_distinct(self, texts: Sequence[str]) -> Outputs:
        windows = list(_cut(self.tokenizer.encode_batch(texts, add_special_tokens=False), self.settings.window))
        owners = np.array([owner for owner, _ in windows], np.int64)
        weights = np.array([len(ids) for _, ids in windows], np.float32)
        logits, complaints, vectors = self._run([ids for _, ids in windows])
        moods = _softmax(logits / self.settings.temperature + np.array(self.settings.bias, np.float32))
        anger = 1 / (1 + np.exp(-(self.settings.complaint_scale * complaints + self.settings.complaint_shift)))
        pooled = [_average(values, owners, weights, len(texts)) for values in (moods, anger[:, None], vectors)]
        length = np.linalg.norm(pooled[2], axis=1, keepdims=True)
        empty = np.array([not text for text in texts], bool)
        pooled[0][empty] = (0, 1, 0)
        return Outputs(
            pooled[0], np.where(empty, 0, pooled[1][:, 0]).astype(np.float32), np.where(empty[:, None], 0, pooled[2] / length)
        )

    def _run(self, windows: Sequence[Sequence[int]]) -> tuple[Floats, Floats, Floats]:
        """Return logits (w, 3), complaint logits (w,) and vectors (w, 384) of token windows."""
        start, end = self.settings.start, self.settings.end
        n, width = len(windows), self.background.shape[1]
        logits, complaints, vectors = np.zeros((n, 3), np.float32), np.zeros(n, np.float32), np.zeros((n, width), np.float32)
        for part in _batches([len(window) + 2 for window in windows]):
            longest = len(windows[part[-1]]) + 2
            ids, mask = np.zeros((len(part), longest), np.int64), np.zeros((len(part), longest), np.int32)
            for row, i in enumerate(part):
                size = len(windows[i]) + 2
                ids[row, :size] = (start, *windows[i], end)
                mask[row, :size] = 1
            outputs = self.session.run(["sentiment", "complaint", "vectors"], {"ids": ids, "mask": mask})
            logits[part], complaints[part], vectors[part] = outputs[0], outputs[1][:, 0], outputs[2]
        return logits, complaints, vectors


def usable_cores() -> int:
    """Return how many cores this process may run on: a container's or taskset's limit counts."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cut(encodings: Sequence[Any], window: int) -> Iterator[tuple[int, list[int]]]:
    """Yield (text, token ids) windows of like length, cut between words where there is a word's start near."""
    for owner, encoding in enumerate(encodings):
        ids, words = encoding.ids, encoding.word_ids
        if len(ids) <= window:
            yield owner, ids
            continue
        size = -(-len(ids) // -(-len(ids) // window))
        start = 0
        while start < len(ids):
            end = min(start + size, len(ids))
            while end < len(ids) and end > start + size // 2 and words[end] == words[end - 1]:
                end -= 1
            yield owner, ids[start:end]
            start = end


def _batches(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Yield indices of windows of like length whose padded tokens fit the budget; the longest comes last in each."""
    part: list[int] = []
    for i in sorted(range(len(sizes)), key=sizes.__getitem__):
        if part and sizes[i] * (len(part) + 1) > TOKENS_A_BATCH:
            yield part
            part = []
        part.append(i)
    if part:
        yield part


def _average(values: Floats, owners: NDArray[np.int64], weights: Floats, n: int) -> Floats:
    """Return (n, width): each owner's rows averaged by weight (rows of no tokens count as one)."""
    weights = np.maximum(weights, 1)[:, None]
    total, sums = np.zeros((n, 1), np.float32), np.zeros((n, values.shape[1]), np.float32)
    np.add.at(total, owners, weights)
    np.add.at(sums, owners, values * weights)
    return sums / total


def _softmax(logits: Floats) -> Floats:
    powers: Floats = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _opened(folder: Path, name: str, read: Callable[[Path], T]) -> T:
    """Read one file of the model; the libraries raise bare Exceptions and worse on broken files."""
    try:
        return read(folder / name)
    except Exception as error:
        raise ModelMissing(folder, f"{name} cannot be read ({error})") from error


def _read_background(path: Path) -> Floats:
    packed: Floats = np.load(path).astype(np.float32)
    unit: Floats = packed / np.linalg.norm(packed, axis=1, keepdims=True)
    return unit


def _read_tokenizer(path: Path) -> "Tokenizer":
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(path))


def _open_session(path: Path, threads: int) -> "InferenceSession":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Batches differ in shape, so remembered allocation patterns would only pile up memory; and threads that
    # spin between batches would take the cores from everything else on the machine.
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
