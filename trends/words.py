"""Words in any script, and those that one brand's customers use more than the others'."""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from trends.intervals import discoveries

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
MIN_PEOPLE = 3
"""People who must use a word before it says something of the brand."""
SHORTEST = 3
# Urdu, Persian and Arabic keyboards give different code points for yeh, kaf and heh.
ONE_FORM = str.maketrans({"’": "'", "İ": "i", "ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ"})
MARKS_UP_TO = 0xFFFF
"""Combining marks are looked for in the basic plane, where the scripts of the supported languages are."""


@dataclass(frozen=True)
class Distinctive:
    """A word over-used for one side."""

    word: str
    first: int
    """People (anonymous mentions one each) of the one side who use it."""
    second: int
    z: float


@functools.cache
def word_pattern() -> re.Pattern[str]:
    """Runs of letters and digits with their combining marks and joiners, so that Devanagari and Urdu words stay whole."""
    letters = map(chr, range(0x300, MARKS_UP_TO))
    marks = "".join(letter for letter in letters if unicodedata.category(letter) in ("Mn", "Mc"))
    return re.compile(rf"[^\W_](?:[^\W_]|[{re.escape(marks)}\u200c\u200d]|['’](?=[^\W_]))*")


@functools.cache
def stop_words() -> frozenset[str]:
    """Words that every text has, in the supported languages."""
    import stopwordsiso

    listed = {fold(word) for language in LANGUAGES for word in stopwordsiso.stopwords(language)}
    return frozenset(listed | ROMANISED | {fold(word) for word in URDU} | HELD)


def fold(word: str) -> str:
    """One form of a word: NFC, lower case, straight apostrophes, Turkish İ as i, Urdu letters in one code point."""
    return unicodedata.normalize("NFC", word.translate(ONE_FORM).lower())


def split_words(text: str) -> list[str]:
    """The words of a text, folded, in order."""
    return [fold(word) for word in word_pattern().findall(text)]


def telling_words(text: str, ignored: Collection[str]) -> set[str]:
    """The words of a text that may say something: no stop words, numbers, single letters or ignored words."""
    stops = stop_words()
    return {
        word
        for word in split_words(text)
        if len(word) >= SHORTEST and word not in stops and not is_ignored(word, ignored) and not any(map(str.isdigit, word))
    }


def is_ignored(word: str, ignored: Collection[str]) -> bool:
    """Whether a word is ignored, also with a suffix set off by an apostrophe, as Turkish does to names: `tamarind'den`."""
    return word in ignored or word.partition("'")[0] in ignored


def log_odds(first: Mapping[str, int], second: Mapping[str, int], *, prior: float | None = None) -> dict[str, float]:
    """The z score of each word's log-odds ratio between two sides, with an informative Dirichlet prior.

    Monroe, Colaresi and Quinn, "Fightin' Words" (2008), equations 16, 20 and 21; the prior is the pooled frequency of the
    words, worth `prior` words (PRIOR_PART of them without one). Above zero a word is over-used by the first side.
    """
    pooled = Counter(first) + Counter(second)
    total, total1, total2 = sum(pooled.values()), sum(first.values()), sum(second.values())
    prior = min(PRIOR_PART * total, PRIOR_MOST) if prior is None else prior
    scores = {}
    for word, count in pooled.items():
        alpha = prior * count / total
        counts1, counts2 = first.get(word, 0) + alpha, second.get(word, 0) + alpha
        rest1, rest2 = total1 + prior - counts1, total2 + prior - counts2
        if rest1 <= 0 or rest2 <= 0:
            continue
        delta = math.log(counts1 / rest1) - math.log(counts2 / rest2)
        scores[word] = delta / math.sqrt(1 / counts1 + 1 / counts2)
    return scores


def find_distinctive(first: Mapping[str, int], second: Mapping[str, int], *, limit: int) -> list[Distinctive]:
    """The words that the first side over-uses, highest z first.

    Of the words that enough people use to be more than a manner of speech: those that stand out, at a false discovery
    rate of 5%.
    """
    if not first or not second:
        return []
    scores = log_odds(first, second)
    said = [word for word, people in first.items() if people >= MIN_PEOPLE and word in scores]
    stands_out = discoveries([math.erfc(abs(scores[word]) / math.sqrt(2)) for word in said])
    telling = [
        Distinctive(word, first[word], second.get(word, 0), scores[word])
        for word, real in zip(said, stands_out, strict=True)
        if real and scores[word] > 0
    ]
    return sorted(telling, key=lambda word: (-word.z, word.word))[:limit]


def count_users(people: Sequence[Collection[str]]) -> Counter[str]:
    """How many people use each word, from the set of words of each."""
    return Counter(word for words in people for word in words)
