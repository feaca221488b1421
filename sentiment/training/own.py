"""The project's own labelled texts: what complaints in many trades and languages are about, written for Repute."""

import json
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from sentiment.text import prepare

FOLDER = Path(__file__).parent / "texts"
HELD_BACK = 8
"""One text in so many trains nothing and is measured on."""
SPELT = ("everyday_south", "everyday_tr_ar_et", "everyday_west")
"""Those that the words and letters learn from and the encoder does not: they were written when it was done."""
BESIDE = (*SPELT, "everyday_more")
"""Those that the encoder does not learn from."""


def own_rows(name: str, split: str) -> Iterator[dict[str, Any]]:
    """Yield the texts of `texts/<name>.jsonl` that are in the split `train` or `dev`, told apart by a hash of the text."""
    for row in _lines(name):
        if "text" in row and (zlib.crc32(row["text"].encode()) % HELD_BACK == 0) == (split == "dev"):
            yield row


def own_names() -> list[str]:
    """Return the names of the files."""
    return sorted(path.stem for path in FOLDER.glob("*.jsonl"))


def encoded_names() -> list[str]:
    """Return the names of the files that the encoder learns from."""
    return [name for name in own_names() if name not in BESIDE]


def key_of(name: str, sector: str, topic: str) -> str:
    """Return the label of a topic: unlike that of any other set, since a topic means something within its trade only."""
    return f"own:{name}/{sector}/{topic}"


@cache
def own_descriptions() -> dict[str, tuple[str, ...]]:
    """Return how the topics are described, by label."""
    return {
        key_of(name, row["sector"], row["topic"]): tuple(prepare(words) for words in row["described"])
        for name in own_names()
        for row in _lines(name)
        if "described" in row
    }


def _lines(name: str) -> Iterator[dict[str, Any]]:
    with (FOLDER / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
