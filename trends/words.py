"""Words in any script, and those that one brand's customers use more than the others'."""

from __future__ import annotations

import functools
import re
import unicodedata
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Counts = NDArray[np.int64] | NDArray[np.float64]

LANGUAGES = ("en", "hi", "ur", "tr", "es", "de", "fr", "it", "pt", "ar", "et")
"""Languages whose stop words are left out; those of romanised Hindi and Urdu are in ROMANISED."""
ROMANISED = frozenset(
    """
    hai hain ho hoon tha thi the ka ki ke ko se mein main me par pe ne aur ya bhi hi to toh nahi nahin na mat kya kyun
    kyon kaise kab kahan koi kuch sab bas abhi ab phir fir jab tab jo wo woh yeh ye is us in un iss uss mera meri mere
    mujhe hum ham humne maine aap tum ap apka apki apna apni apne bahut bohot bhai yaar wala wale wali raha rahi rahe
    gaya gayi gaye kar karo karna karke kiya hua hui hue diya liya lekin magar agar sirf ek do tak saath liye
    """.split()  # noqa: SIM905
)
URDU = frozenset(
    """
    لیے لئے نے ہیں ہوں ہوا ہوئے ہوئی تھی تھے رہے رہا رہی گئے گئی گیا والے والی والا مجھے میرے میری میرا نہیں
    """.split()  # noqa: SIM905
)
"""Urdu stop words that the package's list lacks."""
HELD = frozenset(("http", "https", "www", "com", "user", "amp", "rt"))
"""Left by links, names and markup: they say nothing of a brand."""
PRIOR_PART, PRIOR_MOST = 0.1, 500.0
"""Words that the prior is worth: a tenth of all words, so that a quiet week can say something, and never more than this."""
SHORTEST = 3
# Urdu, Persian and Arabic keyboards give different code points for yeh, kaf and heh.
ONE_FORM = str.maketrans({"’": "'", "İ": "i", "ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ"})
MARKS_UP_TO = 0xFFFF
"""Combining marks are looked for in the basic plane, where the scripts of the supported languages are."""


@functools.cache
def word_pattern() -> re.Pattern[str]:
    """Runs of letters and digits with their combining marks and joiners, so that Devanagari and Urdu words stay whole."""
    letters = map(chr, range(0x300, MARKS_UP_TO))
    marks = "".join(letter for letter in letters if unicodedata.category(letter) in ("Mn", "Mc"))
    return re.compile(rf"[^\W_]+(?:(?:[{re.escape(marks)}\u200c\u200d]|['’](?=[^\W_]))[^\W_]*)*")


@functools.cache
def stop_words() -> frozenset[str]:
    """Words that every text has, in the supported languages."""
    import stopwordsiso

    listed = {fold(word) for language in LANGUAGES for word in stopwordsiso.stopwords(language)}
    return frozenset(listed | ROMANISED | {fold(word) for word in URDU} | HELD)


def fold(word: str) -> str:
    """One form of a word: NFC, lower case, straight apostrophes, Turkish İ as i, Urdu letters in one code point."""
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFC", word.translate(ONE_FORM).lower())


def split_words(text: str) -> list[str]:
    """The words of a text, folded, in order."""
    return word_pattern().findall(fold(text))


def telling_words(text: str, ignored: Collection[str]) -> set[str]:
    """The words of a text that may say something: no stop words, numbers, single letters or ignored words."""
    stops = stop_words()
    return {
        word
        for word in split_words(text)
        if len(word) >= SHORTEST and word not in stops and not is_ignored(word, ignored) and not any(map(str.isdigit, word))
    }


def hash_words(text: str) -> list[int]:
    """The hashes of the telling words of a text, and of its phrases of two such words side by side; each once.

    A word stands without what follows an apostrophe, as names have in Turkish (`tamarind'den`).
    """
    return list(dict.fromkeys(hash_each(telling_terms(text))))


def hash_word(word: str) -> int:
    """32 bits of a word or phrase, so that no list of all words, which may be names, has to be kept."""
    return zlib.crc32(word.encode())


def hash_each(words: Iterable[str]) -> Iterator[int]:
    """As `hash_word`, of many."""
    return map(zlib.crc32, map(str.encode, words))


def telling_terms(text: str) -> list[str]:
    """The telling words of a text, and its phrases, in order."""
    terms: list[str] = []
    last, stops = "", stop_words()
    for word in split_words(text):
        bare = ""
        # Most words are all letters, which is soon known; others may have marks or joiners in them.
        if len(word) >= SHORTEST and word not in stops and (word.isalpha() or not any(map(str.isdigit, word))):
            bare = word.partition("'")[0]
            terms.append(bare)
            if last:
                terms.append(f"{last} {bare}")
        last = bare
    return terms


def is_ignored(word: str, ignored: Collection[str]) -> bool:
    """Whether a word is ignored, also with a suffix set off by an apostrophe, as Turkish does to names: `tamarind'den`."""
    return word in ignored or word.partition("'")[0] in ignored


def log_odds(
    first: Counts, second: Counts, *, totals: tuple[float, float] | None = None, prior: float | None = None
) -> NDArray[np.float64]:
    """The z score of each word's log-odds ratio between two sides, from how often each side uses it.

    Monroe, Colaresi and Quinn, "Fightin' Words" (2008), equations 16, 20 and 21; the prior is the pooled frequency of the
    words, worth `prior` words (PRIOR_PART of them without one). Above zero a word is over-used by the first side. `totals` are
    what all words of each side add up to, where these are not all of them.
    """
    import numpy as np

    whole, other = totals or (float(np.sum(first)), float(np.sum(second)))
    pooled = np.asarray(first, float) + second
    worth = min(PRIOR_PART * (whole + other), PRIOR_MOST) if prior is None else prior
    alpha = worth * pooled / (whole + other)
    here, there = first + alpha, second + alpha
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(here / (whole + worth - here)) - np.log(there / (other + worth - there))
        scores = odds / np.sqrt(1 / here + 1 / there)
    # A word that is all that a side says has no odds.
    known: NDArray[np.float64] = np.nan_to_num(scores, nan=0.0, posinf=0.0, neginf=0.0)
    return known


def log_odds_of(first: Mapping[str, int], second: Mapping[str, int]) -> dict[str, float]:
    """`log_odds` of words by their names."""
    import numpy as np

    words = sorted({*first, *second})
    sides = (np.array([side.get(word, 0) for word in words], float) for side in (first, second))
    return dict(zip(words, log_odds(*sides).tolist(), strict=True))
