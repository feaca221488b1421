"""Mentions in languages that the classifier does not read well enough: counted beside the figures, never in a share."""

from __future__ import annotations

from collections.abc import Sequence

from trends.answers import Count

NAMES = {
    "ar": "Arabic", "ar-Latn": "romanised Arabic", "az": "Azerbaijani", "bg": "Bulgarian", "bho": "Bhojpuri",
    "bn": "Bengali", "bn-Latn": "romanised Bengali", "ca": "Catalan", "ckb": "Kurdish", "cs": "Czech", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian",
    "fa-Latn": "romanised Persian", "fi": "Finnish", "fr": "French", "gl": "Galician", "gsw": "Swiss German",
    "gu": "Gujarati", "gu-Latn": "romanised Gujarati", "he": "Hebrew", "hi": "Hindi", "hi-Latn": "romanised Hindi",
    "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "kn": "Kannada",
    "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "mai": "Maithili", "ml": "Malayalam", "mr": "Marathi",
    "mr-Latn": "romanised Marathi", "ms": "Malay", "ne": "Nepali", "ne-Latn": "romanised Nepali", "nl": "Dutch",
    "no": "Norwegian", "pa": "Punjabi", "pa-Latn": "romanised Punjabi", "pl": "Polish", "pnb": "Punjabi", "ps": "Pashto",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "ru-Latn": "romanised Russian", "sd": "Sindhi", "sk": "Slovak",
    "sl": "Slovenian", "so": "Somali", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil",
    "ta-Latn": "romanised Tamil", "te": "Telugu", "te-Latn": "romanised Telugu", "th": "Thai", "tk": "Turkmen",
    "tl": "Tagalog", "tr": "Turkish", "ug": "Uyghur", "uk": "Ukrainian", "ur": "Urdu", "ur-Latn": "romanised Urdu",
    "uz": "Uzbek", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
"""Names in English of the languages met most; any other is named by its code."""
CODES = {name.casefold(): code for code, name in reversed(NAMES.items())}
"""The code of each name; of a name that two have, the first."""
NAMED = 5
"""Languages that the sentence names; the others are only counted."""


def code_of(language: str) -> str:
    """The code of a language given by its English name, in any case; anything else as it is given."""
    asked = " ".join(language.split())
    return CODES.get(asked.casefold(), asked)


def say_unsupported(counts: Sequence[Count], n: int) -> str:
    """What was left out of the shares, in one sentence; empty when nothing was."""
    total = sum(count.count for count in counts)
    if not total:
        return ""
    listed = name_languages([(count.name, count.count) for count in counts])
    be, they = ("is in a language", "it is") if total == 1 else ("are in languages", "they are")
    mentions = "mention" if n == 1 else "mentions"
    return (
        f"{total:,} of {n:,} {mentions} {be} that the classifier does not read well enough to count ({listed}): "
        f"{they} among the mentions, not in the shares of sentiment, complaints, topics and attributes."
    )


def name_languages(counts: Sequence[tuple[str, int]]) -> str:
    """Name languages in English with their counts, the first few; the others are counted together."""
    named = [f"{NAMES.get(code, code)} {count:,}" for code, count in counts[:NAMED]]
    rest = sum(count for _, count in counts[NAMED:])
    return ", ".join([*named, f"others {rest:,}"] if rest else named)
