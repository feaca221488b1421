"""How fast texts are read with all tags, beside what others use, in one run on one machine.

    python bench/tagging.py [TEXTS.jsonl] [--texts 2000] [--rounds 3]

Measures, in turn and repeatedly, so that a busy machine is unfair to all alike:
- Repute's tagger with everything: language, sentences, sentiment, complaint, 12 topics, 5 attributes;
- `transformers.pipeline("text-classification")` in batches of 32 on a model of RoBERTa-base's size (random weights:
  speed does not depend on them), the usual way to tag sentiment alone;
- the same pipeline on a model of MiniLM's size;
- the processor's int8 matrix products through the same runtime, for the share of the peak that is reached;
- a fresh process from its start to the first text, and its peak memory after 2,000 texts.
Needs the extra `hub`. Without a file the texts are the demo's and those that the project trains on.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
BATCH = 32
ENCODER_WEIGHTS = 6 * (4 * 384 * 384 + 2 * 384 * 1536)
"""Weights that every token is multiplied with."""
Read = Callable[[Sequence[str]], object]


def main() -> None:
    """Print texts per second and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, help="JSON lines with `text`")
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    texts = find_texts(asked.file)[: asked.texts]
    if asked.child:
        measure_child(texts)
        return
    from sentiment.encoder import usable_cores

    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    cores = usable_cores()
    ours, tokens = load_ours()
    readers: list[tuple[str, Read, int]] = [
        ("Repute, all tags", ours, len(texts)),
        ("pipeline, RoBERTa-base size", load_pipeline(big=True, cores=cores), min(160, len(texts))),
        ("pipeline, MiniLM size, torch", load_pipeline(big=False, cores=cores), min(800, len(texts))),
    ]
    speeds = measure(readers, texts, asked.rounds)
    print(f"{len(texts)} texts, {tokens(texts) / len(texts):.1f} tokens each, {cores} cores, {asked.rounds} rounds (median)")
    for name, _, n in readers:
        print(f"{name:<32}{speeds[name]:>9.1f} texts/s   (on {n})")
    mine, roberta, minilm = (speeds[name] for name, _, _ in readers)
    print(f"{'Repute : RoBERTa-base pipeline':<32}{mine / roberta:>9.1f} times   (wanted: 25)")
    print(f"{'Repute : MiniLM pipeline, torch':<32}{mine / minilm:>9.1f} times   (wanted: 3)")
    pace = mine * tokens(texts) / len(texts)
    peak = int8_peak(cores)
    print(
        f"{'tokens':<32}{pace:>9.0f} tokens/s, {2 * ENCODER_WEIGHTS * pace / 1e9:.0f} of {peak / 1e9:.0f} int8 Gop/s: ", end=""
    )
    print(f"{100 * 2 * ENCODER_WEIGHTS * pace / peak:.0f}% of the measured peak")
    sys.stdout.flush()
    command = [sys.executable, __file__, "--child", "--texts", "2000", *([str(asked.file)] if asked.file else [])]
    subprocess.run(command, check=True)


def find_texts(file: Path | None) -> list[str]:
    """Return distinct texts in an order that mixes their lengths and languages."""
    if file:
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
        found = [row["text"] for row in rows]
    else:
        folders = (ROOT / "demo" / "content", ROOT / "sentiment" / "training" / "texts")
        lines = [line for folder in folders for path in sorted(folder.glob("*.jsonl")) for line in path.open(encoding="utf-8")]
        found = [row["text"] for row in map(json.loads, lines) if "text" in row]
    distinct = list(dict.fromkeys(found))
    return [distinct[i] for i in np.random.default_rng(7).permutation(len(distinct))]


def load_ours() -> tuple[Read, Callable[[Sequence[str]], int]]:
    """Return the shipped classifier's reading with the demo's topics and attributes, and a counter of tokens."""
    from config import load_config
    from sentiment.classifier import Classifier
    from sentiment.encoder import Encoder

    config = load_config(ROOT / "config.toml", {})
    encoder = Encoder.load()
    classifier = Classifier(encoder, config.topics, config.attributes)
    return classifier.classify, lambda texts: sum(len(one.ids) for one in encoder.tokenizer.encode_batch(list(texts)))


def load_pipeline(big: bool, cores: int) -> Read:
    """Return a transformers pipeline over a model with random weights and Repute's own tokenizer."""
    import torch
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        PreTrainedTokenizerFast,
        RobertaConfig,
        RobertaForSequenceClassification,
        pipeline,
    )

    torch.set_num_threads(cores)
    torch.manual_seed(0)
    file = str(ROOT / "sentiment" / "model" / "tokenizer.json")
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=file, pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]")
    tokenizer.model_max_length = 512
    size: dict[str, Any] = {"vocab_size": len(tokenizer), "num_labels": 3, "pad_token_id": tokenizer.pad_token_id}
    model: Any
    if big:
        model = RobertaForSequenceClassification(RobertaConfig(**size, max_position_embeddings=520))
    else:
        small = {"hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536}
        model = BertForSequenceClassification(BertConfig(**size, **small))
    run = pipeline("text-classification", model=model.eval(), tokenizer=tokenizer, device="cpu", batch_size=BATCH)
    return lambda texts: run(list(texts), truncation=True, max_length=512)


def measure(readers: Sequence[tuple[str, Read, int]], texts: Sequence[str], rounds: int) -> dict[str, float]:
    """Return the median of texts per second of each reader, all of them warmed up and then read in turn."""
    paces: dict[str, list[float]] = {name: [] for name, _, _ in readers}
    for name, read, _ in readers:
        read(texts[:BATCH])
        print(f"{name}: ready", file=sys.stderr)
    for number in range(rounds):
        for name, read, n in readers:
            begun = time.perf_counter()
            read(texts[:n])
            paces[name].append(n / (time.perf_counter() - begun))
            print(f"round {number + 1}: {name} {paces[name][-1]:.1f} texts/s", file=sys.stderr)
    return {name: statistics.median(found) for name, found in paces.items()}


def int8_peak(cores: int) -> float:
    """Return operations per second of large int8 matrix products (1024 x 1536 by 1536 x 1536) in onnxruntime."""
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    rows, width = 1024, 1536
    weights = numpy_helper.from_array(np.ones((width, width), np.int8), "w")
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["x", "w"], ["y"])],
        "product",
        [helper.make_tensor_value_info("x", TensorProto.UINT8, [rows, width])],
        [helper.make_tensor_value_info("y", TensorProto.INT32, [rows, width])],
        [weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = cores
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    feed = {"x": np.ones((rows, width), np.uint8)}
    session.run(None, feed)
    best = 0.0
    for _ in range(20):
        begun = time.perf_counter()
        session.run(None, feed)
        best = max(best, 2 * rows * width * width / (time.perf_counter() - begun))
    return best


def peak_memory() -> float:
    """Return the most MB that this process has held. `getrusage` would count its parent's, from before the exec."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))


def measure_child(texts: Sequence[str]) -> None:
    """Print, in a fresh process, the seconds from loading to the first text's tags, and the peak memory after all."""
    begun = time.perf_counter()
    read, _ = load_ours()
    read(texts[:1])
    first = time.perf_counter() - begun
    read(texts)
    peak = peak_memory()
    print(f"{'fresh process':<32}{first:>9.2f} s to the first text's tags (wanted: 1); ", end="")
    print(f"{peak:.0f} MB peak memory after {len(texts)} texts (wanted: 400)")


if __name__ == "__main__":
    main()
