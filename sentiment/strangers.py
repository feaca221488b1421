"""Words by which languages that we do not read are told from those of ours that they resemble.

A language has its `sure` words, which ours hardly have, its `likely` ones, which ours have too or as names, and endings and
letters that ours lack. They are little words and what is commonest in reviews; a speaker may correct them here. Where a text
has enough of them it is in none of our languages, whatever the library and the letter patterns take it for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

ENOUGH = 2
"""Points from which on a text is a stranger's: a sure word has two; a likely one, an ending or a letter has one."""
SPARSE = 6
"""Words of a text for each point at most: a foreign name or quote in a long text makes no stranger of it."""
SHORT = 5
"""Letters that a word with an ending has at least."""
ARABIZI = re.compile(
    r"(?!\d+(?:rd|th|nd|st|am|pm|[gm]bs?|tb|[kcm]ms?|kgs?|lbs?|mls?|pcs|hours?|hrs?|hs?|days?|d|min(?:ute)?s?|secs?|y(?:ea)?rs?"
    r"|weeks?|months?|times|stars?|er|ers|era|ero|ra|ro|to|mo|ma|ds|de|da|te|ta|den|dan|ten|tan|ci|cı|cu|cü)$)"
    r"(?:[a-z]{1,6}[2357][a-z]{2,}|[37][a-z]{2,})"
)
"""An Arabic word in Latin letters, whose digits stand for the letters that Latin lacks (`7elw`, `et2akhar`)."""


class Marks(NamedTuple):
    """What a language is known by, as words between blanks."""

    sure: str = ""
    likely: str = ""
    endings: str = ""
    letters: str = ""
    near: str = ""
    """Languages it is taken for; empty for any of those that share its script."""


DEVANAGARI: Mapping[str, Marks] = {
    "mr": Marks(
        """आहे आहेत नाहीत नाहीये आणि अतिशय खूप खूपच छान वाईट झाले झाला झाली झालं केलं मिळाले मिळाला मिळाली मिळालं दिलं
        आलं गेले गेला गेली होतं होत्या नव्हते नव्हता माझे माझा माझी माझ्या त्यांनी त्यांची तुम्ही आम्ही मला तुम्हाला
        त्याला त्यांना कोणी कोणीही काहीही पाहिजे नका नको उशिरा उशीर चांगले चांगला चांगली चांगलं पुन्हा जेवण मी च्या चे
        अजून असून शकत पाहून घेणार""",
        "अत्यंत नाही हे ते हा केले केला केली आले आला आली दिले दिला दिली परत कधी करा पण ची चा ला होते होती लवकर मध्ये",
        "ांनी ाच्या ांच्या ेच्या ीच्या ाची ाचे ाचा ांना ामध्ये ासाठी ण्यात ण्याची णार ायला ्यावर",
        "ळ",
    ),
    "ne": Marks(
        """छन् छैन छैनन् हुन्छ हुँदैन गर्छ गर्दैन गर्दछ गरेको गरेका भएको भएका थियो थिए थिएन आयो गयो भयो पनि नराम्रो
        राम्रो राम्रा धेरै कसैले हाम्रो तपाईं तपाईंको मलाई हामीलाई गर्न गर्नु गर्नुहोस् ढिलो अनि त्यो कहिले फिर्ता
        पुग्यो छिटो मीठो रमाइलो सकिन्छ लाग्यो लाग्छ""",
        "छ यो र मेरो मा लाई एकदम भने किन पायो",
        "दैन हुन्छ एको ्यो हरू हरूको हरूले नुभयो नुहुन्छ उँछ",
    ),
    "bho": Marks(
        "बाटे बाड़े बानी बाटी हमार तोहार रउआ रउरा भइल गइल कइल मिलल लागल नइखे केहू एगो हवे बाड़न",
        "बा ई ओकर ना अब हऽ",
    ),
    "mai": Marks("अछि छथि नहि अहाँ हमर केलक", "छल ओकर"),
}
HINDI = """है हैं नहीं में का की के को और से हूँ हूं था थी थे पर यह ये ने भी बहुत तो कर हो कोई कुछ लेकिन क्या मेरा मेरी
    मेरे इस उस हुआ हुई हुए रहा रही रहे गया गई गए जो वह एक अच्छा अच्छी ही"""
ARABIC: Mapping[str, Marks] = {
    "pnb": Marks(
        """نئیں نوں وچ ایہہ ایہ کیتا کیتی ماڑا ماڑی ماڑے چنگا چنگی چنگے مینوں سانوں تہانوں تسی ہوندا ہوندی ساڈا ساڈی
        تہاڈا تہاڈی دتا دتی دتے اینے اوہناں چکدا کردا""",
        "کجھ ہن دا دی تے نال ول اے نیں تن دن سی",
        "ندا ندی ندے",
    ),
    "sd": Marks("آهي آھي آهن ٿو ٿي نٿا نٿو ڏيو ڪيو ڪري", "جو جي مان تمام سان", "", "ٿ ٽ ڀ ڦ ڌ ڊ ڏ ڳ ڱ ڪ ڻ ٻ ڄ ڃ ڇ ۽ ۾"),
    "ps": Marks("چې ډېر ډیر", "", "", "ډ ټ ړ ځ څ ښ ۍ ې"),
    "ckb": Marks("", "", "", "ڕ ڵ ۆ ێ"),
    "ug": Marks("", "", "", "ۇ ۈ ۋ ڭ"),
}
URDU = """ہے ہیں نہیں میں کا کی کے کو اور سے تھا تھی تھے پر یہ نے بھی بہت تو کر ہو کوئی کچھ لیکن کیا میرا میری میرے اس
    ہوا ہوئی گیا گئی جو وہ ایک اچھا اچھی"""
LATIN: Mapping[str, Marks] = {
    "az": Marks(
        """çox yaxşı xidmət üçün sifarişim edirəm etmirəm məhsul pulumu gəldi gəlmədi yoxdur bəyəndim xoşuma mənə
        tövsiyə keyfiyyət çatdırılma yaxsi xidmet mehsul bəli gözəl""",
        "deyil heç nə və mən yox ilə hec cox pulu gecikdi",
        "əm",
        "ə",
        "tr et en fr de hi-Latn ur-Latn und",
    ),
    "tk": Marks(
        "däl ýok üçin gowy erbet gaty hyzmat sargyt jogap bolýar edýär ýaly harytlar haryt boluň",
        "boldy giç näme berdi köp bilen",
        "ýar ýär ýan ýän",
        "ý ň",
        "tr en und hi-Latn ur-Latn",
    ),
    "uz": Marks(
        "yaxshi kechikdi bermaydi uchun mahsulot buyurtma xizmat ishlamaydi pulimni",
        "juda va kim uch kun edi hech bilan lekin emas menga rahmat",
        "maydi madi",
    ),
    "gl": Marks(
        "unha nunha dunha unhas ninguén dende máis tamén ata teño grazas servizo onte aínda algunha ningunha xente hoxe",
        "moi xa coa foi cando prezo",
        near="es pt",
    ),
    "so": Marks(
        "waxay waxaan wuxuu maalmood inay wanaagsan mahadsanid adeegga lacagta cuntada dalabka waan",
        "aad ayaa iyo waa kuwo oo xun ku la",
    ),
    "sw": Marks(
        "huduma mbaya nzuri kwa hakuna yangu wangu lakini bado kabisa asante chakula vizuri sijapata",
        "sana na ya wa ni simu hii",
    ),
    "gsw": Marks("nöd nüt niemert öppis chli guet gueti päckli hani", "isch gsi nid cho hät s z", near="de"),
    "da": Marks("ikke jeg meget aldrig penge dårlig dårligt pakken", "og det er en ingen", near="en de und"),
    "nl": Marks(
        "slechte bezorging nooit bedankt pakket klantenservice goede geen niet werkt",
        "het een ik zeer heel van is",
        near="de en et und",
    ),
    "lv": Marks("ļoti slikti paldies", "labi un nav", "", "ļ ķ ņ ģ ī ē", "en et it es und"),
    "lt": Marks("labai gerai blogai nėra ačiū", "ir", "", "ų ė į"),
    "pl": Marks("bardzo dobrze jest polecam obsługa", "nie", "", "ł ż ź ś ń ć"),
    "cs": Marks("velmi dobré není jsem služby děkuji", "", "", "ř ě ů", "en de es it und et"),
    "ro": Marks("foarte recomand bună nimeni mulțumesc pachetul livrare", "nu este", "", "ă ț ș"),
    "ar-Latn": Marks(
        """wallah walahi mafesh mafeesh mafish keda awy gedan zay khalas lessa kteer ktir kwayes kwayesa shukran jiddan
        tawseel khedma khedme mish zeft mabsoot bgad""",
        "el w fi bas mesh msh ana enta ya kan yaani shi",
        near="en es hi-Latn ur-Latn und",
    ),
    "fa-Latn": Marks(
        """kheili kheyli khayli bood boodam nistam nist nabood mikonam nemikonam nemishe nemide mamnoon baraye hastam
        behtarin rasid nadarad""",
        "chera az va man ro aslan razi khoob ast shoma hich",
        "konam",
        near="en hi-Latn ur-Latn und",
    ),
    "bn-Latn": Marks(
        """chilo bhalo tumi apnar apnara keu korechi koreche korche hoyeche hoyni esheche paini pelam onek ekta kintu
        ekhono dhonnobad jonno theke hobe valo""",
        "amar kore ami khub kharap ta er khabar taka na",
    ),
    "mr-Latn": Marks(
        "ahe aahe ahet nahit khup majha majhi tumhi amhi jhala jhali nako koni milale milala aani pahije",
        "majhe ani zala zali vait chan mala aala aali parat khoop pan",
    ),
    "gu-Latn": Marks(
        "chhe nathi thayu thayo gayu malyu malyo saru saras aabhar tamari tamaru",
        "karyu ane khub j che bau pacha mane",
    ),
    "pa-Latn": Marks(
        """tuhada tuhadi tuhade tusi tussi sanu mainu tuhanu changi mada vadia vadiya vadhiya haiga hunda hundi dinda dindi
        chukda ditta keeta kidda""",
        "karda kamm te nu da assi changa vich",
    ),
    "ne-Latn": Marks(
        """chaina chhaina ramro naramro dherai gardaina garna hunchha huncha bhayo thiyo malai timi hajur dhanyabad
        hamro aayena""",
        "cha chha mero pani ekdam firta",
    ),
    "ta-Latn": Marks(
        "romba illai irukku iruku saapadu sapadu pannunga vendam venum nandri enakku innum yaarum", "nalla mosam illa la"
    ),
    "te-Latn": Marks(
        """ledu kaadu unnadi bagundi bagoledu baaledu baledu assalu ayyindi ayindi cheppandi nenu meeru naaku chesaru
        ichharu vachindi""",
        "chala undi",
    ),
    "ru-Latn": Marks(
        """ochen pochemu zakaz dostavka plokho ploho horosho khorosho spasibo nikto uzhe tolko dengi nichego rabotaet kogda
        uzhasno otlichno kachestvo""",
        "eto ne na ya chto kak vse",
    ),
    "sq": Marks("është dhe nuk shumë erdhi ishte faleminderit", "keq mirë një"),
}
ENGLISH = "the is was and to it of not my i for in this that they with but are were have has at on so very no you we from"
ROMANISED = """hai hain nahi nahin ka ki ke ko se aur bohat bahut bohot bht mein main kya ye yeh koi kuch tha thi ho kar
    mera meri acha accha hi bhi to wo"""


def name_stranger(words: Sequence[str], language: str) -> str | None:
    """Return the language that a text taken for `language` is in by its marks, or None where they do not suffice.

    Likely words count beside other marks alone, and the commonest words of ours count against all.
    """
    script = _script_of(language, words)
    if script is None:
        return None
    points: dict[str, int] = {}
    known: set[str] = set()
    for word in words:
        for name, value, likely in _find(word, language, script):
            points[name] = points.get(name, 0) + value
            known.update([] if likely else [name])
    best = max(sorted(known), key=points.__getitem__, default=None)
    if best is None or points[best] * SPARSE < len(words):
        return None
    own = sum(word in _tables(script).own for word in words)
    return best if points[best] >= max(ENOUGH, 1 + own) else None


def _script_of(language: str, words: Sequence[str]) -> str | None:
    """The script of one of our languages, or of a text in an unknown one; None for a language that is not ours."""
    if language == "und":
        return "Arabic" if any("\u0620" <= letter <= "\u06d3" for word in words for letter in word) else "Latin"
    if language in ("hi", "ur", "ar"):
        return "Devanagari" if language == "hi" else "Arabic"
    return "Latin" if language in ("en", "es", "de", "fr", "it", "pt", "tr", "et", "hi-Latn", "ur-Latn") else None


class Tables(NamedTuple):
    """The marks of a script: word or letter -> languages, and of each language its endings and what it is taken for."""

    sure: dict[str, list[str]]
    likely: dict[str, list[str]]
    letters: dict[str, list[str]]
    endings: dict[str, tuple[str, ...]]
    own: frozenset[str]
    near: dict[str, frozenset[str]]


@lru_cache(maxsize=20_000)
def _find(word: str, language: str, script: str) -> tuple[tuple[str, int, bool], ...]:
    """The languages taken for `language` that a word is a mark of, with its points and whether it is no more than likely."""
    near = _tables(script).near
    return tuple(mark for mark in _marks_of(word, script) if not near[mark[0]] or language in near[mark[0]])


def _marks_of(word: str, script: str) -> tuple[tuple[str, int, bool], ...]:
    """The languages of a script that a word is a mark of, as `_find` gives them."""
    tables = _tables(script)
    if found := tables.sure.get(word):
        return tuple((name, 2, False) for name in found)
    if found := tables.likely.get(word):
        return tuple((name, 1, True) for name in found)
    if not word.isascii() and (shown := tables.letters.keys() & set(word)):
        return tuple((name, 1, False) for name in sorted({name for letter in shown for name in tables.letters[letter]}))
    if word.isalnum() and not word.isalpha():
        return (("ar-Latn", 1, False),) if script == "Latin" and ARABIZI.fullmatch(word) else ()
    if len(word) < SHORT:
        return ()
    return tuple((name, 1, False) for name, endings in tables.endings.items() if word.endswith(endings))


@cache
def _tables(script: str) -> Tables:
    marks, own = {
        "Devanagari": (DEVANAGARI, HINDI),
        "Arabic": (ARABIC, URDU),
        "Latin": (LATIN, f"{ENGLISH} {ROMANISED}"),
    }[script]
    tables = Tables({}, {}, {}, {}, frozenset(own.split()), {})
    for name, one in marks.items():
        for listed, table in ((one.sure, tables.sure), (one.likely, tables.likely), (one.letters, tables.letters)):
            for word in listed.split():
                table.setdefault(word, []).append(name)
        tables.near[name] = frozenset(one.near.split())
        if one.endings:
            tables.endings[name] = tuple(one.endings.split())
    return tables
