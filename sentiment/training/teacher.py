"""The frozen English encoder's vectors, which the new encoder keeps and gives to translations too."""

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from sentiment.training.batches import stack
from sentiment.training.network import Network


def teacher_vectors(
    texts: Sequence[str], network: Network, tokenizer: Tokenizer, cache: Path, budget: int = 4000
) -> NDArray[np.float16]:
    """Return unit vectors (n, 384) of English texts; computed once for the same texts and kept in `cache`."""
    key = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
    path = cache / f"teacher-{key}.npy"
    if path.exists():
        kept: NDArray[np.float16] = np.load(path)
        return kept
    started = time.monotonic()
    out = embed(texts, network, tokenizer, budget).astype(np.float16)
    np.save(path, out)
    print(f"teacher: {len(texts)} texts in {time.monotonic() - started:.0f} s", flush=True)
    return out


def embed(texts: Sequence[str], network: Network, tokenizer: Tokenizer, budget: int = 4000) -> NDArray[np.float32]:
    """Return unit vectors (n, 384) of prepared texts, each cut at 128 tokens."""
    ids = [e.ids[:128] for e in tokenizer.encode_batch(list(texts))]
    out = np.zeros((len(texts), 384), np.float32)
    waiting, network = sorted(range(len(ids)), key=lambda i: len(ids[i])), network.eval()
    while waiting:
        size = max(1, budget // len(ids[waiting[-1]]))
        part, waiting = waiting[-size:], waiting[:-size]
        with torch.inference_mode():
            out[part] = network(*stack([ids[i] for i in part])).vectors.numpy()
    return out
