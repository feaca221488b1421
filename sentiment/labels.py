"""Map the labels of a stranger's classifier to ours, and say how where it cannot be known."""

import hashlib
import json
import re
import shlex
from collections.abc import Mapping, Sequence

from config.records import SENTIMENTS

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SHELL = re.compile(r'["$`\\!]')
"""What a shell reads within double quotes."""
_STARS = re.compile(r"(\d)(?:\s*stars?)?")
_NUMBERED = re.compile(r"(?:label_)?\d+")
_FIVE = ("negative", "negative", "neutral", "positive", "positive")
_BY_ORDER: Mapping[int, Sequence[str]] = {2: ("negative", "positive"), 3: SENTIMENTS, 5: _FIVE}
"""What numbered labels usually mean, by how many there are."""


class LabelsDoNotFit(ValueError):
    """A model's labels cannot be mapped to ours; the message lists them."""

    def __init__(self, name: str, fault: str, own: Sequence[str], mapped: Mapping[str, str]) -> None:
        done = ", ".join(f"{label} as {ours}" for label, ours in mapped.items()) or "none"
        super().__init__(f"the labels of {name} do not fit: {fault}. It has {', '.join(own)}; mapped: {done}")
        self.proposal = {label: mapped.get(label) or guess(label, i, own) for i, label in enumerate(own)}
        """Every label of the model with one of ours: those mapped, and a guess at the others."""

    def as_toml(self) -> str:
        """Return the proposal as a line for the table [sentiment]."""
        pairs = (f"{label if _BARE.fullmatch(label) else json.dumps(label)} = " for label in self.proposal)
        joined = (f'{key}"{ours}"' for key, ours in zip(pairs, self.proposal.values(), strict=True))
        return f"labels = {{ {', '.join(joined)} }}"

    def as_option(self) -> str:
        """Return the proposal as the option `--labels`, for a shell."""
        pairs = ",".join(f"{label}={ours}" for label, ours in self.proposal.items())
        return f"--labels {shlex.quote(pairs)}" if _SHELL.search(pairs) else f'--labels "{pairs}"'


def map_labels(name: str, own: Sequence[str], given: Mapping[str, str]) -> tuple[str, ...]:
    """Return one of our labels for each of a model's, in its order: the given ones, else those that are called as ours.

    Raises LabelsDoNotFit where a label has none, where `given` names one that the model lacks, or where fewer than two
    of ours are covered.
    """
    called = {label: label.strip().lower() for label in own if label.strip().lower() in SENTIMENTS}
    mapped = called | {label: ours for label, ours in given.items() if label in own}
    if strangers := [label for label in given if label not in own]:
        raise LabelsDoNotFit(name, f"it has no {', '.join(map(repr, strangers))}", own, mapped)
    if unmapped := [label for label in own if label not in mapped]:
        raise LabelsDoNotFit(name, f"nothing says what {', '.join(unmapped)} should count as", own, mapped)
    if len(covered := set(mapped.values())) < 2:
        raise LabelsDoNotFit(
            name, f"all of them count as {', '.join(covered)}, and at least two of ours are needed", own, mapped
        )
    return tuple(mapped[label] for label in own)


def guess(label: str, i: int, own: Sequence[str]) -> str:
    """Return the likeliest of our labels for the i-th of a model's: by its name, its stars, or its number."""
    lower = label.strip().lower()
    for ours in SENTIMENTS:
        if lower.startswith(ours[:3]):
            return ours
    stars = [match[1] if (match := _STARS.fullmatch(one.strip().lower())) else "" for one in own]
    if sorted(stars) == ["1", "2", "3", "4", "5"]:
        return _FIVE[int(stars[i]) - 1]
    if _NUMBERED.fullmatch(lower) and len(own) in _BY_ORDER:
        return _BY_ORDER[len(own)][i]
    return "neutral"


def mark_of(own: Sequence[str], mapped: Sequence[str]) -> str:
    """Return a short mark of a mapping, empty where every label is called as ours: another mapping is another tagger."""
    if all(label.strip().lower() == ours for label, ours in zip(own, mapped, strict=True)):
        return ""
    pairs = json.dumps(list(zip(own, mapped, strict=True)))
    return "+" + hashlib.sha256(pairs.encode()).hexdigest()[:6]
