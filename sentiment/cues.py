"""Words by which a sentence compares one brand with another, in the languages that Repute reads.

A line is a pattern: `<X>` is a brand's name with any ending, `<N>` the name without, `<_>` up to three words between,
`<C>` a comparative.
Patterns and words are folded like the texts (sentiment/names.py) before they are compiled, so they are written as people
write; a lower-case letter, `(|)` and `?` are all that they may hold.
"""

from __future__ import annotations

import re

from sentiment.names import LETTER, MASK, fold

THAN = """
than <_> <X>
als (bei )?(der |die |das |dem |den )?<X>
que (con |en |chez |la |el |le |les |a |o |de |na |no )?<X>
qu'(avec |à )?<X>
(do|da) que <_> <X>
(di|del|della|che|che da) <X>
kui <_> <X>
من <X>
"""
"""Before the name, after a comparative ("besser als X"). Words of many uses, so they count only behind a comparative."""
THAN_BEFORE = """
<N>(den|dan|ten|tan|nden) (<X> )?<C>
<X> (se|say|sy) (<X> )?<C>
<X> से (<X> )?<C>
<X> سے (<X> )?<C>
<N>(st|ist) (on )?(<X> )?<C>
"""
"""After the first name ("X'den daha iyi", "X से बेहतर"), before a comparative, where the language puts it there."""
CONTRAST = """
unlike <_> <X>
(compared|comparing|comparison) (it |this |them )?(to|with) <_> <X>
as opposed to <X>
learn (a thing |a lot |something )?from <X>
(outperforms|beats|beat) <X>
(im vergleich|verglichen) (zu|zum|zur|mit) <_> <X>
im gegensatz (zu|zum|zur) <_> <X>
anders als (bei )?<X>
a diferencia (de|del) <_> <X>
(comparado|comparada|comparados|en comparación|em comparação|comparando) (con|com|ao|a|à) <_> <X>
(contrairement|comparé|comparée|comparés) (à|au|aux) <_> <X>
par rapport (à|au|aux) <_> <X>
a differenza (di|del|della) <_> <X>
(rispetto|in confronto|confronto) (a|ad|al|alla) <_> <X>
(al contrario|ao contrário) (di|del|della|do|da|de) <_> <X>
diferente (do|da|de) <X>
<X> (aksine|kıyasla|göre|nazaran)
<X> (ke|kay|k) (mukable|muqable|mukabale|muqabale|mukaable|muqaable)
<X> ki (tulna|banisbat)
<X> (की तुलना|के मुकाबले|के विपरीत|की अपेक्षा)
<X> (کے مقابلے|کے برعکس|کی نسبت|کے برخلاف)
(erinevalt|vastupidiselt) <_> <X>
võrreldes <_> <X>
<X> (võrreldes|erinevalt)
(مقارنة|بالمقارنة) (مع |ب ?)?<X>
(على )?(عكس|خلاف) <X>
بخلاف <X>
"""
"""The name is what the sentence holds its subject against: what is said is said of the other."""
REPLACED = """
instead of <_> <X>
rather than <_> <X>
(prefer|prefers|preferred|preferring|choose|chose|choosing|pick|picked|recommend|take) <_> (<X> )?<_> over <X>
(prefer|prefers|preferred|preferring) <_> <X> to (shopping at |ordering from |going to |using )?(the )?<X>
(prefer|prefers|preferred|preferring) <_> <X> <_> to ((that|those) of <X>|<N>s)
(prefiero|prefiere|preferimos|preferí|preferisco|preferiamo|prefiro|prefere) <_> <X> (a|ad|al|alla|ao|à|antes que) <_> <X>
(préfère|préfèrent|préférons|préférez) <_> <X> (à|au|aux) <_> <X>
(bevorzuge|bevorzugen|bevorzugt) <_> <X> (gegenüber|vor) (dem |der )?<X>
(ziehe|ziehen|zieht) <_> <X> (dem |der )?<X> (jederzeit |immer )?vor
(statt|anstatt|anstelle von) <_> <X>
(en lugar|en vez|em vez|em lugar|au lieu) (de|do|da|du|d') ?<_> <X>
plutôt que <_> <X>
(invece|al posto|piuttosto) (di|che|del|della) <X>
<X> yerine
<N>(e|a|ye|ya) tercih
<X> (par|pe|pay) (tarjeeh|tarjih|tarji)
<X> पर (तरजीह|वरीयता|प्राथमिकता)
<X> پر (ترجیح|فوقیت)
(eelistan|eelistame|eelistab|eelistavad) <_> <X> <N>(le|ile)
(أفضل|افضل|نفضل|يفضل|تفضل|فضلت) <X> على <X>
<X> (ki|ke) (jagah|jaga|bajaye|bajaay|bajae)
<X> (की जगह|के बजाय|के बदले)
<X> (کی جگہ|کے بجائے|کی بجائے)
<X> asemel
بدلا من <X>
بدل <X>
"""
"""The last name is the one that is turned down."""
SWITCHED = """
(switched|switching|switch|moved|moving|changed|changing|went|migrated|came) (over )?<_> from <X> <_> (to|over to) <_> <X>
(left|leaving|ditched|dropped|quit|swapped|replaced|dumped) <X> (for|with) <_> <X>
(von|vom) <X> <_> (zu|zum|zur) <_> <X>
(de|del) <X> <_> (a|al|para|para o|para a) <X>
(cambié|cambiado|dejé|troquei|trocar|larguei|deixei|quitté|lasciato) (a |o |la |il )?<X> (por|pela|pelo|pour|per) <_> <X>
(de|d') ?<X> <_> (à|vers|chez) <X>
(da|dal|dalla) <X> <_> (a|ad|al|alla) <X>
<N>(den|dan|ten|tan) <_> <N>(e|a|ye|ya|i|yi)
<X> (chhod|chod|chhor|chor)( kar| ke|kar|ke)? <_> <X>
<X> se <_> <X> (par|pe|mein|me) (switch|shift|aa|aaya|gaya)
<X> (को )?(छोड़कर|छोड़ कर|छोड़) <_> <X>
<X> से <_> <X> (पर|में|आया|गया)
<X> (کو )?(چھوڑ کر|چھوڑ) <_> <X>
<X> سے <_> <X> (پر|میں|آیا|گیا)
<N>(lt|ilt|st|ist) <_> <N>(le|ile|i|sse|isse)
من <X> <_> (الى|إلى|ل) ?<X>
"""
"""The first name is left for the second."""
GONE_TO = """
(switched|switching|switch|moved|moving|changed|changing|going back|go back|went back|gone back) (over )?to <X>
(wechsle|wechseln|gewechselt|zurück) (zu|zum|zur) <X>
(me cambio|me cambié|me paso|me pasé|volví|vuelvo|voltei|volto|mudei|je passe|retour|torno|passo) (a|al|para|à|chez|pra) <X>
<N>(e|a|ye|ya) (geçtim|geçiyorum|geçeceğim|döndüm|dönüyorum)
<X> (par|pe) (switch|shift)
"""
"""The name is the one that people go to, away from whoever the text is about."""
STAYED = """
(sticking|stick|staying|stay|stayed|stuck) with <X>
(bleibe|bleiben|bleib) (ich |wir )?bei <X>
(me quedo|nos quedamos|me quedé|sigo) con <X>
(reste|restons|resterai|resté|restée|restés) (chez|avec|fidèle à) <X>
(resto|restiamo|rimango|rimaniamo|resterò) (con|da|fedele a) <X>
(fico|ficamos|fiquei|continuo) com (a |o )?<X>
<N>(de|da|te|ta) (kalıyorum|kalıyoruz|kalacağım|kalırım)
(jään|jääme|jäin) (truuks )?<X>
(سأبقى|سابقى|باقي) مع <X>
"""
"""The name is the one that people keep to, before whichever other the text is about."""
NOBODY = """
nothing nobody none noone hiçbir hiçbiri kimse nichts niemand kein keiner nada nadie ninguno ninguém nenhum rien
personne niente nessuno midagi ükski keegi koi कोई کوئی
"""
"""In front of a comparison without another brand: nothing is better than X, so X is what is praised."""
NOT = """
not n't isn't wasn't aren't weren't doesn't don't didn't hardly no nicht kein keine ne n'est pas non não değil nahi
nahin nhi नहीं नही نہیں ei pole polnud ليس ليست لا never
"""
REGRET = """
regret regretted mistake bereue bereut fehler arrepiento arrepentí arrependi erro error regrette erreur pentito errore
pişman pişmanım kahetsen viga pachtaya पछताया पछता پچھتا ندمت
"""
"""After a switch: it was the wrong one."""
LESS = "less weniger menos moins meno vähem kam कम کم أقل"
BETTER = """
better best cheaper faster quicker nicer friendlier fresher easier smoother cleaner kinder superior reliable helpful polite
friendly fresh fast cheap nice good fair
besser beste günstiger billiger schneller netter freundlicher frischer zuverlässiger pünktlicher einfacher lieber
mejor mejores barato barata baratos rápido rápida rápidos amable amables fresco fresca fiable
mieux meilleur meilleure meilleurs meilleures rapide rapides aimable sympa frais fiable fiables
meglio migliore migliori economico veloce veloci gentile gentili fresco affidabile
melhor melhores simpático simpáticos fresco confiável
iyi ucuz hızlı taze kibar nazik güler kaliteli güzel güvenilir
behtar behtareen accha acha achha achi achhi acche achhe badhiya sasta sasti saste tez taza fast best
बेहतर अच्छा अच्छी अच्छे बढ़िया सस्ता सस्ती सस्ते तेज़ तेज ताज़ा
بہتر اچھا اچھی اچھے سستا سستی سستے تیز تازہ بہترین عمدہ
parem paremad parema odavam odavamad kiirem kiiremad sõbralikum värskem mugavam usaldusväärsem paremini kiiremini odavamalt
أفضل أحسن أرخص أسرع أجود ألطف أطيب أجمل
"""
WORSE = """
worse worst slower pricier dearer costlier ruder inferior expensive rude slow unreliable late
schlechter schlimmer langsamer teurer unfreundlicher unzuverlässiger
peor peores caro cara caros lento lenta lentos
pire pires cher chère chers lent lents
peggio peggiore peggiori caro lento lenti
pior piores caro cara lento
kötü pahalı yavaş kaba bayat berbat
kharab bura buri bure mehnga mehenga mehengi ghatiya slow bekar bekaar
खराब बुरा बुरी बुरे बदतर महंगा महंगी महँगा घटिया धीमा
خراب برا بری برے بدتر مہنگا مہنگی مہنگے گھٹیا سست
halvem halvemad kallim kallimad aeglasem aeglasemad ebaviisakam halvemini kallimalt
أسوأ أبطأ أغلى أردأ
"""
MORE = "more plus mas más mais più daha zyada zyaada jyada ज्यादा ज़्यादा زیادہ rohkem أكثر"
"""Makes a comparison of any word behind it."""
VERY = """
çok daha|biraz daha|bile daha|kat kat daha|kahin|kahin zyada|zyada|zyaada|jyada|thoda|kaafi|कहीं|कहीं ज़्यादा|ज़्यादा|ज्यादा|थोड़ा|काफ़ी
|کہیں|کہیں زیادہ|زیادہ|تھوڑا|کافی|palju|veidi|tunduvalt|oluliselt
"""
"""May stand between a name and the comparative behind it; a plain "very" may not ("X'den çok hızlı geldi" compares nothing)."""
_GAP = rf"(?:(?:{LETTER}|['#@-])+\s+){{0,3}}"


def compile_ranks(sign: str) -> re.Pattern[str]:
    """A pattern of names in a row with `>` or `<` between them, on one line; no quoted line, no path of menus."""
    escaped = {">": "&gt;", "<": "&lt;"}[sign]
    name, mark = rf"{MASK}{LETTER}*", rf"(?:{sign}|{escaped})+"
    alone = r"(?<![<>/@])(?<![<>] )(?<!&[gl]t;)(?<!&[gl]t; )"
    return re.compile(rf"{alone}{name}(?:(?:[ \t]+{mark}[ \t]+|{mark}){name})+(?!{LETTER})(?![ \t]*(?:[<>@/]|&[gl]t;))")


def words(listed: str) -> frozenset[str]:
    """Fold a list of words."""
    return frozenset(fold(listed).split())


def compile_cues(lines: str) -> re.Pattern[str]:
    """One pattern of all lines."""
    return re.compile(rf"(?<!{LETTER})(?:{'|'.join(map(_as_pattern, lines.strip().splitlines()))})(?!{LETTER})")


def _as_pattern(line: str) -> str:
    folded = fold(line.replace("<X>", "⟨1⟩").replace("<N>", "⟨2⟩").replace("<_>", "⟨3⟩").replace("<C>", "⟨4⟩"))
    folded = folded.replace("⟨3⟩ ", _GAP).replace(" ?", r"\s*").replace(" ", r"\s+")
    ahead = rf"(?:(?:{_VERY})\s+)?{_COMPARATIVE}"
    return folded.replace("⟨1⟩", f"{MASK}{LETTER}*").replace("⟨2⟩", MASK).replace("⟨4⟩", ahead)


_VERY = "|".join(one.strip().replace(" ", r"\s+") for one in fold(VERY).replace("\n", "").split("|"))
_LISTED = sorted(words(BETTER) | words(WORSE) | words(MORE), key=len, reverse=True)
_COMPARATIVE = f"(?:{'|'.join(map(re.escape, _LISTED))})(?!{LETTER})"
