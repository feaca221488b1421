"""Whose sentiment it is: by names, by comparisons in every language, and by what was named last."""

from __future__ import annotations

import pytest
from growing import AT_MOST, growth

from sentiment.targets import TargetReader
from store.records import BrandNames, Target

NAMES = (
    BrandNames(
        brand="tamarind",
        forms=("Tamarind", "tamarind*", "टैमरिंड", "ٹیمرنڈ", "تمرند", "@tamarindhelp"),
        unless=("chutney", "tamarind block"),
    ),
    BrandNames(brand="nimblecart", forms=("Nimblecart", "निंबलकार्ट", "نمبل کارٹ", "نمبل كارت")),
    BrandNames(brand="fresh fields", forms=("Fresh Fields",)),
    BrandNames(brand="target", forms=("target",), certain=False),
)
READER = TargetReader(NAMES)
BOTH = ("tamarind", "nimblecart")


def ask(*sentences, moods=(), matched=BOTH):
    """How each sentence counts for each brand of the mention, in a word for each: own, other, flipped."""
    text = " ".join(sentences)
    starts = [text.index(sentence) for sentence in sentences]
    spans = [(start, start + len(sentence)) for start, sentence in zip(starts, sentences, strict=True)]
    return [" ".join(sides.values()) for sides in READER.read(text, spans, moods or ["negative"] * len(spans), matched)]


PRAISE = [
    "Tamarind is so much better than Nimblecart.",
    "Way cheaper than what Nimblecart asks!",
    "Unlike Nimblecart, Tamarind delivers on time.",
    "Compared to Nimblecart, Tamarind is quick.",
    "I switched from Nimblecart to Tamarind and love it.",
    "Use Tamarind instead of Nimblecart.",
    "I'd choose Tamarind over Nimblecart any day.",
    "I prefer Tamarind to Nimblecart.",
    "My wife prefers Tamarind's bread to that of Nimblecart.",
    "We always preferred Tamarind over Nimblecart.",
    "I prefer ordering from Tamarind to ordering from Nimblecart",
    "Tamarind > Nimblecart",
    "tbh Tamarind >>> Nimblecart, every time",
    "Nimblecart < Tamarind",
    "Tamarind &gt; Nimblecart",
    "Tamarind>Nimblecart!",
    "Ich bevorzuge Tamarind gegenüber Nimblecart.",
    "Ich ziehe Tamarind Nimblecart vor.",
    "Prefiero Tamarind a Nimblecart.",
    "Je préfère Tamarind à Nimblecart.",
    "Preferisco Tamarind a Nimblecart.",
    "Prefiro o Tamarind ao Nimblecart.",
    "Tamarind'i Nimblecart'e tercih ederim.",
    "Main Tamarind ko Nimblecart par tarjeeh deta hun",
    "मैं टैमरिंड को निंबलकार्ट पर तरजीह देता हूँ",
    "میں ٹیمرنڈ کو نمبل کارٹ پر ترجیح دیتا ہوں",
    "Eelistan Tamarindi Nimblecartile.",
    "أفضل تمرند على نمبل كارت",
    "Tamarind ist viel besser als Nimblecart.",
    "Im Vergleich zu Nimblecart ist Tamarind günstig.",
    "Tamarind es mucho mejor que Nimblecart.",
    "A diferencia de Nimblecart, Tamarind llega a tiempo.",
    "Tamarind est bien meilleur que Nimblecart.",
    "Contrairement à Nimblecart, Tamarind livre à l'heure.",
    "Tamarind è molto meglio di Nimblecart.",
    "O Tamarind é muito melhor do que o Nimblecart.",
    "Tamarind, Nimblecart'tan çok daha iyi.",
    "Nimblecart'a göre Tamarind daha hızlı.",
    "टैमरिंड निंबलकार्ट से बेहतर है।",
    "निंबलकार्ट के मुकाबले टैमरिंड अच्छा है।",
    "Tamarind Nimblecart se kahin accha hai",
    "Nimblecart se Tamarind behtar hai",
    "ٹیمرنڈ نمبل کارٹ سے بہتر ہے۔",
    "Tamarind on parem kui Nimblecart.",
    "Nimblecartiga võrreldes on Tamarind odav.",
    "Tamarind on Nimblecartist odavam.",
    "تمرند أفضل من نمبل كارت",
]


@pytest.mark.parametrize("sentence", PRAISE)
def test_praise_beside_a_competitor_is_flipped_for_the_competitor(sentence):
    assert ask(sentence, moods=["positive"]) == ["own flipped"]


BLAME = [
    "Tamarind is worse than Nimblecart.",
    "Tamarind is less reliable than Nimblecart.",
    "Tamarind isn't cheaper than Nimblecart.",
    "Switched from Tamarind to Nimblecart because they were always late.",
    "Nimblecart instead of Tamarind from now on, they lost my order.",
    "Tamarind ist teurer als Nimblecart.",
    "Tamarind es más caro que Nimblecart.",
    "Tamarind est plus cher que Nimblecart.",
    "Tamarind è peggio di Nimblecart.",
    "Tamarind é pior que Nimblecart.",
    "TAMARIND'in fiyatları NİMBLECART'tan daha pahalı.",
    "Tamarind Nimblecart se behtar nahi hai",
    "टैमरिंड निंबलकार्ट से महंगा है।",
    "ٹیمرنڈ نمبل کارٹ سے مہنگا ہے۔",
    "Võrreldes Nimblecartiga on Tamarind kallis.",
    "تمرند أغلى بكثير من نمبل كارت",
]


@pytest.mark.parametrize("sentence", BLAME)
def test_blame_beside_a_competitor_is_praise_of_the_competitor(sentence):
    assert ask(sentence, moods=["negative"]) == ["own flipped"]


def test_who_wins_is_told_by_the_comparative_whatever_mood_was_read():
    assert ask("Tamarind is better than Nimblecart.", moods=["negative"]) == ["flipped own"]
    assert ask("I moved from Nimblecart to Tamarind.", moods=["negative"]) == ["flipped own"]
    assert ask("I moved from Nimblecart to Tamarind, what a mistake.", moods=["negative"]) == ["own flipped"]


def test_no_comparison_leaves_both_as_they_stand():
    assert ask("Tamarind and Nimblecart are both awful.") == ["own own"]
    assert ask("Nothing is better than Tamarind, sorry Nimblecart.", moods=["positive"]) == ["own own"]
    assert ask("Tamarind'den çok hızlı geldi, Nimblecart da.", moods=["positive"]) == ["own own"]


@pytest.mark.parametrize(
    "text",
    [
        "> Tamarind came late\n> Nimblecart too",
        "Nimblecart\n> Tamarind was on time",
        "Home > Tamarind > Nimblecart",
        "Tamarind > Nimblecart > Settings",
        "Tamarind -> Nimblecart",
        "<b>Tamarind</b>Nimblecart",
        "Tamarind <nimblecart@example.com> wrote",
        "Tamarind would prefer to hear it, says Nimblecart",
    ],
)
def test_a_quote_a_path_and_an_address_rank_nobody(text):
    assert "flipped" not in {target.bearing for target in READER.targets(text, [], ["negative"], BOTH)}


def test_of_brands_ranked_in_a_row_the_first_wins():
    said = ask("Tamarind > Nimblecart > Fresh Fields", moods=["positive"], matched=(*BOTH, "fresh fields"))
    assert said == ["own flipped flipped"]


def test_a_long_sentence_of_comparisons_is_read_in_time_that_grows_as_it_does():
    def read(text):
        assert READER.targets(text, [], ["positive"], BOTH) == (Target(brand="nimblecart", bearing="flipped"),)

    assert growth(read, "Tamarind is better than Nimblecart and ", 500) < AT_MOST


def test_a_sentence_that_names_another_brand_is_the_others():
    assert ask("Tamarind was on time.", "Nimblecart never came.") == ["own other", "other own"]


def test_a_sentence_without_a_name_belongs_to_the_last_named():
    said = ask("Ordered again.", "Nimblecart never came.", "Nobody answered.", "Tamarind did.", "Lovely people.")
    assert said == ["own own", "other own", "other own", "own other", "own other"]


def test_after_a_comparison_the_text_goes_on_about_the_winner_side():
    assert ask("Tamarind is cheaper than Nimblecart.", "But the fruit was mouldy.") == ["flipped own", "own other"]


def test_a_brand_that_the_text_never_names_keeps_the_sentences_without_a_name():
    assert ask("Nimblecart never came.", "Nobody answered.") == ["other own", "own own"]


def test_a_competitor_that_the_mention_was_not_matched_to_takes_its_sentence_all_the_same():
    assert ask("Tamarind is fine.", "Nimblecart is worse.", matched=("tamarind",)) == ["own", "other"]


def test_a_name_that_a_query_shuts_out_is_no_competitor():
    said = ask("Nimblecart came late.", "The tamarind was rotten, and the chutney too.", matched=("nimblecart",))
    assert said == ["own", "own"]


def test_a_name_that_is_not_certain_counts_only_where_its_query_matched():
    sentences = ("Tamarind is fine.", "They missed their target.")
    assert ask(*sentences, matched=("tamarind",)) == ["own", "own"]
    assert ask(*sentences, matched=("tamarind", "target")) == ["own other", "other own"]


def test_a_brand_matched_and_named_alone_changes_nothing():
    assert READER.targets("Tamarind is late. So rude.", [(0, 17), (18, 26)], ["negative"] * 2, ("tamarind",)) == ()
    assert READER.targets("So rude.", [], ["negative"], BOTH) == ()


@pytest.mark.parametrize(
    "name",
    [
        "tamarind", "TAMARİND", "Tamarınd'den", "Tamarindden", "Tamarind’in", "Tamarindi", "Tamarindilt", "Tamarinds", "Tamarind's",
        "#tamarind", "#TamarindFail", "@TamarindHelp", "l'Tamarind", "टैमरिंड", "ٹیمرنڈ", "Támarind",
    ],
)  # fmt: skip
def test_names_are_found_in_every_spelling(name):
    assert ask("Nimblecart is fine.", f"Well, {name} again.") == ["other own", "own other"]


@pytest.mark.parametrize("word", ["nimblecarter", "nimble cart", "xtamarind", "पटैमरिंड", "tamarindhelp"])
def test_other_words_are_no_names(word):
    reader = TargetReader((BrandNames(brand="t", forms=("टैमरिंड", "tamarind", "@tamarindhelp")), NAMES[1]))
    text = f"Basketree is fine, {word} too."
    assert reader.targets(text, [], ["positive"], ("t", "nimblecart")) == ()
    assert reader.finder.find(text) == set()


def test_a_name_of_two_words_is_found_apart_joined_and_as_a_hashtag():
    for name in ("Fresh Fields", "fresh-fields'", "#FreshFields", "FRESH  FIELDS'den"):
        assert ask("Nimblecart is fine.", f"Not {name} though.", matched=("fresh fields", "nimblecart"))[1] == "own other"


def test_targets_are_numbered_like_the_stores_spans():
    first, second = "Tamarind is better than Nimblecart.", "Nimblecart lies."
    spans = [(0, len(first)), (len(first) + 1, len(first) + 1 + len(second))]
    assert READER.targets(first, [], ["positive"], BOTH) == (Target(brand="nimblecart", bearing="flipped"),)
    assert READER.targets(f"{first} {second}", spans, ["positive", "negative"], BOTH) == (
        Target(brand="nimblecart", bearing="flipped", span=1),
        Target(brand="tamarind", bearing="other", span=2),
    )


def test_the_taggers_description_changes_with_names_alone():
    again, other = TargetReader(NAMES), TargetReader((NAMES[0], BrandNames(brand="nimblecart", forms=("Nimblekart",))))
    assert again.taggers == READER.taggers
    assert other.taggers != READER.taggers
    assert TargetReader(()).taggers == []


@pytest.mark.parametrize(
    "kept",
    [
        "We are sticking with Tamarind.",
        "Für mich klar die bessere Wahl, ich bleibe bei Tamarind.",
        "Me quedo con Tamarind.",
        "Je reste chez Tamarind.",
        "Resto con Tamarind.",
        "Fico com a Tamarind.",
        "Tamarind'de kalıyorum.",
        "Jään Tamarindi juurde.",
        "سأبقى مع تمرند",
    ],
)
def test_who_keeps_to_a_brand_prefers_it_to_the_others_of_the_text(kept):
    first, second = "A year of Nimblecart.", "Tamarind has a shop."
    assert ask(first, second, kept, moods=["neutral", "neutral", "negative"])[2] == "flipped own"
    assert ask(first, second, kept, moods=["neutral", "neutral", "positive"])[2] == "own flipped"


def test_who_does_not_keep_to_a_brand_prefers_nobody():
    assert ask("A year of Nimblecart.", "I am not staying with Tamarind.")[1] == "own other"
    assert ask("A year of Tamarind.", "I am sticking with Tamarind.", matched=("tamarind",))[1] == "own"
