"""The training run: one pass over planned batches, resumable."""

import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from sentiment.training.batches import Batch, places, stack
from sentiment.training.corpus import Sample
from sentiment.training.labels import wordings
from sentiment.training.network import Network, Outputs

BODY_RATE, NEW_RATE = 1.2e-4, 6e-4
"""Peak learning rates: of the pre-trained layers, and of the embeddings and heads, which start nearly fresh."""
WARM_UP = 0.05
VECTOR_WEIGHT, COMPLAINT_WEIGHT = 2.0, 0.5
SHARPNESS = 15.0
"""Scale of cosines before the softmax over label descriptions."""
RIVALS = 24
"""Descriptions of other labels of the same set that a text is told apart from."""
SAVE_EVERY = 150
"""Batches between checkpoints."""


@dataclass(frozen=True)
class Material:
    """All that a run reads."""

    batches: Sequence[Batch]
    """In the order of reading."""
    tokenizer: Tokenizer
    """For label descriptions."""
    teacher: Mapping[str, NDArray[np.float16]]
    """Unit vector (384,) of an English text."""
    labels: Mapping[str, Sequence[str]]
    """Labels of each label set."""
    topic_weight: float = 0.25
    """Weight of the loss of telling a text's topics from their rivals."""
    twin_weight: float = 0.0
    """Weight of the loss of telling a text's English twin from those of the other texts of its batch."""


def learn(network: Network, material: Material, folder: Path, seed: int, halt_at: float = 1.0, gently: float = 1.0) -> None:
    """Train the network in place up to the fraction `halt_at` of the run; go on where `folder` left off.

    `gently` scales the learning rates.
    """
    optimizer = _optimizer(network)
    done = _resume(network, optimizer, folder)
    steps = len(material.batches)
    started, first = time.monotonic(), done
    sums = Sums()
    network.train()
    for step in range(done, round(steps * halt_at)):
        torch.manual_seed(seed * 1_000_003 + step)
        _set_rate(optimizer, step, steps, gently)
        loss = _loss(network, material, material.batches[step], random.Random(seed * 7 + step), sums)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        if (step + 1) % 25 == 0:
            pace = (time.monotonic() - started) / (step + 1 - first)
            left = pace * (steps - step - 1) / 60
            print(f"{step + 1}/{steps}  {sums.flush()}  {pace:.2f} s/batch  ETA {left:.0f} min", flush=True)
        if (step + 1) % SAVE_EVERY == 0:
            _save(network, optimizer, step + 1, folder)
    _save(network, optimizer, round(steps * halt_at), folder)


class Sums:
    """Running means of the parts of the loss between two lines of progress."""

    def __init__(self) -> None:
        self.parts: dict[str, list[float]] = {}

    def add(self, name: str, value: Tensor) -> Tensor:
        """Note one value and hand it on."""
        self.parts.setdefault(name, []).append(value.item())
        return value

    def flush(self) -> str:
        """Return the means as words and begin anew."""
        line = " ".join(f"{name} {np.mean(values):.3f}" for name, values in sorted(self.parts.items()))
        self.parts = {}
        return line


def _loss(network: Network, material: Material, batch: Batch, chance: random.Random, sums: Sums) -> Tensor:
    samples = batch.samples
    outputs: Outputs = network(*stack([line.ids for line in batch.lines]), places(batch.lines))
    loss = outputs.vectors.sum() * 0
    sentiment = torch.tensor([sample.sentiment for sample in samples])
    if (sentiment >= 0).any():
        each = F.cross_entropy(outputs.sentiment, sentiment, ignore_index=-1, label_smoothing=0.03)
        loss = loss + sums.add("sentiment", each)
    complaint = torch.tensor([sample.complaint for sample in samples])
    known = complaint >= 0
    if known.any():
        sure = torch.tensor([sample.sure for sample in samples])[known]
        each = F.binary_cross_entropy_with_logits(outputs.complaint[known], complaint[known], sure, reduction="sum")
        loss = loss + COMPLAINT_WEIGHT * sums.add("complaint", each / len(samples))
    taught = [i for i, sample in enumerate(samples) if sample.english in material.teacher]
    if taught:
        target = torch.from_numpy(np.stack([material.teacher[samples[i].english] for i in taught])).float()
        apart = 1 - (outputs.vectors[taught] * target).sum(1)
        loss = loss + VECTOR_WEIGHT * sums.add("vector", apart.sum() / len(samples))
        if material.twin_weight and len(taught) > 1:
            names = [samples[i].english for i in taught]
            twin = sums.add("twin", _twin_loss(outputs.vectors[taught], target, names))
            loss = loss + material.twin_weight * twin * (len(taught) / len(samples))
    if any(sample.topics for sample in samples):
        topic = _topic_loss(network, material, samples, outputs.vectors, chance)
        loss = loss + material.topic_weight * sums.add("topic", topic)
    return loss


def _twin_loss(vectors: Tensor, target: Tensor, names: Sequence[str]) -> Tensor:
    """Return the cross-entropy of each vector's own English text among those of the batch; equal texts count as one."""
    number = {name: i for i, name in enumerate(dict.fromkeys(names))}
    own = torch.tensor([number[name] for name in names])
    rows = torch.zeros(len(number), target.shape[1])
    rows[own] = target
    return F.cross_entropy(SHARPNESS * vectors @ rows.T, own)


def _topic_loss(
    network: Network, material: Material, samples: Sequence[Sample], vectors: Tensor, chance: random.Random
) -> Tensor:
    """Return the cross-entropy of each text's labels among descriptions of its label set."""
    present = dict.fromkeys(label for sample in samples for label in sample.topics)
    others = [label for label in material.labels[samples[0].domain] if label not in present]
    candidates = [*present, *chance.sample(others, min(RIVALS, len(others)))]
    words = [chance.choice(wordings(label)) for label in candidates]
    described = network(*stack([e.ids[:32] for e in material.tokenizer.encode_batch(words)])).vectors
    target = torch.zeros(len(samples), len(candidates))
    for i, sample in enumerate(samples):
        for label in sample.topics:
            target[i, candidates.index(label)] = 1 / len(sample.topics)
    return F.cross_entropy(SHARPNESS * vectors @ described.T, target)


def _optimizer(network: Network) -> torch.optim.AdamW:
    fresh = [*network.words.parameters(), *network.mix.parameters()]
    fresh += [*network.sentiment.parameters(), *network.complaint.parameters()]
    seen = {id(parameter) for parameter in fresh}
    body = [parameter for parameter in network.parameters() if id(parameter) not in seen]
    groups = [{"params": body, "peak": BODY_RATE}, {"params": fresh, "peak": NEW_RATE, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=BODY_RATE, weight_decay=0.01, fused=True)


def _set_rate(optimizer: torch.optim.AdamW, step: int, steps: int, gently: float) -> None:
    done = (step + 1) / steps
    share = min(done / WARM_UP, (1 - done) / (1 - WARM_UP) + 1e-3)
    for group in optimizer.param_groups:
        group["lr"] = gently * group["peak"] * share


def _save(network: Network, optimizer: torch.optim.AdamW, step: int, folder: Path) -> None:
    partial = folder / "checkpoint.part"
    torch.save({"network": network.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, partial)
    partial.replace(folder / "checkpoint.pt")
    (folder / "progress.json").write_text(json.dumps({"step": step}), encoding="utf-8")


def _resume(network: Network, optimizer: torch.optim.AdamW, folder: Path) -> int:
    path = folder / "checkpoint.pt"
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    print(f"resuming after batch {state['step']}", flush=True)
    return int(state["step"])
