"""What model.json says of a model: its name, its tokens and its calibration."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path


@dataclass(frozen=True)
class Likeness:
    """How a cosine becomes the probability that a sentence is about a description."""

    scale: float
    """Weight of the cosine's standard score against the background's cosines with the same description."""
    cosine: float
    """Weight of the cosine itself."""
    general: float
    """Weight of the cosine with the background's mean: takes off what a text shares with any description."""
    shift: float
    threshold: float
    """Probability from which on the sentence is said to be about it."""


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
    temperature: float
    """Divides the sentiment logits, so that probabilities match how often they are right."""
    bias: tuple[float, float, float]
    """Added to the cooled logits: takes back that the training texts were seldom negative."""
    complaint_scale: float
    complaint_shift: float
    complaint_threshold: float
    """Probability from which on a text is a complaint."""
    topic: Likeness
    attribute: Likeness


def read_settings(path: Path) -> Settings:
    """Read model.json; raises ValueError, KeyError or TypeError where it is not one."""
    found = json.loads(path.read_text(encoding="utf-8"))
    missing = [field.name for field in fields(Settings) if field.name not in found]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}")
    known = {field.name: found[field.name] for field in fields(Settings)}
    known["bias"] = tuple(known["bias"])
    return Settings(**known | {name: Likeness(**found[name]) for name in ("topic", "attribute")})


def write_settings(settings: Settings, path: Path) -> None:
    """Write model.json."""
    path.write_text(json.dumps(asdict(settings), indent=2) + "\n", encoding="utf-8")
