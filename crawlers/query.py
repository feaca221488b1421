"""The language of brand queries: AND, OR, NOT, NEAR/n, "a phrase", wild*, parentheses, and `*` for everything.

Words side by side are joined by AND; operators are in capitals; NEAR binds tightest, then NOT, AND, OR. `NEAR/3` means at
most three words apart, in either order. Case, accents and alike letters do not matter (crawlers/words.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crawlers.terms import EVERYTHING, And, Everything, Near, Node, Not, Or, Term, has_place
from crawlers.words import UNSPACED, WILD_WORD, Words, find_runs, fold, join

TOKEN = re.compile(r"""\s*(?:(?P<open>\()|(?P<close>\))|["“”„](?P<phrase>[^"“”„]*)(?P<shut>["“”„]?)|(?P<word>[^\s()"“”„]+))""")
NEAR = re.compile(r"NEAR(?:/(\d+))?")


class QueryError(ValueError):
    """A query that cannot be read; the message names the place and the fix."""


@dataclass(frozen=True)
class Query:
    """A query that was read, ready to be asked of many texts."""

    text: str
    root: Node
    triggers: frozenset[str] | None
    """Forms and prefixes (`refund*`) of which a matching text has at least one; None if it need not have any."""

    def match(self, words: Words) -> str | None:
        """The query's words that the text has, joined by commas; None when the text does not match."""
        found = self.root.find(words)
        if found is None:
            return None
        return ", ".join(dict.fromkeys(found)) or self.text

    @property
    def is_everything(self) -> bool:
        """Whether it matches every text, even one without words."""
        return isinstance(self.root, Everything)


def parse_query(text: str) -> Query:
    """Read a query; raises `QueryError` with the column of the mistake."""
    root = Reader(text).read()
    triggers = root.triggers()
    return Query(text, root, None if triggers is None else frozenset(triggers))


@dataclass(frozen=True)
class Token:
    """One piece of a query."""

    kind: str
    """open, close, phrase, word or operator."""
    text: str
    column: int


def read_tokens(text: str) -> Iterator[Token]:
    """Cut a query into its pieces."""
    position = 0
    while position < len(text.rstrip()):
        match = TOKEN.match(text, position)
        if match is None:
            raise QueryError(f"cannot be read at column {position + 1} in {text!r}")
        kind = next(name for name in ("open", "close", "phrase", "word") if match[name] is not None)
        column = match.start(kind) + (0 if kind == "phrase" else 1)
        if kind == "phrase" and not match["shut"]:
            raise QueryError(f'unclosed quotation mark at column {column} in {text!r}; close the phrase with "')
        if kind == "word" and match["word"] in ("and", "or", "not", "And", "Or", "Not"):
            words = f"{match['word']!r} at column {column} in {text!r}"
            raise QueryError(f'{words}: write {match["word"].upper()} to mean the operator, "{match["word"]}" to mean the word')
        if kind == "word" and (match["word"] in ("AND", "OR", "NOT") or NEAR.fullmatch(match["word"])):
            kind = "operator"
        yield Token(kind, match[kind if kind != "operator" else "word"], column)
        position = match.end()


class Reader:
    """Reads a query by recursive descent: either (OR) of all (AND) of single (NOT) of near (NEAR) of operands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(read_tokens(text))
        self.at = 0

    def read(self) -> Node:
        if not self.tokens:
            raise QueryError("is empty; write the words to listen for, or * for everything")
        root = self.read_either()
        if (token := self.peek()) is not None:
            raise self.error("unbalanced parenthesis", token)
        return root

    def peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def accept(self, operator: str) -> Token | None:
        token = self.peek()
        if token and token.kind == "operator" and token.text.split("/")[0] == operator:
            self.at += 1
            return token
        return None

    def error(self, words: str, token: Token) -> QueryError:
        return QueryError(f"{words} at column {token.column} in {self.text!r}")

    def read_either(self) -> Node:
        parts = [self.read_all()]
        while self.accept("OR"):
            parts.append(self.read_all())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def read_all(self) -> Node:
        parts = [self.read_single()]
        while (token := self.peek()) and token.kind != "close" and token.text != "OR":
            self.accept("AND")
            parts.append(self.read_single())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def read_single(self) -> Node:
        return Not(self.read_single()) if self.accept("NOT") else self.read_near()

    def read_near(self) -> Node:
        node = self.read_operand()
        while token := self.accept("NEAR"):
            distance = NEAR.fullmatch(token.text)
            if not distance or not distance[1] or int(distance[1]) < 1:
                raise self.error(f"{token.text} needs a distance in words, like NEAR/5,", token)
            right = self.read_operand()
            if not (has_place(node) and has_place(right)):
                raise self.error(f"{token.text} stands between words, phrases, or an OR of them,", token)
            node = Near(node, right, int(distance[1]))  # type: ignore[arg-type]
        return node

    def read_operand(self) -> Node:
        token = self.peek()
        if token is None:
            raise self.error(f"{self.tokens[-1].text} needs something after it,", self.tokens[-1])
        self.at += 1
        if token.kind == "operator":
            raise self.error(f"{token.text} needs something before it, or quotation marks if it is a word,", token)
        if token.kind == "close":
            raise self.error("unbalanced or empty parenthesis", token)
        if token.kind == "open":
            return self.read_group(token)
        return Everything() if token.text == EVERYTHING else self.read_term(token)

    def read_group(self, opening: Token) -> Node:
        if self.peek() is None:
            raise self.error("unbalanced parenthesis", opening)
        node = self.read_either()
        closing = self.peek()
        if closing is None:
            raise self.error("unbalanced parenthesis", opening)
        self.at += 1
        return node

    def read_term(self, token: Token) -> Term:
        parts = tuple(part for word in token.text.split() for part in read_parts(word))
        if not parts:
            raise self.error(f"{token.text!r} holds no letter or digit", token)
        if any(isinstance(part, re.Pattern) and len(part.pattern.replace(".*", "")) < 2 for part in parts):
            raise self.error(f"{token.text!r} would match nearly every text; write two letters or more before the *,", token)
        return Term(token.text, parts)


def read_parts(word: str) -> Iterator[str | re.Pattern[str]]:
    """The folded forms of one written word; `coca-cola` is two in a row. Letters around a `*` become a pattern."""
    if "*" not in word or UNSPACED.search(word):
        # Where no spaces are written a name is found within longer runs anyway: a `*` adds nothing.
        yield from map(join, find_runs(word))
        return
    for run in WILD_WORD.findall(fold(word)):
        letters = join(run)
        if "*" in letters:
            yield re.compile(re.sub(r"\*+", ".*", letters), re.DOTALL)
        elif letters:
            yield letters
