"""Read sentiments with any Hugging Face sequence classifier, by hub name or folder (the extra `repute[hub]`)."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from config.records import SENTIMENTS, SentimentModel
from sentiment.labels import map_labels, mark_of
from sentiment.text import clean

Floats = NDArray[np.float32]
WINDOW = 512
"""Tokens read at once at most, also by models that could read more: memory grows with the square of it."""
BATCHES_AT_ONCE = 32
"""Batches whose texts are sorted by length together, so that memory does not grow with the number of texts."""
WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
"""The weights of a model: the first of these that a folder has."""
SMALL_FILES = ("*.json", "*.txt", "*.model", "*.jinja")
"""Configuration and tokenizer."""
OFFLINE = "check the name on huggingface.co, the revision and the connection, or download it elsewhere and name its folder"
INCOMPLETE = "wanted is what save_pretrained writes: config.json, the weights, and the tokenizer's files"


class HubError(RuntimeError):
    """A model cannot be used; the message says which, why, and what to do."""


@dataclass(frozen=True)
class HubSentiment:
    """A loaded sequence classifier whose labels are mapped to ours."""

    name: str
    """As taggers carry it: `hub:NAME@COMMIT` or `hub:FOLDER#HASH`, and a mark of the labels' mapping."""
    labels: tuple[str, ...]
    """One of ours for each of the model's."""
    batch: int
    """Texts read at once."""
    longest: int
    """Tokens that the model takes at once, the special ones counted."""
    exclusive: bool
    """Whether its labels exclude each other (softmax), as all but multi-label models' do."""
    tokenizer: Any
    model: Any

    @classmethod
    def load(cls, chosen: SentimentModel, base: Path) -> "HubSentiment":
        """Load what `chosen` names; `base` is the folder that a path counts from.

        Raises HubError where the extra is not installed or the model cannot be loaded, LabelsDoNotFit where its labels
        cannot be mapped.
        """
        transformers, torch = _libraries()
        folder, name = _find(chosen, base)
        config = _tried(chosen.model, lambda: transformers.AutoConfig.from_pretrained(folder, trust_remote_code=False))
        own = _labels_of(chosen.model, config)
        mapped = map_labels(chosen.model, own, chosen.labels)
        tokenizer = _tried(chosen.model, lambda: transformers.AutoTokenizer.from_pretrained(folder, trust_remote_code=False))
        model = _load_weights(chosen.model, folder, transformers, torch)
        return cls(
            name=name + mark_of(own, mapped),
            labels=mapped,
            batch=chosen.batch if tokenizer.pad_token_id is not None else 1,
            longest=_longest(model, tokenizer),
            exclusive=config.problem_type != "multi_label_classification",
            tokenizer=tokenizer,
            model=model,
        )

    def read(self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None) -> Floats:
        """Return probabilities (n, 3): negative, neutral, positive. Equal texts are read once, blank ones are neutral.

        Texts too long for the model are read in windows, averaged by length. `progress` hears how many distinct texts
        are done, and of how many.
        """
        # Not `prepare`: its Urdu forms of Arabic letters suit our own model, and are unknown to others.
        prepared = [" ".join(clean(text).split()) for text in texts]
        places = {text: i for i, text in enumerate(dict.fromkeys(prepared))}
        distinct = list(places)
        found = np.zeros((len(distinct), 3), np.float32)
        found[:, 1] = 1
        step = self.batch * BATCHES_AT_ONCE
        for start in range(0, len(distinct), step):
            part = distinct[start : start + step]
            for done in self._read_into(found[start : start + step], part):
                if progress:
                    progress(start + int(done * len(part)), len(distinct))
        return found[[places[text] for text in prepared]]

    def _read_into(self, found: Floats, texts: Sequence[str]) -> Iterator[float]:
        """Fill `found` with what is read in distinct texts; yield the part that is done after each batch."""
        windows = sorted(self._windows(texts), key=lambda window: len(window[1]["input_ids"]))
        shares = np.zeros((len(windows), 3))
        for start in range(0, len(windows), self.batch):
            part = windows[start : start + self.batch]
            shares[start : start + self.batch] = self._run([tokens for _, tokens in part])
            if start + self.batch < len(windows):
                yield (start + self.batch) / len(windows)
        special = self.tokenizer.num_special_tokens_to_add()
        owners = np.array([owner for owner, _ in windows], np.int64)
        weights = np.array([max(len(tokens["input_ids"]) - special, 1) for _, tokens in windows], np.float64)
        total = np.bincount(owners, weights, len(texts))
        read = total > 0
        for k in range(3):
            found[read, k] = (np.bincount(owners, weights * shares[:, k], len(texts)) / np.maximum(total, 1))[read]
        yield 1.0

    def _windows(self, texts: Sequence[str]) -> Iterator[tuple[int, dict[str, list[int]]]]:
        """Yield (text, its tokens); of a text too long for the model, those of each of its parts. Blank ones have none."""
        pending = [(i, text) for i, text in enumerate(texts) if text]
        while pending:
            encoded = self.tokenizer([text for _, text in pending])
            longer: list[tuple[int, str]] = []
            for j, (owner, text) in enumerate(pending):
                size = len(encoded["input_ids"][j])
                if size > self.longest and len(text) > 1:
                    longer += [(owner, piece) for piece in cut_text(text, -(-size // self.longest))]
                else:
                    yield owner, {key: values[j] for key, values in encoded.items()}
            pending = longer

    def _run(self, windows: Sequence[dict[str, list[int]]]) -> NDArray[np.float64]:
        """Return our probabilities (w, 3) of windows that are read together."""
        import torch

        feeds = self.tokenizer.pad(list(windows), return_tensors="pt") if len(windows) > 1 else _alone(windows[0])
        with torch.inference_mode():
            logits = self.model(**feeds).logits.double().numpy()
        powers = np.exp(logits - logits.max(axis=1, keepdims=True)) if self.exclusive else 1 / (1 + np.exp(-logits))
        sums = np.zeros((len(windows), 3))
        for i, label in enumerate(self.labels):
            sums[:, SENTIMENTS.index(label)] += powers[:, i]
        shares: NDArray[np.float64] = sums / sums.sum(axis=1, keepdims=True)
        return shares


def cut_text(text: str, parts: int) -> list[str]:
    """Return about `parts` (2 or more) pieces of like length, cut between words where a space is near."""
    size, start = -(-len(text) // parts), 0
    pieces = []
    while start < len(text):
        end = start + size
        if end < len(text) and (space := text.rfind(" ", start + size // 2, end)) > start:
            end = space
        pieces.append(text[start:end].strip())
        start = end
    return [piece for piece in pieces if piece]


def _libraries() -> tuple[Any, Any]:
    try:
        import torch
        import transformers
    except ImportError as error:
        raise HubError(
            f'a model of the Hugging Face hub needs transformers and torch ({error}): run pip install "repute[hub]"'
        ) from error
    library: Any = transformers
    library.utils.logging.set_verbosity_error()  # its advice is for those who program with it
    return library, torch


def _find(chosen: SentimentModel, base: Path) -> tuple[Path, str]:
    """Return the folder of a model, downloaded if need be, and its name with its version."""
    folder = base / Path(chosen.model).expanduser()
    if folder.is_dir():
        if chosen.revision:
            raise HubError(f"{chosen.model} is a folder, which has no revision {chosen.revision!r}; remove `revision`")
        return folder, f"hub:{folder.resolve().name}#{_hash(folder)}"
    if chosen.model.startswith((".", "/", "~")) or chosen.model.count("/") > 1:
        raise HubError(f"{chosen.model} cannot be loaded: there is no folder {folder}; correct the path")
    found = _download(chosen)
    return found, f"hub:{chosen.model}@{found.name[:12]}"


def _download(chosen: SentimentModel) -> Path:
    """Return the folder in the hub's cache, named by its commit; only what is read is downloaded, and one kind of weights."""
    from huggingface_hub import snapshot_download

    def fetch(*patterns: str) -> Path:
        # `*` matches `/` too, and folders within hold other formats and old checkpoints.
        return Path(
            snapshot_download(
                chosen.model, revision=chosen.revision or None, allow_patterns=list(patterns), ignore_patterns=["*/*"]
            )
        )

    folder: Path = _tried(chosen.model, lambda: fetch(*SMALL_FILES, WEIGHTS[0]), on_hub=True)
    if not list(folder.glob(WEIGHTS[0])):
        folder = _tried(chosen.model, lambda: fetch(*SMALL_FILES, WEIGHTS[1]), on_hub=True)
    return folder


def _hash(folder: Path) -> str:
    """Return a short hash of the files that a model is read from: other weights under the same name are another model."""
    found = hashlib.sha256()
    weights = next((files for pattern in WEIGHTS if (files := sorted(folder.glob(pattern)))), [])
    for path in [*sorted({path for pattern in SMALL_FILES for path in folder.glob(pattern)}), *weights]:
        found.update(path.name.encode())
        with path.open("rb") as file:
            found.update(hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()[:12]


def _labels_of(name: str, config: Any) -> list[str]:
    own = [str(label) for _, label in sorted(config.id2label.items())]
    if len(own) < 2:
        raise HubError(f"{name} has one output: it gives a number, not a label; choose a classifier of two labels or more")
    return own


def _load_weights(name: str, folder: Path, transformers: Any, torch: Any) -> Any:
    """Return the model, ready to read. Raises HubError where a part of it was never trained."""
    bars = transformers.utils.logging
    shown = bars.is_progress_bar_enabled()
    bars.disable_progress_bar()
    try:
        model, info = _tried(
            name,
            lambda: transformers.AutoModelForSequenceClassification.from_pretrained(
                folder, trust_remote_code=False, dtype=torch.float32, output_loading_info=True
            ),
        )
    finally:
        if shown:
            bars.enable_progress_bar()
    if missing := sorted(info["missing_keys"]):
        raise HubError(
            f"{name} was not trained as a classifier: it lacks {', '.join(missing[:4])}; choose one for text classification"
        )
    return model.eval()


def _longest(model: Any, tokenizer: Any) -> int:
    """Return how many tokens a model takes at once. Tokenizers of many models do not know, so its positions are counted."""
    limits = [WINDOW, tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", None) or WINDOW]
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and hasattr(module, "num_embeddings"):
            # RoBERTa and its kin count from behind the padding's index.
            limits.append(module.num_embeddings - (0 if module.padding_idx is None else module.padding_idx + 1))
    return int(min(limits))


def _alone(window: dict[str, list[int]]) -> dict[str, Any]:
    """Return one window as a batch: a tokenizer without a padding token can make no other."""
    import torch

    return {key: torch.tensor([values]) for key, values in window.items()}


def _tried(name: str, load: Callable[[], Any], *, on_hub: bool = False) -> Any:
    """Load a part of a model; the libraries raise bare Exceptions and worse on broken files."""
    try:
        return load()
    except Exception as error:
        reason = " ".join(str(error).split())[:400] or type(error).__name__
        raise HubError(f"{name} cannot be loaded: {reason.rstrip('.')}; {OFFLINE if on_hub else INCOMPLETE}") from error
