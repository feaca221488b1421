"""How the demo's search boxes match: every word of the question stands in the text, whatever its case or accents."""

from __future__ import annotations

import unicodedata


def matches(question: str, *texts: str | None) -> bool:
    """Tell whether the texts hold all words of one of the question's alternatives (`a b OR c`); an empty one matches."""
    hay = _fold(" ".join(text for text in texts if text))
    alternatives = [part.replace('"', " ").split() for part in question.split(" OR ")]
    return any(all(_fold(word) in hay for word in words) for words in alternatives)


def _fold(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
