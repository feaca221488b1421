"""Vendors' exports: how a file is recognised as one, and what of it is what."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from dateutil.tz import gettz

from crawlers.columns import NAMES, choose_columns, plain_name, zone_of
from crawlers.questions import find_questions
from crawlers.tables import Fault, ImportProblem, Row, Table
from store.records import IMPORTED, Kind, Measure

GENERIC = "generic"
"""The name of the format that is none: columns are taken by what they are called."""
LABELS = 2
"""Lines below the header that may hold the questions instead of answers (Qualtrics writes two, SurveyMonkey one)."""


@dataclass(frozen=True, kw_only=True)
class Export:
    """One vendor's export."""

    name: str
    title: str
    """What it is, in a few words."""
    signature: tuple[str, ...] = ()
    """Plain names of columns that only this export has together."""
    columns: Mapping[str, tuple[str, ...]]
    """Plain names of the column of each field, likeliest first."""
    kind: Kind = "review"
    source: str = IMPORTED
    """The source that has the same rows under the same ids, if there is one; else `import`."""
    site: str = ""
    """Where these were said, when no column tells; empty for the file's name."""
    measure: Measure = "stars"
    best: float | None = None
    day_first: bool | None = None
    """Whether 03/04/2026 is in April, where the vendor always writes it one way."""
    own: bool = False
    """Whether only the owner can export it, so that every row is about the one own brand, named in it or not."""
    identity: tuple[str, ...] = ()
    """Fields that make a row what it is where it has no id, and that an edit does not change; empty for all of it."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Ratings in words, in lower case, as numbers; empty where the word says that there is none."""
    removed: frozenset[str] = frozenset()
    """Statuses, in lower case, of what is deleted at the vendor: a tombstone is kept of what we have."""
    skipped: frozenset[str] = frozenset()
    """Statuses, in lower case, of what no customer said: tests, previews, spam."""
    nobody: frozenset[str] = frozenset()
    """Author names, in lower case, that stand for an unknown author."""
    id_form: str = ""
    """What the ids of rows look like, where lines below the header are none."""
    asks: bool = False
    """Whether the columns are questions of the owner's own, to be found among the others."""
    aside: tuple[str, ...] = ()
    """Plain names of columns that are no questions."""
    first: tuple[str, ...] = ()
    """What the first column is called, in the vendor's languages, where nothing else tells the export."""
    added: tuple[str, ...] = ()
    """Columns that `adapt` makes."""
    adapt: Callable[[Row], Row] | None = None
    """Reads what no column map can."""

    def recognises(self, columns: Sequence[str]) -> bool:
        """Whether a file with these columns is this export."""
        plain = [plain_name(column) for column in columns]
        if self.first:
            asked = any("?" in column or len(column.split()) > 3 for column in columns[1:])
            return bool(plain) and plain[0] in self.first and asked
        return bool(self.signature) and set(self.signature) <= set(plain)

    @property
    def sign(self) -> str:
        """What it is recognised by, for people."""
        if self.first:
            return f"first column {self.first[0]}, then questions"
        return ", ".join(self.signature)


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How one file fits its export."""

    export: Export
    columns: Mapping[str, str]
    """What is taken from which column."""
    texts: tuple[str, ...] = ()
    """Columns whose answers together are the text, where it is more than one."""
    measure: Measure | None = None
    """What the question that was found measures."""
    skip: frozenset[int] = frozenset()
    """Lines below the header that hold questions."""
    zones: Mapping[str, str] = field(default_factory=dict)
    """The time zone that a field's column names."""
    unused: tuple[str, ...] = ()
    """Columns that nothing is taken from."""

    @property
    def shown(self) -> dict[str, str]:
        """What is taken from which column, for people."""
        return {**self.columns, **({"text": " + ".join(self.texts)} if self.texts else {})}


def fit_export(export: Export, table: Table, wanted: Mapping[str, str]) -> Fit:
    """Choose the columns of a file; `wanted` are the user's words. Raises `ImportProblem` for columns that are not there."""
    there = (*table.columns, *(name for name in export.added if name not in table.columns))
    if export.asks:
        return fit_survey(export, table, there, wanted)
    chosen = choose_columns(there, wanted, names=names_of(export), needed=("text",) if export.name == GENERIC else ())
    return make_fit(export, there, chosen)


def fit_survey(export: Export, table: Table, there: Sequence[str], wanted: Mapping[str, str]) -> Fit:
    """Choose the columns of a survey: the rating question, and every question that is answered in words."""
    chosen = choose_columns(there, wanted, names=names_of(export), needed=())
    labels, answers, skip = read_top(table, export, chosen.get("id"))
    taken = {plain_name(name) for name in chosen.values()} | set(export.aside)
    found = find_questions([name for name in there if name and plain_name(name) not in taken], labels, answers)
    measure = None
    if found.rating and "rating" not in wanted:
        chosen, measure = {**chosen, "rating": found.rating}, found.measure
    texts: tuple[str, ...] = ()
    if "text" not in wanted:
        texts = found.texts
    if texts:
        chosen["text"] = texts[0]
    elif "text" not in chosen and wanted.get("text") != "-":
        questions = ", ".join(name for name in there if name and plain_name(name) not in taken)
        raise ImportProblem(
            f"no question looks like one that is answered in words; there are: {questions}. "
            "Name it with --column text=NAME, or say that there is none with --column text=-"
        )
    return make_fit(export, there, chosen, texts=texts if len(texts) > 1 else (), measure=measure, skip=skip)


def make_fit(
    export: Export,
    there: Sequence[str],
    chosen: Mapping[str, str],
    *,
    texts: tuple[str, ...] = (),
    measure: Measure | None = None,
    skip: frozenset[int] = frozenset(),
) -> Fit:
    """Write down what was chosen, and what is left over."""
    taken = {*chosen.values(), *texts, *export.added}
    zones = {name: zone for name, column in chosen.items() if (zone := zone_of(column)) and gettz(zone)}
    unnamed = there.count("")
    left = [name for name in dict.fromkeys(there) if name and name not in taken]
    unused = (*left, *([f"{unnamed} without a name"] if unnamed else []))
    return Fit(export=export, columns=dict(chosen), texts=texts, measure=measure, skip=skip, zones=zones, unused=unused)


def names_of(export: Export) -> dict[str, tuple[str, ...]]:
    """Every field that may be named, with the columns that the export keeps it in."""
    return {name: export.columns.get(name, ()) for name in NAMES}


def read_top(table: Table, export: Export, id_column: str | None) -> tuple[dict[str, str], list[Row], frozenset[int]]:
    """(column -> question, the first answers, lines that hold questions) of a survey."""
    labels: dict[str, str] = {}
    answers: list[Row] = []
    skip: set[int] = set()
    for place, row in enumerate(islice(table.rows(), 200)):
        if isinstance(row, Fault):
            continue
        line, cells = row
        is_label = place < LABELS and export.id_form and not re.fullmatch(export.id_form, cells.get(id_column or "", ""))
        if is_label:
            skip.add(line)
            labels |= {name: f"{labels.get(name, '')} {cell}".strip() for name, cell in cells.items() if "ImportId" not in cell}
        else:
            answers.append(cells)
    return labels, answers, frozenset(skip)


def check_export(export: Export, table: Table, wanted: Mapping[str, str]) -> None:
    """Raise `ImportProblem` where a file has nothing to read of the export that the user says it is."""
    there = {plain_name(column) for column in table.columns} | set(export.added)
    known = [name for said in ("text", "title", "rating") for name in export.columns.get(said, ())]
    if known and not there & set(known) and not wanted.keys() & {"text", "title", "rating"}:
        raise ImportProblem(
            f"this is no {export.title}: it has no column {', '.join(known)}; there are: {', '.join(table.columns)}. "
            "Leave --format out, or name the columns with --column"
        )


def explain_format(name: str, known: Sequence[str]) -> str:
    """What to say of a format that there is none of."""
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
    return f"--format {name}: there is no such format; {hint}"
