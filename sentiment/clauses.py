"""Cut a sentence where it turns from one judgement to another: "great food, rude staff" is two."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from sentiment.names import fold
from sentiment.parts import Part, find_words
from sentiment.sentences import split_own

SURE = """
but whereas however aber jedoch hingegen pero cependant però tuttavia invece mentre porém enquanto contudo entretanto
ama fakat lakin oysa halbuki lekin magar jabki halanki मगर लेकिन परंतु परन्तु किंतु किन्तु जबकि हालांकि हालाँकि لیکن مگر
جبکہ حالانکہ البتہ aga kuid samas لكن ولكن لكنه لكنها بينما
"""
"""Contrast words that cut wherever they stand between two parts."""
AFTER_COMMA = """
yet although though while except doch während obwohl allerdings nur aunque sólo mais ma mas embora só ancak yalnız
par per पर بس پر kuigi ent ainult
"""
"""Contrast words of other uses too ("ma commande", "mas caro"): they cut behind a comma, or where both parts judge."""
PHRASES = ("en cambio", "sin embargo", "mientras que", "alors que", "tandis que", "en revanche")
"""Contrast words of two words, which cut too."""
NOT_BEFORE = frozenset("nothing anything all everything none none last can't cannot".split())  # noqa: SIM905
"""Words before "but" that make it mean "except" ("nothing but praise", "last but not least")."""
NOT_BEHIND = frozenset("also auch también aussi anche também".split())  # noqa: SIM905
"""Words behind a contrast word that make it go on ("not only … but also")."""
SUBORDINATE = """
when if because since as after before until unless so which who that where whenever and or nor wenn weil als dass da
nachdem bevor sobald und oder der die das cuando si porque como que después antes y o quand si parce comme que après
avant et ou qui quando se perché come che dopo prima e o quando porque depois antes e ou çünkü eğer ki ve veya agar jab
kyunki aur ya ki जब अगर क्योंकि और या कि جب اگر کیونکہ اور یا کہ kui kuna sest et ja või عندما اذا لان و او
"""
"""A part that begins with one of these hangs on the other part, or only goes on with it."""
GOOD = """
good great nice lovely tasty delicious fresh friendly kind polite helpful fast quick cheap clean excellent amazing perfect fair
wonderful awesome easy fantastic decent superb reliable affordable fine love loved like liked
gut gute guter gutes toll tolle lecker frisch freundlich nett schnell günstig billig super hervorragend perfekt sauber pünktlich
bueno buena buenos buenas buen rico rica fresco fresca amable amables rápido rápida barato barata excelente perfecto limpio
bon bonne bons bonnes délicieux délicieuse frais fraîche aimable gentil sympa rapide excellent excellente parfait propre super
buono buona buoni buone ottimo ottima fresco fresca gentile veloce economico eccellente perfetto pulito squisito gentili
bom boa bons boas ótimo ótima gostoso gostosa fresco fresca simpático rápido barato excelente perfeito limpo
iyi güzel lezzetli taze kibar nazik hızlı ucuz temiz harika mükemmel süper güleryüzlü
accha acha achha achi achhi badhiya sasta sasti tez taza mast zabardast lajawab behtareen acche ache
अच्छा अच्छी अच्छे बढ़िया सस्ता सस्ती तेज़ तेज ताज़ा ताजा स्वादिष्ट शानदार साफ बेहतरीन
اچھا اچھی اچھے سستا سستی تیز تازہ مزیدار شاندار صاف بہترین عمدہ
hea head tore maitsev värske sõbralik kiire odav puhas suurepärane viisakas mugav
جيد جيدة ممتاز ممتازة لذيذ لذيذة طازج رائع رائعة سريع سريعة رخيص نظيف نظيفة لطيف لطيفة
"""
BAD = """
bad rude slow late stale dirty expensive awful terrible horrible unfriendly unhelpful broken wrong rotten poor disgusting
worst worse overpriced unreliable useless disappointing missing mouldy hate hated impolite
schlecht schlechte schlechter schlechtes unfreundlich langsam spät teuer schmutzig furchtbar schrecklich kaputt unhöflich mies
malo mala malos malas mal grosero grosera lento lenta tarde caro cara sucio horrible pésimo pésima terrible maleducado
mauvais mauvaise mauvaises impoli impolie lent lente cher chère horrible nul nulle désagréable désagréables
cattivo cattiva pessimo pessima scortese lento lenta caro cara sporco orribile maleducato maleducati
ruim mau má péssimo péssima grosseiro rude lento lenta caro cara sujo horrível grosso
kötü kaba yavaş geç pahalı pis berbat bayat rezalet suratsız ilgisiz
kharab bura buri bekar bekaar ghatiya mehnga mehngi badtameez gandi ganda rude slow bure mehenga
खराब ख़राब बुरा बुरी बुरे बेकार घटिया महंगा महंगी बदतमीज गंदा धीमा बदतमीज़
خراب برا بری بیکار گھٹیا مہنگا مہنگی بدتمیز گندا سست
halb halvad ebaviisakas aeglane kallis kohutav vastik hilines ebasõbralik
سيء سيئ سيئة بطيء بطيئة غالي غالية وقح وقحة قذر فظيع
"""
VERBS = """
is are was were isn't aren't wasn't weren't has have had does did came arrived works tastes smells
ist sind war waren hat kam kommt está están son fue fueron era estaba llegó est sont était étaient sono erano
são foi foram estava hai hain tha thi है हैं था थी थे ہے ہیں تھا تھی تھے oli olid كان كانت
"""
"""Forms that show a part to be a clause, not an item of a list, but for those common in another language (on)."""
# Blanks before a mark are looked at from the first of them alone: a long row of them would be gone through at each.
_MARK = re.compile(r"(?:(?<!\s)\s++)?[,;،؛]\s+|(?<!\s)\s++[-–—]\s+")
_PARTING = (",", ";", "،", "-", "–", "—")


def _listed(words: str) -> frozenset[str]:
    return frozenset(fold(words).split())


_SURE, _UNSURE, _HANGING = _listed(SURE), _listed(AFTER_COMMA), _listed(SUBORDINATE)
_KINDS = {"good": _listed(GOOD), "bad": _listed(BAD), "verb": _listed(VERBS)}
_PHRASES = tuple(map(fold, PHRASES))
_TURNING = sorted([*PHRASES, *SURE.split(), *AFTER_COMMA.split()], key=len, reverse=True)
_TURNS = re.compile(rf"(?<=\s)(?:{'|'.join(map(re.escape, _TURNING))})(?=[\s,،])", re.IGNORECASE)


def split_parts(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of a text's own sentences, those that turn cut into their clauses."""
    return [(a + start, a + end) for a, b in split_own(text) for start, end in split_clauses(text[a:b])]


def split_clauses(sentence: str) -> list[tuple[int, int]]:
    """Return (start, end) of the sentence's clauses, in order, without the white space and commas between them.

    Cuts before a contrast word, and at a comma, semicolon or dash between two parts of which one praises and one blames, or
    which both hold a verb and judge. A part has two words or more; lists, numbers and what stands in brackets stay whole.
    A sentence that does not turn is one clause: [(0, len(sentence))].
    """
    cuts, seen, depth = [0], 0, 0
    places = sorted([(match.start(), match.end(), False) for match in _MARK.finditer(sentence)] + _find_turns(sentence))
    words = find_words(sentence, (edge for before, behind, _ in places for edge in (before, behind)), _KINDS)
    for number, (before, behind, turns) in enumerate(places):
        passed, seen = sentence[seen:before], before
        depth += passed.count("(") - passed.count(")")
        if depth > 0 or behind <= cuts[-1]:
            continue
        left = words.part(cuts[-1], before)
        if turns:
            parted = passed.rstrip().endswith(_PARTING)
            differ = _turn(left, words.part(behind, len(sentence)), parted)
        else:
            differ = _differ(left, words.part(behind, _following(places, number, len(sentence))))
        if differ:
            cuts.append(behind)
    if len(cuts) == 1:
        return [(0, len(sentence))]
    return [_trimmed(sentence, start, end) for start, end in itertools.pairwise([*cuts, len(sentence)])]


def _find_turns(sentence: str) -> list[tuple[int, int, bool]]:
    """Places before a contrast word: where the part before ends, where the next begins, and that it turns."""
    return [(match.start(), match.start(), True) for match in _TURNS.finditer(sentence)]


def _following(places: Sequence[tuple[int, int, bool]], number: int, end: int) -> int:
    """Where the part behind a place ends: at the next place that leaves it a word, else at the end."""
    least = places[number][1] + 2
    return next((places[i][0] for i in range(number + 1, len(places)) if places[i][0] >= least), end)


def _turn(left: Part, right: Part, parted: bool) -> bool:
    """Whether two parts say different things at a contrast word, which the second begins with."""
    beginning = right.first(2)
    phrase = " ".join(beginning) in _PHRASES
    rest = right.without(2 if phrase else 1)
    if len(left) < 2 or len(rest) < 2 or left.last in NOT_BEFORE or rest.first(1)[0] in NOT_BEHIND:
        return False
    return phrase or beginning[0] in _SURE or parted or (_judges(left) and _judges(rest))


def _differ(left: Part, right: Part) -> bool:
    """Whether two parts say different things at a comma, a semicolon or a dash."""
    if len(left) < 2 or len(right) < 2 or not _HANGING.isdisjoint([*left.first(1), *right.first(1)]):
        return False
    if not (_judges(left) and _judges(right)):
        return False
    if {_mood(left), _mood(right)} == {1, -1}:
        return True
    return left.has("verb") and right.has("verb") and any(part.has(kind) for part in (left, right) for kind in ("good", "bad"))


def _judges(part: Part) -> bool:
    """Whether a part has a judging word or a verb beside another word."""
    return len(part) > 1 and any(part.has(kind) for kind in _KINDS)


def _mood(part: Part) -> int:
    """1 of praise alone, −1 of blame alone, else 0."""
    return part.has("good") - part.has("bad")


def _trimmed(sentence: str, start: int, end: int) -> tuple[int, int]:
    piece = sentence[start:end]
    return start + len(piece) - len(piece.lstrip(" ,;،؛–—-\n\t")), end - (len(piece) - len(piece.rstrip(" ,;،؛–—\n\t")))
