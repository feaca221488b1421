"""Learn the word weights by which romanised Hindi and Urdu are told from each other and from the rest."""

import re
from collections import Counter
from math import log
from pathlib import Path

from sentiment.language import bare_words
from sentiment.training.corpus import rows

HINDI = ("umsab_hi",)
URDU = ("ur_roman_uci", "ur_roman_daraz")
OTHERS = (
    *("semeval17_en", "sst_3class", "banking77", "custrev", "app_reviews", "m_absa_en"),
    *("umsab_es", "m_absa_es", "umsab_de", "umsab_fr", "umsab_it", "umsab_pt"),
    *("tr_store_reviews", "tr_ecommerce_reviews", "xed_et"),
)
WORDS = 700
"""Words kept: those that say most."""
SMOOTHING = 2.0
_WORD = re.compile(r"[a-z]+")


def weigh_words(data: Path) -> dict[str, tuple[int, int]]:
    """Return word -> tenths of log odds (romanised against the rest, Urdu against Hindi).

    Naive Bayes over texts (Bernoulli, smoothed): a word counts once a text, and sets are weighed alike, so
    that the size of a set is no evidence.
    """
    hindi, urdu, other = (_mean([_share(data, name) for name in names]) for names in (HINDI, URDU, OTHERS))
    weights = {}
    for word in {*hindi, *urdu} - {"user", "http"}:
        h, u, o = (max(share.get(word, 0.0), 5e-4) for share in (hindi, urdu, other))
        gain = (h + u) / 2
        weights[word] = (gain * abs(log(gain / o)) + gain * abs(log(u / h)) / 2, log(gain / o), log(u / h))
    best = sorted(weights, key=lambda word: -weights[word][0])[:WORDS]
    return {word: (round(10 * weights[word][1]), round(10 * weights[word][2])) for word in sorted(best)}


def write_module(weights: dict[str, tuple[int, int]], path: Path) -> None:
    """Write the weights as the table that `sentiment.language` reads."""
    lines, line = [], ""
    for word, (romanised, urdu) in weights.items():
        entry = f"{word} {romanised} {urdu}; "
        if len(line) + len(entry) > 116:
            lines.append(line.rstrip())
            line = ""
        line += entry
    lines.append(line.rstrip().rstrip(";"))
    body = "\n".join(lines)
    path.write_text(
        '"""Word weights of romanised Hindi and Urdu, made by `sentiment.training.romanised`; not to be edited."""\n\n'
        "# word, then tenths of log odds: romanised against other languages, Urdu against Hindi.\n"
        f'TABLE = """\n{body}\n"""\n',
        encoding="utf-8",
    )


def _share(data: Path, name: str) -> dict[str, float]:
    """Return each word's share of a set's texts, but for words too rare to judge."""
    texts = [row["text"] for row in rows(data / name / "train.jsonl")]
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(_WORD.findall(bare_words(text))))
    return {word: count / len(texts) for word, count in counts.items() if count > SMOOTHING}


def _mean(shares: list[dict[str, float]]) -> dict[str, float]:
    words = {word for share in shares for word in share}
    return {word: sum(share.get(word, 0.0) for share in shares) / len(shares) for word in words}
