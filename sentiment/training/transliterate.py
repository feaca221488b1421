"""Write Devanagari in Urdu's script or in Latin letters, as people type it.

Hindi and Urdu are one spoken language; the parallel sentences exist in Devanagari only. Spelling by rule is
rougher than a person's, yet it ties the scripts' everyday words to the same English sentence.
"""

import re

_CONSONANTS = {
    "क": ("k", "ک"), "ख": ("kh", "کھ"), "ग": ("g", "گ"), "घ": ("gh", "گھ"), "ङ": ("n", "ن"),
    "च": ("ch", "چ"), "छ": ("ch", "چھ"), "ज": ("j", "ج"), "झ": ("jh", "جھ"), "ञ": ("n", "ن"),
    "ट": ("t", "ٹ"), "ठ": ("th", "ٹھ"), "ड": ("d", "ڈ"), "ढ": ("dh", "ڈھ"), "ण": ("n", "ن"),
    "त": ("t", "ت"), "थ": ("th", "تھ"), "द": ("d", "د"), "ध": ("dh", "دھ"), "न": ("n", "ن"),
    "प": ("p", "پ"), "फ": ("ph", "پھ"), "ब": ("b", "ب"), "भ": ("bh", "بھ"), "म": ("m", "م"),
    "य": ("y", "ی"), "र": ("r", "ر"), "ल": ("l", "ل"), "व": ("v", "و"), "श": ("sh", "ش"),
    "ष": ("sh", "ش"), "स": ("s", "س"), "ह": ("h", "ہ"), "ळ": ("l", "ل"),
}  # fmt: skip
_NUKTA = {
    "क": ("q", "ق"), "ख": ("kh", "خ"), "ग": ("gh", "غ"), "ज": ("z", "ز"), "ड": ("r", "ڑ"),
    "ढ": ("rh", "ڑھ"), "फ": ("f", "ف"),
}  # fmt: skip
_VOWELS = {
    "अ": ("a", "ا"), "आ": ("aa", "آ"), "इ": ("i", "ا"), "ई": ("ee", "ای"), "उ": ("u", "ا"), "ऊ": ("oo", "او"),
    "ए": ("e", "اے"), "ऐ": ("ai", "اے"), "ओ": ("o", "او"), "औ": ("au", "او"), "ऑ": ("o", "آ"), "ऋ": ("ri", "ر"),
}  # fmt: skip
_SIGNS = {
    "ा": ("A", "ا"), "ि": ("i", ""), "ी": ("i", "ی"), "ु": ("u", ""), "ू": ("oo", "و"), "े": ("e", "ی"),
    "ै": ("ai", "ی"), "ो": ("o", "و"), "ौ": ("au", "و"), "ॉ": ("o", "ا"), "ृ": ("ri", "ر"),
}  # fmt: skip
_NASAL = {"ं": ("n", "ں"), "ँ": ("n", "ں"), "ः": ("h", "ہ")}
_VIRAMA, _NUKTA_SIGN = "्", "़"
_MEDIAL_A = re.compile("(?<=[aeiouA][bcdgjklmnpqrstvyz])a(?=[bcdghjklmnpqrstvyz][aeiouA])")
# Frequent little words whose customary spelling no rule gives.
_LATIN_WORDS = {"है": "hai", "हैं": "hain", "में": "mein", "नहीं": "nahi", "बहुत": "bahut", "और": "aur", "यह": "ye",
                "वह": "wo", "मैं": "main", "मुझे": "mujhe", "अच्छा": "acha", "के": "ke", "को": "ko"}  # fmt: skip
_ARABIC_WORDS = {"है": "ہے", "हैं": "ہیں", "में": "میں", "नहीं": "نہیں", "बहुत": "بہت", "और": "اور", "यह": "یہ",
                 "वह": "وہ", "मैं": "میں", "मुझे": "مجھے", "अच्छा": "اچھا", "के": "کے", "को": "کو", "से": "سے",
                 "एक": "ایک", "लिए": "لیے", "ने": "نے", "भी": "بھی", "कि": "کہ", "थे": "تھے", "इस": "اس"}  # fmt: skip


def to_latin(text: str) -> str:
    """Return Devanagari text in informal Latin letters (no diacritics)."""
    return " ".join(_LATIN_WORDS.get(word) or _unspoken(_spell(word, 0)) for word in _words(text))


def to_urdu(text: str) -> str:
    """Return Devanagari text in Urdu's Arabic script."""
    return " ".join(_ARABIC_WORDS.get(word) or _final_yeh(word, _spell(word, 1)) for word in _words(text))


def _words(text: str) -> list[str]:
    for sign in "।,.!?":
        text = text.replace(sign, f" {sign} ")
    return text.split()


def _spell(word: str, script: int) -> str:
    out: list[str] = []
    for i, char in enumerate(word):
        following = word[i + 1] if i + 1 < len(word) else ""
        if char in _CONSONANTS:
            table = _NUKTA if following == _NUKTA_SIGN and char in _NUKTA else _CONSONANTS
            after = word[i + 2 : i + 3] if following == _NUKTA_SIGN else following
            out.append(table[char][script] + ("a" if script == 0 and _inherent(after) else ""))
        elif char not in (_VIRAMA, _NUKTA_SIGN):
            out.append(_letter(char, script, last=not following))
    return "".join(out)


def _inherent(following: str) -> bool:
    """Say whether a consonant is spoken with its inherent vowel before `following`."""
    return following not in _SIGNS and following != _VIRAMA


def _letter(char: str, script: int, last: bool) -> str:
    if char in _NASAL and script == 1 and not last:
        return "ن"
    for table in (_VOWELS, _SIGNS, _NASAL):
        if char in table:
            return table[char][script]
    return {"।": "۔" if script else "."}.get(char, char)


def _unspoken(word: str) -> str:
    """Drop the inherent vowels (a; A is a written one) that Hindi does not speak: final, and in VC_CV."""
    if len(word) > 2 and word.endswith("a") and word[-2] not in "aeiouA":
        word = word[:-1]
    return _MEDIAL_A.sub("", word).lower()


def _final_yeh(source: str, word: str) -> str:
    """Write a final e or ai with the open yeh that Urdu uses there."""
    return word[:-1] + "ے" if source[-1:] in "ेै" and word.endswith("ی") else word
