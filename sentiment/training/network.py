"""The encoder and its heads in torch, for training only."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn

WIDTH, HEADS, LAYERS, INNER = 384, 12, 6, 1536
LONGEST = 512
NORM_EPSILON = 1e-12


@dataclass(frozen=True)
class Outputs:
    """What one forward pass gives for u units: whole texts, or sentences of them."""

    sentiment: Tensor
    """Logits (u, 3)."""
    complaint: Tensor
    """Logits (u,)."""
    vectors: Tensor
    """Unit vectors (u, 384)."""


class Layer(nn.Module):
    """One post-norm transformer layer, as in BERT."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, NORM_EPSILON)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, NORM_EPSILON)

    def forward(self, x: Tensor, seen: Tensor) -> Tensor:
        """Map (n, tokens, 384) to the same; `seen` (n, 1, 1, tokens) is False at padding."""
        n, length, _ = x.shape
        q, k, v = self.qkv(x).view(n, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=seen).transpose(1, 2).reshape(n, length, WIDTH)
        x = self.norm1(x + self.out(mixed))
        inner: Tensor = self.norm2(x + self.down(F.gelu(self.up(x))))
        return inner


class Network(nn.Module):
    """MiniLM with a sentiment head, a complaint head and the mean-pooled sentence vector."""

    def __init__(self, pieces: int) -> None:
        super().__init__()
        self.words = nn.Embedding(pieces, WIDTH)
        self.places = nn.Parameter(torch.empty(LONGEST, WIDTH))
        self.norm = nn.LayerNorm(WIDTH, NORM_EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.dropout = nn.Dropout(0.1)
        self.mix = nn.Linear(2 * WIDTH, WIDTH)
        self.sentiment = nn.Linear(WIDTH, 3)
        self.complaint = nn.Linear(WIDTH, 1)

    def forward(self, ids: Tensor, seen: Tensor, units: Tensor | None = None) -> Outputs:
        """Read token ids (n, tokens) with a boolean mask of the same shape.

        `units` (u, 4) names the row, mark, start and end of what is wanted; without them every row is one unit.
        """
        x = self.dropout(self.norm(self.words(ids) + self.places[: ids.shape[1]]))
        for layer in self.layers:
            x = layer(x, seen[:, None, None, :])
        if units is None:
            opening, weight = x[:, 0], seen.to(x.dtype)
            mean = torch.einsum("nt,ntd->nd", weight, x) / weight.sum(1, keepdim=True)
        else:
            row, mark, start, end = units.unbind(1)
            place = torch.arange(ids.shape[1])
            weight = ((place >= start[:, None]) & (place < end[:, None])).to(x.dtype)
            opening = x[row, mark]
            mean = torch.einsum("ut,utd->ud", weight, x[row]) / weight.sum(1, keepdim=True)
        # The opening token may turn to sentiment while the mean stays close to the teacher's meaning.
        features = self.dropout(F.gelu(self.mix(self.dropout(torch.cat([opening, mean], dim=1)))))
        return Outputs(self.sentiment(features), self.complaint(features).squeeze(1), F.normalize(mean, dim=1))


def load_minilm(folder: Path) -> Network:
    """Return a network with all-MiniLM-L6-v2's weights and its own vocabulary; heads untrained.

    Type embeddings of the first segment, which every token gets, are added to the places.
    """
    old = load_file(folder / "model.safetensors")
    network = Network(old["embeddings.word_embeddings.weight"].shape[0])
    new = {
        "words.weight": old["embeddings.word_embeddings.weight"],
        "places": old["embeddings.position_embeddings.weight"] + old["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": old["embeddings.LayerNorm.weight"],
        "norm.bias": old["embeddings.LayerNorm.bias"],
    }
    for i in range(LAYERS):
        new |= _layer_weights(old, f"encoder.layer.{i}.", f"layers.{i}.")
    missing, unexpected = network.load_state_dict(new, strict=False)
    strange = [name for name in missing if name.split(".")[0] not in ("mix", "sentiment", "complaint")]
    if strange or unexpected:
        raise ValueError(f"{folder}: weights do not fit all-MiniLM-L6-v2: missing {strange}, unexpected {unexpected}")
    return network


def replace_vocabulary(network: Network, vectors: NDArray[np.float32]) -> None:
    """Give the network a new embedding table (pieces, 384)."""
    network.words = nn.Embedding(vectors.shape[0], vectors.shape[1], _weight=torch.from_numpy(vectors))


def _layer_weights(old: dict[str, Tensor], source: str, target: str) -> dict[str, Tensor]:
    new: dict[str, Tensor] = {}
    for part in ("weight", "bias"):
        triple = [old[f"{source}attention.self.{name}.{part}"] for name in ("query", "key", "value")]
        new[f"{target}qkv.{part}"] = torch.cat(triple)
        new[f"{target}out.{part}"] = old[f"{source}attention.output.dense.{part}"]
        new[f"{target}norm1.{part}"] = old[f"{source}attention.output.LayerNorm.{part}"]
        new[f"{target}up.{part}"] = old[f"{source}intermediate.dense.{part}"]
        new[f"{target}down.{part}"] = old[f"{source}output.dense.{part}"]
        new[f"{target}norm2.{part}"] = old[f"{source}output.LayerNorm.{part}"]
    return new
