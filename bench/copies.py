"""How well and how fast copies are found, beside exact hashing and five-word runs, in one run on a made set.

    python bench/copies.py [--texts 300] [--mentions 50000]

The texts are the project's own training texts, joined by sector to 25 words or more. Of each there are two versions with one
word in twenty and two with one in ten changed: those are copies. No copies are: a quote with as many own words, and other
texts that end in the same 20 words. Translations are the same to a person and share no words: no method here finds them.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SIGNATURE = "sent from my phone while on the train so please forgive the spelling and do not reply to this address"
TRANSLATED = [
    (
        "The parcel was promised for Monday, came on Thursday, and the box was so wet that the book inside could no longer be "
        "opened; nobody answers the phone and the chat only says that they are sorry.",
        "Das Paket war für Montag versprochen, kam am Donnerstag, und der Karton war so nass, dass man das Buch darin "
        "nicht mehr aufschlagen konnte; ans Telefon geht niemand, und der Chat sagt nur, dass es ihnen leidtut.",
    ),
    (
        "I have been a customer for nine years and never had to ask twice, but since the new app I cannot pay by card and the "
        "shop tells me to go to the bank while the bank sends me back to the shop.",
        "Soy cliente desde hace nueve años y nunca tuve que pedir nada dos veces, pero desde la nueva aplicación no puedo "
        "pagar con tarjeta y la tienda me manda al banco mientras el banco me manda otra vez a la tienda.",
    ),
]
Text = tuple[str, str, str]
"""What it copies (a name that copies share), what kind of version it is, and its words."""
Group = Callable[[Sequence[str]], list[object]]
"""Gives each text the name of its group."""


def main() -> None:
    """Print precision and recall of each method, and milliseconds per mention as the store grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=300)
    parser.add_argument("--mentions", type=int, default=50_000)
    asked = parser.parse_args()
    made = make_set(asked.texts, random.Random(1))
    words = [text for _, _, text in made]
    print(f"{len(made)} texts of {asked.texts} originals; pairs of copies: {len(copy_pairs([name for name, _, _ in made]))}")
    print(
        f"{'':<26}{'precision':>10}{'recall':>8}   recall of versions with the original: 5% / 10% of words changed, translated"
    )
    methods: list[tuple[str, Group]] = [
        ("exact hashing", lambda texts: [" ".join(text.casefold().split()) for text in texts]),
        ("five-word runs, 0.7", lambda texts: by_runs(texts, 5, 0.7)),
        ("five-word runs, 0.4", lambda texts: by_runs(texts, 5, 0.4)),
        ("Repute", by_store),
    ]
    for name, group in methods:
        began = time.perf_counter()
        show(name, made, group(words), time.perf_counter() - began)
    measure_growth(asked.mentions)


def make_set(count: int, chance: random.Random) -> list[Text]:
    """Originals and their versions, in a mixed order."""
    originals = find_originals(count, chance)
    vocabulary = sorted({word for text in originals for word in text.split()})
    made: list[Text] = []
    for n, text in enumerate(originals):
        name, other = str(n), originals[n - 1].split()
        made.append((name, "original", text))
        made += [(name, f"{share:.0%}", change(text, share, vocabulary, chance)) for share in (0.05, 0.05, 0.1, 0.1)]
        made.append((f"{n} quoted", "quote", f"{text} {' '.join(chance.choices(vocabulary, k=len(text.split())))}"))
        made.append((f"{n} signed", "signed", f"{' '.join(other[: max(25, len(other) // 2)])} {SIGNATURE}"))
    for n, pair in enumerate(TRANSLATED):
        made += [(f"translated {n}", kind, text) for kind, text in zip(("original", "translated"), pair, strict=True)]
    chance.shuffle(made)
    return made


def find_originals(count: int, chance: random.Random) -> list[str]:
    """Distinct texts of 25 to about 90 words."""
    by_sector: dict[str, list[str]] = {}
    for path in sorted((ROOT / "sentiment" / "training" / "texts").glob("en_*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            if row.get("text"):
                by_sector.setdefault(row.get("sector") or path.stem, []).append(row["text"])
    found: list[str] = []
    sectors = sorted(by_sector)
    while len(found) < count:
        text, wanted = "", chance.randint(25, 80)
        sector = by_sector[chance.choice(sectors)]
        while len(text.split()) < wanted:
            text = f"{text} {chance.choice(sector)}".strip()
        found.append(text)
    return found


def change(text: str, share: float, vocabulary: Sequence[str], chance: random.Random) -> str:
    """A text with a share of its words replaced, dropped or doubled, one at least."""
    words = text.split()
    for place in chance.sample(range(len(words)), max(1, round(share * len(words)))):
        words[place] = chance.choice([chance.choice(vocabulary), "", f"{words[place]} {chance.choice(vocabulary)}"])
    return " ".join(word for word in words if word)


def by_runs(texts: Sequence[str], length: int, least: float) -> list[object]:
    """Groups by the Jaccard similarity of word runs, every text compared with every other."""
    runs = []
    for text in texts:
        words = text.casefold().split()
        runs.append({" ".join(words[n : n + length]) for n in range(len(words) - length + 1)})
    groups: list[object] = list(range(len(texts)))
    for one, other in itertools.combinations(range(len(texts)), 2):
        shared = len(runs[one] & runs[other])
        if shared and shared / (len(runs[one]) + len(runs[other]) - shared) >= least:
            groups[other] = groups[one]
    return groups


def by_store(texts: Sequence[str]) -> list[object]:
    """Groups as the store gives them."""
    with tempfile.TemporaryDirectory() as folder:
        db = save_all(Path(folder), list(texts))
        return [group for (group,) in db.execute("select coalesce(copy_group, id) from mentions order by id").fetchall()]


def save_all(folder: Path, texts: list[str]):  # type: ignore[no-untyped-def]
    """A store with these texts, each by somebody else."""
    from crawlers.copies import copy_bands
    from store.database import open_database
    from store.records import MatchedMention, Mention
    from store.saving import Author, save_mentions

    db = open_database(folder / "repute.db")
    batch = [
        MatchedMention(mention=Mention(source="s", site="x", external_id=str(n), text=text), copy_bands=copy_bands(text))
        for n, text in enumerate(texts)
    ]
    save_mentions(db, batch, author=Author(b"s"), now="2026-09-30T00:00:00Z")
    return db


def copy_pairs(names: Sequence[object]) -> set[tuple[int, int]]:
    """Pairs of places that have the same name."""
    by_name: dict[object, list[int]] = {}
    for place, name in enumerate(names):
        by_name.setdefault(name, []).append(place)
    return {pair for places in by_name.values() for pair in itertools.combinations(places, 2)}


def show(method: str, made: Sequence[Text], groups: Sequence[object], seconds: float) -> None:
    """Print how the groups of a method agree with what is a copy."""
    wanted, found = copy_pairs([name for name, _, _ in made]), copy_pairs(groups)
    right = len(wanted & found)
    originals = {name: groups[place] for place, (name, kind, _) in enumerate(made) if kind == "original"}
    versions, met = Counter[str](), Counter[str]()
    for (name, kind, _), group in zip(made, groups, strict=True):
        versions[kind] += 1
        met[kind] += group == originals.get(name)
    shares = " / ".join(f"{met[kind] / versions[kind]:.1%}" for kind in ("5%", "10%", "translated"))
    precision = f"{right / len(found):.1%}" if found else "none"
    print(f"{method:<26}{precision:>10}{right / len(wanted):>8.1%}   {shares}   ({seconds:.1f} s)")


def measure_growth(mentions: int) -> None:
    """Print how long saving takes while the store grows, with nine in ten own texts and one in ten a copy of one release."""
    from crawlers.copies import copy_bands
    from store.database import open_database
    from store.records import MatchedMention, Mention
    from store.saving import Author, save_mentions

    chance = random.Random(2)
    originals = find_originals(400, chance)
    vocabulary = sorted({word for text in originals for word in text.split()})
    print(f"\nsaving in batches of 200, bands made beforehand; a tenth are copies of one text, {mentions // 10} at last")
    with tempfile.TemporaryDirectory() as folder:
        db = open_database(Path(folder) / "repute.db")
        spent, worked, step = 0.0, 0.0, max(mentions // 5, 200)
        for start in range(0, mentions, 200):
            texts = [
                change(originals[0], 0.05, vocabulary, chance) if n % 10 == 0 else " ".join(chance.choices(vocabulary, k=40))
                for n in range(start, start + 200)
            ]
            batch = [
                MatchedMention(
                    mention=Mention(source="s", site="x", external_id=f"{start + n}", text=t), copy_bands=copy_bands(t)
                )
                for n, t in enumerate(texts)
            ]
            began, before = time.perf_counter(), time.process_time()
            save_mentions(db, batch, author=Author(b"s"), now="2026-09-30T00:00:00Z")
            spent, worked = spent + time.perf_counter() - began, worked + time.process_time() - before
            if (start + 200) % step == 0:
                print(
                    f"{start + 200:>8} stored: {1000 * spent / step:.3f} ms a mention, {1000 * worked / step:.3f} of it at work"
                )
                spent = worked = 0.0


if __name__ == "__main__":
    main()
