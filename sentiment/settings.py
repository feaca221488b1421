"""What model.json says of a model: its name, its tokens and its calibration."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Likeness:
    """How a cosine becomes the probability that a sentence is about a description."""

    cosine: float
    """Weight of the cosine."""
    words: float
    """Weight of each telling word that the sentence shares with the description."""
    shift: float
    threshold: float
    """Probability from which on the sentence is said to be about it."""


@dataclass(frozen=True)
class Blend:
    """How the encoder's sentiment logits and those of words and letters become probabilities."""

    temperature: float
    """Divides the encoder's logits, so that probabilities match how often they are right."""
    spelling: float
    """Weight of the word-and-letter model's logits."""
    bias: tuple[float, float, float]
    """Added to the sum: takes back that the training texts had some sentiments more often than others."""


@dataclass(frozen=True)
class Settings:
    """The calibration of a model and what its reader must know."""

    name: str
    """Model and version, as in `repute-minilm-1`."""
    start: int
    """Token id put before each window."""
    end: int
    """Token id put behind each window."""
    window: int
    """Tokens read at once, the two above not counted."""
    blend: Blend
    """For languages that have none of their own."""
    blends: dict[str, Blend]
    """By language, where there were dev texts enough: where the encoder saw little, words and letters weigh more."""
    everyday: tuple[str, ...]
    """Languages in which the output of that name is added: those of the texts that it was learnt from."""
    complaint_scale: float
    complaint_shift: float
    complaint_threshold: float
    """Probability from which on a text is a complaint."""
    languages: dict[str, float]
    """Macro-F1 of sentiment on dev splits by language, for the languages that can be relied on."""
    topic: Likeness
    attribute: Likeness


def read_settings(path: Path) -> Settings:
    """Read model.json; raises ValueError, KeyError or TypeError where it is not one."""
    found = json.loads(path.read_text(encoding="utf-8"))
    missing = [field.name for field in fields(Settings) if field.name not in found]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}")
    known = {field.name: found[field.name] for field in fields(Settings)}
    known |= {name: Likeness(**found[name]) for name in ("topic", "attribute")}
    known["blend"] = _blend(found["blend"])
    known["blends"] = {language: _blend(blend) for language, blend in found["blends"].items()}
    known["everyday"] = tuple(found["everyday"])
    return Settings(**known)


def _blend(found: dict[str, Any]) -> Blend:
    return Blend(found["temperature"], found["spelling"], tuple(found["bias"]))


def write_settings(settings: Settings, path: Path) -> None:
    """Write model.json."""
    path.write_text(json.dumps(asdict(settings), indent=2) + "\n", encoding="utf-8")
