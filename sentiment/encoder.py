"""Read texts with the shipped ONNX model: sentiment, complaint and a sentence vector in one pass."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from sentiment.ngrams import NgramModel
from sentiment.sentences import split_own
from sentiment.settings import Settings, read_settings
from sentiment.text import prepare
from sentiment.valence import Valence
from sentiment.windows import Limits, Window, batch_windows, cut_windows

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

T = TypeVar("T")
Floats = NDArray[np.float32]
Progress = Callable[[int, int], None]
MODEL = Path(__file__).parent / "model"
FILES = ("model.onnx", "tokenizer.json", "model.json", "background.npy", "ngrams.npz", "valence.json")
TOKENS_A_BATCH = 1024
"""Tokens read at once: more only leaves the processor's cache."""
WORST = 0.6
"""Weight of a text's most complaining sentence against the whole: one breach told of among thanks is a complaint still.
On the dev split of complaints the two together have a macro-F1 two points higher."""
TEXTS_AT_ONCE = 2048
"""Texts read before the next are looked at, so that memory does not grow with the number of texts."""
PARTS_AT_ONCE = 4096
"""Sentences tokenized, or calibrated, at once."""
TOKENS_AT_ONCE = 2**17
"""Tokens cut into windows before these are read: of a long text only what is read in each sentence is kept."""


class ModelMissing(RuntimeError):
    """There is no usable model in the folder."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"no usable model in {folder}: {reason}. Reinstall repute, which brings one, or correct `model` in config.toml"
        )


@dataclass(frozen=True)
class Outputs:
    """What was read in n texts or sentences."""

    sentiment: Floats
    """Probabilities (n, 3): negative, neutral, positive."""
    complaint: Floats
    """Probabilities (n,)."""
    vectors: Floats
    """Unit vectors (n, 384); zero for a text without words."""

    def at(self, rows: NDArray[np.int64] | slice) -> "Outputs":
        """Return the given rows; where they stand in a row, without copying them: a long text has very many."""
        if not isinstance(rows, slice) and len(rows) and np.array_equal(rows, np.arange(rows[0], rows[0] + len(rows))):
            rows = slice(int(rows[0]), int(rows[0]) + len(rows))
        return Outputs(self.sentiment[rows], self.complaint[rows], self.vectors[rows])


@dataclass(frozen=True)
class Raw:
    """What the graph gives, before calibration: logits (n, 3), (n, 3) and (n,), and means of vectors (n, 384)."""

    sentiment: Floats
    everyday: Floats
    """What texts of everyday trade that the encoder never read add to its sentiment, in languages that it knows less of."""
    complaint: Floats
    vectors: Floats

    def at(self, rows: slice) -> "Raw":
        """Return the given rows, which are not copied."""
        return Raw(self.sentiment[rows], self.everyday[rows], self.complaint[rows], self.vectors[rows])


@dataclass(frozen=True)
class Encoder:
    """A loaded model. `load` makes one; several threads may share it."""

    settings: Settings
    """What model.json says."""
    background: Floats
    """Unit vectors (b, 384) of ordinary texts: how near texts lie to each other by chance, for groups of complaints."""
    tokenizer: "Tokenizer"
    session: "InferenceSession"
    spelling: NgramModel
    """What words and letters alone say of the sentiment; its logits are added."""
    valence: Valence
    """What word lists say of it beside those."""

    @classmethod
    def load(cls, folder: Path | None = None, threads: int | None = None) -> "Encoder":
        """Load the model in `folder`, by default the shipped one; `threads` defaults to the cores we may use.

        Raises ModelMissing where the folder or a file in it is absent or broken.
        """
        folder = folder or MODEL
        for name in FILES:
            if not (folder / name).is_file():
                raise ModelMissing(folder, f"there is no {name}")
        return cls(
            _opened(folder, "model.json", read_settings),
            _opened(folder, "background.npy", _read_background),
            _opened(folder, "tokenizer.json", _read_tokenizer),
            _opened(folder, "model.onnx", lambda path: open_session(str(path), threads or usable_cores())),
            _opened(folder, "ngrams.npz", NgramModel.load),
            _opened(folder, "valence.json", Valence.load),
        )

    @property
    def name(self) -> str:
        """Return the model's name and version, as taggers carry it."""
        return self.settings.name

    def read(self, texts: Sequence[str], languages: Sequence[str] = (), progress: Progress | None = None) -> Outputs:
        """Read texts; equal ones of a language once, long ones in windows whose results are averaged by length.

        `languages`, one a text, chooses how the sentiment is calibrated; without them all are read alike.
        `progress` hears how many distinct texts are done, and of how many.
        """
        return self._read([pieces_of(text) for text in texts], languages, False, progress)[0]

    def read_sentences(
        self, texts: Sequence[Sequence[str]], languages: Sequence[str] = (), progress: Progress | None = None
    ) -> tuple[Outputs, Outputs, list[range]]:
        """Read texts given as sentences, in one pass: the texts, the sentences, and which of those are each text's.

        A text of one sentence (or none) has an empty range: its own reading is that of its sentence. The complaint of a
        text of several also weighs the one that complains most.
        """
        return self._read([tuple(prepare(sentence) for sentence in text) for text in texts], languages, True, progress)

    def _read(
        self, texts: Sequence[tuple[str, ...]], languages: Sequence[str], parts: bool, progress: Progress | None
    ) -> tuple[Outputs, Outputs, list[range]]:
        # Prepared, an Arabic and an Urdu text may be equal, and are calibrated differently all the same.
        asked = list(zip(texts, languages or [""] * len(texts), strict=True))
        places = {one: i for i, one in enumerate(dict.fromkeys(asked))}
        distinct = list(places)
        wholes, sentences, ranges = [_nothing(self.width)], [_nothing(self.width)], []
        for start in range(0, len(distinct), TEXTS_AT_ONCE):
            chunk = distinct[start : start + TEXTS_AT_ONCE]
            counts = [len(text) if parts and len(text) > 1 else 0 for text, _ in chunk]
            ends = np.cumsum([0, *counts]) + sum(len(part.complaint) for part in sentences)
            ranges += [range(int(a), int(b)) for a, b in pairwise(ends)]
            read = self._read_distinct([text for text, _ in chunk], counts, [language for _, language in chunk])
            wholes.append(read.at(np.arange(len(chunk))))
            sentences.append(read.at(np.arange(len(chunk), len(read.complaint))))
            if progress:
                progress(min(start + TEXTS_AT_ONCE, len(distinct)), len(distinct))
        order = np.array([places[one] for one in asked], np.int64)
        return join_outputs(wholes).at(order), join_outputs(sentences), [ranges[i] for i in order]

    @property
    def width(self) -> int:
        """Return the length of a vector."""
        return int(self.background.shape[1])

    def _read_distinct(self, texts: Sequence[tuple[str, ...]], counts: Sequence[int], languages: Sequence[str]) -> Outputs:
        """Read texts and, of those with a count, their sentences behind them."""
        written = [" ".join(text) for text in texts]
        written += [part for text, count in zip(texts, counts, strict=True) if count for part in text]
        spoken = [*languages, *(language for language, count in zip(languages, counts, strict=True) for _ in range(count))]
        parts = [slice(start, start + PARTS_AT_ONCE) for start in range(0, len(written), PARTS_AT_ONCE)]
        # Before the graph's outputs take their room: counting the letters of a long text takes a hundred bytes for each.
        plain = np.concatenate([self.read_words(written[part], spoken[part]) for part in parts])
        raw = self._run(texts, counts)
        first = len(texts)
        for number, count in enumerate(counts):
            if count:
                worst = raw.complaint[first : first + count].max()
                raw.complaint[number] = (1 - WORST) * raw.complaint[number] + WORST * worst
                first += count
        found = [self._calibrate(raw.at(part), plain[part], written[part], spoken[part]) for part in parts]
        moods, anger = (np.concatenate(one) for one in zip(*found, strict=True))
        return Outputs(moods, anger, raw.vectors)

    def _calibrate(self, raw: Raw, plain: Floats, written: Sequence[str], languages: Sequence[str]) -> tuple[Floats, Floats]:
        """Return the probabilities of sentiments (n, 3) and complaints (n,); the vectors become unit vectors in their place."""
        settings = self.settings
        moods = self.blend(raw.sentiment, raw.everyday, plain, languages)
        anger = 1 / (1 + np.exp(-(settings.complaint_scale * raw.complaint + settings.complaint_shift)))
        length = np.linalg.norm(raw.vectors, axis=1, keepdims=True)
        empty = np.array([not text.strip() for text in written], bool)
        moods[empty] = (0, 1, 0)
        raw.vectors[...] = np.where(empty[:, None], 0, raw.vectors / np.maximum(length, 1e-9))
        return moods, np.where(empty, 0, anger).astype(np.float32)

    def read_words(self, written: Sequence[str], languages: Sequence[str]) -> Floats:
        """Return the logits (n, 3) that the words and letters of prepared texts have without the encoder."""
        return self.spelling.logits(written, languages) + self.valence.logits(written, languages)

    def blend(self, deep: Floats, everyday: Floats, plain: Floats, languages: Sequence[str]) -> Floats:
        """Return probabilities (n, 3) from the logits (n, 3) of the encoder and of words and letters."""
        blends = [self.settings.blends.get(language, self.settings.blend) for language in languages]
        cool, weight = (np.array([[getattr(one, name)] for one in blends], np.float32) for name in ("temperature", "spelling"))
        bias = np.array([one.bias for one in blends], np.float32).reshape(-1, 3)
        added = np.array([[language in self.settings.everyday] for language in languages], bool).reshape(-1, 1)
        return _softmax(deep / cool.reshape(-1, 1) + weight.reshape(-1, 1) * plain + bias + np.where(added, everyday, 0))

    def _run(self, texts: Sequence[tuple[str, ...]], counts: Sequence[int]) -> Raw:
        """Return what the graph says of texts and, of those with a count, of their sentences behind them."""
        average = self.average(texts, counts, {"sentiment": 3, "everyday": 3, "complaint": 1, "vectors": self.width})
        return Raw(average[:, :3], average[:, 3:6], average[:, 6], average[:, 7:])

    def average(self, texts: Sequence[tuple[str, ...]], counts: Sequence[int], outputs: Mapping[str, int]) -> Floats:
        """Return outputs of the graph, given by name with their widths, for each text and sentence: by length over windows."""
        size = len(texts) + sum(counts)
        total = np.zeros((size, 1), np.float32)
        sums = np.zeros((size, sum(outputs.values())), np.float32)
        for windows in self._windows(texts, counts):
            for part in batch_windows([len(window.ids) for window in windows], TOKENS_A_BATCH):
                batch = [windows[i] for i in part]
                found = np.concatenate(self.session.run([*outputs], feed_of(batch)), axis=2)
                for row, window in enumerate(batch):
                    for column, (unit, owner) in enumerate(zip(window.units, window.owners, strict=True)):
                        weight = unit.end - unit.start
                        total[owner] += weight
                        sums[owner] += weight * found[row, column]
        sums /= np.maximum(total, 1)
        return sums

    def _windows(self, texts: Sequence[tuple[str, ...]], counts: Sequence[int]) -> Iterator[list[Window]]:
        """Yield the windows of texts, many at once: those of a long text are not all in memory."""
        limits = Limits(self.settings.start, self.settings.end, self.settings.window)
        encoded = self._encoded([part for text in texts for part in text])
        held: list[Window] = []
        tokens, first = 0, len(texts)
        for number, (text, count) in enumerate(zip(texts, counts, strict=True)):
            for window in cut_windows(islice(encoded, len(text)), number, first if count else None, limits):
                held.append(window)
                tokens += len(window.ids)
                if tokens >= TOKENS_AT_ONCE:
                    yield held
                    held, tokens = [], 0
            first += count
        yield held

    def _encoded(self, parts: Sequence[str]) -> Iterator["Encoding"]:
        """Yield the tokens of each sentence."""
        for start in range(0, len(parts), PARTS_AT_ONCE):
            yield from self.tokenizer.encode_batch(parts[start : start + PARTS_AT_ONCE], add_special_tokens=False)


def feed_of(windows: Sequence[Window]) -> dict[str, NDArray[np.generic]]:
    """Return the graph's inputs for windows of one length.

    `marks` and `means` pick each unit's opening token and average its tokens.
    """
    size, most = len(windows[0].ids), max(len(window.units) for window in windows)
    ids = np.array([window.ids for window in windows], np.int64)
    means, marks = (np.zeros((len(windows), most, size), np.float32) for _ in range(2))
    means += np.float32(1 / size)
    for row, window in enumerate(windows):
        for column, unit in enumerate(window.units):
            means[row, column] = 0
            means[row, column, unit.start : unit.end] = 1 / (unit.end - unit.start)
            marks[row, column, unit.mark] = 1
    return {"ids": ids, "mask": np.ones(ids.shape, np.int32), "means": means, "marks": marks}


def pieces_of(text: str) -> tuple[str, ...]:
    """Return the prepared sentences of a text, as the model reads them."""
    return tuple(prepare(text[start:end]) for start, end in split_own(text))


def usable_cores() -> int:
    """Return how many cores this process may run on: a container's or taskset's limit counts."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _nothing(width: int) -> Outputs:
    return Outputs(np.zeros((0, 3), np.float32), np.zeros(0, np.float32), np.zeros((0, width), np.float32))


def join_outputs(parts: Sequence[Outputs]) -> Outputs:
    """Return the readings of several lots of texts as one; a lot that stands alone is not copied."""
    parts = [part for part in parts if len(part.complaint)] or parts[:1]
    if len(parts) == 1:
        return parts[0]
    return Outputs(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("sentiment", "complaint", "vectors")))


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


def open_session(model: str | bytes, threads: int) -> "InferenceSession":
    """Open a model, given by its path or as it stands in its file."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Batches differ in shape, so remembered allocation patterns would only pile up memory; and threads that
    # spin between batches would take the cores from everything else on the machine.
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
