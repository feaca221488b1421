"""How many mentions a second are matched against 50 brands on one core, beside one pattern a term.

    python bench/matching.py [--mentions 4000] [--brands 50] [--rounds 3]

Measures, in turn and repeatedly, so that a busy machine is unfair to both alike:
- Repute's matcher: one reading of each text, an index from its words to the brands that ask for one of them;
- the naive way: for each brand's query one compiled pattern a term (`\\bterm\\b`, whatever the case), searched in every text;
  it knows no NEAR, accents, alike letters or suffixes.
Queries have 3 to 8 terms with OR, NOT and NEAR. The texts are the demo's in nine languages; every third one names a brand.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from config import Brand  # noqa: E402
from crawlers.matching import BrandMatcher  # noqa: E402
from store.records import Mention  # noqa: E402

SEED = 7
SYLLABLES = ["ta", "mi", "ro", "ven", "lux", "ka", "zen", "dor", "pel", "ni", "sol", "qua", "bri", "fex", "on", "ar"]
WORDS = ["pulp", "recipe", "tree", "river", "song", "film", "surname", "village"]
Match = Callable[[Sequence[Mention]], int]


def main() -> None:
    """Print mentions per second of both, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mentions", type=int, default=4000)
    parser.add_argument("--brands", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    chance = random.Random(SEED)
    names = [invent_name(chance) for _ in range(asked.brands)]
    brands, patterns = zip(*(invent_brand(name, chance) for name in names), strict=True)
    mentions = make_mentions(asked.mentions, names, chance)
    ours, naive = match_all(BrandMatcher(brands)), search_all(patterns)
    found, guessed = ours(mentions), naive(mentions)
    paces: dict[str, list[float]] = {"Repute": [], "patterns": []}
    for _ in range(asked.rounds):
        for name, match in (("Repute", ours), ("patterns", naive)):
            begun = time.process_time()
            match(mentions)
            paces[name].append(len(mentions) / (time.process_time() - begun))
    mine, theirs = (statistics.median(paces[name]) for name in ("Repute", "patterns"))
    letters = sum(len(mention.text or "") for mention in mentions) / len(mentions)
    print(f"{len(mentions)} mentions of {letters:.0f} letters, {len(brands)} brands, one core, {asked.rounds} rounds (median)")
    print(f"{'Repute':<24}{mine:>9.0f} mentions/s   {found} matches   (wanted: 10000)")
    print(f"{'one pattern a term':<24}{theirs:>9.0f} mentions/s   {guessed} matches")
    print(f"{'Repute : patterns':<24}{mine / theirs:>9.1f} times")


def invent_name(chance: random.Random) -> str:
    """A name that nobody has."""
    return "".join(chance.choices(SYLLABLES, k=3)).title()


def invent_brand(name: str, chance: random.Random) -> tuple[Brand, tuple[list[re.Pattern[str]], list[re.Pattern[str]]]]:
    """A brand with a query of 3 to 8 terms, and the patterns that stand for it: those asked for and those shut out."""
    asked = [name, f"{name}app", f"{name} group", f"{name} care"][: chance.randint(1, 4)]
    near = ["app", "refund"][: chance.randint(0, 2)]
    shut = chance.sample(WORDS, chance.randint(2, 4) if len(asked) + len(near) < 5 else 2)
    quoted = [f'"{term}"' if " " in term else term for term in asked]
    if near:
        quoted.append(f"{name[:3]} NEAR/3 ({' OR '.join(near)})")
    query = f"({' OR '.join(quoted)}) NOT ({' OR '.join(shut)})"
    brand = Brand(id=name.lower(), name=name, role="own", query=query, accounts=(f"{name}help",))
    terms = [[re.compile(rf"\b{re.escape(term)}\b", re.IGNORECASE) for term in part] for part in (asked, shut)]
    return brand, (terms[0], terms[1])


def make_mentions(count: int, names: Sequence[str], chance: random.Random) -> list[Mention]:
    """Mentions with the demo's texts, of which every third names a brand."""
    paths = sorted((ROOT / "demo" / "content").glob("*.jsonl"))
    lines = [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]
    texts = [(row.get("title"), row["text"]) for row in lines if row.get("text")]
    made = []
    for number in range(count):
        title, text = texts[chance.randrange(len(texts))]
        if number % 3 == 0:
            text = f"{text} {chance.choice(['@', '#', ''])}{chance.choice(names)}"
        made.append(Mention(source="bench", site="s", external_id=str(number), title=title, text=text, author_name="jo"))
    return made


def match_all(matcher: BrandMatcher) -> Match:
    """Count the matches as the pipeline finds them."""
    return lambda mentions: sum(len(matcher.match(mention)) for mention in mentions)


def search_all(brands: Sequence[tuple[list[re.Pattern[str]], list[re.Pattern[str]]]]) -> Match:
    """Count the matches by searching every text for every term."""

    def matches(text: str, asked: list[re.Pattern[str]], shut: list[re.Pattern[str]]) -> bool:
        found = [pattern for pattern in asked if pattern.search(text)]
        return bool(found) and not any(pattern.search(text) for pattern in shut)

    def count(mentions: Sequence[Mention]) -> int:
        return sum(matches(f"{m.title}\n{m.text}", asked, shut) for m in mentions for asked, shut in brands)

    return count


if __name__ == "__main__":
    main()
