"""Reading a source's options in its `check_options`: every mistake with its place, unknown options among them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import urlsplit

from config import Problem


def check_known(options: Mapping[str, object], known: Collection[str], place: str = "") -> Iterator[Problem]:
    """Options that nobody reads, with the likeliest right name."""
    for key in options:
        if key not in known:
            close = difflib.get_close_matches(key, known, 1)
            hint = f"did you mean {close[0]}?" if close else f"known here: {', '.join(sorted(known))}"
            yield Problem(at(place, key), f"is not a setting; {hint}")


def check_url(options: Mapping[str, object], key: str, place: str = "", *, needed: bool = False) -> Iterator[Problem]:
    """A web address."""
    if key not in options:
        if needed:
            yield Problem(at(place, key), f'is missing; add {key} = "https://…"')
        return
    value = options[key]
    if not isinstance(value, str) or not is_url(value):
        yield Problem(at(place, key), f'{value!r} is no web address; write one like "https://example.com/page"')


def check_text(options: Mapping[str, object], key: str, place: str = "") -> Iterator[Problem]:
    """A string that is not empty."""
    value = options.get(key, "text")
    if not isinstance(value, str) or not value.strip():
        yield Problem(at(place, key), f'{value!r} should be "text" in quotes')


def check_flag(options: Mapping[str, object], key: str, place: str = "") -> Iterator[Problem]:
    """True or false."""
    if not isinstance(value := options.get(key, True), bool):
        yield Problem(at(place, key), f"{value!r} should be true or false, without quotes")


def check_texts(options: Mapping[str, object], key: str, place: str = "") -> Iterator[Problem]:
    """A list of strings that are not empty."""
    value = options.get(key, ["text"])
    if not isinstance(value, list) or not value:
        yield Problem(at(place, key), f'{value!r} should be a list like ["a", "b"], not empty')
        return
    for position, item in enumerate(value):
        if not isinstance(item, str) or not item.strip():
            yield Problem(f"{at(place, key)}[{position}]", f'{item!r} should be "text" in quotes')


def check_tables(options: Mapping[str, object], key: str, example: str) -> Iterator[Problem]:
    """A list of tables that is not empty; what is in them is checked by the caller."""
    value = options.get(key)
    if not isinstance(value, list) or not value:
        yield Problem(
            key,
            f"{value!r} should be a list of tables; write {key} = [{example}]"
            if key in options
            else f"is missing; add {key} = [{example}]",
        )
        return
    for position, item in enumerate(value):
        if not isinstance(item, Mapping):
            yield Problem(f"{key}[{position}]", f"{item!r} should be a table like {example}")


def tables_of(options: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    """The tables of a list, leaving out what is none."""
    value = options.get(key)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def is_url(value: str) -> bool:
    """Whether a string is a web address with a host."""
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def at(place: str, key: str) -> str:
    """The place of a key within a table."""
    return f"{place}.{key}" if place else key
