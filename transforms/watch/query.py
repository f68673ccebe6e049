"""Queries: `(dockers or "harbour workers") and not "strike price"`, as press databases have them.

Words: `and`, `or`, `not`, `near/8` (at most 8 words between), brackets, phrases in quotation marks, `*` at the
beginning or end of a phrase. `not` binds tightest, then `near`, `and`, `or`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from transforms.watch.terms import AllOf, AnyOf, Near, Not, Phrase, Term

MAX_DEPTH = 50
"""Brackets and nots within each other; a person writes five."""
MAX_WORDS_BETWEEN = 1_000
MAX_PHRASE_CHARS = 500

_TOKEN = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))|(?P<quoted>["“”„«»][^"“”„«»]*["“”„«»])|(?P<word>[^\s()"“”„«»]+)|(?P<stray>\S))"""
)
_NEAR = re.compile(r"near/?(\d*)", re.IGNORECASE)
_LETTER = re.compile(r"[^\W_]")


class QueryError(ValueError):
    """A query that cannot be read: what is wrong, at which character (from 0, or None), and what to do."""

    def __init__(self, what: str, at: int | None, advice: str) -> None:
        super().__init__(what)
        self.what = what
        self.at = at
        self.advice = advice


class _Token(NamedTuple):
    kind: str
    """`open`, `close`, `and`, `or`, `not`, `near`, `phrase` or `end`."""
    text: str
    at: int


def parse_query(text: str) -> Term:
    """Return what `text` asks for; raise QueryError."""
    return _Parser(_tokens(text)).parse()


def parse_phrase(text: str, at: int | None = None) -> Phrase:
    """Return a phrase as one writes it, with `*` for an open side; raise QueryError where it has no letter."""
    written = " ".join(text.split())
    inner = written.removeprefix("*").removesuffix("*").strip()
    if not _LETTER.search(inner):
        raise QueryError(f"the phrase `{written}` has no letter or digit", at, "write the words to look for")
    if "*" in inner:
        raise QueryError(
            f"the phrase `{written}` has a star inside",
            at,
            "put a star at the beginning or the end of a phrase; join two with near/0",
        )
    if len(inner) > MAX_PHRASE_CHARS:
        raise QueryError(f"a phrase is longer than {MAX_PHRASE_CHARS} characters", at, "write a shorter one")
    return Phrase(inner, open_left=written.startswith("*"), open_right=written.endswith("*"))


def _tokens(text: str) -> list[_Token]:
    tokens = []
    end = len(text.rstrip())
    at = 0
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup == "stray":
            raise QueryError(
                "a quotation mark is not closed", end - 1 if match is None else match.end() - 1, "close the phrase"
            )
        kind = match.lastgroup or ""
        tokens.append(_to_token(kind, match[kind], match.start(kind)))
        at = match.end()
    return [*tokens, _Token("end", "", len(text))]


def _to_token(kind: str, text: str, at: int) -> _Token:
    if kind == "quoted":
        return _Token("phrase", text[1:-1], at)
    if kind == "word":
        if text.lower() in ("and", "or", "not"):
            return _Token(text.lower(), text, at)
        return _Token("near" if _NEAR.fullmatch(text) else "phrase", text, at)
    return _Token(kind, text, at)


class _Parser:
    """Recursive descent over tokens; one method per level of precedence."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def parse(self) -> Term:
        term = self._any()
        token = self._peek()
        if token.kind == "close":
            raise QueryError("a bracket is closed that was not opened", token.at, "take it out, or open one")
        if token.kind != "end":
            raise QueryError(
                f"there is no `and`, `or` or `near/N` before `{token.text}`",
                token.at,
                "put words that belong together in quotation marks, or write a joining word between them",
            )
        return term

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self, kind: str) -> _Token | None:
        token = self._peek()
        if token.kind != kind:
            return None
        self._next += 1
        return token

    def _any(self) -> Term:
        parts = self._joined(self._all, "or")
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all(self) -> Term:
        parts = self._joined(self._near, "and")
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _joined(self, part: Callable[[], Term], word: str) -> list[Term]:
        parts = [part()]
        while self._take(word):
            parts.append(part())
        return parts

    def _near(self) -> Term:
        left = self._not()
        token = self._take("near")
        if token is None:
            return left
        right = self._not()
        if (again := self._peek()).kind == "near":
            raise QueryError(
                "near joins two things, not three", again.at, "write `(a near/5 b) and (b near/5 c)` with brackets"
            )
        return Near(_phrases(left, token), _phrases(right, token), _words(token))

    def _not(self) -> Term:
        if self._take("not") is None:
            return self._one()
        return Not(self._deeper(self._not))

    def _one(self) -> Term:
        token = self._peek()
        self._next += 1
        if token.kind == "phrase":
            return parse_phrase(token.text, token.at)
        if token.kind != "open":
            self._next -= 1
            shown = "the end" if token.kind == "end" else f"`{token.text}`"
            raise QueryError(f"a phrase is missing before {shown}", token.at, "write what to look for there")
        term = self._deeper(self._any)
        if self._take("close") is None and self._peek().kind == "end":
            raise QueryError("a bracket is not closed", token.at, "close it with `)`")
        if self._tokens[self._next - 1].kind != "close":
            stray = self._peek()
            raise QueryError(
                f"there is no `and`, `or` or `near/N` before `{stray.text}`",
                stray.at,
                "put words that belong together in quotation marks, or write a joining word between them",
            )
        return term

    def _deeper(self, part: Callable[[], Term]) -> Term:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError("too many brackets within each other", self._peek().at, "write a simpler query")
        term = part()
        self._depth -= 1
        return term


def _phrases(term: Term, near: _Token) -> tuple[Phrase, ...]:
    """Return a side of `near` as its phrases."""
    if isinstance(term, Phrase):
        return (term,)
    parts = term.parts if isinstance(term, AnyOf) else ()
    phrases = tuple(part for part in parts if isinstance(part, Phrase))
    if not phrases or len(phrases) < len(parts):
        raise QueryError(
            f"`{near.text}` stands between things that are no phrases",
            near.at,
            "on each side of near put a phrase, or phrases joined by `or` in brackets",
        )
    return phrases


def _words(near: _Token) -> int:
    digits = near.text[4:].removeprefix("/")
    if not digits or int(digits[:9]) > MAX_WORDS_BETWEEN:
        raise QueryError(
            f"`{near.text}` does not say how near",
            near.at,
            f"write near/5 for at most five words between; most is {MAX_WORDS_BETWEEN}",
        )
    return int(digits)
