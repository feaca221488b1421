"""The commonest reviews of one to five words: they tell the language of a text that is too short for anything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

MOST = 5
"""Words of a text that is looked up."""
ROMANISED = "roman"
"""Hindi or Urdu in Latin letters."""
ANY = frozenset("app apps service delivery product quality order ok okay super website online staff bro".split())  # noqa: SIM905
"""Words that every language has borrowed: they say nothing, but stand beside words that do."""
COMMON: Mapping[str, str] = {
    "en": """good great bad nice awesome amazing terrible awful worst best love loved excellent perfect poor useless
        waste of money time not worth it very so very happy recommend thanks thank you the is was a no me never again
        rubbish garbage horrible meh""",
    "es": """muy bueno buena buenos malo mala malísimo malísima pésimo pésima excelente todo perfecto perfecta gracias
        no funciona recomiendo recomendable recomendado encanta me bien mal servicio producto genial la rápido rápida
        lento caro horrible nunca más""",
    "de": """sehr gut schlecht schlechter schlechte schlechtes toll klasse prima nie wieder danke super leider nicht
        zufrieden empfehlenswert schnell freundlich lecker mega alles gute guter gutes katastrophe schrecklich
        enttäuscht mies""",
    "fr": """très bien bon bonne nul nulle parfait parfaite excellent mauvais mauvaise à fuir merci je recommande déçu
        déçue rapide jamais reçu horrible génial géniale service produit rien dire trop cher non la""",
    "it": """ottimo ottima pessimo pessima molto buono buona tutto perfetto perfetta grazie bello bella consigliato
        consiglio non lo la funziona bene male veloce servizio prodotto orribile deluso delusa scarso""",
    "pt": """muito bom boa ruim péssimo péssima ótimo ótima excelente tudo perfeito perfeita obrigado obrigada não
        gostei recomendo funciona bem mal atendimento produto adorei amei nunca mais horrível rápido lixo""",
    "tr": """çok iyi kötü güzel berbat harika rezalet tavsiye ederim etmem etmiyorum teşekkürler teşekkür mükemmel süper
        memnunum memnun kaldım kaldim değilim beğendim beğenmedim hızlı yavaş kalitesiz kaliteli ürün kargo bir daha
        asla""",
    "et": """väga hea halb halvad head suurepärane kehv aitäh tänan soovitan soovita ei ole pole rahul kiire tarne
        teenindus teenus kõik korras jama mitte kunagi enam kohutav ülihea meeldis meeldib toode odav kallis tore""",
    "hi": """बहुत अच्छा अच्छी अच्छे खराब ख़राब बढ़िया घटिया बेकार शानदार बेहतरीन बकवास मस्त धन्यवाद सेवा सामान पैसा वसूल
        ठीक एकदम सुंदर""",
    "ur": """بہت اچھا اچھی اچھے خراب زبردست بیکار شاندار بہترین بکواس گھٹیا عمدہ شکریہ سروس لاجواب برا بری مزیدار کمال""",
    "ar": """ممتاز ممتازة ممتازه جدا جداً رائع رائعة رائعه جيد جيدة جيده سيء سيئ سيئة سيئه خدمة خدمه الخدمة تطبيق
        التطبيق فاشل شكرا شكراً جميل جميلة حلو زفت أسوأ اسوأ أفضل افضل لا أنصح انصح به سريع لذيذ منتج""",
    ROMANISED: """bahut bohat bohot bahot bht accha acha achha achcha achi acchi achhi ache bura buri kharab khrab bekar
        bekaar ghatiya bakwas bakwaas zabardast behtareen badhiya mast hai tha ekdum ekdam paisa vasool wapas vapas karo
        bekaar shukriya lajawab shandar umda laga""",
}
"""Words of a review alone; one that stands in several languages' lists says that it is in one of these."""


def name_short(words: Sequence[str]) -> str | None:
    """Return the only language in whose list every word of a short text stands, ROMANISED among them; else None."""
    if len(words) > MOST or not (telling := [word for word in words if word not in ANY]):
        return None
    lists = _lists()
    known = set.intersection(*(set(lists.get(word, ())) for word in telling))
    return known.pop() if len(known) == 1 else None


@cache
def _lists() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for language, listed in COMMON.items():
        for word in dict.fromkeys(listed.split()):
            found.setdefault(word, []).append(language)
    return found
